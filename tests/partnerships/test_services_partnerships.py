import pytest
from django.core.exceptions import PermissionDenied

from focalpoints.models import FocalPoint, UNEntity
from partnerships.models import (
    PARTNERSHIP_MOVES,
    Partnership,
    PartnershipStatus,
    RegistryEntry,
    Visibility,
)
from partnerships.services import gates, hold_partnerships
from partnerships.services import partnerships as services
from portal.errors import RuleViolation, StaleEdit
from portal.models import AuditEvent, Job
from tests.partnerships.factories import CompanyFactory, IndicatorFactory, PartnershipFactory
from tests.portal.factories import UserFactory
from tests.screening import factories as screening

pytestmark = pytest.mark.django_db
S = PartnershipStatus


@pytest.fixture
def clerk():
    user = UserFactory(roles=["focal_point"])
    FocalPoint.objects.create(
        entity_id="WFP", user=user, role_title="Officer", office_place="Rome", unit_mailbox="u@test.example"
    )
    return user


@pytest.fixture
def desk():
    return UserFactory(roles=["registry_desk"])


@pytest.fixture
def cleared(monkeypatch):
    """As if every company had a valid clearance."""
    monkeypatch.setattr(gates, "clearance_gaps", lambda partnership: [])
    monkeypatch.setitem(gates.GATES, (S.ON_HOLD, S.ACTIVE), lambda partnership: [])
    monkeypatch.setattr(services, "clearance_gaps", lambda partnership: [])


def complete(**fields) -> Partnership:
    """A record that satisfies every gate, but for its companies' clearance."""
    record = PartnershipFactory(
        companies=[CompanyFactory(name="Fictional Pumps")],
        targets=["2.3"],
        **{
            "expected_benefits": "Water.",
            "expected_costs": "40 staff days.",
            "benefits_outweigh": True,
            "evaluation_plan": "By an outsider after two years.",
            "agreement_signed": "2026-05",
            "end": "2028",
            "final_report": "Done.",
            "lessons": "Train earlier.",
            "evaluation_findings": "It works.",
            **fields,
        },
    )
    IndicatorFactory(partnership=record, baseline=0, target=100)
    return record


def test_registering_opens_an_idea_led_by_the_own_entity(clerk):
    record = services.register_partnership(
        by=clerk,
        entity=UNEntity.objects.get(pk="WFP"),
        values={"title": "Cold store", "partnership_type": "core_business", "summary": "Keeps food."},
    )
    assert record.reference.startswith("P-")
    assert (record.status, record.visibility) == (S.IDEA, Visibility.DRAFT)
    assert record.entity_roles.get().role == "lead"
    assert not RegistryEntry.objects.exists()


def test_nobody_registers_for_another_entity(clerk):
    with pytest.raises(PermissionDenied):
        services.register_partnership(by=clerk, entity=UNEntity.objects.get(pk="UNDP"), values={"title": "X"})
    with pytest.raises(PermissionDenied):
        services.register_partnership(
            by=UserFactory(roles=["business"]), entity=UNEntity.objects.get(pk="WFP"), values={"title": "X"}
        )


def test_the_way_from_idea_to_closed(clerk, cleared):
    record = complete()
    for state in (S.SCREENING, S.DESIGN, S.AGREEMENT, S.ACTIVE, S.CLOSING, S.CLOSED):
        record = services.advance_partnership(record, to=state, by=clerk)
    assert record.status == S.CLOSED
    moves = AuditEvent.objects.filter(action__startswith="moved to").order_by("id")
    assert [move.changes["status"][1] for move in moves][-1] == "closed"
    assert all(move.by == clerk for move in moves)


@pytest.mark.parametrize(
    ("status", "to", "left_out", "sentence"),
    [
        (S.IDEA, S.SCREENING, {"title": ""}, "Give it a title"),
        (S.IDEA, S.SCREENING, {"purposes": []}, "at least one purpose"),
        (S.IDEA, S.SCREENING, {"expected_costs": ""}, "expected benefits and costs"),
        (S.SCREENING, S.DESIGN, {"benefits_outweigh": None}, "benefits outweigh"),
        (S.SCREENING, S.DESIGN, {"benefits_outweigh": False}, "benefits outweigh"),
        (S.DESIGN, S.AGREEMENT, {"evaluation_plan": ""}, "evaluation plan"),
        (S.AGREEMENT, S.ACTIVE, {"agreement_signed": ""}, "agreement was signed"),
        (S.ACTIVE, S.CLOSING, {"end": ""}, "end date, or the decision"),
        (S.CLOSING, S.CLOSED, {"final_report": ""}, "final report"),
        (S.CLOSING, S.CLOSED, {"lessons": ""}, "lessons learned"),
        (S.CLOSING, S.CLOSED, {"evaluation_findings": ""}, "findings of the evaluation"),
    ],
)
def test_each_gate_says_what_is_missing(clerk, cleared, status, to, left_out, sentence):
    record = complete(status=status, **left_out)
    with pytest.raises(RuleViolation, match=sentence):
        services.advance_partnership(record, to=to, by=clerk)
    record.refresh_from_db()
    assert record.status == status


@pytest.mark.parametrize(
    ("status", "to", "instead"),
    [
        (S.AGREEMENT, S.ACTIVE, {"agreement_signed": "", "informal_note": "A pilot among friends."}),
        (S.ACTIVE, S.CLOSING, {"end": "", "end_decision": "Both sides end it."}),
        (S.CLOSING, S.CLOSED, {"evaluation_findings": "", "no_evaluation_reason": "Too small."}),
    ],
)
def test_a_reason_stands_in_where_the_rule_says_so(clerk, cleared, status, to, instead):
    assert services.advance_partnership(complete(status=status, **instead), to=to, by=clerk).status == to


def test_without_partner_or_lead_no_screening(clerk, desk):
    record = PartnershipFactory(created_by=clerk, entities=[], expected_benefits="A", expected_costs="B")
    with pytest.raises(RuleViolation, match=r"UN entity that leads.*company or partner"):
        services.advance_partnership(record, to=S.SCREENING, by=clerk)


def test_inputs_and_targets_without_baseline_measure_nothing(clerk, cleared):
    record = complete(status=S.DESIGN)
    record.indicators.all().delete()
    IndicatorFactory(partnership=record, level="input", baseline=0, target=5)
    IndicatorFactory(partnership=record, level="outcome", target=5)
    with pytest.raises(RuleViolation, match="above the level of inputs"):
        services.advance_partnership(record, to=S.AGREEMENT, by=clerk)


def test_each_partner_needs_a_role_before_the_agreement(clerk, cleared):
    record = complete(status=S.DESIGN)
    record.parties.update(responsibilities="")
    with pytest.raises(RuleViolation, match="Fictional Pumps"):
        services.advance_partnership(record, to=S.AGREEMENT, by=clerk)


@pytest.mark.parametrize(
    ("status", "to"), [(S.SCREENING, S.DESIGN), (S.AGREEMENT, S.ACTIVE), (S.ON_HOLD, S.ACTIVE)]
)
def test_no_company_without_clearance(clerk, status, to):
    with pytest.raises(RuleViolation, match="Fictional Pumps has no clearance yet"):
        services.advance_partnership(complete(status=status), to=to, by=clerk)


@pytest.mark.parametrize("to", [S.ON_HOLD, S.WITHDRAWN])
def test_setting_aside_needs_a_reason(clerk, to):
    record = complete(status=S.ACTIVE)
    with pytest.raises(RuleViolation, match="Give the reason"):
        services.advance_partnership(record, to=to, by=clerk, note="  ")
    services.advance_partnership(record, to=to, by=clerk, note="The factory burnt down.")
    assert AuditEvent.objects.last().note == "The factory burnt down."


@pytest.mark.parametrize("status", S.values)
def test_only_moves_of_the_table_happen(clerk, cleared, status):
    for to in set(S.values) - PARTNERSHIP_MOVES[status] - {S.NOT_ELIGIBLE}:
        with pytest.raises(RuleViolation):
            services.advance_partnership(complete(status=status), to=to, by=clerk, note="Because.")


def test_only_the_registry_desk_finds_a_record_not_eligible(clerk, desk):
    record = complete()
    with pytest.raises(PermissionDenied):
        services.advance_partnership(record, to=S.NOT_ELIGIBLE, by=clerk, note="No.")
    assert (
        services.advance_partnership(record, to=S.NOT_ELIGIBLE, by=desk, note="No.").status == S.NOT_ELIGIBLE
    )


def test_another_entity_changes_nothing():
    other = UserFactory(roles=["focal_point"])
    record = complete()
    for act in (
        lambda: services.edit_partnership(record, by=other, version=1, values={"title": "Mine"}),
        lambda: services.advance_partnership(record, to=S.SCREENING, by=other),
        lambda: services.publish_partnership(record, to="un_system", by=other),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_edit_raises_the_version_and_leaves_a_history(clerk):
    record = complete()
    saved = services.edit_partnership(
        record,
        by=clerk,
        version=1,
        values={"title": "New title"},
        countries=["KEN", "UGA"],
        rows={"contributions": [{"kind": "cash", "amount": 5, "currency": "USD"}]},
    )
    assert saved.version == 2
    event = AuditEvent.objects.get(action="changed")
    assert event.changes["title"][1] == "New title"
    assert event.changes["countries"] == [[], ["KEN", "UGA"]]
    assert "amount=5" in event.changes["contributions"][1][0]
    services.edit_partnership(record, by=clerk, version=2, values={"title": "New title"})
    assert AuditEvent.objects.filter(action="changed").count() == 1


def test_an_overtaken_edit_is_refused(clerk):
    record = complete()
    services.edit_partnership(record, by=clerk, version=1, values={"title": "First"})
    with pytest.raises(StaleEdit):
        services.edit_partnership(record, by=clerk, version=1, values={"title": "Second"})
    assert Partnership.objects.get().title == "First"


def test_rows_keep_their_identity(clerk):
    record = complete()
    kept, gone = IndicatorFactory(partnership=record), IndicatorFactory(partnership=record)
    services.edit_partnership(
        record,
        by=clerk,
        version=1,
        rows={"indicators": [{"id": kept.pk, "name": "Changed"}, {"name": "New"}]},
    )
    assert set(record.indicators.values_list("name", flat=True)) == {"Changed", "New"}
    assert record.indicators.filter(pk=kept.pk, name="Changed").exists()
    assert not record.indicators.filter(pk=gone.pk).exists()


def test_an_active_record_gains_no_company_without_clearance(clerk):
    record = complete(status=S.ACTIVE)
    record.parties.all().delete()
    with pytest.raises(RuleViolation, match="Late Comer has no clearance"):
        services.add_company(record, CompanyFactory(name="Late Comer"), by=clerk)
    assert not record.parties.exists()


def test_adding_a_company_of_the_archive_has_it_screened(clerk):
    company = CompanyFactory(is_from_archive=True)
    services.add_company(complete(), company, by=clerk)
    assert Job.objects.get(kind="screening.screen_company").args == {"company_id": company.pk}
    with pytest.raises(RuleViolation, match="is a partner already"):
        services.add_company(Partnership.objects.get(), company, by=clerk)


def test_a_lapsed_clearance_puts_active_records_on_hold_without_a_person(clerk):
    company = CompanyFactory()
    active = PartnershipFactory(status=S.ACTIVE, companies=[company])
    PartnershipFactory(status=S.DESIGN, companies=[company])
    archived = PartnershipFactory(status=S.ACTIVE, is_imported=True, companies=[company])
    assert hold_partnerships(company, "The clearance has ended.") == [active]
    assert hold_partnerships(company, "The clearance has ended.") == []
    active.refresh_from_db()
    archived.refresh_from_db()
    assert (active.status, archived.status) == (S.ON_HOLD, S.ACTIVE)
    event = AuditEvent.objects.get(subject_id=str(active.pk))
    assert (event.by, event.note) == (None, "The clearance has ended.")


def test_a_record_whose_lead_has_its_own_clearance_goes_on(clerk):
    company = CompanyFactory()
    own = PartnershipFactory(status=S.ACTIVE, companies=[company], entities=["WFP"])
    other = PartnershipFactory(status=S.ACTIVE, companies=[company], entities=["UNDP"])
    screening.cleared(company, entity=UNEntity.objects.get(code="WFP"))
    screening.cleared(company, entity=UNEntity.objects.get(code="UNDP"), outcome="declined")
    assert hold_partnerships(company, "The company was declined.") == [other]
    own.refresh_from_db()
    assert own.status == S.ACTIVE


def test_a_record_becomes_public_after_screening_and_stays(clerk):
    record = complete()
    services.publish_partnership(record, to="un_system", by=clerk)
    with pytest.raises(RuleViolation, match="after the screening"):
        services.publish_partnership(record, to="public", by=clerk)
    Partnership.objects.update(status=S.ACTIVE)
    record = services.publish_partnership(record, to="public", by=clerk)
    assert record.public_since
    assert RegistryEntry.objects.count() == 1
    with pytest.raises(RuleViolation, match="withdraw it"):
        services.publish_partnership(record, to="draft", by=clerk)


def test_withdrawing_takes_it_out_of_the_registry_for_good(clerk):
    record = complete(status=S.ACTIVE, is_public=True)
    services.withdraw_partnership(record, by=clerk, reason="A partner asked for it.")
    assert not RegistryEntry.objects.exists()
    with pytest.raises(RuleViolation):
        services.edit_partnership(
            record, by=clerk, version=Partnership.objects.get().version, values={"title": "Back"}
        )
