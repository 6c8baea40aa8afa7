"""A focal point brings a record of each type from the idea to its end, and the public finds it."""

import re
from datetime import date

import pytest

pytestmark = pytest.mark.browser

CLEARED = "Tamarind Bay Logistics Ltd."
TYPES = {
    "core_business": ("Cold lorries for smallholders", "value_chain"),
    "social_investment": ("Lorries on call after cyclones", "giving"),
    "advocacy_policy": ("Safe roads for school children", "audience"),
}


class Clerk:
    """A focal point at the pages of one record."""

    def __init__(self, visitor):
        self.visitor, self.page, self.address = visitor, visitor.page, ""

    def press(self, name: str) -> None:
        self.visitor.press(self.page.get_by_role("button", name=name, exact=True).first)

    def topic(self, name: str, **answers: str) -> None:
        """Answer a topic of the task list: texts by field, "=" before what is chosen from a list."""
        self.visitor.open(f"{self.address}{name}/")
        for field, answer in answers.items():
            self.answer(field, answer)
        self.press("Save and come back later")
        assert self.page.url.endswith(self.address), self.page.locator("main").inner_text()

    def answer(self, field: str, answer: str) -> None:
        control = self.page.locator(f'[name="{field}"]')
        self.unfold(f'[name="{field}"]')
        if answer.startswith("="):
            control.select_option(answer[1:])
        else:
            control.fill(answer)

    def tick(self, field: str, value: str) -> None:
        self.unfold(f'[name="{field}"][value="{value}"]')
        self.page.locator(f'[name="{field}"][value="{value}"]').check()

    def unfold(self, control: str) -> None:
        fold = self.page.locator(f"details:has({control}):not([open]) > summary")
        if fold.count():
            fold.first.click()

    def move_on(self, state: str) -> None:
        self.visitor.open(self.address)
        self.press(f"Move on to “{state}”")
        assert f"Now: {state}." in self.page.locator("main").inner_text() or self.state() == state

    def state(self) -> str:
        return self.page.locator(".cg-idbar__facts dd").first.inner_text().strip()


def wait_until_cleared(visitor) -> None:
    """The worker brings the demonstration company to its clearance after the start."""
    visitor.open("/desk/companies/?q=Tamarind")
    visitor.press(visitor.page.get_by_role("link", name=CLEARED).first)
    company = visitor.page.url.removeprefix(visitor.portal.url)
    visitor.wait_until(company, lambda: "valid until" in visitor.page.locator("main").inner_text().lower())


@pytest.mark.parametrize("kind", TYPES)
def test_a_record_of_each_type_from_the_idea_to_its_lessons(visit, portal, kind):
    title, question = TYPES[kind]
    visitor = visit()
    visitor.sign_in("focal@demo.example")
    wait_until_cleared(visitor)
    clerk = Clerk(visitor)
    page = visitor.page

    visitor.open("/desk/partnerships/new/")
    page.fill('[name="title"]', title)
    page.locator(f'input[name="partnership_type"][value="{kind}"]').check()
    page.fill('[name="summary"]', "Lorries carry food and people where the rivers cut the roads.")
    clerk.press("Save and continue")
    found = re.search(r"/desk/partnerships/(P-\d+)/", page.url)
    assert found, page.locator("main").inner_text()
    reference, clerk.address = found[1], f"/desk/partnerships/{found[1]}/"
    assert "Name at least one company or partner." in page.locator("main").inner_text()
    assert page.get_by_role("button", name=re.compile("Move on")).count() == 0

    clerk.topic("details", **{question: "Told in the words of this type."})
    visitor.open(f"{clerk.address}company/?q=Tamarind")
    visitor.press(page.locator("form", has=page.locator('input[name="company"]')).get_by_role("button").first)
    clerk.topic(
        "parties", **{"parties-0-role": "Carrier", "parties-0-responsibilities": "Drives within two days."}
    )
    visitor.open(f"{clerk.address}goals/")
    clerk.tick("purposes", "operational_delivery")
    clerk.tick("targets", "11.5")
    clerk.press("Save and come back later")
    visitor.open(f"{clerk.address}places/")
    clerk.tick("countries", "BGD")
    clerk.press("Save and come back later")
    clerk.topic(
        "contributions",
        **{
            "contributions-0-kind": "=in_kind_services",
            "contributions-0-giver": CLEARED,
            "contributions-0-quantity": "12",
            "contributions-0-unit": "lorries",
            "contributions-0-valuation_method": "=market_price",
        },
    )
    clerk.topic(
        "benefits",
        expected_benefits="Food two days earlier.",
        expected_costs="Forty staff days.",
        benefits_outweigh="=true",
    )
    visitor.open(clerk.address)
    visitor.scan()
    clerk.move_on("Screening")
    clerk.move_on("Design")
    clerk.topic(
        "results",
        **{
            "indicators-0-name": "Families reached within two days",
            "indicators-0-level": "=outcome",
            "indicators-0-baseline": "0",
            "indicators-0-target": "4000",
        },
    )
    clerk.topic("evaluation", evaluation_plan="By an outsider after two years.")
    clerk.move_on("Agreement")
    clerk.topic("agreement", agreement_kind="=memorandum", agreement_signed=f"{date.today():%Y-%m}")
    clerk.move_on("Active")
    clerk.press("Show to everybody")

    visitor.open(f"{clerk.address}report/")
    visitor.scan()
    page.fill('[name="progress"]', "Lorries left within a day, four times.")
    page.fill('[name="results-0-value"]', "3100")
    page.locator('[name="decision"][value="close"]').check()
    page.fill('[name="decision_note"]', "The government runs it now.")
    clerk.press("Save and hand in")
    visitor.open(clerk.address)
    assert clerk.state() == "Closing"
    clerk.topic("closing", final_report="It ran for two years.", lessons="Agree on fuel before the storm.")
    clerk.topic("evaluation", no_evaluation_reason="Handed over before it was due.")
    clerk.move_on("Closed")

    reader = visit(width=390)
    reader.open("/partnerships/?country=BGD&target=11.5&q=lorrys")
    assert reader.page.get_by_role("link", name=title, exact=True).count() == 1
    reader.open(f"/partnerships/{reference}/")
    words = reader.page.locator("main").inner_text()
    for told in (
        "3,100",
        "Agree on fuel before the storm.",
        "Report 1",
        "Told in the words of this type.",
        "12 lorries",
        "Market price",
        "Drives within two days.",
        "It ran for two years.",
    ):
        assert told in words, told
    reader.scan()
    reader.fits_width()
