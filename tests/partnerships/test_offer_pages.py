"""Pages around offers and needs that other files do not open: documents, receipt, widget, report, appeals."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from focalpoints.models import UNEntity
from partnerships.models import Appeal, Offer
from partnerships.queries import matches as match_queries
from partnerships.services import matches, offers, triage
from portal.attachments import attached_to
from tests.partnerships.factories_offers import (
    NeedFactory,
    OfferFactory,
    SubmittedFactory,
    a_business,
    a_focal_point,
)
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def business(client):
    user = a_business()
    client.force_login(user)
    return user


@pytest.fixture
def focal(client):
    user = a_focal_point("UNICEF", "MWI")
    client.force_login(user)
    return user


def text(response) -> str:
    return response.content.decode()


# --- the business -------------------------------------------------------------------------------------


def test_documents_come_with_an_offer_and_go_with_its_submission(client, business):
    draft = OfferFactory(created_by=business)
    path = f"/offer/{draft.reference}/documents/"
    assert client.post(path, {}).status_code == 422
    refused = client.post(path, {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422
    assert client.post(path, {"file": SimpleUploadedFile("sheet.txt", b"80 kg")}).status_code == 302
    assert "sheet.txt" in text(client.get(path))
    file = attached_to(draft).get()
    client.force_login(a_business())
    assert client.post(f"/offer/documents/{file.public_id}/remove/").status_code == 404
    client.force_login(business)
    assert client.post(f"/offer/documents/{file.public_id}/remove/").status_code == 302
    assert not attached_to(draft).exists()
    submitted = SubmittedFactory(created_by=business)
    assert client.get(f"/offer/{submitted.reference}/documents/").status_code == 302


def test_the_receipt_is_a_pdf_or_a_docx_of_the_own_offer(client, business):
    offer = SubmittedFactory(created_by=business, targets=["6.1"], quantity=400, unit="pumps")
    pdf = client.get(f"/offer/{offer.reference}/receipt.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert client.get(f"/offer/{offer.reference}/receipt.docx").content.startswith(b"PK")
    assert client.get(f"/offer/{offer.reference}/receipt.exe").status_code == 404
    client.force_login(a_business())
    assert client.get(f"/offer/{offer.reference}/receipt.pdf").status_code == 404


def test_a_business_asks_renews_and_makes_an_offer_again_on_its_page(client, business):
    until = timezone.localdate() + timedelta(days=30)
    offer = SubmittedFactory(created_by=business, available_until=until)
    path = f"/my/offers/{offer.reference}/"
    assert client.post(path + "ask/", {"text": ""}).status_code == 422
    assert client.post(path + "ask/", {"text": "Who reads it?"}).status_code == 302
    assert "Not answered yet" in text(client.get(path))
    assert client.post(path + "renew/", {"until": until.isoformat()}).status_code == 422
    longer = (until + timedelta(days=60)).isoformat()
    assert client.post(path + "renew/", {"until": longer}).status_code == 302
    assert "You let the offer stand for longer" in text(client.get(path))
    assert client.post(path + "repeat/").status_code == 409
    offers.withdraw_offer(offer, note="", by=business)
    again = client.post(path + "repeat/")
    assert again["Location"] == f"/offer/{Offer.objects.latest('pk').reference}/"


def test_a_visitor_without_a_draft_keeps_nothing(client):
    assert client.get("/offer/keep/")["Location"] == "/offer/"
    session = client.session
    session["offer_draft"] = {}
    session.save()
    page = client.get("/offer/keep/")
    assert 'name="opened"' in text(page)
    assert client.post("/offer/keep/", {"email": "a@b.example"}).status_code == 422


def test_a_draft_shows_companies_of_colleagues(client):
    a_business(name="Acme Pumps", website="https://acme.example")
    user = UserFactory(roles=["business"], email="bo@acme.example")
    client.force_login(user)
    draft = OfferFactory(created_by=user, company=None)
    page = text(client.get(f"/offer/{draft.reference}/company/"))
    assert "Acme Pumps" in page
    assert "Ask to come in" in text(client.get("/my/company/"))


# --- the board --------------------------------------------------------------------------------------------


def test_the_widget_may_be_framed_and_no_other_page(client):
    NeedFactory(title="Wells")
    widget = client.get("/needs/widget/?kind=in_kind_goods")
    assert "Wells" in text(widget)
    assert "frame-ancestors *" in widget["Content-Security-Policy"]
    assert "X-Frame-Options" not in widget
    assert "session" not in widget.cookies
    board = client.get("/needs/")
    assert "frame-ancestors 'none'" in board["Content-Security-Policy"]
    assert "/needs/widget/" in text(board)


def test_the_feed_and_the_board_narrow_by_goal_place_and_group(client):
    NeedFactory(title="Wells", targets=["6.1"])
    NeedFactory(title="Trucks", countries=["PER"], targets=["9.1"])
    for query, found, other in (
        ("goal=6", "Wells", "Trucks"),
        ("place=002", "Wells", "Trucks"),
        ("group=ldc", "Wells", "Trucks"),
        ("goal=9", "Trucks", "Wells"),
    ):
        for path in ("/needs/", "/needs/feed.atom", "/needs/widget/"):
            page = text(client.get(f"{path}?{query}"))
            assert found in page, (path, query)
            assert other not in page, (path, query)


def test_needs_for_un_users_are_on_no_public_list(client):
    need = NeedFactory(title="Quiet", visibility="un_system")
    for path in ("/needs/", "/needs/feed.atom", "/needs/widget/", "/"):
        assert "Quiet" not in text(client.get(path))
    assert client.get(f"/needs/{need.reference}/").status_code == 404
    client.force_login(a_focal_point("WFP"))
    assert "Quiet" in text(client.get(f"/needs/{need.reference}/"))


def test_lists_of_needs_stay_flat(client, assert_flat_queries):
    appeal = Appeal.objects.create(
        reference="A-1", title="Wells", lead=UNEntity.objects.get(pk="UNICEF"), created_by=UserFactory()
    )
    for path in ("/needs/widget/", "/appeals/A-1/"):
        assert_flat_queries(lambda path=path: client.get(path), grow=lambda: NeedFactory(appeal=appeal))


# --- the desk ---------------------------------------------------------------------------------------------


def test_a_closed_gate_begins_a_decline_with_its_advice(client, focal):
    offer = SubmittedFactory(is_tied_to_procurement=True)
    page = text(client.get(f"/desk/offers/{offer.reference}/"))
    assert "?decline=procurement#decline" in page
    begun = text(client.get(f"/desk/offers/{offer.reference}/?decline=procurement"))
    assert "United Nations Global Marketplace" in begun
    assert text(client.get(f"/desk/offers/{offer.reference}/?decline=made-up"))


def test_an_offer_is_routed_to_an_office_and_a_strange_choice_refused(client, focal):
    offer = SubmittedFactory()
    act = f"/desk/offers/{offer.reference}/route/"
    office = focal.focal_points.get()
    assert client.post(act, {"to": "WMO"}).status_code == 422
    assert client.post(act, {"to": f"UNICEF/{office.pk}"}).status_code == 302
    offer.refresh_from_db()
    assert offer.office == office


def test_the_desk_answers_questions_clears_suspicion_and_proposes_a_lead(client, focal):
    business, desk = a_business(), UserFactory(roles=["registry_desk"])
    unicef, wfp = (UNEntity.objects.get(pk=code) for code in ("UNICEF", "WFP"))
    a_focal_point("WFP")
    mine, theirs = (SubmittedFactory(created_by=business) for _side in range(2))
    triage.route_offer(mine, entity=unicef, note="", by=desk)
    triage.route_offer(theirs, entity=wfp, note="", by=desk)
    offers.ask_un(mine, text="When?", by=business)
    page = f"/desk/offers/{mine.reference}/"
    assert "Answer the question of the business" in text(client.get(page))
    assert client.post(page + "reply/", {"reply": "Soon."}).status_code == 302
    assert client.post(page + "lead/", {"lead": "WFP/UNICEF"}).status_code == 302
    assert "WFP</bdi> leads" in text(client.get(page))
    odd = SubmittedFactory(suspicion="links")
    assert client.post(f"/desk/offers/{odd.reference}/clear/").status_code == 403
    client.force_login(desk)
    assert "It is a real offer" in text(client.get(f"/desk/offers/{odd.reference}/"))
    assert client.post(f"/desk/offers/{odd.reference}/clear/").status_code == 302


def test_the_report_lists_partnerships_born_and_stays_flat(client, focal, assert_flat_queries):
    need = NeedFactory()

    def grow():
        matches.accept_offer(SubmittedFactory(), need=need, note="x", by=focal)

    assert_flat_queries(lambda: client.get("/desk/offers/report/"), grow=grow)
    offer = Offer.objects.latest("pk")
    lines = b"".join(client.get("/desk/offers/report.csv").streaming_content).decode()
    assert offer.partnership.reference in lines
    assert len(lines.strip().splitlines()) == 4


def test_what_a_need_shows_and_who_opens_it_is_kept(client, focal):
    offer, need = SubmittedFactory(), NeedFactory()
    page = text(client.get(f"/desk/needs/{need.reference}/?firms=small"))
    assert offer.title not in page.split("Ranked offers")[1].split("What was ruled out")[0]
    assert offer.title in text(client.get(f"/desk/needs/{need.reference}/"))
    match = need.matches.get()
    assert match.shown_at
    client.get(f"/desk/offers/{offer.reference}/?need={need.reference}")
    match.refresh_from_db()
    assert match.opened_at


def test_an_appeal_is_written_joined_and_shown(client, focal):
    values = {"title": "Cold chains", "description": "Together", "lead": "UNICEF", "target_amount": "900"}
    assert client.post("/desk/appeals/new/", values).status_code == 422
    response = client.post("/desk/appeals/new/", {**values, "currency": "usd"})
    appeal = Appeal.objects.get()
    assert response["Location"] == f"/appeals/{appeal.reference}/"
    NeedFactory(title="Wells", appeal=appeal, value_amount=100, currency="USD")
    page = text(client.get(response["Location"]))
    assert "Wells" in page
    assert "Cold chains" in text(client.get("/needs/"))
    edited = client.post(f"/desk/appeals/{appeal.reference}/", {**values, "title": "Cold", "currency": "USD"})
    assert edited.status_code == 302


def test_an_entity_divides_its_duties_on_the_page(client, focal):
    assert client.post("/desk/duties/UNICEF/", {"sign": "made up"}).status_code == 422
    assert client.post("/desk/duties/UNICEF/", {"sign": "country", "sign_note": "above 5"}).status_code == 302
    assert "above 5" in text(client.get("/desk/duties/"))
    held = SubmittedFactory(entity_id="UNICEF", status="routed")
    assert "Signs the agreement" in text(client.get(f"/desk/offers/{held.reference}/"))


def test_the_desk_page_of_an_offer_stays_flat(client, focal, assert_flat_queries):
    offer = SubmittedFactory()

    def get():
        match_queries._boards.clear()
        client.get(f"/desk/offers/{offer.reference}/")

    assert_flat_queries(get, grow=lambda: NeedFactory(targets=["6.1"]))
