"""How alike two texts are worded: stems weighed by how much they say, language by language."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from partnerships.matching.facts import Facts

STOP_WORDS = {
    "en": "and the for with from that this are our can you your will have has was were which into all any "
    "not but who how their its they them than then also more most one two per new need needs offer offers "
    "support give gives provide provides help through about over under between within each other",
    "fr": "les des une pour avec dans sur par que qui est sont aux ses son leur leurs nous vous nos vos "
    "cette ces mais pas plus entre sans sous offre besoin besoins appui aide",
    "es": "los las una unos unas para con por que del sus son est esta este estos estas como pero sin sobre "
    "entre más nos nuestra nuestro oferta necesidad apoyo ayuda",
    "ru": "для что это как при над под или они она его ещё наш наши мы вы без через между нужно нужны "
    "предложение помощь",
    "ar": "من في على إلى عن مع هذا هذه التي الذي أن إن كان أو ثم كما بين لدى كل نحن عرض حاجة دعم",
    "zh": "",
}
STEM_LETTERS = 6  # "vaccine", "vaccines", "vaccination" meet; a rough stem that asks for no dictionary


def fold(text: str) -> str:
    """Lower case without accents, Arabic vowel signs and the Arabic and Russian spelling doublets."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("ـ", "")
    return text.translate(FOLDED)


FOLDED = str.maketrans({"ى": "ي", "ة": "ه", "ٱ": "ا"})
STOPS = {code: frozenset(map(fold, words.split())) for code, words in STOP_WORDS.items()}
HAN = re.compile(r"[㐀-䶿一-鿿]+")
WORD = re.compile(r"[^\W_]+")


def terms(text: str, language: str) -> list[str]:
    """The terms of a text: word stems, or pairs of characters where Chinese writes without spaces."""
    text = fold(text)
    found = []
    for run in HAN.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    stops = STOPS.get(language[:2], STOPS["en"])
    for word in WORD.findall(HAN.sub(" ", text)):
        if language[:2] == "ar" and word.startswith("ال") and len(word) > 4:
            word = word[2:]
        if len(word) > 2 and word not in stops:
            found.append(word[:STEM_LETTERS])
    return found


def guess_language(text: str) -> str:
    """A language code from the script and, for Latin letters, from the small words. "en" when in doubt."""
    if HAN.search(text):
        return "zh"
    if re.search(r"[؀-ۿ]", text):
        return "ar"
    if re.search(r"[Ѐ-ӿ]", text):
        return "ru"
    words = set(WORD.findall(fold(text)))
    return max(("en", "fr", "es"), key=lambda code: len(words & STOPS[code]))


class Wording:
    """How much each term says, by language: learned once from a set of texts, used for both directions."""

    def __init__(self, facts: Iterable[Facts] = ()):
        self.learn((fact.language, text_terms(fact)) for fact in facts)

    def learn(self, texts: Iterable[tuple[str, list[str]]]) -> None:
        self.documents: Counter[str] = Counter()
        self.seen_in: dict[str, Counter[str]] = defaultdict(Counter)
        for language, found in texts:
            self.documents[language[:2]] += 1
            self.seen_in[language[:2]].update(set(found))

    def vector(self, language: str, found: list[str]) -> dict[str, float]:
        """Weight of each term of a text, of length 1 together; empty for an empty text."""
        total = self.documents[language[:2]]
        seen_in = self.seen_in.get(language[:2], Counter[str]())
        weights = {
            term: (1 + math.log(count)) * (math.log((1 + total) / (1 + seen_in.get(term, 0))) + 1)
            for term, count in Counter(found).items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()}


def text_terms(fact: Facts) -> list[str]:
    return terms(f"{fact.title} {fact.description}", fact.language)
