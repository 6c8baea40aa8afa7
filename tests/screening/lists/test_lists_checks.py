from __future__ import annotations

from datetime import date

import pytest

from screening.lists.checks import check_version
from screening.lists.dates import exact_date, partial_date
from screening.lists.model import ListFile
from screening.lists.places import country


def codes(findings) -> list[str]:
    return [finding.code for finding in findings if finding.severity == "refuse"]


def test_same_size_passes():
    assert check_version({"person": 100}, {"person": 101}) == []


def test_first_version_passes_without_one_before():
    assert check_version({"person": 3}, None) == []


def test_empty_is_refused():
    assert codes(check_version({}, {"person": 100})) == ["empty"]


@pytest.mark.parametrize(("new", "refused"), [(90, []), (89, ["shrunk"])])
def test_more_than_a_tenth_smaller_is_refused(new, refused):
    assert codes(check_version({"person": new}, {"person": 100})) == refused


def test_a_kind_that_vanishes_is_refused_though_the_total_holds():
    found = check_version({"person": 1000}, {"person": 950, "organization": 50})
    assert codes(found) == ["kind_gone"]


def test_duplicate_ids_are_refused_and_named():
    found = check_version({"person": 3}, None, {"1": 2})
    assert [str(finding) for finding in found] == ["The publisher's id 1 appears 2 times."]


def test_unknown_code_value_refuses():
    about = ListFile()
    about.warn_unknown("QUALITY", "Splendid", "entry QDi.001")
    assert codes(check_version({"person": 3}, None, findings=about.findings)) == ["unknown_value"]


def test_count_outside_the_band_is_refused():
    assert codes(check_version({"person": 3}, None, expected=(500, 5000))) == ["out_of_band"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1971", "1971-01-01", "1971-12-31"),
        ("1971-02", "1971-02-01", "1971-02-28"),
        ("1971-02-03", "1971-02-03", "1971-02-03"),
        ("2026-02-27T00:00:09.554Z", "2026-02-27", "2026-02-27"),
        ("12 Apr 1971", "1971-04-12", "1971-04-12"),
        ("31-Mar-2999", "2999-03-31", "2999-03-31"),
        ("Apr 1971", "1971-04-01", "1971-04-30"),
        ("April 12, 1971", "1971-04-12", "1971-04-12"),
        ("dd/mm/1971", "1971-01-01", "1971-12-31"),
        ("00/04/1971", "1971-04-01", "1971-04-30"),
        ("12.4.1971", "1971-04-12", "1971-04-12"),
        ("1958 to 1963", "1958-01-01", "1963-12-31"),
        ("circa 1958-1963", "1958-01-01", "1963-12-31"),
        ("29 Feb 1972 to Mar 1972", "1972-02-29", "1972-03-31"),
    ],
)
def test_dates_keep_their_precision(text, first, last):
    found = partial_date(text)
    assert found is not None
    assert (str(found.first), str(found.last)) == (first, last)
    assert found.approximate == text.startswith("circa")


@pytest.mark.parametrize("text", ["", "unknown", "31 Feb 1971", "1971-13-01", "12/34/1971", "0000"])
def test_what_is_no_date_is_none(text):
    assert partial_date(text) is None


def test_an_end_in_2999_is_no_end():
    assert exact_date("31-Dec-2999") is None
    assert exact_date("31-Dec-2030") == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("text", "iso2", "iso3"),
    [
        ("Côte d'Ivoire", "ci", "civ"),
        ("中国", "cn", "chn"),
        ("IRN", "ir", "irn"),
        ("UNKNOWN", "", ""),
        ("Atlantis", "", ""),
    ],
)
def test_countries_are_resolved_and_the_text_kept(text, iso2, iso3):
    found = country(text)
    assert found is not None
    assert (found.iso2, found.iso3, found.text) == (iso2, iso3, text)
