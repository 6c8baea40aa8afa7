from types import SimpleNamespace

from tests.partnerships import access_offers, access_public, access_records, access_registry


def build(world: SimpleNamespace) -> None:
    access_registry.build(world)
    access_public.build(world)
    access_records.build(world)
    access_offers.build(world)


ROWS = access_public.ROWS | access_registry.ROWS | access_records.ROWS | access_offers.ROWS
