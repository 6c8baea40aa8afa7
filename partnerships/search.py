"""The search of the registry: the one module that knows how records are indexed, matched and counted.

Each published record has a row of words, facet numbers and sort keys (`RegistryEntry`). A choice of
filters becomes one `query_int` on the facet numbers, so filtered counts of every facet are one pass over
an intarray index. Another engine can stand behind the same five functions: `matching`, `page_of`,
`facet_counts`, `corrected`, `reindex`.
"""

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import CharField, Count, F, Func, Max, Q, QuerySet, Value
from django.utils.dateparse import parse_datetime

from partnerships.models import (
    Contribution,
    ContributionKind,
    FacetValue,
    Indicator,
    Partnership,
    PartnershipStatus,
    RegistryEntry,
    RegistryWord,
    Visibility,
)

# Who may see a record, as reserved numbers among the facets of a row.
FOR_ALL, FOR_UN = 1, 2
NOWHERE = 0  # a number no row has: stands for a value that no record carries
MONEY = (ContributionKind.CASH, ContributionKind.INVESTMENT)
BATCH = 500
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")  # of the names in the reference tables


# --- asking -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for: words, and for each facet the values of which a record must have one."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sees_inside: bool = False

    def without(self, facet: str) -> "Wanted":
        if facet == "q":
            return Wanted("", self.chosen, self.sees_inside)
        rest = {name: values for name, values in self.chosen.items() if name != facet}
        return Wanted(self.words, rest, self.sees_inside)


def numbers_of(chosen: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """{facet: numbers} of the chosen values. One query, none where nothing is chosen."""
    if not chosen:
        return {}
    wanted = Q()
    for facet, values in chosen.items():
        wanted |= Q(facet=facet, value__in=values)
    found: dict[str, list[int]] = {facet: [] for facet in chosen}
    for facet, number in FacetValue.objects.filter(wanted).values_list("facet", "id"):
        found[facet].append(number)
    return found


def matching(wanted: Wanted, numbers: Mapping[str, Sequence[int]] | None = None) -> QuerySet[RegistryEntry]:
    """The entries that satisfy every filter. `numbers` spares the look-up where the caller has them."""
    if numbers is None:
        numbers = numbers_of(wanted.chosen)
    parts = [str(FOR_UN if wanted.sees_inside else FOR_ALL)]
    for facet in wanted.chosen:
        parts.append("(" + "|".join(str(n) for n in numbers.get(facet) or [NOWHERE]) + ")")
    entries = RegistryEntry.objects.filter(facets__satisfies="&".join(parts))
    if wanted.words:
        entries = entries.filter(words=text_query(wanted.words))
    return entries


def listed_count(sees_inside: bool) -> int:
    """How many records the registry shows to this reader in all."""
    return matching(Wanted(sees_inside=sees_inside)).count()


def last_change() -> str:
    """A text that is another after every change of what is listed."""
    state = RegistryEntry.objects.aggregate(latest=Max("indexed_at"), count=Count("pk"))
    return f"{state['latest']}/{state['count']}"


def text_query(words: str) -> SearchQuery:
    """English with stemming, any other language word by word without accents."""
    english = SearchQuery(words, config="english", search_type="websearch")
    plain = SearchQuery(
        Func(Value(words, output_field=CharField()), function="unaccent"),
        config="simple",
        search_type="websearch",
    )
    return english | plain


PART = "SELECT %s AS part, f, count(*) AS n FROM ({entries}) s GROUP BY f"
COUNTS = """
SELECT v.facet, v.value, c.n FROM ({parts}) AS c (part, f, n) JOIN partnerships_facetvalue v ON v.id = c.f
WHERE c.part = CASE {cases} ELSE '' END
UNION ALL SELECT '', '', (SELECT count(*) FROM ({all}) a)
"""


def facet_counts(
    wanted: Wanted, numbers: Mapping[str, Sequence[int]]
) -> tuple[int, dict[str, dict[str, int]]]:
    """How many records match in all, and {facet: {value: records}}. One query.

    The counts of a facet leave its own choice out: they say what choosing another of its values would add.
    """
    active = list(wanted.chosen)
    parts, params = [], []
    for part in ["", *active]:
        entries = matching(wanted.without(part) if part else wanted, numbers)
        sql, values = (
            entries.annotate(f=Func(F("facets"), function="unnest")).values("f").query.sql_with_params()
        )
        parts.append(PART.format(entries=sql))
        params += [part, *values]
    sql, values = matching(wanted, numbers).values("pk").query.sql_with_params()
    cases = " ".join("WHEN v.facet = %s THEN %s" for _facet in active) or "WHEN false THEN ''"
    statement = COUNTS.format(parts=" UNION ALL ".join(parts), cases=cases, all=sql)
    params += [text for facet in active for text in (facet, facet)]
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    total = 0
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *values])
        for facet, value, n in cursor.fetchall():
            if facet:
                counts[facet][value] = n
            else:
                total = n
    return total, counts


# --- pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """A way to sort: its key, the same backwards, and how a key of a cursor is read back."""

    key: str
    is_descending: bool
    read: Callable[[str], Any]

    def by(self, backwards: bool) -> list[str]:
        sign = "-" if self.is_descending != backwards else ""
        return [f"{sign}{self.key}", f"{sign}partnership_id"]


def _moment(text: str):
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment


ORDERS = {
    "match": Order("rank", True, float),
    "newest": Order("listed_at", True, _moment),
    "title": Order("title_key", False, str),
    "entity": Order("entity_key", False, str),
    "value": Order("value_key", True, Decimal),
}


@dataclass(frozen=True)
class Page:
    """Primary keys of a page in order, the cursors beside it, and the place of its first row (1 is first)."""

    ids: list[int]
    first: int
    previous: str = ""
    next: str = ""


def page_of(
    entries: QuerySet[RegistryEntry], wanted: Wanted, sort: str, cursor: str = "", size: int = 25
) -> Page:
    """One page by keyset, so that a deep page costs what the first costs.

    A cursor that cannot be read starts at the first page.
    """
    order = ORDERS[sort]
    if sort == "match":
        entries = entries.annotate(rank=SearchRank(F("words"), text_query(wanted.words)))
    place = read_cursor(cursor, order)
    backwards = place is not None and place.is_backwards
    if place:
        operator = "lt" if order.is_descending != backwards else "gt"
        entries = entries.filter(
            Q(**{f"{order.key}__{operator}": place.key})
            | Q(**{order.key: place.key, f"partnership_id__{operator}": place.pk})
        )
    rows = list(entries.order_by(*order.by(backwards)).values_list("partnership_id", order.key)[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    first = 1
    if place:
        first = max(1, place.position - len(rows) + 1) if backwards else place.position + 1
    has_previous, has_next = (has_more, True) if backwards else (place is not None, has_more)
    if not rows:
        return Page([], first)
    return Page(
        [pk for pk, _key in rows],
        first,
        write_cursor(rows[0], first - 1, True) if has_previous else "",
        write_cursor(rows[-1], first + len(rows) - 1, False) if has_next else "",
    )


@dataclass(frozen=True)
class Place:
    key: Any
    pk: int
    position: int
    is_backwards: bool


def write_cursor(row: tuple[int, Any], position: int, is_backwards: bool) -> str:
    pk, key = row
    text = json.dumps([str(key), pk, position, int(is_backwards)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: Order) -> Place | None:
    if not cursor:
        return None
    try:
        key, pk, position, backwards = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Place(order.read(str(key)), int(pk), int(position), bool(backwards))
    except (binascii.Error, ValueError, TypeError, InvalidOperation):
        return None
    return place if 0 < place.pk < 2**63 else None


# --- misspelt words -----------------------------------------------------------------------------------------

# Every known word of about the same length is looked at: this runs only where nothing was found.
CLOSEST = """
SELECT asked.typed, (
    SELECT known.word FROM partnerships_registryword known
    WHERE length(known.word) BETWEEN length(asked.word) - 2 AND length(asked.word) + 2
        AND levenshtein_less_equal(known.word, asked.word, 2)
            <= CASE WHEN length(asked.word) < 6 THEN 1 ELSE 2 END
    ORDER BY levenshtein(known.word, asked.word), left(known.word, 1) <> left(asked.word, 1),
        similarity(known.word, asked.word) DESC, known.word
    LIMIT 1
)
FROM (SELECT typed, unaccent(lower(typed)) AS word FROM unnest(%s::text[]) typed) asked
WHERE NOT EXISTS (SELECT 1 FROM partnerships_registryword same WHERE same.word = asked.word)
"""
WORD = re.compile(r"[^\W\d_]{4,60}")


def corrected(words: str) -> str:
    """The words with each misspelt one replaced by the nearest of a public record; "" if none is misspelt."""
    asked = WORD.findall(words)[:12]
    if not asked:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(CLOSEST, [asked])
        nearest = {typed: close for typed, close in cursor.fetchall() if close}
    return WORD.sub(lambda found: nearest.get(found[0], found[0]), words) if nearest else ""


# --- indexing -----------------------------------------------------------------------------------------------


def reindex(partnership_ids: Iterable[int]) -> int:
    """Bring the entries of these records in line with them. Returns how many are listed now."""
    ids = sorted(set(partnership_ids))
    return sum(_reindex_batch(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


def reindex_all() -> int:
    """Rebuild every entry and the words. For a change of what is indexed."""
    RegistryWord.objects.all().delete()
    RegistryEntry.objects.exclude(partnership__in=_listed()).delete()
    return reindex(_listed().values_list("pk", flat=True))


def _listed() -> QuerySet[Partnership]:
    return Partnership.objects.filter(visibility__in=[Visibility.PUBLIC, Visibility.UN_SYSTEM]).exclude(
        status=PartnershipStatus.WITHDRAWN
    )


# Each text twice, with English stems and plain; a word in the title weighs most.
VECTOR = " || ".join(
    f"setweight(to_tsvector('english', %({text})s), '{weight}')"
    f" || setweight(to_tsvector('simple', unaccent(%({text})s)), '{weight}')"
    for text, weight in (("title", "A"), ("names", "B"), ("text", "C"))
)
UPSERT = f"""
INSERT INTO partnerships_registryentry
    (partnership_id, facets, listed_at, title_key, entity_key, value_key, indexed_at, words)
SELECT %(id)s, %(facets)s, %(listed_at)s, left(lower(unaccent(%(title)s)), 200), %(entity_key)s, %(value)s,
    clock_timestamp(), {VECTOR}
ON CONFLICT (partnership_id) DO UPDATE SET facets = EXCLUDED.facets, listed_at = EXCLUDED.listed_at,
    title_key = EXCLUDED.title_key, entity_key = EXCLUDED.entity_key, value_key = EXCLUDED.value_key,
    indexed_at = EXCLUDED.indexed_at, words = EXCLUDED.words
"""
LEARN = """
INSERT INTO partnerships_registryword (word)
SELECT DISTINCT lexeme FROM unnest(to_tsvector('simple', unaccent(%s)))
WHERE lexeme ~ '^[[:alpha:]]{4,60}$' ON CONFLICT DO NOTHING
"""


def _reindex_batch(ids: list[int]) -> int:
    records = list(
        _listed()
        .filter(pk__in=ids)
        .prefetch_related(
            "entity_roles__entity",
            "parties__company",
            "countries",
            "targets__goal",
            "contributions",
            "indicators",
        )
    )
    RegistryEntry.objects.filter(partnership__in=set(ids) - {record.pk for record in records}).delete()
    facets = {record.pk: _facets(record) for record in records}
    numbers = _numbers({pair for pairs in facets.values() for pair in pairs})
    rows: list[dict[str, Any]] = []
    public_text: list[str] = []
    for record in records:
        names, text = _names(record), _text(record)
        is_public = record.visibility == Visibility.PUBLIC
        audience = {FOR_UN, FOR_ALL} if is_public else {FOR_UN}
        rows.append(
            {
                "id": record.pk,
                "facets": sorted({numbers[pair] for pair in facets[record.pk]} | audience),
                "listed_at": record.public_since or record.created_at,
                "title": record.title,
                "entity_key": min((role.entity.acronym for role in record.entity_roles.all()), default="")[
                    :20
                ],
                "value": stated_usd(record.contributions.all()) or Decimal(-1),
                "names": names,
                "text": text,
            }
        )
        if is_public:
            public_text += [record.title, names, text]
    with connection.cursor() as cursor:
        cursor.executemany(UPSERT, rows)
        if public_text:
            cursor.execute(LEARN, [" ".join(public_text)])
    return len(records)


def _numbers(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The number of each (facet, value); new values get one."""
    FacetValue.objects.bulk_create(
        [FacetValue(facet=facet, value=value) for facet, value in sorted(pairs)], ignore_conflicts=True
    )
    known = FacetValue.objects.filter(facet__in={facet for facet, _value in pairs})
    return {(facet, value): number for number, facet, value in known.values_list("id", "facet", "value")}


def _facets(record: Partnership) -> set[tuple[str, str]]:
    countries, targets = record.countries.all(), record.targets.all()
    pairs = {
        ("type", record.partnership_type),
        ("status", record.status),
        ("scope", record.scope),
        ("reporting", reporting_of(record.indicators.all())),
        ("year", str(record.start_year or "none")),
        ("value", value_band(record.contributions.all())),
    }
    pairs |= {("purpose", purpose) for purpose in record.purposes}
    pairs |= {("theme", theme) for theme in record.themes}
    pairs |= {("form", modality) for modality in record.modalities}
    pairs |= {("entity", role.entity_id) for role in record.entity_roles.all()}
    pairs |= {("company", str(party.company.public_id)) for party in record.parties.all() if party.company}
    pairs |= {("target", target.code) for target in targets} | {
        ("goal", str(target.goal_id)) for target in targets
    }
    for country in countries:
        pairs |= {("country", country.iso3)}
        pairs |= {("region", code) for code in (country.region_id, country.subregion_id) if code}
        pairs |= {("group", name) for name in ("ldc", "lldc", "sids") if getattr(country, f"is_{name}")}
    return pairs


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


def _names(record: Partnership) -> str:
    parts = [record.reference]
    for role in record.entity_roles.all():
        parts += [role.entity.acronym, role.entity.name]
    parts += [str(party) for party in record.parties.all()]
    for country in record.countries.all():
        parts += [
            country.short_en,
            *(getattr(country, f"name_{code}") for code in ("en", "fr", "es", "ar", "ru", "zh")),
        ]
    for target in record.targets.all():
        parts += [f"{target.code} SDG {target.goal_id} Goal {target.goal_id}", target.goal.name_en]
    return " \n".join(dict.fromkeys(filter(None, parts)))


def _text(record: Partnership) -> str:
    """What it is about, with the words of its classes as they stand in English."""
    parts = [record.summary, record.place_note, record.further_note]
    parts += [part.note for part in record.contributions.all()]
    parts += [indicator.name for indicator in record.indicators.all()]
    parts += [target.short_en for target in record.targets.all()]
    codes = [record.partnership_type, *record.purposes, *record.themes, *record.modalities]
    codes += [contribution.kind for contribution in record.contributions.all()]
    return " \n".join(filter(None, [*parts, " ".join(codes).replace("_", " ")]))
