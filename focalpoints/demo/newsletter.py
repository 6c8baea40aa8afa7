"""One issue in the archive, one being written, and invented readers."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from focalpoints import consent
from focalpoints.models import (
    Delivery,
    DeliveryStatus,
    Issue,
    IssueItem,
    IssueSection,
    IssueStatus,
    Subscriber,
    SubscriberStatus,
    Topic,
)
from portal.models import User

READERS = [("en", 9), ("fr", 4), ("es", 3), ("ar", 2), ("ru", 1), ("zh-hans", 1)]
S = IssueSection
# section, title, text, path, record, who
SENT_ITEMS = [
    (
        S.FROM_THE_DESK,
        "",
        "The registry opens with **43 records** restated from reports of the Secretary-General. Each names "
        "its source. From today every new partnership is checked before it becomes active, and the date of "
        "that check stands on its record.",
        "",
        "",
        "",
    ),
    (
        S.NEW_PARTNERSHIPS,
        "CEO Water Mandate",
        "Global initiative named as a possible umbrella for local partnerships on water.",
        "/partnerships/P-0042/",
        "P-0042",
        "UNGC",
    ),
    (
        S.NEW_PARTNERSHIPS,
        "Sustainable Energy for All",
        "Global initiative named as a possible umbrella for local partnerships on energy.",
        "/partnerships/P-0043/",
        "P-0043",
        "EOSG",
    ),
    (
        S.FOCAL_POINTS,
        "Who to ask",
        "The directory holds focal points of more than twenty entities. If you are one of them, please "
        "confirm your entry twice a year.",
        "/directory/",
        "",
        "",
    ),
]
DRAFT_ITEMS = [
    (
        S.FROM_THE_DESK,
        "",
        "Three records from the archive joined the registry this quarter. Two are worldwide initiatives that "
        "can shelter local work on water and on energy; one tested how a partnership changes a whole system.",
        "",
        "",
        "",
    ),
    (
        S.NEW_PARTNERSHIPS,
        "Project Laser Beam",
        "Works to end child malnutrition, first in Bangladesh and Indonesia, and tests which conditions let "
        "a partnership change a whole system.",
        "/partnerships/P-0008/",
        "P-0008",
        "WFP",
    ),
]
FRENCH = {
    "title": "Eau, énergie, et ce qui reste après un projet pilote",
    "text": "Trois dossiers des archives ont rejoint le registre ce trimestre. Deux sont des initiatives "
    "mondiales qui peuvent abriter un travail local sur l’eau et l’énergie ; le troisième a éprouvé comment "
    "un partenariat change tout un système.",
}


def load() -> int:
    """What is missing of readers and issues. Returns how many issues there are."""
    now = timezone.now()
    for language, count in READERS:
        for n in range(count):
            Subscriber.objects.get_or_create(
                email=f"reader.{language[:2]}{n + 1}@demo.example",
                defaults={
                    "language": language,
                    "topics": [Topic.QUARTERLY, *([Topic.NEEDS] if n % 2 else [])],
                    "status": SubscriberStatus.CONFIRMED,
                    "consent_text": consent.CURRENT,
                    "source": "demonstration",
                    "confirmed_at": now - timedelta(days=100 + n),
                },
            )
    editor = User.objects.get(email="editor@demo.example")
    second = User.objects.get(email="editor2@demo.example")
    if not Issue.objects.filter(number=1).exists():
        _sent_issue(editor, second)
    if not Issue.objects.filter(number=2).exists():
        _draft(editor)
    return Issue.objects.count()


def _sent_issue(editor: User, second: User) -> None:
    sent_at = timezone.now() - timedelta(days=83)
    issue = Issue.objects.create(
        number=1,
        title="A registry that shows its sources",
        sections=[S.FROM_THE_DESK, S.NEW_PARTNERSHIPS, S.FOCAL_POINTS],
        status=IssueStatus.SENT,
        created_by=editor,
        submitted_by=editor,
        approved_by=second,
        sending_at=sent_at,
        sent_at=sent_at + timedelta(minutes=1),
        useful_count=7,
        partly_useful_count=3,
        not_useful_count=1,
    )
    _items(issue, SENT_ITEMS)
    readers = Subscriber.objects.filter(source="demonstration", confirmed_at__lt=sent_at)
    Delivery.objects.bulk_create(
        Delivery(
            issue=issue,
            subscriber=reader,
            language="en",
            status=DeliveryStatus.SENT,
            attempts=1,
            finished_at=sent_at,
        )
        for reader in readers
    )


def _draft(editor: User) -> None:
    issue = Issue.objects.create(
        number=2,
        title="Water, energy and what lasts after a pilot",
        sections=[S.FROM_THE_DESK, S.NEW_PARTNERSHIPS, S.TOOLS, S.NEEDS_AND_OFFERS, S.MEETINGS],
        languages=["fr"],
        translations={"fr": {"title": FRENCH["title"]}},
        planned_for=(timezone.now() + timedelta(days=9)).replace(hour=8, minute=0, second=0, microsecond=0),
        created_by=editor,
    )
    _items(issue, DRAFT_ITEMS)
    words = issue.items.get(section=S.FROM_THE_DESK)
    words.translations = {"fr": {"title": "", "text": FRENCH["text"]}}
    words.save(update_fields=["translations"])


def _items(issue: Issue, items: Sequence[tuple[str, str, str, str, str, str]]) -> None:
    IssueItem.objects.bulk_create(
        IssueItem(
            issue=issue,
            section=section,
            position=position,
            title=title,
            text=text,
            url=url,
            source=source,
            byline=byline,
        )
        for position, (section, title, text, url, source, byline) in enumerate(items)
    )
