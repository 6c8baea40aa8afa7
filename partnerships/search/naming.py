"""What filters are called, in the six languages, and which of them a reader's words name.

Words are compared as they are typed: without case, accents and vowel signs, Arabic ones also without the
article and with one letter for the forms of alef, ya and ta marbuta. Chinese has no spaces, so a run of its
characters may stand anywhere in a name.
"""

import re
import time
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from focalpoints.models import UNEntity
from partnerships import labels
from partnerships.models import ContributionKind, Modality, PartnerKind, PartnershipType, Purpose
from portal.models import Country, Goal, Region, Sector, Target
from portal.themes import Theme

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")  # of the names in the reference tables
CHOICES: dict[str, type[TextChoices]] = {
    "theme": Theme,
    "type": PartnershipType,
    "purpose": Purpose,
    "kind": ContributionKind,
    "form": Modality,
    "partner": PartnerKind,
}
# What people call it, where its name is another; the front page gives these as examples.
ALSO = {("target", "8.7"): _("child labour"), ("kind", "pro_bono"): _("pro bono")}

HAN = "\u3400-\u9fff"
WORD = re.compile(rf"\d+(?:\.[\da-z]+)?|[{HAN}]+|[^\W\d_{HAN}]+")
MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670]")  # accents, vowel signs, the Arabic stretch
ARTICLE = re.compile(r"^(?:[وف]?[بك]?ال|[وف]?لل)(?=\w{2})")  # alone, or with "and", "in", "like", "for"
LETTERS = str.maketrans("ةىٱ", "هيا") | {
    zero + digit: str(digit)
    for zero in (0x660, 0x6F0)  # Arabic digits of the east and of Iran
    for digit in range(10)
}
SHORT = 2  # letters


class Named(NamedTuple):
    """A filter that some words name; `is_whole` where they are all of a name."""

    facet: str
    value: str
    is_whole: bool = True


class _Filter(NamedTuple):
    """A filter with its names, or with its wording that is too long to be typed in full: "| word word |"."""

    facet: str
    value: str
    names: str


class _Known:
    """Every filter that has names, or wording."""

    def __init__(self, filters: list[_Filter]) -> None:
        self.all = filters
        self.by_start: dict[str, list[_Filter]] = {}  # by two letters with which a word of theirs begins
        for known in filters:
            for start in dict.fromkeys(word[:2] for word in known.names.replace("|", " ").split()):
                self.by_start.setdefault(start, []).append(known)

    def maybe(self, word: str) -> list[_Filter]:
        """Those that a word may name: at every letter typed all would be too many to look through."""
        return self.all if _is_han(word) or len(word) < 2 else self.by_start.get(word[:2], [])


def named(text: str) -> list[Named]:
    """Filters of which names have every word of a text, or words that begin so."""
    words = _words(text)
    weighty = _weighty(words)
    whole = [f"|{_line(each)}|" for each in (words, weighty)]
    starts = [_starts(word) for word in weighty]
    return [
        Named(facet, value, any(line in names for line in whole))
        for facet, value, names in (_known("names").maybe(weighty[0]) if starts else ())
        if _has_all(names, starts)
    ]


def worded(text: str) -> list[Named]:
    """Goals and targets of which the official wording has every word of a text, or words that begin so."""
    starts = [_starts(word) for word in _weighty(_words(text))]
    return [
        Named(facet, value)
        for facet, value, wording in (_known("wording").all if starts else ())
        if _has_all(wording, starts)
    ]


def mentioned(text: str) -> list[Named]:
    """Filters of which a whole name stands somewhere in a text: "water in Uganda" mentions two."""
    words = _words(text)
    line = _line(words)
    han = [word for word in words if _is_han(word)]
    return [
        Named(facet, value)
        for facet, value, names in _known("names").all
        if any(
            name in line or any(name.strip() in word for word in han)
            for name in filter(None, names.split("|"))
        )
    ]


def _weighty(words: list[str]) -> list[str]:
    """Without words such as "de", "of" and "في", unless there are no others."""
    return [word for word in words if len(word) > SHORT or not word.isalpha() or _is_han(word)] or words


def _starts(word: str) -> tuple[str, ...]:
    """How a word of a name may begin where this one names it."""
    if _is_han(word):
        return (word,)
    if word.isdigit():
        return (f" {word} ", f" {word}.")  # 1 is not 17, but 8 leads to 8.7
    return (f" {word}",)


def _has_all(names: str, starts: list[tuple[str, ...]]) -> bool:
    # A fifth of the time of `all` and `any`: it is asked of each filter at every letter typed.
    for ways in starts:
        for way in ways:
            if way in names:
                break
        else:
            return False
    return True


def _is_han(word: str) -> bool:
    return "\u3400" <= word[0] <= "\u9fff"


def _words(text: str) -> list[str]:
    """The words of a text as they are compared, without letters that stand alone, such as that of "l'eau".

    Source for Arabic: Larkey, Ballesteros and Connell, Light Stemming for Arabic Information Retrieval, 2007.
    """
    return [ARTICLE.sub("", word) for word in _words_as_typed(text)]


def _words_as_typed(text: str) -> list[str]:
    text = text.casefold()
    if not text.isascii():
        text = MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(LETTERS)
    return [word for word in WORD.findall(text) if len(word) > 1 or not word.isalpha() or _is_han(word)]


def _line(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


_kept: dict[str, tuple[float, _Known]] = {}


def _known(what: Literal["names", "wording"]) -> _Known:
    """The filters, kept for a few minutes. Who types needs the names only: a quarter of it."""
    until, known = _kept.get(what, (0.0, _Known([])))
    if time.monotonic() > until:
        known = _Known(
            [
                _Filter(facet, value, _joined(tuple(texts)))
                for facet, value, names, wording in _all_names()
                if (texts := names if what == "names" else wording)
            ]
        )
        _kept[what] = (time.monotonic() + labels.KEPT_SECONDS, known)
    return known


@lru_cache(maxsize=2_000)  # else a reader would wait for it every few minutes
def _joined(names: tuple[str, ...]) -> str:
    """Each name without and with the Arabic article: who begins to type it has it still."""
    typed = [words for name in names if (words := _words_as_typed(name))]
    lines = (_line(ARTICLE.sub("", word) for word in words) for words in typed)
    return "|" + "".join(f"{line}|" for line in dict.fromkeys([*lines, *map(_line, typed)]))


def _all_names() -> Iterator[tuple[str, str, list[str], Iterable[str]]]:
    """(facet, value, names, official wording) in each language there is."""

    def in_all(row: Country | Goal | Region) -> list[str]:
        return [getattr(row, f"name_{language}") for language in LANGUAGES]

    goal, target = _in_every_language(_("Goal")), _in_every_language(_("Target"))
    goal += ["SDG", "ODD", "ODS", "ЦУР"]
    for entity in labels.reference(UNEntity).values():
        yield "entity", entity.pk, [entity.acronym, entity.name], ()
    for country in labels.countries().values():
        yield "country", country.pk, [country.short_en, *in_all(country)], ()
    for region in labels.reference(Region).values():
        yield "region", region.pk, in_all(region), ()
    for number, row in labels.goals().items():
        names = [f"{word} {number}" for word in goal] + in_all(row)
        yield "goal", str(number), names, row.title.values()
    for code, row in labels.reference(Target).items():
        names = [f"{word} {code}" for word in target] + [row.short_en, *_also("target", code)]
        yield "target", code, names, row.title.values()
    for code, sector in labels.reference(Sector).items():
        if sector.level == "section":
            yield "sector", code, [sector.title_en], ()
    for facet, choices in CHOICES.items():
        for value, label in choices.choices:
            yield facet, value, [*_in_every_language(label), *_also(facet, value)], ()


def _also(facet: str, value: str) -> list[str]:
    return _in_every_language(ALSO[facet, value]) if (facet, value) in ALSO else []


def _in_every_language(label: str | Promise) -> list[str]:
    words = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            words.append(str(label))
    return words
