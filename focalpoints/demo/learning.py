"""The starter set of the library, a course and two groups."""

import csv
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from focalpoints.models import Community, Membership, Post, Resource, Thread, Training
from portal.models import User

FILE = Path(__file__).resolve().parent.parent / "data" / "library_starter.csv"
OLD = "Guidelines on cooperation between the United Nations and the business community"
NEW = "Guidelines on cooperation between the United Nations and the business sector"


def load() -> int:
    """What is missing of library, course and groups. Returns how many library items there are."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_internal = row["is_internal"] == "1"
            Resource.objects.get_or_create(
                title=row["title"],
                defaults={
                    "kind": row["kind"],
                    "publisher": row["publisher"],
                    "year": int(row["year"]) if row["year"] else None,
                    "summary": row["summary"],
                    "themes": row["themes"].split(),
                    "is_internal": is_internal,
                    "version_label": row["version_label"],
                    "audience": "UN offices" if is_internal else "UN offices and business",
                },
            )
    old, new = (Resource.objects.get(title=title) for title in (OLD, NEW))
    if new.supersedes_id is None:
        new.supersedes = old
        new.save(update_fields=["supersedes"])
        Resource.objects.filter(pk=old.pk).update(status=Resource.Status.SUPERSEDED)
    _course()
    _groups()
    return Resource.objects.count()


def _course() -> None:
    first = timezone.localdate() + timedelta(days=45)
    training, is_new = Training.objects.get_or_create(
        title="Partnering skills (example)",
        defaults={
            "provider": "UN System Staff College",
            "starts_on": first,
            "ends_on": first + timedelta(days=2),
            "place": "Turin",
            "seats": 24,
            "audience": "Focal points of headquarters and country offices",
            "text": "- Finding the right partner\n- Due diligence in practice\n- An agreement that lasts\n"
            "- Measuring what came of it",
        },
    )
    if is_new:
        training.materials.set(Resource.objects.filter(kind="guideline"))


def _groups() -> None:
    focal, undp = (User.objects.get(email=f"{name}@demo.example") for name in ("focal", "focal.undp"))
    for slug, name, kind, purpose in [
        (
            "due-diligence",
            "Due diligence in practice",
            "theme",
            "Questions and findings from screening companies.",
        ),
        (
            "asia-pacific",
            "Asia and the Pacific",
            "region",
            "For offices that work with business in the region.",
        ),
    ]:
        group, is_new = Community.objects.get_or_create(
            slug=slug, defaults={"name": name, "kind": kind, "purpose": purpose, "created_by": undp}
        )
        if not is_new:
            continue
        Membership.objects.create(community=group, user=undp, is_moderator=True, is_listed=True)
        Membership.objects.create(community=group, user=focal, is_listed=True)
        if slug == "due-diligence":
            group.shelf.set(Resource.objects.filter(kind="checklist"))
            thread = Thread.objects.create(
                community=group, title="How do you ask a company for its owners?", started_by=focal
            )
            Post.objects.create(
                thread=thread,
                by=focal,
                text="Small firms here do not keep a register. What do you accept instead?",
            )
            Post.objects.create(
                thread=thread,
                by=undp,
                text="A signed list with identity numbers, and we say so on the record.",
            )
