import pytest
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client

from portal.models import AuditEvent
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/partnerships/?q=a%00b", "/partnerships/%00/", "/partnerships/?q=%ED%A0%80"]
)
def test_text_that_cannot_be_stored_is_a_400_or_found_harmless(client, path):
    assert client.get(path).status_code in (200, 400, 404)


def test_a_nul_byte_in_a_form_is_a_400(client):
    assert client.post("/account/login/", {"login": "a\x00@b.example", "password": "x"}).status_code == 400


def test_a_lone_surrogate_in_a_form_is_a_400(client):
    body = b"login=%ED%A0%80&password=x"
    response = client.post("/account/login/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (200, 400)


def test_every_answer_has_the_headers(client):
    response = client.get("/help/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_signed_in_pages_are_not_stored(client):
    client.force_login(UserFactory(roles=["business"]))
    assert client.get("/desk/")["Cache-Control"] == "no-store"


def test_guessing_a_password_is_slowed_down_whatever_the_network():
    user = UserFactory()
    user.set_password("right horse battery")
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    answers = []
    for n in range(14):
        client = Client(REMOTE_ADDR=f"10.{n}.0.1", HTTP_X_FORWARDED_FOR="127.0.0.1")
        answers.append(
            client.post("/account/login/", {"login": user.email, "password": f"wrong {n}"}).status_code
        )
    assert answers[:10] == [200] * 10 or answers[:10] == [422] * 10
    assert answers[10:] == [429] * 4


def test_a_session_ends_after_half_an_hour_of_nothing(client):
    import time_machine

    client.force_login(UserFactory(roles=["business"]))
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:
        session = client.session
        session.update({"began": 1795341600, "seen": 1795341600})
        session.save()
        assert client.get("/desk/").status_code == 200
        clock.shift(1801)
        assert client.get("/desk/").status_code == 302


def test_a_un_user_sets_up_a_second_factor_first(client, settings, monkeypatch):
    monkeypatch.setattr("portal.middleware.is_mfa_enabled", is_mfa_enabled)
    client.force_login(UserFactory(roles=["focal_point"]))
    assert client.get("/desk/")["Location"].startswith("/account/2fa/")
    settings.DEMO = True
    assert client.get("/desk/").status_code == 200


def test_a_business_user_needs_no_second_factor(client, monkeypatch):
    monkeypatch.setattr("portal.middleware.is_mfa_enabled", is_mfa_enabled)
    client.force_login(UserFactory(roles=["business"]))
    assert client.get("/desk/").status_code == 200


def test_the_demonstration_answers_this_machine_only(settings):
    settings.DEMO = True
    assert Client(REMOTE_ADDR="10.1.2.3").get("/help/").status_code == 403
    assert Client(REMOTE_ADDR="127.0.0.1").get("/help/").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_stays_on_this_site(rf, target):
    from portal.http import safe_next

    assert safe_next(rf.get("/", {"next": target}), "/desk/") == "/desk/"


def test_the_language_switch_keeps_the_address(client):
    response = client.get("/partnerships/?q=water&lang=ar")
    assert response["Location"] == "/partnerships/?q=water"
    page = client.get("/help/").content.decode()
    assert 'lang="ar"' in page
    assert 'dir="rtl"' in page


def test_closing_an_account_ends_its_sessions(client):
    admin, person = UserFactory(roles=["administrator"]), UserFactory(roles=["business"])
    theirs = Client()
    theirs.force_login(person)
    assert theirs.get("/desk/").status_code == 200
    from portal import services

    services.set_active(person, False, by=admin)
    assert theirs.get("/desk/").status_code == 302
    assert AuditEvent.objects.filter(action="closed account", by=admin).exists()


def test_a_production_start_refuses_demo_accounts_and_default_keys(settings):
    from django.core.exceptions import ImproperlyConfigured

    from portal.checks import refuse_unsafe_start

    refuse_unsafe_start()
    UserFactory(is_demo=True)
    with pytest.raises(ImproperlyConfigured, match="demo account"):
        refuse_unsafe_start()
    settings.SECRET_KEY = "changeme"
    with pytest.raises(ImproperlyConfigured, match="default"):
        refuse_unsafe_start()


def test_demo_accounts_are_made_in_demo_mode_only():
    from portal.demo import create_demo_accounts

    with pytest.raises(RuntimeError):
        create_demo_accounts()
