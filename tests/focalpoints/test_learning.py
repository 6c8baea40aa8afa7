import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from focalpoints.models import Resource
from focalpoints.queries.picks import picks_for
from focalpoints.services import learning as services
from portal.errors import RuleViolation
from portal.models import Attachment, AuditEvent
from tests.focalpoints.factories import ResourceFactory
from tests.partnerships.factories import PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_internal_items_are_for_un_users(client):
    inside, public = ResourceFactory(is_internal=True), ResourceFactory()
    page = client.get("/library/").content.decode()
    assert public.title in page
    assert inside.title not in page
    client.force_login(UserFactory(roles=["focal_point"]))
    assert inside.title in client.get("/library/").content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=secondments", 1),
        ("q=elan", 1),
        ("kind=toolkit", 1),
        ("theme=water", 1),
        ("language=fr", 1),
        ("status=superseded", 0),
        ("kind=xx&status=yy", 2),
        ("", 2),
    ],
)
def test_library_filters(client, query, count):
    ResourceFactory(
        title="Secondment template", publisher="Élan", kind="toolkit", themes=["water"], language="fr"
    )
    ResourceFactory()
    assert f"<b>{count}</b>" in client.get(f"/library/?{query}").content.decode()


def test_a_newer_version_supersedes_and_both_are_found(client):
    editor = UserFactory(roles=["editor"])
    old = ResourceFactory(title="Guidelines 2000")
    client.force_login(editor)
    data = {
        "title": "Guidelines 2009",
        "kind": "guideline",
        "language": "en",
        "summary": "New",
        "status": "current",
    }
    assert client.post("/library/new/", data | {"supersedes": old.pk}).status_code == 302
    old.refresh_from_db()
    assert old.status == Resource.Status.SUPERSEDED
    assert "This has been superseded." in client.get(f"/library/{old.pk}/").content.decode()
    with pytest.raises(RuleViolation):
        services.save_resource(old, {"summary": "x", "supersedes": old}, by=editor)


def test_one_opinion_a_person(client):
    resource = ResourceFactory()
    user = UserFactory(roles=["focal_point"])
    services.give_opinion(resource, is_useful=True, comment="Good", by=user)
    services.give_opinion(resource, is_useful=False, comment="<b>Old</b>", by=user)
    page = client.get(f"/library/{resource.pk}/").content.decode()
    assert "0 of 1 said yes." in page
    assert "Old" not in page
    client.force_login(user)
    assert "Old" in client.get(f"/library/{resource.pk}/").content.decode()


def test_a_comment_is_moderated_with_a_reason_that_stays(client):
    resource = ResourceFactory()
    author, other = UserFactory(roles=["focal_point"]), UserFactory(roles=["focal_point"])
    opinion = services.give_opinion(resource, is_useful=True, comment="Call Ola", by=author)
    path = f"/library/{resource.pk}/comments/{opinion.pk}/remove/"
    client.force_login(other)
    assert client.post(path, {"why": "No"}).status_code == 403
    client.force_login(UserFactory(roles=["editor"]))
    assert client.post(path, {"why": " "}).status_code == 409
    assert client.post(path, {"why": "Names a person"}).status_code == 302
    page = client.get(f"/library/{resource.pk}/").content.decode()
    assert "Names a person" in page
    assert "Call Ola" not in page
    assert "1 of 1 said yes." in page
    assert AuditEvent.objects.get(action="comment removed").note == "Names a person"


def test_an_item_that_stops_superseding_gives_the_place_back():
    editor = UserFactory(roles=["editor"])
    first, second = ResourceFactory(), ResourceFactory()
    services.save_resource(second, {"summary": "x", "supersedes": first}, by=editor)
    with pytest.raises(RuleViolation, match="own place"):
        services.save_resource(first, {"summary": "x", "supersedes": second}, by=editor)
    services.save_resource(second, {"summary": "x", "supersedes": None}, by=editor)
    first.refresh_from_db()
    assert first.status == Resource.Status.CURRENT


def test_language_versions_name_the_first_text_and_each_other(client):
    editor = UserFactory(roles=["editor"])
    english = ResourceFactory(title="Guidelines")
    french, arabic = ResourceFactory(language="fr"), ResourceFactory(language="ar")
    services.save_resource(french, {"summary": "x", "language": "fr", "translation_of": english}, by=editor)
    services.save_resource(arabic, {"summary": "x", "language": "ar", "translation_of": french}, by=editor)
    arabic.refresh_from_db()
    assert arabic.translation_of == english
    assert f'href="/library/{arabic.pk}/"' in client.get(f"/library/{french.pk}/").content.decode()
    with pytest.raises(RuleViolation, match="another language"):
        services.save_resource(ResourceFactory(), {"summary": "x", "translation_of": english}, by=editor)


def test_a_draft_is_for_those_who_run_the_library(client):
    draft = ResourceFactory(status="draft")
    client.force_login(UserFactory(roles=["focal_point"]))
    assert client.get(f"/library/{draft.pk}/").status_code == 404
    client.force_login(UserFactory(roles=["editor"]))
    assert client.get(f"/library/{draft.pk}/").status_code == 200


def test_a_file_is_read_by_those_who_read_its_item(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    editor = UserFactory(roles=["editor"])
    client.force_login(editor)
    data = {"title": "List", "kind": "toolkit", "language": "en", "summary": "x", "status": "current"}
    wrong = SimpleUploadedFile("list.csv", b"\x7fELF\x02\x01\x01\x00", "text/csv")
    assert client.post("/library/new/", data | {"file": wrong}).status_code == 422
    assert not Resource.objects.filter(title="List").exists()
    file = SimpleUploadedFile("list.csv", b"a,b\n1,2\n", "text/csv")
    response = client.post("/library/new/", data | {"is_internal": "on", "file": file})
    attachment = Attachment.objects.get()
    assert "list.csv" in client.get(response.url).content.decode()
    client.logout()
    assert client.get(attachment.get_absolute_url()).status_code == 404
    client.force_login(editor)
    assert client.post(f"/library/files/{attachment.public_id}/remove/").url == response.url
    assert not Attachment.objects.exists()


def test_lessons_of_closed_partnerships_are_found_beside_the_library(client):
    def closed(visibility: str, title: str):
        return PartnershipFactory(
            title=title,
            status="closed",
            visibility=visibility,
            public_since=timezone.now(),
            lessons="Agree on cold chains first.",
        )

    closed("public", "Cold store")
    closed("un_system", "Hidden from visitors")
    PartnershipFactory(title="Still running", lessons="Cold chains take long.")
    page = client.get("/library/?q=cold+chain").content.decode()
    assert "Cold store" in page
    assert "Hidden from visitors" not in page
    assert "Still running" not in page
    assert "<b>1</b>" in client.get("/library/lessons/").content.decode()
    client.force_login(UserFactory(roles=["focal_point"]))
    assert "<b>2</b>" in client.get("/library/lessons/?q=agreed").content.decode()
    assert "<b>0</b>" in client.get("/library/lessons/?q=unrelated").content.decode()


def test_lessons_are_found_by_their_kind(client, assert_flat_queries):
    running = PartnershipFactory(title="Joint fund", is_public=True)
    running.lesson_rows.create(heading="donor_coordination", text="One call, one report to all givers.")
    running.lesson_rows.create(heading="capacity", text="Train the treasurer.")
    hidden = PartnershipFactory(title="Hidden", visibility="un_system")
    hidden.lesson_rows.create(heading="donor_coordination", text="Not for the public.")
    PartnershipFactory(title="Silent", is_public=True)
    page = client.get("/library/lessons/?about=donor_coordination").content.decode()
    assert "Coordination of donors" in page
    assert "One call, one report" in page
    assert "Train the treasurer" not in page
    assert "Not for the public" not in page
    found = client.get("/library/lessons/?q=treasurer").content.decode()
    assert "Joint fund" in found
    assert "<b>1</b>" in client.get("/library/lessons/?about=made-up").content.decode()
    assert [pick.text for pick in picks_for("donor_coordination_examples")] == [
        "One call, one report to all givers."
    ]

    def another():
        record = PartnershipFactory(is_public=True)
        record.lesson_rows.create(heading="donor_coordination", text="Words")

    assert_flat_queries(lambda: client.get("/library/lessons/?about=donor_coordination"), grow=another)


def test_library_stays_flat(client, assert_flat_queries):
    assert_flat_queries(lambda: client.get("/library/?q=guideline"), grow=ResourceFactory)
    resource = ResourceFactory()
    client.force_login(UserFactory(roles=["editor"]))
    assert_flat_queries(
        lambda: client.get(f"/library/{resource.pk}/"),
        grow=lambda: services.give_opinion(
            resource, is_useful=True, comment="Good", by=UserFactory(roles=["focal_point"])
        ),
    )
