from partnerships.demo import complete, offers, records, registry


def load_demo() -> str:
    """The archive records, fictional companies, offers and needs. Runs again without harm."""
    return f"{registry.load()} {offers.load()} {records.load()} {complete.load()}"
