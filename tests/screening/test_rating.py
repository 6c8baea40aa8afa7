import json
import random
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from screening.rating import (
    BLOCKED,
    ORDER,
    BadAnswers,
    Criterion,
    catalogue,
    check_overlay,
    decision_level,
    rate,
)

KNOWN = catalogue()
EXAMPLES = KNOWN.data["examples"]
SCALES = KNOWN.data["scales"]
STRICTNESS = KNOWN.strictness.index


# Mostly the answers that change nothing, so that every step of the rule is reached.
def choices_of(item: Criterion) -> list[str]:
    return [SCALES[item.scale][0]] * (30 if item.type == "exclusionary" else 4) + SCALES[item.scale]


CHOICES = {code: choices_of(item) for code, item in KNOWN.criteria.items()}
POSITIVES = {code: "demonstrated" for code, item in KNOWN.criteria.items() if item.type == "positive"}
WORSE = {"severity": ORDER["severity"], "exclusion": ORDER["exclusion"], "involvement": ORDER["involvement"]}


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["name"])
def test_golden_cases(case):
    result = rate(case["answers"], case["level"], case.get("overlay"))
    assert result.rating == case["expect"]
    assert result.common_rating == case.get("expect_common", case["expect"])


OWN = [
    {"code": "E-OWN-01", "type": "exclusionary", "scale": "exclusion"},
    {
        "code": "S-OWN-01",
        "type": "high_risk_sector",
        "scale": "involvement",
        "floor": {"core": "substantial"},
    },
    {"code": "R-OWN-01", "type": "risk_factor", "scale": "severity"},
    {"code": "R-OWN-02", "type": "risk_factor", "scale": "severity", "critical": True},
]
THRESHOLDS = {"R_high >= 2": 2, "R_high >= 1": 1, "R_med >= 4": 4, "R_med >= 2": 2, "S_core >= 1": 1}


def drawn_overlay(rng: random.Random) -> dict:
    """Anything that an overlay may tighten, drawn at random."""
    codes = {
        kind: [c for c, item in KNOWN.criteria.items() if item.type == kind] for kind in KNOWN.data["types"]
    }
    optional = [code for code, item in KNOWN.criteria.items() if item.is_optional]
    return {
        "activate_optional": rng.sample(optional, rng.randint(0, len(optional))),
        "make_exclusionary": [
            {"criterion": code, "at": rng.choice(["low", "medium", "high"])}
            for code in rng.sample(codes["risk_factor"], rng.randint(0, 2))
        ],
        "raise_floor": {
            code: {rng.choice(["minor", "core"]): rng.choice(KNOWN.ratings[:-1])}
            for code in rng.sample(codes["high_risk_sector"], rng.randint(0, 3))
        },
        "lower_count_threshold": {
            term: rng.randint(1, THRESHOLDS[term]) for term in rng.sample(list(THRESHOLDS), rng.randint(0, 4))
        },
        "add_criterion": [
            {**row, "title": "Own", "question": "?", "levels": KNOWN.levels}
            for row in rng.sample(OWN, rng.randint(0, len(OWN)))
        ],
    }


def test_invariants_hold_for_20_000_random_answer_sets():
    rng = random.Random(73)
    overlays = {**KNOWN.overlays, **{f"drawn_{number}": drawn_overlay(rng) for number in range(40)}}
    known = replace(KNOWN, overlays=overlays)
    asked = {name: {**known.criteria, **known.criteria_under(name)} for name in ("", *overlays)}
    choices = {name: [(code, choices_of(item)) for code, item in asked[name].items()] for name in asked}
    can_get_worse = {
        name: [code for code, item in asked[name].items() if item.scale in WORSE] for name in asked
    }
    reached = set()
    for _number in range(20_000):
        level, name = rng.choice(known.levels), rng.choice(list(asked))
        overlay = name or None
        answers = {code: rng.choice(words) for code, words in choices[name]}
        result = rate(answers, level, overlay, using=known)
        reached.add(result.rating)
        assert STRICTNESS(result.rating) >= STRICTNESS(result.common_rating), (overlay, answers)
        code = rng.choice(can_get_worse[name])
        order = WORSE[asked[name][code].scale]
        if answers[code] in order[:-1]:
            worse = answers | {code: rng.choice(order[order.index(answers[code]) + 1 :])}
            stricter = rate(worse, level, overlay, using=known).rating
            assert STRICTNESS(stricter) >= STRICTNESS(result.rating), (overlay, answers, worse)
        if result.rating in (BLOCKED, "excluded", "high"):
            assert rate(answers | POSITIVES, level, overlay, using=known).rating == result.rating, answers
    assert reached == set(KNOWN.strictness)


def test_order_of_answers_does_not_matter():
    rng = random.Random(5)
    for _number in range(200):
        answers = {code: rng.choice(choices) for code, choices in CHOICES.items()}
        assert rate(dict(reversed(answers.items())), "standard") == rate(answers, "standard")


def test_steps_redo_the_sum():
    case = next(case for case in EXAMPLES if case["name"].startswith("garment"))
    steps = rate(case["answers"], case["level"]).steps
    assert [(step.name, step.rating) for step in steps] == [
        ("exclusion", "low"),
        ("open_exclusion", "low"),
        ("base", "substantial"),
        ("credit", "moderate"),
        ("floor", "moderate"),
    ]
    assert steps[2].line == "R_med >= 2 and S_core >= 1"
    assert steps[2].counts == {"R_med": ("R-LAB-01", "R-SUP-01"), "S_core": ("S-TEX-01",)}


def test_missing_information_counts_as_medium():
    with_gap = rate({"R-SUP-01": "no_information", "R-LAB-01": "no_information"}, "standard")
    assert (
        with_gap.rating == rate({"R-SUP-01": "medium", "R-LAB-01": "medium"}, "standard").rating == "moderate"
    )


@pytest.mark.parametrize(
    ("answers", "level", "overlay", "words"),
    [
        ({"X-99": "met"}, "basic", None, "no criterion “X-99”"),
        ({"E-SAN-01": "high"}, "basic", None, "E-SAN-01 cannot be “high”"),
        ({}, "deep", None, "no level “deep”"),
        ({}, "basic", "nobody", "no overlay “nobody”"),
    ],
)
def test_unknown_words_are_refused(answers, level, overlay, words):
    with pytest.raises(BadAnswers, match=words):
        rate(answers, level, overlay)


def test_overlay_can_only_tighten():
    for change in KNOWN.data["entity_overlays"]["forbidden"]:
        with pytest.raises(BadAnswers, match="not allowed"):
            check_overlay("lax", {change: []}, KNOWN)
    for name, changes in KNOWN.overlays.items():
        check_overlay(name, changes, KNOWN)


def test_decision_level_rises_with_rating_and_tier():
    assert decision_level("low", "light") == "L1"
    assert decision_level("high", "strategic") == "L4"
    assert decision_level("excluded", "light") == "none"


def test_command_prints_a_line_for_each(tmp_path):
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(EXAMPLES))
    out = StringIO()
    call_command("rate", file, stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["rating"] for line in lines] == [case["expect"] for case in EXAMPLES]
    file.write_text(json.dumps({"name": "one", "level": "basic", "answers": {"E-TOB-01": "met"}}))
    out = StringIO()
    call_command("rate", file, "--overlay", "health_agency", stdout=out)
    assert json.loads(out.getvalue())["rating"] == "excluded"


def test_command_names_the_item_that_is_wrong(tmp_path):
    file = tmp_path / "answers.json"
    file.write_text(json.dumps([{"level": "basic", "answers": {}}, {"level": "basic"}]))
    err = StringIO()
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("rate", file, stderr=err, stdout=StringIO())
    assert "item 2" in err.getvalue()
    file.write_text("{")
    with pytest.raises(CommandError, match=r"answers\.json"):
        call_command("rate", file)
