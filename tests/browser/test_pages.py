import pytest
from playwright.sync_api import Response

pytestmark = pytest.mark.browser

PUBLIC = [
    "/",
    "/partnerships/",
    "/partnerships/?q=water",
    "/partnerships/P-0033/",
    "/needs/",
    "/offer/",
    "/directory/",
    "/news/",
    "/subscribe/",
    "/statistics/",
    "/map/",
    "/data/",
    "/register/",
    "/criteria/",
    "/meetings/actions/",
    "/library/",
    "/trainings/",
    "/search/?q=partnership",
    "/help/",
    "/help/screening/",
    "/accessibility/",
    "/privacy/",
    "/styleguide/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/nothing-here/",
]
INSIDE = {
    "focal@demo.example": [
        "/desk/",
        "/desk/partnerships/",
        "/desk/offers/",
        "/desk/needs/",
        "/directory/",
        "/me/",
        "/notices/",
        "/notices/choices/",
        "/keys/",
        "/groups/",
        "/brokers/",
        "/desk/saved/",
    ],
    "analyst@demo.example": ["/cases/", "/desk/companies/"],
    "decider@demo.example": ["/cases/"],
    "editor@demo.example": ["/newsletter/"],
    "business@demo.example": ["/my/offers/", "/my/company/"],
    "admin@demo.example": ["/manage/", "/manage/users/", "/manage/jobs/", "/manage/audit/", "/lists/"],
}
# Each width and each direction is scanned once; the other two pairs are only measured.
WAYS = [{"width": 1280}, {"width": 390, "language": "ar"}]
OTHER_WAYS = [{"width": 390}, {"width": 1280, "language": "ar"}]


@pytest.mark.parametrize("way", OTHER_WAYS, ids=["phone", "arabic"])
def test_public_pages_fit(visit, way):
    visitor = visit(**way)
    for path in PUBLIC:
        visitor.open(path)
        visitor.fits_width()


@pytest.mark.parametrize("way", WAYS, ids=["wide", "arabic-phone"])
def test_public_pages_have_no_fault(visit, way):
    visitor = visit(**way)
    for path in PUBLIC:
        visitor.open(path)
        visitor.scan()
        visitor.fits_width()


@pytest.mark.parametrize("way", WAYS, ids=["wide", "arabic-phone"])
@pytest.mark.parametrize("email", INSIDE)
def test_pages_inside_have_no_fault(visit, way, email):
    visitor = visit(**way)
    visitor.sign_in(email)
    for path in INSIDE[email]:
        assert visitor.open(path).status == 200, path
        visitor.scan()
        visitor.fits_width()


def test_pages_work_without_script(visit):
    visitor = visit(script=False)
    for path in PUBLIC[:-1]:
        assert visitor.open(path).status == 200
    visitor.open("/partnerships/?q=hibiscus")
    found = visitor.page.get_by_role("link", name="Pro-Poor Hibiscus Value Chain Partnership", exact=True)
    assert found.count() == 1


def test_first_load_is_within_the_budget(visit, portal):
    """CSS and script together at most 60 kB, a page at most 100 kB, each as gzip sends it."""
    import gzip

    visitor = visit()
    sizes = {"asset": 0, "page": 0}
    answers: list[Response] = []
    visitor.page.on("response", lambda response: answers.append(response))
    visitor.open("/partnerships/")
    visitor.page.wait_for_load_state("networkidle")
    for response in answers:
        if response.status == 200 and response.request.resource_type in ("stylesheet", "script", "document"):
            kind = "page" if response.request.resource_type == "document" else "asset"
            sizes[kind] += len(gzip.compress(response.body()))
    assert 0 < sizes["asset"] <= 60_000
    assert 0 < sizes["page"] <= 100_000
