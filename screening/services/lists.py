"""How a published list comes in: kept as a file first, read and checked as a whole, switched in one step."""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.errors import RuleViolation
from portal.history import changed_fields, move, record
from portal.jobs import enqueue
from portal.models import User
from screening import queries
from screening.fetching import Unreachable, fetch
from screening.lists import bundles, importers
from screening.lists.checks import check_version
from screening.lists.model import Entry, Finding, ListError, ListFile, gettext_noop
from screening.models import (
    VERSION_MOVES,
    ListChange,
    ListEntry,
    ListSource,
    ListVersion,
    VersionStatus,
)
from screening.services import differences

SOURCES = Path(__file__).parent.parent / "data" / "sources.yaml"
BATCH = 500  # entries written at once: bounds the memory of an import
FETCH_ATTEMPTS = 5
RESCREEN_CHUNK = 500  # companies in one job
OLDER = gettext_noop("The file is of %(new)s, the list in use is of %(old)s.")
# What no person's word can heal: there would be nothing to screen against.
NEVER_OVERRIDDEN = {"unreadable", "empty"}


def load_sources() -> int:
    """Bring ListSource in line with sources.yaml; what an operator set stays. Returns the number of lists.

    A list that was changed here is the operator's as a whole.
    """
    with SOURCES.open(encoding="utf-8") as file:
        rows = yaml.load(file, Loader=yaml.CSafeLoader)
    own_codes = set(ListSource.objects.filter(is_own=True).values_list("pk", flat=True))
    for code, row in rows.items():
        if code in own_codes:
            continue
        low, high = row.pop("expected", (None, None))
        own = {"is_required": row.pop("is_required"), "stale_after_days": row.pop("stale_after_days")}
        facts = {
            "url": "", "page_url": "", "hosts": "", "mapping": {}, "fetch_every_hours": 24,
            "is_confidential": False, **row, "expected_low": low, "expected_high": high,
        }  # fmt: skip
        ListSource.objects.update_or_create(code=code, defaults=facts, create_defaults={**facts, **own})
    return len(rows)


@transaction.atomic
def add_source(code: str, values: Mapping[str, Any], *, by: User) -> ListSource:
    """Add a list of the operator's own: the fields of ListSource, not needed for a complete screening yet."""
    _may_manage(by)
    if ListSource.objects.filter(pk=code).exists():
        raise RuleViolation(_("There is a list with the code “%(code)s” already.") % {"code": code})
    source = ListSource.objects.create(code=code, is_own=True, **values)
    record(source, "added", by=by, changes={name: [None, value] for name, value in values.items()})
    return source


@transaction.atomic
def change_source(source: ListSource, values: Mapping[str, Any], *, by: User) -> None:
    """Change what is kept about a list: the next file is read by it, what was read before stays as it is.

    Who may see the entries, and the criterion of a match, count at once.
    """
    _may_manage(by)
    source = ListSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    changes = changed_fields(source, values)
    if "kind" in changes and source.versions.exists():
        raise RuleViolation(_("The kind stays as it is: companies were screened against this list as such."))
    if not changes:
        return
    if "url" in changes:  # what the old address said of its file tells nothing about the new one
        source.etag = source.last_modified = ""
    for name, value in values.items():
        setattr(source, name, value)
    source.is_own = True
    source.save()
    record(source, "changed", by=by, changes=changes)


# --- receiving --------------------------------------------------------------------------------------------


@transaction.atomic
def upload_list(source: ListSource, *files: File, by: User) -> ListVersion:
    """Keep the file or files that a person handed in and queue their reading.

    What is already in use is not read again.
    """
    _may_manage(by)
    version = receive_files(source, [(Path(file.name or "upload").name, file) for file in files], by=by)
    if version.status == VersionStatus.RECEIVED:
        enqueue("screening.load_version", key=f"load_version:{version.pk}", version_id=version.pk)
    return version


@transaction.atomic
def receive_file(
    source: ListSource, file: IO[bytes], *, name: str, by: User | None, is_fetched: bool = False
) -> ListVersion:
    """Store a file as the next version, unread. The file in use itself, come again, is returned as it is."""
    sha256, size = _digest(file)
    source = ListSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    serving = source.versions.filter(status=VersionStatus.SERVING).first()
    if serving and serving.sha256 == sha256:
        if is_fetched:
            _confirm(serving)
        return serving
    number = (source.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    file.seek(0)
    version = ListVersion(
        source=source,
        number=number,
        file_name=name[:200],
        size=size,
        sha256=sha256,
        received_by=by,
        is_fetched=is_fetched,
    )
    version.file.save(f"{source.code}-{number}-{sha256[:12]}", File(file), save=False)
    version.save()
    record(version, "received", by=by, note=name[:200])
    return version


def receive_files(
    source: ListSource, files: Sequence[tuple[str, IO[bytes]]], *, by: User | None
) -> ListVersion:
    """`receive_file` for a list that comes as several files, given with their names: kept as one archive."""
    if len(files) == 1:
        name, file = files[0]
        return receive_file(source, file, name=name, by=by)
    with tempfile.TemporaryFile() as archive:
        bundles.pack(files, archive)
        names = ", ".join(sorted(name for name, _file in files))
        return receive_file(source, archive, name=names, by=by)


def fetch_list(source: ListSource, *, url: str = "", by: User | None = None) -> ListVersion:
    """Ask the publisher for the current file and store it, unread. Nothing new: the version in use.

    Raises RuleViolation where the list has no address or the publisher does not answer as agreed.
    """
    if not source.url:
        raise RuleViolation(_("This list has no address to fetch from."))
    serving = source.versions.filter(status=VersionStatus.SERVING, is_fetched=True).first()
    known = {"etag": source.etag, "last_modified": source.last_modified} if serving and not url else {}
    with tempfile.TemporaryFile() as file:
        fetched = fetch(url or source.url, file, home=source.url, hosts=source.hosts.split(), **known)
        with transaction.atomic():
            if fetched.is_unchanged and serving:
                _confirm(serving)
                return serving
            version = receive_file(
                source, file, name=Path(urlsplit(url or source.url).path).name, by=by, is_fetched=True
            )
            ListSource.objects.filter(pk=source.pk).update(
                etag=fetched.etag[:200], last_modified=fetched.last_modified[:60]
            )
    return version


@transaction.atomic
def ask_for_fetch(source: ListSource, *, by: User) -> None:
    """Queue a fetch for a person who does not want to wait for the daily one: at most one a minute."""
    _may_manage(by)
    if not source.url:
        raise RuleViolation(_("This list has no address to fetch from."))
    minute = timezone.now().strftime("%Y-%m-%dT%H:%M")
    enqueue("screening.fetch_list", key=f"fetch_list:{source.pk}:{minute}", code=source.pk)
    record(source, "fetch asked for", by=by)


def fetch_and_load(source: ListSource, attempt: int = 1) -> None:
    """Fetch one list and queue its reading. A failure is noted on the list: the old version serves on.

    A publisher that cannot be reached is asked again, five times in all, after 1, 4, 16 and 64 minutes.
    """
    try:
        version = fetch_list(source)
    except RuleViolation as failure:
        event = record(source, "fetch failed", by=None, note=str(failure))
        if isinstance(failure, Unreachable) and attempt < FETCH_ATTEMPTS:
            enqueue(
                "screening.fetch_list",
                key=f"fetch_list:{source.pk}:again:{event.pk}",
                run_after=timezone.now() + timedelta(minutes=4 ** (attempt - 1)),
                code=source.pk,
                attempt=attempt + 1,
            )
        return
    if version.status == VersionStatus.RECEIVED:
        enqueue("screening.load_version", key=f"load_version:{version.pk}", version_id=version.pk)


def fetch_due_lists() -> None:
    """Queue today's fetches of every list that has an address; nothing where this server may not fetch."""
    if not settings.FETCH_LISTS:
        return
    now = timezone.now()
    midnight = datetime.combine(now.date(), time(), tzinfo=UTC)
    days = now.date().toordinal()
    for source in ListSource.objects.exclude(url=""):
        every = source.fetch_every_hours
        for hour in range(-days * 24 % every, 24, every):  # every 48 hours is every second day
            enqueue(
                "screening.fetch_list",
                key=f"fetch_list:{source.pk}:{now:%Y-%m-%d}:{hour}",
                run_after=max(now, midnight + timedelta(hours=hour)),
                code=source.pk,
            )


def _confirm(version: ListVersion) -> None:
    """The publisher says that this is still the current file. What was stale is screened anew."""
    was_stale = _is_stale(version)
    version.as_of = timezone.now()
    version.save(update_fields=["as_of"])
    if was_stale:
        rescreen_all(f"{version} confirmed {version.as_of:%Y-%m-%d}")


def _is_stale(version: ListVersion) -> bool:
    return any(item.is_stale and item.version == version for item in queries.list_freshness())


def _digest(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


# --- reading and switching --------------------------------------------------------------------------------


class _Refused(Exception):
    """Rolls the entries of a refused version back."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings


@transaction.atomic
def load_version(version_id: int) -> ListVersion:
    """Read a stored file, check it and, when nothing speaks against it, let it serve; else refuse it.

    All in one transaction: until the switch the version before serves, and a kill leaves it so. A version
    with a person's override serves in spite of findings that may be overridden.
    """
    version = ListVersion.objects.select_for_update(no_key=True).select_related("source").get(pk=version_id)
    if version.status not in (VersionStatus.RECEIVED, VersionStatus.REFUSED):
        return version
    try:
        with transaction.atomic():
            findings = _read_and_serve(version)
    except _Refused as refusal:
        findings = refusal.findings
    except ListError as error:
        where = ", ".join(part for part in (error.file, error.place) if part)
        findings = [Finding("refuse", "unreadable", error.sentence, error.values, where)]
    version.refresh_from_db()
    version.findings = [
        {
            "severity": finding.severity,
            "code": finding.code,
            "sentence": finding.sentence,
            "values": finding.values,
            "place": finding.place,
        }
        for finding in findings
    ]
    version.save(update_fields=["findings"])
    if version.status == VersionStatus.RECEIVED:
        reasons = " ".join(str(finding) for finding in findings if finding.severity == "refuse")
        move(version, VersionStatus.REFUSED, moves=VERSION_MOVES, by=None, note=reasons)
    return version


def _read_and_serve(version: ListVersion) -> list[Finding]:
    about = ListFile()
    repeated: Counter[str] = Counter()
    names = 0
    source = version.source
    with version.file.open("rb") as stored, bundles.opened(stored.file, version.file_name) as files:
        entries = importers.read_files(source.importer, files, about, source.mapping)
        while batch := list(islice(entries, BATCH)):
            names += sum(len(entry.names) for entry in batch)
            repeated += _repeated(version, batch)
            ListEntry.objects.bulk_create([_row(version, entry) for entry in batch], ignore_conflicts=True)
    source = ListSource.objects.select_for_update(no_key=True).get(pk=version.source_id)
    before = source.versions.filter(status=VersionStatus.SERVING).first()
    findings = check_version(
        about.counts,
        _counts(before) if before else None,
        {source_id: count + 1 for source_id, count in repeated.items()},
        expected=(source.expected_low, source.expected_high)
        if source.expected_low is not None and source.expected_high is not None
        else None,
        findings=about.findings,
    )
    if before and before.published_on and about.generated_on and about.generated_on < before.published_on:
        values = {"new": str(about.generated_on), "old": str(before.published_on)}
        findings.append(Finding("refuse", "older", OLDER, values))
    refusing = {finding.code for finding in findings if finding.severity == "refuse"}
    if refusing and (not version.override_note or refusing & NEVER_OVERRIDDEN):
        raise _Refused(findings)
    _switch(version, before, about, names)
    return findings


def _repeated(version: ListVersion, batch: list[Entry]) -> Counter[str]:
    """How often an id of the batch came before, in it or in those written."""
    ids = Counter(entry.source_id for entry in batch)
    written = set(version.entries.filter(source_id__in=ids).values_list("source_id", flat=True))
    return Counter({key: count - (key not in written) for key, count in ids.items()})


def _row(version: ListVersion, entry: Entry) -> ListEntry:
    content = entry.as_dict()
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return ListEntry(
        version=version,
        source_id=entry.source_id,
        kind=entry.kind,
        name=entry.primary_name[:500],
        content=content,
        fingerprint=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _counts(version: ListVersion) -> dict[str, int]:
    counts = {
        "person": version.person_count,
        "organization": version.organization_count,
        "other": version.other_count,
    }
    return {kind: count for kind, count in counts.items() if count}


def _switch(version: ListVersion, before: ListVersion | None, about: ListFile, names: int) -> None:
    """Compare with the version in use and take its place. The caller holds the lock of the source."""
    now = timezone.now()
    was_stale = before is not None and _is_stale(before)
    version.published_on = about.generated_on
    if not version.is_fetched and about.generated_on:
        midnight = datetime.combine(about.generated_on, time(), tzinfo=UTC)
        version.as_of = min(now, midnight)
    version.person_count = about.counts["person"]
    version.organization_count = about.counts["organization"]
    version.other_count = about.counts.total() - version.person_count - version.organization_count
    version.name_count = names
    version.served_at = now
    _note_changes(version, before)
    if before:
        _keep_keys(version, before)
        move(before, VersionStatus.RETIRED, moves=VERSION_MOVES, by=None, note=f"Replaced by {version}.")
        # The version just replaced keeps its entries for comparison; older ones live on as files.
        ListEntry.objects.filter(
            version__source=version.source, version__status=VersionStatus.RETIRED
        ).exclude(version=before).delete()
    move(
        version,
        VersionStatus.SERVING,
        moves=VERSION_MOVES,
        by=version.override_by,
        note=version.override_note,
    )
    version.save()
    if not version.source.screens:
        enqueue("screening.note_standings", key=f"note_standings:{version.pk}", version_id=version.pk)
    elif before and not was_stale:
        differences.screen_difference(version, before)
    else:  # what was incomplete is complete now
        rescreen_all(f"version {version.pk}")


def _note_changes(version: ListVersion, before: ListVersion | None) -> None:
    kinds = ListChange.Kind
    same = ListEntry.objects.filter(version=before, source_id=OuterRef("source_id"))
    here = ListEntry.objects.filter(version=version, source_id=OuterRef("source_id"))
    found = {
        kinds.ADDED: version.entries.filter(~Exists(same)),
        kinds.CHANGED: version.entries.filter(Exists(same.exclude(fingerprint=OuterRef("fingerprint")))),
        kinds.REMOVED: ListEntry.objects.filter(~Exists(here), version=before),
    }
    counts = {kind: entries.count() for kind, entries in found.items()}
    version.added_count, version.removed_count = counts[kinds.ADDED], counts[kinds.REMOVED]
    version.changed_count = counts[kinds.CHANGED]
    if before is None:  # of a first version every entry is new: the entries themselves say so
        return
    for kind, entries in found.items():
        rows = entries.order_by("source_id").values_list("source_id", "name").iterator()
        while batch := list(islice(rows, BATCH)):
            ListChange.objects.bulk_create(
                ListChange(version=version, kind=kind, source_id=key, name=name) for key, name in batch
            )


def _keep_keys(version: ListVersion, before: ListVersion) -> None:
    """Give the entries of a version that are those of the one before the keys of these."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO screening_listentrykeys (entry_id, made_by, names) "
            "SELECT e.id, k.made_by, k.names FROM screening_listentry e "
            "JOIN screening_listentry b ON b.source_id = e.source_id AND b.fingerprint = e.fingerprint "
            "JOIN screening_listentrykeys k ON k.entry_id = b.id "
            "WHERE e.version_id = %s AND b.version_id = %s ON CONFLICT DO NOTHING",
            [version.pk, before.pk],
        )


@transaction.atomic
def override_version(version: ListVersion, *, note: str, by: User) -> None:
    """Let a refused version serve in spite of its findings, on a person's word. The file is read again."""
    _may_manage(by)
    version = ListVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if not can_be_overridden(version):
        raise RuleViolation(
            _("Only a refused version that can be read, and is newer than the one in use, can.")
        )
    version.override_note, version.override_by = note, by
    version.save(update_fields=["override_note", "override_by"])
    record(version, "override", by=by, note=note)
    enqueue("screening.load_version", key=f"load_version:{version.pk}:override", version_id=version.pk)


def can_be_overridden(version: ListVersion) -> bool:
    """A readable, refused version that nobody has overridden and that no other has overtaken."""
    codes = {finding["code"] for finding in version.findings if finding["severity"] == "refuse"}
    return (
        version.status == VersionStatus.REFUSED
        and not version.override_note
        and not codes & NEVER_OVERRIDDEN
        and not version.source.versions.filter(
            status=VersionStatus.SERVING, number__gt=version.number
        ).exists()
    )


@transaction.atomic
def set_required(source: ListSource, *, is_required: bool, note: str, by: User | None) -> None:
    """Say whether a screening is complete without this list. Every company is screened again."""
    if by is not None:
        _may_manage(by)
    source = ListSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    if source.is_required == is_required:
        return
    source.is_required = is_required
    source.save(update_fields=["is_required"])
    event = record(source, "required" if is_required else "not required", by=by, note=note)
    rescreen_all(f"event {event.pk}")


def rescreen_all(cause: str) -> int:
    """Queue a screening of every company that takes part, in chunks; archive names are left alone.

    `cause` names what happened, such as "version 12": once for each. A company whose last run had the same
    inputs costs one look. Returns the number of jobs.
    """
    ids = queries.screened_companies().order_by("pk").values_list("pk", flat=True)
    chunks = [*list(ids)[::RESCREEN_CHUNK], None]
    for first, following in pairwise(chunks):
        enqueue("screening.rescreen", key=f"rescreen:{cause}:{first}", first=first, before=following)
    return len(chunks) - 1


def _may_manage(by: User) -> None:
    if not by.has_perm("screening.manage_lists"):
        raise PermissionDenied
