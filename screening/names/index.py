"""Candidates for a name among very many: an inverted index in numpy arrays, kept in one file that every
worker maps.

Each listed name has keys: its words, sounds, roots, meanings, initials, the roots of a person's neighbouring
words written together, and the rarest letter triples of the whole name. A query adds up the rarity of the
keys it shares with each name; the best names are then compared word by word. Identifiers are keys too, so an
equal registry number is found under any name.

The file is a JSON header (names, types, shapes and places of the arrays) followed by the arrays, 64-byte
aligned.
"""

from __future__ import annotations

import json
import math
import os
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from screening.lists.model import KINDS, Entry, Identifier, ListedName, PartialDate
from screening.names.analysis import ANALYSIS_VERSION, AnalysedName, analyse, analyse_all, variants
from screening.names.attributes import most_added, normal
from screening.names.matching import (
    Listed,
    Match,
    Subject,
    compare_many,
    compare_pairs,
    compared,
    kinds_meet,
    log_odds,
    name_kind,
)
from screening.names.romanise import ARTICLE, coarse_roots, once
from screening.names.scorer import scorer

MAGIC = b"CGNAMES4"
KEYS_VERSION = f"4.{ANALYSIS_VERSION}"  # raise the first number when a name gets other keys
GRAMS_KEPT = 12  # rarest letter triples of a name
POSTINGS_BUDGET = 28_000  # names looked at for one query name, rarest keys first: 3 ms at a million names
NAMES_COMPARED = 80  # candidates that are compared word by word, per query name; more where there are many
# Of a thousand pairs at or above the threshold one shares less of the query's keys, by their worth; of all
# candidates nearly half do.
SHARE_NEEDED = 0.065

# What sharing a key of each sort is worth beside its rarity.
_WORTH = {"w": 1.0, "s": 0.5, "r": 0.6, "m": 0.6, "i": 0.5, "q": 1.0, "g": 0.35, "j": 0.6, "c": 0.6}


class IndexFormatError(ValueError):
    """The file is not an index, or was built by other code; build it again."""


def keys_of(name: AnalysedName) -> tuple[list[tuple[int, float]], list[int]]:
    """(key, worth) of a name's words, sounds, roots, meanings and initials, and those of `_across_scripts`.

    And the keys of its letter triples.
    """
    found: dict[str, float] = {}
    for word, sound, root in zip(name.words, name.sounds, name.roots, strict=True):
        found["w" + word] = _WORTH["w"]
        if len(sound) > 1:
            found["s" + sound] = _WORTH["s"]
        if len(root) > 1:
            found["r" + root] = _WORTH["r"]
    for symbol, _ in name.spans:
        found["m" + symbol] = _WORTH["m"]
    if len(name.words) == 1 and len(name.words[0]) <= 6:
        found["i" + name.words[0]] = _WORTH["i"]
    elif len(name.words) > 2:
        found["i" + name.initials] = _WORTH["i"]
    found["q" + "".join(sorted(name.squashed))] = _WORTH["q"]
    if name.kind == "person":
        for key in _across_scripts(name):
            found[key] = _WORTH[key[0]]
    padded = f"^{name.squashed}$"
    grams = {crc32(b"g" + padded[at : at + 3].encode()) for at in range(len(padded) - 2)}
    return [(crc32(key.encode()), worth) for key, worth in found.items()], sorted(grams)


def _across_scripts(name: AnalysedName) -> Iterator[str]:
    """Keys that a person's name keeps in other letters, wherever its words part: "حمد الله", "Hamdullah".

    "j": the coarse roots of each word, and of each two neighbours together; "c": those of the whole name.
    """
    roots = [coarse_roots(word, shown) for word, shown in zip(name.words, name.shown, strict=True)]
    for mine in roots:
        yield from ("j" + root for root in mine if len(root) > 2)
    for (first, second), shown in zip(pairwise(roots), name.shown[1:], strict=False):
        for left, right in product(first, second):
            if left and right:
                yield "j" + once(left + right)
                if shown.startswith(ARTICLE):  # "عبد العزيز" is "Abd al-Aziz" and "Abdulaziz"
                    yield "j" + once(left + "L" + right)
    if len(roots) > 1:
        yield "c" + "".join(sorted(mine[0] for mine in roots))


def identifier_keys(identifiers: Iterable[Identifier]) -> list[int]:
    plain = (normal(item.type, item.value)[1] for item in identifiers)
    return [crc32(b"d" + value.encode()) for value in plain if len(value) >= 5]


@dataclass(frozen=True, slots=True)
class NameKeys:
    """What a name of an entry is found by: keys, letter triples; `lines`: it taken apart, by variant."""

    keys: Sequence[int]
    triples: Sequence[int]
    lines: bytes

    def packed(self) -> bytes:
        sizes = struct.pack("<3I", len(self.keys), len(self.triples), len(self.lines))
        return sizes + np.array([*self.keys, *self.triples], "<u4").tobytes() + self.lines


def keys_of_entry(entry: Entry) -> list[NameKeys]:
    """The keys of each name of an entry, in their order. Takes about 100 µs a name."""
    kind = "person" if entry.kind == "person" else "organization"
    ids = identifier_keys(entry.identifiers)
    found = []
    for name in entry.names:
        mine, triples, lines = list(ids), [], b""
        for variant in variants(name.text):
            analysed = analyse(variant, kind)
            keys, more = keys_of(analysed)
            mine += [key for key, _ in keys]
            triples += more
            lines += analysed.packed() + b"\n"
        found.append(NameKeys(sorted(set(mine)), sorted(set(triples)), lines))
    return found


def unpacked_keys(data: bytes) -> list[NameKeys]:
    """What `NameKeys.packed` wrote, one name after the other."""
    found, at = [], 0
    while at < len(data):
        keys, triples, lines = struct.unpack_from("<3I", data, at)
        numbers = np.frombuffer(data, "<u4", keys + triples, at + 12).tolist()
        at += 12 + 4 * (keys + triples) + lines
        found.append(NameKeys(numbers[:keys], numbers[keys:], data[at - lines : at]))
    return found


Indexed = tuple[str, Entry] | tuple[str, Entry, Sequence[NameKeys]]


class Index:
    """Read-only once built. Thread-safe; workers that `open` the same file share its pages."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = arrays
        self.keys, self.starts, self.postings = arrays["keys"], arrays["starts"], arrays["postings"]
        self.entry_of, self.kind_of, self.norms = arrays["entry_of"], arrays["kind_of"], arrays["norms"]
        self.first_name = arrays["first_name"]
        self.listed = lru_cache(maxsize=512)(self._listed)

    @property
    def names_count(self) -> int:
        return len(self.entry_of)

    @property
    def entries_count(self) -> int:
        return len(self.arrays["entry_starts"]) - 1

    @classmethod
    def build(cls, entries: Iterable[Indexed]) -> Index:
        """Index (list code, entry) in memory. An entry may bring its keys, which are most of the work."""
        blob, taken_apart = bytearray(), bytearray()
        entry_starts, first_name, name_starts = [0], [0], [0]
        entry_of: list[int] = []
        kind_of: list[int] = []
        strong, grams = _Pairs(), _Pairs()
        for number, (code, entry, *known) in enumerate(entries):
            listed = Listed.from_entry(entry, code)
            blob += _pack(listed)
            entry_starts.append(len(blob))
            for name in known[0] if known else keys_of_entry(entry):
                place = len(entry_of)
                taken_apart += name.lines
                name_starts.append(len(taken_apart))
                strong.add(name.keys, place)
                grams.add(name.triples, place)
                entry_of.append(number)
                kind_of.append(KINDS.index(entry.kind))
            first_name.append(len(entry_of))
        names = len(entry_of)
        pairs = np.concatenate([strong.sorted(), _rarest(grams.sorted(), names)])
        pairs.sort()
        postings = (pairs & 0xFFFFFFFF).astype(np.uint32)
        hashes, starts = np.unique(pairs >> 32, return_index=True)
        starts = np.append(starts, len(pairs))
        sizes = np.diff(starts)
        norms = np.bincount(postings, np.repeat(_idf(sizes, names) ** 2, sizes), minlength=names)
        return cls(
            {
                "keys": hashes.astype(np.uint32),
                "starts": starts.astype(np.int64),
                "postings": postings,
                "entry_of": np.array(entry_of, dtype=np.uint32),
                "kind_of": np.array(kind_of, dtype=np.uint8),
                "norms": np.sqrt(norms).astype(np.float32),
                "first_name": np.array(first_name, dtype=np.uint32),
                "entry_starts": np.array(entry_starts, dtype=np.int64),
                "blob": np.frombuffer(bytes(blob), dtype=np.uint8),
                "name_starts": np.array(name_starts, dtype=np.int64),
                "names": np.frombuffer(bytes(taken_apart), dtype=np.uint8),
            }
        )

    def save(self, path: Path) -> None:
        """Write the index beside its place and move it there, so that a reader never sees half a file."""
        head: dict[str, Any] = {"analysis_version": ANALYSIS_VERSION, "arrays": {}}
        place = 0
        for name, values in self.arrays.items():
            head["arrays"][name] = [values.dtype.str, len(values), place]
            place += -(-values.nbytes // 64) * 64
        text = json.dumps(head).encode()
        text += b" " * (-(len(MAGIC) + 8 + len(text)) % 64)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.write(MAGIC + struct.pack("<Q", len(text)) + text)
            for values in self.arrays.values():
                values.tofile(file)
                file.write(b"\0" * (-values.nbytes % 64))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @classmethod
    def open(cls, path: Path) -> Index:
        """Map a file that `save` wrote.

        Raises IndexFormatError for anything else, OSError if it cannot be read.
        """
        if path.stat().st_size < 64:
            raise IndexFormatError(f"{path.name} is not an index file.")
        # A plain array over the mapping: slices of a memmap cost ten times as much.
        raw = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
        if bytes(raw[: len(MAGIC)]) != MAGIC:
            raise IndexFormatError(f"{path.name} is not an index file.")
        (length,) = struct.unpack("<Q", bytes(raw[len(MAGIC) : len(MAGIC) + 8]))
        base = len(MAGIC) + 8 + length
        try:
            head = json.loads(bytes(raw[len(MAGIC) + 8 : base]))
        except ValueError as error:
            raise IndexFormatError(f"{path.name} is cut off.") from error
        if head["analysis_version"] != ANALYSIS_VERSION:
            raise IndexFormatError(f"{path.name} was built by another version of the name analysis.")
        arrays = {}
        for name, (kind, count, place) in head["arrays"].items():
            size = np.dtype(kind).itemsize * count
            if base + place + size > len(raw):
                raise IndexFormatError(f"{path.name} is cut off.")
            arrays[name] = raw[base + place : base + place + size].view(kind)
        return cls(arrays)

    def _listed(self, entry: int) -> Listed:
        starts = self.arrays["entry_starts"]
        return _unpack(bytes(self.arrays["blob"][starts[entry] : starts[entry + 1]]))

    def _analysed(self, name: int, text: str) -> tuple[AnalysedName, ...]:
        starts = self.arrays["name_starts"]
        lines = bytes(self.arrays["names"][starts[name] : starts[name + 1]]).splitlines()
        return tuple([AnalysedName.unpacked(line, text) for line in lines])

    @property
    def names_compared(self) -> int:
        """Per query name: the more names there are, the more look alike. 90 of 300,000, 200 of a million."""
        return max(NAMES_COMPARED, round(self.names_count ** (2 / 3) / 50))

    def candidates(self, subject: Subject, limit: int | None = None) -> dict[int, set[int]]:
        """Entry number to the numbers of its names that share most with the subject."""
        limit = limit or self.names_compared
        found: dict[int, set[int]] = {}
        kind = "person" if subject.kind == "person" else "organization"
        for asked in (asked for text in subject.names for asked in analyse_all(text, kind)):
            for name in self._candidate_names(asked, subject.kind, limit):
                found.setdefault(int(self.entry_of[name]), set()).add(int(name))
        for key in identifier_keys(subject.identifiers):
            for name in self._posting(key)[:limit]:
                found.setdefault(int(self.entry_of[name]), set()).add(int(name))
        return found

    def _posting(self, key: int) -> np.ndarray:
        at = int(np.searchsorted(self.keys, np.uint32(key)))
        if at == len(self.keys) or self.keys[at] != key:
            return self.postings[:0]
        return self.postings[self.starts[at] : self.starts[at + 1]]

    def _candidate_names(self, asked: AnalysedName, kind: str, limit: int) -> np.ndarray:
        keys, grams = keys_of(asked)
        wanted = np.array([key for key, _ in keys] + grams, dtype=np.uint32)
        worth = np.array([value for _, value in keys] + [_WORTH["g"]] * len(grams))
        at = np.searchsorted(self.keys, wanted)
        at[at == len(self.keys)] = 0
        known = (self.keys[at] == wanted) if len(self.keys) else np.zeros(len(wanted), bool)
        unseen = worth[~known].sum() * _idf(np.ones(1), self.names_count)[0] ** 2
        at, worth = at[known], worth[known]
        sizes = self.starts[at + 1] - self.starts[at]
        order = np.argsort(sizes)
        keep = order[np.cumsum(sizes[order]) <= POSTINGS_BUDGET]
        if not len(keep):
            keep = order[:1]
        if not len(keep):
            return self.postings[:0]
        all_gains = worth * _idf(sizes, self.names_count) ** 2
        names = np.concatenate([self.postings[self.starts[key] : self.starts[key + 1]] for key in at[keep]])
        gains = np.repeat(all_gains[keep].astype(np.float32), sizes[keep])
        # Name and gain in one number each: plain numbers sort faster than one list by another.
        pairs = names.astype(np.uint64) << np.uint64(32) | gains.view(np.uint32)
        pairs.sort()
        names, gains = (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32).view(np.float32)
        firsts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
        totals = np.add.reduceat(gains, firsts)
        names = names[firsts]
        alike = totals >= SHARE_NEEDED * (all_gains.sum() + unseen)
        names, totals = names[alike], totals[alike]
        meets = np.array([kinds_meet(kind, other) for other in KINDS])[self.kind_of[names]]
        names, totals = names[meets], totals[meets] / np.sqrt(self.norms[names[meets]] + 1.0)
        if len(names) > limit:
            names = names[np.argpartition(-totals, limit)[:limit]]
        return names

    def search(self, subject: Subject, limit: int = 50, threshold: float | None = None) -> list[Match]:
        """Listed parties that resemble a subject, best first, rarer names first among equals.

        `threshold` is the lowest score to report; None takes the shipped one.
        """
        floor = scorer().threshold if threshold is None else threshold
        parties = [self._party(*found) for found in self._promising(subject, floor).items()]
        matches = compare_many(subject, parties, threshold=floor)
        matches.sort(key=lambda match: (-match.score, -match.evidence, match.list_code, match.source_id))
        return matches[:limit]

    def _promising(self, subject: Subject, floor: float, *, reverse: bool = False) -> dict[int, set[int]]:
        """Those candidates whose names, with all that facts may add, can score as much as `floor`.

        Few can; only they are read with everything that is known of them. `reverse`: it is the parties of
        this index that ask, and the subject whom they are compared with.
        """
        found = self.candidates(subject)
        if floor <= 0:
            return found
        promising = {
            int(self.entry_of[name])
            for key in identifier_keys(subject.identifiers)
            for name in self._posting(key)
        }
        asked: dict[str, list[AnalysedName]] = {}
        entries: list[int] = []
        names: list[tuple[AnalysedName, AnalysedName]] = []
        for entry, places in found.items():
            kind = name_kind(subject.kind, KINDS[self.kind_of[self.first_name[entry]]])
            if kind not in asked:
                asked[kind] = [one for text in subject.names for one in analyse_all(text, kind) if one.words]
            for theirs in (theirs for place in places for theirs in self._analysed(place, "")):
                if theirs.kind != kind:  # taken apart as another kind of name than it is compared as
                    promising.add(entry)
                for ours in asked[kind] if theirs.words else ():
                    entries.append(entry)
                    names.append((theirs, ours) if reverse else (ours, theirs))
        need = log_odds(floor) - most_added(subject.dates, subject.countries)
        logits, _, _ = compared(names)
        promising.update(entry for entry, logit in zip(entries, logits, strict=True) if logit >= need)
        return {entry: places for entry, places in found.items() if entry in promising}

    def _party(self, entry: int, names: set[int]) -> Listed:
        """A listed party with those of its names that are candidates."""
        listed, first = self.listed(entry), int(self.first_name[entry])
        chosen = tuple([listed.names[name - first] for name in sorted(names)])
        analysed = tuple([self._analysed(name, listed.names[name - first].text) for name in sorted(names)])
        return replace(listed, names=chosen, analysed=analysed)

    def met_by(self, listed: Listed) -> list[str]:
        """Where this index holds subjects: the ids of those that have the listed party as a hit.

        The score is that of the subject's own search; only who is compared is found from the other side.
        """
        names = tuple(name.text for name in listed.names)
        asked = Subject(listed.kind, names, listed.countries, listed.identifiers, listed.dates)
        floor = scorer().threshold
        parties = [self._party(*found) for found in self._promising(asked, floor, reverse=True).items()]
        pairs = [
            (
                Subject(
                    party.kind,
                    tuple(name.text for name in party.names),
                    party.countries,
                    party.identifiers,
                    party.dates,
                    party.analysed,
                ),
                listed,
            )
            for party in parties
        ]
        return [
            party.source_id
            for party, match in zip(parties, compare_pairs(pairs), strict=True)
            if match.score >= floor
        ]

    def parties(self) -> Iterator[Listed]:
        """Every listed party, in the order of the build."""
        return (self._listed(entry) for entry in range(self.entries_count))


def _idf(sizes: np.ndarray, names: int) -> np.ndarray:
    return np.log1p(names / np.maximum(sizes, 1)) / math.log1p(max(names, 2))


class _Pairs:
    """(key, number of a name), eight bytes each, as they come."""

    def __init__(self) -> None:
        self.keys, self.names = array("I"), array("I")

    def add(self, keys: Iterable[int], name: int) -> None:
        before = len(self.keys)
        self.keys.extend(keys)
        self.names.extend([name] * (len(self.keys) - before))

    def sorted(self) -> np.ndarray:
        """key << 32 | name, ascending."""
        pairs = np.frombuffer(self.keys, np.uint32).astype(np.uint64) << 32
        pairs |= np.frombuffer(self.names, np.uint32)
        pairs.sort()
        return pairs


def _rarest(pairs: np.ndarray, names: int) -> np.ndarray:
    """Of all sorted triples, those that are among the GRAMS_KEPT rarest of their name."""
    _, starts = np.unique(pairs >> 32, return_index=True)
    sizes = np.diff(np.append(starts, len(pairs)))
    # By name, then by how many share the triple, then by the triple: where each pair stands in its name.
    name_of = pairs & 0xFFFFFFFF
    order = np.argsort(name_of << 32 | np.repeat(sizes, sizes).astype(np.uint64), kind="stable")
    lengths = np.bincount(name_of.astype(np.int64), minlength=names)
    rank = np.arange(len(pairs)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return pairs[order[rank < GRAMS_KEPT]]


def _pack(listed: Listed) -> bytes:
    return json.dumps(
        [
            listed.list_code,
            listed.source_id,
            listed.kind,
            [[name.text, name.type, name.language, name.script, name.field] for name in listed.names],
            listed.countries,
            [[item.type, item.value, item.country, item.text, item.field] for item in listed.identifiers],
            [[str(day.first), str(day.last), day.text, day.approximate] for day in listed.dates],
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _unpack(data: bytes) -> Listed:
    code, source_id, kind, names, countries, identifiers, dates = json.loads(data)
    return Listed(
        code,
        source_id,
        kind,
        tuple(ListedName(*name) for name in names),
        tuple(countries),
        tuple(Identifier(*item) for item in identifiers),
        tuple(
            PartialDate(date.fromisoformat(first), date.fromisoformat(last), text, about)
            for first, last, text, about in dates
        ),
    )
