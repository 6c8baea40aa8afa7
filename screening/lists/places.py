"""Country names as publishers write them, resolved to ISO 3166 codes."""

from __future__ import annotations

from functools import lru_cache

from rigour.territories import lookup_territory

from screening.lists.model import Country

NOBODY_KNOWS = frozenset({"", "na", "n/a", "none", "unknown", "00", "undetermined", "not available", "-"})


@lru_cache(maxsize=8192)
def _codes(text: str) -> tuple[str, str]:
    if text.casefold() in NOBODY_KNOWS:
        return "", ""
    territory = lookup_territory(text)
    if territory is None:
        return "", ""
    return territory.ftm_country or territory.code, territory.alpha3 or ""


def country(text: str, field: str = "") -> Country | None:
    """The country a text names, in any language or as a code; None for a blank.

    Unknown text keeps empty codes.
    """
    text = " ".join(text.split())
    if not text:
        return None
    iso2, iso3 = _codes(text)
    return Country(iso2, iso3, text, field)


def countries(texts: list[str], field: str = "") -> tuple[Country, ...]:
    """The different countries of several texts, in their order."""
    found: dict[str, Country] = {}
    for text in texts:
        if known := country(text, field):
            found.setdefault(known.iso2 or known.text, known)
    return tuple(found.values())


def iso2(text: str) -> str:
    """The alpha-2 code in lower case, or "" where the text names no country we know."""
    return _codes(" ".join(text.split()))[0]
