"""Fixtures of the newsletter: two editors, and a mail server that counts what it takes."""

import pytest

from portal.reference import load_reference
from tests.focalpoints.sink import SinkServer
from tests.portal.factories import UserFactory


@pytest.fixture
def smtp(settings, tmp_path):
    """A real mail server on a free port; answers the lines of its journal."""
    journal = tmp_path / "journal"
    server = SinkServer(journal)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER, settings.MAIL_CHECKS_DNS = "", False
    yield lambda: journal.read_text().splitlines()
    server.stop()


@pytest.fixture
def smtp_settings(settings):
    """SMTP is set up, and nobody listens: for gates only."""
    settings.MAIL_CHECKS_DNS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def editors(db):
    load_reference()  # a transactional test begins with empty tables
    return UserFactory(roles=["editor"]), UserFactory(roles=["editor"])
