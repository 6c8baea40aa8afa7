"""From features to a probability: a small forest that only ever rises with better evidence, read from a file.

`scorer.json` holds the trees, their calibration, the threshold, and how and on what they were fitted
(`manage.py fit_scorer`). Evaluation needs numpy only.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from screening.names.analysis import ANALYSIS_VERSION
from screening.names.features import FEATURES
from screening.names.rarity import FILE as RARITY_FILE

FILE = Path(__file__).with_name("scorer.json")
DEPTH = 3  # of every tree: eight leaves, one byte
CODE_VERSION = 3  # raise when the same coefficients would score differently


class Scorer:
    """Trees as complete binary arrays: shape (trees, inner nodes) for the questions, (trees, all nodes) for
    values.

    A value is what the tree would answer at that node, so the steps along a path are each feature's
    contribution. For the score alone, every leaf of every tree is one bit of a long integer: a feature above
    a limit rules out the leaves left of its questions, and what is left of a tree's bits names its answer.
    Source: Lucchese et al., QuickScorer, SIGIR 2015.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        if data["features"] != list(FEATURES):
            raise ValueError(f"{FILE.name} was fitted for other features; run manage.py fit_scorer.")
        self.questions = np.array(data["questions"], dtype=np.intp)
        self.thresholds = np.array(data["thresholds"], dtype=np.float64)
        self.values = np.array(data["values"], dtype=np.float64)
        self.slope, self.intercept = data["calibration"]
        self.threshold: float = data["threshold"]
        inner = self.questions.shape[1]
        if inner != 2**DEPTH - 1:
            raise ValueError(f"{FILE.name} has trees of another depth than {DEPTH}.")
        self.trees = np.arange(len(self.questions))
        self.remaining = self._remaining()
        self.lowest = np.array(
            [0, *((bits & -bits).bit_length() - 1 for bits in range(1, 256))], dtype=np.intp
        )
        self.answers = self.values[:, inner:].ravel()
        self.answer_of = self.trees * 2**DEPTH

    def _remaining(self) -> list[tuple[list[float], list[int]]]:
        """For each feature: its limits, ascending, and the leaves left above none, one, … of them."""
        asked: list[list[tuple[float, int]]] = [[] for _ in FEATURES]
        # The leaves left of each inner node of a tree of depth 3, root first.
        left = (0b00001111, 0b00000011, 0b00110000, 0b00000001, 0b00000100, 0b00010000, 0b01000000)
        for tree, (questions, limits) in enumerate(zip(self.questions, self.thresholds, strict=True)):
            for feature, limit, leaves in zip(questions, limits, left, strict=True):
                asked[feature].append((float(limit), leaves << (8 * tree)))
        found = []
        for limits_of in asked:
            masks = [(1 << (8 * len(self.trees))) - 1]
            known: list[float] = []
            for limit, leaves in sorted(limits_of):
                if known and known[-1] == limit:
                    masks[-1] &= ~leaves
                else:
                    known.append(limit)
                    masks.append(masks[-1] & ~leaves)
            found.append((known, masks))
        return found

    def logits(self, rows: Sequence[Sequence[float]]) -> np.ndarray:
        """Log-odds that two names are one subject's, for rows of features: shape (n, features) to (n,)."""
        count, width = len(rows), len(self.trees)
        bits = b"".join([self._leaves(row).to_bytes(width, "little") for row in rows])
        at = self.lowest.take(np.frombuffer(bits, np.uint8)).reshape(count, width) + self.answer_of
        return self.slope * self.answers.take(at).sum(axis=1) + self.intercept

    def _leaves(self, row: Sequence[float]) -> int:
        left = -1
        for (limits, masks), value in zip(self.remaining, row, strict=True):
            left &= masks[bisect_left(limits, value)]
        return left

    def contributions(self, row: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-odds before any evidence and what each feature adds; start + sum equals `logits`."""
        added = np.zeros(len(FEATURES))
        at = np.zeros(len(self.trees), dtype=np.intp)
        start = self.values[self.trees, at].sum()
        for _ in range(DEPTH):
            question = self.questions[self.trees, at]
            following = 2 * at + 1 + (row[question] > self.thresholds[self.trees, at])
            np.add.at(added, question, self.values[self.trees, following] - self.values[self.trees, at])
            at = following
        return self.slope * start + self.intercept, self.slope * added


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    """The committed scorer, read once per process."""
    return Scorer(json.loads(FILE.read_text("utf-8")))


def probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _version() -> str:
    digest = hashlib.sha256(FILE.read_bytes() + RARITY_FILE.read_bytes()).hexdigest()[:10]
    return f"{ANALYSIS_VERSION}.{CODE_VERSION}-{digest}"


# Changes with the code or the coefficients: results of another version are not comparable.
MATCHER_VERSION = _version()
