"""A name taken apart: words with their sound, root, meaning and rarity.

Both sides of a comparison pass through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from sys import intern
from typing import Any

from rapidfuzz.distance.OSA import distance as _letters
from rigour.names import Name, NamePartTag, NameTypeTag, analyze_names

from screening.lists.text import script_of
from screening.names.meanings import in_english
from screening.names.rarity import weights
from screening.names.romanise import fold_look_alikes, romanise, skeleton

ANALYSIS_VERSION = 5  # raise when an analysed name changes: indexes built before are then rebuilt
PLACE_WEIGHT = 0.45  # at most, of a country or region in the name of an organization
NAMES_KEPT = 6_144  # taken apart, in memory: 14 MB
MAX_WORDS = 16  # of one name; the longest name on the UN, OFAC and World Bank lists that is one name has 15
MAX_PARTS = 2 * MAX_WORDS  # looked at, small words and legal forms included

_NAME_TYPES = {"person": NameTypeTag.PER, "organization": NameTypeTag.ORG}
_BETWEEN = "\x1f"  # words of a packed name
_NO_NUMBERS = (None,) * MAX_PARTS
PLACES = tuple([(place,) for place in range(MAX_PARTS)])  # one word's place, made once: names keep very many
# Legal forms are written against the name in Chinese, Japanese and Korean.
_CJK_FORMS = re.compile(
    "(株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限責任公司|有限公司|集团公司|集團公司|公司|집단|주식회사|유한회사|㈜|"
    "集团|集團|\\(株\\)|（株）|\\(주\\)|（주）)"
)
_GLUED_FORM = re.compile(r"\b(jsc|ojsc|cjsc|pjsc|ooo|oao|zao|pao|llc|company|limited)(?=[a-z]{5,})")
# "Vydumkalimited": no other word ends so.
_FORM_AT_END = re.compile(
    r"(?<=[a-z]{6})(?=(?:holding|group)\b)"
    r"|(?<=[a-z]{4})(?=(?:limited|gmbh|ltda?|llc|corporation|incorporated|company|fze|sarl|plc)\b)"
)
# Whoever hides writes "Jonit Stock Cmpany" too. Long words are known whatever stands beside them.
_FORM_WORDS = (
    "aktiengesellschaft", "aktsionernoe", "anonima", "anonyme", "company", "corporacion", "corporation",
    "gesellschaft", "incorporated", "liability", "limited", "obshchestvo", "ogranichennoi", "ogranichennoy",
    "otvetstvennostyu", "partnership", "sociedad", "societe",
)  # fmt: skip
_MAYBE_FORM = re.compile(r"\b[acgilops][a-z]{5,}")
_MAYBE_JOINT_STOCK = re.compile(r"\b(j[a-z]{3,5})(\W+)(s[a-z]{3,5})\b")
_SYMBOLS_OF_FORM = frozenset(
    {"SYMBOL:CO", "SYMBOL:CORP", "SYMBOL:GRP", "SYMBOL:HOLDING", "SYMBOL:ENTERPRISE", "SYMBOL:FIRM"}
)
# Words that say who somebody is to others, not what they are called.
TITLES = frozenset(
    {
        "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "haji", "hajji", "hadji", "haj", "hajj",
        "alhaj", "mullah", "mulla", "mawlawi", "maulvi", "maulavi", "mawlana", "maulana", "molla",
        "sheikh", "sheik", "shaykh", "shaikh", "cheikh", "sayyid", "sayed", "syed", "sayyed", "seyed",
        "qari", "hafiz", "ustad", "mufti", "imam", "general", "gen", "colonel", "col", "lieutenant",
        "lt", "major", "maj", "captain", "capt", "brigadier", "brig", "commander", "commandant", "dona",
        "senor", "señor", "jr", "sr", "ii", "iii", "president", "minister", "ayatollah",
        "hojjatoleslam", "engineer",
    }
)  # fmt: skip
# Small words inside names of people. "Abu" and "Umm" stay words: "Abu Ali" is not "Ali".
PARTICLES = frozenset(
    {
        "al", "el", "ul", "ad", "ar", "as", "ash", "at", "az", "bin", "ben", "ibn", "bint", "ould", "wald",
        "walad", "uld", "de", "da", "di", "do", "dos", "das", "del", "della", "la", "le", "van", "von",
        "der", "den", "ter", "of", "the", "son", "daughter",
    }
)  # fmt: skip
# Arabic, Hebrew, Syriac: scripts that leave out vowels, so romanised words keep little but consonants.
_WITHOUT_VOWELS = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
# Legal forms that rigour does not know in their transcription from Belarusian.
_MORE_FORMS = (
    (re.compile(r"\btavarystva z (abmezhavanay|dadatkovay) adkaznastsyu\b"), "ooo"),
    (re.compile(r"\b(adkrytae|zakrytae) aktsyyanernae tavarystva\b"), "ao"),
    (re.compile(r"\baktsyyanernae tavarystva\b"), "ao"),
)
_CASE_GLUED_FORMS = (
    "AG", "SA", "SE", "NV", "BV", "AB", "AS", "PLC", "LLC", "Ltd", "LTD", "Inc", "INC", "GmbH", "GMBH",
    "Corp", "Oy", "SpA",
)  # fmt: skip
_CASE_GLUED_FORM = re.compile(rf"(?<=[a-zà-ÿ]{{3}})({'|'.join(_CASE_GLUED_FORMS)})$")
# Numbers of firms, funds and ships; "ii" is also a legal form somewhere, "i" and "v" are also initials.
_ROMANS = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13,
    "xiv": 14, "xv": 15,
}  # fmt: skip
_QUOTES = str.maketrans("“”«»", "    ")
_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]")


class AnalysedName:
    """One name, ready to compare.

    `words` are the content words in plain Latin letters; with the same index `sounds` (metaphone), `roots`
    (consonant skeletons), `weights` (rarity, 0 to 1), `shown` (as written) and `numbers` (the integer or
    None). `spans` are meanings: (symbol, indexes of the words it covers), `meanings` their symbols. `forms`
    are legal forms, `particles` and `titles` the small words left out. `squashed` joins the content words,
    `in_order` lists them by the alphabet, `consonants` joins the roots, `initials` are the first letters.
    """

    __slots__ = (
        "consonants",
        "forms",
        "has_vowels",
        "in_order",
        "kind",
        "meanings",
        "numbers",
        "original",
        "particles",
        "roots",
        "shown",
        "sounds",
        "spans",
        "squashed",
        "titles",
        "total",
        "weights",
        "words",
    )

    def __init__(
        self,
        original: str,
        kind: str,
        has_vowels: bool = True,
        words: Sequence[str] = (),
        sounds: Sequence[str] = (),
        roots: Sequence[str] = (),
        shown: Sequence[str] = (),
        numbers: Sequence[int | None] = (),
        spans: Iterable[tuple[str, tuple[int, ...]]] = (),
        forms: Sequence[str] = (),
        particles: Sequence[str] = (),
        titles: Sequence[str] = (),
    ) -> None:
        self.original, self.kind, self.has_vowels = original, kind, has_vowels
        self.words, self.sounds, self.roots = tuple(words), tuple(sounds), tuple(roots)
        self.shown, self.numbers, self.spans = tuple(shown), tuple(numbers), tuple(spans)
        self.forms, self.particles, self.titles = tuple(forms), tuple(particles), tuple(titles)
        is_person = kind == "person"
        table = weights(is_person)
        found = [table[word] for word in words]
        self.meanings = frozenset([symbol for symbol, _ in self.spans])
        for symbol, indexes in () if is_person else self.spans:
            if symbol.startswith("LOC:"):  # "… of Russia", "… (Cyprus)" tell little
                for index in indexes:
                    found[index] = min(found[index], PLACE_WEIGHT)
        self.weights = tuple(found)
        self.total = sum(found)
        self.squashed, self.in_order = "".join(words), " ".join(sorted(words))
        self.consonants = "".join(roots)

    @property
    def initials(self) -> str:
        return "".join([word[0] for word in self.words])

    def __repr__(self) -> str:
        return f"AnalysedName({self.original!r}, {self.kind}, words={self.words}, forms={self.forms})"

    def packed(self) -> bytes:
        """What the analysis found, for `unpacked`; the rest follows from it."""
        lists = (
            self.words,
            self.sounds,
            self.roots,
            self.shown if self.shown != self.words else (),
            ["" if number is None else str(number) for number in self.numbers]
            if any(number is not None for number in self.numbers)
            else (),
            [symbol for symbol, _ in self.spans],
            [",".join(map(str, indexes)) for _, indexes in self.spans],
            self.forms,
            self.particles,
            self.titles,
        )
        return "\t".join([self.kind, "1" if self.has_vowels else "", *map(_BETWEEN.join, lists)]).encode()

    @classmethod
    def unpacked(cls, data: bytes, original: str) -> AnalysedName:
        """The name that `packed` wrote: a tenth of the work of a new analysis."""
        kind, has_vowels, words, *lists = data.decode().split("\t")
        if not words:
            return cls(original, kind, bool(has_vowels))
        sounds, roots, shown, numbers, symbols, places, forms, particles, titles = lists
        content = words.split(_BETWEEN)
        return cls(
            original,
            kind,
            bool(has_vowels),
            content,
            sounds.split(_BETWEEN),
            roots.split(_BETWEEN),
            shown.split(_BETWEEN) if shown else content,
            [int(number) if number else None for number in numbers.split(_BETWEEN)]
            if numbers
            else _NO_NUMBERS[: len(content)],
            zip(symbols.split(_BETWEEN), map(_indexes, places.split(_BETWEEN)), strict=True)
            if symbols
            else (),
            forms.split(_BETWEEN) if forms else (),
            particles.split(_BETWEEN) if particles else (),
            titles.split(_BETWEEN) if titles else (),
        )


@lru_cache(maxsize=512)
def _indexes(text: str) -> tuple[int, ...]:
    return tuple([int(index) for index in text.split(",")])


def clean(name: str) -> str:
    """The name with compatibility and invisible characters, look-alike letters and quotes put right."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
        name = "".join(character for character in name if unicodedata.category(character) not in ("Cf", "Cc"))
        name = fold_look_alikes(name)
        name = _CJK_FORMS.sub(r" \1 ", name).translate(_QUOTES)
    return name.replace('"', " ")


@lru_cache(maxsize=NAMES_KEPT)
def analyse_all(name: str, kind: str) -> tuple[AnalysedName, ...]:
    """Take apart every name inside one: see `variants`. Kept in memory, for names meet many others."""
    return tuple([analyse(text, kind) for text in variants(name)])


def analyse(name: str, kind: str) -> AnalysedName:
    """Take a name apart; `kind` is "person", "organization" or anything else. Blank names have no words."""
    text = clean(name)
    if kind != "person":
        if not text.isascii():
            text = in_english(text)
        text = _forms_apart(text)
    tag = _NAME_TYPES.get(kind, NameTypeTag.ENT)
    found = analyze_names(tag, [text], consolidate=False)
    if not found:
        return AnalysedName(name, kind)
    return AnalysedName(
        name,
        kind,
        has_vowels=name.isascii() or _WITHOUT_VOWELS.search(name) is None,
        **_taken_apart(next(iter(found)), is_person=kind == "person"),
    )


def _forms_apart(text: str) -> str:
    """The name casefolded, with legal forms cut off the words they are glued to and put right if misspelt."""
    if text.endswith(_CASE_GLUED_FORMS):
        text = _CASE_GLUED_FORM.sub(r" \1", text)
    text = " ".join([_form_apart(word) for word in text.casefold().split()])
    if "joint" in text or "stock" in text:  # so short that one of them has to be right
        text = _MAYBE_JOINT_STOCK.sub(_joint_stock, text)
    if "tavarystva" in text:
        for pattern, form in _MORE_FORMS:
            text = pattern.sub(form, text)
    return text


@lru_cache(maxsize=8192)
def _form_apart(word: str) -> str:
    word = _FORM_AT_END.sub(" ", _GLUED_FORM.sub(r"\1 ", word))
    return _MAYBE_FORM.sub(lambda found: _form_word(found[0]), word)


def _joint_stock(found: re.Match[str]) -> str:
    joint, between, stock = found.groups()
    is_half_right = joint == "joint" or stock == "stock"
    is_meant = is_half_right and _misspelt(joint, "joint") and _misspelt(stock, "stock")
    return f"joint{between}stock" if is_meant else found[0]


def _form_word(word: str) -> str:
    return next((form for form in _FORM_WORDS if _misspelt(word, form)), word)


def _misspelt(word: str, form: str) -> bool:
    return word[:1] == form[0] and abs(len(word) - len(form)) < 2 and _letters(word, form, score_cutoff=1) < 2


def variants(name: str) -> tuple[str, ...]:
    """The names inside one: "Foreign Trade Bank (FTB)" is two, "X ; Y" and "X / Y" are two.

    What stands in brackets is a name where it is written in another script, is the initials of the rest, or
    follows a semicolon. Otherwise, as in "Acme (Cyprus)", it belongs to the name.
    """
    if _MARKS.isdisjoint(name) or not _MANY_NAMES.search(name):
        return (name,)
    found: dict[str, None] = {}
    brackets = [[piece.strip() for piece in text.split(";")] for text in _BRACKETS.findall(name)]
    rest = " ".join(_BRACKETS.sub(" ", name).split())
    own = [piece for pieces in brackets for piece in pieces if len(pieces) > 1 or _is_name_of(piece, rest)]
    for text in [rest if own or not brackets else name, *own]:
        for piece in re.split(r"\s*;\s*|\s+/\s+", text):
            if sum(character.isalpha() for character in piece) > 1:
                found.setdefault(piece.strip(" ;,/"))
    return tuple(found) or (name,)


_MARKS = frozenset("([（;/")
_MANY_NAMES = re.compile(r"[(\[（;]|\s/\s")


def _is_name_of(piece: str, rest: str) -> bool:
    if not piece or not rest:
        return False
    if piece.isascii() != rest.isascii() and script_of(piece) != script_of(rest):
        return "script" not in piece
    letters = "".join(character for character in piece if character.isalnum())
    initials = "".join(word[0] for word in re.findall(r"\w+", rest) if len(word) > 1).upper()
    return (
        len(letters) > 2 and letters.isupper() and (letters in initials or initials.startswith(letters[:3]))
    )


def _symbols(name: Name, *, is_person: bool) -> tuple[list[tuple[str, tuple[int, ...]]], set[int]]:
    """What rigour knows of a name: (symbol, places of its parts), and the places that are a legal form."""
    symbols: list[tuple[str, tuple[int, ...]]] = []
    form_parts: set[int] = set()
    for span in name.spans:
        symbol = _symbol(str(span.symbol))
        parts = span.parts
        first = parts[0]
        at = first.index
        if at >= MAX_PARTS:
            continue
        if is_person and symbol.startswith("NUM:") and not first.form.isdecimal():
            continue  # "I." and "V." are initials, Xi and Vi are families
        places = PLACES[at] if len(parts) == 1 else tuple([part.index for part in parts])
        if not is_person and (symbol in _SYMBOLS_OF_FORM or symbol.startswith("ORGCLS:")):
            form_parts.update(places)
        else:
            symbols.append((symbol, places))
    symbols.sort(key=itemgetter(1))
    return symbols, form_parts


@lru_cache(maxsize=8192)
def _symbol(shown: str) -> str:
    """ "NAME:Q19692506" of "[NAME:Q19692506]", one string for the many names that carry it."""
    return intern(shown[1:-1])


def _taken_apart(name: Name, *, is_person: bool) -> dict[str, Any]:
    """The words of a name and what they are, as AnalysedName takes them."""
    symbols, form_parts = _symbols(name, is_person=is_person)
    words: list[str] = []
    shown: list[str] = []
    sounds: list[str] = []
    numbers: list[int | None] = []
    forms: list[str] = []
    particles: list[str] = []
    titles: list[str] = []
    place: dict[int, int] = {}
    parts = name.parts
    for index, part in enumerate(parts[:MAX_PARTS]):
        form = part.form
        latin = form if form.isascii() else romanise(form)
        if not latin:
            continue
        tag = part.tag
        is_roman = latin in _ROMANS
        if not is_person and not is_roman and (tag == NamePartTag.LEGAL or index in form_parts):
            forms.append(latin)
        elif latin in PARTICLES if is_person else tag == NamePartTag.STOP:
            particles.append(latin)
        elif is_person and latin in TITLES:
            titles.append(latin)
        elif len(words) < MAX_WORDS:
            pieces = [latin] if " " not in latin else latin.split()
            if is_person and len(pieces) > 1:  # Han: the family name comes first, the rest is one given name
                pieces = [pieces[0], "".join(pieces[1:])] if len(parts) == 1 else ["".join(pieces)]
            place[index] = len(words)
            sound = part.metaphone or ""
            for piece in pieces:
                words.append(piece)
                shown.append(form if len(pieces) == 1 else piece)
                sounds.append(sound)
                if is_person:
                    numbers.append(part.integer if form.isdecimal() else None)
                else:
                    numbers.append(_ROMANS.get(piece) or (part.integer if part.numeric else None))
    if not words:  # nothing but a legal form, a particle or a title: then that is the name
        words = shown = forms or titles or particles
        sounds, numbers = [""] * len(words), [None] * len(words)
        forms = titles = particles = []
    spans = symbols
    if not len(parts) == len(place) == len(words):  # as it is where every part is one word
        spans = []
        for symbol, indexes in symbols:
            if mapped := tuple([place[index] for index in indexes if index in place]):
                spans.append((symbol, mapped))
    for symbol, indexes in spans:
        if symbol.startswith("NUM:"):
            for index in indexes:
                numbers[index] = int(symbol[4:])
    return {
        "words": words,
        "sounds": sounds,
        "roots": list(map(skeleton, words)),
        "shown": shown,
        "numbers": numbers,
        "spans": spans,
        "forms": forms,
        "particles": particles,
        "titles": titles,
    }


def words_of(name: str, kind: str) -> set[str]:
    """Every romanised word of a name, legal forms and small words included; for counting."""
    found = analyze_names(_NAME_TYPES.get(kind, NameTypeTag.ENT), [clean(name)], consolidate=False)
    return {word for item in found for part in item.parts for word in romanise(part.form).split()}
