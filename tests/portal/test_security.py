import hashlib
import re
import time

import pytest
import time_machine
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory

from portal import breached, sealed
from portal.errors import TooMany
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
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "desk", "1,5"],
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


def test_when_a_session_was_last_seen_is_written_once_a_minute(client):
    user = UserFactory()
    with time_machine.travel("2026-11-22 10:00", tick=False) as clock:
        client.force_login(user)
        seen = []
        for seconds in (0, 40, 40):
            clock.shift(seconds)
            client.get("/desk/")
            seen.append(UserSession.objects.get(user=user).last_seen_at.strftime("%H:%M:%S"))
    assert seen == ["10:00:00", "10:00:00", "10:01:20"]


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


def code_of(secret: str, at: float) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(at) // 30))


@pytest.fixture
def with_authenticator():
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user, secret = UserFactory(), generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def says(user, code: str) -> bool:
    from allauth.core.context import request_context

    from portal.accounts import AuthenticateForm

    with request_context(RequestFactory().post("/")):
        return AuthenticateForm({"code": code}, user=user).is_valid()


def test_a_code_is_good_once_in_any_process(with_authenticator):
    from django.core.cache import cache

    user, secret = with_authenticator
    with time_machine.travel(1_795_341_610, tick=False):
        code = code_of(secret, time.time())
        assert says(user, code)
        cache.clear()  # another process knows nothing of what this one kept
        with pytest.raises(TooMany):
            says(user, code)


def test_codes_cannot_be_guessed(with_authenticator):
    user, secret = with_authenticator
    wrong = next(c for c in ("000000", "111111") if c != code_of(secret, time.time()))
    assert [says(user, wrong) for _try in range(5)] == [False] * 5
    with pytest.raises(TooMany):
        says(user, code_of(secret, time.time()))


def test_secrets_lie_sealed_and_open_with_an_earlier_key(with_authenticator, settings):
    user, secret = with_authenticator
    stored = user.authenticator_set.get().data["secret"]
    assert secret not in stored
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the next key" * 5
    assert sealed.unseal(stored, about="mfa") == secret
    with pytest.raises(ValueError, match="another place"):
        sealed.unseal(stored, about="elsewhere")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="another key"):
        sealed.unseal(stored, about="mfa")


def hashes(*passwords: str) -> list[str]:
    return sorted(f"{hashlib.sha1(p.encode()).hexdigest().upper()}:3\n" for p in passwords)


def test_stolen_passwords_are_refused(settings, tmp_path):
    settings.PORTAL_DATA = tmp_path
    stolen = [f"stolen {n}" for n in range(500)]
    validate_password("stolen 7 words")
    assert breached.write_list(hashes(*stolen)) == 500
    assert all(map(breached.is_breached, stolen))
    assert not any(breached.is_breached(f"kept {n}") for n in range(500))
    with pytest.raises(ValidationError, match="stolen"):
        breached.BreachedPasswordValidator().validate("stolen 7")


@pytest.mark.parametrize("lines", [[], ["no hash\n"], list(reversed(hashes("a", "b")))])
def test_a_broken_list_of_passwords_leaves_the_one_in_use(settings, tmp_path, lines):
    settings.PORTAL_DATA = tmp_path
    breached.write_list(hashes("stolen"))
    with pytest.raises(ValueError, match=r"list is empty|line"):
        breached.write_list(lines)
    assert breached.is_breached("stolen")


@pytest.mark.parametrize("password", ["Common-Ground-2026", "my partnership 77", "short", "password1234"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


def test_sign_in_and_reset_say_the_same_of_unknown_addresses(client, mailoutbox):
    """Same page and same status, whether the address has an account or not."""
    user = UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    for path, field, more in [
        ("/account/login/", "login", {"password": "wrong words here"}),
        ("/account/password/reset/", "email", {}),
    ]:
        answers = [
            client.post(path, {field: address, **more}, follow=True)
            for address in (user.email, "nobody@test.example")
        ]
        pages = [
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()).replace(
                address, ""
            )
            for answer, address in zip(answers, (user.email, "nobody@test.example"), strict=True)
        ]
        assert answers[0].status_code == answers[1].status_code
        assert pages[0] == pages[1], path
