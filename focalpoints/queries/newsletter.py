from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import Count
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from focalpoints import links, sender_domain
from focalpoints.editions import Edition, edition, language_label
from focalpoints.models import (
    Bounce,
    BounceKind,
    DeliveryStatus,
    Issue,
    IssueItem,
    IssueLink,
    IssueStatus,
    Subscriber,
    SubscriberStatus,
    Suppression,
)
from focalpoints.wording import labels_in
from portal.marks import joined
from portal.models import User

# Where a link of the newsletter may lead besides this portal: the UN system and the Global Compact.
KNOWN_HOSTS = (
    "un.org",
    "unglobalcompact.org",
    "undp.org",
    "unicef.org",
    "wfp.org",
    "unhcr.org",
    "who.int",
    "ilo.org",
    "fao.org",
    "unesco.org",
    "unido.org",
    "unep.org",
    "unwomen.org",
    "unssc.org",
    "unitar.org",
    "unprme.org",
    "unpri.org",
    "weps.org",
)
MOST_GROWTH = 3  # an audience above three times the last one is more likely a mistake than a success


@dataclass(frozen=True)
class Gate:
    """Something an issue needs before it may go out. `state` is ok, wait (others act) or stop."""

    label: str | Promise
    state: str
    note: str | Promise = ""

    def __str__(self) -> str:
        return f"{self.label}. {self.note}".strip()


@dataclass(frozen=True)
class Audience:
    total: int
    by_language: dict[str, int]
    last: int | None  # of the issue before on the same topic; None where there is none

    @property
    def languages(self) -> list[str]:
        return [f"{language_label(code)} {count}" for code, count in self.by_language.items()]


def audience(issue: Issue) -> Audience:
    """The confirmed readers of the issue's topic, as they are now."""
    readers = Subscriber.objects.filter(status=SubscriberStatus.CONFIRMED, topics__contains=[issue.topic])
    counts = dict(readers.order_by().values_list("language").annotate(Count("pk")))
    before = (
        Issue.objects.filter(status=IssueStatus.SENT, topic=issue.topic)
        .exclude(pk=issue.pk)
        .order_by("-sent_at")
        .first()
    )
    return Audience(
        total=sum(counts.values()),
        by_language=dict(sorted(counts.items(), key=lambda pair: -pair[1])),
        last=before.deliveries.count() if before else None,
    )


@dataclass(frozen=True)
class ReaderPreview:
    """What one reader gets of an issue."""

    language: str
    gets_it: bool
    why: str


def preview_for(issue: Issue, email: str) -> ReaderPreview:
    """The edition that the reader of an address would get, and why they would or would not."""
    reader = Subscriber.objects.filter(email__iexact=email).first()
    if reader is None:
        return ReaderPreview("en", False, _("Nobody has subscribed with this address."))
    language = reader.language if reader.language in issue.editions else "en"
    topic = issue.get_topic_display()
    if reader.status != SubscriberStatus.CONFIRMED:
        why = _("They do not get it. Their state is: %(state)s.") % {"state": reader.get_status_display()}
    elif issue.topic not in reader.topics:
        why = _("They do not get it, because they did not choose the topic “%(topic)s”.") % {"topic": topic}
    elif language != reader.language:
        why = _("They get it in English, because there is no edition in %(language)s.") % {
            "language": language_label(reader.language)
        }
    else:
        why = _("They get this edition.")
    gets_it = reader.status == SubscriberStatus.CONFIRMED and issue.topic in reader.topics
    return ReaderPreview(language, gets_it, why)


def editions_of(issue: Issue) -> list[Edition]:
    items = list(issue.items.all())
    return [edition(issue, items, code, base=settings.PORTAL_URL) for code in issue.editions]


def gates(issue: Issue) -> list[Gate]:
    """Everything the issue needs before it may be sent, in the order an editor works through it."""
    editions = editions_of(issue)
    found = [
        _content_gate(editions[0]),
        _links_gate(editions),
        _text_gate(editions),
        _unsubscribe_gate(),
        *_language_gates(issue, editions[1:]),
        _audience_gate(audience(issue), issue.growth_reason),
        _server_gate(),
        *_sender_gates(),
    ]
    if issue.status in (IssueStatus.DRAFT, IssueStatus.REVIEW):
        found.append(Gate(_("Approval by a second person"), "wait", _approval_note(issue)))
    return found


def blocking_gates(issue: Issue) -> list[Gate]:
    """What stops the issue now."""
    return [gate for gate in gates(issue) if gate.state == "stop"]


def _content_gate(content: Edition) -> Gate:
    count = sum(len(block.items) for block in content.filled)
    if not count:
        return Gate(_("Nothing is written yet"), "stop", _("Write a block or pick records."))
    return Gate(ngettext("%(n)d item", "%(n)d items", count) % {"n": count}, "ok")


def _links_gate(editions: Iterable[Edition]) -> Gate:
    addresses = {
        link
        for content in editions
        for block in content.filled
        for item in block.items
        for link in item.links
    }
    bad = sorted(address for address in addresses if not leads_somewhere_known(address))
    if bad:
        label = ngettext("%(n)d link leads nowhere known", "%(n)d links lead nowhere known", len(bad))
        return Gate(label % {"n": len(bad)}, "stop", joined(bad)[:300])
    if not addresses:
        return Gate(_("No links to check"), "ok")
    label = ngettext(
        "%(n)d link leads to a known place", "All %(n)d links lead to known places", len(addresses)
    )
    return Gate(label % {"n": len(addresses)}, "ok")


def leads_somewhere_known(address: str) -> bool:
    """Whether an address is a page of this portal or lies on a host of the UN system. Nothing is fetched."""
    parts = urlsplit(address)
    ours = urlsplit(settings.PORTAL_URL)
    if (not parts.scheme and not parts.netloc) or (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
        try:
            resolve(parts.path)
        except Resolver404:
            return False
        return True
    if parts.scheme == "mailto":
        return "@" in parts.path
    host = parts.hostname or ""
    return parts.scheme == "https" and any(
        host == known or host.endswith(f".{known}") for known in KNOWN_HOSTS
    )


def _text_gate(editions: Iterable[Edition]) -> Gate:
    # The plain part is made from the same source, so it lacks only what the source lacks.
    if all(content.title.strip() and content.summary for content in editions):
        return Gate(_("Plain text part made"), "ok")
    return Gate(_("The plain text part would be empty"), "stop", _("A block needs words, not only a title."))


def _unsubscribe_gate() -> Gate:
    """A link to unsubscribe is made, read back and found to lead to the page that does it."""
    path = links.link_for("unsubscribe", 1)
    match = resolve(path)
    works = match.view_name == "focalpoints:unsubscribe"
    works = works and links.read_token("unsubscribe", match.kwargs["token"]) == 1
    return Gate(_("Unsubscribe tried end to end"), "ok") if works else Gate(_("Unsubscribe fails"), "stop")


def _language_gates(issue: Issue, editions: Iterable[Edition]) -> Iterable[Gate]:
    for content in editions:
        name = language_label(content.language)
        if not content.missing:
            yield Gate(_("%(language)s edition complete") % {"language": name}, "ok")
        elif content.language in issue.falls_back:
            yield Gate(
                _("%(language)s edition, partly in English") % {"language": name},
                "ok",
                _("Readers are told: %(blocks)s") % {"blocks": joined(content.missing)[:200]},
            )
        else:
            label = ngettext(
                "%(language)s edition is missing %(n)d text",
                "%(language)s edition is missing %(n)d texts",
                len(content.missing),
            )
            yield Gate(
                label % {"language": name, "n": len(content.missing)},
                "stop",
                joined(content.missing)[:200],
            )


def _audience_gate(readers: Audience, growth_reason: str) -> Gate:
    if not readers.total:
        return Gate(_("Nobody would get it"), "stop", _("No confirmed reader takes this topic."))
    if readers.last and readers.total > MOST_GROWTH * readers.last:
        label = _("More than three times the readers of the last issue")
        if growth_reason:
            return Gate(label, "ok", growth_reason)
        note = _("%(now)d now, %(last)d then. Find out why, and write it beside the title and the editions.")
        return Gate(label, "stop", note % {"now": readers.total, "last": readers.last})
    return Gate(
        ngettext("%(n)d confirmed reader", "%(n)d confirmed readers", readers.total) % {"n": readers.total},
        "ok",
    )


def _server_gate() -> Gate:
    if isinstance(get_connection(), EmailBackend):
        return Gate(_("A mail server is set up"), "ok")
    return Gate(_("No mail server is set up"), "stop", _("Set EMAIL_URL to an SMTP server."))


def _sender_gates() -> list[Gate]:
    """Whether receiving servers can tell that the mail comes from us."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    if not settings.MAIL_CHECKS_DNS:
        note = _("This server is set not to ask (MAIL_CHECKS_DNS).")
        return [Gate(_("SPF, DKIM and DMARC not checked"), "wait", note)]
    try:
        findings = sender_domain.check_sender(domain, settings.MAIL_DKIM_SELECTOR)
    except sender_domain.DnsSilent:
        note = _("Try again in a few minutes; nothing is sent on a guess.")
        return [Gate(_("DNS does not answer for %(domain)s") % {"domain": domain}, "stop", note)]
    missing = [finding.what for finding in findings if not finding.is_there]
    if missing:
        label = _("%(records)s of %(domain)s missing") % {"records": joined(missing), "domain": domain}
        return [Gate(label, "stop", _("Without it the mail may be taken for a forgery."))]
    return [Gate(_("SPF, DKIM and DMARC of %(domain)s stand") % {"domain": domain}, "ok")]


def _approval_note(issue: Issue) -> str:
    if issue.submitted_by:
        return _("Sent for review by %(name)s, who cannot approve it.") % {"name": issue.submitted_by}
    return _("Whoever sends it for review cannot approve it.")


@dataclass(frozen=True)
class Progress:
    """Where the deliveries of an issue stand. The counts add up to `total`, always."""

    total: int
    counts: dict[str, int]  # by DeliveryStatus, every status present

    @property
    def rows(self) -> list[dict]:
        """The states that occur, in words."""
        return [
            {"status": status, "label": DeliveryStatus(status).label, "count": count}
            for status, count in self.counts.items()
            if count
        ]

    @property
    def finished_count(self) -> int:
        return self.total - sum(self.counts[status] for status in ("queued", "claimed", "handing"))

    @property
    def finished_share(self) -> float:
        return self.finished_count / self.total if self.total else 1.0


def progress(issue: Issue) -> Progress:
    counts = dict.fromkeys(DeliveryStatus.values, 0)
    counts |= dict(issue.deliveries.order_by().values_list("status").annotate(Count("pk")))
    return Progress(sum(counts.values()), counts)


def opened_links(issue: Issue, limit: int = 50) -> list[tuple[IssueLink, str]]:
    """The links opened most, each with the words readers saw on it; "" where they saw the address itself."""
    words: dict[str, str] = {}
    for item in (item for content in editions_of(issue) for block in content.filled for item in block.items):
        for address, label in {**labels_in(item.text), item.item.url: item.title or item.line}.items():
            words.setdefault(address, label)
    return [(link, words.get(link.address, "")) for link in issue.links.all()[:limit]]


def outline(issue: Issue, items: Iterable[IssueItem]) -> dict[str, list[IssueItem]]:
    """The items of each section of the issue, in its order; sections without items are there, empty."""
    sections: dict[str, list[IssueItem]] = {section: [] for section in issue.sections}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    return sections


def reader_figures() -> dict[str, int]:
    counts = dict.fromkeys(SubscriberStatus.values, 0)
    return counts | dict(Subscriber.objects.order_by().values_list("status").annotate(Count("pk")))


def returned_figures() -> list[dict]:
    """Bounces and complaints of the last ninety days by kind, and how many addresses are suppressed."""
    since = timezone.now() - timedelta(days=90)
    counts = Counter(Bounce.objects.filter(at__gte=since).values_list("kind", flat=True))
    rows = [{"label": BounceKind(kind).label, "count": counts[kind]} for kind in BounceKind.values]
    return [*rows, {"label": _("Addresses that get nothing any more"), "count": Suppression.objects.count()}]


def issues_waiting_for(user: User) -> list[Issue]:
    """Issues in review that this editor may approve."""
    if not user.has_perm("focalpoints.edit_newsletter"):
        return []
    return list(Issue.objects.filter(status=IssueStatus.REVIEW).exclude(submitted_by=user))
