"""A case of due diligence in a browser: with the keyboard alone, in Arabic on a phone, and without script."""

import re

import pytest
from playwright.sync_api import expect

from screening.labels import TYPES
from tests.browser.test_journeys import send

pytestmark = pytest.mark.browser
CHOOSE_THE_MILDEST = """selects => selects.forEach(select => {
    const values = [...select.options].map(option => option.value);
    select.value = ["clear", "none", "not_shown"].find(value => values.includes(value));
})"""

NOTE_THE_NEXT_SWAP = """() => {
    window.nextSwap = new Promise(
        done => document.addEventListener("htmx:afterSwap", () => done(), {once: true}));
}"""


def assess(analyst, address: str) -> None:
    """Answer every criterion of a case with evidence, then write the plan."""
    analyst.open(f"{address}assessment/")
    send(analyst, "Begin the assessment")
    for kind in TYPES:
        analyst.open(f"{address}assessment/{kind}/")
        analyst.page.locator('select[name$="-answer"]').evaluate_all(CHOOSE_THE_MILDEST)
        analyst.page.fill('textarea[name="shared_evidence"]', "Searched the press on this day: nothing.")
        send(analyst, "Save and return")
    analyst.open(f"{address}assessment/")
    analyst.scan()
    analyst.page.fill('textarea[name="benefit_and_cost"]', "Worth the work it asks for.")
    analyst.page.locator('input[name="has_no_conflict"]').check()
    send(analyst, "Save the plan")


def without_script(visit):
    visitor = visit(script=False)
    visitor.scan = lambda: None  # axe itself needs script
    return visitor


def ask_for(desk, name: str) -> str:
    """The registry desk records a company and asks for its screening. Returns the address of the case."""
    desk.sign_in("desk@demo.example")
    desk.open("/desk/companies/new/")
    desk.page.fill('input[name="name"]', name)
    desk.page.select_option('select[name="country"]', "KEN")
    save = desk.page.get_by_role("button", name="Save", exact=True)
    desk.press(save)
    if "/new/" in desk.page.url:  # companies of a like name are there already
        desk.page.get_by_label("It is another company").check()
        desk.press(save)
    found = re.search(r"/desk/companies/([0-9a-f-]{36})/", desk.page.url)
    assert found, desk.page.locator("main").inner_text()
    desk.open(f"/cases/new/?company={found[1]}")
    desk.page.select_option('select[name="entity"]', "WFP")
    desk.page.locator('input[name="tier"][value="standard"]').check()
    desk.page.fill('textarea[name="purpose"]', "Gravel for the roads to four storehouses.")
    send(desk)
    found = re.search(r"(/cases/C-[^/]+/)", desk.page.url)
    assert found, desk.page.locator("main").inner_text()
    return found[1]


def wait_for_hits(analyst, address: str) -> None:
    """The worker compares the company with the lists."""
    analyst.wait_until(address, lambda: analyst.page.locator(".cg-hits a").count() > 0)


def label_hit(analyst, outcome: str, reason: str) -> None:
    analyst.press(analyst.page.locator(".cg-hits a").first)
    analyst.page.locator(f'input[name="outcome"][value="{outcome}"]').check()
    analyst.page.select_option('select[name="reason"]', reason)
    analyst.page.fill('textarea[name="comment"]', "Compared name, country and owners.")
    analyst.press(analyst.page.locator('form:has([name="outcome"]) button.govuk-button'))


def recommend(analyst, address: str, outcome: str) -> None:
    analyst.open(address)
    form = analyst.page.locator(f'form[action="{address}recommendation/"]')
    form.locator(f'input[name="outcome"][value="{outcome}"]').check()
    form.locator('textarea[name="note"]').fill("What was found and what it means.")
    analyst.press(form.locator("button"))


def decide(decider, address: str, outcome: str, *reasons: str) -> None:
    decider.open(f"{address}decision/")
    decider.page.locator(f'input[name="outcome"][value="{outcome}"]').check()
    if reasons:
        decider.page.get_by_text("Reasons of a refusal").first.click()
    for reason in reasons:
        decider.page.locator(f'input[name="reason_codes"][value="{reason}"]').check()
    decider.page.fill('textarea[name="note"]', "I read the file and agree.")
    decider.page.locator('input[name="has_no_conflict"]').check()
    send(decider, "Record the decision")


def test_an_analyst_works_with_the_keyboard_alone(visit):
    address = ask_for(visit(), "Velmora Quarry Syndicate of the North")
    analyst = visit()
    page, press = analyst.page, analyst.page.keyboard.press

    def press_to_go(key: str) -> None:
        with page.expect_navigation():
            press(key)

    analyst.sign_in("analyst@demo.example")
    wait_for_hits(analyst, address)
    analyst.open("/cases/keys/")
    page.get_by_role("button", name="Turn them on").press("Enter")
    expect(page.get_by_role("button", name="Turn them off")).to_have_count(1)

    analyst.open("/cases/")
    press("/")
    page.keyboard.type("of the North")
    press("Enter")
    page.wait_for_url(re.compile("q=of"))
    page.wait_for_selector("#rows tr:only-of-type")
    page.wait_for_selector("#glance h2:has-text('of the North')")
    page.locator("h1").click()  # leaves the field, as Escape does not
    page.evaluate(NOTE_THE_NEXT_SWAP)
    press("j")
    page.evaluate("window.nextSwap")  # the pane is drawn anew: what is typed before would be lost
    analyst.scan()
    press("e")
    page.keyboard.type("The lorries leave on Monday.")
    press("Tab")
    press_to_go("Enter")
    expect(page.locator("#messages li")).to_have_count(1)

    analyst.open("/cases/")
    press_to_go("t")  # the escalated case comes first
    assert page.url.endswith(address)
    press("j")
    press_to_go("Enter")
    assert "/hits/" in page.url
    press("n")
    press("2")
    press("c")
    page.keyboard.type("Another country and other owners.")
    press("Tab")
    press_to_go("Enter")
    press_to_go("u")
    expect(page.locator("#messages li")).to_contain_text("Undone")
    press("n")
    press("1")
    press("c")
    page.keyboard.type("Another country and other owners.")
    press("Tab")
    press_to_go("Enter")
    assert page.url.endswith(address)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator(".cg-hits").get_by_text("False positive").count() == 1
    press_to_go("x")
    assert not page.url.endswith(address)
    press("g")
    press_to_go("c")
    assert page.url.endswith("/cases/")


def test_a_case_on_a_phone_in_arabic(visit):
    address = ask_for(visit(), "Velmora Quarry Syndicate of the South")
    analyst = visit(width=390, language="ar")
    analyst.sign_in("analyst@demo.example")
    wait_for_hits(analyst, address)
    assert analyst.page.locator("html").get_attribute("dir") == "rtl"
    analyst.press(analyst.page.locator(f'form[action="{address}take/"] button'))
    label_hit(analyst, "inconclusive", "more_needed")
    for page in ("", "assessment/", "dossier/", "decision/", "memo/"):
        analyst.open(address + page)
        analyst.fits_width()
        analyst.scan()
    analyst.open("/cases/?q=South")
    analyst.fits_width()
    analyst.scan()
    analyst.press(analyst.page.locator("[data-glance-of]"))  # a page of its own: there is no second pane
    assert "/glance/" in analyst.page.url
    analyst.fits_width()
    analyst.scan()


def test_a_case_without_script_is_approved_with_conditions(visit):
    address = ask_for(without_script(visit), "Velmora Quarry Syndicate of the East")
    analyst, decider = without_script(visit), without_script(visit)
    analyst.sign_in("analyst@demo.example")
    wait_for_hits(analyst, address)
    label_hit(analyst, "false_positive", "other_country")
    assess(analyst, address)
    analyst.open(address)
    analyst.page.get_by_text("Add a condition").click()
    form = analyst.page.locator(f'form[action="{address}conditions/"]')
    form.locator('input[name="text"]').fill("Names its quarries")
    for part, value in zip(form.locator('input[name^="due_on"]').all(), ("28", "2", "2031"), strict=True):
        part.fill(value)
    analyst.press(form.locator("button"))
    recommend(analyst, address, "approved_with_conditions")
    decider.sign_in("decider@demo.example")
    decide(decider, address, "approved_with_conditions")
    decider.open(f"{address}memo/")
    words = decider.page.locator("main").inner_text()
    for told in ("Approved with conditions", "Names its quarries", "Low", "Different country"):
        assert told in words, told


def test_a_case_without_script_is_refused(visit):
    address = ask_for(without_script(visit), "Velmora Quarry Syndicate")
    analyst, decider = without_script(visit), without_script(visit)
    analyst.sign_in("analyst@demo.example")
    wait_for_hits(analyst, address)
    label_hit(analyst, "true_match", "facts_agree")
    analyst.open(f"{address}assessment/")
    send(analyst, "Begin the assessment")
    analyst.page.locator('input[name="has_no_conflict"]').check()
    send(analyst, "Save the plan")
    recommend(analyst, address, "not_eligible")
    decider.sign_in("decider@demo.example")
    decide(decider, address, "not_eligible", "exclusion")
    decider.open(address)
    words = decider.page.locator("main").inner_text()
    for told in ("Not eligible", "Excluded", "An exclusionary criterion is met"):
        assert told in words, told
    for step in ("Asked for", "Hit decided, True match", "Assessment begun", "Recommended", "Decided"):
        assert step in words, step
