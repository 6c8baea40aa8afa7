"""Rate limits as token buckets in PostgreSQL: one count for all processes, kept over a restart."""

import ipaddress
import math

from django.db import connection
from django.http import HttpRequest

from portal.errors import TooMany

TAKE = """
INSERT INTO portal_ratebucket AS bucket (key, tokens, updated_at) VALUES (%(key)s, %(burst)s - 1, now())
ON CONFLICT (key) DO UPDATE SET
    tokens = least(%(burst)s, bucket.tokens + extract(epoch FROM now() - bucket.updated_at) * %(rate)s) - 1,
    updated_at = now()
WHERE least(%(burst)s, bucket.tokens + extract(epoch FROM now() - bucket.updated_at) * %(rate)s) >= 1
RETURNING tokens
"""


def take(key: str, *, burst: int, per_seconds: float) -> None:
    """Take one of `burst` tokens that refill over `per_seconds`. Raises TooMany when none is left."""
    rate = burst / per_seconds
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key[:120], "burst": burst, "rate": rate})
        if cursor.fetchone() is None:
            raise TooMany(math.ceil(1 / rate))


def address_prefix(request: HttpRequest) -> str:
    """The network a request comes from: /24 for IPv4, /48 for IPv6. Forwarded headers change nothing."""
    address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
