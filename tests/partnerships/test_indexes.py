import pytest
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships.models import Partnership
from partnerships.queries.registry import umbrella_trees
from screening.models import CompanyMerge
from tests.partnerships.factories import CompanyFactory, PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def text(client, address, **given) -> str:
    return client.get(address, given).content.decode()


@pytest.mark.parametrize(
    "address",
    ["/countries/", "/sdgs/", "/agencies/", "/organisations/", "/umbrellas/", "/agencies/compare/", "/data/"],
)
def test_indexes_stay_flat_and_show_when_nothing_is_there(client, assert_flat_queries, address):
    assert client.get(address).status_code == 200

    def grow():
        parent = PartnershipFactory(
            is_public=True, countries=["UGA"], targets=["8.7"], companies=[CompanyFactory()]
        )
        PartnershipFactory(is_public=True, parent=parent)

    assert_flat_queries(lambda: client.get(address), grow)


def test_organizations_are_those_that_public_records_name(client):
    shown = CompanyFactory(name="Harbour Mills")
    PartnershipFactory(is_public=True, companies=[shown])
    PartnershipFactory(companies=[CompanyFactory(name="Draft Only")])
    hidden = PartnershipFactory(is_public=True, companies=[CompanyFactory(name="Quiet Giver")])
    Partnership.objects.filter(pk=hidden.pk).update(withheld_fields=["parties"], withheld_reason="Asked for.")
    page = text(client, "/organisations/")
    assert "Harbour Mills" in page
    assert "Draft Only" not in page
    assert "Quiet Giver" not in page
    assert "No organization has this name" in text(client, "/organisations/", q="nobody")


def test_umbrellas_are_trees_of_what_the_reader_may_see(client):
    top = PartnershipFactory(is_public=True, title="Top")
    middle = PartnershipFactory(is_public=True, title="Middle", parent=top)
    PartnershipFactory(is_public=True, title="Leaf", parent=middle)
    PartnershipFactory(title="Draft below", parent=top)
    (tree,) = umbrella_trees(UserFactory())
    assert tree.record == top
    assert [branch.record.title for branch in tree.children] == ["Middle"]
    assert [branch.record.title for branch in tree.children[0].children] == ["Leaf"]
    page = text(client, "/umbrellas/")
    assert "Draft below" not in page
    assert "2 partnerships under it; 1 UN entity; 0 countries" in page


def test_a_ring_of_umbrellas_ends(client):
    one = PartnershipFactory(is_public=True)
    two = PartnershipFactory(is_public=True, parent=one)
    Partnership.objects.filter(pk=one.pk).update(parent=two)
    assert client.get("/umbrellas/").status_code == 200


def test_two_entities_stand_side_by_side(client):
    PartnershipFactory(is_public=True, entities=["WFP"], countries=["UGA"])
    page = text(client, "/agencies/compare/", ids=["WFP", "UNDP"])
    assert "World Food Programme" in page
    assert "differs" in page
    assert "Open needs" in page
    assert "?ids=WFP" in text(client, "/agencies/WFP/")
    assert "Choose at least one more" in text(client, "/agencies/compare/", ids="WFP")


def test_a_country_page_names_the_team_and_the_local_network(client):
    for role, tasks in (("Partnerships officer", ["entry_point"]), ("Network manager", ["local_network"])):
        contact = FocalPoint.objects.create(
            entity_id="UNDP",
            role_title=role,
            office_place="Kampala",
            unit_mailbox="unit@example.org",
            tasks=tasks,
        )
        contact.countries.add("UGA")
    page = text(client, "/countries/UGA/")
    assert "Partnerships officer" in page.split("Local network")[0]
    assert "Network manager" in page.split("Local network")[1]
    assert "No office is named" in text(client, "/countries/KEN/")


def test_what_is_withheld_is_in_no_file(client):
    record = PartnershipFactory(is_public=True, companies=[CompanyFactory(name="Quiet Giver")])
    Partnership.objects.filter(pk=record.pk).update(withheld_fields=["parties"], withheld_reason="Asked for.")
    body = b"".join(client.get("/partnerships.csv")).decode()
    assert "Quiet Giver" not in body
    assert "parties" in body


def test_the_page_of_a_merged_double_leads_to_the_company_that_stands_for_it(client, sign_in):
    kept, gone = CompanyFactory(), CompanyFactory()
    PartnershipFactory(is_public=True, companies=[gone])
    merge = CompanyMerge.objects.create(kept=kept, gone=gone, moved={}, note="Same.", by=UserFactory())
    for address in ("/organisations/{}/", "/desk/companies/{}/", "/desk/companies/{}/edit/"):
        if address.startswith("/desk/"):
            sign_in("registry_desk")
        moved = client.get(address.format(gone.public_id))
        assert (moved.status_code, moved["Location"]) == (301, address.format(kept.public_id))
    CompanyMerge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), undone_by=UserFactory())
    assert client.get(f"/organisations/{gone.public_id}/").status_code == 200
