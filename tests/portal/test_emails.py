import pytest
from django.core import mail
from django.template import engines
from django.test import override_settings

from portal import emails

NOTICE = """{% autoescape off %}Your offer {{ reference }} is with the registry desk

You will have an answer by 4 December.

- Read <b>this</b>
- And this

https://example.org/offers/1/

See https://example.org/help/ for more.{% endautoescape %}"""


@pytest.fixture
def notice(settings):
    """A template of its own, found before those of the project."""

    def use(**templates: str) -> None:
        loaders = [
            (
                "django.template.loaders.locmem.Loader",
                {f"emails/{name}": text for name, text in templates.items()},
            ),
            "django.template.loaders.filesystem.Loader",
        ]
        engine = settings.TEMPLATES[0]
        options = {**engine["OPTIONS"], "loaders": loaders}
        settings.TEMPLATES = [{**engine, "APP_DIRS": False, "OPTIONS": options}]

    yield use
    engines._templates = None


def test_a_notice_is_text_and_html_from_one_source(notice):
    notice(**{"received.txt": NOTICE})
    made = emails.render_mail("received", {"reference": "O-2026-0117"}, "en")
    assert made.subject == "Your offer O-2026-0117 is with the registry desk"
    assert made.text.startswith("You will have an answer by 4 December.")
    assert "https://example.org/offers/1/" in made.text
    assert "&lt;b&gt;this&lt;/b&gt;" in made.html
    assert '<a class="button" href="https://example.org/offers/1/"' in made.html
    assert '<a href="https://example.org/help/"' in made.html
    assert made.html.count("<li") == 2


def test_styles_stand_on_the_elements(notice):
    notice(**{"received.txt": NOTICE})
    html = emails.render_mail("received", {}, "en").html
    assert "<style" not in html
    assert 'style="' in html


def test_a_mail_is_in_the_language_and_direction_of_its_reader(notice):
    notice(**{"received.txt": NOTICE})
    assert '<html lang="ar" dir="rtl"' in emails.render_mail("received", {}, "ar").html
    assert '<html lang="fr" dir="ltr"' in emails.render_mail("received", {}, "fr").html


def test_a_mail_without_a_subject_line_is_refused(notice):
    notice(**{"odd.txt": "No empty line\nafter the subject"})
    with pytest.raises(ValueError, match="subject"):
        emails.render_mail("odd", {}, "en")


def test_a_drawn_layout_takes_the_place_of_the_made_one(notice):
    notice(
        **{
            "letter.txt": NOTICE,
            "letter.html": '{% extends "emails/base.html" %}{% block content %}Drawn{% endblock %}',
        }
    )
    assert "Drawn" in emails.render_mail("letter", {}, "en").html


@override_settings(
    PORTAL_URL="https://portal.example.org", EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"
)
def test_every_try_of_a_job_sends_the_same_message_id(notice):
    notice(**{"received.txt": NOTICE})
    for _try in range(2):
        emails.send_mail("received", {}, to="a@example.org", language="en", key="offer:1 sent")
    first, second = mail.outbox
    assert (
        first.extra_headers["Message-ID"]
        == second.extra_headers["Message-ID"]
        == "<offer%3A1%20sent@portal.example.org>"
    )
    assert first.to == ["a@example.org"]
    assert first.alternatives[0].mimetype == "text/html"
