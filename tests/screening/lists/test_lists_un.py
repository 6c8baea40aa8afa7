from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from screening.lists import un
from screening.lists.model import Entry, ListError, ListFile

EXTRACT = Path(__file__).parent / "extracts" / "un_2026-02-27.xml"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "lists" / "un"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published lists are not beside the project"
)


def read(data: bytes, about: ListFile | None = None) -> list[Entry]:
    return list(un.parse(io.BytesIO(data), about, "un.xml"))


@pytest.fixture
def entries() -> dict[str, Entry]:
    return {entry.reference: entry for entry in read(EXTRACT.read_bytes())}


def test_header_and_counts():
    about = ListFile()
    read(EXTRACT.read_bytes(), about)
    assert about.generated_on == date(2026, 2, 27)
    assert about.counts == {"person": 3, "organization": 4}
    assert about.findings == []


def test_individual_keeps_names_with_their_quality(entries):
    names = {name.text: name.type for name in entries["CDi.030"].names}
    assert names["BOSCO TAGANDA"] == "primary"
    assert names["Bosco Ntaganda"] == "alias"
    assert names["Tango Romeo"] == "weak"


def test_range_of_birth_years_is_kept(entries):
    born = entries["CDi.030"].dates
    assert [(day.first, day.last) for day in born] == [(date(1973, 1, 1), date(1974, 12, 31))]


def test_original_script_is_a_name_of_its_own(entries):
    name = next(name for name in entries["LYi.023"].names if name.type == "original_script")
    assert name.script == "Arab"


def test_documents_carry_type_and_issuer(entries):
    assert {(item.type, item.country) for item in entries["LYi.023"].identifiers} >= {("passport", "ly")}


def test_entity_with_several_names_in_one_field(entries):
    names = [(name.text, name.type) for name in entries["CDe.003"].names]
    assert names[:2] == [
        ("COMPAGNIE AERIENNE DES GRANDS LACS (CAGL)", "primary"),
        ("GREAT LAKES BUSINESS COMPANY (GLBC)", "alias"),
    ]


def test_former_names_of_an_entity(entries):
    assert [name.text for name in entries["CDe.001"].names if name.type == "former"][1:] == [
        "ADF/NALU",
        "NALU",
    ]


def test_entry_survives_json(entries):
    for entry in entries.values():
        assert Entry.from_dict(entry.as_dict()) == entry


def test_unknown_quality_is_a_finding():
    about = ListFile()
    read(EXTRACT.read_bytes().replace(b">Low<", b">Splendid<"), about)
    assert [str(finding) for finding in about.findings] == [
        "QUALITY has the value “Splendid”, which the importer does not know."
    ]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[: len(data) // 2], "cut_off"),
        (lambda data: b"", "cut_off"),
        (lambda data: data.replace(b"BOSCO", b"BO\x03SCO"), "not_well_formed"),
        (lambda data: data.replace(b"BOSCO", b"BO\xffSCO"), "not_well_formed"),
        (lambda data: data.replace(b"</FIRST_NAME>", b"</FIRST>", 1), "not_well_formed"),
        (
            lambda data: data.replace(
                b"<CONSOLIDATED_LIST", b"<!DOCTYPE x [<!ENTITY a 'b'>]><CONSOLIDATED_LIST"
            ),
            "doctype",
        ),
        (lambda data: b"<html><body>Service unavailable</body></html>", "wrong_schema"),
        (lambda data: data.replace(b"<DATAID>6908021</DATAID>", b""), "no_id"),
        (lambda data: data.replace(b"BOSCO", b"<x>" * 60 + b"</x>" * 60), "too_big"),
        (lambda data: data.replace(b"BOSCO", b"B" * 1_100_000), "too_big"),
    ],
)
def test_damaged_file_is_refused_with_reason_and_place(damage, reason):
    with pytest.raises(ListError) as refused:
        read(damage(EXTRACT.read_bytes()))
    assert refused.value.reason == reason
    assert refused.value.place
    assert str(refused.value).startswith("un.xml, ")


@needs_shared
@pytest.mark.parametrize(
    ("day", "individuals", "entities"),
    [("2018-10-29", 703, 390), ("2020-11-30", 713, 305), ("2025-04-19", 684, 193), ("2026-02-27", 730, 273)],
)
def test_published_lists_are_read_completely(day, individuals, entities):
    about = ListFile()
    with (SHARED / f"un_consolidated_{day}.xml").open("rb") as stream:
        ids = {entry.source_id for entry in un.parse(stream, about)}
    assert about.counts == {"person": individuals, "organization": entities}
    assert len(ids) == individuals + entities
    assert about.generated_on == date.fromisoformat(day)
    assert about.findings == []


@needs_shared
def test_a_really_damaged_download_is_refused():
    data = (SHARED / "un_malformed_2025-08-16.xml").read_bytes()
    with pytest.raises(ListError, match="line 53, column 11: The file is not well-formed"):
        read(data)
