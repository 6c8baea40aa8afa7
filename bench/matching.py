"""How well needs are ranked for offers, beside two plain ways, and how fast.

nDCG@10 over the labelled set in partnerships/data/matching: 1.0 is the order of the judgements. The peers
are what portals do today: filters (same kind of help, reachable place, a theme in common; newest entry last)
and a search for the offer's words (TF-IDF over title and description). Run: python -m bench.matching
"""

import csv
import json
import math
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from partnerships.management.commands.rank_needs import need_from, offer_from
from partnerships.matching import (
    Board,
    NeedFacts,
    OfferFacts,
    all_targets,
    rank_needs,
    subregions,
)

LABELS = Path(__file__).resolve().parent.parent / "partnerships" / "data" / "matching"
WORDS = [f"word{i}" for i in range(3000)]
KINDS = ["cash", "in_kind_goods", "expertise", "pro_bono", "licence", "volunteers"]
THEMES = [f"theme{i}" for i in range(37)]
Ranker = Callable[[OfferFacts, list[NeedFacts]], list[str]]
Figures = dict[str, dict[str, float]]  # ranker → part → nDCG@10


def by_match(offer: OfferFacts, needs: list[NeedFacts]) -> list[str]:
    return [match.need for match in rank_needs(offer, needs)]


def by_filters(offer: OfferFacts, needs: list[NeedFacts]) -> list[str]:
    """What stays after ticking kind, place and theme, in the order of entry."""
    closed = Board(needs).closed(offer)
    return [
        need.id for need, gate in zip(needs, closed, strict=True) if gate < 0 and need.themes & offer.themes
    ]


def by_text(offer: OfferFacts, needs: list[NeedFacts]) -> list[str]:
    likeness = Board(needs).likeness(offer)
    order = sorted(range(len(needs)), key=lambda i: -likeness[i])
    return [needs[i].id for i in order if likeness[i] > 0]


RANKERS: dict[str, Ranker] = {"gates and parts": by_match, "filters": by_filters, "words only": by_text}


def ndcg(ranked: list[str], gains: dict[str, int], depth: int = 10) -> float:
    """Normalized discounted cumulative gain, gains 2^g - 1. Source: Järvelin and Kekäläinen, 2002."""

    def total(order: list[int]) -> float:
        return sum((2**gain - 1) / math.log2(place + 2) for place, gain in enumerate(order[:depth]))

    best = total(sorted(gains.values(), reverse=True))
    return total([gains[need] for need in ranked]) / best


def lines(name: str) -> list[dict]:
    """The records of a file of the labelled set."""
    return [json.loads(line) for line in (LABELS / f"{name}.jsonl").open(encoding="utf-8")]


def judgements(name: str = "judgements") -> dict[str, dict[str, int]]:
    """The gain of each pair, by offer and need."""
    gains: dict[str, dict[str, int]] = {}
    with (LABELS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            gains.setdefault(row["offer"], {})[row["need"]] = int(row["gain"])
    return gains


def means(offers: list[dict], needs: list[dict], gains: dict[str, dict[str, int]]) -> Figures:
    """Mean nDCG@10 by ranker and part of the offers."""
    facts = [need_from(record) for record in needs]
    parts = list(dict.fromkeys(record["part"] for record in offers))
    found: Figures = {}
    for name, ranker in RANKERS.items():
        for part in parts:
            asked = [record for record in offers if record["part"] == part]
            scores = [ndcg(ranker(offer_from(record), facts), gains[record["id"]]) for record in asked]
            found.setdefault(name, {})[part] = sum(scores) / len(scores)
    return found


def quality() -> Figures:
    """Over the offers in English, by the part used to tune and the one held out."""
    return means(lines("offers"), lines("needs"), judgements())


def quality_by_language() -> Figures:
    """Over offers in the other five languages, held against needs in all six; none was used to tune."""
    needs = lines("needs_languages") + lines("needs")
    return means(lines("offers_languages"), needs, judgements("judgements_languages"))


def agreement() -> tuple[int, int, float]:
    """How many pairs were read twice, how many alike, and Cohen's kappa with quadratic weights."""
    first, second = judgements(), judgements("second_reading")
    pairs = [(first[offer][need], gain) for offer, row in second.items() for need, gain in row.items()]
    apart = sum((one - other) ** 2 for one, other in pairs) / len(pairs)
    by_chance = sum((one - other) ** 2 for one, _ in pairs for _, other in pairs) / len(pairs) ** 2
    return len(pairs), sum(one == other for one, other in pairs), 1 - apart / by_chance


def made_up(number: int) -> dict:
    """Facts of a row that nobody wrote, the same for the same number."""
    chance = random.Random(number)
    first = date(2027, 1, 1) + timedelta(days=chance.randrange(600))
    return {
        "id": str(number),
        "title": " ".join(chance.choices(WORDS, k=6)),
        "description": " ".join(chance.choices(WORDS, k=40)),
        "kinds": frozenset(chance.sample(KINDS, 2)),
        "themes": frozenset(chance.sample(THEMES, 3)),
        "targets": frozenset(chance.sample(all_targets(), 3)),
        "countries": frozenset(chance.sample(list(subregions()), 2)),
        "quantity": 10.0,
        "unit": "kits",
        "starts_on": first,
        "ends_on": first + timedelta(days=200),
    }


def speed(count: int = 50_000) -> tuple[float, float]:
    """Seconds to build a board of made-up needs, and median milliseconds to ask it for one offer."""
    needs = [NeedFacts(**made_up(number)) for number in range(count)]
    began = time.perf_counter()
    board = Board(needs)
    built = time.perf_counter() - began
    asked = []
    for number in range(9):
        offer = OfferFacts(**made_up(number), is_any_country=True)
        began = time.perf_counter()
        board.matches(offer, limit=25)
        asked.append(1000 * (time.perf_counter() - began))
    return built, sorted(asked)[len(asked) // 2]


def all_against_all(offers: int = 500, needs: int = 10_000) -> float:
    """Seconds to rank every made-up offer against every need, as the nightly job does."""
    board = Board([NeedFacts(**made_up(number)) for number in range(needs)])
    asked = [OfferFacts(**made_up(-number), is_any_country=True) for number in range(1, offers + 1)]
    began = time.perf_counter()
    for offer in asked:
        board.matches(offer, limit=5)
    return time.perf_counter() - began


def main() -> None:
    print("Needs for an offer, nDCG@10          tune  held out")
    for name, parts in quality().items():
        print(f"  {name:<32} {parts['tune']:6.3f}    {parts['held_out']:6.3f}")
    languages = quality_by_language()
    print(f"Offers in other languages, nDCG@10  {'     '.join(next(iter(languages.values())))}")
    for name, parts in languages.items():
        print(f"  {name:<32} {'  '.join(f'{score:.3f}' for score in parts.values())}")
    read, alike, kappa = agreement()
    print(f"Judgements read twice: {alike} of {read} alike, weighted kappa {kappa:.2f}")
    built, asked = speed()
    print(f"One offer against 50,000 open needs: {asked:.0f} ms (board built once in {built:.1f} s)")
    print(f"All against all, 500 offers and 10,000 needs: {all_against_all():.1f} s")


if __name__ == "__main__":
    main()
