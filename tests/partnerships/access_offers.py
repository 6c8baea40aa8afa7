from types import SimpleNamespace

from tests.access import Row


def build(world: SimpleNamespace) -> None:
    pass


ROWS: dict[str, Row] = {}
