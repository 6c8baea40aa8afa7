"""Focal points of real entities held by invented people; the mailboxes lead nowhere."""

import csv
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from focalpoints.models import FocalPoint
from portal.models import Country, User

FILE = Path(__file__).resolve().parent.parent / "data" / "demo_focal_points.csv"


def load() -> int:
    """The entries that are missing. Returns how many the directory has."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            _entry(row)
    backup = FocalPoint.objects.filter(entity="UNDP", office_place="Bangkok", left_on=None).first()
    FocalPoint.objects.filter(entity="UNDP", office_place="New York", backup=None).update(backup=backup)
    return FocalPoint.objects.active().count()


def _entry(row: dict[str, str]) -> None:
    confirmed_on = timezone.localdate() - timedelta(days=int(row["days_since_confirmed"]))
    town = row["place"].split()[0].lower().replace("í", "i")
    entry, is_new = FocalPoint.objects.get_or_create(
        entity_id=row["entity"],
        role_title=row["role"],
        office_place=row["place"],
        left_on=None,
        defaults={
            "office_level": row["office_level"],
            "themes": row["themes"].split(),
            "languages": row["languages"].split(),
            "tasks": row["tasks"].split(),
            "unit_mailbox": f"{row['entity'].lower()}.{town}@demo.example",
            "person_name": row["person_name"],
            "has_name_consent": bool(row["person_name"]),
            "user": User.objects.filter(email=row["account"]).first() if row["account"] else None,
            "active_since": confirmed_on - timedelta(days=400),
            "confirmed_on": confirmed_on,
        },
    )
    if is_new:
        entry.countries.set(Country.objects.filter(pk__in=row["countries"].split()))
