"""Companies as people look for them."""

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from partnerships.domains import domain_of, is_company_domain, is_own_domain
from partnerships.models import Company, CompanyName
from portal.models import User

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
