"""The newsletter from the composer to the mailbox, on the portal that `make run` starts."""

import email
import email.policy
import re
import urllib.request
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.browser.test_journeys import last_mail_to, link_in, read_page

pytestmark = pytest.mark.browser

READER = "nadia@journey.example"
LISTED = 300


def issue_mail_to(portal, address: str) -> EmailMessage:
    for path in reversed(portal.mails()):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if mail["List-Unsubscribe"] and address in str(mail["To"]):
            return mail
    raise AssertionError(f"no issue went to {address}")


def press(visitor, name: str) -> None:
    """Press a button and be on the page it leads to."""
    visitor.press(visitor.page.get_by_role("button", name=name, exact=True).first)


def send(visitor) -> None:
    """Press the main button of the page's form."""
    visitor.press(visitor.page.locator("main form button.govuk-button").first)


def counts(visitor) -> dict[str, int]:
    """The ledger as the page shows it: readers by state, and the audience in its last row."""
    rows = visitor.page.locator("#ledger tr:has(td)").all_inner_texts()
    return {row.rsplit("\t", 1)[0].strip(): int(row.rsplit("\t", 1)[1]) for row in rows}


def is_under_way(found: dict[str, int]) -> bool:
    return found.get("Taken by a worker", 0) + found.get("Being handed over", 0) > 0


def test_an_issue_in_two_languages_from_draft_to_mailbox(visit, portal):
    reader, editor, second = visit(width=390), visit(), visit()

    reader.open("/subscribe/")
    reader.page.fill('input[name="email"]', READER)
    reader.page.select_option('select[name="language"]', "fr")
    reader.page.locator('input[name="agrees"]').check()
    read_page(reader)
    send(reader)
    reader.open(link_in(last_mail_to(portal, READER), "/confirm/"))
    send(reader)

    editor.sign_in("editor@demo.example")
    editor.open("/newsletter/readers/")
    rows = "email,language\n" + "".join(
        f"r{n}@journey.example,{'fr' if n % 3 else 'en'}\n" for n in range(LISTED)
    )
    editor.page.set_input_files(
        'input[type="file"]',
        {"name": "list.csv", "mimeType": "text/csv", "buffer": (rows + "no address,\n").encode()},
    )
    editor.page.fill('[name="consent_source"]', "Sign-up sheets of a meeting, kept by the secretariat")
    press(editor, "Take in the list")
    expect(editor.page.get_by_text("Not a mail address").first).to_be_visible()
    editor.scan()

    editor.open("/newsletter/")
    editor.page.fill('[name="title"]', "What begins this quarter")
    press(editor, "Begin a draft")
    issue = re.sub(r"[?#].*", "", editor.page.url).removeprefix(portal.url)
    editor.open(f"{issue}details/")
    editor.page.locator('input[name="languages"][value="fr"]').check()
    editor.page.fill('[name="growth_reason"]', "Participants of a meeting joined, with their consent.")
    send(editor)
    editor.open(f"{issue}write/?section=from_the_desk")
    editor.page.fill('[name="text"]', "Three records joined. See [what is needed](/needs/).")
    send(editor)
    editor.open(f"{issue}?edition=fr&block=from_the_desk")
    editor.press(editor.page.locator("#from_the_desk a", has_text=re.compile("^Translate")))
    editor.page.fill('[name="text"]', "Trois dossiers de plus. Voir [ce qui manque](/needs/).")
    send(editor)
    editor.open(f"{issue}title/?edition=fr")
    editor.page.fill('[name="title"]', "Ce qui commence ce trimestre")
    send(editor)
    press(editor, "Send for review")
    expect(editor.page.locator("#messages")).to_contain_text("French edition is missing")
    editor.open(f"{issue}?edition=fr")
    press(editor, "Let English stand in where this edition has no text")
    editor.scan()
    press(editor, "Send for review")
    expect(editor.page.locator(".cg-idbar")).to_contain_text("In review")

    second.sign_in("editor2@demo.example")
    second.open(issue)
    press(second, "Approve")
    with portal.mail_waits():
        press(second, "Send now")
        with second.page.expect_navigation():  # in one go, as this page draws itself anew while it sends
            second.page.get_by_role("button", name="Pause").evaluate("button => button.click()")
        expect(second.page.locator(".cg-idbar")).to_contain_text("Paused")
    second.wait_until(issue, lambda: not is_under_way(counts(second)))
    paused = counts(second)
    second.page.wait_for_timeout(700)
    second.open(issue)
    assert counts(second) == paused
    assert paused["Queued"] > 0
    press(second, "Go on")
    expect(second.page.locator(".cg-idbar")).to_contain_text("ended")
    second.open(issue)
    second.scan()
    result = counts(second)
    audience = result.pop("Audience")
    assert sum(result.values()) == audience
    assert result["Sent"] > LISTED

    mail = issue_mail_to(portal, READER)
    assert mail["Subject"] == "Ce qui commence ce trimestre"
    text = mail.get_body(("plain",)).get_content()
    assert "Trois dossiers de plus" in text
    reader.open(link_in(text, "/preferences/"))
    reader.page.locator('input[name="topics"][value="learning"]').check()
    send(reader)
    reader.scan()
    assert reader.page.locator('input[name="topics"][value="learning"]').is_checked()
    one_click = mail["List-Unsubscribe"].strip("<>").replace("//localhost:", "//127.0.0.1:")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with urllib.request.urlopen(one_click, b"List-Unsubscribe=One-Click", timeout=20) as answer:
        assert answer.status == 200
    reader.open(one_click.removeprefix(portal.url))
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(
        re.compile("unsubscribed", re.IGNORECASE)
    )
