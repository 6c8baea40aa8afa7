"""The documents that records of the archive come from, and what was inferred instead of read there."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

FILE = Path(__file__).parent / "data" / "source_documents.yaml"


@dataclass(frozen=True)
class SourceDocument:
    symbol: str
    title: str
    year: int
    url: str  # "" where the document is not on line


@cache
def documents() -> dict[str, SourceDocument]:
    found = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {code: SourceDocument(**entry) for code, entry in found.items()}


# What the notes on inferred fields begin with, and the field of a record each is about.
FIELDS = {
    "sdgs": "goals",
    "mdgs": "mdgs",
    "isic": "sector",
    "hq": "company_country",
    "type": "type",
    "purposes": "purposes",
    "contribution": "contributions",
    "other_partners": "partners",
    "start": "start",
    "end": "end",
    "lead entity": "entities",
    "country": "countries",
    "baseline": "results",
    "target": "results",
}


def inferred(notes: Iterable[str]) -> set[str]:
    """The fields of a record that its source does not state, from notes such as "sdgs" or "start month"."""
    return {field for note in notes for start, field in FIELDS.items() if note.startswith(start)}


def field_names() -> dict[str, str]:
    return {
        "goals": _("goals"),
        "mdgs": _("Millennium goals"),
        "sector": _("sector of the company"),
        "company_country": _("country of the company"),
        "type": _("type"),
        "purposes": _("purposes"),
        "contributions": _("kind of contribution"),
        "partners": _("other partners"),
        "start": _("start"),
        "end": _("end"),
        "entities": _("lead entity"),
        "countries": _("countries"),
        "results": _("a value among the results"),
    }
