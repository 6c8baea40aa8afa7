import pytest
from django.utils import timezone

from focalpoints.queries.search import search
from partnerships.search import reindex
from tests.focalpoints.factories import (
    ActionPointFactory,
    CommunityFactory,
    FocalPointFactory,
    MeetingFactory,
    ResourceFactory,
    TrainingFactory,
)
from tests.partnerships.factories import PartnershipFactory
from tests.partnerships.factories_offers import NeedFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
WORD = "refrigeration"


def published(**values):
    record = PartnershipFactory(visibility="public", public_since=timezone.now(), **values)
    reindex([record.pk])
    return record


def everything():
    """One row of each kind with WORD in it."""
    FocalPointFactory(role_title=f"Adviser, {WORD}")
    published(title=f"Shared {WORD}")
    published(title="Cold store", status="closed", lessons=f"Agree on {WORD} first.")
    NeedFactory(title=f"Need of {WORD}")
    ResourceFactory(title=f"Guide to {WORD}")
    ActionPointFactory(text=f"Share {WORD}", meeting=MeetingFactory(theme=f"On {WORD}"))
    TrainingFactory(title=f"Course on {WORD}")
    CommunityFactory(name=f"Friends of {WORD}")


def counts(user, words: str = WORD) -> dict[str, int]:
    return {part.kind.slug: part.count for part in search(user, words)}


def test_each_kind_is_found_and_counted():
    everything()
    found = counts(UserFactory(roles=["focal_point"]))
    assert found == {
        "people": 1,
        "partnerships": 1,
        "needs": 1,
        "library": 1,
        "lessons": 1,
        "meetings": 1,
        "actions": 1,
        "courses": 1,
        "groups": 1,
    }


def test_nobody_finds_what_they_may_not_see(client):
    FocalPointFactory(person_name="Ola Example", has_name_consent=True)
    FocalPointFactory(role_title=WORD, is_public=False)
    ResourceFactory(title=WORD, is_internal=True)
    ResourceFactory(title=WORD, status="draft")
    MeetingFactory(title=WORD, is_public=False)
    CommunityFactory(name=WORD)
    NeedFactory(title=WORD, status="draft", published_at=None)
    hidden = PartnershipFactory(title=WORD, visibility="un_system")
    reindex([hidden.pk])
    business, inside = UserFactory(roles=["business"]), UserFactory(roles=["focal_point"])
    assert counts(business) == {}
    assert counts(business, "Ola") == {}
    assert counts(inside) == {"people": 1, "partnerships": 1, "library": 1, "meetings": 1, "groups": 1}
    assert counts(inside, "Ola") == {"people": 1}
    assert WORD not in client.get("/search/?q=Ola").content.decode()


def test_a_chosen_kind_shows_more_of_itself_and_the_others_their_counts(client):
    for _ in range(7):
        MeetingFactory(title=f"Meeting on {WORD}")
    ResourceFactory(title=f"Guide to {WORD}")
    page = client.get(f"/search/?q={WORD}").content.decode()
    assert page.count("Meeting on") == 5
    assert "/search/?q=refrigeration&amp;kind=meetings" in page
    page = client.get(f"/search/?q={WORD}&kind=meetings").content.decode()
    assert page.count("Meeting on") == 7
    assert "Guide to" not in page
    assert "<b>8</b>" in page


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%20", "q=the+of", "q=%22%29+%26%7C%21", f"q={'x' * 5000}", "kind=x"]
)
def test_any_words_are_answered(client, query):
    assert client.get(f"/search/?{query}").status_code == 200


def test_a_slip_of_the_pen_is_corrected(client):
    published(title="Refrigeration for all")
    page = client.get("/search/?q=refrigeratoin").content.decode()
    assert "Did you mean" in page
    assert "refrigeration" in page


def test_search_stays_flat(client, assert_flat_queries):
    client.force_login(UserFactory(roles=["focal_point"]))
    assert_flat_queries(lambda: client.get(f"/search/?q={WORD}"), grow=everything)
