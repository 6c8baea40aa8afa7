"""Which criteria are in force, and what two versions of them differ in. No writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from screening.models import CatalogueStatus, CatalogueVersion, OverlayUse
from screening.rating import Catalogue, catalogue, read_catalogue

# Where a difference can change a rating, the next version is a major one.
WORDING = {"title", "question", "guidance", "source", "dimension"}
OVERLAY_WORDING = {"source", "title"}


def version_in_force() -> CatalogueVersion | None:
    """The last published version; None before the reference data is loaded."""
    return CatalogueVersion.objects.filter(status=CatalogueStatus.PUBLISHED).first()


def catalogue_in_force() -> Catalogue:
    """The criteria that count now: those published last, or the file that came with this software."""
    version = version_in_force()
    return read_version(version) if version else catalogue()


def read_version(version: CatalogueVersion) -> Catalogue:
    if version.status == CatalogueStatus.DRAFT:
        return read_catalogue(version.content)
    return _read_published(version.pk)


@lru_cache(maxsize=8)
def _read_published(pk: int) -> Catalogue:
    """Read once per process: a published version never changes."""
    return read_catalogue(CatalogueVersion.objects.values_list("content", flat=True).get(pk=pk))


def draft() -> CatalogueVersion | None:
    return CatalogueVersion.objects.filter(status=CatalogueStatus.DRAFT).first()


def overlay_of(entity, known: Catalogue) -> str:
    """The overlay a UN entity applies; "" for the common rule, also where this catalogue lacks it."""
    if entity is None:
        return ""
    name = OverlayUse.objects.filter(entity=entity).values_list("overlay", flat=True).first() or ""
    return name if name in known.overlays else ""


@dataclass(frozen=True)
class Difference:
    """One place in which two versions differ. `weight` is major, minor or patch."""

    place: str
    field: str
    before: str
    after: str
    weight: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What a version changes against another, criterion by criterion and overlay by overlay.

    Source of the weights: criteria.yaml, catalogue.version.
    """
    found = []
    old, new = ({row["code"]: row for row in side["criteria"]} for side in (before, after))
    for code in sorted({*old, *new}):
        found += _row_differences(code, old.get(code, {}), new.get(code, {}), WORDING)
    old, new = (side["entity_overlays"]["examples"] for side in (before, after))
    for name in sorted({*old, *new}):
        found += _row_differences(name, old.get(name, {}), new.get(name, {}), OVERLAY_WORDING)
    for part in ("rating_rule", "ratings", "decision_matrix", "dd_level_rule", "materiality", "scales"):
        if before[part] != after[part]:
            found.append(Difference(part, "", "", "", "major"))
    return found


def _row_differences(
    place: str, old: Mapping[str, Any], new: Mapping[str, Any], wording: set[str]
) -> list[Difference]:
    if not old or not new:
        row = Difference(place, "", _text(old.get("title", "") if old else ""), "", "major")
        return [row if old else Difference(place, "", "", _text(new.get("title", place)), "major")]
    return [
        Difference(
            place,
            field,
            _text(old.get(field)),
            _text(new.get(field)),
            ("minor" if field == "guidance" else "patch") if field in wording else "major",
        )
        for field in sorted({*old, *new})
        if old.get(field) != new.get(field)
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return str(value)


def next_version(current: str, found: list[Difference]) -> str:
    """The number that the heaviest difference asks for: "1.4.2" becomes 2.0.0, 1.5.0 or 1.4.3."""
    major, minor, patch = (int(part) for part in current.split("."))
    weights = {row.weight for row in found}
    if "major" in weights:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if "minor" in weights else f"{major}.{minor}.{patch + 1}"
