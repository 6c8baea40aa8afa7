"""Files, notices and keys: what belongs to one person."""

import io
import socket
import struct
import threading
import zipfile

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from partnerships.models import Company, CompanyMember
from portal import attachments, notices, services
from portal.documents import Document, Facts, Items, Paragraph, Section, Table, answer
from portal.errors import RuleViolation
from portal.models import Attachment, AuditEvent, MailChoice, Notice
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return UserFactory(roles=["business"])


@pytest.fixture
def company(me):
    company = Company.objects.create(name="Fictional Ferries", created_by=me)
    CompanyMember.objects.create(company=company, user=me, role=CompanyMember.Role.OWNER)
    return company


def text(content: bytes = b"letter", name: str = "letter.txt") -> ContentFile:
    return ContentFile(content, name)


# --- files --------------------------------------------------------------------------------------------


def test_a_file_is_a_download_in_a_sandbox_for_who_sees_its_row(client, me, company):
    file = attachments.accept(text(), about=company, by=me)
    assert client.get(file.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(roles=["business"]))
    assert client.get(file.get_absolute_url()).status_code == 404
    client.force_login(me)
    response = client.get(file.get_absolute_url())
    assert response.getvalue() == b"letter"
    assert response["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert list(AuditEvent.objects.values_list("action", "by")) == [
        ("attached file", me.pk),
        ("read file", me.pk),
    ]


def test_stored_names_say_nothing(me, company):
    file = attachments.accept(text(name="../secret merger.txt"), about=company, by=me)
    assert "secret" not in file.file.name
    assert file.name == "secret merger.txt"
    assert file.state == "not_scanned"


def test_a_refused_file_leaves_nothing(me, company):
    with pytest.raises(RuleViolation):
        attachments.accept(text(b"<svg/>", "a.svg"), about=company, by=me)
    assert not Attachment.objects.exists()


def test_the_quota_of_a_person_is_kept(me, company, monkeypatch):
    monkeypatch.setattr(attachments, "QUOTA_BYTES", 10)
    attachments.accept(text(), about=company, by=me)
    with pytest.raises(RuleViolation, match="500 MB"):
        attachments.accept(text(), about=company, by=me)


def test_a_removed_file_is_gone_from_the_disk(me, company, django_capture_on_commit_callbacks):
    file = attachments.accept(text(), about=company, by=me)
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(file, by=me)
    assert not default_storage.exists(file.file.name)
    assert AuditEvent.objects.filter(action="removed file", by=me).exists()


@pytest.fixture
def clamd(tmp_path, settings):
    """A scanner that finds a virus in every text with the word EICAR, by the protocol of clamd."""
    path = tmp_path / "clamd"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                found = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    found += stream.read(size)
                connection.sendall(b"stream: Test FOUND\0" if b"EICAR" in found else b"stream: OK\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.CLAMD_SOCKET = str(path)
    yield
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(timeout=5)


@pytest.mark.parametrize(("content", "state", "status"), [(b"EICAR", "infected", 404), (b"ok", "clean", 200)])
def test_a_file_waits_for_the_virus_scanner(clamd, client, me, company, run_jobs, content, state, status):
    file = attachments.accept(text(content), about=company, by=me)
    client.force_login(me)
    assert client.get(file.get_absolute_url()).status_code == 404  # waits
    assert run_jobs() == ["portal.scan_attachment"]
    file.refresh_from_db()
    assert file.state == state
    assert client.get(file.get_absolute_url()).status_code == status


def test_rows_that_carry_files_can_say_who_sees_them():
    """Whatever a file hangs on, its kind of row must answer `visible_to`; those in use do."""
    for content_type in ContentType.objects.filter(pk__in=Attachment.objects.values("about_type")):
        assert hasattr(content_type.model_class().objects, "visible_to")


# --- notices ------------------------------------------------------------------------------------------


def tell(user, key="k", **more):
    context = {"notice": {"subject": "A case waits", "body": "It waits for you."}}
    notices.tell(user, "stored_notice", context, key=key, url="/desk/", kind="case", **more)


def test_a_notice_comes_once_in_the_portal_and_by_mail(me, run_jobs):
    tell(me)
    tell(me)
    assert run_jobs() == ["portal.mail_notice"]
    assert [(m.to, m.subject) for m in mail.outbox] == [([me.email], "A case waits")]
    assert Notice.objects.get().mailed_at


def test_the_choice_of_the_person_decides_about_the_mail(me, run_jobs):
    other = UserFactory()
    notices.choose(me, {"case": MailChoice.DAILY})
    notices.choose(other, {"case": MailChoice.NEVER})
    for key in ("a", "b"):
        tell(me, key)
        tell(other, key)
    assert run_jobs() == []
    notices.plan_digests()
    notices.plan_digests()
    assert run_jobs() == ["portal.mail_digest"]
    assert [m.subject for m in mail.outbox] == ["2 notices from Common Ground"]
    assert mail.outbox[0].body.count("A case waits") == 2
    notices.mail_digest(me.pk, "again")
    assert len(mail.outbox) == 1


def test_closed_accounts_are_told_nothing(run_jobs):
    tell(UserFactory(is_active=False))
    assert not Notice.objects.exists()


def test_a_mail_that_can_be_ended_says_where_to_the_mail_program(me, run_jobs):
    tell(me, "plain")
    tell(me, "ended", stop_path="/stop/x/")
    run_jobs()
    plain, ended = mail.outbox
    assert "List-Unsubscribe" not in plain.extra_headers
    assert ended.extra_headers["List-Unsubscribe"].endswith("/stop/x/>")
    assert ended.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_notices_are_listed_counted_and_read(client, me):
    tell(me)
    tell(UserFactory(), "not mine")
    client.force_login(me)
    page = client.get("/notices/")
    assert page.context["unread_count"] == 1
    assert page.content.decode().count("A case waits") == 1
    client.post("/notices/read/")
    assert client.get("/notices/").context["unread_count"] == 0


def test_notices_page_stays_flat(client, me, assert_flat_queries):
    client.force_login(me)
    numbers = iter(range(100))
    assert_flat_queries(lambda: client.get("/notices/"), grow=lambda: tell(me, f"n{next(numbers)}"))


def test_choices_are_kept_from_the_page(client, me):
    client.force_login(me)
    data = dict.fromkeys(notices.choices_of(me), "at_once") | {"offer": "never"}
    assert client.post("/notices/choices/", data).status_code == 302
    assert notices.choices_of(me)["offer"] == "never"


# --- keys ---------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_acts_as_its_owner(client, rf):
    from rest_framework.exceptions import AuthenticationFailed

    from portal.tokens import TokenAuthentication

    me = UserFactory(roles=["focal_point"])
    client.force_login(me)
    page = client.post("/keys/", {"name": "monthly report"})
    key = page.context["made"]
    assert key in page.content.decode()
    assert key not in client.get("/keys/").content.decode()

    def ask(with_key: str):
        return TokenAuthentication().authenticate(rf.get("/", HTTP_AUTHORIZATION=f"Bearer {with_key}"))

    assert ask(key)[0] == me
    with pytest.raises(AuthenticationFailed):
        ask(key + "x")
    client.post(f"/keys/{me.api_tokens.get().pk}/revoke/")
    with pytest.raises(AuthenticationFailed):
        ask(key)


def test_a_closed_account_has_no_key(rf):
    from rest_framework.exceptions import AuthenticationFailed

    from portal.tokens import TokenAuthentication

    me = UserFactory()
    key = services.make_token(me, "a")
    me.is_active = False
    me.save()
    with pytest.raises(AuthenticationFailed):
        TokenAuthentication().authenticate(rf.get("/", HTTP_AUTHORIZATION=f"Bearer {key}"))


def test_nobody_has_more_than_ten_keys(me):
    for number in range(10):
        services.make_token(me, str(number))
    with pytest.raises(RuleViolation):
        services.make_token(me, "eleventh")


# --- documents ----------------------------------------------------------------------------------------

NAMES = ["#set text(1pt)", "شركة النور", "Иванов и сыновья", "中文公司", "<b>", "a\\b $x$"]


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_documents_are_pdf_and_docx_whatever_the_names(language):
    parts = [
        Paragraph(NAMES[0]),
        Items(NAMES),
        Facts([(n, n) for n in NAMES]),
        Table(["a", "b"], [NAMES[:2], NAMES[2:4]]),
        Table(["a"], []),
        Facts([]),
    ]
    document = Document("Memo", [Section("Facts", parts)], reference="C-000001", language=language)
    pdf = answer(document, "memo", "pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf.content or b"StructTreeRoot" in pdf.content
    docx = answer(document, "memo", "docx")
    with zipfile.ZipFile(io.BytesIO(docx.content)) as parts_of_it:
        body = parts_of_it.read("word/document.xml").decode()
    assert all(name.replace("<", "&lt;").replace(">", "&gt;") in body for name in NAMES)
