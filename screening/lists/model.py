"""What every importer yields: entries with their names and facts, and what a file says of itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

Kind = Literal["person", "organization", "vessel", "aircraft", "unknown"]
NameType = Literal["primary", "alias", "former", "weak", "original_script"]
Severity = Literal["refuse", "warn"]

KINDS: tuple[Kind, ...] = ("person", "organization", "vessel", "aircraft", "unknown")
NAME_TYPES: tuple[NameType, ...] = ("primary", "alias", "former", "weak", "original_script")


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation; the pages translate it.

    This package runs without Django's settings.
    """
    return text


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as exactly as the publisher knows it: any day from `first` to `last`, both included.

    `text` is the original; `approximate` is the publisher's own "circa".
    """

    first: date
    last: date
    text: str = ""
    approximate: bool = False

    @property
    def precision(self) -> Literal["day", "month", "year", "range"]:
        if self.first == self.last:
            return "day"
        if self.first.year != self.last.year:
            return "range"
        return "month" if self.first.month == self.last.month else "year"


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of an entry. `script` is ISO 15924 ("Latn", "Arab"), `language` ISO 639.

    "" where nobody says.
    """

    text: str
    type: NameType
    language: str = ""
    script: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """A country as written (`text`) and its ISO 3166 codes in lower case, "" where nobody knows it."""

    iso2: str
    iso3: str
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A document or registry number.

    `type` is a slug (passport, national_id, lei, imo, tax, registration, …).
    """

    type: str
    value: str
    country: str = ""
    text: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in one line, with its parts where the publisher gives them.

    `country` is ISO 3166 alpha-2 or "".
    """

    text: str
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A link to another subject, by the publisher's id (`target_id`) or only by name."""

    kind: str
    target_id: str = ""
    target_name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject on a list, with the publisher's words beside what we read from them.

    `extra` keeps (original field, original value) pairs that have no place of their own.
    """

    source_id: str
    kind: Kind
    names: tuple[ListedName, ...]
    identifiers: tuple[Identifier, ...] = ()
    dates: tuple[PartialDate, ...] = ()
    nationalities: tuple[Country, ...] = ()
    countries: tuple[Country, ...] = ()
    places: tuple[Address, ...] = ()
    addresses: tuple[Address, ...] = ()
    programmes: tuple[str, ...] = ()
    listed_on: date | None = None
    updated_on: date | None = None
    until: date | None = None
    remarks: str = ""
    reasons: str = ""
    relations: tuple[Relation, ...] = ()
    reference: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def primary_name(self) -> str:
        return self.names[0].text

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON can hold it: dates in ISO 8601, tuples as lists. `from_dict` reads it back."""
        return _jsonable(asdict(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Entry:
        """The entry that `as_dict` wrote. Raises KeyError or TypeError for anything else."""
        plain = dict(data)
        for name, part in _PARTS.items():
            plain[name] = tuple(part(**item) for item in plain.get(name, ()))
        plain["dates"] = tuple(
            PartialDate(
                date.fromisoformat(item["first"]),
                date.fromisoformat(item["last"]),
                item["text"],
                item["approximate"],
            )
            for item in plain.get("dates", ())
        )
        for name in ("listed_on", "updated_on", "until"):
            plain[name] = date.fromisoformat(plain[name]) if plain.get(name) else None
        plain["programmes"] = tuple(plain.get("programmes", ()))
        plain["extra"] = tuple((name, value) for name, value in plain.get("extra", ()))
        return cls(**plain)


_PARTS: dict[str, Any] = {
    "names": ListedName,
    "identifiers": Identifier,
    "nationalities": Country,
    "countries": Country,
    "places": Address,
    "addresses": Address,
    "relations": Relation,
}


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about a file: a rule that refuses it, or a value nobody has seen before.

    `sentence` is English with %(name)s places for `values`, so that a page can translate it.
    """

    severity: Severity
    code: str
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    place: str = ""

    def __str__(self) -> str:
        return self.sentence % self.values


@dataclass(slots=True)
class ListFile:
    """What a file says of itself. A parser fills it while its entries are taken, so read it afterwards."""

    generated_on: date | None = None
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def count(self, entry: Entry) -> Entry:
        """Add the entry to the counts by kind and pass it on."""
        self.counts[entry.kind] += 1
        return entry

    def warn_unknown(self, what: str, value: str, place: str) -> None:
        """Note a code value that the importer does not know; the same value is noted once."""
        finding = Finding("warn", "unknown_value", UNKNOWN_VALUE, {"what": what, "value": value[:200]}, place)
        if not any(known.values == finding.values for known in self.findings):
            self.findings.append(finding)


UNKNOWN_VALUE = gettext_noop("%(what)s has the value “%(value)s”, which the importer does not know.")


class ListError(ValueError):
    """A file cannot be read as the list it should be. `str()` is a plain sentence with file and place.

    `reason` is a slug, `sentence` a translatable template over `values`; `file` and `place` ("line 3, column
    9", "row 12", "entry QDe.001") say where, as far as it is known.
    """

    def __init__(self, reason: str, sentence: str, file: str = "", place: str = "", **values: Any) -> None:
        self.reason, self.sentence, self.file, self.place, self.values = reason, sentence, file, place, values
        where = ", ".join(part for part in (file, place) if part)
        text = sentence % values
        super().__init__(f"{where}: {text}" if where else text)
