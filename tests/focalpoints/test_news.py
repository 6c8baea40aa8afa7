import pytest
from django.utils import timezone

from focalpoints.wording import to_line
from tests.focalpoints.factories import (
    IssueFactory,
)


@pytest.mark.django_db
def test_the_archive_shows_what_went_out_and_nothing_else(client):
    draft = IssueFactory()
    sent = IssueFactory(status="sent", sending_at=timezone.now(), title="Water & energy")
    assert client.get(f"/news/{draft.number}/").status_code == 404
    assert "Three records joined" in client.get(f"/news/{sent.number}/").content.decode()
    assert draft.title not in client.get("/news/").content.decode()
    page = client.get(f"/news/{sent.number}/?edition=fr").content.decode()
    assert "There is no edition of this issue in French" in page
    feed = client.get("/news/feed/en/")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "Water &amp; energy" in feed.content.decode()
    assert client.get("/news/feed/xx/").status_code == 404


@pytest.mark.django_db
def test_the_poll_keeps_totals_and_has_a_limit(client):
    sent = IssueFactory(status="sent", sending_at=timezone.now())
    answers = [client.post(f"/news/{sent.number}/useful/", {"answer": "yes"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    sent.refresh_from_db()
    assert sent.useful_count == 5


def test_a_teaser_is_words_without_marks():
    text = "Opens with **43 records**.\n\n- A & B, see [the list](/partnerships/)\n- a <b"
    assert to_line(text) == "Opens with 43 records. A & B, see the list a <b"
