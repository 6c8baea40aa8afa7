from __future__ import annotations

import gc
import io
import sys
from datetime import date
from pathlib import Path

import pytest

from bench import lists as large_lists
from screening.lists import bundles, importers, mapped_csv
from screening.lists.model import Entry, ListError, ListFile
from screening.lists.ofac_remarks import Remarks, read_remarks
from screening.lists.worldbank import split_names

EXTRACTS = Path(__file__).parent / "extracts"
SAMPLES = EXTRACTS / "samples"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "lists"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published lists are not beside the project"
)


def read(slug: str, path: Path) -> tuple[dict[str, Entry], ListFile]:
    about = ListFile()
    entries = list(importers.read(slug, path, about))
    assert all(Entry.from_dict(entry.as_dict()) == entry for entry in entries)
    return {entry.source_id: entry for entry in entries}, about


def facts(found: Entry | Remarks) -> list[tuple[str, str, str]]:
    return [(item.type, item.value, item.country) for item in found.identifiers]


def names(entry: Entry) -> list[tuple[str, str]]:
    return [(name.text, name.type) for name in entry.names]


def test_ofac_csv_joins_its_files():
    entries, about = read("ofac_csv", EXTRACTS / "ofac_2021-07")
    assert about.counts == {"organization": 1, "person": 1, "vessel": 1, "aircraft": 1}
    bank = entries["306"]
    assert names(bank) == [
        ("BANCO NACIONAL DE CUBA", "primary"),
        ("NATIONAL BANK OF CUBA", "alias"),
        ("BNC", "weak"),
    ]
    assert [item.iso2 for item in bank.countries] == ["ch", "es", "jp", "pa"]
    person = entries["6905"]
    assert ("Zayn al-Abidin Muhammad HUSAYN", "alias") in names(person)
    assert ("TARIQ", "weak") in names(person)
    assert [str(day.first) for day in person.dates] == ["1971-03-12"]
    assert facts(person) == [("passport", "484824", "eg")]
    assert entries["4234"].kind == "vessel"


def test_ofac_remarks_lose_nothing():
    found = read_remarks(
        "DOB circa 1962; alt. DOB 07 Jul 1964; POB Marinilla, Antioquia, Colombia; "
        "Cedula No. 0000001 (Colombia); "
        "Tax ID No. 0000000002 (Russia); Legal Entity Number 253400V1H6ART1UQ0N98; Website example.org; "
        "Linked To: INVENTED LTD."
    )
    assert [day.approximate for day in found.dates] == [True, False]
    assert found.places[0].country == "co"
    assert facts(found) == [
        ("national_id", "0000001", "co"),
        ("tax", "0000000002", "ru"),
        ("lei", "253400V1H6ART1UQ0N98", ""),
    ]
    assert found.relations[0].target_name == "INVENTED LTD"
    assert found.rest == ["Website example.org"]


def test_ofac_long_remark_continues_in_the_comments_file():
    files = {
        "sdn.csv": b'1,"INVENTED LTD",-0- ,"INV"' + b",-0- " * 7 + b',"Tax ID No. 00000"\r\n\x1a',
        "alt.csv": b"\x1a",
        "add.csv": b"\x1a",
        "sdn_comments.csv": b'1,"00002 (Russia)."\r\n\x1a',
    }
    importer = importers.IMPORTERS["ofac_csv"]
    (entry,) = importer.many({name: io.BytesIO(data) for name, data in files.items()}, None)
    assert entry.identifiers[0].value == "0000000002"


def test_ofac_csv_without_one_of_its_files_is_refused(tmp_path):
    (tmp_path / "sdn.csv").write_bytes((EXTRACTS / "ofac_2021-07" / "sdn.csv").read_bytes())
    with pytest.raises(ListError, match=r"alt\.csv / cons_alt\.csv"):
        read("ofac_csv", tmp_path)


def test_ofac_simple_xml():
    entries, about = read("ofac_simple_xml", EXTRACTS / "ofac_consolidated_2025-03-28.xml")
    assert about.generated_on == date(2025, 3, 28)
    person = entries["9647"]
    assert names(person)[:3] == [
        ("Mahmoud Khaled ZAHHAR", "primary"),
        ("Mahmoud Khaled AL ZAHAR", "alias"),
        ("Mahmoud ZAHAR", "weak"),
    ]
    assert ("tax", "3808069915") in [(item.type, item.value) for item in entries["19542"].identifiers]


def test_ofac_advanced_xml_resolves_references():
    entries, about = read("ofac_xml", SAMPLES / "sdn_advanced.xml")
    assert about.generated_on == date(2026, 2, 27)
    assert about.counts == {"person": 1, "organization": 1}
    assert about.findings == []
    person = entries["90001"]
    assert names(person) == [
        ("Ivan VYDUMANOV", "primary"),
        ("Иван Выдуманов", "original_script"),
        ("Vanya", "weak"),
    ]
    assert facts(person) == [("passport", "P0000001", "ru")]
    assert [(str(day.first), str(day.last)) for day in person.dates] == [("1962-01-01", "1962-12-31")]
    assert person.nationalities[0].iso2 == "ru"
    assert person.extra == (("Gender", "Male"),)
    company = entries["90002"]
    assert names(company)[1] == ("OLD VYDUMKA LIMITED", "former")
    assert company.addresses[0].text == "1 Invented Street, Limassol, Cyprus"
    assert company.programmes == ("INVENTED-1", "INVENTED-2")
    assert company.listed_on == date(2024, 3, 5)
    assert [(item.kind, item.target_id) for item in company.relations] == [
        ("Owned or Controlled By", "90001")
    ]
    assert ("bic", "VYDUCY2N") in [(item.type, item.value) for item in company.identifiers]


def test_eu_xml():
    entries, about = read("eu_xml", SAMPLES / "eu.xml")
    assert about.generated_on == date(2026, 2, 26)
    assert about.findings == []
    person = entries["1"]
    assert names(person) == [
        ("Ivan Vydumanov", "primary"),
        ("Иван Выдуманов", "original_script"),
        ("Vanya", "weak"),
    ]
    assert [(str(day.first), str(day.last), day.approximate) for day in person.dates] == [
        ("1962-04-01", "1962-04-30", True),
        ("1960-01-01", "1963-12-31", False),
    ]
    assert person.listed_on == date(2021, 3, 1)
    assert [item.iso2 for item in person.nationalities] == ["ru"]
    company = entries["10"]
    assert company.listed_on == date(2020, 1, 3)
    assert facts(company) == [("registration", "HE 000001", "cy")]


@pytest.mark.parametrize(("slug", "file", "count"), [("uk_xml", "uk.xml", 3), ("uk_csv", "uk.csv", 2)])
def test_uk_list(slug, file, count):
    entries, about = read(slug, SAMPLES / file)
    assert len(entries) == count
    assert about.generated_on == date(2026, 2, 26)
    assert about.findings == []
    person = entries["INV0001"]
    assert names(person)[0][1] == "primary"
    assert ("Выдуманов Иван", "original_script") in names(person)
    assert [(str(day.first), day.precision) for day in person.dates] == [
        ("1962-10-07", "day"),
        ("1961-01-01", "year"),
    ]
    assert (person.listed_on, person.updated_on) == (date(2022, 2, 25), date(2025, 4, 9))
    assert ("passport", "P0000001") in [(item.type, item.value) for item in person.identifiers]
    assert entries["INV0002"].kind == "organization"


def test_uk_xml_reads_numbers_out_of_text_and_unescapes_reasons():
    entries, _ = read("uk_xml", SAMPLES / "uk.xml")
    assert entries["INV0001"].reasons == 'Said "invented" things.'
    assert [(item.type, item.value) for item in entries["INV0002"].identifiers] == [
        ("inn", "7700000001"),
        ("ogrn", "1020000000001"),
    ]
    assert [(item.type, item.value) for item in entries["INV0003"].identifiers] == [("imo", "9000001")]


def test_worldbank_json():
    entries, _ = read("worldbank_json", SAMPLES / "worldbank.json")
    assert names(entries["1"]) == [
        ("VYDUMKA TRADING LTD", "primary"),
        ("OLD VYDUMKA LTD", "former"),
        ("VT LTD", "alias"),
    ]
    assert entries["1"].until is None  # 2999 is for ever
    assert entries["2"].until == date(2027, 3, 4)
    assert entries["1"].kind == "unknown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACME LTD *3", ["ACME LTD"]),
        ("ACME LTD, also known as ACME INC.", ["ACME LTD", "ACME INC."]),
        ("ACME (ASIA) LTD", ["ACME (ASIA) LTD"]),
        ("ACME LTD (name change from OLD ACME LTD)", ["ACME LTD", "OLD ACME LTD"]),
    ],
)
def test_worldbank_names_are_split(text, expected):
    assert [name.text for name in split_names(text, "name")] == expected


def test_canada_splits_aliases_and_drops_language_labels():
    entries, _ = read("canada_xml", EXTRACTS / "canada_2025-05.xml")
    person = next(entry for entry in entries.values() if entry.kind == "person")
    texts = [name.text for name in person.names]
    assert "Мікалай Аляксандравіч Лукашэнка" in texts
    assert "Коля Лукашенко" in texts
    assert next(entry for entry in entries.values() if entry.kind == "vessel").identifiers[0].type == "imo"


def test_bis_gives_every_row_an_id_of_its_own():
    entries, _ = read("bis_tsv", SAMPLES / "dpl.txt")
    assert len(entries) == 3
    first = next(iter(entries.values()))
    assert (first.listed_on, first.until) == (date(2024, 3, 5), date(2034, 3, 5))
    assert {item.iso2 for entry in entries.values() for item in entry.countries} == {"ru", "us"}


def test_followthemoney_joins_what_points_at_the_subject():
    entries, about = read("ftm", SAMPLES / "entities.ftm.json")
    assert about.counts == {"organization": 1}  # targets only, where the file marks any
    company = entries["inv-1"]
    assert names(company) == [
        ("Vydumka Trading Ltd", "primary"),
        ("Выдумка Трейдинг", "original_script"),
        ("Old Vydumka", "former"),
        ("VT", "weak"),
    ]
    assert company.programmes == ("Invented",)
    assert company.relations[0].target_id == "inv-2"
    assert company.addresses[0].city == "Limassol"


def test_targets_table_keeps_quoted_separators():
    entries, _ = read("ftm_targets", SAMPLES / "targets.simple.csv")
    assert [name.text for name in entries["inv-1"].names] == [
        "Vydumka Trading Ltd",
        "Old Vydumka",
        "Vydumka; Sons",
        "Выдумка",
    ]


MAPPING = {"id": "No", "name": "Vendor", "alias": "Other names", "country": "Land", "identifier:lei": "LEI"}


def test_any_table_by_a_mapping():
    table = (
        "No,Vendor,Other names,Land,LEI,Note\n1,Vydumka Ltd,VT; Vydumka Sons,Cyprus,529900T8BM49AURSDO55,x\n"
    )
    (entry,) = mapped_csv.parse(io.BytesIO(table.encode()), MAPPING)
    assert [name.text for name in entry.names] == ["Vydumka Ltd", "VT", "Vydumka Sons"]
    assert [(item.type, item.country) for item in entry.identifiers] == [("lei", "cy")]
    assert entry.extra == (("Note", "x"),)


def test_mapping_to_a_field_that_does_not_exist_is_refused():
    with pytest.raises(ListError, match="planet"):
        mapped_csv.check_mapping({"id": "No", "name": "Vendor", "planet": "Land"})


@pytest.mark.parametrize(
    ("slug", "data", "reason"),
    [
        ("eu_xml", b"<CONSOLIDATED_LIST/>", "wrong_schema"),
        ("uk_xml", b"<export/>", "wrong_schema"),
        ("canada_xml", b"<data-set><record><Country>X</Country></record></data-set>", "no_id"),
        ("bis_tsv", b"Name\tCity\nA\tB\n", "wrong_schema"),
        ("bis_tsv", b"", "empty"),
        ("uk_csv", b"a,b\n1,2\n", "wrong_schema"),
        ("worldbank_json", b"{", "not_well_formed"),
        ("worldbank_json", b'{"response": {}}', "wrong_schema"),
        ("worldbank_json", b'{"response": {"ZPROCSUPP": [{"SUPP_NAME": "x"}]}}', "no_id"),
        ("ftm", b"{}\n", "bad_row"),
        ("ftm", b"[1]\n", "bad_row"),
        ("ftm_targets", b"id,name\n1,2\n", "wrong_schema"),
        ("ofac_simple_xml", b"<sdnList><sdnEntry><uid>1</uid></sdnEntry></sdnList>", "no_id"),
        ("ofac_xml", b"<Sanctions><DistinctParties>", "cut_off"),
    ],
)
def test_wrong_files_are_refused(slug, data, reason):
    with pytest.raises(ListError) as refused:
        list(importers.IMPORTERS[slug].one(io.BytesIO(data), None, "file"))
    assert refused.value.reason == reason


def test_lists_of_a_folder_are_found_by_code(tmp_path):
    (tmp_path / "uk.csv").write_bytes((SAMPLES / "uk.csv").read_bytes())
    (tmp_path / "ofac").mkdir()
    (tmp_path / "ofac" / "sdn.csv").touch()
    assert importers.find(tmp_path, []) == [("ofac", tmp_path / "ofac"), ("uk", tmp_path / "uk.csv")]
    assert [entry.source_id for entry in importers.read_path("uk", tmp_path / "uk.csv")]
    with pytest.raises(ListError, match="no file or folder for the list un"):
        importers.find(tmp_path, ["un"])


def test_list_of_several_files_is_one_archive(tmp_path):
    folder = EXTRACTS / "ofac_2021-07"
    archive = io.BytesIO()
    bundles.pack([(file.name, file.open("rb")) for file in sorted(folder.iterdir())], archive)
    again = io.BytesIO()
    bundles.pack([(file.name, file.open("rb")) for file in sorted(folder.iterdir(), reverse=True)], again)
    assert archive.getvalue() == again.getvalue()
    (tmp_path / "ofac.zip").write_bytes(archive.getvalue())
    packed = list(importers.read_path("ofac", tmp_path / "ofac.zip"))
    assert packed == list(importers.read_path("ofac", folder))


@pytest.mark.parametrize(
    ("family", "file", "kind"),
    [
        ("ofac", SAMPLES / "sdn_advanced.xml", "person"),
        ("ofac", EXTRACTS / "ofac_consolidated_2025-03-28.xml", "person"),
        ("uk", SAMPLES / "uk.xml", "person"),
        ("uk", SAMPLES / "uk.csv", "person"),
        ("ftm", SAMPLES / "entities.ftm.json", "organization"),
        ("ftm", SAMPLES / "targets.simple.csv", "organization"),
    ],
)
def test_content_tells_the_layout_whatever_the_name(family, file, kind, tmp_path):
    (tmp_path / "download").write_bytes(file.read_bytes())
    found = list(importers.read_path(family, tmp_path / "download"))
    assert kind in {entry.kind for entry in found}


@needs_shared
@pytest.mark.parametrize(
    ("slug", "place", "count"),
    [
        ("ofac_csv", "ofac", 11_443),
        ("ofac_csv", "ofac/2021-07", 8_976),
        ("ofac_csv", "ofac_nonsdn", 442),
        ("ofac_simple_xml", "ofac_nonsdn/consolidated_2025-03-28.xml", 443),
        ("worldbank_csv", "worldbank", 1_222),  # 1,223 lines, the first of them the column names
        ("canada_xml", "other/canada_sema_2025-05.xml", 4_759),
        ("bis_tsv", "other/bis_dpl.txt", 546),
    ],
)
def test_published_files_are_read_completely(slug, place, count):
    entries, about = read(slug, SHARED / place)
    assert len(entries) == count == sum(about.counts.values())
    assert about.findings == []


@pytest.mark.parametrize("importer", ["ofac_csv", "ofac_xml", "worldbank_json", "worldbank_csv", "ftm"])
def test_memory_does_not_grow_with_the_file(importer, tmp_path):
    """The lists that say of an entry in several places what belongs to it; `bench.lists` reads large ones."""

    def held(entries: int) -> int:
        """Blocks of memory in use once the first entry is there: what it waited for was read by then."""
        (folder := tmp_path / str(entries)).mkdir()
        reading = importers.read(importer, large_lists.make(importer, folder, entries))
        gc.collect()  # else the count tells when the collector last ran
        before = sys.getallocatedblocks()
        first = next(reading)
        assert first.source_id in ("1", "inv-1")
        gc.collect()
        return sys.getallocatedblocks() - before

    held(1)  # tables of names and countries are read once
    # Kept in memory, each entry more takes ten blocks and more; what a parser reads ahead is up to 9,000.
    assert held(6_000) - held(1_000) < 15_000
