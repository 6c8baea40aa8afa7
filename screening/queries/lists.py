"""Answers about lists, and about screenings of companies against them. No writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from partnerships.models import Company
from portal.days import day_words
from portal.models import AuditEvent
from screening.models import (
    Case,
    ListDifference,
    ListEntry,
    ListSource,
    ListVersion,
    ScreeningRun,
    VersionStatus,
)


@dataclass(frozen=True)
class ListFreshness:
    """How current a list is. `version` is the one in use, None where there is none."""

    source: ListSource
    version: ListVersion | None
    age_days: int | None
    is_missing: bool
    is_stale: bool

    @property
    def is_in_order(self) -> bool:
        """Nothing to do: fresh, or not there and not required."""
        return not self.is_stale and not (self.is_missing and self.source.is_required)

    @property
    def sentence(self) -> str:
        values = {"list": self.source.title, "days": self.age_days, "limit": self.source.stale_after_days}
        if self.version is None:
            return _("%(list)s has not been imported.") % values
        values["date"] = day_words(timezone.localtime(self.version.as_of))
        if self.is_stale:
            return (
                _("%(list)s is of %(date)s, %(days)d days old. It may be %(limit)d days old at most.")
                % values
            )
        return _("%(list)s is of %(date)s.") % values


def list_freshness(now: datetime | None = None) -> list[ListFreshness]:
    """Every list with its version in use and its age, in two queries."""
    now = now or timezone.now()
    serving = ListVersion.objects.filter(status=VersionStatus.SERVING)
    answer = []
    for source in ListSource.objects.prefetch_related(Prefetch("versions", serving, to_attr="in_use")):
        version = source.in_use[0] if source.in_use else None
        age = (now - version.as_of).days if version else None
        is_stale = age is not None and age > source.stale_after_days
        answer.append(ListFreshness(source, version, age, version is None, is_stale))
    return answer


def fetch_failure(source: ListSource) -> AuditEvent | None:
    """The last failed fetch, where none has succeeded since."""
    event = (
        AuditEvent.objects.filter(
            subject_type="screening.listsource", subject_id=source.pk, action="fetch failed"
        )
        .order_by("-at", "-id")
        .first()
    )
    fetched = source.versions.filter(is_fetched=True)
    if event is None or fetched.filter(Q(as_of__gt=event.at) | Q(received_at__gt=event.at)).exists():
        return None
    return event


def serving_versions() -> list[ListVersion]:
    """The list versions a screening uses now, in a stable order; tables of standings are not among them."""
    return list(
        ListVersion.objects.filter(status=VersionStatus.SERVING)
        .exclude(source__kind=ListSource.Kind.STANDING)
        .select_related("source")
        .order_by("source_id")
    )


def serving_entries(codes: Iterable[str] | None = None):
    """Entries of the versions in use, of all lists or of the given codes."""
    entries = ListEntry.objects.filter(version__status=VersionStatus.SERVING)
    return entries if codes is None else entries.filter(version__source__in=list(codes))


def list_gaps(freshness: Sequence[ListFreshness] | None = None) -> list[dict]:
    """Required lists that are missing or stale: each makes a run incomplete. Empty when all are in order."""
    return [
        {
            "code": "missing" if item.is_missing else "stale",
            "list": item.source.pk,
            "title": item.source.title,
            "as_of": item.version.as_of.date().isoformat() if item.version else None,
        }
        for item in (list_freshness() if freshness is None else freshness)
        if item.source.is_required and (item.is_missing or item.is_stale)
    ]


def gap_sentence(gap: dict) -> str:
    """A gap of a run in plain words."""
    if gap["code"] == "missing":
        return _("%(list)s was not there.") % {"list": gap["title"]}
    day = day_words(date.fromisoformat(gap["as_of"]))
    return _("%(list)s was out of date: of %(date)s.") % {"list": gap["title"], "date": day}


def screened_companies():
    """Companies that list changes concern: all but names of the archive that nobody works with."""
    return Company.objects.filter(
        Q(is_from_archive=False) | Exists(Case.objects.filter(company=OuterRef("pk")))
    )


def latest_run(company: Company) -> ScreeningRun | None:
    return company.runs.order_by("-at", "-id").first()


def holds_for(run: ScreeningRun, versions: Sequence[ListVersion]) -> bool:
    """Does a run speak for these versions: made with them, or only differences since that left it alone?"""
    used = set(run.list_versions.values_list("pk", flat=True))
    wanted = {version.pk for version in versions}
    if used == wanted:
        return True
    newer = wanted - used
    left = used - wanted
    differences = {
        difference.version_id: difference
        for difference in ListDifference.objects.filter(
            version__source__in=[version.source_id for version in versions if version.pk in newer],
            at__gte=run.at,
            finished_at__isnull=False,
            matcher=run.matcher,
        ).exclude(affected=run.company_id)
    }
    for pk in newer:
        at: int | None = pk
        while at is not None and at not in left:
            difference = differences.get(at)
            at = difference.before_id if difference else None
        if at is None:
            return False
        left.discard(at)
    return not left


def run_shortcomings(company: Company, run: ScreeningRun | None) -> list[str]:
    """Why no decision can rest on this run now, in sentences; empty when one can."""
    if run is None:
        return [_("The company has not been screened yet.")]
    reasons = [gap_sentence(gap) for gap in run.gaps]
    if run.company_version != company.version:
        reasons.append(_("The company changed after the screening. A new one is on its way."))
    if not holds_for(run, serving_versions()):
        reasons.append(_("A list changed after the screening. A new one is on its way."))
    elif not run.gaps:
        reasons += [item.sentence for item in list_freshness() if item.source.is_required and item.is_stale]
    return reasons
