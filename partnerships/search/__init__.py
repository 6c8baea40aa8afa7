"""The search of the registry: the one place that knows how records are indexed, matched and counted.

Each published record has a row of words, facet numbers and sort keys (`RegistryEntry`). Words are matched by
PostgreSQL (`words`), filters and counts are bits (`bits`). Another engine can stand behind the same
functions: `find`, `page_of`, `without_each`, `suggest`, `corrected`, `reindex`.
"""

from partnerships.search.bits import MOST_COMPANIES
from partnerships.search.facts import counted, reporting_of, stated_usd, value_band
from partnerships.search.finding import (
    ORDERS,
    Found,
    Page,
    cross,
    entries_of,
    find,
    last_change,
    last_updated,
    page_of,
    without_each,
)
from partnerships.search.indexing import reindex, reindex_all
from partnerships.search.spelling import corrected
from partnerships.search.suggesting import Suggestion, suggest, suggest_filters
from partnerships.search.wanted import FOR_ALL, FOR_UN, Wanted

__all__ = [
    "FOR_ALL",
    "FOR_UN",
    "MOST_COMPANIES",
    "ORDERS",
    "Found",
    "Page",
    "Suggestion",
    "Wanted",
    "corrected",
    "counted",
    "cross",
    "entries_of",
    "find",
    "last_change",
    "last_updated",
    "page_of",
    "reindex",
    "reindex_all",
    "reporting_of",
    "stated_usd",
    "suggest",
    "suggest_filters",
    "value_band",
    "without_each",
]
