"""Each role does its real task in a browser, on the portal that `make run` starts."""

import email
import email.policy
import re
import time

import pytest

from portal.traps import SECONDS_TO_READ
from tests.browser.conftest import PATIENCE_SECONDS, SIGN_IN_BUTTON

pytestmark = pytest.mark.browser


def last_mail_to(portal, address: str) -> str:
    """The plain text of the newest mail to an address; waits for the worker to send it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for path in reversed(portal.mails()):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if address in str(mail["To"]):
                body = mail.get_body(("plain",))
                assert body is not None
                return body.get_content()
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address} within {PATIENCE_SECONDS} s")


def link_in(text: str, path: str) -> str:
    found = re.search(rf"https?://[^/\s]+({path}\S*)", text)
    assert found, text
    return found[1]


def read_page(visitor) -> None:
    """Take the time a person takes: public forms hold what is sent faster."""
    visitor.page.wait_for_timeout(1000 * SECONDS_TO_READ + 100)


def send(visitor, name: str | None = None) -> None:
    """Press the main button of the page, or the one of that name."""
    button = visitor.page.locator("main form button.govuk-button")
    visitor.press((visitor.page.get_by_role("button", name=name) if name else button).first)


def test_a_business_signs_up_with_a_confirmed_address(visit, portal):
    visitor = visit()
    visitor.open("/account/signup/")
    visitor.page.fill('input[name="name"]', "Ada Example")
    visitor.page.fill('input[name="email"]', "ada@new.example")
    visitor.page.fill('input[name="password1"]', "five plain words here now")
    read_page(visitor)
    send(visitor)
    link = link_in(last_mail_to(portal, "ada@new.example"), "/account/confirm-email/")
    visitor.open(link)
    send(visitor)
    visitor.open("/account/login/")
    visitor.page.fill('input[name="login"]', "ada@new.example")
    visitor.page.fill('input[name="password"]', "five plain words here now")
    visitor.press(visitor.page.locator(SIGN_IN_BUTTON).first)
    assert visitor.page.url.startswith(f"{portal.url}/desk/")
    visitor.open("/my/company/new/")
    assert visitor.page.locator('input[name="name"], input[name$="-name"]').count() >= 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_focal_point_begins_a_record_and_finds_it_again(visit, language):
    visitor = visit(language="" if language == "en" else language, width=1280 if language == "en" else 390)
    visitor.sign_in("focal@demo.example")
    visitor.open("/desk/partnerships/new/")
    title = f"Journey of a record, {language}"
    visitor.page.fill('[name="title"]', title)
    visitor.page.locator('input[name="partnership_type"][value="core_business"]').check()
    if visitor.page.locator('[name="summary"]').count():
        visitor.page.fill('[name="summary"]', "Firms and farmers plan a cold chain together.")
    send(visitor)
    assert re.search(r"/desk/partnerships/P-\d+/", visitor.page.url), visitor.page.locator(
        "main"
    ).inner_text()
    visitor.scan()
    visitor.fits_width()
    visitor.open("/desk/partnerships/")
    assert visitor.page.get_by_text(title).count() == 1


def test_a_reader_subscribes_confirms_and_leaves(visit, portal):
    visitor = visit(width=390)
    visitor.open("/subscribe/")
    visitor.page.fill('input[name="email"]', "reader@new.example")
    visitor.page.locator('input[name="agrees"]').check()
    read_page(visitor)
    send(visitor)
    visitor.open(link_in(last_mail_to(portal, "reader@new.example"), "/confirm/"))
    send(visitor)
    assert visitor.page.get_by_role("heading", level=1).count() == 1
    visitor.scan()


def test_the_public_finds_a_record_by_a_misspelt_word(visit):
    visitor = visit()
    visitor.open("/")
    field = visitor.page.locator('main input[name="q"]')
    field.fill("hibiscos")
    with visitor.page.expect_navigation(url=re.compile("q=hibiscos")):
        field.press("Enter")
    found = visitor.page.get_by_role("link", name="Pro-Poor Hibiscus Value Chain Partnership", exact=True)
    assert found.count() == 1


@pytest.mark.parametrize("language", ["", "ru"], ids=["english", "russian"])
def test_a_record_with_every_field_prints_on_two_pages(visit, language):
    """The complete record of the demonstration, also in the language whose words are longest."""
    reader = visit(language=language)
    reader.open("/partnerships/?q=evening+radio")
    reader.press(reader.page.get_by_role("link", name="Growers’ evening radio (fictional)", exact=True))
    assert "evening-radio" in reader.page.url
    reader.scan()
    paper = reader.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
