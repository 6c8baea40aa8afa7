"""Versions of the criteria: drafted, compared, published; overlays that only tighten."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from focalpoints.models import UNEntity
from portal.errors import RuleViolation, StaleEdit
from screening.models import CatalogueVersion, OverlayUse
from screening.queries.assessments import assessment_state
from screening.queries.catalogue import catalogue_in_force, differences, next_version, version_in_force
from screening.rating import BadAnswers, catalogue, check_overlay, rate, read_catalogue
from screening.services import catalogue as services
from tests.portal.factories import UserFactory
from tests.screening.factories import CaseFactory, RunFactory, assessed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_lists")]


@pytest.fixture
def steward():
    services.load_catalogue()
    return UserFactory(roles=["catalogue_steward"])


def edit(draft, steward, code="R-COR-01", **values):
    return services.edit_criterion(draft, code, revision=draft.revision, values=values, by=steward)


def publish(draft, steward):
    return services.publish_version(draft, revision=draft.revision, note="Clearer.", by=steward)


def test_file_becomes_an_immutable_row_once(steward):
    assert services.load_catalogue() == services.load_catalogue() == 1
    version = version_in_force()
    assert (version.version, len(version.sha256)) == (catalogue().version, 64)
    for act in (
        lambda: CatalogueVersion.objects.filter(pk=version.pk).update(note="Else."),
        version.delete,
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            act()


def test_stored_criteria_are_read_as_the_file_says(steward):
    """The database does not keep the order of keys; depth of work is an order."""
    stored = catalogue_in_force()
    assert stored is not catalogue()
    for part in ("version", "criteria", "ratings", "steps", "levels", "overlays", "overlay_changes"):
        assert getattr(stored, part) == getattr(catalogue(), part), part


def test_core_of_a_high_risk_sector_is_examined_in_depth(steward):
    case = CaseFactory()
    RunFactory(company=case.company)
    assessment = assessed(case, UserFactory(roles=["analyst"]), S_TEX_01="core")
    state = assessment_state(assessment)
    assert (state.least_depth, state.depth) == ("enhanced", "enhanced")
    assert "R-CLI-01" in state.given  # material to no sector of this company, asked in depth


def test_wording_makes_a_patch_guidance_a_minor_and_weight_a_major_version(steward):
    draft = services.start_draft(by=steward)
    assert services.start_draft(by=steward) == draft
    before = version_in_force().content
    for values, expected in (
        ({"title": "Other words"}, "1.0.1"),
        ({"guidance": "Look at fines."}, "1.1.0"),
        ({"critical": True}, "2.0.0"),
    ):
        draft = edit(draft, steward, **values)
        assert next_version("1.0.0", differences(before, draft.content)) == expected


def test_major_version_marks_assessments_and_changes_no_result(steward):
    analyst = UserFactory(roles=["analyst"])
    case = CaseFactory()
    RunFactory(company=case.company)
    assessment = assessed(case, analyst)
    assessment.rating, assessment.rated_at = "low", assessment.began_at
    assessment.save()
    wording = publish(edit(services.start_draft(by=steward), steward, title="Other words"), steward)
    assessment.refresh_from_db()
    assert (wording.version, assessment.review_due_since) == ("1.0.1", None)
    major = publish(edit(services.start_draft(by=steward), steward, critical=True), steward)
    assessment.refresh_from_db()
    assert (major.version, catalogue_in_force().criteria["R-COR-01"].is_critical) == ("2.0.0", True)
    assert assessment.review_due_since is not None
    assert (assessment.rating, assessment.catalogue.version) == ("low", "1.0.0")


def test_draft_that_changes_nothing_or_loosens_is_refused(steward):
    draft = services.start_draft(by=steward)
    with pytest.raises(RuleViolation, match="in force already"):
        publish(draft, steward)
    for changes in (
        {"drop_common_criterion": ["E-SAN-01"]},
        {"shorten_validity": {"high": 24}},
        {"lower_count_threshold": {"R_med >= 4": 5}},
        {"add_criterion": [{"code": "P-NEW-01", "title": "x", "type": "positive", "scale": "strength",
                            "question": "?", "levels": ["basic"]}]},
    ):  # fmt: skip
        with pytest.raises(RuleViolation):
            services.edit_overlay(
                draft, "health_agency", revision=draft.revision, changes=changes, by=steward
            )


def test_two_stewards_at_once_are_told(steward):
    draft = services.start_draft(by=steward)
    edit(draft, steward, title="First")
    with pytest.raises(StaleEdit):
        edit(draft, steward, title="Second")


@pytest.mark.parametrize("role", ["analyst", "decider", "administrator", "business"])
def test_others_do_not_touch_the_criteria(role):
    services.load_catalogue()
    with pytest.raises(PermissionDenied):
        services.start_draft(by=UserFactory(roles=[role]))
    with pytest.raises(PermissionDenied):
        services.use_overlay(UNEntity.objects.get(code="WFP"), "health_agency", by=UserFactory(roles=[role]))


def test_entity_chooses_an_overlay_that_exists(steward):
    wfp = UNEntity.objects.get(code="WFP")
    with pytest.raises(RuleViolation, match="no overlay"):
        services.use_overlay(wfp, "nonsense", by=steward)
    services.use_overlay(wfp, "health_agency", by=steward)
    assert OverlayUse.objects.get(entity=wfp).overlay == "health_agency"
    services.use_overlay(wfp, "", by=steward)
    assert not OverlayUse.objects.exists()


def overlaid(**changes):
    data = {**catalogue().data}
    data["entity_overlays"] = {**data["entity_overlays"], "examples": {"ours": changes}}
    return read_catalogue(data)


def test_overlay_counts_sooner_and_asks_more():
    mediums = {"R-LAB-01": "medium", "R-COR-01": "medium", "R-GOV-01": "medium"}
    known = overlaid(lower_count_threshold={"R_med >= 4": 3})
    result = rate(mediums, "standard", "ours", using=known)
    assert (result.rating, result.common_rating) == ("substantial", "moderate")
    own = {"code": "E-OWN-01", "title": "Own", "type": "exclusionary", "scale": "exclusion",
           "question": "?", "levels": ["basic", "standard", "enhanced"]}  # fmt: skip
    known = overlaid(add_criterion=[own])
    assert rate({"E-OWN-01": "met"}, "basic", "ours", using=known).rating == "excluded"
    assert rate({}, "basic", "ours", using=known).rating == "low"
    with pytest.raises(BadAnswers):
        rate({"E-OWN-01": "met"}, "basic", using=known)
    with pytest.raises(BadAnswers, match="already"):
        check_overlay("ours", {"add_criterion": [own | {"code": "E-SAN-01"}]}, known)


def test_steward_drafts_compares_and_publishes_on_the_pages(client, steward):
    client.force_login(steward)
    here = reverse("screening:catalogue")
    client.post(reverse("screening:draft_start"))
    form = client.get(reverse("screening:criterion_edit", args=["R-COR-01"])).context["form"]
    data = {
        name: form.initial.get(name, "") for name in ("title", "question", "guidance", "scope", "revision")
    }
    url = reverse("screening:criterion_edit", args=["R-COR-01"])
    assert client.post(url, data | {"critical": "on"}).status_code == 302
    assert client.post(url, data | {"critical": "on"}).status_code == 409
    text = client.get(here).content.decode()
    assert "R-COR-01" in text
    assert "2.0.0" in text
    overlay = reverse("screening:overlay_edit", args=["water_programme"])
    revision = client.get(overlay).context["form"].initial["revision"]
    answer = client.post(overlay, {"revision": revision, "floor-S-MIN-01": "substantial", "months-high": "3"})
    assert answer.status_code == 302
    bad = client.post(overlay, {"revision": revision + 1, "months-high": "9"})
    assert bad.status_code == 409
    assert "for longer" in bad.content.decode()
    url = reverse("screening:draft_publish")
    assert client.post(url, {"revision": revision + 1, "note": ""}).status_code == 422
    assert client.post(url, {"revision": revision + 1, "note": "Water."}).status_code == 302
    assert "water_programme" in catalogue_in_force().overlays
    assert "Water programme" in client.get(reverse("screening:criteria")).content.decode()
