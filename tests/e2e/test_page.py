"""The chat page in a real browser, as officers use it."""

import json
import os
import re
import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from test_api_server import find_built_data, running_server

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
# What the page must survive: hostile text, a list, every kind of notice, an address that is none, words of our own.
ODD_ANSWER = {
    "id": "0",
    "question": "<img src=x onerror=alert(1)> " + "x" * 300,
    "status": "partial",
    "statements": [
        {"text": "<b>Three</b> themes:\n- exit\n- open formats", "kind": "quoted", "citations": [1]},
        {"text": "There are two more.", "kind": "verified", "citations": [2, 3]},
    ],
    "citations": [
        {"number": number, "quote": "q", "passage_id": f"s-{number}:0", "source_id": f"s-{number}", "ref": None}
        | {
            "publisher": "LGA",
            "title": f"Guide {number}",
            "url": url,
            "page": page,
            "heading_path": ["Part", "Chapter"],
        }
        | {"published": published, "source_status": status, "content": content}
        for number, url, page, published, status, content in [
            (1, "https://www.local.gov.uk/guide#page=4", 4, "2020-11-03", "superseded", "original"),
            (2, "javascript:alert(1)", None, "2020-11", "current", "digest"),
            (3, None, None, None, "current", "digest"),
        ]
    ],
    "notices": [
        {"kind": kind, "text": f"Text of {kind}.", "source_ids": []}
        for kind in ("digest", "changed_term", "superseded", "conflict", "date", "nation")
    ],
    "suggestion": "Ask about the fourth theme.",
    "conversation_id": None,
    "build_id": "b",
}


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    with running_server(find_built_data(request), tmp_path_factory.mktemp("page") / "log.txt") as running:
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
    page.goto("/")
    return page


def answer_with(page: Page, answer: object, status: int = 200) -> None:
    page.route("**/v1/chat", lambda route: route.fulfill(status=status, json=answer))


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
    expect(page.get_by_role("article").last).to_contain_text("I can't answer that from the guidance I hold.")
    expect(page.get_by_role("heading", name="Not answered")).to_be_focused()
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


def test_an_odd_answer_is_shown_as_text(page):
    answer_with(page, ODD_ANSWER)
    ask(page)
    article = page.get_by_role("article")
    expect(article.locator(".asked")).to_contain_text("<img src=x onerror=alert(1)>")
    assert article.locator("img, b, script").count() == 0
    expect(article.get_by_role("heading", name="Answer to part of the question")).to_be_focused()
    quote = article.get_by_role("blockquote")
    expect(quote).to_have_count(1)
    expect(quote.get_by_role("paragraph")).to_have_text("<b>Three</b> themes:")
    expect(quote.get_by_role("listitem")).to_have_text(["exit", "open formats"])
    expect(article).to_contain_text("There are two more.")
    expect(article).to_contain_text("Ask about the fourth theme.")
    expect(article).to_contain_text("LGA · 3 November 2020 · original · superseded")
    expect(article).to_contain_text("[1] page 4, under “Part › Chapter”")
    outside = article.get_by_role("link", name="Read more at")
    expect(outside).to_have_count(1)
    expect(outside).to_have_attribute("href", "https://www.local.gov.uk/guide#page=4")
    expect(outside).to_have_attribute("rel", "noopener noreferrer")
    assert article.locator("[href^='javascript']").count() == 0


def test_grave_notices_come_before_the_quotes_and_the_others_after(page):
    answer_with(page, ODD_ANSWER)
    ask(page)
    text = page.get_by_role("article").inner_text()
    order = (
        "Before you rely on this",
        "Sources disagree: Text of conflict.",
        "Guidance held on this:",
        "There are two more.",
        "Text of digest.",
        "Text of changed_term.",
        "Sources\n",
    )
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    for kind in ("superseded", "date", "nation"):
        assert text.index(f"Text of {kind}.") < text.index("Guidance held on this:")


@pytest.mark.parametrize(
    ("status", "body", "words", "is_question"),
    [
        (422, {"detail": "The question holds no words."}, "The question holds no words.", True),
        (413, {"detail": "Too long."}, "The question is too long. Ask about one thing at a time.", True),
        (503, {"detail": "No index."}, "The guidance can’t be searched at the moment. Your question is kept", False),
        (500, {"detail": "Oh.", "request_id": "trace-0123"}, "report this reference: trace-0123.", False),
        (502, "<html>", "Something went wrong. Your question is kept: try again.", False),
    ],
)
def test_an_error_is_said_at_the_form_and_the_question_is_kept(page, status, body, words, is_question):
    answer_with(page, body, status)
    ask(page)
    field = page.get_by_label("Your question")
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(field).to_have_value(QUESTION)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(re.escape(words)))
    assert (field.get_attribute("aria-invalid") == "true") is is_question
    expect(page.get_by_role("button", name="Ask", exact=True)).to_have_attribute("aria-disabled", "false")
    page.unroute("**/v1/chat")
    field.press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_text("")
    assert field.get_attribute("aria-invalid") is None


def test_the_server_s_own_words_for_an_empty_question(page):
    ask(page, "   ")
    expect(page.get_by_role("alert")).to_have_text("The question is empty. Type a question about buying technology.")
    assert page.get_by_role("article").count() == 0


@pytest.mark.parametrize("answer", [[], {"status": "answered"}])
def test_an_answer_that_can_not_be_shown_is_an_error(page, answer):
    answer_with(page, answer)
    ask(page)
    expect(page.get_by_role("alert")).to_contain_text("The answer can’t be shown.")


def test_no_connection_is_said_in_words(page):
    page.route("**/v1/chat", lambda route: route.abort())
    ask(page)
    expect(page.get_by_role("alert")).to_contain_text("The service can’t be reached. Your question is kept")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)


def test_the_characters_left_are_counted(page):
    field = page.get_by_label("Your question")
    field.fill("a" * 1_999)
    expect(page.locator("#question-count")).to_have_text("1 character left")
    field.fill("a" * 2_012)
    expect(page.locator("#question-count")).to_have_text("12 characters too many")
    expect(page.locator("#count-announcement")).to_have_text("12 characters too many")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The question has 2,012 characters; at most 2,000 can be read.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_window(page, context, scheme):
    def overflow(shown: Page) -> int:
        return shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme=scheme)
    assert overflow(page) == 0
    answer_with(page, ODD_ANSWER)
    ask(page)
    expect(page.get_by_role("article")).to_be_visible()
    assert overflow(page) == 0
    page.unroute("**/v1/chat")
    ask(page)
    with context.expect_page() as opened:
        page.get_by_role("article").last.get_by_role("link", name="Open passage 1 (new tab)").click()
    opened.value.set_viewport_size({"width": 320, "height": 640})
    assert overflow(opened.value) == 0


def test_targets_are_large_enough_to_hit(page):
    ask(page)
    expect(page.get_by_role("article")).to_be_visible()
    boxes = page.evaluate(
        "[...document.querySelectorAll('button, article a')].filter(element => element.checkVisibility())"
        ".map(element => [element.textContent, element.getBoundingClientRect().width, element.getBoundingClientRect().height])"
    )
    assert len(boxes) > 3
    # WCAG 2.2, success criterion 2.5.8.
    assert [box for box in boxes if min(box[1:]) < 24] == []


def test_nothing_moves_where_motion_is_not_wanted(page):
    page.route("**/v1/chat", lambda route: None)
    animation = "getComputedStyle(document.getElementById('status'), '::after').animationName"
    ask(page)
    expect(page.get_by_role("status")).to_have_text("Searching the guidance")
    assert page.evaluate(animation) == "pulse"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(animation) == "none"


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


def test_openapi_can_be_read(page):
    response = page.request.get("/openapi.json")
    assert set(json.loads(response.text())["paths"]) >= {
        "/v1/chat",
        "/v1/sources",
        "/v1/passages/{passage_id}",
        "/v1/corpus",
    }
