from dataclasses import dataclass
from datetime import date


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
    is_waiting: bool = False  # others owe an answer
