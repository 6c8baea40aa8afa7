"""Days in words, in the order and case of each language.

Forms are written as English has them, "j F Y" for 22 November 2026; this says what the others make of them:
Russian bends the month after a day, Spanish puts "de" between, Chinese begins with the year. Abbreviated
months are written out where a language does not use them.

Source: the date formats of Unicode CLDR, which Django's DATE_FORMAT of these languages also follows.
"""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language

from portal.marks import mark

FORMS = {
    "es": {
        "j F Y": r"j \d\e F \d\e Y",
        "j M Y": r"j \d\e F \d\e Y",
        "F Y": r"F \d\e Y",
        "M Y": r"F \d\e Y",
        "j M": r"j \d\e F",
        "l j F Y": r"l j \d\e F \d\e Y",
        "D j M": r"D j \d\e F",
    },
    "fr": {"j M Y": "j F Y", "M Y": "F Y", "j M": "j F", "D j M": "D j F"},
    "ru": {
        "j F Y": "j E Y",
        "j M Y": "j E Y",
        "M Y": "F Y",
        "j M": "j E",
        "l j F Y": "l, j E Y",
        "D j M": "D, j E",
    },
    "zh-hans": {
        "j F Y": "Y年n月j日",
        "j M Y": "Y年n月j日",
        "F Y": "Y年n月",
        "M Y": "Y年n月",
        "j M": "n月j日",
        "l j F Y": "Y年n月j日 l",
        "D j M": "n月j日 D",
    },
}
HOUR = " H:i"


def form_of(form: str) -> str:
    """The form that the language has for one of English; itself where it is the same, such as "H:i"."""
    day = form.removesuffix(HOUR)
    return FORMS.get(get_language() or "", {}).get(day, day) + form[len(day) :]


def day_words(day: date | None, form: str = "j F Y") -> str:
    """A day in the form that the language has for one of English; "" for none."""
    return date_format(day, form_of(form)) if day else ""


def with_time(at: datetime | None, form: str = "j F Y") -> str:
    """A day and its hour: 22 November 2026, 20:56; "" for none."""
    return f"{day_words(at, form)}{mark(',')}{at:%H:%M}" if at else ""
