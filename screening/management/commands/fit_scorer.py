"""Fit the coefficients of the name scorer on labelled pairs."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from screening.names.alignment import align
from screening.names.analysis import analyse
from screening.names.features import FEATURES, name_features
from screening.names.scorer import FILE

DEPTH = 4
TREES = 120
FOLDS = 5
ROUNDS = 3  # of choosing each record's best name with the model fitted before
HARD_TO_MATCH = (
    "acronym",
    "unrelated_wording",
)  # true pairs that no name matcher can see; they count a third


class Command(BaseCommand):
    help = (
        "Fit the name scorer on labelled pairs (columns: schema, query_name, candidate_names, label, source, "
        "category, group) and write screening/names/scorer.json with its out-of-group figures. Needs the "
        "packages of the bench group."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pairs", type=Path)
        parser.add_argument("--out", type=Path, default=FILE)

    def handle(self, *args: Any, pairs: Path, out: Path, **options: Any) -> None:
        data = Pairs(pairs)
        figures = {"by group, five folds": data.figures(data.out_of_fold())}
        figures["leaving each source out"] = data.figures(data.leave_sources_out())
        model = data.fit(np.arange(len(data.labels)))
        calibration = data.calibrate()
        threshold = data.threshold(calibration)
        trees = [complete(tree["tree_structure"]) for tree in model.booster_.dump_model()["tree_info"]]
        content = {
            "made_by": f"manage.py fit_scorer {pairs.name}",
            "made_on": str(date.today()),
            "data": data.description(),
            "model": f"{TREES} trees of depth {DEPTH}, Platt-scaled; monotone where FEATURES says so",
            "figures": figures,
            "features": list(FEATURES),
            "calibration": [round(value, 4) for value in calibration],
            "threshold": threshold,
            "questions": [tree[0] for tree in trees],
            "thresholds": [tree[1] for tree in trees],
            "values": [tree[2] for tree in trees],
        }
        out.write_text(
            json.dumps(content, ensure_ascii=False, indent=None).replace('"], "', '"],\n"') + "\n", "utf-8"
        )
        for split, rows in figures.items():
            self.stdout.write(split)
            for name, row in rows.items():
                self.stdout.write(f"  {name:28} " + "  ".join(f"{key} {value}" for key, value in row.items()))


class Pairs:
    """Labelled pairs as features: one row per name of a candidate; a record is as alike as its best name."""

    def __init__(self, path: Path) -> None:
        with path.open(newline="", encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))
        features, owners = [], []
        for number, row in enumerate(self.rows):
            kind = "person" if row["schema"] == "Person" else "organization"
            ours = analyse(row["query_name"], kind)
            for name in json.loads(row["candidate_names"]):
                theirs = analyse(name, kind)
                features.append(name_features(ours, theirs, align(ours, theirs)))
                owners.append(number)
        self.features, self.owners = np.array(features), np.array(owners)
        self.labels = np.array([int(row["label"]) for row in self.rows])
        self.groups = np.array([row["group"] for row in self.rows])
        self.sources = np.array([row["source"].split("/")[0] for row in self.rows])
        self.is_person = np.array([row["schema"] == "Person" for row in self.rows])
        self.is_matchable = np.array([row["category"] not in HARD_TO_MATCH for row in self.rows])
        self.is_cross_script = np.array([row["category"] == "cross_script" for row in self.rows])
        self.raw = np.zeros(len(self.rows))

    def description(self) -> dict[str, Any]:
        return {
            "pairs": len(self.rows),
            "same": int(self.labels.sum()),
            "groups": len(set(self.groups)),
            "sources": dict(Counter(self.sources.tolist())),
        }

    def best(self, score: np.ndarray) -> np.ndarray:
        """For each record the row of its highest-scoring name."""
        order = np.lexsort((-score, self.owners))
        owners = self.owners[order]
        return order[np.r_[True, owners[1:] != owners[:-1]]]

    def fit(self, chosen: np.ndarray) -> Any:
        from lightgbm import LGBMClassifier

        score = self.features[:, 0] + self.features[:, 1] + self.features[:, 2] / 6
        weights = np.where(self.is_matchable, 1.0, 0.3)
        for _ in range(ROUNDS):
            rows = self.features[self.best(score)][chosen]
            model = LGBMClassifier(
                n_estimators=TREES,
                learning_rate=0.06,
                num_leaves=12,
                max_depth=DEPTH,
                min_child_samples=20,
                monotone_constraints=list(FEATURES.values()),
                reg_lambda=5,
                subsample=0.8,
                subsample_freq=1,
                colsample_bytree=0.7,
                boost_from_average=True,
                random_state=0,
                n_jobs=1,
                verbose=-1,
            )
            model.fit(rows, self.labels[chosen], sample_weight=weights[chosen])
            score = model.predict(self.features, raw_score=True)
        return model

    def _raw(self, model: Any, wanted: np.ndarray) -> np.ndarray:
        score = model.predict(self.features, raw_score=True)
        return score[self.best(score)][wanted]

    def out_of_fold(self) -> np.ndarray:
        from sklearn.model_selection import GroupKFold

        raw = np.zeros(len(self.rows))
        for train, test in GroupKFold(FOLDS).split(raw, self.labels, self.groups):
            raw[test] = self._raw(self.fit(train), test)
        self.raw = raw
        return raw

    def leave_sources_out(self) -> np.ndarray:
        raw = np.zeros(len(self.rows))
        for source in sorted(set(self.sources)):
            test = np.flatnonzero(self.sources == source)
            raw[test] = self._raw(self.fit(np.flatnonzero(self.sources != source)), test)
        return raw

    def calibrate(self) -> tuple[float, float]:
        """Slope and intercept that turn out-of-fold margins into log-odds (Platt)."""
        from sklearn.linear_model import LogisticRegression

        chosen = self.is_matchable
        platt = LogisticRegression(C=1e6).fit(self.raw[chosen, None], self.labels[chosen])
        return float(platt.coef_[0, 0]), float(platt.intercept_[0])

    def threshold(self, calibration: tuple[float, float]) -> float:
        return 0.5

    def figures(self, raw: np.ndarray) -> dict[str, dict[str, float]]:
        """AUC, best F1, recall at 95 % precision for the matchable pairs: all, per kind, per source."""
        parts = {"matchable": self.is_matchable}
        parts["persons"] = self.is_matchable & self.is_person
        parts["organizations"] = self.is_matchable & ~self.is_person
        for source in sorted(set(self.sources)):
            parts[source] = self.is_matchable & (self.sources == source)
        return {name: figures(raw[mask], self.labels[mask]) for name, mask in parts.items()}


def figures(score: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import precision_recall_curve, roc_auc_score

    if len(set(labels.tolist())) < 2:
        return {"pairs": len(labels)}
    precision, recall, _ = precision_recall_curve(labels, score)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return {
        "pairs": len(labels),
        "auc": round(float(roc_auc_score(labels, score)), 3),
        "best_f1": round(float(f1.max()), 3),
        "recall_at_precision_95": round(float(recall[precision >= 0.95].max()), 3),
    }


def complete(root: dict[str, Any]) -> tuple[list[int], list[float], list[float]]:
    """A tree as a complete binary one of DEPTH: question and threshold per inner node, value per node.

    A branch that ends early asks nothing (threshold above every value) and keeps its value down to the leaf.
    """
    questions = [0] * (2**DEPTH - 1)
    thresholds = [1e9] * (2**DEPTH - 1)
    values = [0.0] * (2 ** (DEPTH + 1) - 1)

    def fill(node: dict[str, Any], place: int) -> None:
        values[place] = round(node.get("internal_value", node.get("leaf_value", 0.0)), 5)
        if place >= len(questions):
            return
        if "split_feature" in node:
            questions[place] = node["split_feature"]
            thresholds[place] = round(node["threshold"], 5)
            fill(node["left_child"], 2 * place + 1)
            fill(node["right_child"], 2 * place + 2)
        else:
            fill(node, 2 * place + 1)

    fill(root, 0)
    return questions, thresholds, values
