import pytest

from focalpoints.models import FocalPoint
from portal.demo import create_demo_accounts
from portal.models import User
from screening import demo, queries
from screening.models import Case, CaseStatus, Decision, Hit
from tests.screening.factories import CompanyFactory


@pytest.mark.django_db
def test_demonstration_shows_each_stage_and_loads_once(settings, run_jobs):
    settings.DEMO = True
    create_demo_accounts()
    FocalPoint.objects.create(
        entity_id="WFP",
        user=User.objects.get(email="focal@demo.example"),
        role_title="Officer",
        office_place="Dhaka",
        unit_mailbox="unit@test.example",
    )
    archive = CompanyFactory(name="Orsalla Maritime Trade Co", is_from_archive=True)
    names = (demo.CLEARED, demo.AWAITS_DECISION, "Orsala Maritime Trading LLC")
    cleared, waiting, found = [CompanyFactory(name=name, is_demo=True) for name in names]
    for _time in range(2):
        demo.load_demo()
        run_jobs()
    assert queries.clearance_for(cleared).is_valid
    assert Case.objects.get(company=waiting).status == CaseStatus.DECISION
    assert Case.objects.get(company=found).status == CaseStatus.RESEARCH
    assert Hit.objects.unresolved().filter(company=found).exists()
    assert Decision.objects.count() == 1
    assert not archive.runs.exists()
    assert queries.list_gaps() == []
