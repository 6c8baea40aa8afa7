"""Small facts about text that publishers leave out."""

from __future__ import annotations

from collections import Counter

from rigour.text.scripts import codepoint_script

_ISO_15924 = {
    "Latin": "Latn",
    "Cyrillic": "Cyrl",
    "Arabic": "Arab",
    "Han": "Hani",
    "Hangul": "Hang",
    "Hiragana": "Jpan",
    "Katakana": "Jpan",
    "Hebrew": "Hebr",
    "Greek": "Grek",
    "Georgian": "Geor",
    "Armenian": "Armn",
    "Thai": "Thai",
    "Devanagari": "Deva",
    "Bengali": "Beng",
    "Myanmar": "Mymr",
    "Ethiopic": "Ethi",
    "Khmer": "Khmr",
}


def script_of(text: str) -> str:
    """The ISO 15924 code of the script most letters of a text are in.

    "" without letters or for a rarer script.
    """
    counts = Counter(codepoint_script(ord(character)) for character in text if character.isalpha())
    if not counts:
        return ""
    return _ISO_15924.get(counts.most_common(1)[0][0] or "", "")
