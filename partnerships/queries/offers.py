"""Answers about offers and needs: what fits what, what the triage asks, what waits on whose desk."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import FocalPoint, UNEntity
from partnerships import labels
from partnerships.matching import (
    GATES,
    Board,
    EntityFacts,
    EntityMatch,
    Match,
    NeedFacts,
    OfferFacts,
    Reason,
    rank_entities,
    reasons,
)
from partnerships.models import (
    OFFER_ON_DESK,
    Company,
    Indicator,
    Need,
    Offer,
    OfferMatch,
    OfferStatus,
    Partnership,
    ReasonCode,
)
from portal.desk import DeskRow
from portal.models import AuditEvent, User
from screening.queries import is_excluded

SMALL_VALUE_USD = 10_000  # below it a local network or country office answers first

# --- facts ------------------------------------------------------------------------------------------------


def _codes(model, name: str) -> Subquery:
    """The codes of a many-to-many field as one array: no query a row, no product of joins."""
    through = getattr(model, name).through
    column = {"countries": "country_id", "targets": "target_id"}[name]
    owner = f"{model._meta.model_name}_id"
    rows = through.objects.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Subquery(rows.annotate(codes=ArrayAgg(column)).values("codes"))


def _common(row: Offer | Need, starts_on: date | None, ends_on: date | None, since) -> dict[str, Any]:
    return {
        "id": row.reference,
        "title": row.title,
        "description": row.description,
        "language": row.language,
        "kinds": frozenset(row.contribution_kinds),
        "themes": frozenset(row.themes),
        "targets": _codes_of(row, "targets"),
        "countries": _codes_of(row, "countries"),
        "quantity": None if row.quantity is None else float(row.quantity),
        "unit": row.unit,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "since": since.isoformat() if since else "",
    }


def _codes_of(row: Offer | Need, name: str) -> frozenset[str]:
    """From the array of `_codes`, else from the related rows, which a list has loaded."""
    column = f"{name}_codes"
    if column in row.__dict__:
        return frozenset(row.__dict__[column] or ())
    return frozenset(related.pk for related in getattr(row, name).all())


def offer_facts(offer: Offer) -> OfferFacts:
    return _offer_facts(
        offer,
        excluded=bool(offer.company and is_excluded(offer.company)),
        closed=closed_with_results([offer.company_id]).get(offer.company_id, 0),
    )


def _offer_facts(offer: Offer, *, excluded: bool, closed: int) -> OfferFacts:
    return OfferFacts(
        **_common(offer, offer.available_from, offer.available_until, offer.submitted_at),
        is_any_country=offer.is_any_country,
        accepts_subregion=offer.accepts_subregion,
        is_excluded=excluded,
        closed_with_results=closed,
    )


def need_facts(need: Need) -> NeedFacts:
    return NeedFacts(
        **_common(need, need.needed_from, need.needed_until, need.published_at), entity=need.entity_id
    )


def closed_with_results(company_ids: Iterable[int | None]) -> Counter[int | None]:
    """Closed partnerships of each company for which a result was measured."""
    measured = Indicator.objects.filter(partnership=OuterRef("pk"), actual__isnull=False)
    rows = (
        Partnership.objects.filter(Exists(measured), status="closed", parties__company__in=list(company_ids))
        .values_list("parties__company")
        .annotate(count=Count("pk", distinct=True))
    )
    return Counter(dict(rows))


# --- the board of open needs --------------------------------------------------------------------------------

_board: tuple[Any, Board] | None = None


def open_board() -> Board:
    """Every open need, ready to be ranked; kept by this process until one of them changes."""
    global _board
    rows = Need.objects.open()
    stamp = (timezone.localdate(), *rows.aggregate(Count("pk"), Max("updated_at"), Sum("pk")).values())
    if _board is None or _board[0] != stamp:
        rows = rows.annotate(countries_codes=_codes(Need, "countries"), targets_codes=_codes(Need, "targets"))
        _board = (stamp, Board([need_facts(need) for need in rows.order_by("pk")]))
    return _board[1]


# --- matches ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownMatch:
    """A match with its other side as a row of the database, and why it ranks where it does."""

    match: Match
    subject: Any  # the Need, or from the side of a need the Offer
    reasons: list[Reason]
    record: OfferMatch | None = None

    @property
    def score(self) -> float:
        return self.match.score

    @property
    def parts(self):
        return self.match.parts

    @property
    def need_id(self) -> int:
        return self.subject.pk


@dataclass(frozen=True)
class Ranking:
    shown: list[ShownMatch]
    passed_count: int
    ruled_out: list[tuple[str, int]]  # (gate, how many), every gate, in order

    @property
    def ruled_out_count(self) -> int:
        return sum(count for _gate, count in self.ruled_out)

    @property
    def total(self) -> int:
        return self.passed_count + self.ruled_out_count


def _gate_counts(closed) -> list[tuple[str, int]]:
    counts = Counter(closed[closed >= 0].tolist())
    return [(gate, counts.get(i, 0)) for i, gate in enumerate(GATES)]


def ranked_needs(offer: Offer, facts: OfferFacts, limit: int = 25) -> Ranking:
    """Open needs that an offer may serve, best first, and how many each gate rules out."""
    board = open_board()
    matches = board.matches(facts)
    by_reference = {need.id: need for need in board.facts if isinstance(need, NeedFacts)}
    rows = Need.objects.for_list().in_bulk([m.need for m in matches[:limit]], field_name="reference")
    records = {record.need_id: record for record in offer.matches.filter(need__in=rows.values())}
    shown = [
        ShownMatch(match, need, reasons(facts, by_reference[match.need], match), records.get(need.pk))
        for match in matches[:limit]
        if (need := rows.get(match.need))
    ]
    return Ranking(shown, len(matches), _gate_counts(board.closed(facts)))


def ranked_offers(need: Need, limit: int = 25) -> Ranking:
    """Offers on the desk that may serve a need, best first."""
    rows = list(
        Offer.objects.on_desk()
        .select_related("company", "company__country", "entity")
        .annotate(countries_codes=_codes(Offer, "countries"), targets_codes=_codes(Offer, "targets"))
        .order_by("pk")
    )
    closed = closed_with_results({offer.company_id for offer in rows})
    companies = {offer.company_id: offer.company for offer in rows if offer.company}
    excluded = {pk: bool(is_excluded(company)) for pk, company in companies.items()}
    facts = [_offer_facts(o, excluded=excluded[o.company_id], closed=closed[o.company_id]) for o in rows]
    board, wanted = Board(facts, open_board().wording), need_facts(need)
    matches = board.matches(wanted)
    by_reference = {offer.reference: offer for offer in rows}
    facts_by_reference = {fact.id: fact for fact in facts}
    records = {record.offer_id: record for record in need.matches.filter(offer__in=rows)}
    shown = [
        ShownMatch(
            match,
            by_reference[match.offer],
            reasons(facts_by_reference[match.offer], wanted, match),
            records.get(by_reference[match.offer].pk),
        )
        for match in matches[:limit]
    ]
    return Ranking(shown, len(matches), _gate_counts(board.closed(wanted)))


def match_of(offer: Offer, need: Need) -> Match:
    """One pair: its parts, or the gate that is closed. Weighed with the words of the open board."""
    board, facts = Board([need_facts(need)], open_board().wording), offer_facts(offer)
    return (board.matches(facts) or board.ruled_out(facts))[0]


def ranked_entities(facts: OfferFacts, limit: int = 5) -> list[tuple[UNEntity, EntityMatch]]:
    """UN entities for an offer, by mandate and by where they have somebody for business."""
    present: dict[str, set[str]] = {}
    own_themes: dict[str, set[str]] = {}
    contacts = FocalPoint.objects.active().annotate(country_codes=_codes(FocalPoint, "countries"))
    for entity, themes, countries in contacts.values_list("entity", "themes", "country_codes"):
        present.setdefault(entity, set()).update(countries or ())
        own_themes.setdefault(entity, set()).update(themes)
    entities = {pk: entity for pk, entity in labels.entities().items() if entity.is_current}
    candidates = [
        EntityFacts(
            code=pk,
            themes=frozenset(entity.themes) | own_themes.get(pk, set()),
            countries=frozenset(present.get(pk, set())),
        )
        for pk, entity in entities.items()
    ]
    return [(entities[match.entity], match) for match in rank_entities(facts, candidates, limit)]


# --- triage -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gate:
    """One question of the triage. `state`: ok, wait (somebody has to look), stop. `slug` words the answer."""

    name: str
    state: str
    slug: str
    values: dict[str, Any]


def triage_gates(offer: Offer, entities: Sequence[tuple[UNEntity, EntityMatch]]) -> list[Gate]:
    """The filter of an offer, each gate with its answer.

    Source: A/66/320, para. 53; `offer.triage_gates` of the registry's field list, version 1.0.
    """
    company = offer.company
    is_known = bool(company and (company.lei or company.registration_number or company.website))
    excluded = is_excluded(company) if company else None
    is_small = (
        offer.value_amount is not None and offer.currency == "USD" and offer.value_amount < SMALL_VALUE_USD
    )
    return [
        Gate("complete", "ok" if is_known else "wait", "registered" if is_known else "no_number", {}),
        Gate("lawful_and_fit", *_yes_no(offer.is_fit_for_use, "fit", "not_fit"), {}),
        Gate(
            "not_procurement",
            *_yes_no(None if (tied := offer.is_tied_to_procurement) is None else not tied, "untied", "tied"),
            {},
        ),
        Gate(
            "exclusion_precheck",
            *_yes_no(None if excluded is None else not excluded, "not_listed", "listed"),
            {},
        ),
        Gate(
            "mandate_fit",
            "ok" if entities else "stop",
            "mandate" if entities else "no_mandate",
            {"entities": [entity.acronym for entity, _match in entities[:3]]},
        ),
        Gate(
            "size",
            "wait" if is_small else "ok",
            "small" if is_small else "size_ok" if offer.value_amount else "no_value",
            {"limit": SMALL_VALUE_USD},
        ),
    ]


def _yes_no(answer: bool | None, yes: str, no: str) -> tuple[str, str]:
    if answer is None:
        return "wait", "unknown"
    return ("ok", yes) if answer else ("stop", no)


def in_talks(company: Company | None, *, but: Offer) -> QuerySet[Offer]:
    """Other offers of the company that some entity holds now: talk to that entity before you start."""
    return (
        Offer.objects.filter(
            company=company,
            entity__isnull=False,
            status__in=[OfferStatus.ROUTED, OfferStatus.RESERVED, OfferStatus.MATCHED, OfferStatus.ACCEPTED],
        )
        .exclude(pk=but.pk)
        .select_related("entity")
    )


def timeline(offer: Offer) -> list[AuditEvent]:
    """The moves of an offer that its business may see, oldest first. Internal notes are not read here."""
    return list(
        AuditEvent.objects.filter(
            Q(action__startswith="moved to ") | Q(action__in=["passed on", "began"]),
            subject_type="partnerships.offer",
            subject_id=str(offer.pk),
        ).order_by("id")
    )


def history(subject: Offer | Need) -> QuerySet[AuditEvent]:
    """Everything that happened to a row, newest first, for UN users."""
    return (
        AuditEvent.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
        .select_related("by")
        .order_by("-id")
    )


# --- lists and desks --------------------------------------------------------------------------------------


def companies_of(user: User) -> QuerySet[Company]:
    """Companies a business user may make offers for."""
    return Company.objects.of_member(user).order_by("name")


def entities_of(user: User) -> list[str]:
    """Codes of the UN entities a user works for."""
    return list(FocalPoint.objects.active().filter(user=user).values_list("entity", flat=True).distinct())


def open_needs(limit: int) -> QuerySet[Need]:
    """Open needs, what is urgent first, then the newest."""
    return (
        Need.objects.open()
        .for_list()
        .annotate(is_urgent=Q(urgency=Need.Urgency.EMERGENCY))
        .order_by("-is_urgent", "-published_at")[:limit]
    )


def desk_offers(user: User) -> QuerySet[Offer]:
    """Offers on the desk that this UN user answers for: the registry desk for those without an entity."""
    mine = Q(triager=user) | Q(entity__in=entities_of(user))
    if user.has_perm("partnerships.review_partnership"):
        mine |= Q(entity=None) | Q(escalated_on__isnull=False)
    return Offer.objects.on_desk().filter(mine).distinct()


def desk_rows(user: User) -> list[DeskRow]:
    """Offers and questions that wait for this user, and those where others owe an answer."""
    if user.has_perm("partnerships.triage_offer"):
        return [
            _triage_row(offer)
            for offer in desk_offers(user).select_related("company").order_by("answer_due_on")
        ]
    if user.has_perm("partnerships.make_offer"):
        offers = (
            Offer.objects.of(user)
            .filter(status__in=[OfferStatus.DRAFT, *OFFER_ON_DESK])
            .select_related("company", "entity")
        )
        return [_business_row(offer) for offer in offers]
    return []


def _triage_row(offer: Offer) -> DeskRow:
    waits = offer.status == OfferStatus.CLARIFICATION
    return DeskRow(
        title=_("Answer an offer: %(title)s") % {"title": offer.title},
        url=reverse("partnerships:desk_offer", args=[offer.reference]),
        detail=f"{offer.reference}, {offer.company}",
        who=_("Company") if waits else _("You"),
        state=offer.get_status_display(),
        due_on=offer.answer_due_on,
        is_waiting=waits,
    )


def _business_row(offer: Offer) -> DeskRow:
    is_draft, is_asked = offer.status == OfferStatus.DRAFT, offer.status == OfferStatus.CLARIFICATION
    title = offer.title or _("Offer without a title yet")
    if is_draft:
        title = _("Finish your offer: %(title)s") % {"title": title}
    elif is_asked:
        title = _("Answer a question: %(title)s") % {"title": title}
    name = "partnerships:offer_tasks" if is_draft else "partnerships:my_offer"
    return DeskRow(
        title=title,
        url=reverse(name, args=[offer.reference]),
        detail=f"{offer.reference}, {offer.company}" if offer.company else offer.reference,
        who=_("You") if is_draft or is_asked else str(offer.entity or _("Registry desk")),
        state=offer.get_status_display(),
        due_on=offer.kept_until if is_draft else offer.answer_due_on,
        is_waiting=not (is_draft or is_asked),
    )


def offer_figures() -> dict[str, Any]:
    """How offers were answered over the last year: median days, partnerships born, declined by reason."""
    year_ago = timezone.now() - timedelta(days=365)
    decided = Offer.objects.filter(decided_at__gte=year_ago)
    times = decided.values_list("submitted_at", "decided_at")
    days = sorted((end - start).days for start, end in times if start and end)
    reasons_given = decided.exclude(reason_code="").order_by("reason_code").values_list("reason_code")
    words = dict(ReasonCode.choices)
    return {
        "median_days": days[len(days) // 2] if days else None,
        "accepted": decided.filter(partnership__isnull=False).count(),
        "reasons": [(words[code], count) for code, count in reasons_given.annotate(count=Count("pk"))],
    }
