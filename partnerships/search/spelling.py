"""Words that readers misspell or have only begun to type."""

import re

from django.db import connection

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
