"""A real browser before the real portal: the server of these tests is what `make run` starts.

Every page that a test opens is watched: a console error, a page error, a request to another host or a
server error fails the test that caused it.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (Path(__file__).parent / "axe.min.js").read_text()
AXE_RUN = """async () => {
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const result = await axe.run(document, {runOnly});
    return result.violations.map(v => `${v.id}: ` + v.nodes.map(n => n.target.join(" ")).join(", "));
}"""
PASSWORD = "common-ground-demo"
SIGN_IN_BUTTON = 'form:has(input[name="password"]) button'
# How long a test waits for what has to come: long, as no run is quicker for a smaller number.
PATIENCE_SECONDS = 300

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=PATIENCE_SECONDS * 1000)

# These wait for the screening worker, which first builds its name tagger: meanwhile the others run.
NEED_THE_SCREENING_WORKER = ("test_casework.py", "test_registration.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name in NEED_THE_SCREENING_WORKER)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail(
            "No Chromium found. Install it: apt-get install -y --no-install-recommends chromium "
            "fonts-noto-core fonts-noto-cjk (or name its path in CHROMIUM)."
        )
    flags = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {"executable_path": path, "args": flags}


class Portal:
    def __init__(self, url: str, data: Path, process: subprocess.Popen):
        self.url, self.data, self.process = url, data, process
        self.sessions: dict[str, dict] = {}  # cookie by e-mail address

    def mails(self) -> list[Path]:
        return sorted((self.data / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)

    @contextmanager
    def mail_waits(self) -> Iterator[None]:
        """The mail server stands still meanwhile: what is being sent stays with its sender."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        children = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
        (sink,) = (pid for pid in children if b"mailsink" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(sink, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(sink, signal.SIGCONT)


@pytest.fixture(scope="session")
def portal(tmp_path_factory) -> Iterator[Portal]:
    """The whole portal with its demonstration, on a free port and an empty data folder."""
    folder = tmp_path_factory.mktemp("portal")
    data, output = folder / "data", folder / "output"
    port = free_port()
    env = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO")
    }
    env |= {"PORT": str(port), "PORTAL_DATA": str(data)}
    log = output.open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.one_machine"], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Demo accounts" not in output.read_text():  # said once it serves and the demonstration is there
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("The portal did not start:\n" + output.read_text()[-4000:])
            time.sleep(0.2)
        yield Portal(url, data, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE_SECONDS)
        log.close()


class Visitor:
    """A person at the portal: opens pages, signs in, and notices what a person would complain about."""

    def __init__(self, page: Page, portal: Portal):
        self.page, self.portal = page, portal
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message) -> None:
        # The browser itself reports every 4xx page as an error; the status is judged by the test.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.portal.url, "data:")):
            self.complaints.append(f"asked another host: {request.url}")

    def _response(self, response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} from {response.url}")

    def open(self, path: str):
        response = self.page.goto(self.portal.url + path)
        assert response is not None
        return response

    def press(self, control: Locator) -> None:
        """Press what leads to a page, and be on it."""
        with self.page.expect_navigation():
            control.click()

    def wait_until(self, path: str, is_so: Callable[[], bool]) -> None:
        """Look at a page anew until it shows what a worker does."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        self.open(path)
        while not is_so():
            assert time.monotonic() < give_up_at, f"{path} does not show it within {PATIENCE_SECONDS} s"
            time.sleep(0.5)
            self.open(path)

    def sign_in(self, email: str) -> None:
        """By the form the first time; later with that session, as the limit on sign-ins holds here too."""
        if email in self.portal.sessions:
            self.page.context.add_cookies([self.portal.sessions[email]])
            return
        self.open("/account/login/")
        self.page.locator('input[name="login"]').fill(email)
        self.page.locator('input[name="password"]').fill(PASSWORD)
        self.press(self.page.locator(SIGN_IN_BUTTON).first)
        self.page.wait_for_url(re.compile(r"/desk/"))
        self.portal.sessions[email] = next(
            cookie for cookie in self.page.context.cookies() if cookie["name"] == "session"
        )

    def scan(self) -> None:
        """axe-core over the page as it stands: WCAG 2.2 A and AA, nothing may be found."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(AXE_RUN)
        assert found == [], f"{self.page.url}: {found}"

    def fits_width(self) -> None:
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} px"


@pytest.fixture
def visit(browser: Browser, portal: Portal) -> Iterator:
    """Make visitors: `visit()`, `visit(width=390)`, `visit(language="ar")`, `visit(script=False)`."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def make(*, width: int = 1280, language: str = "", script: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale="en-GB"
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        if language:
            context.add_cookies([{"name": "language", "value": language, "url": portal.url}])
        visitors.append(Visitor(context.new_page(), portal))
        return visitors[-1]

    yield make
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
