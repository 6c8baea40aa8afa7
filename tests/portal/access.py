from types import SimpleNamespace

from tests.access import Row

ANYBODY = Row(get="200")


def build(world: SimpleNamespace) -> None:
    """The portal's own routes need nothing beyond the shared world."""


ROWS: dict[str, Row] = {
    "healthz": ANYBODY,
    "readyz": ANYBODY,
    "security_txt": ANYBODY,
    "portal:start": Row(get="login 302 302 302 302 302 302 302"),
}
