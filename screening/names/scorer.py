"""From features to a probability: a small forest that only ever rises with better evidence, read from a file.

`scorer.json` holds the trees, their calibration, the threshold, and how and on what they were fitted
(`manage.py fit_scorer`). Evaluation needs numpy only.
"""

from __future__ import annotations

import hashlib
import json
import math
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
    contribution. For the score alone, the eight leaves of every tree are the bits of a byte: a feature above
    a limit rules out the leaves left of its questions, and the lowest bit left names the tree's answer.
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
        lowest = [0, *((bits & -bits).bit_length() - 1 for bits in range(1, 256))]
        self.answers = self.values[:, inner:].take(lowest, axis=1).ravel()  # by tree and byte of leaves
        self.answers_of = 256 * self.trees

    def _remaining(self) -> list[tuple[int, np.ndarray, np.ndarray]]:
        """(feature, its limits, ascending, the leaves of each tree left above none, one, … of them)."""
        # The leaves left of each inner node of a tree of depth 3, root first.
        left = np.array([0b1111, 0b11, 0b110000, 0b1, 0b100, 0b10000, 0b1000000], dtype=np.uint8)
        found = []
        for feature in range(len(FEATURES)):
            trees, nodes = np.nonzero(self.questions == feature)
            asked = self.thresholds[trees, nodes]
            limits = np.unique(asked)
            leaves = np.full((len(limits) + 1, len(self.trees)), 0xFF, dtype=np.uint8)
            for tree, node, limit in zip(trees, nodes, asked, strict=True):
                leaves[np.searchsorted(limits, limit) + 1 :, tree] &= ~left[node]
            found.append((feature, limits, leaves))
        return [item for item in found if item[1].size]

    def logits(self, rows: Sequence[Sequence[float]]) -> np.ndarray:
        """Log-odds that two names are one subject's, for rows of features: shape (n, features) to (n,)."""
        columns = np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)).T
        leaves = np.full((len(rows), len(self.trees)), 0xFF, dtype=np.uint8)
        for feature, limits, remaining in self.remaining:
            leaves &= remaining.take(np.searchsorted(limits, columns[feature]), axis=0)
        return self.slope * self.answers.take(leaves + self.answers_of).sum(axis=1) + self.intercept

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
