from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from focalpoints.models import Community, Membership, Post, ShelfFile, TrainingSeat
from focalpoints.queries.groups import groups_of
from focalpoints.services import groups as services
from portal.errors import RuleViolation, TooMany
from portal.models import Attachment, AuditEvent, Notice
from tests.focalpoints.factories import ResourceFactory, TrainingFactory
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
    assert AuditEvent.objects.filter(action="post removed", note="A question: Names a person").exists()


def test_every_act_of_moderation_stands_in_the_log(client, people, group):
    thread = begin(group, people[1])
    with pytest.raises(PermissionDenied):
        services.close_thread(thread, is_closed=True, why="Settled", by=people[1])
    services.close_thread(thread, is_closed=True, why="Settled", by=people[0])
    with pytest.raises(RuleViolation, match="closed"):
        services.reply(thread, text="But", by=people[1])
    services.close_thread(thread, is_closed=False, why="New facts", by=people[0])
    member = services.membership_of(group, people[1])
    services.name_moderator(member, is_moderator=True, by=people[0])
    services.name_moderator(member, is_moderator=False, by=people[0])
    services.remove_member(member, why="Advertises", by=people[0])
    client.force_login(people[2])
    page = client.get(f"/groups/{group.slug}/log/").content.decode()
    for words in ("A question: Settled", "Conversation opened again", "Moderator named", "Advertises"):
        assert words in page
    assert Notice.objects.get(user=people[1]).subject.startswith("You are no longer")


def test_a_group_keeps_a_moderator(people, group):
    mine = services.membership_of(group, people[0])
    with pytest.raises(RuleViolation, match="needs a moderator"):
        services.name_moderator(mine, is_moderator=False, by=people[0])
    with pytest.raises(RuleViolation, match="Release"):
        services.remove_member(mine, why="x", by=people[0])


def test_moderators_work_through_their_page(client, people, group):
    path = f"/groups/{group.slug}/"
    member = services.membership_of(group, people[1])
    client.force_login(people[1])
    assert client.get(path + "moderate/").status_code == 403
    client.force_login(people[0])
    assert client.post(path + "moderate/", {"name": "Due diligence", "purpose": ""}).status_code == 422
    assert client.post(path + "moderate/", {"name": "Screening", "purpose": "To learn"}).status_code == 302
    assert client.post(f"{path}members/{member.pk}/", {"act": "remove", "why": " "}).status_code == 409
    assert client.post(f"{path}members/{member.pk}/", {"act": "name"}).status_code == 302
    page = client.get(path + "moderate/").content.decode()
    assert "Screening" in page
    assert "Release as moderator" in page


def test_an_announcement_is_told_to_every_other_member(people, group, run_jobs):
    begin(group, people[0], title="We meet\n\nin June", is_announcement=True)
    run_jobs()
    assert [notice.user for notice in Notice.objects.all()] == [people[1]]
    assert "We meet in June" in Notice.objects.get().subject
    assert [message.to for message in mail.outbox] == [[people[1].email]]


def test_nobody_floods_a_group(people, group):
    thread = begin(group, people[1])
    for _ in range(19):
        services.reply(thread, text="Again", by=people[1])
    with pytest.raises(TooMany):
        services.reply(thread, text="Again", by=people[1])


def test_the_shelf_holds_files_and_items_of_the_library(client, people, group, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    item = ResourceFactory(is_internal=True)
    path = f"/groups/{group.slug}/"
    client.force_login(people[1])
    assert client.post(path + "shelf/", {}).status_code == 422
    assert client.post(path + "shelf/", {"item": item.pk}).status_code == 302
    file = SimpleUploadedFile("terms.txt", b"What we agreed", "text/plain")
    assert client.post(path + "shelf/", {"file": file}).status_code == 302
    page = client.get(path).content.decode()
    assert item.title in page
    assert "terms.txt" in page
    client.force_login(people[2])
    assert client.get(Attachment.objects.get().get_absolute_url()).status_code == 200
    shelved = group.shelf_files.get()
    assert client.post(f"{path}shelf/files/{shelved.pk}/remove/").status_code == 403
    assert client.post(path + "shelf/", {"item": item.pk}).status_code == 422  # it is there already
    client.force_login(people[1])
    assert client.post(f"{path}shelf/files/{shelved.pk}/remove/").status_code == 302
    assert client.post(f"{path}shelf/items/{item.pk}/remove/").status_code == 403
    client.force_login(people[0])
    assert client.post(f"{path}shelf/items/{item.pk}/remove/").status_code == 302
    assert not Attachment.objects.exists()


def test_a_course_gets_its_group_and_participants_are_asked(client, people):
    training = TrainingFactory()
    TrainingSeat.objects.create(training=training, user=people[0], organization="Dhaka")
    TrainingSeat.objects.create(training=training, user=people[1], organization="Rome", status="withdrawn")
    path = f"/trainings/{training.pk}/"
    client.force_login(people[0])
    assert client.post(path + "group/").status_code == 403
    client.force_login(UserFactory(roles=["trainer"]))
    assert client.post(path + "group/").status_code == 302
    assert client.post(path + "group/").status_code == 409
    assert [notice.user for notice in Notice.objects.all()] == [people[0]]
    assert training.cohort.kind == "cohort"
    assert "The group of this course" in client.get(path).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Community.objects.filter(pk=training.cohort.pk).update(kind="theme")


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


def test_a_long_conversation_comes_in_pages(client, people, group):
    thread = begin(group, people[1])
    Post.objects.bulk_create(Post(thread=thread, by=people[1], text=f"Post {n}") for n in range(60))
    client.force_login(people[1])
    path = f"/groups/{group.slug}/{thread.pk}/"
    response = client.post(path, {"text": "The last word"})
    assert response.url.startswith(f"{path}?page=2#post-")
    page = client.get(response.url).content.decode()
    assert "The last word" in page
    assert "Post 5<" not in page


def test_groups_are_found_by_kind(client, people, group):
    services.create_group(name="Asia", kind="region", purpose="x", by=people[0])
    client.force_login(people[2])
    page = client.get("/groups/?kind=region").content.decode()
    assert "Asia" in page
    assert group.name not in page
    assert group.name in client.get("/groups/?kind=nonsense").content.decode()


def test_groups_stay_flat(client, people, group, assert_flat_queries):
    client.force_login(people[0])
    thread = begin(group, people[0])

    def grow():
        ShelfFile.objects.create(community=group, title="Terms", by=people[1])
        joined = UserFactory(roles=["focal_point"])
        services.join_group(group, is_listed=True, wants_digest=False, by=joined)
        services.remove_post(begin(group, joined).posts.get(), why="Off the subject", by=people[0])

    assert_flat_queries(lambda: client.get(f"/groups/{group.slug}/"), grow=grow)
    assert_flat_queries(lambda: client.get(f"/groups/{group.slug}/log/"), grow=grow)
    assert_flat_queries(lambda: client.get(f"/groups/{group.slug}/moderate/"), grow=grow)
    assert_flat_queries(
        lambda: client.get(f"/groups/{group.slug}/{thread.pk}/"),
        grow=lambda: services.reply(thread, text="More", by=people[1]),
    )
    names = map("Group {}".format, count())
    assert_flat_queries(
        lambda: client.get("/groups/"),
        grow=lambda: services.create_group(name=next(names), kind="theme", purpose="x", by=people[2]),
    )


def test_groups_stand_by_name(people):
    for name in ("Water", "Agreements", "Logistics"):
        services.create_group(name=name, kind="theme", purpose="x", by=people[0])
    assert [group.name for group in groups_of(people[1])] == ["Agreements", "Logistics", "Water"]
