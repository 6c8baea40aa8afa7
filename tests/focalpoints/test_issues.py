import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from focalpoints import links, moulds
from focalpoints.editions import edition
from focalpoints.models import (
    ISSUE_MOVES,
    Delivery,
    DeliveryStatus,
    Issue,
    IssueSection,
    IssueStatus,
)
from focalpoints.queries import newsletter as queries
from focalpoints.queries.picks import Pick, picks_for
from focalpoints.services import directory as directory_services
from focalpoints.services import issues as services
from focalpoints.services import sending
from focalpoints.wording import clean_text, links_in, to_html, to_text
from portal.errors import RuleViolation, StaleEdit
from tests.focalpoints.factories import (
    FocalPointFactory,
    IssueFactory,
    IssueItemFactory,
    MeetingFactory,
    ResourceFactory,
    SubscriberFactory,
    TrainingFactory,
    approved_issue,
)
from tests.partnerships.factories import PartnershipFactory
from tests.portal.factories import UserFactory

# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Water & energy, a < b", "Water & energy, a < b"),
        ("<p class=MsoNormal>One</p><p>Two &amp; three</p>", "One\nTwo & three"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ("<!--[if gte mso 9]><xml></xml><![endif]-->Hello", "Hello"),
        ("a\x0bb\r\nc", "ab\nc"),
    ],
)
def test_pasted_html_is_stripped_on_write(pasted, kept):
    assert clean_text(pasted) == kept


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "<svg/onload=alert(1)>",
        "![x](https://un.org/pixel.png)",
        '[x](https://un.org "onmouseover=alert(1)")',
        "<a href='https://un.org' onclick='x()'>x</a>",
    ],
)
def test_nothing_that_runs_or_loads_is_rendered(attack):
    page = to_html(attack)
    assert not re.search(r"<(img|script|svg)|href=\"(javascript|data)|<[^>]+ on\w+=", page)


def test_markdown_becomes_both_parts():
    text = "**Bold** and [a record](/partnerships/P-0001/)\n\n- one\n- two"
    page = to_html(text, base="https://portal.example")
    assert '<a href="https://portal.example/partnerships/P-0001/"' in page
    assert "<li>one</li>" in page
    assert "a record (https://portal.example/partnerships/P-0001/)" in to_text(
        text, base="https://portal.example"
    )
    assert links_in("See https://un.org/x and [y](/news/)") == ["/news/", "https://un.org/x"]


# --- editions and gates ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_edition_falls_back_to_english_block_by_block_and_says_so():
    issue = IssueFactory(languages=["ar"], words=None)
    IssueItemFactory(issue=issue, position=0, translations={"ar": {"title": "", "text": "كلمات"}})
    IssueItemFactory(issue=issue, position=1, title="Only English")
    arabic = edition(issue, issue.items.all(), "ar")
    assert arabic.direction == "rtl"
    assert [item.language for item in arabic.blocks[0].items] == ["ar", "en"]
    assert arabic.missing == [issue.title, "Only English"]
    assert edition(issue, issue.items.all(), "fr").language == "en"


def stops(issue) -> list[str]:
    return [str(gate.label) for gate in queries.blocking_gates(issue)]


def gate_states(issue) -> dict[str, str]:
    return {str(gate.label): gate.state for gate in queries.gates(issue)}


@pytest.mark.django_db
def test_gates_of_a_sound_issue(smtp_settings):
    issue = IssueFactory()
    SubscriberFactory()
    assert stops(issue) == []
    assert gate_states(issue)["Unsubscribe tried end to end"] == "ok"
    assert gate_states(issue)["Approval by a second person"] == "wait"


@pytest.mark.django_db
def test_each_gate_stops(smtp_settings, settings):
    issue = IssueFactory(words=None, languages=["fr"])
    assert stops(issue) == [
        "Nothing is written yet",
        "The plain text part would be empty",
        "French edition is missing 1 text",
        "Nobody would get it",
    ]
    IssueItemFactory(issue=issue, text="See [this](https://evil.example/) and [that](/no-such-page/)")
    assert "2 links lead nowhere known" in stops(issue)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "No mail server is set up" in stops(issue)


@pytest.mark.django_db
def test_three_times_the_last_audience_stops(smtp_settings):
    last = IssueFactory(status=IssueStatus.SENT, sending_at=timezone.now(), sent_at=timezone.now())
    reader = SubscriberFactory()
    Delivery.objects.create(issue=last, subscriber=reader, language="en", status=DeliveryStatus.SENT)
    issue = IssueFactory()
    SubscriberFactory.create_batch(2)
    assert stops(issue) == []
    SubscriberFactory()
    assert stops(issue) == ["More than three times the readers of the last issue"]
    issue.growth_reason = "The readers of the sister newsletter joined, with their consent."
    assert stops(issue) == []


@pytest.mark.parametrize(
    ("address", "is_known"),
    [
        ("/directory/", True),
        ("/directory/xx/", False),
        ("https://www.un.org/en/", True),
        ("https://un.org.evil.example/", False),
        ("https://evilun.org/", False),
        ("http://www.un.org/", False),
        ("//evil.example/", False),
        ("mailto:unit@wfp.example", True),
        ("javascript:alert(1)", False),
    ],
)
def test_known_places(address, is_known):
    assert queries.leads_somewhere_known(address) is is_known


# --- composing ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_blocks_and_items_are_written_moved_and_removed(editors):
    issue = services.create_issue(title="First", by=editors[0])
    services.add_section(issue, "meetings", by=editors[0])
    services.move_section(issue, "meetings", -1, by=editors[0])
    issue.refresh_from_db()
    assert issue.sections.index("meetings") == 5
    a, b = (
        services.save_item(issue, None, section="meetings", title=title, text="Words", by=editors[0])
        for title in "AB"
    )
    services.move_item(issue, b, -1, by=editors[0])
    assert [item.title for item in issue.items.all()] == ["B", "A"]
    services.remove_item(issue, b, by=editors[0])
    services.remove_section(issue, "meetings", by=editors[0])
    assert not issue.items.exists()
    assert a.pk


@pytest.mark.django_db
def test_a_stale_text_is_refused(editors):
    issue = IssueFactory(created_by=editors[0])
    item = issue.items.get()
    services.save_item(issue, item, section=item.section, title="", text="A", version=1, by=editors[0])
    with pytest.raises(StaleEdit):
        services.save_item(issue, item, section=item.section, title="", text="B", version=1, by=editors[1])


@pytest.mark.django_db
def test_only_a_draft_is_written_on_and_only_by_editors(editors):
    issue = approved_issue(editors)
    with pytest.raises(RuleViolation):
        services.add_section(issue, "meetings", by=editors[0])
    with pytest.raises(PermissionDenied):
        services.create_issue(title="X", by=UserFactory(roles=["focal_point"]))


@pytest.mark.django_db
def test_a_second_person_approves(editors, smtp_settings):
    first, second = editors
    issue = IssueFactory(created_by=first)
    SubscriberFactory()
    services.submit_issue(issue, by=first)
    with pytest.raises(RuleViolation, match="second person"):
        services.approve_issue(issue, by=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(approved_by=first)
    services.approve_issue(issue, by=second)
    services.return_issue(issue, by=first)
    issue.refresh_from_db()
    assert issue.approved_by is None


@pytest.mark.django_db
@pytest.mark.parametrize("status", [s for s in IssueStatus if IssueStatus.SENDING not in ISSUE_MOVES[s]])
def test_sending_starts_only_from_where_the_table_says(editors, smtp_settings, status):
    SubscriberFactory()
    issue = IssueFactory(created_by=editors[0], status=status, sending_at=timezone.now())
    with pytest.raises(RuleViolation):
        sending.send_issue(issue, by=editors[0])
    assert not issue.deliveries.exists()


@pytest.mark.django_db
def test_picked_records_come_once_in_their_own_words(editors, monkeypatch):
    pick = Pick("P-0042", "CEO Water Mandate", "Works on <b>water</b>.", "/partnerships/P-0042/", "UNGC")
    monkeypatch.setattr(services, "picks_for", lambda section, since=None: [pick])
    issue = IssueFactory(created_by=editors[0], words=None)
    assert services.pick_items(issue, "new_partnerships", ["P-0042", "P-9999"], by=editors[0]) == 1
    assert services.pick_items(issue, "new_partnerships", ["P-0042"], by=editors[0]) == 0
    assert issue.items.get().text == "Works on water."


@pytest.mark.django_db
def test_composer_pages_work_for_an_editor(client, editors, smtp_settings):
    client.force_login(editors[0])
    SubscriberFactory()
    response = client.post("/newsletter/", {"title": "Water"})
    number = Issue.objects.get().number
    assert response.url == f"/newsletter/{number}/"
    path = f"/newsletter/{number}/"
    details = {"title": "Water", "topic": "quarterly", "languages": ["fr"], "planned_for": "", "version": 1}
    assert client.post(f"{path}details/", details).status_code == 302
    assert client.post(f"{path}details/", details).status_code == 409
    client.post(f"{path}write/?section=from_the_desk", {"title": "", "text": "Three records."})
    item = Issue.objects.get().items.get()
    page = client.get(f"{path}?edition=fr&block=from_the_desk").content.decode()
    assert re.search(rf'href="{path}items/{item.pk}/\?edition=fr">Translate<', page)
    assert 'name="edition" value="fr"' in page
    client.post(f"{path}items/{item.pk}/?edition=fr", {"title": "", "text": "Trois.", "version": 1})
    client.post(f"{path}title/?edition=fr", {"title": "Eau"})
    page = client.get(f"{path}?edition=fr").content.decode()
    assert "Trois." in page
    assert "French edition complete" in page
    assert "Trois." in client.get(f"{path}preview/?edition=fr").content.decode()
    assert client.post(f"{path}move/", {"to": "review"}).status_code == 302
    page = client.post(f"{path}move/", {"to": "approve"}, follow=True).content.decode()
    assert "a second person has to approve it" in page
    client.force_login(editors[1])
    assert client.post(f"{path}move/", {"to": "approve"}).status_code == 302
    assert "Send now" in client.get(path).content.decode()


@pytest.mark.django_db
def test_a_button_that_cannot_act_answers_with_the_reason(client, editors, smtp_settings):
    client.force_login(editors[0])
    issue = IssueFactory(created_by=editors[0], words=None)
    page = client.post(f"/newsletter/{issue.number}/move/", {"to": "review"}, follow=True).content.decode()
    assert "This stops it: Nothing is written yet. Write a block or pick records." in page
    assert " disabled" not in page


@pytest.mark.django_db
def test_a_new_issue_fills_itself_with_what_is_new(editors):
    past = timezone.now() - timedelta(days=30)
    IssueFactory(status="sent", sending_at=past, sent_at=past)
    ResourceFactory(title="Old", added_at=past - timedelta(days=1))
    new = ResourceFactory(title="New", summary="")
    ResourceFactory(is_internal=True)
    MeetingFactory(is_public=False)
    TrainingFactory()
    issue = services.create_issue(title="Fills itself", by=editors[0])
    found = {item.source: item for item in issue.items.all()}
    assert {source.partition(":")[0] for source in found} == {"resource", "training"}
    assert found[f"resource:{new.pk}"].text == "New"
    assert services.fill_section(issue, "tools_and_resources", by=editors[0]) == 0


@pytest.mark.django_db
def test_a_new_issue_repeats_no_record_of_another_and_no_words_of_its_own(editors, client):
    PartnershipFactory(reference="P-0901", is_public=True, status="active")
    lesson = {"is_public": True, "status": "closed", "lessons": "Begin small.", "purposes": ["private_funds"]}
    shared = PartnershipFactory(reference="P-0902", **lesson)
    for code in ("WFP", "UNICEF"):
        shared.entity_roles.get_or_create(entity_id=code)
    MeetingFactory(starts_on=timezone.localdate() + timedelta(days=40))
    first = services.create_issue(title="First", by=editors[0])
    sections = ("lessons_and_good_practice", "donor_coordination_examples")
    for section in sections:
        services.fill_section(first, section, by=editors[0])
    assert first.items.get(section__in=sections).text == "Begin small."
    second = services.create_issue(title="Second", by=editors[0])
    kinds = {source.partition(":")[0] for source in second.items.values_list("source", flat=True)}
    assert kinds <= {"meeting", "offers"}
    assert "meeting" in kinds
    client.force_login(editors[0])
    page = client.get(f"/newsletter/{second.number}/pick/?section=new_partnerships").content.decode()
    assert f"in No. {first.number}" in page
    other = IssueFactory(number=90, topic="needs", created_by=editors[0], words=None)
    assert services.fill_section(other, "new_partnerships", by=editors[0])


@pytest.mark.django_db
def test_the_report_names_links_by_the_words_that_readers_saw(client, editors):
    now = timezone.now()
    issue = IssueFactory(status="sent", sending_at=now, sent_at=now, created_by=editors[0])
    item = issue.items.first()
    item.title, item.url, item.text = "Solar pumps", "/needs/", "See [the map](/map/) or https://un.org/x"
    item.save()
    for address in ("/needs/", "/map/", "https://un.org/x"):
        issue.links.create(address=address)
    assert {link.address: words for link, words in queries.opened_links(issue)} == {
        "/needs/": "Solar pumps",
        "/map/": "the map",
        "https://un.org/x": "",
    }
    client.force_login(editors[0])
    page = client.get(f"/newsletter/{issue.number}/").content.decode()
    assert '<bdi>Solar pumps</bdi></a><span class="cg-sub"><bdi dir="ltr">/needs/</bdi>' in page


@pytest.mark.django_db
def test_focal_point_changes_name_roles_and_speak_the_language_of_the_edition(editors):
    leaver = FocalPointFactory(person_name="Amina Example", has_name_consent=True)
    heir = directory_services.hand_over(
        leaver,
        to=None,
        person_name="Bo Example",
        has_name_consent=True,
        by=UserFactory(roles=["administrator"]),
    )
    FocalPointFactory(is_public=False)
    issue = services.create_issue(title="Changes", by=editors[0])
    item = issue.items.get(section="focal_point_changes")
    assert item.source == f"focal_point:{heir.pk}"
    assert item.text == f"This place has a new holder. Write to {heir.unit_mailbox}."
    assert "Example" not in item.title + item.text
    details = {"title": "Changes", "topic": "quarterly", "languages": ["fr"]}
    with override("ar"):  # the language of the editor's screen is nobody else's
        services.save_details(issue, details, version=Issue.objects.get().version, by=editors[0])
    with override("fr"):
        words = picks_for("focal_point_changes")[0].text
    item.refresh_from_db()
    assert item.translations.get("fr", {}).get("text", item.text) == words


@pytest.mark.django_db
def test_picks_hold_nothing_that_is_not_public():
    PartnershipFactory(title="Internal", visibility="un_system", status="closed", lessons="Secret")
    assert [pick for section in IssueSection.values for pick in picks_for(section)] == []


@pytest.mark.django_db
def test_lessons_are_picked_beside_their_record(editors):
    record = PartnershipFactory(is_public=True, status="closed", lessons="Begin small.")
    issue = services.create_issue(title="Lessons", by=editors[0])
    assert issue.items.get(section="lessons_and_good_practice").text == "Begin small."
    assert {item.source for item in issue.items.all()} == {record.reference, f"lesson:{record.reference}"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["//evil.example/", "javascript:alert(1)", "http://un.org/", "/a b"])
def test_a_call_out_leads_to_a_known_kind_of_address(client, editors, address):
    client.force_login(editors[0])
    issue = IssueFactory(created_by=editors[0], words=None)
    path = f"/newsletter/{issue.number}/write/?section=from_the_desk"
    words = {"title": "Sign up", "text": "Before May.", "is_call_out": "on"}
    assert client.post(path, words | {"url": address}).status_code == 422
    client.post(path, words | {"url": "/subscribe/"})
    content = edition(issue, issue.items.all(), "en", base="https://portal.example")
    page = moulds.mould_of(issue, content).html
    assert re.search(
        r'<a href="https://portal.example/subscribe/" style="[^"]*background[^"]*"[^>]*>Sign up', page
    ) or ('href="https://portal.example/subscribe/"' in page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "language", "why"),
    [
        ({"language": "fr"}, "Français", "They get this edition."),
        ({"language": "ar"}, "English", "there is no edition in Arabic"),
        ({"topics": ["policy"]}, "English", "they did not choose the topic"),
        ({"status": "bounced"}, "English", "Address bounces"),
    ],
)
def test_a_preview_shows_what_a_reader_gets(client, editors, fields, language, why):
    client.force_login(editors[0])
    reader = SubscriberFactory(**fields)
    issue = IssueFactory(created_by=editors[0], languages=["fr"])
    with time_machine.travel(timezone.now(), tick=False):  # a link is signed with the second it was made in
        page = client.post(f"/newsletter/{issue.number}/preview/", {"email": reader.email}).content.decode()
        own_link = links.token_for("unsubscribe", reader.pk)
    assert why in page
    assert f'aria-current="true">{language}' in page
    assert own_link not in page


@pytest.mark.django_db
def test_composer_queries_stay_flat(client, editors, smtp_settings, assert_flat_queries):
    client.force_login(editors[0])
    issue = IssueFactory(created_by=editors[0], languages=["fr", "ar"])
    assert_flat_queries(
        lambda: client.get(f"/newsletter/{issue.number}/"), grow=lambda: IssueItemFactory(issue=issue)
    )
    assert_flat_queries(lambda: client.get("/newsletter/"), grow=lambda: IssueFactory(created_by=editors[0]))
    assert_flat_queries(
        lambda: client.get("/news/"), grow=lambda: IssueFactory(status="sent", sending_at=timezone.now())
    )
