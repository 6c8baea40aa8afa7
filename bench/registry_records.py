"""Synthetic records of the registry for its bench: as many as asked for, words and choices by Zipf's law.

The rows are written by COPY, since the services would take hours for a million; what the search keeps of
them is written by `search.reindex` itself.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import timedelta

import numpy as np
from django.db import connection, models
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships import search
from partnerships.models import (
    Company,
    Contribution,
    FacetValue,
    Indicator,
    Modality,
    Partnership,
    PartnershipEntity,
    PartnershipParty,
    PartnershipStatus,
    PartnershipType,
    Purpose,
    RegistryEntry,
    RegistryWord,
    Scope,
)
from portal.models import Country, Target
from portal.themes import Theme

SEED = 20261122
WORDS = 20_000  # of a made-up language
TITLE_WORDS, SUMMARY_WORDS = 6, 40
COMPANIES = 5_000
CHUNK = 25_000
STATUSES = [
    PartnershipStatus.ACTIVE,
    PartnershipStatus.CLOSED,
    PartnershipStatus.CLOSING,
    PartnershipStatus.DESIGN,
]


def vocabulary() -> list[str]:
    """Made-up words of two to four syllables, the most frequent first."""
    rng = np.random.default_rng(SEED)
    syllables = [c + v for c in [*"bcdfglmnprstvz", "tr", "pl", "st"] for v in "aeiou"]
    words: dict[str, None] = {}
    while len(words) < WORDS:
        words["".join(rng.choice(syllables, rng.integers(2, 5))) + "nrst"[rng.integers(4)]] = None
    return list(words)


def zipf(count: int) -> np.ndarray:
    """Chances of the first, second, … of `count` things."""
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()


class Draw:
    """Choices for `count` records at a time."""

    def __init__(self, rng: np.random.Generator, count: int):
        self.rng, self.count = rng, count

    def one(self, values: Iterable) -> list:
        values = np.array(list(values))
        return self.rng.choice(values, self.count, p=zipf(len(values))).tolist()

    def some(self, values: Iterable, most: int) -> list[list]:
        """One to `most` different values for each record."""
        values = np.array(list(values))
        picks = self.rng.choice(values, (self.count, most), p=zipf(len(values))).tolist()
        sizes = self.rng.integers(1, most + 1, self.count)
        return [list(dict.fromkeys(row[:size])) for row, size in zip(picks, sizes, strict=True)]


def clear() -> None:
    """Empty what an earlier run of another size has left, and all that hangs on it."""
    tables = (Partnership, Company, FacetValue, RegistryWord)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in tables)} CASCADE")


def fill(records: int) -> list[int]:
    """Write `records` public records with what belongs to them; their primary keys, the oldest first."""
    rng, words = np.random.default_rng(SEED), np.array(vocabulary())
    Company.objects.bulk_create(Company(name=f"{word.capitalize()} Works") for word in words[:COMPANIES])
    companies = list(Company.objects.values_list("pk", flat=True))
    entities, countries, targets = (
        list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        for model in (UNEntity, Country, Target)
    )
    for first in range(1, records + 1, CHUNK):
        ids = list(range(first, min(first + CHUNK, records + 1)))
        draw = Draw(rng, len(ids))
        texts = rng.choice(words, (len(ids), TITLE_WORDS + SUMMARY_WORDS), p=zipf(WORDS)).tolist()
        now = timezone.now()
        copy(
            Partnership,
            ["id", "reference", "title", "summary", "visibility", "public_since", "partnership_type",
             "status", "scope", "purposes", "themes", "modalities", "start"],
            zip(
                ids,
                (f"B-{pk}" for pk in ids),
                (" ".join(text[:TITLE_WORDS]).capitalize() for text in texts),
                (" ".join(text[TITLE_WORDS:]) for text in texts),
                ["public"] * len(ids),
                (now - timedelta(minutes=3_000_000 - pk) for pk in ids),
                draw.one(PartnershipType.values),
                draw.one(map(str, STATUSES)),
                draw.one(Scope.values),
                map(array, draw.some(Purpose.values, 3)),
                map(array, draw.some(Theme.values, 3)),
                map(array, draw.some(Modality.values, 2)),
                draw.one(map(str, range(2026, 1994, -1))),
                strict=True,
            ),
        )  # fmt: skip
        for model, column, found in (
            (PartnershipEntity, "entity_id", draw.some(entities, 2)),
            (PartnershipParty, "company_id", draw.some(companies, 2)),
            (Partnership.countries.through, "country_id", draw.some(countries, 2)),
            (Partnership.targets.through, "target_id", draw.some(targets, 3)),
        ):
            pairs = ((pk, value) for pk, values in zip(ids, found, strict=True) for value in values)
            copy(model, ["partnership_id", column], pairs)
        sums = np.round(10 ** rng.uniform(3, 8.5, len(ids)), 2).tolist()
        copy(
            Contribution,
            ["partnership_id", "kind", "amount", "currency", "usd_value"],
            ((pk, "cash", usd, "USD", usd) for pk, usd in zip(ids, sums, strict=True) if pk % 3),
        )
        copy(
            Indicator,
            ["partnership_id", "name", "actual"],
            ((pk, "People reached", 5) for pk in ids if pk % 4 == 0),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(range(1, records + 1))


def array(values: Sequence[str]) -> str:
    return "{" + ",".join(values) + "}"


def copy(model: type[models.Model], columns: list[str], rows: Iterable[Sequence]) -> None:
    """Write rows of these columns; the others get the default of their field."""
    given = set(columns)
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in given and not field.primary_key and not field.generated
    ]
    blank = model()
    defaults = [field.get_db_prep_save(field.pre_save(blank, add=True), connection) for field in others]
    buffer = io.StringIO()
    for row in rows:
        buffer.write("\t".join([*map(str, row)]) + "\n")
    buffer.seek(0)
    table, quoted = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE rows AS SELECT {quoted} FROM {table} WITH NO DATA")
        cursor.cursor.copy_expert(f"COPY rows ({quoted}) FROM STDIN", buffer)
        names = "".join(f', "{field.column}"' for field in others)
        values = "".join(f", CAST(%s AS {field.db_type(connection)})" for field in others)
        cursor.execute(f"INSERT INTO {table} ({quoted}{names}) SELECT {quoted}{values} FROM rows", defaults)
        cursor.execute("DROP TABLE rows")


# The pairs of `search.facts.facets_of` for records that `fill` has written, and their words, in SQL.
PAIRS = """
CREATE TEMP TABLE pairs AS
WITH p AS (SELECT * FROM partnerships_partnership),
    places AS (SELECT c.partnership_id, k.* FROM partnerships_partnership_countries c
        JOIN portal_country k ON k.iso3 = c.country_id)
SELECT id AS pk, 'type'::text AS facet, partnership_type::text AS value FROM p
UNION ALL SELECT id, 'status', status FROM p
UNION ALL SELECT id, 'scope', scope FROM p
UNION ALL SELECT id, 'reporting', CASE WHEN id % 4 = 0 THEN 'results' ELSE 'none' END FROM p
UNION ALL SELECT id, 'year', start_year::text FROM p
UNION ALL SELECT id, 'value', coalesce((SELECT CASE WHEN usd_value < 1e5 THEN 'under_100k'
    WHEN usd_value < 1e6 THEN '100k_1m' WHEN usd_value < 1e7 THEN '1m_10m'
    WHEN usd_value < 1e8 THEN '10m_100m' ELSE 'over_100m' END
    FROM partnerships_contribution c WHERE c.partnership_id = p.id), 'none') FROM p
UNION ALL SELECT id, 'kind', 'cash' FROM p WHERE id % 3 > 0
UNION ALL SELECT id, 'purpose', unnest(purposes) FROM p
UNION ALL SELECT id, 'theme', unnest(themes) FROM p
UNION ALL SELECT id, 'form', unnest(modalities) FROM p
UNION ALL SELECT id, 'partner', 'company' FROM p
UNION ALL SELECT partnership_id, 'entity', entity_id FROM partnerships_partnershipentity
UNION ALL SELECT partnership_id, 'company', c.public_id::text FROM partnerships_partnershipparty q
    JOIN partnerships_company c ON c.id = q.company_id
UNION ALL SELECT partnership_id, 'target', target_id FROM partnerships_partnership_targets
UNION SELECT partnership_id, 'goal', t.goal_id::text FROM partnerships_partnership_targets q
    JOIN portal_target t ON t.code = q.target_id
UNION SELECT partnership_id, 'country', iso3 FROM places
UNION SELECT partnership_id, 'region', region_id FROM places WHERE region_id IS NOT NULL
UNION SELECT partnership_id, 'region', subregion_id FROM places WHERE subregion_id IS NOT NULL
UNION SELECT partnership_id, 'group', 'ldc' FROM places WHERE is_ldc
UNION SELECT partnership_id, 'group', 'lldc' FROM places WHERE is_lldc
UNION SELECT partnership_id, 'group', 'sids' FROM places WHERE is_sids;
INSERT INTO partnerships_facetvalue (facet, value) SELECT DISTINCT facet, value FROM pairs
    ON CONFLICT DO NOTHING;
ANALYZE pairs
"""
ENTRIES = """
INSERT INTO partnerships_registryentry (partnership_id, facets, listed_at, title_key, entity_key, value_key,
    indexed_at, changed_in, words)
SELECT p.id, sort(f.facets || ARRAY[1, 2]), p.public_since, lower(p.title), f.entity,
    coalesce(c.usd_value, -1), now(), pg_current_xact_id()::text::bigint,
    setweight(to_tsvector('english', p.title) || to_tsvector('simple', p.title), 'A')
    || setweight(to_tsvector('english', p.summary) || to_tsvector('simple', p.summary), 'C')
FROM partnerships_partnership p
JOIN (SELECT pk, array_agg(v.id) AS facets, min(value) FILTER (WHERE facet = 'entity') AS entity
    FROM pairs JOIN partnerships_facetvalue v USING (facet, value) GROUP BY pk) f ON f.pk = p.id
LEFT JOIN partnerships_contribution c ON c.partnership_id = p.id
"""


def index() -> None:
    """Write the entries of all records as `search.reindex` would, in a twentieth of its time.

    Raises AssertionError where a sample differs from what `search.reindex` writes.
    """
    with connection.cursor() as cursor:
        cursor.execute(PAIRS)
        cursor.execute(ENTRIES)
        cursor.execute("DROP TABLE pairs")
        cursor.execute("VACUUM ANALYZE partnerships_registryentry")
    RegistryWord.objects.bulk_create(
        (RegistryWord(word=word) for word in vocabulary()), ignore_conflicts=True
    )
    sample = RegistryEntry.objects.filter(pk__lte=50)
    ours = dict(sample.values_list("pk", "facets"))
    search.reindex(ours)
    assert dict(sample.values_list("pk", "facets")) == ours
