"""From features to a probability: a small forest that only ever rises with better evidence, read from a file.

`scorer.json` holds the trees, their calibration, the threshold, and how and on what they were fitted
(`manage.py fit_scorer`). Evaluation needs numpy only.
"""

from __future__ import annotations

import hashlib
import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from screening.names.analysis import ANALYSIS_VERSION
from screening.names.features import FEATURES
from screening.names.rarity import FILE as RARITY_FILE

FILE = Path(__file__).with_name("scorer.json")
CODE_VERSION = 2  # raise when the same coefficients would score differently


class Scorer:
    """Trees as complete binary arrays: shape (trees, inner nodes) for the questions, (trees, all nodes) for
    values.

    A value is what the tree would answer at that node, so the steps along a path are each feature's
    contribution.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        if data["features"] != list(FEATURES):
            raise ValueError(f"{FILE.name} was fitted for other features; run manage.py fit_scorer.")
        self.questions = np.array(data["questions"], dtype=np.intp)
        self.thresholds = np.array(data["thresholds"], dtype=np.float64)
        self.values = np.array(data["values"], dtype=np.float64)
        self.slope, self.intercept = data["calibration"]
        self.threshold: float = data["threshold"]
        self.depth = int(math.log2(self.questions.shape[1] + 1))
        self.trees = np.arange(len(self.questions))
        inner = self.questions.shape[1]
        self.asked, self.limits = self.questions.ravel(), self.thresholds.ravel()
        self.roots = self.trees * inner
        self.levels = [2**level - 1 for level in range(1, self.depth)]
        self.flat_values = self.values.ravel()
        self.leaves = self.trees * self.values.shape[1] + inner

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """Log-odds that two names are one subject's, for rows of features: shape (n, features) to (n,)."""
        # All questions at once, then from the root down by position: few, large steps for numpy.
        right = (rows[:, self.asked] > self.limits).astype(np.intp).ravel()
        roots = (np.arange(len(rows)) * len(self.asked))[:, None] + self.roots
        at = right.take(roots)  # 0 left, 1 right: the place within the level below
        for offset in self.levels:
            at = 2 * at + right.take(roots + offset + at)
        return self.slope * self.flat_values.take(self.leaves + at).sum(axis=1) + self.intercept

    def contributions(self, row: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-odds before any evidence and what each feature adds; start + sum equals `logits`."""
        added = np.zeros(len(FEATURES))
        at = np.zeros(len(self.trees), dtype=np.intp)
        start = self.values[self.trees, at].sum()
        for _ in range(self.depth):
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
