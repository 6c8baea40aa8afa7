from focalpoints.models import FocalPoint, Meeting, Membership, Subscriber, Thread
from focalpoints.services import bounces, directory, groups, meetings, reader_imports, sending, subscribers

DAILY = [
    "focalpoints.remind_unconfirmed",
    "focalpoints.read_returned_mail",
    "focalpoints.digest_groups",
    "focalpoints.erase_unconfirmed",
]


def remind_unconfirmed() -> None:
    directory.remind_unconfirmed()


def remind_focal_point(focal_point_id: int, days: int) -> None:
    directory.remind_focal_point(
        FocalPoint.objects.select_related("entity", "user").get(pk=focal_point_id), days=days
    )


def mail_reader(subscriber_id: int, sent_key: str) -> None:
    subscribers.mail_reader(Subscriber.objects.get(pk=subscriber_id), key=sent_key)


def erase_unconfirmed() -> None:
    subscribers.erase_unconfirmed()


def read_returned_mail() -> None:
    bounces.read_mailbox()


def read_readers(import_id: int) -> None:
    reader_imports.read_readers(import_id)


def send_lane(issue_id: int, lane: int, series: int, turn: int) -> None:
    sending.send_lane(issue_id, lane=lane, series=series, turn=turn)


def start_planned_issue(issue_id: int) -> None:
    sending.start_planned_issue(issue_id)


def tell_meeting_moved(meeting_id: int, version: int) -> None:
    meetings.tell_meeting_moved(Meeting.objects.select_related("country").get(pk=meeting_id), version=version)


def tell_announcement(thread_id: int) -> None:
    groups.tell_announcement(Thread.objects.select_related("community").get(pk=thread_id))


def digest_groups() -> None:
    groups.digest_groups()


def send_digest(membership_id: int, sent_key: str) -> None:
    membership = Membership.objects.select_related("community", "user").get(pk=membership_id)
    groups.send_digest(membership, key=sent_key)
