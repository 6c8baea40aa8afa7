"""The starter set of the library, a text in three languages, and two courses."""

import csv
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from focalpoints.models import Resource, ResourceOpinion, Training, TrainingSeat
from portal.models import User

FILE = Path(__file__).resolve().parent.parent / "data" / "library_starter.csv"
OLD = "Guidelines on cooperation between the United Nations and the business community"
NEW = "Guidelines on cooperation between the United Nations and the business sector"


def load() -> int:
    """What is missing of library and courses. Returns how many library items there are."""
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
    _checklist()
    _courses()
    return Resource.objects.count()


def _checklist() -> None:
    """An invented text in three languages, with what two readers thought of it."""
    first = None
    for language, title, summary in [
        (
            "en",
            "Before the first meeting with a company: a checklist (example)",
            "What does the company want, and what do we want? Who owns it? Who else is in talks?",
        ),
        (
            "fr",
            "Avant la première réunion avec une entreprise : liste de contrôle (exemple)",
            "Que veut l’entreprise, que voulons-nous ? À qui appartient-elle ? Qui d’autre lui parle ?",
        ),
        (
            "ar",
            "قبل أول اجتماع مع شركة: قائمة مرجعية (مثال)",
            "ماذا تريد الشركة وماذا نريد؟ من يملكها؟ من غيرنا يتحدث معها؟",
        ),
    ]:
        item, is_new = Resource.objects.get_or_create(
            title=title,
            defaults={
                "kind": "checklist",
                "publisher": "Registry desk",
                "language": language,
                "summary": summary,
                "themes": ["governance"],
                "audience": "UN offices",
                "translation_of": first,
            },
        )
        first = first or item
        if is_new and item == first:
            for name, comment in [("focal", "Short enough to be used."), ("focal.undp", "")]:
                user = User.objects.get(email=f"{name}@demo.example")
                ResourceOpinion.objects.create(resource=item, user=user, is_useful=True, comment=comment)


def _courses() -> None:
    """A course to come, and one that is over with its participants."""
    today = timezone.localdate()
    modules = [
        "Finding the right partner",
        "Due diligence in practice",
        "An agreement that lasts",
        "Measuring what came of it",
    ]
    common = {
        "provider": "UN System Staff College",
        "audience": "Focal points of headquarters and country offices",
        "text": "Three days with cases of the participants: from the first talk to the last report.",
        "modules": modules,
    }
    coming, is_new = Training.objects.get_or_create(
        title="Partnering skills (example)",
        defaults={
            **common,
            "starts_on": today + timedelta(days=45),
            "ends_on": today + timedelta(days=47),
            "place": "Turin",
            "seats": 24,
        },
    )
    if is_new:
        coming.materials.set(Resource.objects.filter(kind="guideline"))
    over, is_new = Training.objects.get_or_create(
        title="Partnering skills, spring course (example)",
        defaults={
            **common,
            "starts_on": today - timedelta(days=170),
            "ends_on": today - timedelta(days=168),
            "place": "Nairobi",
            "seats": 20,
        },
    )
    if not is_new:
        return
    for name, entity, level, place in [
        ("focal", "WFP", "country", "Dhaka"),
        ("focal.undp", "UNDP", "hq", "New York"),
        ("analyst", "UNDP", "regional", "Bangkok"),
    ]:
        TrainingSeat.objects.create(
            training=over,
            user=User.objects.get(email=f"{name}@demo.example"),
            entity_id=entity,
            office_level=level,
            organization=place,
            status=TrainingSeat.Status.COMPLETED,
            completed_on=over.ends_on,
        )
