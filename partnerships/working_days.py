"""Working days of the registry: Monday to Friday, without the holidays of any country."""

from datetime import date, timedelta


def add_working_days(day: date, count: int) -> date:
    """The day `count` working days after `day`; a weekend counts from its Monday."""
    while day.weekday() >= 5:
        day += timedelta(days=1)
    weeks, rest = divmod(count, 5)
    day += timedelta(weeks=weeks)
    for _step in range(rest):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; negative when `last` is earlier."""
    if last < first:
        return -working_days_between(last, first)
    days = (last - first).days
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((first + timedelta(days=i + 1)).weekday() < 5 for i in range(rest))
