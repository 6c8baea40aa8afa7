"""Between the rows of the registry and the pure matcher: whom we ask about, and the index of those listed.

Runs in workers and commands only: the first person name analysed in a process costs seconds and memory.
"""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import Any, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Count, Max, Sum
from django.utils import timezone

from partnerships.models import Company, CompanyName
from screening import queries
from screening.lists.model import Country as ListedCountry
from screening.lists.model import Entry, Identifier, Kind, ListedName, PartialDate
from screening.models import ListEntry, ListEntryKeys, ListVersion, SubjectRole
from screening.names import MATCHER_VERSION, Index, Listed, Subject, scorer
from screening.names.index import KEYS_VERSION, Indexed, IndexFormatError, keys_of_entry, unpacked_keys
from screening.names.matching import SAME_FROM

BATCH = 1000  # entries
HITS_KEPT = 50  # of one subject; nobody reads further
STORED = "index"  # folder of index files in the storage
STORED_KEPT = timedelta(days=7)


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


def subject_of(asked: dict[str, Any]) -> Subject:
    """The subject of one query of `screening.models.MatchRequest`.

    {"name", "kind": "company" or "person"}, and where known "other_names", "country" (ISO 3166 alpha-2),
    "birth_year", "identifiers": [{"type", "value"}].
    """
    country, year = asked.get("country", ""), asked.get("birth_year")
    return Subject(
        kind="person" if asked["kind"] == "person" else "organization",
        names=(asked["name"], *asked.get("other_names", ())),
        countries=(country,) if country else (),
        identifiers=tuple(
            Identifier(item["type"], item["value"], country) for item in asked.get("identifiers", ())
        ),
        dates=(PartialDate(date(year, 1, 1), date(year, 12, 31), str(year)),) if year else (),
    )


def inputs_hash(company_version: int, versions: Sequence[ListVersion], gaps: list[dict]) -> str:
    """What a run depends on, as one hash: nothing needs to run twice for the same."""
    return _hash([company_version, sorted(version.pk for version in versions), gaps, MATCHER_VERSION])


def threshold() -> float:
    return scorer().threshold


def index_of(versions: Sequence[ListVersion]) -> Index:
    """The index over these versions, which the processes of this machine share as a mapped file."""
    return _index(tuple(sorted(f"{version.source_id}:{version.pk}:{version.sha256}" for version in versions)))


def _index(versions: tuple[str, ...]) -> Index:
    ids = [int(version.split(":")[1]) for version in versions]

    def entries() -> Iterator[Indexed]:
        rows = ListEntry.objects.filter(version__in=ids).order_by("version__source_id", "source_id")
        found = rows.values_list(
            "pk", "version__source_id", "content", "keys__made_by", "keys__names"
        ).iterator(chunk_size=BATCH)
        while batch := list(islice(found, BATCH)):
            made = []
            for pk, code, content, made_by, names in batch:
                entry = Entry.from_dict(content)
                if made_by == KEYS_VERSION:
                    keys = unpacked_keys(bytes(names))
                else:
                    keys = keys_of_entry(entry)
                    packed = b"".join(name.packed() for name in keys)
                    made.append(ListEntryKeys(entry_id=pk, made_by=KEYS_VERSION, names=packed))
                yield code, entry, keys
            ListEntryKeys.objects.bulk_create(
                made, update_conflicts=True, unique_fields=["entry"], update_fields=["made_by", "names"]
            )

    return _mapped("lists", _hash(versions), entries)


_OPEN: dict[str, tuple[Path, Index]] = {}  # of this process: the latest index of each sort


def _mapped(sort: str, state: str, entries: Callable[[], Iterator[Indexed]]) -> Index:
    """The index file of one sort and state, built where it is not there yet.

    Machines share it through the storage of files, so that one builds and the others fetch.
    """
    folder = settings.PORTAL_DATA / "index"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{sort}-{_hash([state, MATCHER_VERSION])[:32]}.index"
    known, index = _OPEN.get(sort, (None, None))
    if known == path and index is not None:
        return index
    with (folder / f"{sort}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process builds, the others wait and map the file
        try:
            index = Index.open(path)
        except (OSError, IndexFormatError):  # not there yet, or cut off: fetched or built
            _fetch_or_build(path, entries)
            index = Index.open(path)
        for other in folder.glob(f"{sort}-*.index"):
            if other != path:
                other.unlink()  # a process that still maps it keeps its pages
    _OPEN[sort] = path, index
    return index


def _fetch_or_build(path: Path, entries: Callable[[], Iterator[Indexed]]) -> None:
    """Put the index file in its place: from the storage if a whole one is there, else built and shared."""
    is_remote = _storage_is_remote()
    if is_remote and _fetch(path):
        return
    Index.build(entries()).save(path)
    if is_remote:
        _share(path)


def _stored(name: str) -> str:
    return f"{STORED}/{name}"


def _fetch(path: Path) -> bool:
    """Is the file of that name in the storage, and is it whole? Then it is in its place now."""
    stored = _stored(path.name)
    if not default_storage.exists(stored):
        return False
    part = path.with_name(path.name + ".fetched")
    with default_storage.open(stored) as source, part.open("wb") as target:
        copyfileobj(source, target, 1 << 20)
    try:
        Index.open(part)
    except IndexFormatError:
        part.unlink()
        return False
    part.replace(path)
    return True


def _share(path: Path) -> None:
    """Store the file for other machines, in place of a damaged one; what has served its time goes."""
    default_storage.delete(_stored(path.name))
    with path.open("rb") as built:
        default_storage.save(_stored(path.name), File(built))
    # Kept for a while: machines of an older release may still start with it.
    served = timezone.now() - STORED_KEPT
    sort = path.name.partition("-")[0]
    for name in default_storage.listdir(STORED)[1]:
        is_other = name.startswith(f"{sort}-") and name != path.name
        if is_other and default_storage.get_modified_time(_stored(name)) < served:
            default_storage.delete(_stored(name))


def _storage_is_remote() -> bool:
    """Do other machines see what is stored? A folder of this one needs no second copy of its own files."""
    try:
        default_storage.path(STORED)
    except NotImplementedError:
        return True
    return False


def index_of_companies() -> Index:
    """The index over companies that take part, and their people, to compare what a list changed with.

    Each subject is an "entry" of it, with the id of its company before the colon. It is built anew when a
    company changed; one that changes later is screened by itself.
    """
    state = queries.screened_companies().aggregate(count=Count("pk"), versions=Sum("version"), last=Max("pk"))
    return _mapped("companies", _hash([str(value) for value in state.values()]), _company_entries)


def _company_entries() -> Iterator[Indexed]:
    companies = queries.screened_companies().select_related("country").prefetch_related("names")
    for company in companies.order_by("pk").iterator(chunk_size=500):
        for asked in asked_subjects(as_screened(company)):
            subject = asked.subject
            yield (
                "companies",
                Entry(
                    f"{company.pk}:{asked.key}"[:220],
                    cast("Kind", subject.kind),
                    tuple(ListedName(name, "alias") for name in subject.names),
                    identifiers=subject.identifiers,
                    dates=subject.dates,
                    countries=tuple(ListedCountry(code, "", code) for code in subject.countries),
                ),
            )


def companies_met(index: Index, list_code: str, entry: Entry) -> set[int]:
    """The ids of companies that have an entry of a list as a hit."""
    return {int(found.partition(":")[0]) for found in index.met_by(Listed.from_entry(entry, list_code))}


def compares_alike(one: Entry, other: Entry) -> bool:
    """Is all that the matcher looks at the same in both: names, countries, identifiers, dates?"""
    return Listed.from_entry(one) == Listed.from_entry(other)


def same_company(index: Index, entry: Entry) -> int | None:
    """The id of the one company that is this party: nearly the same name, and the country agrees."""
    listed = Listed.from_entry(entry)
    asked = Subject("organization", tuple(name.text for name in entry.names), listed.countries)
    found = {
        int(match.source_id.partition(":")[0])
        for match in index.search(asked, threshold=SAME_FROM)
        if match.source_id.endswith(":company")
        and any(fact["field"] == "country" and fact["outcome"] == "agrees" for fact in match.facts)
    }
    return found.pop() if len(found) == 1 else None


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
