from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from focalpoints.models import Membership
from focalpoints.services import groups as services
from portal.errors import RuleViolation
from portal.models import AuditEvent
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [UserFactory(roles=["focal_point"]) for _ in range(3)]


@pytest.fixture
def group(people):
    group = services.create_group(name="Due diligence", kind="theme", purpose="To learn", by=people[0])
    services.join_group(group, is_listed=True, wants_digest=True, by=people[1])
    return group


def begin(group, by, **values):
    return services.start_thread(
        group, **{"title": "A question", "text": "Who knows?", "is_announcement": False, **values}, by=by
    )


def test_members_write_and_others_read(client, people, group):
    thread = begin(group, people[1])
    with pytest.raises(RuleViolation, match="Join"):
        services.reply(thread, text="I do", by=people[2])
    services.reply(thread, text="I do. <script>alert(1)</script>", by=people[0])
    client.force_login(people[2])
    page = client.get(f"/groups/{group.slug}/{thread.pk}/").content.decode()
    assert "I do." in page
    assert "alert(1)" not in page
    assert "Join the group to reply." in page


def test_only_moderators_announce_and_nobody_replies(people, group):
    with pytest.raises(PermissionDenied):
        begin(group, people[1], is_announcement=True)
    thread = begin(group, people[0], is_announcement=True)
    with pytest.raises(RuleViolation, match="closed"):
        services.reply(thread, text="But", by=people[1])


def test_a_post_is_removed_with_a_reason_that_stays(client, people, group):
    thread = begin(group, people[1])
    post = thread.posts.get()
    with pytest.raises(PermissionDenied):
        services.remove_post(post, why="No", by=people[2])
    with pytest.raises(RuleViolation):
        services.remove_post(post, why=" ", by=people[0])
    services.remove_post(post, why="Names a person", by=people[0])
    client.force_login(people[1])
    page = client.get(f"/groups/{group.slug}/{thread.pk}/").content.decode()
    assert "Names a person" in page
    assert "Who knows?" not in page
    assert AuditEvent.objects.filter(action="post removed", note="Names a person").exists()


def test_the_last_moderator_leaves_the_group_in_hands(people, group):
    services.leave_group(group, by=people[0])
    assert Membership.objects.get(community=group, user=people[1]).is_moderator


def test_the_digest_tells_once_and_not_oneself(people, group, run_jobs):
    begin(group, people[1])
    services.digest_groups()
    run_jobs()
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for _ in range(2):
            services.digest_groups()
            run_jobs()
    assert [message.to for message in mail.outbox] == [[people[0].email]]
    assert "A question: Who knows?" in mail.outbox[0].body


def test_groups_stay_flat(client, people, group, assert_flat_queries):
    client.force_login(people[0])
    thread = begin(group, people[0])
    assert_flat_queries(lambda: client.get(f"/groups/{group.slug}/"), grow=lambda: begin(group, people[1]))
    assert_flat_queries(
        lambda: client.get(f"/groups/{group.slug}/{thread.pk}/"),
        grow=lambda: services.reply(thread, text="More", by=people[1]),
    )
    names = iter("ABC")
    assert_flat_queries(
        lambda: client.get("/groups/"),
        grow=lambda: services.create_group(name=next(names), kind="theme", purpose="x", by=people[2]),
    )
