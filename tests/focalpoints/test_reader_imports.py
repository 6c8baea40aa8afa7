import csv

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from focalpoints.models import ReaderImport, Subscriber
from focalpoints.services import reader_imports as services
from focalpoints.services import subscribers as subscriber_services
from portal.errors import RuleViolation
from tests.focalpoints.factories import SubscriberFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
SOURCE = "Sign-up sheets of the 2026 meeting, kept by the secretariat"


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"])


def taken_in(text: str, editor, run_jobs, **more) -> ReaderImport:
    values = {"consent_source": SOURCE, "topics": ["quarterly"], "language": "en", **more}
    listed = services.import_readers(text, by=editor, **values)
    run_jobs()
    listed.refresh_from_db()
    return listed


def test_each_row_gets_its_answer_and_the_list_is_not_kept(editor, run_jobs):
    known = SubscriberFactory(email="known@test.example", topics=["policy"])
    left = SubscriberFactory(email="left@test.example")
    subscriber_services.unsubscribe(left)
    Subscriber.objects.filter(pk=left.pk).delete()
    text = (
        "Email;Language\nNew@Test.example;fr\nnew@test.example;fr\nknown@test.example;\nleft@test.example;\n"
        'no address;\n"a\r\nBcc: b"@test.example;\nName <x@test.example>;\nx@test.example,y@test.example;\n'
        "jürgen@test.example;\nlast@test.example;xx\n;\nplain@test.example;\n"
    )
    listed = taken_in(text, editor, run_jobs)
    assert listed.counts == {
        "added": 2,
        "repeated": 1,
        "known": 1,
        "suppressed": 1,
        "no_address": 5,
        "no_language": 1,
    }
    assert listed.report[0] == [3, "repeated"]
    assert listed.content == ""
    assert SOURCE in listed.consent_source
    new = Subscriber.objects.get(email="new@test.example")
    assert (new.language, new.status, new.source) == ("fr", "confirmed", f"import {listed.pk}")
    known.refresh_from_db()
    assert known.topics == ["policy"]
    services.read_readers(listed.pk)
    assert Subscriber.objects.count() == 3


def test_consent_is_named_or_nobody_is_added(editor):
    with pytest.raises(RuleViolation, match="consented"):
        services.import_readers(
            "email\na@b.example", consent_source=" ", topics=["needs"], language="en", by=editor
        )
    with pytest.raises(PermissionDenied):
        services.import_readers(
            "email\na@b.example", consent_source=SOURCE, topics=[], language="en", by=UserFactory()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ReaderImport.objects.create(consent_source="", topics=[], content="x", created_by=editor)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"address\na@b.example\n", "must name a column"),
        (b"email\n", "no rows"),
        (b"email\n\xff\xfe\n", "not in UTF-8"),
        (b"email\n\x00\n", "not a CSV file"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(client, editor, body, words):
    client.force_login(editor)
    form = {"consent_source": SOURCE, "topics": ["quarterly"], "language": "en"}
    file = SimpleUploadedFile("readers.csv", body, content_type="text/csv")
    response = client.post("/newsletter/readers/", form | {"file": file})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ReaderImport.objects.exists()


def test_fifty_thousand_rows_are_read_in_few_queries(editor, run_jobs, django_assert_max_num_queries):
    rows = 5000  # the queries grow by the batch of 2,000, so fifty thousand cost ten times these
    text = "email\n" + "".join(f"r{n % (rows - 500)}@test.example\n" for n in range(rows))
    listed = services.import_readers(text, consent_source=SOURCE, topics=["needs"], language="en", by=editor)
    with django_assert_max_num_queries(30):
        services.read_readers(listed.pk)
    listed.refresh_from_db()
    assert listed.counts == {"added": rows - 500, "repeated": 500}


def test_the_pages_show_the_result_by_row_number(client, editor, run_jobs, assert_flat_queries):
    client.force_login(editor)
    file = SimpleUploadedFile("readers.csv", b"email\na@test.example\nb\n", content_type="text/csv")
    form = {"consent_source": SOURCE, "topics": ["quarterly"], "language": "en", "file": file}
    path = client.post("/newsletter/readers/", form).url
    assert "being read" in client.get(path).content.decode()
    run_jobs()
    page = client.get(path).content.decode()
    assert "Not a mail address" in page
    assert "a@test.example" not in page
    rows = list(csv.reader(client.get(f"{path}rows.csv").getvalue().decode("utf-8-sig").splitlines()))
    assert rows[1][:2] == ["3", "no_address"]

    def grow():
        services.import_readers(
            "email\nx@y.example", consent_source=SOURCE, topics=[], language="en", by=editor
        )

    assert_flat_queries(lambda: client.get("/newsletter/readers/"), grow=grow)
