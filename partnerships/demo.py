def load_demo() -> str:
    """Load this app's part of the demonstration. Runs again without harm."""
    return ""
