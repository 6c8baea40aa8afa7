"""Job handlers: the kind "screening.load_version" is the function `load_version` of this module."""

from screening.models import ListSource
from screening.services import lists

DAILY = ["screening.fetch_lists"]


def load_version(version_id: int) -> None:
    lists.load_version(version_id)


def fetch_list(code: str) -> None:
    lists.fetch_and_load(ListSource.objects.get(pk=code))


def fetch_lists() -> None:
    lists.fetch_due_lists()
