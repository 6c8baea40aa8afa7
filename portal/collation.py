"""Names in the order that readers of a language look for them: "Égypte" before "Équateur", Han by pinyin."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import TypeVar

import icu
from django.utils.translation import get_language

Row = TypeVar("Row")


def in_order(rows: Iterable[Row], name: Callable[[Row], str] = str) -> list[Row]:
    """The rows by their names in the language of the page."""
    key = _collator(get_language() or "en").getSortKey
    return sorted(rows, key=lambda row: key(name(row)))


def groups_in_order(groups: Mapping[str, list[tuple[str, str]]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (value, label) by their titles, and each by its labels."""
    return in_order(
        ((title, in_order(options, itemgetter(1))) for title, options in groups.items()), itemgetter(0)
    )


@cache
def _collator(language: str) -> icu.Collator:
    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language))
