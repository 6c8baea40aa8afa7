"""Thirty and more ways in which a file arrives damaged: each leaves the list in use, and what rests on it."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator

import pytest

from screening import matching, queries
from screening.lists import bundles, importers
from screening.models import ListEntry, ListVersion, ScreeningRun, VersionStatus
from screening.services import lists
from screening.services.screening import screen_company
from tests.screening.factories import CompanyFactory, ListSourceFactory, list_xml, serve

pytestmark = pytest.mark.django_db
SIZE = 30
Make = Callable[[list[int]], bytes]


def name(n: int) -> str:
    return f"Zanquil {chr(65 + n % 26) * 3} Works {n}"


def un(ids: list[int]) -> bytes:
    body = list_xml(*(f"@{n}" for n in ids)).decode()
    for place, n in enumerate(ids, 1):
        body = body.replace(f"<DATAID>e{place}<", f"<DATAID>e{n}<", 1) if place != n else body
        body = body.replace(f">@{n}<", f">{name(n)}<")
    return body.encode()


def eu(ids: list[int]) -> bytes:
    rows = "".join(
        f'<sanctionEntity designationDate="" euReferenceNumber="EU.{n}.01" logicalId="{n}">'
        '<regulation regulationType="regulation" programme="INV" publicationDate="2020-01-02" '
        'entryIntoForceDate="2020-01-03" logicalId="1"/><subjectType code="enterprise"/>'
        f'<nameAlias wholeName="{name(n)}" strong="true" nameLanguage="EN" logicalId="2"/></sanctionEntity>'
        for n in ids
    )
    return (
        '<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-02-26T17:00:34.049+01:00">'
        f"{rows}</export>"
    ).encode()


def uk(ids: list[int]) -> bytes:
    rows = "".join(
        f"<Designation><UniqueID>INV{n:04}</UniqueID><Names><Name><Name6>{name(n)}</Name6>"
        "<NameType>Primary Name</NameType></Name></Names><RegimeName>Invented</RegimeName>"
        "<IndividualEntityShip>Entity</IndividualEntityShip></Designation>"
        for n in ids
    )
    return f"<Designations><DateGenerated>26/02/2026</DateGenerated>{rows}</Designations>".encode()


def ofac(ids: list[int]) -> bytes:
    sdn = "".join(f'{n},"{name(n)}",-0- ,"INV"' + ",-0- " * 8 + "\r\n" for n in ids) + "\x1a"
    files = [("sdn.csv", sdn), ("alt.csv", "\x1a"), ("add.csv", "\x1a")]
    archive = io.BytesIO()
    bundles.pack([(name, io.BytesIO(text.encode())) for name, text in files], archive)
    return archive.getvalue()


def worldbank(ids: list[int]) -> bytes:
    rows = [{"SUPP_ID": n, "SUPP_NAME": name(n), "COUNTRY_NAME": "Cyprus"} for n in ids]
    return json.dumps({"response": {"ZPROCSUPP": rows}}).encode()


def ftm(ids: list[int]) -> bytes:
    rows = [
        {"id": f"inv-{n}", "schema": "Company", "target": True, "properties": {"name": [name(n)]}}
        for n in ids
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def table(ids: list[int]) -> bytes:
    return ("id,name,reason\r\n" + "".join(f"{n},{name(n)},Fraud {n}\r\n" for n in ids)).encode()


FAMILIES: dict[str, Make] = {
    "un": un,
    "eu": eu,
    "uk": uk,
    "ofac": ofac,
    "worldbank": worldbank,
    "ftm": ftm,
    "mapped_csv": table,
}


def zipped(**files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for file, content in files.items():
            target.writestr(file.replace("_", "."), content)
    return archive.getvalue()


def damages(family: str, make: Make) -> Iterator[tuple[str, bytes]]:
    good, chance = make(list(range(1, SIZE + 1))), random.Random(1)
    for tenth in range(1, 10):
        yield f"cut at {tenth} tenths", good[: len(good) * tenth // 10]
    for number in range(6):
        # The middle of an archive is the packed list itself, and not a header in which nothing changes.
        at = next(
            at
            for at in iter(lambda: chance.randrange(len(good) * 4 // 10, len(good) * 6 // 10), None)
            if good[at]
        )
        yield f"zero byte {number}", good[:at] + b"\0" + good[at + 1 :]
    yield "nothing", b""
    yield "blanks", b" \r\n \r\n"
    yield "web page", b"<!doctype html><html><head><title>503</title></head><body>Sorry</body></html>"
    yield "web page, no doctype", b"<html><body><p>Please sign in</p></body></html>"
    yield "error in words", b"404 Not Found"
    yield "picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64)
    yield "document", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(64)
    yield "noise", chance.randbytes(4096)
    yield "another XML", b"<OTHER><A/></OTHER>"
    yield "another JSON", b'{"rows": []}'
    yield "another table", b"a;b;c\r\n1;2;3\r\n"
    yield "another list", (FAMILIES["eu"] if family != "eu" else FAMILIES["un"])([1, 2, 3])
    yield "UTF-16", good.decode("latin-1").encode("utf-16")
    yield "compressed", gzip.compress(good)
    yield "compressed zeros", gzip.compress(bytes(50_000_000))
    yield "archive of nothing", zipped()
    yield "archive of zeros", zipped(list_xml=bytes(50_000_000))
    yield "archive cut off", zipped(list_xml=good)[:-40]
    yield "archive of 50 files", zipped(**{f"a{n}_xml": good for n in range(50)})
    text = good.decode("latin-1").removeprefix('<?xml version="1.0" encoding="UTF-8"?>').encode("latin-1")
    yield "document type", b"<!DOCTYPE x>" + text
    yield "external entity", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + text
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9))
    yield "entity bomb", b'<!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]><x>&l8;</x>"
    yield "depth", b"<a>" * 50_000
    yield "wide", b"<CONSOLIDATED_LIST " + b" ".join(b'a%d=""' % n for n in range(5000)) + b"/>"
    yield "no entries", make([])
    yield "an id twice", make([*range(1, SIZE + 1), 1])
    yield "thirty per cent smaller", make(list(range(1, SIZE * 7 // 10)))
    yield "much larger than believed", make(list(range(1, 200)))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_damage_leaves_the_list_in_use_and_the_results(family):
    make = FAMILIES[family]
    mapping = {"columns": {"id": "id", "name": "name", "reasons": "reason"}}
    source = ListSourceFactory(
        importer=family, mapping=mapping if family == "mapped_csv" else {}, expected_low=1, expected_high=100
    )
    first = serve(source, make(list(range(1, SIZE + 1))), name="list")
    assert first.status == VersionStatus.SERVING, first.findings
    company = CompanyFactory(name=name(3))
    run = screen_company(company.pk)
    assert run.found
    before = list(queries.serving_entries([source.pk]).order_by("id").values_list("pk", "fingerprint"))
    seen = {}
    for damage, content in damages(family, make):
        version = serve(source, content, name="list")
        seen[damage] = version.status
        assert not ListEntry.objects.filter(version=version).exists(), damage
        assert version.findings, damage
        for finding in version.findings:
            assert finding["sentence"] % finding["values"], damage
    assert set(seen.values()) == {VersionStatus.REFUSED}, seen
    assert len(seen) >= 40
    assert source.versions.get(status=VersionStatus.SERVING) == first
    assert (
        list(queries.serving_entries([source.pk]).order_by("id").values_list("pk", "fingerprint")) == before
    )
    assert screen_company(company.pk) == run
    assert ScreeningRun.objects.filter(company=company).count() == 1


def test_kill_in_the_middle_leaves_the_list_in_use(monkeypatch):
    source = ListSourceFactory()
    first = serve(source, un(list(range(1, SIZE + 1))))
    whole = importers.read_files

    def killed(*args):
        for count, entry in enumerate(whole(*args)):
            if count == SIZE // 2:
                raise SystemExit
            yield entry

    version = lists.receive_file(source, io.BytesIO(un(list(range(1, SIZE + 2)))), name="list.xml", by=None)
    with monkeypatch.context() as patch:
        patch.setattr(importers, "read_files", killed)
        patch.setattr(lists, "BATCH", 5)
        with pytest.raises(SystemExit):
            lists.load_version(version.pk)
    assert ListVersion.objects.get(pk=version.pk).status == VersionStatus.RECEIVED
    assert source.versions.get(status=VersionStatus.SERVING) == first
    assert not version.entries.exists()
    assert lists.load_version(version.pk).status == VersionStatus.SERVING
    assert matching.index_of(queries.serving_versions()).entries_count >= SIZE + 1
