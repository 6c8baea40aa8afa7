"""Answers that follow from facts: what is not stated never counts as clear."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from screening.automatic import Alleged, Derived, Done, Facts, ListedHit, derive
from screening.rating import catalogue

CRITERIA = catalogue().criteria
TODAY = date(2026, 11, 22)


def answer(code: str, **facts) -> Derived | None:
    return derive(CRITERIA[code], Facts(TODAY, **facts))


def hit(outcome="", role="company", criterion="E-SAN-01") -> ListedHit:
    return ListedHit(criterion, role, outcome, "Ours – Theirs")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], "clear"),
        (["false_positive"], "clear"),
        ([""], "unresolved"),
        (["inconclusive"], "unresolved"),
        (["false_positive", "true_match"], "met"),
        (["", "true_match"], "met"),
    ],
)
def test_hits_answer_a_list_criterion(outcomes, expected):
    found = answer("E-SAN-01", served=frozenset(["E-SAN-01"]), hits=[hit(outcome) for outcome in outcomes])
    assert (found.answer, found.is_final) == (expected, True)


def test_list_that_is_missing_leaves_the_criterion_open():
    assert answer("E-SAN-01", missing=frozenset(["E-SAN-01"])).answer == "unresolved"
    assert answer("E-SAN-01") is None  # no list of this kind is kept here: a reviewer answers


def test_directors_do_not_count_where_the_criterion_does_not_name_them():
    facts = {"served": frozenset(["E-DEB-02"])}
    assert answer("E-DEB-02", hits=[hit("true_match", "director", "E-DEB-02")], **facts).answer == "clear"
    assert answer("E-DEB-02", hits=[hit("true_match", "parent", "E-DEB-02")], **facts).answer == "met"


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (Done("1200", "manufacturer", Decimal(1)), "met"),
        (Done("1200", "retailer", Decimal(50)), "clear"),
        (Done("1200", "", None), "met"),
        (Done("4711", "retailer", None), "clear"),
    ],
)
def test_tobacco_excludes_by_activity_and_role(done, expected):
    assert answer("E-TOB-01", activities=[done], stated={"product_flags": []}).answer == expected


def test_unstated_products_are_left_to_the_reviewer():
    grocer = [Done("4711", "retailer", Decimal(90))]
    assert answer("E-TOB-01", activities=grocer) is None
    assert answer("E-WPN-01") is None
    assert answer("E-WPN-01", stated={"product_flags": ["soy"]}).answer == "clear"
    assert answer("E-WPN-01", stated={"product_flags": ["controversial_weapons"]}).answer == "met"


@pytest.mark.parametrize(
    ("share", "role", "expected"),
    [
        (None, "distributor", "core"),
        (Decimal(10), "distributor", "core"),
        (Decimal("9.9"), "distributor", "minor"),
        (Decimal(2), "producer", "core"),
    ],
)
def test_unknown_share_counts_as_core(share, role, expected):
    assert answer("S-MIN-01", activities=[Done("0710", role, share)]).answer == expected


def test_sector_without_activity_on_record_is_not_none():
    assert answer("S-MIN-01") is None
    assert answer("S-MIN-01", activities=[Done("6201", "service", None)]).answer == "none"


@pytest.mark.parametrize(("isic", "code"), [("C", "S-TEX-01"), ("1", "E-TOB-01"), ("0", "S-MIN-01")])
def test_coarse_activity_rules_nothing_out(isic, code):
    coarse = [Done(isic, "manufacturer", Decimal(90))]
    assert answer(code, activities=coarse, stated={"product_flags": []}) is None


@pytest.mark.parametrize(
    ("facts", "risk", "strength"),
    [
        ({}, "none", "not_shown"),
        ({"compact": "active", "compact_report_due": TODAY}, "none", "demonstrated"),
        ({"compact": "active", "compact_report_due": TODAY - timedelta(days=1)}, "none", "not_shown"),
        ({"compact": "active", "compact_since": TODAY - timedelta(days=99)}, "none", "partial"),
        ({"compact": "non_communicating"}, "low", "not_shown"),
        ({"compact": "delisted", "compact_since": TODAY - timedelta(days=99)}, "medium", "not_shown"),
        ({"compact": "delisted", "compact_since": TODAY - timedelta(days=2000)}, "low", "not_shown"),
    ],
)
def test_standing_in_the_global_compact(facts, risk, strength):
    assert answer("R-UGC-01", **facts).answer == risk
    assert answer("P-UGC-01", **facts).answer == strength


@pytest.mark.parametrize(
    ("severities", "answered", "expected"),
    [
        ([], False, "none"),
        ([3], False, "low"),
        ([3, 3], False, "medium"),
        ([5], True, "medium"),
        ([4], False, "high"),
    ],
)
def test_controversies_propose_and_do_not_decide(severities, answered, expected):
    known = [Alleged("environment", severity, TODAY, answered) for severity in severities]
    found = answer("R-CTR-01", controversies=known)
    assert (found.answer, found.is_final) == (expected, False)


def test_unknown_owners_propose_medium():
    assert answer("R-GOV-01", owner_shares=[Decimal(60)]).answer == "medium"
    assert answer("R-GOV-01", owner_shares=[Decimal(60), Decimal(20)]).answer == "none"


def test_good_record_needs_an_evaluated_partnership_and_no_late_report():
    record = {"closed_partnerships": 2, "evaluated_partnerships": 1}
    assert answer("P-REC-01", **record).answer == "demonstrated"
    assert answer("P-REC-01", **record, overdue_reports=1).answer == "not_shown"
    assert answer("P-REC-01").answer == "not_shown"
