"""Loads the reference tables from the CSV files in `portal/data`. Runs again without harm."""

import csv
from collections.abc import Iterable
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.db import models, transaction

from focalpoints.models import UNEntity
from portal.models import Country, Goal, Region, Sector, Target
from portal.roles import ROLES
from screening.services.catalogue import load_catalogue
from screening.services.lists import load_sources

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Bring every reference table in line with its file. Returns the rows of each."""
    return {
        "regions": _load(Region, map(_region, _rows("regions_m49"))),
        "countries": _load(Country, _countries()),
        "goals": _load(Goal, map(_goal, _rows("sdg_goals"))),
        "targets": _load(Target, (_target(row, i) for i, row in enumerate(_rows("sdg_targets")))),
        "sectors": _load(Sector, map(_sector, _rows("isic_rev4"))),
        "UN entities": _load(UNEntity, map(_entity, _rows("un_entities"))),
        "roles": _load_roles(),
        "lists": load_sources(),
        "criteria versions": load_catalogue(),
    }


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _load(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Insert or update by primary key. References among the rows are checked at commit."""
    rows = list(rows)
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["pk"], update_fields=fields, batch_size=500
    )
    return len(rows)


def _names(row: dict[str, str], prefix: str = "name") -> dict[str, str]:
    return {f"name_{code}": row[f"{prefix}_{code}"] for code in LANGUAGES}


def _region(row) -> Region:
    return Region(m49=row["m49"], level=row["level"], parent_id=row["parent"] or None, **_names(row))


def _countries() -> Iterable[Country]:
    graduations = {
        row["iso3"]: row["graduated_on"] for row in _rows("ldc_graduations") if row["graduated_on"]
    }
    for row in _rows("countries_m49"):
        yield Country(
            iso3=row["iso3"],
            iso2=row["iso2"],
            m49=row["m49"],
            short_en=row["short_en"],
            region_id=row["region_code"] or None,
            subregion_id=row["subregion_code"] or None,
            is_ldc=row["ldc"] == "1",
            is_lldc=row["lldc"] == "1",
            is_sids=row["sids"] == "1",
            is_un_member=row["un_member"] == "1",
            ldc_until=graduations.get(row["iso3"]),
            **_names(row),
        )


def _goal(row) -> Goal:
    return Goal(
        number=int(row["goal"]),
        pillar=row["pillar"],
        colour=row["colour"],
        title={code: row[f"title_{code}"] for code in LANGUAGES},
        **_names(row, "short"),
    )


def _target(row, position: int) -> Target:
    return Target(
        code=row["target"],
        goal_id=int(row["goal"]),
        kind=row["kind"],
        short_en=row["short_en"],
        title={code: row[f"title_{code}"] for code in LANGUAGES},
        position=position,
    )


def _sector(row) -> Sector:
    return Sector(
        code=row["code"],
        level=row["level"],
        parent_id=row["parent"] or None,
        section=row["section"],
        title_en=row["title_en"],
    )


def _entity(row) -> UNEntity:
    return UNEntity(
        code=row["code"],
        acronym=row["acronym"],
        name=row["name"],
        kind=row["kind"],
        hq_city=row["hq_city"],
        hq_country_id=row["hq_country_iso3"] or None,
        is_current=row["status"] == "current",
        successor_id=row["successor"] or None,
        is_ceb_member=row["ceb_member"] == "1",
        themes=row["themes"].split("|") if row["themes"] else [],
        mandate=row["mandate"],
    )


def _load_roles() -> int:
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    for name, role in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([known[permission] for permission in role.permissions])
    return len(ROLES)
