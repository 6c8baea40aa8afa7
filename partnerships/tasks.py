DAILY: list[str] = []
