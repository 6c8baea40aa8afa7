import io
import json
from pathlib import Path

import jsonschema
import pytest
from django.utils import timezone
from lxml import etree

from partnerships import iati
from partnerships.demo import registry
from partnerships.iati.codes import shares
from partnerships.iati.facts import for_iati
from partnerships.models import Partnership
from tests.partnerships.factories import PartnershipFactory, full_record

pytestmark = pytest.mark.django_db
XML_XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="http://www.w3.org/XML/1998/namespace">
 <xs:attribute name="lang" type="xs:language"/></xs:schema>"""


class Local(etree.Resolver):
    """Gives the validator the two schemas that the first one imports, and nothing from outside."""

    def __init__(self, folder: Path):
        self.folder = folder

    def resolve(self, url, public_id, context):
        if url.endswith("xml.xsd"):
            return self.resolve_string(XML_XSD, context)
        return self.resolve_filename(str(self.folder / Path(url).name), context)


def schema(shared: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local(shared / "standards"))
    return etree.XMLSchema(etree.parse(str(shared / "standards" / "iati-activities-schema.xsd"), parser))


def written(records) -> bytes:
    activities = [iati.activity_of(record) for record in for_iati(records)]
    return b"".join(iati.write(activities, site="https://portal.test.example", at=timezone.now()))


def test_the_archive_comes_back_as_it_went():
    registry.load()
    before = [iati.activity_of(record) for record in for_iati(Partnership.objects.order_by("pk"))]
    assert len(before) == 43
    after = list(iati.read(io.BytesIO(written(Partnership.objects.order_by("pk")))))
    for left, right in zip(before, after, strict=True):
        assert left == right


def test_a_full_record_comes_back_as_it_went():
    full_record(is_public=True)
    records = Partnership.objects.exclude(reference="P-6001")
    (before,) = [iati.activity_of(record) for record in for_iati(records)]
    (after,) = iati.read(io.BytesIO(written(records)))
    assert before == after


def test_files_are_valid_iati(shared, client):
    registry.load()
    full_record(is_public=True)
    PartnershipFactory(is_public=True, entities=[], summary="Bare")
    content = b"".join(client.get("/data/iati.xml").streaming_content)
    rules = schema(shared)
    rules.assertValid(etree.fromstring(content))
    one = b"".join(client.get("/partnerships/P-0001/iati.xml").streaming_content)
    rules.assertValid(etree.fromstring(one))
    assert one.count(b"<iati-activity ") == 1


def test_files_of_others_are_read_as_far_as_they_go(shared):
    example = (shared / "standards" / "iati_activity_example_203.xml").read_bytes()
    (activity,) = iati.read(io.BytesIO(example))
    assert activity.title
    assert activity.countries


@pytest.mark.parametrize(
    "content",
    [b"<html/>", b"no xml", b'<!DOCTYPE a [<!ENTITY b "c">]><iati-activities>&b;</iati-activities>'],
)
def test_what_is_no_iati_is_refused(content):
    with pytest.raises(iati.NotIati):
        list(iati.read(io.BytesIO(content)))


def test_nothing_but_public_records_travels(client):
    PartnershipFactory(title="Draft thing")
    PartnershipFactory(title="Inside thing", visibility="un_system")
    PartnershipFactory(title="Gone thing", is_public=True, status="withdrawn")
    full_record(is_public=True, withheld_fields=["parties", "contributions"], withheld_reason="Asked.")
    content = b"".join(client.get("/data/iati.xml").streaming_content).decode()
    for words in ("Draft thing", "Inside thing", "Gone thing", "Fictional Cold Works", "250000"):
        assert words not in content, words


@pytest.mark.parametrize("count", [1, 3, 7, 60])
def test_shares_of_places_add_up_to_a_hundred(count):
    assert sum(round(float(share) * 100) for share in shares(count)) == 10000


def test_the_cash_is_valid_360giving(shared, client):
    registry.load()
    full_record(is_public=True)
    rules = json.loads((shared / "standards" / "360giving_schema.json").read_text())
    moments = jsonschema.FormatChecker(formats=())  # a day alone is no "date-time", as the schema means it
    moments.checks("date-time")(lambda value: "T" in str(value))
    content = b"".join(client.get("/data/360giving.json").streaming_content)
    grants = json.loads(content)["grants"]
    assert len(grants) > 3
    for grant in grants:
        jsonschema.validate(grant, rules, format_checker=moments)
    mine = next(grant for grant in grants if grant["title"] == Partnership.objects.latest("pk").title)
    assert (mine["amountAwarded"], mine["fundingOrganization"][0]["id"]) == (
        250000,
        "XI-LEI-5493001KJTIIGC8Y1R12",
    )


@pytest.mark.parametrize("address", ["/data/iati.xml", "/data/360giving.json"])
def test_files_stay_flat(client, assert_flat_queries, address):
    numbers = iter(range(10))

    def grow():
        PartnershipFactory(is_public=True, countries=["KEN"], title=f"Number {next(numbers)}")

    assert_flat_queries(lambda: b"".join(client.get(address).streaming_content), grow)


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"is_public": True}, True), ({}, False), ({"is_public": True, "status": "withdrawn"}, False)],
)
def test_an_umbrella_is_told_only_where_everybody_may_read_it(fields, told):
    umbrella = PartnershipFactory(**fields)
    record = for_iati(Partnership.objects.filter(pk=PartnershipFactory(parent=umbrella).pk)).get()
    assert iati.activity_of(record).parent == (umbrella.reference if told else "")
