import itertools

import pytest

from portal.history import record
from portal.models import Job, JobStatus
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
numbers = itertools.count()


@pytest.fixture
def admin(client):
    user = UserFactory(roles=["administrator"])
    client.force_login(user)
    client.get("/manage/")  # what a first page does once: session, second factor
    return user


@pytest.mark.parametrize(
    ("path", "grow"),
    [
        ("/manage/users/", lambda user: UserFactory(roles=["analyst", "editor"])),
        ("/manage/audit/", lambda user: record(user, "did", by=UserFactory())),
        (
            "/manage/jobs/",
            lambda user: Job.objects.create(key=f"j{next(numbers)}", kind="k", status=JobStatus.FAILED),
        ),
    ],
)
def test_lists_stay_flat(client, admin, assert_flat_queries, path, grow):
    assert_flat_queries(lambda: client.get(path), grow=lambda: grow(admin))


def test_an_administrator_gives_a_role_on_the_page(client, admin):
    person = UserFactory(roles=["business"])
    response = client.post(f"/manage/users/{person.pk}/", {"roles": ["analyst"]})
    assert response.status_code == 302
    assert type(person).objects.get(pk=person.pk).roles == {"analyst"}
    assert "analyst" in client.get(f"/manage/users/{person.pk}/").content.decode()


def test_an_unknown_role_is_a_form_error(client, admin):
    response = client.post(f"/manage/users/{UserFactory().pk}/", {"roles": ["emperor"]})
    assert response.status_code == 422


def test_users_are_found_by_words_and_role(client, admin):
    UserFactory(name="Ada Lovelace", roles=["analyst"])
    UserFactory(name="Grace Hopper", roles=["editor"])
    page = client.get("/manage/users/?q=lovelace").content.decode()
    assert "Ada Lovelace" in page
    assert "Grace Hopper" not in page
    page = client.get("/manage/users/?role=editor", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "Grace Hopper" in page


def test_the_language_of_a_profile_is_the_language_of_the_next_page(client, admin):
    response = client.post("/me/", {"name": "Ada", "language": "fr"}, follow=True)
    assert 'lang="fr"' in response.content.decode()


def test_a_business_desk_offers_the_next_act(client):
    client.force_login(UserFactory(roles=["business"]))
    assert "/offer/" in client.get("/desk/").content.decode()


def test_an_api_error_has_one_shape(client):
    response = client.get("/api/v1/partnerships/P-9999/")
    assert response.status_code == 404
    assert set(response.json()["error"]) >= {"code", "message"}


def test_the_mail_pages_show_what_the_sink_caught(client, settings, tmp_path):
    settings.DEMO = True
    settings.MAIL_SINK = tmp_path
    (tmp_path / "1.eml").write_bytes(
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Hello\r\n\r\nSee http://x.example/\r\n"
    )
    assert "Hello" in client.get("/demo/mail/").content.decode()
    assert "http://x.example/" in client.get("/demo/mail/1.eml/").content.decode()
    assert client.get("/demo/mail/..%2Fsecret.eml/").status_code == 404
