"""Names in the order that readers of a language look for them: "Égypte" before "Équateur", Han by pinyin."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

import icu
from django.utils.translation import get_language

Row = TypeVar("Row")


def in_order(rows: Iterable[Row], name: Callable[[Row], str] = str) -> list[Row]:
    """The rows by their names in the language of the page."""
    key = _collator(get_language() or "en").getSortKey
    return sorted(rows, key=lambda row: key(name(row)))


@cache
def _collator(language: str) -> icu.Collator:
    return icu.Collator.createInstance(icu.Locale.forLanguageTag(language))
