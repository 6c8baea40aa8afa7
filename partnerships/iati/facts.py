"""The facts of a record that travel: plain values, the same before writing and after reading."""

from dataclasses import dataclass, field
from decimal import Decimal

from partnerships.models import Contribution, Indicator, Partnership, Withholdable
from partnerships.queries.publication import is_told


@dataclass(frozen=True)
class Entity:
    """A UN entity with its part. `country` is that of the office, ISO 3166-1 alpha-3 or ""."""

    code: str
    name: str
    role: str
    office: str
    country: str = ""
    note: str = ""


@dataclass(frozen=True)
class Party:
    """A partner. `is_company` says that the registry knows it by that name; else it is only described."""

    name: str
    kind: str
    is_company: bool
    role: str = ""
    lei: str = ""
    country: str = ""
    sector: str = ""


@dataclass(frozen=True)
class Giving:
    kind: str
    status: str
    amount: Decimal | None = None
    currency: str = ""
    usd_value: Decimal | None = None
    bound: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    giver: str = ""
    receiver: str = ""
    earmarked: bool | None = None
    year: int | None = None
    as_of: str = ""
    country: str = ""
    valuation: str = ""
    note: str = ""


@dataclass(frozen=True)
class Measure:
    name: str
    level: str
    unit: str = ""
    direction: str = "up"
    baseline: Decimal | None = None
    baseline_on: str = ""
    target: Decimal | None = None
    target_on: str = ""
    actual: Decimal | None = None
    as_of: str = ""
    bound: str = ""
    note: str = ""


@dataclass(frozen=True)
class Activity:
    """A record without what is never exported: screening, drafts, what is withheld."""

    reference: str
    title: str
    summary: str
    language: str
    record_kind: str
    partnership_type: str
    status: str
    status_as_of: str
    scope: str
    start: str = ""
    end: str = ""
    place_note: str = ""
    date_note: str = ""
    further_note: str = ""
    source_document: str = ""
    source_place: str = ""
    origin: str = ""
    parent: str = ""
    purposes: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    mdgs: tuple[int, ...] = ()
    targets: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    parties: tuple[Party, ...] = ()
    givings: tuple[Giving, ...] = ()
    measures: tuple[Measure, ...] = ()
    # What IATI asks for and a reader of ours gives nothing for: {} on reading.
    links: tuple[tuple[str, str], ...] = field(default=(), compare=False)


def for_iati(records):
    """Records with everything an activity tells, in a fixed number of queries."""
    return records.select_related("parent").prefetch_related(
        "entity_roles__entity",
        "parties__company",
        "targets",
        "countries",
        "regions",
        "contributions",
        "indicators",
        "sources",
    )


def activity_of(record: Partnership) -> Activity:
    """The public facts of a record read by `for_iati`."""
    hidden = record.withheld_fields
    return Activity(
        **{
            name: getattr(record, name)
            for name in (
                "reference",
                "title",
                "summary",
                "language",
                "record_kind",
                "partnership_type",
                "status",
                "status_as_of",
                "scope",
                "start",
                "end",
                "date_note",
                "further_note",
                "source_document",
                "source_place",
                "origin",
            )
        },
        place_note="" if Withholdable.PLACES in hidden else record.place_note,
        parent=record.parent.reference if record.parent and is_told(record.parent) else "",
        purposes=tuple(record.purposes),
        modalities=tuple(record.modalities),
        themes=tuple(record.themes),
        frameworks=tuple(record.frameworks),
        mdgs=tuple(record.mdgs),
        targets=tuple(sorted(target.pk for target in record.targets.all())),
        countries=tuple(sorted(country.pk for country in record.countries.all())),
        regions=tuple(sorted(region.pk for region in record.regions.all())),
        entities=tuple(
            Entity(
                part.entity_id,
                part.entity.name,
                part.role,
                part.office_level,
                part.office_country_id or "",
                part.note,
            )
            for part in record.entity_roles.all()
        ),
        parties=()
        if Withholdable.PARTIES in hidden
        else tuple(
            Party(
                str(part),
                part.kind,
                part.company_id is not None,
                part.role,
                part.company.lei if part.company else "",
                (part.company.country_id or "") if part.company else "",
                part.sector_id or "",
            )
            for part in record.parties.all()
        ),
        givings=()
        if Withholdable.CONTRIBUTIONS in hidden
        else tuple(_giving(part) for part in record.contributions.all()),
        measures=()
        if Withholdable.RESULTS in hidden
        else tuple(_measure(part) for part in record.indicators.all()),
        links=tuple((part.title, part.url) for part in record.sources.all() if part.is_public and part.url),
    )


def _giving(part: Contribution) -> Giving:
    return Giving(
        kind=part.kind,
        status=part.status,
        amount=part.amount,
        currency=part.currency,
        usd_value=part.usd_value,
        bound=part.bound,
        quantity=part.quantity,
        unit=part.unit,
        giver=part.giver,
        receiver=part.receiver,
        earmarked=part.is_earmarked,
        year=part.year,
        as_of=part.as_of,
        country=part.country_id or "",
        valuation=part.valuation_method,
        note=part.note,
    )


def _measure(part: Indicator) -> Measure:
    return Measure(
        name=part.name,
        level=part.level,
        unit=part.unit,
        direction=part.direction,
        baseline=part.baseline,
        baseline_on=part.baseline_on,
        target=part.target,
        target_on=part.target_on,
        actual=part.actual,
        as_of=part.as_of,
        bound=part.bound,
        note=part.note,
    )
