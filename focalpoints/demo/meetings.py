"""The meetings and the action agenda of 2005 with its progress of 2006, from `data/seed_meetings.yaml`."""

import calendar
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from focalpoints.models import (
    ActionPoint,
    Meeting,
    MeetingDocument,
    MeetingPlace,
    MeetingSession,
    ProgressNote,
)
from portal.models import User

FILE = Path(__file__).resolve().parent.parent / "data" / "seed_meetings.yaml"
AGREED_AT, TOLD_IN = "focal-points-2005", 2006
SOURCES = {
    "FP2006": "Background note of the 2006 meeting",
    "NEWS2006": "News item on the 2006 meeting",
    "A66-320": "A/66/320 (2011)",
    "A58-227": "A/58/227 (2003)",
}


def load() -> int:
    """The meetings and action points that are missing. Returns how many action points there are."""
    source = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for row in source["meetings"]:
        _meeting(row)
    agreed_at = Meeting.objects.get(slug=AGREED_AT)
    for issue in source["action_agenda"]:
        for position, point in enumerate(issue["points"]):
            _action(agreed_at, issue, position, point)
    _last_meeting()
    _next_meeting()
    return ActionPoint.objects.count()


def _meeting(row: dict[str, Any]) -> None:
    start = row.get("start")
    meeting, is_new = Meeting.objects.get_or_create(
        slug=row["id"],
        defaults={
            "title": row["title"],
            "number": row.get("number"),
            "year": start.year if start else row["year"],
            "when_words": _when(row),
            "starts_on": start,
            "ends_on": row.get("end"),
            "host_entity_id": row.get("host_entity"),
            "city": row.get("city", ""),
            "country_id": row.get("country"),
            "theme": row.get("theme", ""),
            "focus": [*row.get("focus", []), *row.get("highlighted", []), *row.get("outcomes", [])],
            "attendance": _attendance(row.get("attendance", {})),
            "survey_result": _survey(row.get("survey")),
            "source": f"{SOURCES[row['source']['doc']]}, {row['source']['place']}",
        },
    )
    if is_new:
        for kind in row.get("documents", []):
            slot = MeetingDocument.Kind("background" if kind == "background_document" else kind)
            MeetingDocument.objects.create(
                meeting=meeting, kind=slot, title=str(slot.label), note="Named by the source; not held here."
            )


def _when(row: dict[str, Any]) -> str:
    if "month" in row:
        return f"{calendar.month_name[row['month']]} {row['year']}"
    if "season" in row:
        return f"{row['season'].title()} {row['year']}"
    return "" if "start" in row else str(row["year"])


def _attendance(told: dict[str, Any]) -> str:
    if "entities" in told:
        return f"{told['entities']} UN entities"
    if "participants" in told:
        bound = "More than " if told.get("bound") == "more_than" else ""
        kinds = f": {', '.join(told['kinds'])}" if "kinds" in told else ""
        return f"{bound}{told['participants']} participants{kinds}"
    return ""


def _survey(told: dict[str, Any] | None) -> str:
    if not told:
        return ""
    bound = "More than " if told.get("bound") == "more_than" else ""
    return f"{bound}{told['useful_or_very_useful_share']:.0%} found the meetings useful or very useful"


def _action(meeting: Meeting, issue: dict[str, Any], position: int, point: dict[str, Any]) -> None:
    action, is_new = ActionPoint.objects.get_or_create(
        meeting=meeting,
        issue_number=issue["issue"],
        position=position,
        defaults={"issue": issue["title"], "text": point["point"], "state": point["state"]},
    )
    if is_new:
        ProgressNote.objects.bulk_create(
            ProgressNote(action=action, year=TOLD_IN, text=text, state=point["state"])
            for text in point["progress_2006"]
        )


def _people() -> dict[str, User]:
    return {user.email.partition("@")[0]: user for user in User.objects.filter(is_demo=True)}


def _last_meeting() -> None:
    """An invented one that is over: with a survey, and action points that somebody owns."""
    first: date = timezone.localdate() - timedelta(days=400)
    meeting, is_new = Meeting.objects.get_or_create(
        slug="focal-points-last",
        defaults={
            "title": "Focal points meeting of last year (example)",
            "year": first.year,
            "starts_on": first,
            "ends_on": first + timedelta(days=1),
            "start_time": time(9, 0),
            "end_time": time(16, 30),
            "zone": "Africa/Nairobi",
            "city": "Nairobi",
            "country_id": "KEN",
            "host_entity_id": "UNEP",
            "theme": "One record, one check, many offices",
            "report": "We went through the registry, the shared due diligence and the action agenda.",
            "capacity": 60,
            "source": "Example of the demonstration",
        },
    )
    if not is_new:
        return
    people = _people()
    for name, office, usefulness, words in [
        ("focal", "WFP Dhaka", 4, "More time for the cases of country offices."),
        ("focal.undp", "UNDP New York", 3, ""),
        ("analyst", "Screening desk", 4, ""),
        ("decider", "Screening desk", 2, "Send the papers a week earlier."),
    ]:
        MeetingPlace.objects.create(
            meeting=meeting,
            user=people[name],
            organization=office,
            has_list_consent=True,
            usefulness=usefulness,
            survey_words=words,
        )
    for position, (owner, text, days, state) in enumerate(
        [
            ("WFP", "Share the screening of suppliers with other country offices", 60, "in_progress"),
            ("UNDP", "Bring one partnership agreement template to the legal offices", -20, "no_progress"),
        ]
    ):
        ActionPoint.objects.create(
            meeting=meeting,
            issue_number=1,
            issue="Working as one",
            position=position,
            text=text,
            owner_id=owner,
            due_on=timezone.localdate() + timedelta(days=days),
            state=state,
        )


def _next_meeting() -> None:
    """An invented one to register for."""
    first: date = timezone.localdate() + timedelta(days=120)
    meeting, is_new = Meeting.objects.get_or_create(
        slug="focal-points-next",
        defaults={
            "title": "Focal points meeting (example)",
            "year": first.year,
            "starts_on": first,
            "ends_on": first + timedelta(days=1),
            "start_time": time(9, 30),
            "end_time": time(17, 0),
            "zone": "Europe/Paris",
            "city": "Paris",
            "country_id": "FRA",
            "host_entity_id": "UNESCO",
            "theme": "From records to results",
            "agenda": "- What the registry shows after its first year\n- Due diligence shared, not repeated\n"
            "- What country offices need\n- The action agenda: what was done",
            "capacity": 120,
            "registration_until": first - timedelta(days=14),
            "source": "Example of the demonstration",
        },
    )
    if not is_new:
        return
    for day, start, end, title, speakers in [
        (0, time(9, 30), time(10, 30), "Opening, and what the registry shows", "Registry desk"),
        (0, time(11, 0), time(12, 30), "Due diligence shared, not repeated", "Screening analysts"),
        (
            0,
            time(14, 0),
            time(17, 0),
            "What country offices need: four tables",
            "Focal points of four regions",
        ),
        (1, time(9, 30), time(12, 0), "The action agenda: what was done", "Owners of the action points"),
    ]:
        MeetingSession.objects.create(
            meeting=meeting,
            day=first + timedelta(days=day),
            start_time=start,
            end_time=end,
            title=title,
            speakers=speakers,
        )
    MeetingPlace.objects.create(
        meeting=meeting, user=_people()["focal.undp"], organization="UNDP New York", has_list_consent=True
    )
