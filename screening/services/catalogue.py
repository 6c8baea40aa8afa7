"""The steward's work on the criteria: draft, edit, publish. A published version never changes."""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from focalpoints.models import UNEntity
from portal.errors import RuleViolation, StaleEdit
from portal.history import move, record
from portal.models import User
from screening.models import (
    CATALOGUE_MOVES,
    Assessment,
    CatalogueStatus,
    CatalogueVersion,
    OverlayUse,
)
from screening.queries.catalogue import differences, draft, next_version, read_version, version_in_force
from screening.rating import BadAnswers, catalogue, check_overlay, read_catalogue


@transaction.atomic
def load_catalogue() -> int:
    """Publish the catalogue that came with this software, where no version of that number is there.

    Runs again without harm. Returns how many versions are published.
    """
    known = catalogue()
    if not CatalogueVersion.objects.filter(version=known.version, status=CatalogueStatus.PUBLISHED).exists():
        content = json.loads(json.dumps(known.data))
        version = CatalogueVersion.objects.create(
            version=known.version,
            status=CatalogueStatus.PUBLISHED,
            content=content,
            sha256=checksum(content),
            published_at=timezone.now(),
        )
        record(version, "published", by=None)
    return CatalogueVersion.objects.filter(status=CatalogueStatus.PUBLISHED).count()


def checksum(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON with sorted keys and no spaces."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def start_draft(*, by: User) -> CatalogueVersion:
    """A copy of the version in force, to be changed. One draft at a time: a second call returns it."""
    _may(by)
    if existing := draft():
        return existing
    current = version_in_force()
    if current is None:
        raise RuleViolation(_("The criteria have not been loaded yet. An administrator loads them."))
    version = CatalogueVersion.objects.create(
        version=current.version, content=deepcopy(current.content), drafted_by=by
    )
    record(version, "drafted", by=by)
    return version


@transaction.atomic
def edit_criterion(
    version: CatalogueVersion, code: str, *, revision: int, values: Mapping[str, Any], by: User
) -> CatalogueVersion:
    """Change the wording, the guidance or the weight of one criterion of a draft, or add one by a new code.

    Raises StaleEdit when somebody changed the draft meanwhile.
    """
    version = _draft(version, revision, by)
    rows = version.content["criteria"]
    row = next((row for row in rows if row["code"] == code), None)
    if row is None:
        row = {"code": code, "levels": ["basic", "standard", "enhanced"], "source": ["PROJECT"]}
        row["evidence"] = {"mode": "reviewer"}
        rows.append(row)
    before = {field: row.get(field) for field in values}
    row.update(values)
    return _keep(version, code, {code: [before, dict(values)]}, by)


@transaction.atomic
def edit_overlay(
    version: CatalogueVersion, name: str, *, revision: int, changes: Mapping[str, Any], by: User
) -> CatalogueVersion:
    """Set what one entity's overlay tightens. Raises RuleViolation for a change that would loosen."""
    version = _draft(version, revision, by)
    overlays = version.content["entity_overlays"]["examples"]
    before = overlays.get(name)
    kept = {key: value for key, value in changes.items() if value}
    overlays[name] = {**kept, "source": (before or {}).get("source", ["PROJECT"])}
    return _keep(version, name, {name: [before, overlays[name]]}, by)


@transaction.atomic
def discard_draft(version: CatalogueVersion, *, by: User) -> None:
    _may(by)
    version = CatalogueVersion.objects.select_for_update().get(pk=version.pk)
    if version.status != CatalogueStatus.DRAFT:
        raise RuleViolation(_("This version is published. It stays."))
    record(version, "discarded", by=by)
    version.delete()


@transaction.atomic
def publish_version(version: CatalogueVersion, *, revision: int, note: str, by: User) -> CatalogueVersion:
    """Put a draft in force, under the number its changes ask for.

    A new major version marks every assessment made under an older one as due for review; what they say stays.
    """
    version = _draft(version, revision, by)
    current = version_in_force()
    if current is None:
        raise RuleViolation(_("The criteria have not been loaded yet. An administrator loads them."))
    found = differences(current.content, version.content)
    if not found:
        raise RuleViolation(_("The draft says what is in force already."))
    version.version = next_version(current.version, found)
    version.content["catalogue"] |= {"version": version.version, "supersedes": current.version}
    version.note, version.published_by, version.published_at = note, by, timezone.now()
    version.sha256 = checksum(version.content)
    version.save()
    move(version, CatalogueStatus.PUBLISHED, moves=CATALOGUE_MOVES, by=by, note=note)
    if version.major > current.major:
        for assessment in Assessment.objects.rated().filter(review_due_since=None).select_related("case"):
            assessment.review_due_since = timezone.localdate()
            assessment.save(update_fields=["review_due_since"])
            record(assessment, "due for review", by=None, note=version.version)
    return version


@transaction.atomic
def use_overlay(entity: UNEntity, overlay: str, *, by: User) -> None:
    """Say which overlay a UN entity applies from now on; "" for the common rule alone."""
    _may(by)
    current = version_in_force()
    if overlay and (current is None or overlay not in read_version(current).overlays):
        raise RuleViolation(_("The criteria in force have no overlay of that name."))
    before = OverlayUse.objects.filter(entity=entity).values_list("overlay", flat=True).first() or ""
    if overlay:
        OverlayUse.objects.update_or_create(
            entity=entity, defaults={"overlay": overlay, "set_by": by, "set_at": timezone.now()}
        )
    else:
        OverlayUse.objects.filter(entity=entity).delete()
    record(entity, "overlay chosen", by=by, changes={"overlay": [before, overlay]})


def _may(by: User) -> None:
    if not by.has_perm("screening.manage_catalogue"):
        raise PermissionDenied


def _draft(version: CatalogueVersion, revision: int, by: User) -> CatalogueVersion:
    _may(by)
    version = CatalogueVersion.objects.select_for_update().get(pk=version.pk)
    if version.status != CatalogueStatus.DRAFT:
        raise RuleViolation(_("This version is published. Start a new draft to change it."))
    if version.revision != revision:
        raise StaleEdit(_("Somebody changed the draft since you opened it. Your words are kept below."))
    return version


def _keep(version: CatalogueVersion, place: str, changes: Mapping[str, list], by: User) -> CatalogueVersion:
    """Save an edited draft, if it can still be read and every overlay only tightens."""
    try:
        known = read_catalogue(version.content)
        for name, overlay in known.overlays.items():
            check_overlay(name, overlay, known)
    except BadAnswers as error:
        raise RuleViolation(str(error)) from None
    version.revision += 1
    version.save(update_fields=["content", "revision"])
    record(version, "edited", by=by, note=place, changes=changes)
    return version
