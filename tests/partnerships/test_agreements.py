import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document as Docx

from focalpoints.models import FocalPoint
from partnerships.agreement_texts import library
from partnerships.models import AGREEMENT_MOVES, Agreement, AgreementKind, AgreementStatus, EmblemRequest
from partnerships.services import agreements as services
from portal.errors import RuleViolation, StaleEdit
from portal.models import Notice
from tests.partnerships.factories import CompanyFactory, PartnershipFactory
from tests.portal.factories import UserFactory

pytestmark = pytest.mark.django_db
S = AgreementStatus
TODAY = date(2027, 3, 1)


@pytest.fixture
def clerk(sign_in):
    user = sign_in("focal_point")
    FocalPoint.objects.create(
        entity_id="WFP", user=user, role_title="Officer", office_place="Rome", unit_mailbox="u@test.example"
    )
    return user


def drafted(by, template: str = "memorandum", **fields) -> Agreement:
    record = PartnershipFactory(
        companies=[CompanyFactory(name="Fictional Pumps")], title="Cold stores", **fields
    )
    return services.draft_agreement(record, by=by, template=template, clauses=["exit"])


def in_force(by, **values) -> Agreement:
    agreement = drafted(by)
    terms = {
        "legal_officer_role": "Legal adviser",
        "signed_on": TODAY,
        "in_force_on": TODAY,
        "expires_on": TODAY + timedelta(days=90),
        **values,
    }
    agreement = services.edit_agreement(agreement, by=by, version=1, values=terms)
    for state in (S.LEGAL_REVIEW, S.PARTNER_REVIEW, S.SIGNED, S.IN_FORCE):
        agreement = services.move_agreement(agreement, to=state, by=by)
    return agreement


def test_the_library_names_known_kinds_and_words():
    templates, clauses = library()
    assert {one.kind for one in templates.values()} <= set(AgreementKind.values)
    assert [one.version for one in templates["memorandum"].versions] == [1, 2]
    assert clauses["immunities"].always


def test_a_draft_is_filled_in_from_the_record(clerk):
    agreement = drafted(clerk, start="2027-01", end="2028-12")
    content = services.document_of(agreement).docx()
    words = "\n".join(part.text for part in Docx(io.BytesIO(content)).paragraphs)
    told = ("World Food Programme", "Fictional Pumps", "Delivers on time.", "December 2028", "privilege")
    assert [text for text in told if text not in words] == []
    assert "thirty days" in words
    assert "[evaluation]" in words  # what the record lacks stays to be written


def test_a_draft_keeps_the_version_it_began_with(clerk):
    agreement = drafted(clerk)
    assert agreement.template_version == 2
    agreement.template_version = 1
    assert "version 1 of" in services.document_of(agreement).subtitle


def test_the_way_to_force_is_entered_on_the_record(clerk):
    agreement = in_force(clerk)
    record = agreement.partnership
    record.refresh_from_db()
    assert (record.agreement_kind, record.agreement_signed) == ("memorandum", "2027-03-01")


@pytest.mark.parametrize(
    ("to", "sentence"),
    [(S.PARTNER_REVIEW, "legal officer"), (S.SIGNED, "day it was signed"), (S.IN_FORCE, "in force")],
)
def test_each_state_says_what_is_missing(clerk, to, sentence):
    agreement = drafted(clerk)
    Agreement.objects.update(
        status=next(state for state in S.values if to in AGREEMENT_MOVES[state]),
        signed_on=None if to != S.IN_FORCE else TODAY,
    )
    with pytest.raises(RuleViolation, match=sentence):
        services.move_agreement(agreement, to=to, by=clerk)


@pytest.mark.parametrize("status", S.values)
def test_only_moves_of_the_table_happen(clerk, status):
    agreement = drafted(clerk)
    everything = {"signed_on": TODAY, "in_force_on": TODAY, "legal_officer_role": "Adviser"}
    later = timezone.localdate() + timedelta(days=400)
    Agreement.objects.update(status=status, expires_on=later, **everything)
    for to in set(S.values) - AGREEMENT_MOVES[status]:
        with pytest.raises(RuleViolation):
            services.move_agreement(agreement, to=to, by=clerk, note="Because.")


def test_the_clock_of_a_state_starts_with_it(clerk):
    agreement = drafted(clerk)
    assert agreement.due_on == timezone.localdate() + timedelta(days=30)
    agreement = services.move_agreement(agreement, to=S.LEGAL_REVIEW, by=clerk)
    assert agreement.due_on == timezone.localdate() + timedelta(days=15)
    assert in_force(clerk).due_on is None


def test_agreements_end_by_themselves_and_warn_before(clerk):
    agreement = in_force(clerk)
    assert services.keep_agreements(TODAY) == 0
    assert Notice.objects.count() == 0
    services.keep_agreements(TODAY + timedelta(days=40))
    services.keep_agreements(TODAY + timedelta(days=41))
    assert Notice.objects.count() == 1
    assert services.keep_agreements(TODAY + timedelta(days=91)) == 1
    agreement.refresh_from_db()
    assert agreement.status == S.EXPIRED
    Agreement.objects.update(expires_on=timezone.localdate(), in_force_on=None)
    with pytest.raises(RuleViolation, match="new last day"):
        services.move_agreement(agreement, to=S.RENEWED, by=clerk)


def test_an_overtaken_edit_and_another_entity_are_refused(clerk):
    agreement = drafted(clerk)
    services.edit_agreement(agreement, by=clerk, version=1, values={"place": "Rome"})
    with pytest.raises(StaleEdit):
        services.edit_agreement(agreement, by=clerk, version=1, values={"place": "Nairobi"})
    other = UserFactory(roles=["focal_point"])
    with pytest.raises(PermissionDenied):
        services.move_agreement(agreement, to=S.LEGAL_REVIEW, by=other)
    assert not Agreement.objects.visible_to(other).exists()


def asked(by) -> EmblemRequest:
    values = {"purpose": "A label", "medium": "Bottles", "first_day": TODAY, "last_day": TODAY}
    return services.request_emblem(PartnershipFactory(), by=by, values=values)


def test_somebody_else_decides_on_the_emblem(clerk):
    request = asked(clerk)
    with pytest.raises(PermissionDenied):
        services.decide_emblem(request, by=clerk, approve=True, role="Chief", note="")
    desk = UserFactory(roles=["registry_desk"])
    with pytest.raises(RuleViolation, match="own request"):
        services.decide_emblem(asked(desk), by=desk, approve=True, role="Chief", note="")
    with pytest.raises(RuleViolation, match="Give the reason"):
        services.decide_emblem(request, by=desk, approve=False, role="Chief", note=" ")
    request = services.decide_emblem(
        request, by=desk, approve=True, role="Chief of branch", note="Blue only."
    )
    assert (request.status, request.approver_role, request.decided_by) == (
        "approved",
        "Chief of branch",
        desk,
    )
    assert Notice.objects.filter(user=clerk).count() == 1


def test_the_way_of_an_agreement_through_the_pages(client, clerk, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    record = PartnershipFactory(companies=[CompanyFactory()])
    base = f"/desk/partnerships/{record.reference}/"
    assert client.post(base + "agreements/", {}).status_code == 422
    response = client.post(base + "agreements/", {"template": "in_kind", "clauses": ["exit", "data"]})
    address = response["Location"]
    paper = SimpleUploadedFile("paper.txt", b"Signed by both.", content_type="text/plain")
    data = {"version": 1, "legal_officer_role": "Adviser", "place": "Rome", "upload": paper}
    assert client.post(address, data).status_code == 302
    assert client.post(address, {"version": 1, "place": "Bonn"}).status_code == 409
    client.post(f"{address}move/", {"to": "legal_review"})
    page = client.get(address).content.decode()
    assert "paper.txt" in page
    assert "Legal review" in page
    for kind, magic in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert client.get(f"{address}draft.{kind}").content.startswith(magic)
    emblem = {"purpose": "Label", "medium": "Bottles", "first_day": "2027-01-01", "last_day": "2026-01-01"}
    assert client.post(base + "emblem/", emblem).status_code == 422
    assert client.post(base + "emblem/", {**emblem, "last_day": "2027-02-01"}).status_code == 302
    sign_in("registry_desk")
    decide = f"/desk/emblem/{EmblemRequest.objects.get().pk}/"
    assert client.post(decide, {"approve": "no", "role": "Chief"}).status_code == 409
    client.post(decide, {"approve": "yes", "role": "Chief"})
    assert "Approved" in client.get(base + "agreements/").content.decode()
    assert "Version 2" in client.get("/desk/agreements/templates/").content.decode()


def test_the_list_of_agreements_stays_flat(client, clerk, assert_flat_queries):
    record = PartnershipFactory()

    def grow():
        services.draft_agreement(record, by=clerk, template="memorandum", clauses=[])
        record.emblem_requests.create(
            purpose="Label", medium="Bottles", first_day=TODAY, last_day=TODAY, requested_by=clerk
        )

    address = f"/desk/partnerships/{record.reference}/agreements/"
    assert_flat_queries(lambda: client.get(address), grow)


def test_a_legal_officer_reads_what_is_under_review_and_changes_nothing(client, clerk, sign_in):
    waiting = drafted(clerk)
    services.edit_agreement(waiting, by=clerk, version=1, values={"exit_clause": "Ninety days."})
    waiting = services.move_agreement(waiting, to=S.LEGAL_REVIEW, by=clerk)
    draft = drafted(clerk)
    sign_in("legal_officer")
    page = client.get("/desk/agreements/").content.decode()
    assert f"/desk/agreements/{waiting.pk}/" in page
    assert f"/desk/agreements/{draft.pk}/" not in page
    page = client.get(f"/desk/agreements/{waiting.pk}/").content.decode()
    assert "Ninety days." in page
    assert "/move/" not in page
    assert client.get(f"/desk/agreements/{waiting.pk}/draft.docx").status_code == 200
    assert client.get(f"/desk/agreements/{draft.pk}/").status_code == 404
    assert client.post(f"/desk/agreements/{waiting.pk}/", {"version": 3}).status_code == 403
    assert client.post(f"/desk/agreements/{waiting.pk}/move/", {"to": "draft"}).status_code == 403


def test_the_list_of_what_is_under_review_stays_flat(client, clerk, sign_in, assert_flat_queries):
    def grow():
        services.move_agreement(drafted(clerk), to=S.LEGAL_REVIEW, by=clerk)

    grow()
    sign_in("legal_officer")
    assert_flat_queries(lambda: client.get("/desk/agreements/"), grow)
