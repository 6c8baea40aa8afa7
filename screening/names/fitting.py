"""Fit the coefficients of the scorer on labelled pairs and on names that must not meet.

Needs the bench group.

Three kinds of examples: labelled pairs of a CSV; ordinary companies against the listed names nearest to
them; and listed people against other listed people with clearly other birth dates. Whatever belongs to one
subject shares a group, and a group is never on both sides of a split.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np

from screening.lists.model import Entry
from screening.names.alignment import align
from screening.names.analysis import AnalysedName, analyse_all
from screening.names.features import FEATURES, name_features
from screening.names.index import Index
from screening.names.matching import Subject

DEPTH = 3
TREES = 220
FOLDS = 5
ROUNDS = 3  # of choosing each record's best name with the model fitted before
SEED = 20260227

# True pairs that no comparison of names can see; they count a third.
HARD_TO_MATCH = ("acronym", "unrelated_wording")
UNMATCHABLE_WEIGHT = 0.3
# Screening meets far more unlike names than like ones; these weights hold the false alerts down.
STRANGER_WEIGHTS = {"companies": 0.15, "people": 0.05, "invented": 0.08}
COMPANIES_TAKEN = 5000
PEOPLE_TAKEN = 2000
INVENTED_TAKEN = 3000
NEAREST_TAKEN = 6  # listed names per company
YEARS_APART = 3  # of birth: closer people may be one

Array = np.ndarray


class Examples:
    """Rows of features; a record has one row per pair of names and is as alike as its best row."""

    def __init__(self) -> None:
        self.features: list[list[float]] = []
        self.owners: list[int] = []
        self.labels: list[int] = []
        self.groups: list[str] = []
        self.sources: list[str] = []
        self.weights: list[float] = []
        self.is_person: list[bool] = []
        self.is_matchable: list[bool] = []
        self.is_cross_script: list[bool] = []

    def add(
        self,
        ours: Iterable[AnalysedName],
        theirs: Iterable[AnalysedName],
        *,
        label: int,
        group: str,
        source: str,
        weight: float,
        category: str = "",
    ) -> None:
        ours = list(ours)
        number = len(self.labels)
        rows = [name_features(mine, its, align(mine, its)) for its in theirs for mine in ours]
        self.features += rows
        self.owners += [number] * len(rows)
        self.labels.append(label)
        self.groups.append(group)
        self.sources.append(source)
        self.weights.append(weight * (UNMATCHABLE_WEIGHT if category in HARD_TO_MATCH else 1.0))
        self.is_person.append(ours[0].kind == "person")
        self.is_matchable.append(category not in HARD_TO_MATCH)
        self.is_cross_script.append(category == "cross_script")

    def add_strangers_of(
        self, ours: list[AnalysedName], nearest: list[AnalysedName], group: str, source: str
    ) -> None:
        for theirs in nearest:
            self.add(ours, [theirs], label=0, group=group, source=source, weight=STRANGER_WEIGHTS[source])


def _names(texts: Iterable[str], kind: str) -> list[AnalysedName]:
    return [analysed for text in texts for analysed in analyse_all(text, kind)]


def add_pairs(examples: Examples, path: Path) -> None:
    """Labelled pairs: columns schema, query_name, candidate_names, label, source, category, group."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kind = "person" if row["schema"] == "Person" else "organization"
            examples.add(
                _names([row["query_name"]], kind),
                _names(json.loads(row["candidate_names"]), kind),
                label=int(row["label"]),
                group=row["group"],
                source=row["source"].split("/")[0],
                weight=1.0,
                category=row["category"],
            )


def add_strangers(
    examples: Examples, entries: list[tuple[str, Entry]], companies: list[str], left_out: set[str]
) -> None:
    """Pairs that must not meet, each subject with the listed names nearest to it.

    Ordinary companies; listed people against people born in other years; and invented people, made of a
    given and a family name of two listed people of one nationality.
    """
    chance = random.Random(SEED)  # noqa: S311 - a repeatable sample, no secret
    index = Index.build(entries)
    listed = [entry for _, entry in entries]
    for company in chance.sample(sorted(companies), min(len(companies), COMPANIES_TAKEN)):
        ours = _names([company], "organization")
        if left_out.isdisjoint(name.squashed for name in ours):
            nearest = _nearest(index, listed, ours, Subject("organization", (company,)))
            examples.add_strangers_of(ours, nearest[:NEAREST_TAKEN], f"company:{company}", "companies")
    people = [entry for _, entry in entries if entry.kind == "person" and entry.dates]
    for entry in chance.sample(people, min(len(people), PEOPLE_TAKEN)):
        name = chance.choice([name for name in entry.names if name.type != "weak"] or list(entry.names)).text
        ours = _names([name], "person")
        strangers = {
            number
            for number, other in enumerate(listed)
            if other.kind == "person" and _born_apart(other, entry)
        }
        nearest = _nearest(index, listed, ours, Subject("person", (name,)), strangers)
        examples.add_strangers_of(ours, nearest[:2], f"person:{entry.source_id}", "people")
    for name in _invented(people, chance):
        ours = _names([name], "person")
        nearest = _nearest(index, listed, ours, Subject("person", (name,)))
        examples.add_strangers_of(ours, nearest[:2], f"invented:{name}", "invented")


def _invented(people: list[Entry], chance: random.Random) -> list[str]:
    by_country: dict[str, list[list[str]]] = defaultdict(list)
    for entry in people:
        words = entry.primary_name.split()
        if entry.nationalities and len(words) > 1:
            by_country[entry.nationalities[0].iso2].append(words)
    countries = sorted(country for country, names in by_country.items() if len(names) > 5)
    found: set[str] = set()
    while len(found) < INVENTED_TAKEN:  # countries weigh the same, so that no single one teaches everything
        one, other = chance.sample(by_country[chance.choice(countries)], 2)
        found.add(f"{one[0]} {other[-1]}")
    return sorted(found)


def _nearest(
    index: Index,
    listed: list[Entry],
    ours: list[AnalysedName],
    subject: Subject,
    allowed: set[int] | None = None,
) -> list[AnalysedName]:
    """Listed names that resemble the subject most; the same name is left out, for it may be the subject."""
    same = {name.squashed for name in ours}
    theirs = []
    for number, names in index.candidates(subject).items():
        if allowed is None or number in allowed:
            first = int(index.first_name[number])
            theirs += _names([listed[number].names[name - first].text for name in names], subject.kind)
    theirs = [name for name in theirs if name.words and name.squashed not in same]
    rows = [(name_features(mine, its, align(mine, its)), its) for its in theirs for mine in ours]
    if not rows:
        return []
    guesses = first_guess(np.array([row for row, _ in rows]))
    order = sorted(range(len(rows)), key=lambda at: (-guesses[at], rows[at][1].original))
    return list(dict.fromkeys(rows[at][1] for at in order))


def _born_apart(one: Entry, other: Entry) -> bool:
    return bool(one.dates) and all(
        abs(mine.first.year - its.first.year) >= YEARS_APART for mine in one.dates for its in other.dates
    )


def first_guess(rows: Array) -> Array:
    """How alike names look before any model: both coverages, a little of the evidence, initials."""
    return rows[:, 0] + rows[:, 1] + rows[:, 2] / 6 + rows[:, _ACRONYM]


_ACRONYM = list(FEATURES).index("acronym")


class Fit:
    """The examples as arrays, and every model fitted on parts of them."""

    def __init__(self, examples: Examples) -> None:
        self.features, self.owners = np.array(examples.features), np.array(examples.owners)
        self.labels, self.weights = np.array(examples.labels), np.array(examples.weights)
        self.groups, self.sources = np.array(examples.groups), np.array(examples.sources)
        self.is_person, self.is_matchable = np.array(examples.is_person), np.array(examples.is_matchable)
        self.is_cross_script = np.array(examples.is_cross_script)
        self.is_pair = ~np.isin(self.sources, list(STRANGER_WEIGHTS))
        self.folds = np.array(
            [int(md5(group.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS for group in self.groups]
        )

    def best(self, score: Array) -> Array:
        """For each record the row of its highest-scoring pair of names."""
        order = np.lexsort((-score, self.owners))
        owners = self.owners[order]
        return order[np.r_[True, owners[1:] != owners[:-1]]]

    def model(self, chosen: Array) -> Any:
        """A monotone forest fitted on the chosen records."""
        from lightgbm import LGBMClassifier

        score = first_guess(self.features)
        for _ in range(ROUNDS):
            model = LGBMClassifier(
                n_estimators=TREES,
                learning_rate=0.06,
                max_depth=DEPTH,
                num_leaves=2**DEPTH,
                min_child_samples=20,
                monotone_constraints=list(FEATURES.values()),
                reg_lambda=5,
                subsample=0.8,
                subsample_freq=1,
                colsample_bytree=0.7,
                random_state=0,
                n_jobs=1,
                verbose=-1,
            )
            rows = self.features[self.best(score)][chosen]
            model.fit(rows, self.labels[chosen], sample_weight=self.weights[chosen])
            score = np.asarray(model.predict(self.features, raw_score=True))
        return model

    def margins(self, model: Any) -> Array:
        """The raw score of every record."""
        score = model.predict(self.features, raw_score=True)
        return score[self.best(score)]

    def out_of_group(self) -> Array:
        """Margins from models that never saw the record's group."""
        margins = np.zeros(len(self.labels))
        for fold in range(FOLDS):
            held = self.folds == fold
            margins[held] = self.margins(self.model(np.flatnonzero(~held)))[held]
        return margins

    def out_of_source(self) -> Array:
        """Margins from models that never saw the record's source."""
        margins = np.zeros(len(self.labels))
        for source in sorted(set(self.sources[self.is_pair])):
            held = self.sources == source
            margins[held] = self.margins(self.model(np.flatnonzero(~held)))[held]
        return margins

    def calibration(self, margins: Array) -> tuple[float, float]:
        """Slope and intercept that turn margins into log-odds on the matchable pairs (Platt's method)."""
        from sklearn.linear_model import LogisticRegression

        chosen = self.is_pair & self.is_matchable
        platt = LogisticRegression(C=1e6).fit(margins[chosen, None], self.labels[chosen])
        return float(platt.coef_[0, 0]), float(platt.intercept_[0])

    def alert_share(self, score: Array, source: str, threshold: float) -> float:
        """Share of strangers of a source with at least one pair at or above the threshold."""
        ours = self.sources == source
        groups = self.groups[ours]
        return len(set(groups[score[ours] >= threshold])) / max(1, len(set(groups)))

    def figures(self, score: Array, threshold: float) -> dict[str, dict[str, float]]:
        """Quality on the matchable pairs: all, by kind, by source; recall of pairs in two scripts."""
        matchable = self.is_pair & self.is_matchable
        parts = {
            "matchable": matchable,
            "persons": matchable & self.is_person,
            "organizations": matchable & ~self.is_person,
        }
        for source in sorted(set(self.sources[self.is_pair])):
            parts[source] = matchable & (self.sources == source)
        found = {name: quality(score[mask], self.labels[mask], threshold) for name, mask in parts.items()}
        crossed = score[self.is_cross_script]
        found["cross script"] = {
            "pairs": len(crossed),
            "recall": round(float((crossed >= threshold).mean()), 3),
        }
        return found


def quality(score: Array, labels: Array, threshold: float) -> dict[str, float]:
    """AUC, best F1, F1 at the threshold, recall where precision is at least 95 %."""
    from sklearn.metrics import precision_recall_curve, roc_auc_score

    alert = score >= threshold
    hits = int((alert & (labels == 1)).sum())
    at = {"pairs": len(labels), "f1": round(2 * hits / max(1, int(alert.sum() + labels.sum())), 3)}
    if len(set(labels.tolist())) < 2:
        return at
    precision, recall, _ = precision_recall_curve(labels, score)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return at | {
        "auc": round(float(roc_auc_score(labels, score)), 3),
        "best_f1": round(float(f1.max()), 3),
        "recall_at_precision_95": round(float(recall[precision >= 0.95].max()), 3),
    }


def complete(root: dict[str, Any]) -> tuple[list[int], list[float], list[float]]:
    """A tree as a complete binary one of DEPTH: question and threshold per inner node, value per node.

    A branch that ends early asks nothing (its threshold is above every value) and keeps its value to the
    leaf.
    """
    inner = 2**DEPTH - 1
    questions, thresholds, values = [0] * inner, [1e9] * inner, [0.0] * (2 * inner + 1)

    def fill(node: dict[str, Any], place: int) -> None:
        values[place] = round(node.get("internal_value", node.get("leaf_value", 0.0)), 5)
        if place >= inner:
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


def coefficients(fit: Fit, threshold: float, made_by: str) -> dict[str, Any]:
    """Everything that scorer.json holds: how it was made, its out-of-group figures, and the trees."""
    margins = fit.out_of_group()
    slope, intercept = fit.calibration(margins)

    def calibrated(raw: Array) -> Array:
        return 1 / (1 + np.exp(-(slope * raw + intercept)))

    score = calibrated(margins)
    trees = fit.model(np.arange(len(fit.labels))).booster_.dump_model()["tree_info"]
    content: dict[str, Any] = {
        "made_by": made_by,
        "made_on": str(date.today()),
        "data": {
            "pairs": int(fit.is_pair.sum()),
            "same": int(fit.labels.sum()),
            "groups": len(set(fit.groups[fit.is_pair])),
            "sources": dict(Counter(fit.sources.tolist())),
        },
        "model": f"{TREES} trees of depth {DEPTH}, monotone where FEATURES says so, Platt-calibrated",
        "threshold": threshold,
        "calibration": [round(slope, 4), round(intercept, 4)],
        "figures": {
            "by group, five folds": fit.figures(score, threshold),
            "leaving each source out": fit.figures(calibrated(fit.out_of_source()), threshold),
            "false alerts by group": {
                source: {
                    "subjects": len(set(fit.groups[fit.sources == source])),
                    "alert_share": round(fit.alert_share(score, source, threshold), 4),
                }
                for source in STRANGER_WEIGHTS
            },
        },
        "features": list(FEATURES),
        "questions": [],
        "thresholds": [],
        "values": [],
    }
    for tree in trees:
        for name, numbers in zip(
            ("questions", "thresholds", "values"), complete(tree["tree_structure"]), strict=True
        ):
            content[name].append(numbers)
    return content


def written(content: dict[str, Any]) -> str:
    """The content as JSON that reads well in a difference: one line per tree."""
    lines = []
    for name, value in content.items():
        if name in ("questions", "thresholds", "values"):
            rows = ",\n".join("  " + json.dumps(row, separators=(",", ":")) for row in value)
            lines.append(f'"{name}": [\n{rows}\n]')
        else:
            lines.append(f'"{name}": {json.dumps(value, ensure_ascii=False, indent=1)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
