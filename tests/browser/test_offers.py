"""A new business comes to an offer, stops, comes back and submits it; a focal point makes a draft of it."""

import re
from datetime import date

import pytest

from tests.browser.conftest import SIGN_IN_BUTTON
from tests.browser.test_journeys import last_mail_to, link_in, read_page, send

pytestmark = pytest.mark.browser

WORDS = "five plain words here now"
TITLE = {"": "Cold boxes for schools", "fr": "Glacières pour les écoles"}


def open_and_check(visitor, name: str, value: str) -> None:
    """Tick a box that may stand in a folded group."""
    box = visitor.page.locator(f'input[name="{name}"][value="{value}"]')
    group = visitor.page.locator("details", has=box)
    if group.count() and group.first.get_attribute("open") is None:
        group.first.locator("summary").first.click()
    box.check()


def fill_date(visitor, name: str, day: str, month: str, year: str) -> None:
    for part, text in (("day", day), ("month", month), ("year", year)):
        visitor.page.fill(f'[name="{name}_{part}"]', text)


def begin(visitor) -> None:
    """From the home page to the first step, at the speed of a person."""
    visitor.open("/")
    visitor.press(visitor.page.locator('main a[href="/offer/"]').first)
    assert visitor.page.url.endswith("/offer/")
    read_page(visitor)
    send(visitor)
    visitor.page.wait_for_url(re.compile("/offer/draft/company/"))


def answer_company(visitor, name: str) -> None:
    visitor.page.fill('[name="name"]', name)
    visitor.page.select_option('[name="country"]', "NOR")
    visitor.page.fill('[name="registration_number"]', "923 609 016")
    send(visitor)


def answer_what(visitor, title: str) -> None:
    visitor.page.fill('[name="title"]', title)
    open_and_check(visitor, "contribution_kinds", "in_kind_goods")
    visitor.page.fill('[name="quantity"]', "8")
    visitor.page.fill('[name="unit"]', "containers")
    visitor.page.fill('[name="description"]', "Refrigerated storage for school meals, with a log.")


def answer_the_rest(visitor) -> None:
    visitor.page.locator('input[name="reach"][value="named"]').check()
    open_and_check(visitor, "countries", "BGD")
    fill_date(visitor, "available_from", "1", "1", str(date.today().year + 1))
    fill_date(visitor, "available_until", "1", "3", str(date.today().year + 2))
    send(visitor)
    open_and_check(visitor, "themes", "food_nutrition")
    open_and_check(visitor, "targets", "2.1")
    send(visitor)
    for name, value in (("is_tied_to_procurement", "no"), ("is_fit_for_use", "yes"), ("wishes_emblem", "no")):
        visitor.page.locator(f'input[name="{name}"][value="{value}"]').check()
    send(visitor)


def sign_up(visitor, email: str) -> None:
    visitor.press(visitor.page.locator('main a[href^="/account/signup/"]').first)
    visitor.page.fill('input[name="name"]', "Ada Example")
    visitor.page.fill('input[name="email"]', email)
    visitor.page.fill('input[name="password1"]', WORDS)
    read_page(visitor)
    send(visitor)
    visitor.open(link_in(last_mail_to(visitor.portal, email), "/account/confirm-email/"))
    send(visitor)
    visitor.open("/account/login/")
    visitor.page.fill('input[name="login"]', email)
    visitor.page.fill('input[name="password"]', WORDS)
    visitor.press(visitor.page.locator(SIGN_IN_BUTTON).first)


@pytest.mark.parametrize(("language", "script"), [("", True), ("fr", False)])
def test_a_new_business_submits_an_offer_and_comes_back_to_it_on_the_way(visit, portal, language, script):
    visitor = visit(width=390, language=language, script=script)
    email, title = f"ada{language}@fictional-cold.example", TITLE[language]
    begin(visitor)
    answer_company(visitor, f"Fictional Cold {language}")
    answer_what(visitor, title)
    visitor.press(visitor.page.locator('main form button[name="second"]'))  # save and come back later
    assert visitor.page.url.endswith("/offer/draft/")
    visitor.fits_width()

    visitor.press(visitor.page.locator('main a[href="/offer/keep/"]'))
    visitor.page.fill('[name="email"]', f"kept{language}@fictional-cold.example")
    read_page(visitor)
    send(visitor)
    elsewhere = visit(width=390, language=language, script=script)
    elsewhere.open(link_in(last_mail_to(portal, f"kept{language}@fictional-cold.example"), "/offer/reopen/"))
    send(elsewhere)
    elsewhere.open("/offer/draft/what/")
    assert elsewhere.page.input_value('[name="title"]') == title

    visitor.open("/offer/draft/what/")
    assert visitor.page.input_value('[name="title"]') == title
    send(visitor)
    answer_the_rest(visitor)
    if script:
        visitor.scan()
    sign_up(visitor, email)
    visitor.page.wait_for_url(re.compile(r"/offer/O-[\d-]+/check/"))  # the draft came along
    visitor.press(visitor.page.locator('main form a[href$="/documents/"]'))
    file = {"name": "weights.csv", "mimeType": "text/csv", "buffer": b"part,kg\nbox,80\n"}
    visitor.page.set_input_files('input[type="file"]', file)
    send(visitor)
    assert visitor.page.get_by_text("weights.csv").count() >= 1
    visitor.fits_width()
    visitor.press(visitor.page.locator('main a.govuk-button[href$="/check/"]'))
    visitor.page.locator('[name="is_declared"]').check()
    send(visitor)
    visitor.page.wait_for_url(re.compile("/submitted/"))
    visitor.fits_width()
    receipt = visitor.page.request.get(
        portal.url + visitor.page.locator('main a[href$="receipt.pdf"]').get_attribute("href")
    )
    assert receipt.body().startswith(b"%PDF")
    if script:
        visitor.scan()


def test_a_focal_point_triages_an_offer_sees_why_needs_fit_and_makes_a_draft(visit, portal):
    focal = visit()
    focal.sign_in("focal@demo.example")
    focal.open("/desk/offers/?show=open")
    focal.scan()
    focal.press(focal.page.get_by_role("link", name="Cold storage and delivery for school meals").first)
    focal.scan()
    assert focal.page.get_by_role("heading", name="Six gates").count() == 1
    offer = focal.page.url
    focal.press(focal.page.locator('main a[href$="/matches/"]').first)
    best = focal.page.locator("article.cg-match").first
    assert "Cold storage for school meals in Khulna" in best.inner_text()
    assert "of 100" in best.inner_text()
    assert best.locator(".cg-why li").count() >= 3
    focal.scan()
    focal.page.goto(offer)
    sheet = focal.page.locator("details#accept")
    sheet.locator("summary").click()
    sheet.locator('select[name="need"]').select_option(index=1)
    sheet.locator('textarea[name="note"]').fill("Our supply officer writes to you this week.")
    focal.press(sheet.locator("button.govuk-button"))
    assert "/desk/partnerships/P-" in focal.page.url
    focal.scan()
    assert "Cold storage and delivery for school meals" in focal.page.locator("h1").inner_text()
    focal.press(focal.page.locator('main a[href^="/partnerships/P-"]').first)
    assert "Through this portal" in focal.page.locator("main").inner_text()
