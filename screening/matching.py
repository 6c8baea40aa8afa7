"""Between the rows of the registry and the pure matcher: whom we ask about, and the index of those listed.

Runs in workers and commands only: the first person name analysed in a process costs seconds and memory.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings

from partnerships.models import Company, CompanyName
from screening.lists.model import Entry, Identifier, PartialDate
from screening.models import ListEntry, ListVersion, SubjectRole
from screening.names import MATCHER_VERSION, Index, Subject, scorer
from screening.names.index import IndexFormatError

HITS_KEPT = 50  # of one subject; nobody reads further


@dataclass(frozen=True)
class AskedSubject:
    """A company or one of its people, ready for the matcher. `facts` is its part of the run's record."""

    role: str
    key: str
    name: str
    facts: dict
    subject: Subject

    @property
    def fingerprint(self) -> str:
        return _hash(self.facts)


def as_screened(company: Company) -> dict:
    """The company and its people as JSON: the record of a run, and all that the matcher is given.

    {"company": part, "people": [part]}; a part has role, name, names, kind, countries (ISO 3166 alpha-2),
    identifiers ([type, value, country]), years, and share for an owner.
    """
    country = company.country.iso2.lower() if company.country else ""
    identifiers = []
    if company.lei:
        identifiers.append(["lei", company.lei, ""])
    if company.registration_number:
        identifiers.append(["registration", company.registration_number, country])
    names = company.names.order_by("kind", "name").values_list("name", "kind")
    own = {
        "role": SubjectRole.COMPANY,
        "name": company.name,
        "names": [company.name, *(name for name, _kind in names)],
        "former": [name for name, kind in names if kind == CompanyName.Kind.FORMER],
        "kind": "organization",
        "countries": [country] if country else [],
        "identifiers": identifiers,
        "years": [company.founded_year] if company.founded_year else [],
    }
    people = [
        {
            "role": person.role,
            "name": person.name,
            "names": [person.name],
            "kind": "organization" if person.is_organization else "person",
            "countries": [person.country.iso2.lower()] if person.country else [],
            "identifiers": [],
            "years": [person.birth_year] if person.birth_year else [],
            "share": f"{person.share_percent.normalize():f}" if person.share_percent else "",
        }
        for person in company.people.select_related("country").order_by("role", "name", "id")
    ]
    return {"company": own, "people": people}


def asked_subjects(screened: dict) -> Iterator[AskedSubject]:
    """The subjects of `as_screened`, each once however often the company names it in one role."""
    seen = set()
    for facts in (screened["company"], *screened["people"]):
        role, name = facts["role"], facts["name"]
        key = (
            "company" if role == SubjectRole.COMPANY else f"{role}:{' '.join(name.casefold().split())}"[:220]
        )
        if key in seen:
            continue
        seen.add(key)
        yield AskedSubject(
            role=role,
            key=key,
            name=name,
            facts=facts,
            subject=Subject(
                kind=facts["kind"],
                names=tuple(facts["names"]),
                countries=tuple(facts["countries"]),
                identifiers=tuple(Identifier(*item) for item in facts["identifiers"]),
                dates=tuple(
                    PartialDate(date(year, 1, 1), date(year, 12, 31), str(year)) for year in facts["years"]
                ),
            ),
        )


def inputs_hash(company_version: int, versions: Sequence[ListVersion], gaps: list[dict]) -> str:
    """What a run depends on, as one hash: nothing needs to run twice for the same."""
    return _hash([company_version, sorted(version.pk for version in versions), gaps, MATCHER_VERSION])


def threshold() -> float:
    return scorer().threshold


def index_of(versions: Sequence[ListVersion]) -> Index:
    """The index over these versions, which the processes of this machine share as a mapped file."""
    return _index(tuple(sorted(f"{version.source_id}:{version.pk}:{version.sha256}" for version in versions)))


@lru_cache(maxsize=2)
def _index(versions: tuple[str, ...]) -> Index:
    folder = settings.PORTAL_DATA / "index"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_hash([versions, MATCHER_VERSION])[:32]}.index"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process builds, the others wait and map the file
        try:
            return Index.open(path)
        except (OSError, IndexFormatError):
            pass  # not there yet, or of another matcher: built below
        ids = [int(version.split(":")[1]) for version in versions]
        rows = ListEntry.objects.filter(version__in=ids).order_by("version__source_id", "source_id")
        Index.build(
            (code, Entry.from_dict(content))
            for code, content in rows.values_list("version__source_id", "content").iterator(chunk_size=1000)
        ).save(path)
        for other in folder.glob("*.index"):
            if other != path:
                other.unlink()  # a process that still maps it keeps its pages
        return Index.open(path)


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
