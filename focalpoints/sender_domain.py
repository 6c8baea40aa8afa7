"""Whether the world can tell that the newsletter comes from us: SPF, DKIM and DMARC of its sender in DNS."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache

SECONDS = 2.0  # for one question; a composer page asks three
KEPT_SECONDS = 300


class DnsSilent(Exception):
    """No answer, which says nothing about the records."""


@dataclass(frozen=True)
class Finding:
    what: str  # SPF, DKIM or DMARC
    is_there: bool


def txt_records(name: str) -> list[str]:
    """The TXT records of a name; empty where it has none. Raises DnsSilent."""
    import dns.exception  # only servers that send ask: others start without it
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise DnsSilent(str(error)) from error
    return [b"".join(row.strings).decode(errors="replace") for row in answer]


def check_sender(
    domain: str, selector: str, look_up: Callable[[str], list[str]] | None = None
) -> list[Finding]:
    """What stands in DNS for mails from `domain` signed with `selector`. Kept for five minutes.

    Raises DnsSilent. Source: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC).
    """
    kept = cache.get(key := f"sender:{domain}:{selector}")
    if kept is None:
        ask = look_up or txt_records
        kept = [
            Finding("SPF", any(_is_spf(row) for row in ask(domain))),
            Finding("DKIM", bool(selector) and any(map(_has_key, ask(f"{selector}._domainkey.{domain}")))),
            Finding("DMARC", any(row.lower().startswith("v=dmarc1") for row in ask(f"_dmarc.{domain}"))),
        ]
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _is_spf(row: str) -> bool:
    """A policy that says no to somebody: one that lets everybody through ("+all") is none."""
    words = row.lower().split()
    return words[:1] == ["v=spf1"] and not {"+all", "all"} & set(words)


def _has_key(row: str) -> bool:
    """A DKIM record with a public key; an empty one ("p=") is a key that was withdrawn."""
    tags = dict(tag.strip().split("=", 1) for tag in row.split(";") if "=" in tag)
    return bool(tags.get("p", "").strip())
