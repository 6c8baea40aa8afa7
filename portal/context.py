"""What every page shows around its content: navigation by role, languages, footer, demo note."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.demo import DEMO_ACCOUNTS, DEMO_PASSWORD


@dataclass(frozen=True)
class NavItem:
    url: str
    label: str | Promise
    is_current: bool = False


# (URL name, label, permission; "" = everybody). The first that a path starts with is the current one.
PUBLIC_NAV = [
    ("partnerships:partnership_list", _("Partnerships"), ""),
    ("partnerships:offer_start", _("Offer to help"), ""),
    ("partnerships:need_list", _("Needs"), ""),
    ("partnerships:statistics", _("Statistics"), ""),
    ("focalpoints:directory", _("Network"), ""),
    ("focalpoints:news", _("News"), ""),
    ("portal:help", _("Help"), ""),
]
INSIDE_NAV = [
    ("portal:desk", _("Desk"), ""),
    ("partnerships:my_offers", _("My offers"), "partnerships.make_offer"),
    ("partnerships:my_companies", _("My company"), "partnerships.make_offer"),
    ("screening:my_screening", _("Screening"), "partnerships.make_offer"),
    ("partnerships:desk_partnerships", _("Records"), "partnerships.register_partnership"),
    ("partnerships:agreement_review", _("Agreements"), "partnerships.review_agreement"),
    ("partnerships:desk_offers", _("Offers"), "partnerships.view_offer"),
    ("partnerships:desk_needs", _("Needs"), "partnerships.post_need"),
    ("screening:case_list", _("Cases"), "screening.view_case"),
    ("screening:advice_list", _("Advice"), "screening.advise_case"),
    ("screening:catalogue", _("Criteria"), "screening.manage_catalogue"),
    ("partnerships:company_list", _("Companies"), "partnerships.view_inside"),
    ("focalpoints:directory", _("Directory"), "focalpoints.view_people"),
    ("focalpoints:meeting_list", _("Meetings"), "focalpoints.view_people"),
    ("focalpoints:library", _("Library"), "focalpoints.view_people"),
    ("focalpoints:newsletter_list", _("Newsletter"), "focalpoints.edit_newsletter"),
    ("screening:list_sources", _("Lists"), "screening.manage_lists"),
    ("portal:manage", _("Manage"), "portal.manage_users"),
    ("partnerships:partnership_list", _("Registry"), ""),
]
FOOTER = [
    (
        _("The registry"),
        [
            ("partnerships:partnership_list", _("All partnerships")),
            ("partnerships:need_list", _("Open needs")),
            ("partnerships:map", _("Map")),
            ("partnerships:report_index", _("Progress reports")),
            ("partnerships:register", _("Register a partnership")),
            ("partnerships:data", _("Data and API")),
            ("focalpoints:directory", _("Focal points")),
        ],
    ),
    (
        _("For business"),
        [
            ("partnerships:offer_start", _("Make an offer")),
            ("portal:help_screening", _("How companies are checked")),
            ("screening:criteria", _("Screening criteria")),
            ("focalpoints:subscribe", _("Newsletter")),
        ],
    ),
    (
        _("About"),
        [
            ("portal:about", _("About this portal")),
            ("portal:help", _("Help")),
            ("focalpoints:meeting_list", _("Meetings")),
            ("focalpoints:training_list", _("Training")),
            ("focalpoints:library", _("Library")),
            ("portal:accessibility", _("Accessibility")),
            ("portal:privacy", _("Privacy")),
            ("portal:status", _("Status")),
        ],
    ),
]


@cache
def _address(name: str) -> str:
    """Every page shows some fifty links, and to look one up takes Django a tenth of a millisecond."""
    return reverse(name)


@cache
def _footer(language: str) -> list[dict]:
    return [
        {
            "title": str(title),
            "links": [{"url": _address(name), "label": str(label)} for name, label in links],
        }
        for title, links in FOOTER
    ]


# Pages of records that lie beside the list of records; agreements have an entry of their own for some.
RECORDS = "partnerships:desk_partnerships"
BESIDE_RECORDS = [
    "partnerships:import_list", "partnerships:desk_registrations", "partnerships:agreement_review",
]  # fmt: skip


def nav_items(entries, request: HttpRequest) -> list[NavItem]:
    seen = [
        (_address(name), label) for name, label, perm in entries if not perm or request.user.has_perm(perm)
    ]
    path, urls = request.path, [url for url, _label in seen]
    beside = [url for url in map(_address, BESIDE_RECORDS) if url not in urls]
    if any(map(path.startswith, beside)):
        path = _address(RECORDS)
    current = max(filter(path.startswith, urls), key=len, default="")
    return [NavItem(url, label, url == current) for url, label in seen]


def language_links(request: HttpRequest) -> list[dict]:
    """The same page in each language: a plain link, so that it works without script and can be shared."""
    query = request.GET.copy()  # a refused form is left for the empty page in the other language
    links = []
    for code, name in settings.LANGUAGES:
        query["lang"] = code
        links.append(
            {
                "code": code,
                "name": name,
                "url": f"{request.path}?{query.urlencode()}",
                "is_current": code == get_language(),
            }
        )
    return links


def site(request: HttpRequest) -> dict:
    """Context of every page. `inside` pages use the work navigation; a signed-in person has both."""
    user = getattr(request, "user", None)
    if user is None:
        return {"nav": [], "footer": [], "languages": [], "is_demo": settings.DEMO}
    return {
        "nav": nav_items(PUBLIC_NAV, request),
        "inside_nav": nav_items(INSIDE_NAV, request) if user.is_authenticated else [],
        "unread_count": user.notices.filter(read_at=None).count() if user.is_authenticated else 0,
        "footer": _footer(get_language()),
        "languages": language_links(request),
        "is_demo": settings.DEMO,
        "demo_accounts": DEMO_ACCOUNTS,
        "demo_password": DEMO_PASSWORD,
        "product_name": settings.PRODUCT_NAME,
    }
