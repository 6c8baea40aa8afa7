"""Meetings and courses as iCalendar (RFC 5545): moments in UTC where the hours are known, else whole days."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from icalendar import Calendar, Event

from focalpoints.models import Meeting, Training


def meeting_event(meeting: Meeting, *, url: str, host: str) -> Event:
    """A meeting with a day. The UID stays and SEQUENCE grows, so a moved meeting moves in calendars."""
    if meeting.starts_on is None:
        raise ValueError(f"{meeting.slug} has no day.")
    event = _event(f"{meeting.slug}@{host}", meeting.title, url)
    event.add("sequence", meeting.version - 1)
    if meeting.cancelled_at:
        event.add("status", "CANCELLED")
    event.add("location", ", ".join(filter(None, [meeting.city, str(meeting.country or "")])))
    if meeting.theme:
        event.add("description", meeting.theme)
    if meeting.starts_at:
        ends_at = meeting.ends_at or meeting.starts_at + timedelta(hours=1)
        _between(event, meeting.starts_at.astimezone(UTC), ends_at.astimezone(UTC))
    else:
        _between(event, meeting.starts_on, (meeting.ends_on or meeting.starts_on) + timedelta(days=1))
    return event


def training_event(training: Training, *, url: str, host: str) -> Event:
    event = _event(f"training-{training.pk}@{host}", training.title, url)
    event.add("sequence", training.version - 1)
    if training.cancelled_at:
        event.add("status", "CANCELLED")
    event.add("location", training.place)
    event.add("description", training.provider)
    _between(event, training.starts_on, training.ends_on + timedelta(days=1))
    return event


def to_ical(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Common Ground//Network//EN")
    calendar.add("version", "2.0")
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _event(uid: str, title: str, url: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", timezone.now())
    event.add("summary", title)
    event.add("url", url)
    return event


def _between(event: Event, start: date | datetime, end: date | datetime) -> None:
    event.add("dtstart", start)
    event.add("dtend", end)
