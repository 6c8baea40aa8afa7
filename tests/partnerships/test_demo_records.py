import pytest
from django.utils import timezone

from focalpoints.models import FocalPoint
from partnerships.demo import records
from partnerships.models import Agreement, Company, Partnership, Visibility
from partnerships.reporting import light_of
from partnerships.services.partnerships import missing_for
from portal.demo import create_demo_accounts
from portal.models import User

pytestmark = pytest.mark.django_db


def test_records_on_their_way_load_once_and_show_how_reports_stand(settings):
    settings.DEMO = True
    create_demo_accounts()
    focal = User.objects.get(email=records.MADE_BY)
    FocalPoint.objects.create(
        entity_id="WFP", user=focal, role_title="Officer", office_place="Dhaka", unit_mailbox="u@test.example"
    )
    Company.objects.create(name="Halvorsen Cold Chain AS", is_demo=True)
    assert "4 new" in records.load()
    assert "0 new" in records.load()
    lights = dict(Partnership.objects.filter(visibility=Visibility.PUBLIC).values_list("title", "pk"))
    assert {light_of(Partnership.objects.get(pk=pk), timezone.localdate()) for pk in lights.values()} == {
        "green",
        "overdue",
    }
    assert Agreement.objects.get().status == "legal_review"
    store = Partnership.objects.get(title__startswith="Cold store")
    assert (store.status, store.visibility) == ("screening", Visibility.DRAFT)
    assert missing_for(store, "design") == ["Halvorsen Cold Chain AS has no clearance yet."]
