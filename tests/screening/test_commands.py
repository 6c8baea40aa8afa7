"""The commands that score pairs and screen names from files."""

import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from shutil import copy, copytree

import pytest
from django.core.management import CommandError, call_command

from screening.management.commands import screen_names
from tests.screening.factories import ListSourceFactory, list_xml, serve

EXTRACTS = Path(__file__).parent / "lists" / "extracts"
QUERIES = """query_id,name,kind,country,birth_date,identifiers
q1,Banco Nacional de Cuba,company,Cuba,,
q2,Bosco Taganda,person,,1973,
q3,,company,,,
q4,Halvorsen Cold Chain,company,Norway,,lei:529900T8BM49AURSDO55
q5,Anybody,ship,,,
q6,Anybody,person,,once,
q7,Anybody,person,Atlantis,,
"""


@pytest.fixture
def queries(tmp_path):
    path = tmp_path / "queries.csv"
    path.write_text(QUERIES, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    """Lists as publishers offer them: one file, and a folder of three."""
    place = tmp_path / "lists"
    place.mkdir()
    copy(EXTRACTS / "un_2026-02-27.xml", place / "un.xml")
    copytree(EXTRACTS / "ofac_2021-07", place / "ofac")
    return place


def screened(queries, *options):
    out, told, wrong = queries.with_suffix(".jsonl"), StringIO(), StringIO()
    call_command("screen_names", queries, "--out", out, *options, stdout=told, stderr=wrong)
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return {line["query_id"]: line["hits"] for line in lines}, told.getvalue(), wrong.getvalue()


def test_names_are_screened_against_lists_of_one_file_and_of_several(queries, folder):
    answers, told, wrong = screened(queries, "--files", folder)
    assert list(answers) == ["q1", "q2", "q4"]
    best = answers["q1"][0]
    assert (best["list"], best["id"], best["name"]) == ("ofac", "306", "BANCO NACIONAL DE CUBA")
    assert best["score"] > 0.9
    assert best["band"]
    assert (answers["q2"][0]["list"], answers["q2"][0]["id"]) == ("un", "6908021")
    assert answers["q4"] == []
    assert "3 names screened" in told
    assert "4 rows left out" in told
    reported = [line.partition(": ")[0] for line in wrong.splitlines()]
    assert reported == [f"queries.csv, line {line}" for line in (4, 6, 7, 8)]


def test_only_the_lists_asked_for_are_searched(queries, folder):
    answers, _, _ = screened(queries, "--files", folder, "--lists", "un")
    assert (answers["q1"], len(answers["q2"])) == ([], 1)
    with pytest.raises(CommandError, match="no file or folder for the list uk"):
        screened(queries, "--files", folder, "--lists", "un,uk")


def test_damaged_rows_are_reported_and_the_rest_goes_on(tmp_path, folder):
    path = tmp_path / "damaged.csv"
    path.write_bytes(
        b"\xef\xbb\xbfquery_id, name ,kind,,\n1,Acme\0 Ltd,company,,\n2,Bosco Taganda,person,,,more\n"
        b'3,\xff\xfe Ltd,company\n,,\n4,Bosco Taganda,person\n5,"Acme,company\n6,Acme,company\n'
    )
    answers, _, wrong = screened(path, "--files", folder, "--lists", "un")
    assert [hits[0]["id"] for hits in (answers["2"], answers["4"])] == ["6908021", "6908021"]
    assert [line.partition("damaged.csv, line ")[2] for line in wrong.splitlines()] == [
        "2: the row contains a zero byte.",
        "4: the row is not in UTF-8.",
        "5: query_id is empty.",
        "8: name runs over several lines; perhaps a quotation mark is not closed.",
    ]


def test_several_processes_answer_as_one_does(tmp_path, folder, monkeypatch):
    path = tmp_path / "many.csv"
    names = ("Banco Nacional de Cuba", "Bosco Taganda", "Halvorsen Cold Chain", "Banco Nacional")
    rows = [f"{number},{names[number % 4]} {number // 4},company\n" for number in range(30)]
    path.write_text("query_id,name,kind\n" + "".join(rows), "utf-8")
    alone, _, _ = screened(path, "--files", folder, "--processes", "1")
    monkeypatch.setattr(screen_names, "BATCH", 4)
    shared, told, _ = screened(path, "--files", folder, "--processes", "2")
    assert list(shared.items()) == list(alone.items())
    assert "30 names screened" in told


@pytest.mark.django_db
@pytest.mark.usefixtures("no_lists")
def test_names_are_screened_against_the_lists_in_use(tmp_path):
    source = ListSourceFactory()
    serve(source, list_xml("Quorvane Holding"))
    path = tmp_path / "queries.csv"
    path.write_text("query_id,name,kind\n1,Quorvan Holdings,company\n", "utf-8")
    answers, _, _ = screened(path, "--lists", source.pk, "--threshold", "0.3")
    assert [(hit["list"], hit["id"]) for hit in answers["1"]] == [(source.pk, "e1")]
    with pytest.raises(CommandError, match="No list in use has the code nope"):
        screened(path, "--lists", "nope")


@pytest.mark.parametrize(
    ("content", "words"), [("query_id,name\n", "lacks the columns kind"), (None, "cannot be read")]
)
def test_what_is_no_table_of_names_is_said(tmp_path, folder, content, words):
    path = tmp_path / "other.csv"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(CommandError, match=words):
        screened(path, "--files", folder)


def test_pairs_are_scored_and_bad_rows_reported_by_line(tmp_path):
    path, out, wrong = tmp_path / "pairs.csv", tmp_path / "scores.csv", StringIO()
    rows = [
        {"pair_id": "a", "schema": "Company", "query_name": "Acme Vydumka", "candidate_names": '["Acme"]'},
        {"pair_id": "b", "schema": "Company", "query_name": "Acme", "candidate_names": "[not JSON"},
        {"pair_id": "c", "schema": "Person", "query_name": "Ivan Vydumanov",
         "candidate_names": '["Vydumanov, Ivan"]'},
    ]  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    call_command("score_pairs", path, "--out", out, stdout=StringIO(), stderr=wrong)
    scores = {row["pair_id"]: float(row["score"]) for row in csv.DictReader(out.open(encoding="utf-8"))}
    assert list(scores) == ["a", "c"]
    assert scores["c"] > 0.9
    assert wrong.getvalue() == "pairs.csv, line 3: candidate_names is not valid JSON.\n"


MEMORY = """
import sys
from pathlib import Path
from screening.lists import importers
for slug, place in zip(sys.argv[1::2], sys.argv[2::2]):
    for entry in importers.read(slug, Path(place)):
        entry.as_dict()
# Not ru_maxrss: that keeps what the parent held when it forked.
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def test_published_files_are_read_within_300_mb(shared):
    lists = shared / "lists"
    read = ["un_xml", lists / "un" / "un_consolidated_2026-02-27.xml", "ofac_csv", lists / "ofac"]
    read += ["ofac_simple_xml", lists / "ofac_nonsdn" / "consolidated_2025-03-28.xml"]
    read += ["canada_xml", lists / "other" / "canada_sema_2025-05.xml", "worldbank_csv", lists / "worldbank"]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, *map(str, read)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) <= 300
