"""What a reader looks for, in the terms of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, Func, Value

# Who may see a record, as reserved numbers among the facets of an entry.
FOR_ALL, FOR_UN = 1, 2


@dataclass(frozen=True)
class Wanted:
    """Words; for each facet the values of which a record must have one; and those it must not have.

    `since`: only what came or changed at that moment or later.
    """

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    excluded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sees_inside: bool = False
    since: datetime | None = None

    @property
    def audience(self) -> int:
        return FOR_UN if self.sees_inside else FOR_ALL

    def key(self) -> tuple:
        """Equal for what asks the same."""
        pairs = (
            tuple((facet, tuple(values)) for facet, values in part.items())
            for part in (self.chosen, self.excluded)
        )
        return (self.words, self.audience, self.since, *pairs)

    def without(self, name: str) -> "Wanted":
        """The same without the words ("q"), the moment ("updated_since"), or what is said of one facet."""
        if name == "q":
            return replace(self, words="")
        if name == "updated_since":
            return replace(self, since=None)
        return replace(
            self,
            chosen={facet: values for facet, values in self.chosen.items() if facet != name},
            excluded={facet: values for facet, values in self.excluded.items() if facet != name},
        )

    def names(self) -> list[str]:
        """What narrows the result: "q", "updated_since" and the facets in use."""
        others = [name for name, is_on in (("q", self.words), ("updated_since", self.since)) if is_on]
        return others + list(dict.fromkeys([*self.chosen, *self.excluded]))


def text_query(words: str) -> SearchQuery:
    """English with stemming, any other language word by word without accents."""
    english = SearchQuery(words, config="english", search_type="websearch")
    plain = SearchQuery(
        Func(Value(words, output_field=CharField()), function="unaccent"),
        config="simple",
        search_type="websearch",
    )
    return english | plain
