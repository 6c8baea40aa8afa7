import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from partnerships.models import Company, Need, Offer, OfferMatch
from partnerships.queries import matches as queries
from partnerships.services import triage
from partnerships.views import offers
from portal.models import User
from portal.themes import THEME_GROUPS, Theme
from tests.partnerships.factories_offers import (
    NeedFactory,
    OfferFactory,
    SubmittedFactory,
    a_business,
    a_focal_point,
)
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db

STEPS = {
    "company": {"company": "new", "name": "Fictional Pumps AS", "country": "NOR"},
    "what": {
        "title": "Solar pumps",
        "contribution_kinds": ["in_kind_goods"],
        "quantity": "400",
        "unit": "pumps",
        "description": "New pumps with panels and spare parts.",
    },
    "where": {
        "reach": "named",
        "countries": ["MWI"],
        "accepts_subregion": "on",
        "available_from_day": "1",
        "available_from_month": "3",
        "available_from_year": "2031",
        "available_until_day": "28",
        "available_until_month": "2",
        "available_until_year": "2032",
    },
    "goals": {"themes": ["water"], "targets": ["6.1"]},
    "conduct": {"is_tied_to_procurement": "no", "is_fit_for_use": "yes", "wishes_emblem": "no"},
}


def begin(client: Client, seconds: int = 5) -> str:
    """Press "Begin an offer" as somebody who read the page. Returns the address of the first step."""
    token = re.search(r'name="opened" value="([^"]+)"', client.get("/offer/").content.decode())[1]
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        response = client.post("/offer/", {"opened": token})
    assert response.status_code == 302, response.content.decode()[-3000:]
    return response["Location"]


def send(client: Client, reference: str, step: str, version: int = 0, **change):
    return client.post(f"/offer/{reference}/{step}/", {**STEPS[step], "version": version, **change})


def unread_rights(user: User) -> User:
    return User.objects.get(pk=user.pk)


# --- begin ------------------------------------------------------------------------------------------------


def test_a_visitor_answers_every_step_signs_in_and_submits_nothing_lost(client, run_jobs):
    assert begin(client) == "/offer/draft/company/"
    for step in STEPS:
        assert send(client, "draft", step).status_code == 302
    page = client.get("/offer/draft/check/").content.decode()
    assert "Solar pumps" in page
    assert "Create an account" in page
    assert not Offer.objects.exists()

    user = UserFactory(roles=["business"])
    client.force_login(user)
    response = client.get("/offer/draft/")
    offer = Offer.objects.get()
    assert response["Location"] == f"/offer/{offer.reference}/check/", "nothing is left but to submit it"
    tasks = client.get(f"/offer/{offer.reference}/").content.decode()
    assert re.search(r'role="button"[^>]*>Check and submit', tasks)
    assert (offer.title, offer.quantity, offer.company.name) == ("Solar pumps", 400, "Fictional Pumps AS")
    assert client.get("/offer/draft/")["Location"] == "/offer/"

    check = f"/offer/{offer.reference}/check/"
    assert client.post(check, {}).status_code == 422
    first = client.post(check, {"is_declared": "on"})
    second = client.post(check, {"is_declared": "on"})
    assert first["Location"] == second["Location"] == f"/offer/{offer.reference}/submitted/"
    assert Offer.objects.get().status == "submitted"
    assert offer.reference in client.get(first["Location"]).content.decode()
    assert Company.objects.get().members.get().user == user


def test_bots_do_not_begin(client):
    page = client.get("/offer/").content.decode()
    token = re.search(r'name="opened" value="([^"]+)"', page)[1]
    assert client.post("/offer/", {}).status_code == 422
    assert client.post("/offer/", {"opened": "made up"}).status_code == 422
    assert client.post("/offer/", {"opened": token}).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert client.post("/offer/", {"opened": token, "fax_number": "1"}).status_code == 422
        answers = [client.post("/offer/", {"opened": token}).status_code for _try in range(6)]
    assert answers == [302] * 2 + [429] * 4


def test_of_2000_bots_nearly_all_are_held_and_20_people_go_through(client, monkeypatch):
    """Bots post without the page, at once, into the hidden field, or replay one page that has ripened.

    The page that answers them is drawn by other tests: two thousand times it costs half a minute.
    """
    bots, people = "203.0.113.7", "198.51.100.9"

    def token(address):
        page = client.get("/offer/", REMOTE_ADDR=address).content.decode()
        return re.search(r'name="opened" value="([^"]+)"', page)[1]

    ripe, tokens = token(bots), [token(people) for _person in range(20)]
    posts = [{}, {"opened": "made up"}, {"opened": ripe, "fax_number": "1"}, {"opened": ripe}] * 500
    monkeypatch.setattr(
        offers, "render", lambda request, template, context, status: HttpResponse(status=status)
    )
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        passed = sum(client.post("/offer/", data, REMOTE_ADDR=bots).status_code == 302 for data in posts)
        through = [
            Client().post("/offer/", {"opened": opened}, REMOTE_ADDR=people).status_code for opened in tokens
        ]
    assert passed <= 20
    assert through == [302] * 20


def test_a_un_user_makes_no_offer(client):
    begin(client)
    client.force_login(UserFactory(roles=["focal_point"]))
    assert client.get("/offer/draft/")["Location"] == "/desk/"
    assert "offer_draft" not in client.session
    client.force_login(UserFactory(roles=["focal_point"]))
    assert "Begin an offer" not in client.get("/offer/").content.decode()
    assert client.post("/offer/", {}).status_code in (302, 403)


# --- steps ------------------------------------------------------------------------------------------------


@pytest.fixture
def business(client):
    user = a_business()
    client.force_login(user)
    return user


@pytest.fixture
def draft(business):
    return OfferFactory(created_by=business, title="", answers={})


def test_errors_are_shown_and_what_was_typed_is_kept(client, draft):
    response = send(client, draft.reference, "what", quantity="about 400")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Enter how many, in digits, for example 400" in page
    assert 'value="about 400"' in page
    page = client.get(f"/offer/{draft.reference}/what/").content.decode()
    assert 'value="about 400"' in page
    assert "To fix" in page


def test_save_and_come_back_later_keeps_half_a_step(client, draft):
    response = send(client, draft.reference, "what", description="", second="1")
    assert response["Location"] == f"/offer/{draft.reference}/"
    assert "Solar pumps" in client.get(f"/offer/{draft.reference}/what/").content.decode()


def test_the_same_step_in_two_windows_shows_both_values(client, draft):
    assert send(client, draft.reference, "what", version=0).status_code == 302
    response = send(client, draft.reference, "what", version=0, title="Water pumps")
    assert response.status_code == 409
    page = response.content.decode()
    assert "Solar pumps" in page
    assert "Water pumps" in page
    assert 'name="version" value="1"' in page
    assert send(client, draft.reference, "what", version=1, title="Water pumps").status_code == 302
    assert Offer.objects.get().title == "Water pumps"


def test_dates_must_follow_each_other_and_countries_be_named(client, draft):
    response = send(client, draft.reference, "where", countries=[], available_until_year="2030")
    page = response.content.decode()
    assert "The offer must end after it starts" in page
    assert "Tick at least one country" in page


def test_a_first_day_in_the_past_is_refused_unless_it_was_saved_when_it_lay_ahead(client, draft):
    page = send(client, draft.reference, "where", available_from_year="2020").content.decode()
    assert '<a href="#id_available_from_day">From when? – This day is over.' in page
    assert send(client, draft.reference, "where", version=1).status_code == 302
    with time_machine.travel("2031-06-01 12:00"):
        client.force_login(draft.created_by)
        later = send(client, draft.reference, "where", version=2, lead_time_days="9")
        assert later.status_code == 302


def test_an_unknown_step_or_draft_is_not_found(client, draft):
    assert client.get(f"/offer/{draft.reference}/nothing/").status_code == 404
    assert client.get("/offer/O-0000-0000/what/").status_code == 404


def test_a_check_before_the_end_says_what_is_missing(client, draft):
    page = client.get(f"/offer/{draft.reference}/check/").content.decode()
    assert "This step is not finished." in page
    assert "Submit the offer" not in page
    assert client.post(f"/offer/{draft.reference}/check/", {"is_declared": "on"}).status_code == 422


def test_a_currency_stands_in_capitals_on_the_check_however_it_was_typed(client, draft):
    send(client, draft.reference, "what", value_amount="5000", currency="usd")
    page = client.get(f"/offer/{draft.reference}/check/").content.decode()
    assert "USD" in page
    assert ">usd<" not in page


# --- follow -----------------------------------------------------------------------------------------------


def test_a_business_reads_where_it_stands_and_no_internal_note(client, business):
    offer = SubmittedFactory(created_by=business)

    desk = UserFactory(roles=["registry_desk"])
    entity = a_focal_point("UNICEF").focal_points.get().entity
    triage.route_offer(offer, entity=entity, note="Between us: doubtful", by=desk)
    page = client.get(f"/my/offers/{offer.reference}/").content.decode()
    assert "With a UN entity" in page
    assert "doubtful" not in page


def test_a_question_is_answered_on_the_page(client, business):

    offer = SubmittedFactory(created_by=business)
    triage.ask_business(offer, text="How heavy is one?", by=UserFactory(roles=["registry_desk"]))
    assert "How heavy is one?" in client.get(f"/my/offers/{offer.reference}/").content.decode()
    assert client.post(f"/my/offers/{offer.reference}/reply/", {"reply": ""}).status_code == 422
    assert client.post(f"/my/offers/{offer.reference}/reply/", {"reply": "80 kg"}).status_code == 302
    assert Offer.objects.get().status == "triage"


def test_matches_say_why_and_what_was_ruled_out(client, business):
    offer = SubmittedFactory(created_by=business, targets=["6.1"])
    NeedFactory(title="Wells", targets=["6.1", "3.8"])
    NeedFactory(title="Money", contribution_kinds=["cash"])
    page = client.get(f"/my/offers/{offer.reference}/matches/").content.decode()
    assert "Wells" in page
    assert "the need also names 3.8, worth up to 12.5 points" in page
    assert "different languages" not in page
    Offer.objects.update(language="fr")
    told = client.get(f"/my/offers/{offer.reference}/matches/").content.decode()
    assert "The texts are in different languages (Français, English)" in told
    assert "Money" not in page
    assert re.search(r"The kind offered is not one the need asks for</th><td[^>]*><bdi>1<", page)
    match = OfferMatch.objects.get()
    assert (match.outcome, match.opened_at) == ("shown", None)
    client.get(f"/needs/{match.need.reference}/?offer={offer.reference}")
    match.refresh_from_db()
    assert match.opened_at


def test_lists_do_not_ask_more_with_more_rows(client, business, assert_flat_queries):
    def grow():
        SubmittedFactory(created_by=business)
        NeedFactory(targets=["6.1"])

    grow()

    def get(path):
        queries._boards.clear()  # each process keeps the board until a need changes
        client.get(path)

    for path in ("/my/offers/", "/needs/", f"/my/offers/{Offer.objects.first().reference}/matches/"):
        assert_flat_queries(lambda path=path: get(path), grow=grow)


# --- needs ------------------------------------------------------------------------------------------------


def test_the_board_narrows_by_facets_and_says_which_filter_to_drop(client):
    NeedFactory(title="Wells", urgency="emergency")
    NeedFactory(
        title="Trucks", contribution_kinds=["in_kind_services"], themes=["logistics"], countries=["KEN"]
    )
    NeedFactory(title="Hidden", status="draft", published_at=None)
    page = client.get("/needs/").content.decode()
    assert "<b>2</b> open needs" in page
    assert "Hidden" not in page
    page = client.get("/needs/?kind=in_kind_services").content.decode()
    assert "Trucks" in page
    assert "Wells" not in page
    fold = '<details class="cg-facet cg-fold cg-more">'  # so that the first need comes first on a phone
    assert f"{fold}<summary>Filters <span>1 filter on</span></summary></details>" in page
    page = client.get("/needs/?kind=in_kind_services&theme=water&sort=nothing").content.decode()
    assert "No open need has all of these" in page
    assert "was left out" in page
    assert (
        client.get("/needs/?country=KEN", headers={"HX-Request": "true"}).content.startswith(b"{#") is False
    )


def test_needs_are_a_feed(client):
    NeedFactory(title="Wells")
    response = client.get("/needs/feed.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    assert "Wells" in response.content.decode()


def need_form(**change):
    return {
        "entity": "UNICEF",
        "title": "Wells",
        "description": "Sixty wells.",
        "contribution_kinds": ["in_kind_goods"],
        "themes": ["water"],
        "countries": ["MWI"],
        "urgency": "normal",
        "visibility": "public",
        "version": "0",
        **change,
    }


@pytest.fixture
def focal(client):
    user = a_focal_point("UNICEF", "MWI")
    client.force_login(user)
    session = client.session
    session["second_factor"] = True
    session.save()
    return user


def test_a_focal_point_posts_a_need_and_sees_offers_that_fit(client, focal):
    SubmittedFactory(title="Pumps that fit")
    assert client.post("/desk/needs/new/", need_form(title="")).status_code == 422
    over = {"needed_from_day": "1", "needed_from_month": "3", "needed_from_year": "2020"}
    assert (
        "Needed from – This day is over."
        in client.post("/desk/needs/new/", need_form(**over)).content.decode()
    )
    response = client.post("/desk/needs/new/", need_form())
    need = Need.objects.get()
    assert response["Location"] == f"/desk/needs/{need.reference}/"
    assert client.post(f"/desk/needs/{need.reference}/publish/").status_code == 302
    assert "Pumps that fit" in client.get(f"/desk/needs/{need.reference}/").content.decode()
    edited = client.post(f"/desk/needs/{need.reference}/edit/", need_form(title="More wells", version="1"))
    assert edited.status_code == 302
    stale = client.post(f"/desk/needs/{need.reference}/edit/", need_form(title="Fewer wells", version="1"))
    assert stale.status_code == 409
    assert "More wells" in stale.content.decode()
    assert "Fewer wells" in stale.content.decode()
    done = client.post(f"/desk/needs/{need.reference}/settle/", {"status": "met"})
    assert done.status_code == 302
    assert "takes no more offers" in client.get(f"/needs/{need.reference}/").content.decode()


# --- the desk ---------------------------------------------------------------------------------------------


def test_the_desk_sees_the_gates_takes_asks_and_declines(client, focal):
    offer = SubmittedFactory(is_tied_to_procurement=True)
    page = client.get(f"/desk/offers/{offer.reference}/").content.decode()
    assert "this belongs to procurement" in page
    act = f"/desk/offers/{offer.reference}/"
    assert client.post(act + "take/").status_code == 302
    assert client.post(act + "ask/", {"text": ""}).status_code == 422
    assert client.post(act + "nothing/").status_code == 404
    done = client.post(act + "decline/", {"reason_code": "procurement", "advice": "Bid instead."})
    assert done.status_code == 302
    page = client.get(act).content.decode()
    assert "Bid instead." in page
    assert "Nothing is open" in page


def test_a_match_is_accepted_from_the_desk(client, focal):
    offer, need = SubmittedFactory(), NeedFactory()
    page = client.get(f"/desk/offers/{offer.reference}/matches/").content.decode()
    assert need.title in page
    act = f"/desk/offers/{offer.reference}/"
    done = client.post(act + "accept/", {"need": need.reference, "note": "Ms A writes to you."})
    record = f"/desk/partnerships/{Offer.objects.get().partnership.reference}/"
    assert done["Location"] == record
    assert f'href="{record}"' in client.get(act).content.decode()


def test_a_match_can_be_held_and_found_not_to_fit(client, focal):
    offer, need = SubmittedFactory(), NeedFactory()
    act = f"/desk/offers/{offer.reference}/"
    assert client.post(act + "reserve/", {"need": need.reference}).status_code == 302
    assert Offer.objects.get().status == "reserved"
    client.post(act + "not-a-fit/", {"need": need.reference})
    assert Offer.objects.get().status == "reserved"
    client.post(act + "not-a-fit/", {"need": need.reference, "reason_code": "quality", "reason": "Too heavy"})
    assert Offer.objects.get().status == "routed"


def test_the_queue_stands_by_due_date_and_stays_flat(client, focal, assert_flat_queries):
    SubmittedFactory(title="Later", answer_due_on="2031-01-01")
    SubmittedFactory(title="Sooner", answer_due_on="2030-01-01")
    page = client.get("/desk/offers/?show=open").content.decode()
    assert page.index("Sooner") < page.index("Later")
    assert_flat_queries(lambda: client.get("/desk/offers/?show=open"), grow=SubmittedFactory)


def test_every_theme_is_in_one_family():
    found = [theme for _family, themes in THEME_GROUPS for theme in themes]
    assert sorted(found) == sorted(Theme)
