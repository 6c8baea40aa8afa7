"""Screening a company: what it asks of the lists, what it keeps, and what follows from a hit.

The system does this on its own, in workers: no role is asked and the history says so with `by=None`.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from partnerships.models import Company
from portal.history import record
from screening import matching, queries
from screening.models import (
    Hit,
    HitOutcome,
    ListEntry,
    ListVersion,
    ScreeningRun,
)
from screening.names import MATCHER_VERSION, Match
from screening.services import cases, hits


@transaction.atomic
def screen_company(company_id: int) -> ScreeningRun:
    """Compare a company and its people with every list in use; keep the run, its hits and why.

    Does nothing twice: the last run is returned where company, lists, matcher and gaps are those it had, or
    where only differences that left the company alone came since.
    """
    company = Company.objects.select_for_update(no_key=True, of=("self",)).get(pk=company_id)
    versions = queries.serving_versions()
    gaps = queries.list_gaps()
    inputs = matching.inputs_hash(company.version, versions, gaps)
    last = queries.latest_run(company)
    if last is not None and (last.inputs == inputs or _still_holds(last, company, versions, gaps)):
        return last
    screened = matching.as_screened(company)
    index = matching.index_of(versions)
    found = [
        (asked, match)
        for asked in matching.asked_subjects(screened)
        for match in index.search(asked.subject, limit=matching.HITS_KEPT)
    ]
    run = ScreeningRun.objects.create(
        company=company,
        company_version=company.version,
        inputs=inputs,
        subject=screened,
        matcher=MATCHER_VERSION,
        threshold=matching.threshold(),
        is_complete=not gaps,
        gaps=gaps,
        found=[{"role": asked.role, "subject": asked.name, **match.as_dict()} for asked, match in found],
    )
    run.list_versions.set(versions)
    _keep_hits(run, found, versions)
    cases.open_case_for_hits(company)
    return run


def _still_holds(run: ScreeningRun, company: Company, versions: list[ListVersion], gaps: list[dict]) -> bool:
    return (
        run.company_version == company.version
        and run.gaps == gaps
        and run.matcher == MATCHER_VERSION
        and queries.holds_for(run, versions)
    )


def rescreen(first: int, before: int | None) -> int:
    """Screen the companies with ids from `first` up to, not including, `before`. Returns how many."""
    companies = queries.screened_companies().filter(pk__gte=first)
    if before is not None:
        companies = companies.filter(pk__lt=before)
    ids = list(companies.order_by("pk").values_list("pk", flat=True))
    for company_id in ids:
        screen_company(company_id)
    return len(ids)


# --- hits -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Seen:
    """One pair of this run: the subject, the entry as it stands on the list, and how they compare."""

    asked: matching.AskedSubject
    match: Match
    entry: ListEntry

    @property
    def key(self) -> tuple[str, str, str]:
        return self.match.list_code, self.match.source_id, self.asked.key


def _keep_hits(
    run: ScreeningRun, found: list[tuple[matching.AskedSubject, Match]], versions: list[ListVersion]
) -> None:
    entries = {
        (entry.version.source_id, entry.source_id): entry
        for entry in ListEntry.objects.filter(
            version__in=versions, source_id__in={match.source_id for _asked, match in found}
        ).select_related("version")
    }
    seen = [_Seen(asked, match, entries[match.list_code, match.source_id]) for asked, match in found]
    known = {(hit.source_id, hit.source_entry_id, hit.subject_key): hit for hit in run.company.hits.all()}
    for pair in seen:
        hit = known.pop(pair.key, None)
        if hit is None:
            _create_hit(run, pair)
        else:
            _renew_hit(hit, run, pair)
    for hit in known.values():
        if hit.closed_at is None:
            _close_hit(hit, run)


def _facts_of(run: ScreeningRun, pair: _Seen) -> dict:
    """What a run says of a hit anew each time."""
    return {
        "entry": pair.entry,
        "list_version": pair.entry.version,
        "entry_name": pair.entry.name,
        "entry_content": pair.entry.content,
        "entry_fingerprint": pair.entry.fingerprint,
        "subject_name": pair.asked.name[:300],
        "subject_fingerprint": pair.asked.fingerprint,
        "last_run": run,
        "score": pair.match.score,
        "band": pair.match.band,
        "explanation": pair.match.as_dict(),
    }


def _create_hit(run: ScreeningRun, pair: _Seen) -> None:
    hit = Hit.objects.create(
        company=run.company,
        source_id=pair.match.list_code,
        source_entry_id=pair.match.source_id,
        subject_role=pair.asked.role,
        subject_key=pair.asked.key,
        first_run=run,
        **_facts_of(run, pair),
    )
    record(hit, "found", by=None)


def _renew_hit(hit: Hit, run: ScreeningRun, pair: _Seen) -> None:
    """Bring a known hit up to date. A dismissal holds only while both sides are what they were."""
    entry_changed = hit.entry_fingerprint != pair.entry.fingerprint
    subject_changed = hit.subject_fingerprint != pair.asked.fingerprint
    dismissed = hit.outcome in (HitOutcome.FALSE_POSITIVE, HitOutcome.INCONCLUSIVE)
    came_back, was = hit.closed_at is not None, hit.outcome
    drops = dismissed and (entry_changed or subject_changed)
    if drops:
        why = "entry" if entry_changed else "subject"
        before, after = (
            (hit.entry_content, pair.entry.content) if entry_changed else (_subject_of(hit), pair.asked.facts)
        )
        added, removed = _difference(before, after)
        hits.drop_outcome(hit, why=why, added=added, removed=removed)
    for name, value in _facts_of(run, pair).items():
        setattr(hit, name, value)
    hit.closed_at = None
    hit.save()
    if drops:
        record(hit, "reopened", by=None, changes={"outcome": [was, ""]})
    elif came_back:
        record(hit, "found again", by=None)


def _close_hit(hit: Hit, run: ScreeningRun) -> None:
    """The entry left its list, or no longer resembles: the hit asks for nothing more and stays on record."""
    hit.closed_at = timezone.now()
    hit.last_run = run
    hit.save(update_fields=["closed_at", "last_run"])
    is_listed = queries.serving_entries([hit.source_id]).filter(source_id=hit.source_entry_id).exists()
    record(hit, "no longer resembles" if is_listed else "left the list", by=None)


def _subject_of(hit: Hit) -> dict:
    """The facts of a hit's subject in the run that last saw it."""
    screened = hit.last_run.subject
    return next(
        (asked.facts for asked in matching.asked_subjects(screened) if asked.key == hit.subject_key), {}
    )


def _difference(before: dict, after: dict) -> tuple[list[str], list[str]]:
    """Names and facts, as texts, that a side gained and lost. At most ten of each."""
    old, new = set(_texts(before)), set(_texts(after))
    return sorted(new - old)[:10], sorted(old - new)[:10]


def _texts(value) -> list[str]:
    """Every text and number in a JSON value, without the empty ones and the bookkeeping of importers."""
    if isinstance(value, dict):
        skipped = {"field", "script", "type", "extra", "role", "kind", "approximate"}
        return [text for key, item in value.items() if key not in skipped for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value)] if value not in (None, "", True, False) else []
