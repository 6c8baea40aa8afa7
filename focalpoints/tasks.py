from focalpoints.models import FocalPoint, Subscriber
from focalpoints.services import directory, sending, subscribers

DAILY = ["focalpoints.remind_unconfirmed"]


def remind_unconfirmed() -> None:
    directory.remind_unconfirmed()


def remind_focal_point(focal_point_id: int, days: int) -> None:
    directory.remind_focal_point(
        FocalPoint.objects.select_related("entity", "user").get(pk=focal_point_id), days=days
    )


def mail_reader(subscriber_id: int, sent_key: str) -> None:
    subscribers.mail_reader(Subscriber.objects.get(pk=subscriber_id), key=sent_key)


def send_lane(issue_id: int, lane: int, series: int, turn: int) -> None:
    sending.send_lane(issue_id, lane=lane, series=series, turn=turn)


def start_planned_issue(issue_id: int) -> None:
    sending.start_planned_issue(issue_id)
