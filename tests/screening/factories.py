"""The smallest valid rows of screening, and a list file in the layout of the Security Council."""

from datetime import timedelta
from io import BytesIO
from xml.sax.saxutils import escape

import factory
from django.utils import timezone

from partnerships.models import Company
from screening import queries
from screening.lists.model import Entry, ListedName
from screening.matching import as_screened
from screening.models import (
    Answer,
    Assessment,
    Case,
    CaseStatus,
    Decision,
    Hit,
    HitOutcome,
    HitReason,
    ListSource,
    ListVersion,
    ScreeningRun,
    VersionStatus,
)
from screening.queries.assessments import assessment_state
from screening.rating import DEFAULTS
from screening.services import assessments, hits, lists
from screening.services.catalogue import load_catalogue
from tests.portal.factories import UserFactory


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Velmora Trading {n}")


class ListSourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListSource

    code = factory.Sequence(lambda n: f"list{n}")
    title = factory.LazyAttribute(lambda source: f"Fictional list {source.code}")
    publisher = "Nobody"
    kind = ListSource.Kind.DEMONSTRATION
    importer = "un"
    criterion = "E-SAN-01"
    is_required = True
    stale_after_days = 30_000  # the files of `list_xml` are of one day, and the tests are run on any


def list_xml(*names: str, persons: tuple[str, ...] = (), day: str = "2026-11-20", **changed: str) -> bytes:
    """A list of entities and persons; an entity's id is its name's place; "" leaves a place out.

    `changed` gives comments by entry id ("e1"), which change an entry and keep its name.
    """
    entities = "".join(
        f"<ENTITY><DATAID>e{n}</DATAID><FIRST_NAME>{escape(name)}</FIRST_NAME>"
        f"<REFERENCE_NUMBER>XXe.{n:03}</REFERENCE_NUMBER><UN_LIST_TYPE>Fiction</UN_LIST_TYPE>"
        f"<COMMENTS1>{escape(changed.get(f'e{n}', ''))}</COMMENTS1></ENTITY>"
        for n, name in enumerate(names, 1)
        if name
    )
    individuals = "".join(
        f"<INDIVIDUAL><DATAID>p{n}</DATAID><FIRST_NAME>{escape(name)}</FIRST_NAME>"
        f"<REFERENCE_NUMBER>XXi.{n:03}</REFERENCE_NUMBER></INDIVIDUAL>"
        for n, name in enumerate(persons, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<CONSOLIDATED_LIST dateGenerated="{day}T00:00:00Z"><INDIVIDUALS>{individuals}</INDIVIDUALS>'
        f"<ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def serve(source: ListSource, content: bytes, name: str = "list.xml") -> ListVersion:
    """Receive and load a file as the worker does."""
    version = lists.receive_file(source, BytesIO(content), name=name, by=None)
    return lists.load_version(version.pk)


class RunFactory(factory.django.DjangoModelFactory):
    """A complete run against the lists in use now, which found nothing."""

    class Meta:
        model = ScreeningRun
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    company_version = factory.SelfAttribute("company.version")
    inputs = factory.Sequence(lambda n: f"{n:064}")
    subject = factory.LazyAttribute(lambda run: as_screened(run.company))
    matcher = "test"
    threshold = 0.5
    is_complete = True

    @factory.post_generation
    def list_versions(self, create, extracted, **kwargs):
        self.list_versions.set(queries.serving_versions())


class HitFactory(factory.django.DjangoModelFactory):
    """An undecided hit on a served list: HitFactory(company=company)."""

    class Meta:
        model = Hit

    company = factory.SubFactory(CompanyFactory)
    last_run = factory.SubFactory(RunFactory, company=factory.SelfAttribute("..company"))
    first_run = factory.SelfAttribute("last_run")
    list_version = factory.LazyFunction(lambda: ListVersion.objects.first() or _any_version())
    source = factory.SelfAttribute("list_version.source")
    source_entry_id = factory.Sequence(lambda n: f"x{n}")
    entry_name = factory.Sequence(lambda n: f"Orsalla Maritime Trade Co {n}")
    entry_content = factory.LazyAttribute(
        lambda hit: Entry(
            hit.source_entry_id, "organization", (ListedName(hit.entry_name, "primary"),)
        ).as_dict()
    )
    entry_fingerprint = "e"
    subject_role = "company"
    subject_key = "company"
    subject_name = factory.SelfAttribute("company.name")
    subject_fingerprint = "s"
    score = 0.85
    band = "close"
    explanation = factory.LazyAttribute(
        lambda hit: {
            "name_asked": hit.company.name,
            "name_matched": hit.entry_name,
            "words": [{"ours": ["Orsala"], "theirs": ["Orsalla"], "relation": "one_letter"}],
            "facts": [],
            "parts": [{"slug": "start", "points": 20.0}, {"slug": "met", "points": 65.0}],
        }
    )


class CaseFactory(factory.django.DjangoModelFactory):
    """An open case that a hit opened, with nobody's name on it."""

    class Meta:
        model = Case

    reference = factory.Sequence(lambda n: f"C-2026-{n:04}")
    company = factory.SubFactory(CompanyFactory)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))


def assessed(case: Case, by, plan: dict | None = None, **answers: str) -> Assessment:
    """A complete assessment with its plan: every criterion that is asked answered, mildly unless named.

    `answers` by code with "_" for "-": assessed(case, analyst, R_COR_01="high").
    """
    load_catalogue()
    wanted = {code.replace("_", "-"): answer for code, answer in answers.items()}
    assessment = assessments.begin_assessment(case, by=by)
    for _round in range(2):  # an answer may ask for more depth, and so for more answers
        assessment.refresh_from_db()
        state = assessment_state(assessment)
        assessment.answers.filter(code__in=wanted).delete()
        Answer.objects.bulk_create(
            Answer(
                assessment=assessment,
                code=code,
                answer=wanted.get(code, DEFAULTS[row.criterion.scale]),
                evidence="Searched, see https://a.example.org and https://b.example.org.",
                by=by,
            )
            for code, row in state.given.items()
            if row.is_missing or code in wanted
        )
    values = {
        "benefit_and_cost": "Tents for 4,000 families; two staff weeks.",
        "risk_note": "Late deliveries; the focal point owns it.",
        "mitigation_plan": "Checks each month until June.",
        "monitoring_months": 3,
        "country_office_opinion": "In favour, 3 November.",
        "exit_clause": "Thirty days' notice.",
        "has_no_conflict": True,
        **(plan or {}),
    }
    for field, value in values.items():
        setattr(assessment, field, value)
    assessment.save()
    return assessment


def _any_version() -> ListVersion:
    """A list in use, without the screenings that serving one would queue."""
    return ListVersion.objects.create(
        source=ListSourceFactory(is_required=False),
        number=1,
        status=VersionStatus.SERVING,
        file="lists/none",
        size=0,
        sha256="0" * 64,
    )


def cleared(company: Company, *, until=None, entity=None, outcome="approved", by=None, **values) -> Decision:
    """A decision on a company, as the services would leave it."""
    analyst, by = UserFactory(roles=["analyst"]), by or UserFactory(roles=["decider"])
    case = CaseFactory(
        company=company,
        entity=entity,
        status=CaseStatus.CLOSED,
        analyst=analyst,
        recommendation=outcome,
        closed_at=timezone.now(),
    )
    return Decision.objects.create(
        reference=f"D-{case.reference}",
        case=case,
        company=company,
        run=RunFactory(company=company),
        entity=entity,
        tier=values.pop("tier", "standard"),
        outcome=outcome,
        conditions=["Report"] if outcome == "approved_with_conditions" else [],
        note="Checked.",
        analyst=analyst,
        by=by,
        has_no_conflict=True,
        valid_until=None
        if outcome in ("declined", "not_eligible", "deferred")
        else until or timezone.localdate() + timedelta(days=700),
        **values,
    )


def settle(hit, by, outcome=HitOutcome.FALSE_POSITIVE, reason=HitReason.OTHER_COUNTRY):
    return hits.decide_hit(hit, version=hit.version, outcome=outcome, reason=reason, comment="Seen.", by=by)
