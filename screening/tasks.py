"""Job handlers: the kind "screening.load_version" is the function `load_version` of this module."""

from django.utils import timezone

from screening import demo
from screening.models import Decision, Hit, ListSource, VersionStatus
from screening.services import clearances, differences, lists, match_requests, queue, screening, standings

DAILY = [
    "screening.fetch_lists",
    "screening.forget_match_requests",
    "screening.rescreen_daily",
    "screening.end_lapsed_clearances",
]


def screen_company(company_id: int) -> None:
    screening.screen_company(company_id)


def rescreen(first: int, before: int | None) -> None:
    screening.rescreen(first, before)


def screen_changes(difference_id: int, part: int) -> None:
    differences.screen_changes(difference_id, part)


def note_standings(version_id: int) -> None:
    standings.note_standings(version_id)


def answer_match(request_id: str) -> None:
    match_requests.answer(request_id)


def forget_match_requests() -> None:
    match_requests.forget_old()


def rescreen_daily() -> None:
    lists.rescreen_all(f"day {timezone.now():%Y-%m-%d}")


def suspend_clearances(hit_id: int) -> None:
    clearances.suspend_clearances(Hit.objects.get(pk=hit_id))


def end_lapsed_clearances() -> None:
    clearances.end_lapsed_clearances()


def end_clearance(decision_id: int) -> None:
    clearances.end_clearance(Decision.objects.get(pk=decision_id))


def remind_of_ends() -> None:
    clearances.remind_of_ends()


def remind_of_end(decision_id: int, days: int) -> None:
    clearances.remind_of_end(Decision.objects.get(pk=decision_id), days)


def load_version(version_id: int) -> None:
    version = lists.load_version(version_id)
    if version.status == VersionStatus.SERVING:
        queue.wake_for_list_change()


def fetch_list(code: str, attempt: int = 1) -> None:
    lists.fetch_and_load(ListSource.objects.get(pk=code), attempt)


def fetch_lists() -> None:
    lists.fetch_due_lists()


def finish_demo() -> None:
    demo.finish_demo()
