"""Lists of an operator's own: added and changed on a page, read by the mapping kept with them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from portal.errors import RuleViolation
from portal.models import AuditEvent
from screening.fetching import is_public_address
from screening.forms.sources import NewSourceForm
from screening.models import ListSource, VersionStatus
from screening.services import lists
from tests.portal.factories import UserFactory
from tests.screening.factories import list_xml, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]

TYPED = {
    "code": "afdb",
    "title": "Debarred firms",
    "publisher": "A development bank",
    "kind": "debarment",
    "importer": "mapped_csv",
    "url": "",
    "hosts": "",
    "fetch_every_hours": "24",
    "stale_after_days": "30",
    "delimiter": ";",
    "separator": "|",
    "default_kind": "organization",
    "column_id": "No",
    "column_name": "Firm",
    "column_alias": "Also",
    "column_country": "State",
    "identifiers": "lei: LEI code",
}
TABLE = "No;Firm;Also;State;LEI code;Why\n1;Quorvane Holding;Quorvan|QVH;Norway;529900T8BM49AURSDO55;Fraud\n"


@pytest.fixture
def admin(client):
    user = UserFactory(roles=["administrator"])
    client.force_login(user)
    return user


def test_added_list_is_read_by_its_mapping(client, admin, run_jobs):
    assert client.post("/lists/add/", TYPED).headers["Location"] == "/lists/afdb/"
    source = ListSource.objects.get(pk="afdb")
    assert (source.is_own, source.is_required, source.kind) == (True, False, "debarment")
    event = AuditEvent.objects.get(subject_type="screening.listsource", action="added")
    assert (event.by, event.changes["mapping"][1]["columns"]["name"]) == (admin, "Firm")
    version = lists.upload_list(source, ContentFile(TABLE.encode(), "firms.csv"), by=admin)
    run_jobs()
    version.refresh_from_db()
    assert version.status == VersionStatus.SERVING
    entry = version.entries.get()
    assert [name["text"] for name in entry.content["names"]] == ["Quorvane Holding", "Quorvan", "QVH"]
    assert entry.content["identifiers"][0]["type"] == "lei"
    assert (entry.kind, entry.content["extra"]) == ("organization", [["Why", "Fraud"]])


def test_form_shows_what_was_saved_and_keeps_it(client, admin):
    client.post("/lists/add/", TYPED)
    page = client.get("/lists/afdb/edit/")
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert shown["identifiers"] == "lei: LEI code"
    again = {name: value for name, value in shown.items() if value not in (None, False)}
    assert client.post("/lists/afdb/edit/", again).status_code == 302
    assert not AuditEvent.objects.filter(action="changed").exists()
    client.post("/lists/afdb/edit/", again | {"column_name": "Name of firm", "is_confidential": "on"})
    source = ListSource.objects.get(pk="afdb")
    assert (source.mapping["columns"]["name"], source.is_confidential) == ("Name of firm", True)
    event = AuditEvent.objects.get(action="changed")
    assert set(event.changes) == {"mapping", "is_confidential"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "A b"}, "code"),
        ({"code": "add"}, "code"),
        ({"code": "un"}, "code"),
        ({"title": ""}, "title"),
        ({"kind": "demonstration"}, "kind"),
        ({"importer": "excel"}, "importer"),
        ({"column_id": ""}, "column_id"),
        ({"identifiers": "LEI code"}, "identifiers"),
        ({"url": "https://127.0.0.1/list.csv"}, "url"),
        ({"hosts": "cdn.example.org localhost"}, "hosts"),
        ({"fetch_every_hours": "0"}, "fetch_every_hours"),
        ({"expected_low": "5"}, "expected_high"),
        ({"expected_low": "5", "expected_high": "4"}, "expected_high"),
    ],
)
def test_wrong_answers_are_told_beside_their_field(client, admin, typed, field):
    lists.load_sources()
    page = client.post("/lists/add/", TYPED | typed)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not ListSource.objects.filter(pk="afdb").exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://lists.example.org/a.csv",
        "https://lists.example.org:8443/a.csv",
        "https://user@lists.example.org/a.csv",
        "https://169.254.169.254/latest",
        "https://[::1]/a.csv",
        "https://database.internal/a.csv",
        "https://localhost/a.csv",
        "https://lists.example.org:port/a.csv",
        "file:///etc/passwd",
    ],
)
def test_no_list_is_kept_at_an_address_of_the_inside(url):
    assert is_public_address("https://lists.example.org/a.csv")
    assert not is_public_address(url)


def test_kind_stays_once_companies_were_screened_against_it(admin):
    source = lists.add_source("own", _values(), by=admin)
    lists.change_source(source, _values(kind="exclusion"), by=admin)
    serve(source, list_xml("Quorvane Holding"))
    with pytest.raises(RuleViolation):
        lists.change_source(source, _values(kind="standing"), by=admin)
    with pytest.raises(RuleViolation):
        lists.add_source("own", _values(), by=admin)


def test_new_release_leaves_changed_lists_alone(admin):
    lists.load_sources()
    un = ListSource.objects.get(pk="un")
    lists.change_source(un, {"url": "https://lists.example.org/un.xml"}, by=admin)
    lists.add_source("own", _values(), by=admin)
    lists.load_sources()
    un.refresh_from_db()
    assert (un.url, un.etag) == ("https://lists.example.org/un.xml", "")
    assert ListSource.objects.filter(pk="own").exists()


@pytest.mark.parametrize("role", ["analyst", "decider", "focal_point", "business"])
def test_only_administrators_add_and_change(role):
    user = UserFactory(roles=[role])
    with pytest.raises(PermissionDenied):
        lists.add_source("own", _values(), by=user)
    with pytest.raises(PermissionDenied):
        lists.change_source(ListSource(pk="own"), _values(), by=user)


def _values(**changed):
    form = NewSourceForm(TYPED | {"code": "own", "importer": "un"})
    assert form.is_valid(), form.errors
    return form.values | changed
