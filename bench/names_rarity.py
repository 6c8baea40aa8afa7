"""Make screening/names/rarity.json: how telling a word is in the name of a person or an organization.

A word's weight falls with the share of listed parties that carry it; common English words weigh less in
names of organizations even where the lists do not show it. Sources: the names on the UN, OFAC and Canadian
lists (free or public domain; only counts of words are kept) and the SCOWL word lists, sizes 10 to 35
(permissive licence).

    python -m bench.names_rarity LISTS_FOLDER SCOWL_FOLDER
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from screening.lists import importers
from screening.names.analysis import words_of
from screening.names.rarity import FILE

SEEN_AT_LEAST = 4  # parties; a word carried by fewer is as rare as an unknown one
FLOOR = 0.05
ENGLISH = {10: 0.6, 20: 0.65, 35: 0.75}  # SCOWL size: the most a word of it can weigh


def parties(lists: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for importer, path in (
        ("un_xml", lists / "un" / "un_consolidated_2026-02-27.xml"),
        ("ofac_csv", lists / "ofac"),
        ("canada_xml", lists / "other" / "canada_sema_2025-05.xml"),
    ):
        for entry in importers.read(importer, path):
            if entry.kind in ("person", "organization"):
                yield f"{importer}:{entry.source_id}", entry.kind, tuple(name.text for name in entry.names)


def main(lists: Path, scowl: Path) -> None:
    carriers: dict[str, dict[str, set[str]]] = {"person": defaultdict(set), "organization": defaultdict(set)}
    for party, kind, names in parties(lists):
        for name in names:
            for word in words_of(name, kind):
                carriers[kind][word].add(party)
    weights: dict[str, dict[str, float]] = {}
    for kind, words in carriers.items():
        count = len(set().union(*words.values()))
        weights[kind] = {
            word: round(min(1.0, max(FLOOR, math.log(count / len(seen)) / math.log(count / 3))), 2)
            for word, seen in words.items()
            if len(seen) >= SEEN_AT_LEAST and len(word) > 1
        }
    for size, most in sorted(ENGLISH.items(), reverse=True):
        for word in (scowl / f"english-words.{size}").read_text("latin-1").split():
            if word.isascii() and word.isalpha() and len(word) > 2:
                known = weights["organization"].get(word, 1.0)
                weights["organization"][word] = min(known, most)
    content: dict[str, object] = {
        "made_by": "bench/names_rarity.py",
        "from": "words in the names on the UN, OFAC and Canadian lists; SCOWL word lists 10 to 35",
    }
    for kind, known in weights.items():
        by_weight: dict[float, list[str]] = defaultdict(list)
        for word, weight in sorted(known.items()):
            by_weight[weight].append(word)
        content[kind] = {str(weight): " ".join(words) for weight, words in sorted(by_weight.items())}
    FILE.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        print("names_rarity: writes a file of the product, so it runs only with its two folders named.")
