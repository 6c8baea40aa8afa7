from django.db import connection


def next_reference(series: str, width: int = 4) -> str:
    """The next number of a series, such as "P-0044" or "O-2026-0118": no gaps, no doubles.

    The row stays locked until the caller's transaction ends, so a roll-back gives the number back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_referencecounter (series, last) VALUES (%s, 1) "
            "ON CONFLICT (series) DO UPDATE SET last = portal_referencecounter.last + 1 RETURNING last",
            [series],
        )
        return f"{series}-{cursor.fetchone()[0]:0{width}d}"
