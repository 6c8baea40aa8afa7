"""What fits what: offers and needs as facts, the board of open needs, rankings with their reasons."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from focalpoints.models import FocalPoint, UNEntity
from partnerships import labels
from partnerships.matching import (
    GATES,
    WEIGHTS_VERSION,
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
    Indicator,
    Need,
    Offer,
    OfferMatch,
    Partnership,
    SizeClass,
)
from screening.models import REFUSING, Decision, DecisionOutcome, Hit

GOOD_SCORE = 60.0  # from which the nightly ranking keeps a pair and tells both sides
FOUND_A_NIGHT = 5  # pairs an offer at most
SMALL_FIRMS = (SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM)
OUTSIDE = ("partner_body", "organization")  # kinds of entries of the reference table that take no offers

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
    return facts_of([offer])[offer.reference]


def facts_of(offers: Sequence[Offer]) -> dict[str, OfferFacts]:
    """Facts by reference, with three questions to the database about all their companies together."""
    companies = {offer.company_id for offer in offers if offer.company_id}
    closed = closed_with_results(companies)
    excluded = set(
        Hit.objects.filter(company__in=companies).true_matches().values_list("company_id", flat=True)
    )
    refused = refused_by(companies)
    return {
        offer.reference: OfferFacts(
            **_common(offer, offer.available_from, offer.available_until, offer.submitted_at),
            is_any_country=offer.is_any_country,
            accepts_subregion=offer.accepts_subregion,
            is_excluded=offer.company_id in excluded,
            excluded_by=refused.get(offer.company_id or 0, frozenset()),
            closed_with_results=closed[offer.company_id],
        )
        for offer in offers
    }


def refused_by(companies: Iterable[int]) -> dict[int, frozenset[str]]:
    """For each company the UN entities whose own last decision on it is a refusal."""
    latest: dict[tuple[int, str], str] = {}
    decided = Decision.objects.filter(company__in=companies, entity__isnull=False)
    decided = decided.exclude(outcome=DecisionOutcome.DEFERRED).order_by("-at", "-pk")
    for company, entity, outcome in decided.values_list("company_id", "entity_id", "outcome"):
        latest.setdefault((company, entity), outcome)
    found: dict[int, set[str]] = {}
    for (company, entity), outcome in latest.items():
        if outcome in REFUSING:
            found.setdefault(company, set()).add(entity)
    return {company: frozenset(entities) for company, entities in found.items()}


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

_boards: dict[bool, tuple[Any, Board]] = {}


def open_board(only_public: bool = False) -> Board:
    """Every open need, or every public one, ready to be ranked; kept by this process until one changes."""
    rows = Need.objects.open().public() if only_public else Need.objects.open()
    stamp = (timezone.localdate(), *rows.aggregate(Count("pk"), Max("updated_at"), Sum("pk")).values())
    if only_public not in _boards or _boards[only_public][0] != stamp:
        codes = {f"{name}_codes": _codes(Need, name) for name in ("countries", "targets")}
        facts = [need_facts(need) for need in rows.annotate(**codes).order_by("pk")]
        _boards[only_public] = (stamp, Board(facts))
    return _boards[only_public][1]


# --- matches ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownMatch:
    """A match with its other side as a row of the database, and why it ranks where it does."""

    match: Match
    offer: Offer
    need: Need
    reasons: list[Reason]
    record: OfferMatch | None = None

    @property
    def score(self) -> float:
        return self.match.score

    @property
    def parts(self):
        return self.match.parts

    @property
    def offer_id(self) -> int:
        return self.offer.pk

    @property
    def need_id(self) -> int:
        return self.need.pk


@dataclass(frozen=True)
class Ranking:
    shown: list[ShownMatch]
    passed_count: int
    ruled_out: list[tuple[str, int]]  # (gate, how many), every gate, in order
    weights_version: str = WEIGHTS_VERSION

    @property
    def ruled_out_count(self) -> int:
        return sum(count for _gate, count in self.ruled_out)

    @property
    def total(self) -> int:
        return self.passed_count + self.ruled_out_count


def _gate_counts(closed) -> list[tuple[str, int]]:
    counts = Counter(closed[closed >= 0].tolist())
    return [(gate, counts.get(i, 0)) for i, gate in enumerate(GATES)]


def ranked_needs(offer: Offer, facts: OfferFacts, limit: int = 25, *, only_public: bool = False) -> Ranking:
    """Open needs that an offer may serve, best first, and how many each gate rules out.

    `only_public` leaves out those that UN users alone may see: a business reads the ranking.
    """
    board = open_board(only_public)
    matches = board.matches(facts)
    by_reference = {need.id: need for need in board.facts if isinstance(need, NeedFacts)}
    rows = Need.objects.for_list().in_bulk([m.need for m in matches[:limit]], field_name="reference")
    records = {record.need_id: record for record in offer.matches.filter(need__in=rows.values())}
    shown = [
        ShownMatch(match, offer, need, reasons(facts, by_reference[match.need], match), records.get(need.pk))
        for match in matches[:limit]
        if (need := rows.get(match.need))
    ]
    return Ranking(shown, len(matches), _gate_counts(board.closed(facts)))


def ranked_offers(need: Need, limit: int = 25, only: str = "") -> Ranking:
    """Offers on the desk that may serve a need, best first, without those said not to fit it.

    `only`: "small" firms, or "ldc" firms.
    """
    declined = need.matches.filter(outcome=OfferMatch.Outcome.DECLINED)
    rows = Offer.objects.on_desk().filter(suspicion="").exclude(pk__in=declined.values("offer"))
    if only == "small":
        rows = rows.filter(company__size_class__in=SMALL_FIRMS)
    elif only == "ldc":
        rows = rows.filter(company__country__is_ldc=True)
    offers = _with_codes(rows.select_related("company__country", "entity"))
    facts = facts_of(offers)
    board, wanted = Board(list(facts.values()), open_board().wording), need_facts(need)
    matches = board.matches(wanted)
    by_reference = {offer.reference: offer for offer in offers}
    records = {record.offer_id: record for record in need.matches.filter(offer__in=offers)}
    shown = [
        ShownMatch(match, offer, need, reasons(facts[match.offer], wanted, match), records.get(offer.pk))
        for match in matches[:limit]
        if (offer := by_reference[match.offer])
    ]
    return Ranking(shown, len(matches), _gate_counts(board.closed(wanted)))


def misfits(need: Need) -> QuerySet[OfferMatch]:
    """The offers still on the desk that somebody said do not fit this need, newest first."""
    declined = need.matches.filter(
        outcome=OfferMatch.Outcome.DECLINED, offer__in=Offer.objects.on_desk().filter(suspicion="")
    )
    return declined.select_related("offer__company", "decided_by").order_by("-decided_at")


def _with_codes(offers: QuerySet[Offer]) -> list[Offer]:
    """With the codes of countries and targets as arrays, in the order they were made."""
    codes = {f"{name}_codes": _codes(Offer, name) for name in ("countries", "targets")}
    return list(offers.annotate(**codes).order_by("pk"))


def newly_found(offers: QuerySet[Offer]) -> list[ShownMatch]:
    """The best pairs of these offers with open needs that no page and no night has found before."""
    rows = _with_codes(offers.select_related("company"))
    board, facts = open_board(), facts_of(rows)
    known = set(OfferMatch.objects.filter(offer__in=rows).values_list("offer_id", "need__reference"))
    needs = {fact.id: fact for fact in board.facts if isinstance(fact, NeedFacts)}
    good = [
        (offer, match)
        for offer in rows
        for match in board.matches(facts[offer.reference], FOUND_A_NIGHT)
        if match.score >= GOOD_SCORE and (offer.pk, match.need) not in known
    ]
    found = Need.objects.select_related("entity").in_bulk(
        [match.need for _offer, match in good], field_name="reference"
    )
    return [
        ShownMatch(match, offer, found[match.need], reasons(facts[offer.reference], needs[match.need], match))
        for offer, match in good
        if match.need in found
    ]


def standing_offers_for(need: Need) -> list[ShownMatch]:
    """Offers kept ready for emergencies that pass every gate of a need, best first."""
    standing = Offer.objects.on_desk().filter(is_standing=True, suspicion="")
    offers = _with_codes(standing.select_related("company"))
    facts, wanted = facts_of(offers), need_facts(need)
    by_reference = {offer.reference: offer for offer in offers}
    return [
        ShownMatch(match, by_reference[match.offer], need, [])
        for match in Board(list(facts.values()), open_board().wording).matches(wanted)
    ]


def match_of(offer: Offer, need: Need) -> Match:
    """One pair: its parts, or the gate that is closed. Weighed with the words of the open board."""
    board, facts = Board([need_facts(need)], open_board().wording), offer_facts(offer)
    return (board.matches(facts) or board.ruled_out(facts))[0]


def takes_offers(entity: UNEntity) -> bool:
    """Whether an offer can be passed to it: a current entity of the UN system, no body beside it."""
    return entity.is_current and entity.kind not in OUTSIDE


def ranked_entities(facts: OfferFacts, limit: int = 5) -> list[tuple[UNEntity, EntityMatch]]:
    """UN entities for an offer, by mandate and by where they have somebody for business."""
    present: dict[str, set[str]] = {}
    own_themes: dict[str, set[str]] = {}
    contacts = FocalPoint.objects.active().annotate(country_codes=_codes(FocalPoint, "countries"))
    for entity, themes, countries in contacts.values_list("entity", "themes", "country_codes"):
        present.setdefault(entity, set()).update(countries or ())
        own_themes.setdefault(entity, set()).update(themes)
    entities = {pk: entity for pk, entity in labels.entities().items() if takes_offers(entity)}
    candidates = [
        EntityFacts(
            code=pk,
            themes=frozenset(entity.themes) | own_themes.get(pk, set()),
            countries=frozenset(present.get(pk, set())),
        )
        for pk, entity in entities.items()
    ]
    return [(entities[match.entity], match) for match in rank_entities(facts, candidates, limit)]
