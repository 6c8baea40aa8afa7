from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from partnerships import search
from partnerships.models import Partnership, SavedSearch
from partnerships.services import saved as services
from portal.errors import RuleViolation
from portal.models import Notice
from tests.partnerships.factories import PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
LAST_WEEK = timezone.now() - timedelta(days=8)


def follow(query="country=UGA", frequency="weekly", **fields) -> SavedSearch:
    user = fields.pop("user", None) or UserFactory(roles=["focal_point"])
    return SavedSearch.objects.create(
        user=user, name="Uganda", query=query, frequency=frequency, checked_at=LAST_WEEK, **fields
    )


def touch(record: Partnership, when) -> None:
    Partnership.objects.filter(pk=record.pk).update(updated_at=when)
    search.reindex([record.pk])


def test_a_follower_is_told_once_what_came_and_what_changed(run_jobs):
    old = PartnershipFactory(is_public=True, countries=["UGA"], title="Seen before")
    touch(old, LAST_WEEK - timedelta(days=1))
    new = PartnershipFactory(is_public=True, countries=["UGA"], title="Just published")
    PartnershipFactory(is_public=True, countries=["KEN"], title="Elsewhere")
    PartnershipFactory(countries=["UGA"], title="Still a draft")
    followed = follow()
    services.check_searches()
    assert "partnerships.check_search" in run_jobs()
    notice = Notice.objects.get(user=followed.user)
    assert new.title in notice.body
    assert not any(title in notice.body for title in ("Seen before", "Elsewhere", "Still a draft"))
    assert services.stop_path(followed) in mail.outbox[0].body
    assert services.stop_path(followed) in mail.outbox[0].extra_headers["List-Unsubscribe"]
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    services.check_searches()
    services.check_search(followed.pk)
    assert Notice.objects.count() == 1


def test_no_change_is_no_mail():
    followed = follow()
    services.check_search(followed.pk)
    assert not Notice.objects.exists()
    followed.refresh_from_db()
    assert followed.checked_at > LAST_WEEK


@pytest.mark.parametrize(
    ("frequency", "days", "is_due"), [("daily", 1, True), ("weekly", 1, False), ("never", 30, False)]
)
def test_each_search_has_its_turn(frequency, days, is_due, run_jobs):
    followed = follow(frequency=frequency)
    SavedSearch.objects.filter(pk=followed.pk).update(checked_at=timezone.now() - timedelta(days=days))
    services.check_searches()
    assert ("partnerships.check_search" in run_jobs()) == is_due


def test_the_same_search_is_followed_once_and_not_more_than_thirty():
    user = UserFactory()
    services.save_search("type=core_business&country=UGA&page=x", name="a", frequency="daily", by=user)
    services.save_search("country=UGA&type=core_business", name="b", frequency="weekly", by=user)
    assert list(user.saved_searches.values_list("name", "query")) == [("b", "country=UGA&type=core_business")]
    for number in range(SavedSearch.MOST - 1):
        services.save_search(f"q={number}", name=str(number), frequency="daily", by=user)
    with pytest.raises(RuleViolation):
        services.save_search("q=more", name="more", frequency="daily", by=user)


def test_following_from_the_list_and_changing_it(client, sign_in):
    user = sign_in("focal_point")
    assert "/desk/saved/new/?country=UGA" in client.get("/partnerships/?country=UGA").content.decode()
    page = client.get("/desk/saved/new/?country=UGA").content.decode()
    assert "Uganda" in page
    client.post("/desk/saved/new/?country=UGA&page=x", {"name": "Uganda", "frequency": "daily"})
    followed = user.saved_searches.get()
    assert (followed.query, followed.frequency) == ("country=UGA", "daily")
    client.post(f"/desk/saved/{followed.pk}/", {"name": "East", "frequency": "never"})
    followed.refresh_from_db()
    assert (followed.name, followed.frequency) == ("East", "never")
    client.post(f"/desk/saved/{followed.pk}/remove/")
    assert not user.saved_searches.exists()


def test_the_link_in_the_mail_stops_it_without_signing_in(client):
    followed = follow()
    address = services.stop_path(followed)
    client.get(address)  # a mail scanner opens every link
    followed.refresh_from_db()
    assert followed.frequency == "weekly"
    assert "No more mails" in client.post(address).content.decode()
    followed.refresh_from_db()
    assert followed.frequency == "never"
    assert client.get("/saved/stop/1:forged/").status_code == 404


def test_a_mail_program_stops_it_with_one_click():
    followed = follow()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(services.stop_path(followed), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    followed.refresh_from_db()
    assert followed.frequency == "never"
