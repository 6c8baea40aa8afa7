import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partnerships.models import CompanyMember, CompanyName
from portal.errors import RuleViolation
from screening import queries
from screening.services import merging
from tests.portal.factories import UserFactory
from tests.screening.factories import CaseFactory, CompanyFactory, HitFactory, cleared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


def pair():
    kept = CompanyFactory(name="Orsala Maritime Trading LLC", country_id="KEN")
    return kept, CompanyFactory(name="Orsala Maritime Trading", country_id="KEN")


def test_doubles_are_found_by_identifier_and_by_name_in_the_country():
    kept, like = pair()
    same = CompanyFactory(name="Else entirely", country_id="KEN", registration_number="LU-1")
    elsewhere = CompanyFactory(name="Orsala Maritime Trading", country_id="FRA")
    CompanyFactory(name="Tamarind Bay Logistics", country_id="KEN")
    kept.registration_number = "LU-1"
    assert set(merging.possible_duplicates(kept)) == {like, same}
    assert elsewhere not in merging.possible_duplicates(kept)


def test_merge_moves_what_hangs_on_the_double_and_undo_brings_it_back(analyst):
    kept, gone = pair()
    member = UserFactory(roles=["business"])
    for company in (kept, gone):
        CompanyMember.objects.create(company=company, user=member, role="owner")
    decision, hit = cleared(gone), HitFactory(company=gone)
    merge = merging.merge_companies(kept, gone, note="Same registry number.", by=analyst)
    assert queries.clearance_for(kept).decision == decision
    assert queries.clearance_for(gone) is None
    assert gone.members.count() == 1  # a double of the kept one's: it stays
    hit.refresh_from_db()
    assert hit.company == gone  # evidence stays with what was screened
    assert list(kept.names.values_list("name", flat=True)) == [gone.name]
    gone.refresh_from_db()
    assert gone.is_from_archive
    with pytest.raises(RuleViolation, match="merged already"):
        merging.merge_companies(kept, gone, note="Again.", by=analyst)
    merging.undo_merge(merge, by=analyst)
    gone.refresh_from_db()
    assert queries.clearance_for(gone).decision == decision
    assert queries.clearance_for(kept) is None
    assert (gone.is_from_archive, CompanyName.objects.count()) == (False, 0)
    with pytest.raises(RuleViolation, match="undone already"):
        merging.undo_merge(merge, by=analyst)


def test_two_open_cases_and_strangers_are_refused(analyst):
    kept, gone = pair()
    CaseFactory(company=kept)
    with pytest.raises(PermissionDenied):
        merging.merge_companies(kept, gone, note="x", by=UserFactory(roles=["decider"]))
    CaseFactory(company=gone)
    with pytest.raises(RuleViolation, match="Both are examined"):
        merging.merge_companies(kept, gone, note="x", by=analyst)


def test_doubles_are_merged_and_taken_apart_on_the_page(client, analyst):
    kept, gone = pair()
    case = CaseFactory(company=kept)
    client.force_login(analyst)
    here = reverse("screening:duplicates", args=[case.reference])
    assert gone.name in client.get(here).content.decode()
    url = reverse("screening:merge", args=[case.reference, gone.public_id])
    assert "Say why" in client.post(url, {"note": ""}, follow=True).content.decode()
    assert "Merged." in client.post(url, {"note": "Same seat."}, follow=True).content.decode()
    undo = reverse("screening:merge_undo", args=[case.reference, kept.merged_from.get().pk])
    assert "Undone." in client.post(undo, follow=True).content.decode()


def test_double_leads_to_its_survivor_until_the_merge_is_undone(client, analyst):
    kept, gone = pair()
    last = CompanyFactory(name="Orsala Group", country_id="KEN")
    first_merge = merging.merge_companies(kept, gone, note="Same seat.", by=analyst)
    merging.merge_companies(last, kept, note="Bought.", by=analyst)
    assert queries.survivor_of(gone) == queries.survivor_of(kept) == last
    assert queries.survivor_of(last) is None
    client.force_login(UserFactory(roles=["registry_desk"]))
    answer = client.get("/cases/new/", {"company": gone.public_id})
    assert (answer.status_code, answer["Location"]) == (301, f"/cases/new/?company={last.public_id}")
    merging.undo_merge(first_merge, by=analyst)
    assert queries.survivor_of(gone) is None
    assert client.get("/cases/new/", {"company": gone.public_id}).status_code == 200


def test_page_of_doubles_stays_flat(client, analyst, assert_flat_queries):
    kept, _gone = pair()
    case = CaseFactory(company=kept)
    client.force_login(analyst)
    here = reverse("screening:duplicates", args=[case.reference])
    assert_flat_queries(
        lambda: client.get(here),
        grow=lambda: CompanyFactory(name="Orsala Maritime Trading", country_id="KEN"),
    )
