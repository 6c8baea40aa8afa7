import pytest

from partnerships import search
from partnerships.models import Partnership
from tests.partnerships.factories import CompanyFactory, ContributionFactory, PartnershipFactory

pytestmark = pytest.mark.django_db
COMPARE = "/partnerships/compare/"


def text(client, address, **given) -> str:
    return client.get(address, given).content.decode()


def test_two_records_side_by_side_say_what_differs(client):
    one = PartnershipFactory(is_public=True, countries=["UGA"], entities=["WFP"])
    two = PartnershipFactory(is_public=True, countries=["KEN"], entities=["WFP"])
    ContributionFactory(partnership=two, amount=5000, currency="USD", usd_value=5000)
    page = text(client, COMPARE, ids=[one.reference, two.reference])
    assert "Uganda" in page
    assert "Kenya" in page
    assert "differs" in page
    assert "same" in page
    assert "about USD 5,000" in page


def test_fewer_than_two_is_a_picker_that_adds_by_words(client):
    one = PartnershipFactory(is_public=True)
    other = PartnershipFactory(is_public=True, title="Pumps for hill farms")
    page = text(client, COMPARE, ids=one.reference, q="pumps")
    assert "Choose at least one more" in page
    assert f"?ids={one.reference}&amp;ids={other.reference}" in page


def test_no_draft_and_nothing_withheld_is_compared(client):
    draft = PartnershipFactory(title="Hidden draft")
    shown = PartnershipFactory(is_public=True)
    private = PartnershipFactory(is_public=True, companies=[CompanyFactory(name="Quiet Giver")])
    Partnership.objects.filter(pk=private.pk).update(
        withheld_fields=["parties"], withheld_reason="Asked for."
    )
    page = text(client, COMPARE, ids=[draft.reference, shown.reference, private.reference])
    assert "Hidden draft" not in page
    assert f"No record of the registry: {draft.reference}" in page
    assert "Quiet Giver" not in page
    search.reindex([private.pk])
    assert search.find(search.Wanted("quiet giver")).total == 0
    assert "Quiet Giver" not in text(client, "/partnerships/suggest/", q="Quiet")


def test_comparing_stays_flat(client, assert_flat_queries):
    references = []

    def grow():
        references.append(
            PartnershipFactory(is_public=True, countries=["UGA"], companies=[CompanyFactory()]).reference
        )

    assert_flat_queries(lambda: client.get(COMPARE, {"ids": references}), grow)


# --- suggestions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", ["Ugan", "ouga", "أوغ", "UGANDA", "Уган", "乌干"])
def test_a_country_is_suggested_in_any_language(client, begun):
    PartnershipFactory(is_public=True, countries=["UGA"])
    assert "?country=UGA" in text(client, "/partnerships/suggest/", q=begun)


def test_only_what_some_record_has_is_suggested(client):
    PartnershipFactory(
        is_public=True, title="Solar roofs for clinics", companies=[CompanyFactory(name="Solar Twelve")]
    )
    PartnershipFactory(title="Solar secret", companies=[CompanyFactory(name="Solar Unseen")])
    page = text(client, "/partnerships/suggest/", q="solar")
    assert "Solar roofs for clinics" in page
    assert 'Solar Twelve</bdi></a> <span class="cg-muted">Company, <bdi>1</bdi>' in page
    assert "secret" not in page
    assert "Unseen" not in page
    assert "?country=KEN" not in text(client, "/partnerships/suggest/", q="keny")


@pytest.mark.parametrize(
    ("begun", "is_found"), [("åLeN", True), ("ÅLENUND 5%", True), ("å%n", False), ("lenund", False)]
)
def test_a_company_is_suggested_by_how_its_name_begins(client, begun, is_found):
    PartnershipFactory(is_public=True, companies=[CompanyFactory(name="Ålenund 5% Works")])
    assert ("Ålenund 5% Works" in text(client, "/partnerships/suggest/", q=begun)) is is_found


@pytest.mark.parametrize("begun", ["", "a", "%%", "\\\\", "'" * 80, "_" * 5, "<b>"])
def test_nothing_typed_breaks_the_suggestions(client, begun):
    assert client.get("/partnerships/suggest/", {"q": begun}).status_code == 200


def test_a_value_can_be_left_out_instead(client):
    PartnershipFactory(is_public=True, countries=["UGA"], title="In Uganda")
    PartnershipFactory(is_public=True, countries=["KEN"], title="In Kenya")
    assert "?not_country=UGA" in text(client, "/partnerships/", country="UGA")
    page = text(client, "/partnerships/", not_country="UGA")
    assert "In Kenya" in page
    assert "In Uganda" not in page
    assert "Not: Uganda" in page
