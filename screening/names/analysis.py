"""A name taken apart: words with their sound, root, meaning and rarity.

Both sides of a comparison pass through here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rigour.names import Name, NamePartTag, NameTypeTag, Symbol, analyze_names

from screening.names.rarity import rarity
from screening.names.romanise import fold_look_alikes, romanise, skeleton

ANALYSIS_VERSION = 1  # raise when an analysed name changes: indexes built before are then rebuilt
MAX_WORDS = 16  # of one name; the longest name on the UN, OFAC and World Bank lists that is one name has 15

_NAME_TYPES = {"person": NameTypeTag.PER, "organization": NameTypeTag.ORG}
_CATEGORY = Symbol.Category
# Legal forms are written against the name in Chinese, Japanese and Korean.
_CJK_FORMS = re.compile(
    "(株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限責任公司|有限公司|集团公司|集團公司|公司|집단|주식회사|유한회사|㈜|"
    "集团|集團|\\(株\\)|（株）|\\(주\\)|（주）)"
)
_GLUED_FORM = re.compile(r"\b(jsc|ojsc|cjsc|pjsc|ooo|oao|zao|pao|llc)(?=[a-z]{5,})")
_SYMBOLS_OF_FORM = frozenset({"CO", "CORP", "GRP", "HOLDING", "ENTERPRISE", "FIRM"})
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
PARTICLES = frozenset(
    {
        "al", "el", "ul", "ad", "ar", "as", "ash", "at", "an", "az", "bin", "ben", "ibn", "bint",
        "ould", "wald", "walad", "uld", "abu", "abou", "abi", "umm", "um", "de", "da", "di", "do",
        "dos", "das", "del", "della", "la", "le", "les", "van", "von", "der", "den", "the", "of", "and",
        "et", "und", "y", "e", "i", "for", "pour", "para", "w", "ag", "ap", "oglu",
    }
)  # fmt: skip


class AnalysedName:
    """One name, ready to compare.

    `words` are the content words in plain Latin letters; with the same index `sounds` (metaphone), `roots`
    (consonant skeletons), `weights` (rarity, 0 to 1), `shown` (as written) and `numbers` (the integer or
    None). `spans` are meanings: (symbol, indexes of the words it covers). `forms` are legal forms,
    `particles` and `titles` the small words left out. `squashed` joins the content words, `initials` are
    their first letters.
    """

    __slots__ = (
        "forms",
        "initials",
        "is_latin",
        "kind",
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

    words: tuple[str, ...]

    def __init__(self, original: str, kind: str) -> None:
        self.original, self.kind = original, kind
        self.words = self.sounds = self.roots = self.shown = ()
        self.weights: tuple[float, ...] = ()
        self.numbers: tuple[int | None, ...] = ()
        self.spans: tuple[tuple[str, tuple[int, ...]], ...] = ()
        self.forms: tuple[str, ...] = ()
        self.particles: tuple[str, ...] = ()
        self.titles: tuple[str, ...] = ()
        self.squashed = self.initials = ""
        self.is_latin = True
        self.total = 0.0

    def __repr__(self) -> str:
        return f"AnalysedName({self.original!r}, {self.kind}, words={self.words}, forms={self.forms})"


def warm() -> None:
    """Build the person and organization taggers (about 7 s and 375 MB, once per process, before it forks)."""
    analyse("Jan Kowalski", "person")
    analyse("Acme Trading Ltd", "organization")


def clean(name: str) -> str:
    """The name with compatibility and invisible characters, look-alike letters and quotes put right."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
        name = "".join(character for character in name if unicodedata.category(character) not in ("Cf", "Cc"))
        name = fold_look_alikes(name)
        name = _CJK_FORMS.sub(r" \1 ", name)
    return name.replace('"', " ").replace("“", " ").replace("”", " ").replace("«", " ").replace("»", " ")


@lru_cache(maxsize=20_000)
def analyse(name: str, kind: str) -> AnalysedName:
    """Take a name apart; `kind` is "person", "organization" or anything else. Blank names have no words."""
    analysed = AnalysedName(name, kind)
    text = clean(name)
    if kind != "person":
        text = _GLUED_FORM.sub(r"\1 ", text.casefold())
    tag = _NAME_TYPES.get(kind, NameTypeTag.ENT)
    found = analyze_names(tag, [text], consolidate=False)
    if found:
        _fill(analysed, next(iter(found)), is_person=kind == "person")
    return analysed


def _fill(analysed: AnalysedName, name: Name, *, is_person: bool) -> None:
    meanings: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    form_parts: set[int] = set()
    for span in name.spans:
        category = span.symbol.category
        indexes = tuple(part.index for part in span.parts)
        if not is_person and (
            category == _CATEGORY.ORG_CLASS
            or (category == _CATEGORY.SYMBOL and span.symbol.id in _SYMBOLS_OF_FORM)
        ):
            form_parts.update(indexes)
            continue
        meanings.setdefault(indexes[0], []).append((f"{category.value}:{span.symbol.id}", indexes))
    words: list[str] = []
    shown: list[str] = []
    sounds: list[str] = []
    numbers: list[int | None] = []
    forms: list[str] = []
    particles: list[str] = []
    titles: list[str] = []
    place: dict[int, int] = {}
    for part in name.parts[: MAX_WORDS * 2]:
        latin = part.form if part.form.isascii() else romanise(part.form)
        if not latin:
            continue
        if not is_person and (part.tag == NamePartTag.LEGAL or part.index in form_parts):
            forms.append(latin)
        elif part.tag == NamePartTag.STOP or latin in PARTICLES:
            particles.append(latin)
        elif is_person and latin in TITLES:
            titles.append(latin)
        elif len(words) < MAX_WORDS:
            for piece in latin.split():
                place.setdefault(part.index, len(words))
                words.append(piece)
                shown.append(part.form)
                sounds.append(part.metaphone or "")
                numbers.append(part.integer if part.numeric else None)
        analysed.is_latin = analysed.is_latin and (
            part.form.isascii() or (part.ascii is not None and _is_latin(part.form))
        )
    if not words:  # nothing but a legal form, a particle or a title: then that is the name
        words = shown = forms or titles or particles
        sounds, numbers = [""] * len(words), [None] * len(words)
        forms = titles = particles = []
    analysed.words, analysed.shown = tuple(words), tuple(shown)
    analysed.sounds, analysed.numbers = tuple(sounds), tuple(numbers)
    analysed.roots = tuple([skeleton(word) for word in words])
    analysed.forms, analysed.particles, analysed.titles = tuple(forms), tuple(particles), tuple(titles)
    spans = []
    for found in meanings.values():
        for symbol, indexes in found:
            mapped = tuple([place[index] for index in indexes if index in place])
            if mapped:
                spans.append((symbol, mapped))
    analysed.spans = tuple(spans)
    analysed.weights = tuple([rarity(word, is_person=is_person) for word in words])
    analysed.total = sum(analysed.weights)
    analysed.squashed = "".join(words)
    analysed.initials = "".join([word[0] for word in words])


def _is_latin(word: str) -> bool:
    return all(ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x1F00 for character in word)
