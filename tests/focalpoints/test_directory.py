import csv
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from focalpoints import exports, links
from focalpoints.models import FocalPoint, Membership
from focalpoints.services import directory as services
from partnerships.models import Partnership, SavedSearch
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent, Country, Notice
from portal.sheets import plain_cell
from tests.focalpoints.factories import FocalPointFactory
from tests.partnerships.factories import PartnershipFactory
from tests.partnerships.factories_offers import SubmittedFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def un_user():
    return UserFactory(roles=["focal_point"])


def named_entry(**fields) -> FocalPoint:
    return FocalPointFactory(person_name="Amina Example", **fields)


@pytest.mark.parametrize("consent", [True, False])
def test_name_is_for_un_users_and_only_with_consent(client, un_user, consent):
    entry = named_entry(has_name_consent=consent)
    for path in [
        "/directory/",
        f"/directory/{entry.pk}/",
        "/directory/focal-points.csv",
        "/directory/focal-points.vcf",
    ]:
        response = client.get(path)
        assert b"Amina Example" not in (response.getvalue() if response.streaming else response.content)
    client.force_login(UserFactory(roles=["business"]))
    assert b"Amina Example" not in client.get("/directory/").content
    client.force_login(un_user)
    for path in ["/directory/", "/directory/focal-points.csv", f"/directory/{entry.pk}/vcard/"]:
        response = client.get(path)
        body = response.getvalue() if response.streaming else response.content
        assert (b"Amina Example" in body) is consent


def test_a_search_for_a_name_tells_the_public_nothing(client, un_user):
    named_entry(has_name_consent=True)
    assert b"<b>0</b>" in client.get("/directory/?q=Amina").content
    client.force_login(un_user)
    assert b"<b>1</b>" in client.get("/directory/?q=amina").content


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("entity=UNDP", 1),
        ("country=BGD", 1),
        ("theme=water", 1),
        ("task=screening", 1),
        ("language=bn", 1),
        ("office=regional", 1),
        ("q=bangladesh", 1),
        ("q=Bangladesch", 0),
        ("q=water+dhaka", 1),
        ("country=BGD&entity=UNDP", 0),
        ("country=nowhere", 3),
        ("page=99", 3),
    ],
)
def test_filters(client, query, count):
    dhaka = FocalPointFactory(themes=["water"], languages=["bn", "en"], tasks=["screening"])
    dhaka.countries.add(Country.objects.get(pk="BGD"), Country.objects.get(pk="NPL"))
    FocalPointFactory(entity_id="UNDP", office_place="New York")
    FocalPointFactory(office_place="Cairo", office_level="regional")
    response = client.get(f"/directory/?{query}")
    assert f"<b>{count}</b>" in response.content.decode()


def test_a_bad_parameter_is_left_out_and_said(client):
    FocalPointFactory()
    assert (
        "Left out, because it could not be read: Country."
        in client.get("/directory/?country=xx").content.decode()
    )


def test_an_empty_result_names_the_filter_to_drop_and_who_answers_first(client):
    FocalPointFactory(office_level="hq", office_place="Rome", tasks=["entry_point"])
    page = client.get("/directory/?entity=WFP&country=LBY").content.decode()
    assert "without “Country” there is 1" in page
    assert "These headquarters answer first for business" in page


def test_directory_queries_stay_flat(client, assert_flat_queries):
    def grow():
        entry = FocalPointFactory(backup=FocalPointFactory())
        entry.countries.set(Country.objects.all()[:3])

    assert_flat_queries(lambda: client.get("/directory/"), grow=grow)
    assert_flat_queries(lambda: client.get("/directory/focal-points.csv").getvalue(), grow=grow)
    assert_flat_queries(lambda: client.get("/directory/coverage/"), grow=grow)


def test_partial_is_answered_to_htmx(client):
    response = client.get("/directory/", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert "HX-Request" in response["Vary"]


def test_freshness_is_said_in_words(client):
    entry = FocalPointFactory(confirmed_on=timezone.localdate() - timedelta(days=211))
    assert (
        f"Not confirmed for {entry.days_since_confirmed} days" in client.get("/directory/").content.decode()
    )
    services.confirm_entry_by_link(entry.pk)
    assert "Not confirmed" not in client.get("/directory/").content.decode()


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", '"=1', "\uff1d1"])
def test_no_exported_cell_is_a_formula(value):
    assert plain_cell(value).startswith("'")


def test_csv_holds_what_the_page_found(client):
    FocalPointFactory(role_title="=HYPERLINK(1)")
    FocalPointFactory(entity_id="UNDP")
    text = client.get("/directory/focal-points.csv?entity=WFP").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["role"] for row in rows] == ["'=HYPERLINK(1)"]


def test_vcard_escapes_and_folds():
    entry = FocalPointFactory(role_title="Head; partnerships, water\r\nBEGIN:VCARD " + "ш" * 60)
    card = exports.vcard(entry, with_name=False, url="https://portal.example/directory/1/")
    assert card.count("BEGIN:VCARD\r\n") == 1
    assert "Head\\; partnerships\\, water BEGIN" in card.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))


def test_only_the_holder_and_the_manager_edit(un_user):
    entry = FocalPointFactory(user=un_user)
    values = {"role_title": "Head of unit"}
    with pytest.raises(PermissionDenied):
        services.save_entry(entry, values, by=UserFactory(roles=["focal_point"]))
    services.save_entry(entry, values, by=un_user)
    services.save_entry(entry, values, by=UserFactory(roles=["administrator"]))
    event = AuditEvent.objects.filter(subject_type="focalpoints.focalpoint", action="changed").first()
    assert event.changes["role_title"][1] == "Head of unit"


def test_a_stale_edit_keeps_both_texts(client, un_user):
    entry = FocalPointFactory(user=un_user)
    client.force_login(un_user)
    data = {
        "role_title": "Mine",
        "office_level": "hq",
        "office_place": "Dhaka",
        "unit_mailbox": "unit@test.example",
        "version": entry.version,
    }
    services.save_entry(entry, {"role_title": "Theirs"}, by=un_user)
    response = client.post(f"/directory/{entry.pk}/edit/", data)
    assert response.status_code == 409
    assert "Theirs" in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    again = client.post(f"/directory/{entry.pk}/edit/", data | {"version": entry.version + 1})
    assert again.status_code == 302
    with pytest.raises(StaleEdit):
        services.save_entry(entry, {"role_title": "Late"}, by=un_user, version=1)


def test_the_successor_finds_the_work(client, un_user):
    successor = UserFactory(roles=["focal_point"])
    entry = named_entry(user=un_user, has_name_consent=True)
    entry.countries.add(Country.objects.get(pk="BGD"))
    covers = FocalPointFactory(backup=entry)
    new = services.hand_over(entry, to=successor, person_name="B", has_name_consent=False, by=un_user)
    entry.refresh_from_db()
    covers.refresh_from_db()
    assert entry.left_on
    assert entry.successor == new
    assert covers.backup == new
    assert list(FocalPoint.objects.of(successor)) == [new]
    assert not FocalPoint.objects.of(un_user).exists()
    assert [country.pk for country in new.countries.all()] == ["BGD"]
    assert not new.has_name_consent
    # The old address leads on; the one who left may no longer edit either.
    assert client.get(f"/directory/{entry.pk}/").url == f"/directory/{new.pk}/"
    with pytest.raises(PermissionDenied):
        services.save_entry(new, {"role_title": "X"}, by=un_user)
    with pytest.raises(PermissionDenied):
        services.hand_over(entry, to=None, person_name="", has_name_consent=False, by=un_user)


def test_groups_pass_on_and_not_twice(un_user):
    from tests.focalpoints.factories import CommunityFactory

    successor = UserFactory(roles=["focal_point"])
    both, old_only = CommunityFactory(), CommunityFactory()
    for community, user in [(both, un_user), (both, successor), (old_only, un_user)]:
        Membership.objects.create(community=community, user=user)
    services.hand_over(
        FocalPointFactory(user=un_user), to=successor, person_name="", has_name_consent=False, by=un_user
    )
    assert {m.community for m in Membership.objects.filter(user=successor)} == {both, old_only}


def nameless_draft(author) -> Partnership:
    draft = PartnershipFactory(created_by=author)
    draft.entity_roles.all().delete()
    return draft


def test_what_hangs_on_the_office_or_the_leaver_passes_on(un_user, run_jobs):
    successor = UserFactory(roles=["focal_point"])
    entry = FocalPointFactory(user=un_user)
    draft = nameless_draft(un_user)
    named = PartnershipFactory(created_by=un_user, entities=["UNDP"])
    held = SubmittedFactory(entity=entry.entity, office=entry, triager=un_user, status="routed")
    SavedSearch.objects.create(user=un_user, name="Water", query="q=water")
    both = SavedSearch.objects.create(user=un_user, name="Both", query="q=both")
    SavedSearch.objects.create(user=successor, name="Mine", query="q=both")
    new = services.hand_over(entry, to=successor, person_name="", has_name_consent=False, by=un_user)
    assert [role.entity_id for role in draft.entity_roles.all()] == [entry.entity_id]
    assert [role.entity_id for role in named.entity_roles.all()] == ["UNDP"]
    assert Partnership.objects.editable_by(successor).filter(pk=draft.pk).exists()
    draft.refresh_from_db()
    assert draft.created_by == un_user, "what somebody wrote keeps their name"
    held.refresh_from_db()
    assert (held.office, held.triager) == (new, successor)
    assert set(successor.saved_searches.values_list("name", flat=True)) == {"Water", "Mine"}
    both.refresh_from_db()
    assert both.user == un_user
    notice = Notice.objects.get(user=successor)
    assert f"You are now {new.role_title}" in notice.subject
    assert "Drafts of records: 1" in notice.body
    assert "Saved searches: 1" in notice.body


def test_a_vacant_place_keeps_the_work_of_the_office(un_user):
    entry = FocalPointFactory(user=un_user)
    draft = nameless_draft(un_user)
    services.hand_over(entry, to=None, person_name="", has_name_consent=False, by=un_user)
    assert draft.entity_roles.count() == 1
    assert not Notice.objects.exists()


def test_a_business_account_cannot_take_over(un_user):
    entry = FocalPointFactory(user=un_user)
    business = UserFactory(roles=["business"])
    with pytest.raises(RuleViolation):
        services.hand_over(entry, to=business, person_name="", has_name_consent=False, by=un_user)


def test_reminders_go_out_twice_a_cycle_and_not_again(run_jobs, client):
    entry = FocalPointFactory(confirmed_on=timezone.localdate())
    FocalPointFactory(confirmed_on=timezone.localdate(), left_on=timezone.localdate())
    sent = {}
    for day in (100, 181, 182, 204, 205):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            services.remind_unconfirmed()
            run_jobs()
            sent[day] = len(mail.outbox)
    assert sent == {100: 0, 181: 1, 182: 1, 204: 2, 205: 2}
    assert mail.outbox[0].to == [entry.unit_mailbox]
    token = links.token_for("entry_confirm", entry.pk)
    assert f"/directory/confirm/{entry.pk}." in mail.outbox[0].body
    FocalPoint.objects.update(confirmed_on=timezone.localdate() - timedelta(days=250))
    client.get(f"/directory/confirm/{token}/")
    entry.refresh_from_db()
    assert entry.is_stale, "a scanner that follows the link confirms nothing"
    client.post(f"/directory/confirm/{token}/")
    entry.refresh_from_db()
    assert not entry.is_stale


def test_an_old_or_broken_confirm_link_says_so(client):
    token = links.token_for("entry_confirm", FocalPointFactory().pk)
    assert client.get(f"/directory/confirm/{token}x/").status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        assert client.get(f"/directory/confirm/{token}/").status_code == 410


# --- who works on this, here ----------------------------------------------------------------------


def found(client, query: str) -> list[str]:
    response = client.get(f"/directory/who/?{query}")
    return [answer.entry.role_title for answer in response.context["answers"]]


def test_the_finder_puts_the_country_first_then_the_topic(client):
    bangladesh = Country.objects.get(pk="BGD")
    FocalPointFactory(role_title="Everywhere, water", themes=["water"], office_level="hq")
    FocalPointFactory(role_title="Everywhere, first contact", tasks=["entry_point"], office_level="hq")
    here = FocalPointFactory(role_title="Here, first contact", tasks=["entry_point"])
    here.countries.add(bangladesh)
    best = FocalPointFactory(role_title="Here, water", themes=["water"], office_level="country")
    best.countries.add(bangladesh)
    elsewhere = FocalPointFactory(role_title="Elsewhere, water", themes=["water"])
    elsewhere.countries.add(Country.objects.get(pk="KEN"))
    FocalPointFactory(role_title="Internal", themes=["water"], is_public=False)
    assert found(client, "theme=water&country=BGD") == [
        "Here, water",
        "Here, first contact",
        "Everywhere, water",
        "Everywhere, first contact",
    ]
    page = client.get("/directory/who/?theme=water&country=BGD").content.decode()
    assert "Country office that answers for Bangladesh" in page
    assert "Works on Water" in page
    assert "Answers for all countries" in page


def test_the_finder_says_when_nobody_is_named_and_when_it_cannot_read(client):
    assert "Choose a topic" in client.get("/directory/who/").content.decode()
    assert "Nobody is named for this yet" in client.get("/directory/who/?theme=water").content.decode()
    page = client.get("/directory/who/?theme=zzz&country=XXX").content.decode()
    assert "Left out, because it could not be read: Country, Topic." in page


def test_the_finder_tells_the_public_no_names(client, assert_flat_queries):
    named_entry(has_name_consent=True, themes=["water"])
    assert b"Amina Example" not in client.get("/directory/who/?theme=water").content

    def grow():
        FocalPointFactory(themes=["water"]).countries.set(Country.objects.all()[:3])

    assert_flat_queries(lambda: client.get("/directory/who/?theme=water"), grow=grow)
