from typing import Any

from django.contrib.postgres.search import SearchRank, SearchVector
from django.db.models import F, Func, QuerySet

from partnerships.search.wanted import text_query


def found_by_words(rows: QuerySet[Any], words: str, title: str, *fields: str) -> QuerySet[Any]:
    """Rows with all these words in `title` or `fields`, each with `rank`, best first.

    English with stemming, other languages word by word without accents, as in the registry. For tables
    of some thousand rows: nothing is indexed.
    """
    vector = (
        SearchVector(title, config="english", weight="A")
        + SearchVector(_plain(title), config="simple", weight="A")
        + SearchVector(*fields, config="english", weight="B")
        + SearchVector(*map(_plain, fields), config="simple", weight="B")
    )
    query = text_query(words)
    return (
        rows.annotate(words=vector)
        .filter(words=query)
        .annotate(rank=SearchRank(F("words"), query))
        .order_by("-rank", "pk")
    )


def _plain(field: str) -> Func:
    return Func(F(field), function="unaccent")
