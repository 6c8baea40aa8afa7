import threading
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from portal.errors import RuleViolation
from portal.models import Job
from screening import queries
from screening.fetching import Unreachable
from screening.models import ListEntry, ListSource, ListVersion, VersionStatus
from screening.services import lists
from tests.portal.factories import UserFactory
from tests.screening.factories import CompanyFactory, ListSourceFactory, list_xml, serve

pytestmark = pytest.mark.django_db
GREEK = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
TEN = [f"Quorvane Holding {word}" for word in GREEK]


@pytest.fixture
def source():
    return ListSourceFactory()


@pytest.fixture
def admin():
    return UserFactory(roles=["administrator"])


def test_file_is_kept_read_and_served_in_one_step(source):
    version = serve(source, list_xml(*TEN, persons=("Merin Tarvind",)))
    assert version.status == VersionStatus.SERVING
    assert (version.organization_count, version.person_count, version.name_count) == (10, 1, 11)
    assert version.file.open("rb").read() == list_xml(*TEN, persons=("Merin Tarvind",))
    assert str(version.published_on) == "2026-11-20"
    assert queries.serving_entries([source.pk]).count() == 11


def test_next_version_replaces_and_says_what_changed(source):
    serve(source, list_xml(*TEN))
    version = serve(source, list_xml(*TEN, "Twelfth Name", day="2026-11-21", e1="amended"))
    assert (version.added_count, version.removed_count, version.changed_count) == (1, 0, 1)
    assert sorted(version.changes.values_list("kind", "source_id")) == [("added", "e11"), ("changed", "e1")]
    assert source.versions.filter(status=VersionStatus.SERVING).get() == version
    assert source.versions.filter(status=VersionStatus.RETIRED).count() == 1


def test_only_two_versions_keep_their_entries(source):
    for n in range(4):
        serve(source, list_xml(*TEN, e1=str(n)))
    kept = (
        ListEntry.objects.filter(version__source=source).values_list("version__number", flat=True).distinct()
    )
    assert sorted(kept) == [3, 4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (list_xml(*TEN)[:-200], "ends before the list does"),
        (list_xml(*TEN).replace(b"gamma", b"gam\x01ma"), "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + list_xml(*TEN), "DOCTYPE"),
        (b"<OTHER/>", "another kind of file"),
        (b"", "ends before the list does"),
        (list_xml(), "holds no entries"),
        (list_xml(*TEN[:8], day="2026-11-21"), "shrank from 10 to 8"),
        (list_xml(*TEN, day="2026-11-19"), "the list in use is of 2026-11-20"),
        (list_xml(*TEN).replace(b"<DATAID>e2<", b"<DATAID>e1<"), "e1 appears 2 times"),
    ],
)
def test_damaged_or_doubtful_file_changes_nothing(source, content, words):
    first = serve(source, list_xml(*TEN))
    before = list(queries.serving_entries([source.pk]).values_list("source_id", "fingerprint"))
    version = serve(source, content, name="bad.xml")
    assert version.status == VersionStatus.REFUSED
    assert words in " ".join(finding["sentence"] % finding["values"] for finding in version.findings)
    assert source.versions.get(status=VersionStatus.SERVING) == first
    assert list(queries.serving_entries([source.pk]).values_list("source_id", "fingerprint")) == before
    assert not ListEntry.objects.filter(version=version).exists()


def test_person_may_override_a_shrunk_list_with_a_reason(source, admin, run_jobs):
    serve(source, list_xml(*TEN))
    version = serve(source, list_xml(*TEN[:5], day="2026-11-21"))
    lists.override_version(version, note="Five were delisted by resolution 9999.", by=admin)
    run_jobs()
    version.refresh_from_db()
    assert (version.status, version.override_by) == (VersionStatus.SERVING, admin)
    assert version.removed_count == 5


def test_nobody_can_override_a_file_that_cannot_be_read(source, admin):
    version = serve(source, b"<CONSOLIDATED_LIST>")
    with pytest.raises(RuleViolation):
        lists.override_version(version, note="Believe me.", by=admin)


@pytest.mark.parametrize("role", ["analyst", "decider", "focal_point", "business"])
def test_only_administrators_bring_lists_in(source, role):
    user = UserFactory(roles=[role])
    with pytest.raises(PermissionDenied):
        lists.upload_list(source, ContentFile(list_xml(*TEN), "list.xml"), by=user)
    with pytest.raises(PermissionDenied):
        lists.set_required(source, is_required=False, note="x", by=user)


def test_upload_is_read_by_a_job_and_once(source, admin, run_jobs):
    version = lists.upload_list(source, ContentFile(list_xml(*TEN), "list.xml"), by=admin)
    assert version.status == VersionStatus.RECEIVED
    assert run_jobs() == ["screening.load_version"]
    version.refresh_from_db()
    assert version.status == VersionStatus.SERVING
    again = lists.upload_list(source, ContentFile(list_xml(*TEN), "list.xml"), by=admin)
    assert again == version
    assert lists.load_version(version.pk).number == 1
    assert source.versions.count() == 1


def test_every_company_but_the_archive_is_screened_again(source):
    companies = [CompanyFactory() for _ in range(3)]
    CompanyFactory(is_from_archive=True)
    serve(source, list_xml(*TEN))
    job = Job.objects.get(kind="screening.rescreen")
    assert job.args == {"first": companies[0].pk, "before": None}


def test_handed_in_file_is_as_old_as_the_publisher_says():
    source = ListSourceFactory(stale_after_days=7)
    with time_machine.travel("2026-11-22T12:00:00Z"):
        serve(source, list_xml(*TEN, day="2026-11-20"))
    with time_machine.travel("2026-11-27T12:00:00Z"):
        assert not _freshness(source).is_stale
    with time_machine.travel("2026-11-28T12:00:00Z"):
        assert _freshness(source).is_stale
        assert [gap["code"] for gap in queries.list_gaps() if gap["list"] == source.pk] == ["stale"]


def test_file_confirmed_by_the_publisher_is_fresh_again():
    source = ListSourceFactory(stale_after_days=7)
    serve(source, list_xml(*TEN, day="2026-01-01"))
    assert _freshness(source).is_stale
    CompanyFactory()
    version = lists.receive_file(
        source, BytesIO(list_xml(*TEN, day="2026-01-01")), name="x", by=None, is_fetched=True
    )
    assert timezone.now() - version.as_of < timedelta(minutes=1)
    assert not _freshness(source).is_stale
    assert Job.objects.filter(kind="screening.rescreen", key__contains="confirmed").exists()


def test_missing_required_list_is_a_gap(source):
    assert [gap["code"] for gap in queries.list_gaps() if gap["list"] == source.pk] == ["missing"]
    lists.set_required(source, is_required=False, note="Not ours.", by=None)
    assert not [gap for gap in queries.list_gaps() if gap["list"] == source.pk]


def test_sources_load_again_without_losing_the_operators_choice():
    lists.load_sources()
    ListSource.objects.filter(pk="un").update(is_required=False, stale_after_days=30, title="changed")
    lists.load_sources()
    un = ListSource.objects.get(pk="un")
    assert (un.is_required, un.stale_after_days) == (False, 30)
    assert un.title.startswith("United Nations")


def test_daily_fetch_is_off_unless_the_server_says_so(settings):
    lists.load_sources()
    settings.FETCH_LISTS = False
    lists.fetch_due_lists()
    assert not Job.objects.filter(kind="screening.fetch_list").exists()
    settings.FETCH_LISTS = True
    lists.fetch_due_lists()
    lists.fetch_due_lists()
    queued = Job.objects.filter(kind="screening.fetch_list")
    assert {job.args["code"] for job in queued} == {"un", "ofac", "ofac_nonsdn", "canada"}
    assert queued.filter(args__code="un").count() == 6  # every four hours


@pytest.mark.parametrize(
    "url",
    [
        "http://scsanctions.un.org/x",
        "https://127.0.0.1/x",
        "https://scsanctions.un.org.example.org/x",
        "https://scsanctions.un.org@169.254.169.254/x",
        "https://scsanctions.un.org:8443/x",
        "file:///etc/passwd",
    ],
)
def test_no_other_host_is_asked(url):
    lists.load_sources()
    with pytest.raises(RuleViolation, match=r"Only https://scsanctions\.un\.org"):
        lists.fetch_list(ListSource.objects.get(pk="un"), url=url)


def test_failed_fetch_leaves_a_note_and_the_old_version(source, monkeypatch):
    source.url = "https://lists.example.org/a.xml"
    source.save()
    first = serve(source, list_xml(*TEN))

    def unreachable(*args, **kwargs):
        raise RuleViolation("The publisher answered with 500.")

    monkeypatch.setattr(lists, "fetch", unreachable)
    lists.fetch_and_load(source)
    assert source.versions.get() == first


def test_unreachable_publisher_is_asked_again_with_growing_pauses(source, monkeypatch):
    source.url = "https://lists.example.org/a.xml"
    source.save()

    def unreachable(*args, **kwargs):
        raise Unreachable("The publisher answered with 503.")

    monkeypatch.setattr(lists, "fetch", unreachable)
    for attempt in range(1, 6):
        lists.fetch_and_load(source, attempt)
    again = Job.objects.filter(kind="screening.fetch_list").order_by("run_after")
    assert [job.args["attempt"] for job in again] == [2, 3, 4, 5]
    waits = [round((job.run_after - job.created_at).total_seconds() / 60) for job in again]
    assert waits == [1, 4, 16, 64]
    assert queries.fetch_failure(source).note == "The publisher answered with 503."


def test_pages_take_several_files_and_show_how_far_a_difference_is(client, admin, run_jobs):
    source = ListSourceFactory(importer="ofac")
    rows = "".join(f'{n},"{name}",-0- ,"INV"' + ",-0- " * 8 + "\r\n" for n, name in enumerate(TEN, 1))
    files = [("sdn.csv", rows), ("alt.csv", "\x1a"), ("add.csv", "\x1a")]
    client.force_login(admin)
    uploads = [ContentFile(text.encode(), name) for name, text in files]
    assert client.post(f"/lists/{source.pk}/upload/", {"file": uploads}).status_code == 302
    run_jobs()
    version = source.versions.get()
    assert (version.status, version.organization_count) == (VersionStatus.SERVING, 10)
    assert version.file_name == "add.csv, alt.csv, sdn.csv"
    uploads = [ContentFile(text.replace("alpha", "omega").encode(), name) for name, text in files]
    client.post(f"/lists/{source.pk}/upload/", {"file": uploads})
    lists.load_version(source.versions.get(number=2).pk)
    page = f"/lists/{source.pk}/versions/2/"
    assert "parts are done" in client.get(page).content.decode()
    run_jobs()
    assert "every other result holds" in client.get(page).content.decode()
    assert client.post(f"/lists/{source.pk}/upload/", {}).status_code == 422


def test_command_counts_the_real_list(shared):
    out = StringIO()
    folder = shared / "lists" / "un"
    call_command("import_list", "un", folder / "un_consolidated_2026-02-27.xml", stdout=out)
    assert "730 individuals, 273 entities" in out.getvalue()
    with pytest.raises(CommandError, match=r"un_malformed_2025-08-16\.xml, line 53, column 11"):
        call_command("import_list", "un", folder / "un_malformed_2025-08-16.xml")
    version = ListVersion.objects.get(source="un", status=VersionStatus.SERVING)
    assert (version.person_count, version.organization_count) == (730, 273)


def test_command_names_what_it_does_not_know(tmp_path):
    with pytest.raises(CommandError, match=r"Known lists: .*un"):
        call_command("import_list", "nope", "x.xml")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_list", "un", str(tmp_path / "absent.xml"))
    with pytest.raises(CommandError, match="no file that the importer un reads"):
        call_command("import_list", "un", str(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_one_in_use():
    source = ListSourceFactory()
    serve(source, list_xml(*TEN))
    versions = [
        lists.receive_file(source, BytesIO(list_xml(*TEN, e1=str(n))), name="x", by=None) for n in range(2)
    ]
    barrier = threading.Barrier(2, timeout=300)

    def load(version):
        barrier.wait()
        try:
            lists.load_version(version.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=load, args=[version]) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(source.versions.values_list("status", flat=True))
    assert states == [VersionStatus.RETIRED, VersionStatus.RETIRED, VersionStatus.SERVING]
    serving = source.versions.get(status=VersionStatus.SERVING)
    assert serving.entries.count() == 10


@pytest.mark.django_db(transaction=True)
def test_kill_in_the_middle_leaves_the_old_version(monkeypatch):
    source = ListSourceFactory()
    first = serve(source, list_xml(*TEN))
    version = lists.receive_file(source, BytesIO(list_xml(*TEN, e1="new")), name="x", by=None)

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(lists, "_note_changes", die)
        with pytest.raises(Killed):
            lists.load_version(version.pk)
    assert source.versions.get(status=VersionStatus.SERVING) == first
    assert not version.entries.exists()
    assert lists.load_version(version.pk).status == VersionStatus.SERVING


def _freshness(source):
    return next(item for item in queries.list_freshness() if item.source == source)
