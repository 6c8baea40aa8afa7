"""Writing the index: what the search keeps of each record. Nothing else writes RegistryEntry."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from partnerships.models import (
    FacetValue,
    Partnership,
    PartnershipStatus,
    RegistryEntry,
    RegistryWord,
    Visibility,
)
from partnerships.search import facts
from partnerships.search.wanted import FOR_ALL, FOR_UN

BATCH = 500


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
UPSERT = """
INSERT INTO partnerships_registryentry (partnership_id, facets, listed_at, title_key, entity_key, value_key,
    indexed_at, changed_in, words)
SELECT id, facets::int[], listed_at, left(lower(unaccent(title)), 200), entity_key, value, clock_timestamp(),
    pg_current_xact_id()::text::bigint,
    setweight(to_tsvector('english', title) || to_tsvector('simple', unaccent(title)), 'A')
    || setweight(to_tsvector('english', names) || to_tsvector('simple', unaccent(names)), 'B')
    || setweight(to_tsvector('english', body) || to_tsvector('simple', unaccent(body)), 'C')
FROM unnest(%(id)s::bigint[], %(facets)s::text[], %(listed_at)s::timestamptz[], %(title)s::text[],
    %(entity_key)s::text[], %(value)s::numeric[], %(names)s::text[], %(body)s::text[])
    AS record (id, facets, listed_at, title, entity_key, value, names, body)
ON CONFLICT (partnership_id) DO UPDATE SET facets = EXCLUDED.facets, listed_at = EXCLUDED.listed_at,
    title_key = EXCLUDED.title_key, entity_key = EXCLUDED.entity_key, value_key = EXCLUDED.value_key,
    indexed_at = EXCLUDED.indexed_at, changed_in = EXCLUDED.changed_in, words = EXCLUDED.words
"""
LEARN = """
INSERT INTO partnerships_registryword (word)
SELECT DISTINCT lexeme FROM unnest(to_tsvector('simple', unaccent(%s)))
WHERE lexeme ~ '^[[:alpha:]]{4,60}$' ON CONFLICT DO NOTHING
"""


def _reindex_batch(ids: list[int]) -> int:
    records = list(facts.with_facts(_listed().filter(pk__in=ids)))
    RegistryEntry.objects.filter(partnership__in=set(ids) - {record.pk for record in records}).delete()
    if not records:
        return 0
    facets = {record.pk: facts.facets_of(record) for record in records}
    numbers = _numbers({pair for pairs in facets.values() for pair in pairs})
    rows = [_row(record, {numbers[pair] for pair in facets[record.pk]}) for record in records]
    public = [
        f"{row['title']} \n{row['names']} \n{row['body']}"
        for row, record in zip(rows, records, strict=True)
        if record.visibility == Visibility.PUBLIC
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, {name: [row[name] for row in rows] for name in rows[0]})
        if public:
            cursor.execute(LEARN, [" \n".join(public)])
    return len(records)


def _row(record: Partnership, numbers: set[int]) -> dict[str, Any]:
    audience = {FOR_UN, FOR_ALL} if record.visibility == Visibility.PUBLIC else {FOR_UN}
    entity = min((role.entity.acronym for role in record.entity_roles.all()), default="")
    return {
        "id": record.pk,
        "facets": "{" + ",".join(map(str, sorted(numbers | audience))) + "}",
        "listed_at": record.public_since or record.created_at,
        "title": record.title,
        "entity_key": entity[:20],
        "value": facts.stated_usd(facts.shown_contributions(record)) or Decimal(-1),
        "names": facts.names_of(record),
        "body": facts.text_of(record),
    }


def _numbers(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The number of each (facet, value); new values get one."""
    known = _known_numbers(pairs)
    if new := sorted(pairs - known.keys()):
        FacetValue.objects.bulk_create(
            [FacetValue(facet=facet, value=value) for facet, value in new], ignore_conflicts=True
        )
        known = _known_numbers(pairs)
    return known


def _known_numbers(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found = FacetValue.objects.filter(
        facet__in={facet for facet, _value in pairs}, value__in={value for _facet, value in pairs}
    )
    return {(facet, value): number for number, facet, value in found.values_list("id", "facet", "value")}
