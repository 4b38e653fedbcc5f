"""The chat page in a real browser, as officers use it. What it must withstand is in test_api_page_limits.py."""

import os
import re
import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright
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


@pytest.fixture(scope="module")
def server(built_data, tmp_path_factory):
    with running_server(built_data, tmp_path_factory.mktemp("page") / "log.txt") as running:
        yield running


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


@pytest.fixture
def context(browser, server):
    """A window whose pages, opened from one another too, must not complain or ask another server."""
    complaints, requested = [], []
    context = browser.new_context(base_url=server.address, viewport={"width": 1024, "height": 800})
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', event => console.error('CSP: ' + event.violatedDirective))"
    )
    context.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda request: requested.append(request.url))
    yield context
    cookies = context.cookies()
    context.close()
    # A response that a test made fail is reported by the browser itself.
    assert [text for text in complaints if not text.startswith("Failed to load resource")] == []
    assert [url for url in requested if not url.startswith(server.address + "/")] == []
    assert cookies == []


@pytest.fixture
def page(context):
    page = context.new_page()
    page.goto("/widget/index.html")
    return page


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_the_first_view_says_what_this_is_and_what_not_to_do(page):
    expect(page).to_have_title("Procurement guidance assistant")
    expect(page.get_by_role("heading", level=1)).to_have_text("Procurement guidance assistant")
    expect(page.get_by_role("main")).to_contain_text(
        "Answers are quotes from guidance this service holds. Check the source before you rely on it. "
        "Do not enter personal information."
    )
    expect(page.get_by_text("Press Enter to send, or Shift and Enter for a new line.")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_accessible_description(
        re.compile("Press Enter.*2,000 characters left")
    )


def test_an_answer_shows_quotes_and_their_sources(page):
    ask(page)
    article = page.get_by_role("article", name=f"You asked: {QUESTION}")
    expect(article.get_by_role("heading", name="Answer", exact=True)).to_be_focused()
    expect(article).to_contain_text("Guidance held on this:")
    assert article.get_by_role("blockquote").count() >= 1
    expect(article.get_by_role("heading", name="Sources")).to_be_visible()
    expect(article).to_contain_text("LOTI · November 2020 · our summary")
    expect(article).to_contain_text("from our own summaries")
    expect(page.get_by_label("Your question")).to_have_value("")
    expect(page.get_by_role("heading", name="For example")).to_be_hidden()


def test_the_passage_opens_at_the_quote(page, context):
    ask(page)
    quote = page.get_by_role("blockquote").first.inner_text()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Open passage 1 (new tab)").click()
    passage = opened.value
    expect(passage.locator("mark")).to_have_text(quote)
    expect(passage.locator("mark")).to_be_in_viewport()
    expect(passage.get_by_role("heading", level=1)).to_have_text("Tender wording for data access and API requirements")
    assert passage.evaluate("window.opener") is None


def test_everything_can_be_done_from_the_keyboard(page, context):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the question")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the question")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("Can a supplier charge us")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("to get our own data out?")
    expect(page.get_by_label("Your question")).to_have_value("Can a supplier charge us\nto get our own data out?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Source 1", exact=True)).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#answer-1-citation-1")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Open passage 1 (new tab)")).to_be_focused()
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("mark")).to_be_visible()


def test_an_example_is_asked_at_a_press(page):
    example = page.get_by_role("button", name="Can I still run an innovation partnership?")
    example.press("Enter")
    article = page.get_by_role("article", name="You asked: Can I still run an innovation partnership?")
    expect(article.get_by_role("heading", name="Before you rely on this")).to_be_visible()
    expect(article).to_contain_text("Older or replaced guidance:")


def test_answers_stay_in_the_order_of_the_questions(page):
    for question in (QUESTION, "What is the weather in Leeds?"):
        ask(page, question)
        expect(page.get_by_role("article", name=f"You asked: {question}")).to_be_visible()
    assert page.get_by_role("article").count() == 2
    expect(page.get_by_role("article").last).to_contain_text("weather in Leeds")
    expect(page.get_by_role("article").last).to_contain_text("how UK councils buy technology")
    expect(page.get_by_role("heading", name="Outside what this service covers")).to_be_focused()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))


def test_while_it_works_it_says_so_and_takes_no_second_question(page):
    held = []
    page.route("**/v1/chat", lambda route: held.append(route))
    page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(document.getElementById('status').textContent))"
        ".observe(document.getElementById('status'), {childList: true})"
    )
    ask(page)
    button = page.get_by_role("button", name="Ask", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("status")).to_have_text("Searching the guidance")
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(page.get_by_label("Your question")).not_to_be_editable()
    button.click(force=True)
    page.get_by_label("Your question").press("Enter")
    assert len(held) == 1
    held[0].continue_()
    expect(button).to_have_attribute("aria-disabled", "false")
    said = page.evaluate("said")
    assert said[0] == "Searching the guidance"
    assert len(said) == 2
    assert re.fullmatch(r"Answer found: \d quotes? from \d sources?\.", said[1])


def test_the_characters_left_are_counted(page):
    field = page.get_by_label("Your question")
    field.fill("a" * 1_999)
    expect(page.locator("#question-count")).to_have_text("1 character left")
    field.fill("a" * 2_012)
    expect(page.locator("#question-count")).to_have_text("12 characters too many")
    expect(page.locator("#count-announcement")).to_have_text("12 characters too many")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The question has 2,012 characters; at most 2,000 can be read.")


def test_without_javascript_the_page_says_what_is_missing(browser, server):
    with browser.new_context(base_url=server.address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        # Playwright looks into no noscript element by text.
        expect(page.locator("noscript p")).to_be_visible()
        expect(page.locator("noscript p")).to_contain_text("This page needs JavaScript, which is turned off.")
        expect(page.get_by_label("Your question")).to_be_hidden()


def test_a_passage_that_is_gone_is_said_on_a_page(page):
    response = page.goto("/passages/lga-gone:0123456789abcdef")
    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Not held")
    expect(page.get_by_role("link", name="Ask a question")).to_be_visible()
