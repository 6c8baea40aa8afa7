import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from screening.rating import BLOCKED, ORDER, BadAnswers, catalogue, check_overlay, decision_level, rate

KNOWN = catalogue()
EXAMPLES = KNOWN.data["examples"]
SCALES = KNOWN.data["scales"]
OVERLAYS = [None, *KNOWN.overlays]
STRICTNESS = KNOWN.strictness.index

# Mostly the answers that change nothing, so that every step of the rule is reached.
CHOICES = {
    code: [SCALES[item.scale][0]] * (30 if item.type == "exclusionary" else 4) + SCALES[item.scale]
    for code, item in KNOWN.criteria.items()
}
POSITIVES = {code: "demonstrated" for code, item in KNOWN.criteria.items() if item.type == "positive"}
WORSE = {"severity": ORDER["severity"], "exclusion": ORDER["exclusion"], "involvement": ORDER["involvement"]}
CAN_GET_WORSE = [code for code, item in KNOWN.criteria.items() if item.scale in WORSE]


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["name"])
def test_golden_cases(case):
    result = rate(case["answers"], case["level"], case.get("overlay"))
    assert result.rating == case["expect"]
    assert result.common_rating == case.get("expect_common", case["expect"])


def test_invariants_hold_for_20_000_random_answer_sets():
    rng = random.Random(73)
    reached = set()
    for _number in range(20_000):
        answers = {code: rng.choice(choices) for code, choices in CHOICES.items()}
        level, overlay = rng.choice(KNOWN.levels), rng.choice(OVERLAYS)
        result = rate(answers, level, overlay)
        reached.add(result.rating)
        assert STRICTNESS(result.rating) >= STRICTNESS(result.common_rating), answers
        code = rng.choice(CAN_GET_WORSE)
        order = WORSE[KNOWN.criteria[code].scale]
        if answers[code] in order[:-1]:
            worse = answers | {code: rng.choice(order[order.index(answers[code]) + 1 :])}
            assert STRICTNESS(rate(worse, level, overlay).rating) >= STRICTNESS(result.rating), (
                answers,
                worse,
            )
        if result.rating in (BLOCKED, "excluded", "high"):
            assert rate(answers | POSITIVES, level, overlay).rating == result.rating, answers
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
