"""Companies as people look for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from rigour.ids import LEI

from partnerships.domains import domain_of, is_company_domain, is_own_domain
from partnerships.models import Company, CompanyName, LeiAnswer
from partnerships.registers import lei_record_url, register_of
from portal.models import User

LIKE_NAME = 0.7  # of the matcher of the screening, from which two names may be one
LIKE_ENOUGH = 0.35  # trigram similarity from which a name is worth a look


def companies_like(user: User, name: str, *, lei: str = "", country=None) -> QuerySet[Company]:
    """Companies this person may see whose name, or another name of theirs, resembles `name`; nearest first.

    The same LEI is always among them. With `country`, those of another known country are left out.
    """
    other_names = CompanyName.objects.filter(company=OuterRef("pk")).filter(
        Q(name__trigram_similar=name) | Q(name__icontains=name)
    )
    near = Q(name__icontains=name) | Q(likeness__gte=LIKE_ENOUGH) | Q(Exists(other_names))
    if country is not None:
        near &= Q(country=country) | Q(country=None)
    if lei:
        near |= Q(lei=lei)
    return (
        Company.objects.visible_to(user)
        .annotate(likeness=TrigramSimilarity("name", name))
        .filter(near)
        .select_related("country")
        .order_by("-likeness", "name", "pk")
    )


def for_desk(user: User, words: str = "") -> QuerySet[Company]:
    """The companies of the inside list with how many records name each."""
    companies = (
        companies_like(user, words) if words else Company.objects.visible_to(user).order_by("name", "pk")
    )
    return companies.select_related("country", "sector").annotate(
        record_count=Count("party_in__partnership", distinct=True)
    )


@dataclass(frozen=True)
class RegisterCheck:
    """One thing that shows whether a company is a real organization. `state`: ok, wait (look at it).

    `name` is what was looked at, or the register it belongs to; `answer` what a register said of it.
    """

    slug: str
    state: str
    url: str = ""
    name: str = ""
    answer: LeiAnswer | None = None


def register_checks(company: Company, emails: Iterable[str]) -> list[RegisterCheck]:
    """What numbers, website and mail addresses say, each with where to look it up."""
    checks = []
    if company.lei:
        checks.append(_lei_check(company))
    register = register_of(company.country_id)
    if not company.registration_number:
        checks.append(RegisterCheck("no_number", "wait", register.url if register else ""))
    elif register is None:
        checks.append(RegisterCheck("number", "ok"))
    elif register.fits(company.registration_number):
        checks.append(RegisterCheck("number_fits", "ok", register.url, register.name))
    else:
        checks.append(RegisterCheck("number_odd", "wait", register.url, register.name))
    if company.website:
        is_own = any(is_own_domain(email, company.website) for email in emails)
        checks.append(RegisterCheck("own_domain" if is_own else "other_domain", "ok" if is_own else "wait"))
    else:
        checks.append(RegisterCheck("no_website", "wait"))
    return checks


def _lei_check(company: Company) -> RegisterCheck:
    """The answer of the register, as far as it was asked about this LEI; else whether the digits fit."""
    url, lei = lei_record_url(company.lei), company.lei
    answer = getattr(company, "lei_answer", None)  # a reverse relation that may have no row
    if answer is None or answer.lei != lei:
        slug, state = ("lei", "ok") if LEI.is_valid(lei) else ("lei_odd", "wait")
        return RegisterCheck(slug, state, url, lei)
    if answer.state != LeiAnswer.State.CURRENT:
        return RegisterCheck(f"lei_{answer.state}", "wait", url, lei, answer)
    if (answer.likeness or 0) < LIKE_NAME:
        return RegisterCheck("lei_other_name", "wait", url, lei, answer)
    return RegisterCheck("lei_current", "ok", url, lei, answer)


def companies_at_domain_of(user: User) -> list[Company]:
    """Companies whose website is at the domain of the person's mail address, and that they are not in yet."""
    domain = domain_of(user.email)
    if not is_company_domain(domain):
        return []
    near = Company.objects.filter(website__icontains=domain, members__isnull=False)
    return [
        company
        for company in near.exclude(members__user=user).distinct().order_by("name")[:20]
        if is_own_domain(user.email, company.website)
    ]
