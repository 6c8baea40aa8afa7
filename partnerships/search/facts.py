"""What the index says of a record: its values of each facet and its words. Reads prefetched rows only."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from partnerships.models import (
    Contribution,
    ContributionKind,
    Indicator,
    PartnerKind,
    Partnership,
    PartnershipParty,
    SizeClass,
    Withholdable,
)
from partnerships.reporting import light_of

MONEY = (ContributionKind.CASH, ContributionKind.INVESTMENT)
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")  # of the names in the reference tables
SMALL = {SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM}


def with_facts(records: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """With every row that the functions below read."""
    parties = PartnershipParty.objects.select_related("company__sector", "sector")
    return records.prefetch_related(
        "entity_roles__entity",
        Prefetch("parties", parties.prefetch_related("company__names")),
        "countries",
        "regions",
        "targets__goal",
        "contributions",
        "indicators",
        "translations",
    )


def shown_parties(record: Partnership) -> list[PartnershipParty]:
    return [] if Withholdable.PARTIES in record.withheld_fields else list(record.parties.all())


def shown_contributions(record: Partnership) -> list[Contribution]:
    return [] if Withholdable.CONTRIBUTIONS in record.withheld_fields else list(record.contributions.all())


def shown_indicators(record: Partnership) -> list[Indicator]:
    return [] if Withholdable.RESULTS in record.withheld_fields else list(record.indicators.all())


def facets_of(record: Partnership) -> set[tuple[str, str]]:
    """{(facet, value)} of a record, without what is withheld."""
    contributions, targets = shown_contributions(record), record.targets.all()
    pairs = {
        ("type", record.partnership_type),
        ("status", record.status),
        ("scope", record.scope),
        ("reporting", reporting_of(shown_indicators(record))),
        ("year", str(record.start_year or "none")),
        ("value", value_band(contributions)),
    }
    if light := light_of(record, timezone.localdate()):
        pairs.add(("light", light))
    pairs |= {("purpose", purpose) for purpose in record.purposes}
    pairs |= {("theme", theme) for theme in record.themes}
    pairs |= {("form", modality) for modality in record.modalities}
    pairs |= {("entity", role.entity_id) for role in record.entity_roles.all()}
    pairs |= {("kind", contribution.kind) for contribution in counted(contributions)}
    pairs |= {("target", target.code) for target in targets}
    pairs |= {("goal", str(target.goal_id)) for target in targets}
    pairs |= {("region", region.m49) for region in record.regions.all()}
    for country in record.countries.all():
        pairs |= {("country", country.iso3)}
        pairs |= {("region", code) for code in (country.region_id, country.subregion_id) if code}
        pairs |= {("group", name) for name in ("ldc", "lldc", "sids") if getattr(country, f"is_{name}")}
    for party in shown_parties(record):
        pairs |= {("partner", kind) for kind in partner_kinds(party)}
        if party.company:
            pairs |= {("company", str(party.company.public_id))}
        if section := sector_section(party):
            pairs |= {("sector", section)}
    return pairs


def partner_kinds(party: PartnershipParty) -> set[str]:
    """The kind of a partner; a company of up to 249 people is a small or medium firm besides."""
    is_small = party.company is not None and party.company.size_class in SMALL
    return {party.kind, PartnerKind.SME} if is_small else {party.kind}


def sector_section(party: PartnershipParty) -> str:
    """The section of ISIC Rev.4, "A" to "U", of the partner's main activity; "" where it is not known."""
    sector = party.sector or (party.company.sector if party.company else None)
    return sector.section if sector else ""


def reporting_of(indicators: Iterable[Indicator]) -> str:
    """ "results", "targets" or "none". An input is never a result. Source: A/66/320, paras. 45 and 61."""
    levels = [indicator for indicator in indicators if indicator.level != Indicator.Level.INPUT]
    if any(indicator.actual is not None for indicator in levels):
        return "results"
    return "targets" if any(indicator.target is not None for indicator in levels) else "none"


def counted(contributions: Iterable[Contribution]) -> list[Contribution]:
    """Those that count towards a sum: neither cancelled nor only planned."""
    left_out = {Contribution.Status.CANCELLED, Contribution.Status.PLANNED}
    return [contribution for contribution in contributions if contribution.status not in left_out]


def stated_usd(contributions: Iterable[Contribution]) -> Decimal | None:
    """Cash and investment with a dollar value, in US dollars; None where no such sum is stated."""
    values = [c.usd_value for c in counted(contributions) if c.kind in MONEY and c.usd_value is not None]
    return sum(values, Decimal(0)) if values else None


def value_band(contributions: Iterable[Contribution]) -> str:
    contributions = list(contributions)
    value = stated_usd(contributions)
    if value is None:
        has_sum = any(c.kind in MONEY and c.amount is not None for c in counted(contributions))
        return "other_currency" if has_sum else "none"
    bands = [(10**5, "under_100k"), (10**6, "100k_1m"), (10**7, "1m_10m"), (10**8, "10m_100m")]
    return next((name for limit, name in bands if value < limit), "over_100m")


def names_of(record: Partnership) -> str:
    """Who and where, in every language that the reference tables have."""
    parts = [record.reference]
    for role in record.entity_roles.all():
        parts += [role.entity.acronym, role.entity.name]
    for party in shown_parties(record):
        parts += [str(party), *(name.name for name in (party.company.names.all() if party.company else ()))]
    for country in record.countries.all():
        parts += [country.short_en, *(getattr(country, f"name_{code}") for code in LANGUAGES)]
    for region in record.regions.all():
        parts += [getattr(region, f"name_{code}") for code in LANGUAGES]
    for target in record.targets.all():
        parts += [f"{target.code} SDG {target.goal_id} Goal {target.goal_id}", target.goal.name_en]
    return joined(parts)


def text_of(record: Partnership) -> str:
    """What it is about, with the words of its classes as they stand in English."""
    parts = [record.short_title, record.summary, record.problem, record.approach, record.further_note]
    if Withholdable.PLACES not in record.withheld_fields:
        parts.append(record.place_note)
    for translation in record.translations.all():
        parts += [translation.title, translation.summary]
    contributions = shown_contributions(record)
    parts += [part.note for part in contributions]
    parts += [indicator.name for indicator in shown_indicators(record)]
    parts += [target.short_en for target in record.targets.all()]
    codes = [record.partnership_type, *record.purposes, *record.themes, *record.modalities]
    codes += [contribution.kind for contribution in contributions]
    return joined([*parts, " ".join(codes).replace("_", " ")])


def joined(parts: Iterable[str]) -> str:
    return " \n".join(dict.fromkeys(filter(None, parts)))
