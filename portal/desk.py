from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from portal.days import day_words


@dataclass(frozen=True)
class DeskRow:
    """One thing to do, or one thing others owe, on somebody's desk.

    Each app answers `queries.desk_rows(user)` with its own; the desk sorts them by date.
    """

    title: str
    url: str
    detail: str  # reference and context in a few words
    who: str  # "You", or whom it waits for
    state: str
    due_on: date | None = None
    is_waiting: bool = False  # others owe an answer; without a date their clock stands

    @property
    def days_late(self) -> int:
        return (timezone.localdate() - self.due_on).days if self.due_on else 0

    @property
    def due_text(self) -> str:
        return day_words(self.due_on, "j M")
