from datetime import timedelta

import pytest
from django.utils import timezone

from focalpoints.queries import desk_rows
from focalpoints.queries.directory import coverage
from portal.models import Country
from tests.focalpoints.factories import (
    ActionPointFactory,
    BrokerFactory,
    FocalPointFactory,
    IssueFactory,
)
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_desk_names_the_entry_that_is_due():
    user = UserFactory(roles=["focal_point"])
    confirmed_on = timezone.localdate() - timedelta(days=181)
    entry = FocalPointFactory(user=user, confirmed_on=confirmed_on)
    FocalPointFactory(user=user)
    FocalPointFactory(confirmed_on=confirmed_on)
    rows = desk_rows(user)
    assert [row.url for row in rows] == [f"/directory/{entry.pk}/"]
    assert rows[0].due_on == confirmed_on + timedelta(days=210)


def test_desk_names_the_issue_that_waits_for_a_second_person():
    first, second = UserFactory(roles=["editor"]), UserFactory(roles=["editor"])
    issue = IssueFactory(status="review", created_by=first, submitted_by=first)
    assert desk_rows(first) == []
    assert [row.url for row in desk_rows(second)] == [f"/newsletter/{issue.number}/"]
    assert desk_rows(UserFactory(roles=["focal_point"])) == []


def test_desk_names_action_points_to_tell_of_and_requests_to_a_broker():
    user = FocalPointFactory(user=UserFactory(roles=["focal_point"])).user
    action = ActionPointFactory(owner_id="WFP", meeting__year=2020, meeting__starts_on=None)
    ActionPointFactory(owner_id="WFP", meeting__year=2020, meeting__starts_on=None, state="done")
    ActionPointFactory(owner_id="UNDP", meeting__year=2020, meeting__starts_on=None)
    request = BrokerFactory(user=user).requests.create(by=UserFactory(), what="Help")
    rows = desk_rows(user)
    assert [row.url for row in rows] == [
        f"/meetings/actions/{action.pk}/",
        f"/brokers/requests/{request.pk}/",
    ]
    assert rows[0].due_on == timezone.localdate().replace(month=12, day=31)


def test_coverage_counts_what_the_reader_may_see():
    entry = FocalPointFactory(is_public=False)
    entry.countries.add(Country.objects.get(pk="BGD"))
    stranger, inside = UserFactory(roles=["business"]), UserFactory(roles=["focal_point"])
    assert coverage(stranger).covered == []
    assert [country.pk for country in coverage(inside).covered] == ["BGD"]
    wfp = next(entity for entity in coverage(inside).entities if entity.pk == "WFP")
    assert (wfp.entry_count, wfp.stale_count) == (1, 0)
    names = [country.short_en for country in coverage(stranger).uncovered]
    assert names.index("Chad") < names.index("Côte d’Ivoire") < names.index("Croatia") < names.index("Cuba")


def test_demo_loads_twice_and_stays_the_same(settings):
    from focalpoints.demo import load_demo
    from focalpoints.models import ActionPoint, FocalPoint, Issue, ProgressNote
    from portal.demo import create_demo_accounts

    settings.DEMO = True
    create_demo_accounts()
    first = load_demo()
    assert load_demo() == first
    assert Issue.objects.published().count() == 1
    assert FocalPoint.objects.active().stale().count() >= 3
    assert FocalPoint.objects.get(user__email="focal@demo.example").entity_id == "WFP"
    assert ActionPoint.objects.filter(meeting__slug="focal-points-2005").count() == 17
    assert ProgressNote.objects.filter(text="No progress so far", year=2006).exists()
