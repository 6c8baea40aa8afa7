import socket

import pytest
from django.core.management import CommandError, call_command
from kombu.exceptions import OperationalError

from portal.management.commands import doctor


def test_database_of_the_tests_is_healthy(db):
    for check in (doctor.database, doctor.migrations, doctor.extensions, doctor.trigrams):
        is_healthy, sentence = check()
        assert is_healthy, sentence


def test_missing_extension_is_named(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION intarray CASCADE")
    assert doctor.extensions() == (
        False,
        "The database lacks the extensions intarray. Run: manage.py migrate",
    )


def test_silent_trigrams_are_found_out(db, monkeypatch):
    """What lc_ctype C does to names: they share nothing."""
    monkeypatch.setattr(doctor, "ALIKE_PAIRS", [("Иванов", "محمد")])
    is_healthy, sentence = doctor.trigrams()
    assert not is_healthy
    assert "C.UTF-8" in sentence


def test_broker_that_does_not_answer_is_a_finding(monkeypatch):
    def refused():
        raise OperationalError("[Errno 111] Connection refused")

    refused.__name__ = "broker"
    assert doctor.examine(refused) == (False, "Broker: [Errno 111] Connection refused.")


def test_no_broker_at_all_says_how_to_get_one(settings):
    settings.CELERY_BROKER_URL = "memory://"
    is_healthy, sentence = doctor.broker()
    assert not is_healthy
    assert "make run" in sentence


def test_closed_mail_server_is_a_finding(settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
        is_healthy, sentence = doctor.examine(doctor.mail)
    assert not is_healthy
    assert sentence.startswith("Mail: ")


def test_small_disk_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "NEEDED_DISK_MEGABYTES", 10**12)
    is_healthy, sentence = doctor.disk()
    assert not is_healthy
    assert "should be" in sentence


def test_demo_account_outside_demo_mode_is_a_finding(db, settings, django_user_model):
    django_user_model.objects.create_user("demo@example.org", "a long enough password", is_demo=True)
    settings.DEMO = False
    is_healthy, sentence = doctor.safety()
    assert not is_healthy
    assert "demo account" in sentence


def test_default_key_is_a_finding(settings):
    settings.DEMO, settings.SECRET_KEY = False, "django-insecure-changeme"
    is_healthy, sentence = doctor.safety()
    assert not is_healthy
    assert "SECRET_KEY" in sentence


def test_lists_that_nobody_imported_are_a_finding(db):
    is_healthy, sentence = doctor.lists()
    assert not is_healthy
    assert sentence


@pytest.mark.parametrize(("findings", "ends_well"), [([True, True], True), ([True, False], False)])
def test_one_sick_part_fails_the_whole(monkeypatch, capsys, findings, ends_well):
    checks = {f"part{i}": (lambda ok=ok: (ok, "A sentence.")) for i, ok in enumerate(findings)}
    monkeypatch.setattr(doctor, "CHECKS", checks)
    if ends_well:
        call_command("doctor")
    else:
        with pytest.raises(CommandError, match="1 of 2"):
            call_command("doctor")
    assert capsys.readouterr().out.count("A sentence.") == 2


def test_unknown_check_is_refused():
    with pytest.raises(CommandError, match="no check heart"):
        call_command("doctor", "heart")
