import pytest

from focalpoints.models import FocalPoint
from partnerships.demo import offers
from partnerships.models import Company, Need, Offer
from partnerships.queries.matches import offer_facts, open_board
from portal.demo import create_demo_accounts
from portal.models import User


@pytest.fixture
def accounts(db, settings):
    settings.DEMO = True
    create_demo_accounts()
    for email, entity in [("focal@demo.example", "WFP"), ("focal.undp@demo.example", "UNDP")]:
        FocalPoint.objects.create(
            entity_id=entity,
            user=User.objects.get(email=email),
            role_title="Partnerships officer",
            office_place="Dhaka",
            unit_mailbox="unit@test.example",
        )


def test_the_demonstration_loads_once_and_shows_offers_in_many_states(accounts):
    offers.load()
    rows = (Company.objects.count(), Need.objects.count(), Offer.objects.count())
    assert offers.load() == "14 needs and 9 offers for the demonstration."
    assert rows == (Company.objects.count(), Need.objects.count(), Offer.objects.count())
    assert set(Offer.objects.values_list("status", flat=True)) == {
        "draft",
        "submitted",
        "triage",
        "clarification",
        "routed",
        "reserved",
        "accepted",
        "declined",
    }
    assert not Need.objects.filter(is_demo=False).exists()
    best = open_board().matches(offer_facts(Offer.objects.get(title__startswith="Cold storage")))[0]
    assert Need.objects.get(reference=best.need).title == "Cold storage for school meals in Khulna"
    assert best.score > 75
