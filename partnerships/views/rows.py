"""Records as rows of a list: what `components/row.html` takes."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.urls import reverse

from partnerships import labels
from portal.marks import joined


def as_rows(records: Iterable[Any]) -> list[dict]:
    """Rows for records of `for_rows()`. No query: the words come from the kept reference tables."""
    compare_url, tag_of = reverse("partnerships:partnership_compare"), _goal_tag_of()
    return [
        {
            "url": record.get_absolute_url(),
            "title": record.title,
            "summary": record.summary,
            "reference": record.reference,
            "by": entity_names(record.entity_codes),
            "meta": [
                labels.scope_in_words(record, labels.country_names(record.country_codes)),
                labels.since_in_words(record),
            ],
            "status": labels.status_look(record),
            "status_label": labels.status_in_words(record),
            "goals": [tag_of[number] for number in record.goal_numbers],
            "compare_url": f"{compare_url}?ids={record.reference}",
        }
        for record in records
    ]


def entity_names(codes: Iterable[str]) -> str:
    known = labels.entities()
    return joined(known[code].acronym for code in codes if code in known)


def goal_tags(numbers: Iterable[int]) -> list[dict]:
    tag_of = _goal_tag_of()
    return [tag_of[number] for number in numbers]


def _goal_tag_of() -> dict[int, dict]:
    """What `components/goal.html` takes, by number: seventeen, where a list shows some dozens of them."""
    return {
        number: {"number": number, "title": str(goal), "url": _goal_address(number)}
        for number, goal in labels.goals().items()
    }


@cache
def _goal_address(number: int) -> str:
    return reverse("partnerships:goal_detail", args=[number])
