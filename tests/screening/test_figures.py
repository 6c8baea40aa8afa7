from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partnerships.models import CompanyMember
from screening.models import Case, Decision, HitOutcome, HitReason
from screening.queries import figures
from screening.services import hits, replies
from tests.portal.factories import UserFactory
from tests.screening.factories import CaseFactory, CompanyFactory, HitFactory, cleared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


def test_ages_of_open_cases_and_which_are_late():
    now, today = timezone.now(), timezone.localdate()
    CaseFactory(opened_at=now)
    CaseFactory(opened_at=now - timedelta(days=7), due_on=today - timedelta(days=1))
    CaseFactory(opened_at=now - timedelta(days=7), due_on=today - timedelta(days=1), paused_on=today)
    CaseFactory(opened_at=now - timedelta(days=90))
    cleared(CompanyFactory())
    assert [(row.first, row.count, row.late) for row in figures.queue_ages()] == [
        (0, 1, 0),
        (6, 2, 1),
        (11, 0, 0),
        (21, 0, 0),
        (41, 1, 0),
    ]


def test_days_to_decision_by_year():
    for days in (1, 3, 20):
        decision = cleared(CompanyFactory())
        Case.objects.filter(pk=decision.case_id).update(opened_at=decision.at - timedelta(days=days))
    assert figures.days_to_decision() == [
        {"year": timezone.now().year, "count": 3, "median": 3.0, "ninth": 16.6}
    ]


def test_false_positives_and_what_was_overturned():
    analyst = UserFactory(roles=["analyst"])
    first = HitFactory(company=CaseFactory().company, band="close")
    second = HitFactory(company=CaseFactory().company, list_version=first.list_version, band="close")
    for hit, outcome, reason in (
        (first, HitOutcome.FALSE_POSITIVE, HitReason.OTHER_COUNTRY),
        (second, HitOutcome.TRUE_MATCH, HitReason.FACTS_AGREE),
    ):
        hits.decide_hit(hit, version=hit.version, outcome=outcome, reason=reason, comment="Seen.", by=analyst)
    (row,) = figures.false_positives()
    assert (row["decided"], row["false"], row["share"]) == (2, 1, 0.5)
    second.refresh_from_db()
    hits.revoke_hit(second, note="No.", by=analyst)
    refusal = cleared(CompanyFactory(), outcome="declined")
    member = UserFactory(roles=["business"])
    CompanyMember.objects.create(company=refusal.company, user=member, role="owner")
    appeal = replies.reply_to_decision(refusal, kind="appeal", text="Look again.", by=member)
    replies.answer_reply(appeal, status="overturned", answer="Yes.", by=UserFactory(roles=["committee"]))
    found = figures.overturned()
    assert (found.revoked_hits, found.decided_hits, found.won_appeals, found.appeals) == (1, 2, 1, 1)


def test_public_counts_hide_small_numbers_and_name_nobody(client):
    for number, rating in enumerate(["low"] * 3 + ["high"]):
        decision = cleared(CompanyFactory(name=f"Quorvane {number}"))
        Decision.objects.filter(pk=decision.pk).update(rating=rating, computed_rating=rating)
    counts = {row["rating"]: row["count"] for row in figures.counts_by_rating()}
    assert counts == {"low": 3, "high": None}
    text = client.get(reverse("screening:public_figures")).content.decode()
    assert "&lt; 3" in text
    assert "Quorvane" not in text


def test_figures_page_stays_flat(client, assert_flat_queries):
    client.force_login(UserFactory(roles=["auditor"]))
    assert_flat_queries(
        lambda: client.get(reverse("screening:case_reports")), grow=lambda: cleared(CompanyFactory())
    )
