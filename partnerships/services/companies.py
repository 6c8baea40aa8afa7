"""What people do with companies: create and change them; what is screened then gets screened again."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from partnerships import search
from partnerships.models import Company, CompanyMember, CompanyName, CompanyPerson
from partnerships.services.lei import look_up_lei
from portal.errors import RuleViolation, StaleEdit
from portal.history import changed_fields, record
from portal.jobs import enqueue
from portal.models import User

SCREENED = ("name", "country", "registration_number", "lei", "founded_year")
PERSON_FIELDS = ("name", "role", "is_organization", "share_percent", "country", "birth_year")


def is_owner(user: User, company: Company) -> bool:
    """Whether a business user decides about the profile and the people of a company."""
    if not user.has_perm("partnerships.make_offer"):
        return False
    return company.members.filter(user=user, role=CompanyMember.Role.OWNER).exists()


def may_create(user: User) -> bool:
    rights = ("make_offer", "register_partnership", "manage_companies")
    return any(user.has_perm(f"partnerships.{right}") for right in rights)


def may_edit(company: Company, user: User) -> bool:
    """Its owners, and UN users who register partnerships or keep the list of companies."""
    if user.has_perm("partnerships.manage_companies") or user.has_perm("partnerships.register_partnership"):
        return True
    return is_owner(user, company)


@transaction.atomic
def save_company(
    company: Company | None,
    *,
    by: User | None,
    values: Mapping[str, Any],
    names: Iterable[Mapping[str, Any]] | None = None,
    people: Iterable[Mapping[str, Any]] | None = None,
    revision: int | None = None,
) -> Company:
    """Create a company, or change one, and have it screened where that is called for.

    `values` are fields of Company; `names` ({name, kind}) and `people` (PERSON_FIELDS) replace those there
    are, None leaves them. A business user who creates a company owns it. `by=None` is the system itself.
    Raises PermissionDenied, StaleEdit when `revision` is not the current one, RuleViolation for an LEI that
    another company has.
    """
    if company is None:
        if by and not may_create(by):
            raise PermissionDenied
        return _create(by, values, names or (), people or ())
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if by and not may_edit(company, by):
        raise PermissionDenied
    if revision is not None and revision != company.revision:
        raise StaleEdit(_("The company was changed in the meantime."))
    before = screened_facts(company)
    changes = changed_fields(company, values)
    _check_lei(values.get("lei", ""), company)
    for field, value in values.items():
        setattr(company, field, value)
    old_names, old_people = _row_texts(company)
    _replace(company, names, people)
    new_names, new_people = _row_texts(company)
    changes |= {
        field: [old, new]
        for field, old, new in (("names", old_names, new_names), ("people", old_people, new_people))
        if old != new
    }
    if not changes and not company.is_from_archive:
        return company
    is_screened_anew = company.is_from_archive or before != screened_facts(company)
    if is_screened_anew:
        company.version += 1
        company.is_from_archive = False
    company.revision += 1
    company.save()
    record(
        company,
        "changed",
        by=by,
        changes={field: [_plain(v) for v in pair] for field, pair in changes.items()},
    )
    if is_screened_anew:
        screen_company(company)
    if "name" in changes:
        search.reindex(company.party_in.values_list("partnership_id", flat=True))
    return company


def _create(by: User | None, values: Mapping, names: Iterable[Mapping], people: Iterable[Mapping]) -> Company:
    _check_lei(values.get("lei", ""), None)
    company = Company.objects.create(created_by=by, **values)
    _replace(company, names, people)
    if by and not by.is_un:
        CompanyMember.objects.create(company=company, user=by, role=CompanyMember.Role.OWNER)
    record(company, "created", by=by)
    screen_company(company)
    return company


def adopt_company(company: Company, *, by: User | None) -> None:
    """Somebody works with a company that only the archive named: from now on it is screened."""
    if not company.is_from_archive:
        return
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    company.is_from_archive = False
    company.version += 1
    company.revision += 1
    company.save(update_fields=["is_from_archive", "version", "revision", "updated_at"])
    record(company, "taken up", by=by)
    screen_company(company)


def screened_facts(company: Company) -> tuple:
    """All that a screening of the company looks at: equal before and after means nothing to screen."""
    return (
        tuple(getattr(company, field) for field in SCREENED),
        sorted(company.names.values_list("name", "kind")),
        sorted(company.people.values_list(*PERSON_FIELDS), key=str),
    )


def screen_company(company: Company) -> None:
    """Have a company held against the lists in the background, once for each version of it.

    The register of Legal Entity Identifiers is asked as well, where the server names it.
    """
    key = f"screen_company:{company.pk}:{company.version}"
    enqueue("screening.screen_company", key=key, company_id=company.pk)
    look_up_lei(company)


def _check_lei(lei: str, company: Company | None) -> None:
    other = Company.objects.filter(lei=lei).first() if lei else None
    if other and other != company:
        raise RuleViolation(_("%(name)s has this LEI already.") % {"name": other.name})


def _replace(company: Company, names: Iterable[Mapping] | None, people: Iterable[Mapping] | None) -> None:
    if names is not None:
        company.names.all().delete()
        kept = {row["name"]: row for row in names}  # one name once
        CompanyName.objects.bulk_create(
            CompanyName(company=company, name=name, kind=row["kind"]) for name, row in kept.items()
        )
    if people is not None:
        company.people.all().delete()
        CompanyPerson.objects.bulk_create(
            CompanyPerson(
                company=company, **{field: row.get(field) for field in PERSON_FIELDS if field in row}
            )
            for row in people
        )


def _row_texts(company: Company) -> tuple[list[str], list[str]]:
    names = [f"{row.name} ({row.get_kind_display()})" for row in company.names.order_by("name")]
    people = [f"{row.name} ({row.get_role_display()})" for row in company.people.order_by("name", "role")]
    return names, people


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value
