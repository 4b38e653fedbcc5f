"""What tests in a real browser share: the browser, the real server, windows that must not complain, and a host page."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from scripted_service import ScriptedService, host_page, reply
from test_api_server import running_server

LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "Can a supplier charge us to get our own data out?"
OLD_LAW = "Can I still run an innovation partnership?"
# What the widget says is said for a second: each sentence is kept here, for tests to read.
_WATCH = """
addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective}`));
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().filter((entry) => !entry.hadRecentInput).map((entry) => entry.value)))
  .observe({ type: "layout-shift", buffered: true });
window.said = [];
const watch = () => {
  const place = document.querySelector("procurement-guidance")?.shadowRoot?.querySelector(".unseen[role=status]");
  if (!place) return requestAnimationFrame(watch);
  new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true });
};
watch();
"""

# Room for the widget before it is there, as docs/integrators.md has it.
_ROOM = "<style>:root { color-scheme: light dark } procurement-guidance { display: block; min-height: 100vh }</style>"


@pytest.fixture(scope="module")
def browser():
    path = shutil.which("chromium")
    if path is None:
        message = "Chromium is not installed: apt-get install chromium"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(built_data, tmp_path_factory):
    with running_server(built_data, tmp_path_factory.mktemp("page") / "log.txt") as running:
        yield running


@pytest.fixture(scope="module")
def scripted():
    with ScriptedService() as service:
        yield service


@pytest.fixture
def service(scripted):
    """The scripted service with an empty script."""
    scripted.script.plays.clear()
    scripted.script.asked.clear()
    return scripted


@contextlib.contextmanager
def window(browser: Browser, *addresses: str, complains: bool = False, **options: Any) -> Iterator[BrowserContext]:
    """A window whose pages must not complain, keep cookies or ask a server other than those at `addresses`."""
    complaints: list[str] = []
    requested: list[str] = []
    context = browser.new_context(base_url=addresses[0], viewport={"width": 1024, "height": 800}, **options)
    context.set_default_timeout(5_000)
    context.add_init_script(_WATCH)
    context.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda request: requested.append(request.url))
    try:
        yield context
        cookies = context.cookies()
    finally:
        context.close()
    # A response that a test made fail is reported by the browser itself.
    assert complains or [text for text in complaints if not text.startswith("Failed to load resource")] == []
    known = ("blob:", *(f"{address}/" for address in addresses))
    assert [url for url in requested if not url.startswith(known)] == []
    assert cookies == []


@pytest.fixture
def page(browser, service):
    """The widget on a plain page of the scripted service's own."""
    with window(browser, service.address) as context:
        yield opened(context, service)


def opened(context: BrowserContext, service: ScriptedService, attributes: str = "") -> Page:
    service.script["GET /host"] = reply(200, host_page(service.address, attributes, _ROOM), Content_Type="text/html")
    page = context.new_page()
    page.goto(f"{service.address}/host")
    expect(widget(page)).to_be_visible()
    return page


def widget(page: Page) -> Locator:
    """What is inside of the element; the page around it may hold a form of its own."""
    return page.locator("procurement-guidance .conversation")


def field(page: Page) -> Locator:
    return widget(page).get_by_label("Your question")


def ask(page: Page, question: str = QUESTION) -> None:
    field(page).fill(question)
    widget(page).get_by_role("button", name="Ask", exact=True).click()


def answered(page: Page, question: str = QUESTION) -> Locator:
    """Asks, and waits until the answer is there."""
    ask(page, question)
    article = widget(page).locator("article.newest.complete")
    expect(article).to_be_visible(timeout=15_000)
    return article


def shifted(page: Page) -> float:
    """How far the page moved by itself: cumulative layout shift (web.dev/cls), but over all of its life."""
    page.wait_for_timeout(100)
    return page.evaluate("shifts.reduce((sum, each) => sum + each, 0)")


def heard(page: Page, text: str) -> list[str]:
    """What has been announced, once `text` was. Playwright's own way to wait makes code of text, which the policy forbids."""
    for _ in range(100):
        said = page.evaluate("said")
        if text in said:
            return said
        page.wait_for_timeout(50)
    raise AssertionError(f"“{text}” was not announced, but {said}")
