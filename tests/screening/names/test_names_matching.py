from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

from screening.lists import un
from screening.lists.model import Country, Entry, Identifier, ListedName, PartialDate
from screening.names import Index, Listed, Subject, compare, compare_many, scorer

EXTRACT = Path(__file__).parents[1] / "lists" / "extracts" / "un_2026-02-27.xml"


@pytest.fixture(scope="module")
def index() -> Index:
    with EXTRACT.open("rb") as stream:
        return Index.build(("un", entry) for entry in un.parse(stream))


def listed(*names: str, kind: str = "organization", type_: str = "primary", **facts) -> Listed:
    return Listed("test", "1", kind, tuple(ListedName(name, type_) for name in names), **facts)


def score(ours: str, theirs: str, kind: str = "organization") -> float:
    return compare(Subject(kind, (ours,)), listed(theirs, kind=kind)).score


def test_typo_and_other_legal_form_is_a_hit_with_a_readable_explanation(index):
    match = index.search(Subject("company", ("Green Pine Asociated L.L.C.",)))[0]
    assert (match.list_code, match.name_matched) == ("un", "GREEN PINE ASSOCIATED CORPORATION")
    relations = {tuple(word["ours"]): word["relation_words"] for word in match.words}
    assert relations[("asociated",)] == "one letter differs"
    assert "legal form" in relations.values()
    assert match.band == "same"


def test_parts_add_up_to_the_score(index):
    for name in ("Green Pine Asociated LLC", "Korea Mining Trading", "Great Lakes Company"):
        for match in index.search(Subject("company", (name,)), threshold=0.05):
            assert sum(part["points"] for part in match.parts) == pytest.approx(100 * match.score, abs=0.051)


def test_match_is_json(index):
    match = index.search(Subject("person", ("Bosco Ntaganda",)))[0]
    assert json.loads(json.dumps(match.as_dict()))["band_words"]


def made_up(count: int, seed: int) -> list[tuple[str, Entry]]:
    """Parties alike enough to be mistaken: few words, weak aliases, facts that agree, differ or prove."""
    chance = Random(seed)
    words = {
        "person": ["Ivan", "Iwan", "Petrov", "Petrow", "Maria", "Marija", "Abdul", "Rahman", "Abdulrahman"],
        "organization": ["Amber", "Ambers", "Field", "Trading", "Traders", "Oil", "Petroleum", "Tula", "7"],
    }
    found = []
    for number in range(count):
        kind = chance.choice(["person", "organization", "unknown"])
        known = words["person" if kind == "person" else "organization"]
        names = [" ".join(chance.sample(known, chance.randint(1, 4))) for _ in range(chance.randint(1, 3))]
        year = chance.choice([1960, 1961, 1975])
        entry = Entry(
            f"{number}",
            kind,
            tuple(ListedName(name, chance.choice(["primary", "alias", "weak"])) for name in names),
            countries=tuple(
                Country(code, "", code) for code in chance.sample(["bd", "ke", "pe"], chance.randint(0, 2))
            ),
            dates=(PartialDate(date(year, 1, 1), date(year, 12, 31), ""),) if chance.random() < 0.5 else (),
            identifiers=(Identifier("registration", f"REG{chance.randint(1, 40):06}", ""),),
        )
        found.append(("test", entry))
    return found


def test_what_is_not_read_further_could_not_have_scored():
    parties = [Listed.from_entry(entry) for _, entry in made_up(60, seed=1)]
    subjects = [
        Subject(one.kind, tuple(name.text for name in one.names), one.countries, one.identifiers, one.dates)
        for one in (Listed.from_entry(entry) for _, entry in made_up(60, seed=2))
    ]
    of_lists, of_subjects = Index.build(made_up(60, seed=1)), Index.build(made_up(60, seed=2))
    alike = {
        (number, other)
        for number, subject in enumerate(subjects)
        for other, match in enumerate(compare_many(subject, parties))
        if match.score >= scorer().threshold
    }
    for number, subject in enumerate(subjects):
        compared = of_lists.candidates(subject).keys()
        found = {int(match.source_id) for match in of_lists.search(subject, limit=100)}
        assert found == {other for asked, other in alike if asked == number} & compared
    for other, party in enumerate(parties):
        names = tuple(name.text for name in party.names)
        compared = of_subjects.candidates(Subject(party.kind, names, identifiers=party.identifiers)).keys()
        met = {int(subject) for subject in of_subjects.met_by(party)}
        assert met == {number for number, against in alike if against == other} & compared
    assert len(alike) > 100


@pytest.mark.parametrize(
    "name", ["Siemens AG", "Novo Nordisk A/S", "Acme Trading Company", "General Holding Group", "Emma"]
)
def test_ordinary_companies_raise_nothing(index, name):
    assert index.search(Subject("company", (name,))) == []


def test_a_company_is_never_a_person(index):
    assert index.search(Subject("company", ("Bosco Ntaganda",))) == []


def test_saved_index_answers_like_the_one_in_memory(index, tmp_path):
    index.save(tmp_path / "names.idx")
    mapped = Index.open(tmp_path / "names.idx")
    for name in ("Korea Mining Development", "Allied Democratic Forces"):
        subject = Subject("company", (name,))
        assert [match.as_dict() for match in mapped.search(subject)] == [
            match.as_dict() for match in index.search(subject)
        ]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("حمد الله نعمانی", "Hamdullah NOMANI"),  # written apart, and together
        ("عبد العزيز قدير", "Abdulaziz GHEDEIR"),  # the article in the word before; q as gh
        ("محمد ثاقب", "Mohammad SAQIB"),  # th as s
        ("رمضان احمدی", "Ramazan AHMADI"),  # d as z
    ],
)
def test_people_are_found_across_scripts(asked, name):
    others = [
        Entry(f"o{first}{last}", "person", (ListedName(f"{first} {last}", "primary"),))
        for first in ("Mohammad", "Ahmad", "Hamid", "Abdullah", "Ramiz", "Said", "Hamza", "Khalid", "Aziz")
        for last in ("Nazari", "Ghaderi", "Sadiqi", "Ahmadi", "Hamidi", "Amini", "Zakir", "Rahimi", "Hamadi")
    ]
    right = Entry("right", "person", (ListedName(name, "primary"),))
    index = Index.build(("un", entry) for entry in [*others, right])
    found = index.candidates(Subject("person", (asked,)), limit=3)
    assert "right" in {index.listed(number).source_id for number in found}


def test_equal_lei_decides_whatever_name_and_country():
    lei = Identifier("lei", "529900T8BM49AURSDO55")
    subject = Subject("company", ("Quite Another Name",), ("de",), (lei,))
    match = compare(subject, listed("Fictional Minerals", countries=("kp",), identifiers=(lei,)))
    assert match.score >= 0.95
    assert match.band == "identifier"


def test_invalid_lei_proves_nothing():
    lei = Identifier("lei", "529900T8BM49AURSDO50")
    match = compare(
        Subject("company", ("Quite Another Name",), (), (lei,)),
        listed("Fictional Minerals", identifiers=(lei,)),
    )
    assert match.score < scorer().threshold


def test_weak_alias_alone_stays_in_review():
    match = compare(Subject("person", ("Tango Romeo",)), listed("Tango Romeo", kind="person", type_="weak"))
    assert match.band == "weak"
    assert match.score < 0.8
