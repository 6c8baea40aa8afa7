"""Other scripts in Latin letters, look-alike letters put right, and the consonant skeleton of a word.

A skeleton keeps the consonants that survive transcription: "Muhammad", "Mohamed" and "محمد" all become "MT".
Vowels, h, w and y go, doubled letters become one, letters that transcribers swap share a class.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import icu

# BGN-like, as passports write Russian, Ukrainian and Belarusian names.
_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ye",
        "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m",
        "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
        "ю": "yu", "я": "ya", "ѓ": "g", "ќ": "k", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj",
        "џ": "dz", "қ": "q", "ғ": "gh", "ң": "ng", "ө": "o", "ү": "u", "ұ": "u", "һ": "h", "ә": "a",
    }
)  # fmt: skip

# Arabic, Persian, Urdu and Pashto letters; short vowels are not written, so these words are mostly
# consonants.
_ARABIC = str.maketrans(
    {
        "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th",
        "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "ژ": "zh",
        "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f",
        "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a",
        "و": "w", "ؤ": "w", "ي": "y", "ى": "y", "ی": "y", "ې": "y", "ئ": "y", "ء": "", "ٹ": "t",
        "ڈ": "d", "ڑ": "r", "ں": "n", "ہ": "h", "ھ": "h", "ے": "y", "ټ": "t", "ډ": "d", "ړ": "r",
        "ښ": "sh", "ږ": "g", "ڼ": "n", "څ": "ts", "ځ": "z", "ګ": "g", "ڤ": "v", "ۍ": "y", "ۀ": "a",
        "ۂ": "a", "ـ": "", "ﷲ": "allh",
    }
)  # fmt: skip

# Cyrillic and Greek letters that look Latin: folded only inside words that mix scripts.
_LOOK_ALIKE = dict(zip("авсеорхукмнтіѕјԁԛԝαβορντικ", "abceopxykmhtisjdqwabopvtik", strict=True))

_DIGRAPHS = re.compile(r"sch|sh|tch|ch|kh|gh|dh|th|ph|zh|dj|dzh|tz|ts|ck|ce|ci|cy|x")
_DIGRAPH_CLASS = {
    "sch": "s", "sh": "s", "tch": "c", "ch": "c", "kh": "k", "gh": "g", "dh": "d", "th": "t", "ph": "f",
    "zh": "j", "dj": "j", "dzh": "j", "tz": "s", "ts": "s", "ck": "k", "ce": "s", "ci": "s", "cy": "s",
    "x": "ks",

}  # fmt: skip
_CONSONANT_CLASS = str.maketrans("bpdtfvkqgjzcslmnr", "BBTTFVKKGJSCSLMNR", "aeiouyhw'’`‘ʻʼ0123456789-. ")
_LETTER_OF_DIGRAPH = {
    "sch": "S", "sh": "S", "tch": "c", "zh": "j", "dj": "j", "dzh": "j", "ph": "f", "tz": "s", "ts": "s",
    "ce": "s", "ci": "s", "cy": "s", "x": "ks",
}  # fmt: skip
_OPENINGS = {**dict.fromkeys("aeiou", "A"), "y": "Y", "w": "W"}
_KEPT = str.maketrans("", "", "aeiouyw'’`‘ʻʼ0123456789-. ")
_SWAPPED = str.maketrans("pvq", "bfk")  # Arabic has no p and no v
_DOUBLED = re.compile(r"(.)\1+")
ARTICLE = "ال"  # of Arabic, glued to its word
# Transcribers differ on g, gh, k and q, and on ch, j, s, sh and z.
_COARSE = str.maketrans("GCJ", "KSS")
# Letters that stand for a stop in one country and for a sibilant in the next: "Riyadh", "Ramazan", "Saqib".
_STOP_OR_SIBILANT = (("th", "s"), ("dh", "z"))
_ARABIC_STOP_OR_SIBILANT = (("ض", "d", "z"), ("ظ", "z", "d"))


@lru_cache(maxsize=1)
def _any_latin() -> icu.Transliterator:
    return icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")


@lru_cache(maxsize=8192)
def romanise(word: str) -> str:
    """The word in plain lower-case Latin letters: own tables for Cyrillic and Arabic, ICU for the rest."""
    if word.isascii():
        return word.lower()
    word = word.casefold().translate(_CYRILLIC)
    if word.startswith(ARTICLE) and len(word) > 4:  # the article, which Latin spellings keep apart or drop
        word = word[2:]
    folded = "".join(part for part in unicodedata.normalize("NFD", word) if not unicodedata.combining(part))
    folded = folded.translate(_ARABIC)
    if not folded.isascii():
        folded = _any_latin().transliterate(unicodedata.normalize("NFC", folded)).lower()
    return "".join(
        character for character in folded if character.isascii() and (character.isalnum() or character == " ")
    )


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """The consonant classes of a romanised word, "RSK" for "rashiq"; "" for a word of vowels."""
    word = _DIGRAPHS.sub(lambda found: _DIGRAPH_CLASS[found[0]], word)
    return once(word.translate(_CONSONANT_CLASS))


@lru_cache(maxsize=8192)
def letters_kept(word: str) -> str:
    """What a romanised word keeps where vowels are not written: "mhmd", "Amr" of "omar", "Ysf" of "youssef".

    Finer than a skeleton: voice and h stay, and that a word begins with a vowel, with y or with w.
    """
    word = _DIGRAPHS.sub(lambda found: _LETTER_OF_DIGRAPH.get(found[0], found[0][0]), word)
    return once(_OPENINGS.get(word[:1], word[:1]) + word[1:].translate(_KEPT)).translate(_SWAPPED)


def once(root: str) -> str:
    """A root without doubled letters."""
    return _DOUBLED.sub(r"\1", root)


def coarse_roots(word: str, shown: str) -> list[str]:
    """The roots of a romanised word that was written as `shown`, in classes that any transcriber keeps.

    One, or two where a letter has two readings; the first is its coarse `skeleton`.
    """
    other = word
    for letters, sibilant in _STOP_OR_SIBILANT:
        other = other.replace(letters, sibilant)
    for letter, usual, rarer in _ARABIC_STOP_OR_SIBILANT:
        if letter in shown:
            other = other.replace(usual, rarer)
    readings = [word] if other == word else [word, other]
    return [once(skeleton(reading).translate(_COARSE)) for reading in readings]


def fold_look_alikes(text: str) -> str:
    """Turn Cyrillic and Greek letters inside otherwise Latin words into the Latin ones they imitate."""
    if text.isascii():
        return text
    return " ".join(_fold_word(word) for word in text.split())


def _fold_word(word: str) -> str:
    folded = word.lower()
    if word.isascii() or not any("a" <= character <= "z" for character in folded):
        return word
    if not any(character in _LOOK_ALIKE for character in folded):
        return word
    return "".join(_LOOK_ALIKE.get(character, character) for character in folded)
