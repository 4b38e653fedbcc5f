"""The chat page in a real browser: hostile answers, failures, narrow windows."""

# ruff: noqa: F401, F811
# The fixtures come from test_page, and are named again where they are used.

import re

import pytest
from playwright.sync_api import Page, expect
from test_page import QUESTION, ask, browser, context, page, server

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


def answer_with(page: Page, answer: object, status: int = 200) -> None:
    page.route("**/v1/chat", lambda route: route.fulfill(status=status, json=answer))


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
