"""Every state of the widget held against WCAG 2.2 A and AA by axe-core, in light and in dark, and what it asks of the system."""

# ruff: noqa: F401, F811
# The fixtures come from browsing, and are named again where they are used.

import threading
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import OLD_LAW, QUESTION, answered, ask, browser, field, opened, scripted, service, widget, window
from playwright.sync_api import Page, expect
from scripted_service import answer_as_asked, events, in_turn, problem, reply_json, stream
from test_widget_service import ANSWER, CONVERSATION, PASSAGE, STREAM, WARNING

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
PASSAGE_ADDRESS = "GET /v1/passages/loti-tender-wording-data-access%3A4b9efed85d74f31b"
FEEDBACK = f"POST /v1/answers/{ANSWER['id']}/feedback"
FULL = ANSWER | {
    "notices": [WARNING, WARNING | {"kind": "conflict"}, *ANSWER["notices"]],
    "next_questions": [OLD_LAW],
    "citations": [each | {"source_status": "superseded"} for each in ANSWER["citations"]],
}
NOT_ANSWERED = {"statements": [], "citations": [], "notices": [], "suggestion": "Ask again in other words."}


def wait_for_examples(page: Page, service) -> None:
    expect(widget(page).get_by_role("button", name=OLD_LAW)).to_be_visible()


def wait_for_answer(page: Page, service) -> None:
    answered(page)


def search(page: Page, service) -> None:
    service.script[f"POST {STREAM}"] = stream(events(FULL)[0], service.stop.wait)
    ask(page)
    expect(widget(page).get_by_role("button", name="Stop")).to_be_visible()


def read_as_it_comes(page: Page, service) -> None:
    service.script[f"POST {STREAM}"] = stream(*events(FULL)[:3], service.stop.wait)
    ask(page)
    expect(widget(page).get_by_role("blockquote")).to_be_visible()


def break_off(page: Page, service) -> None:
    service.script[f"POST {STREAM}"] = stream(*events(FULL)[:3])
    ask(page)
    expect(widget(page).get_by_role("button", name="Try again")).to_be_visible()


def open_citation(page: Page, service) -> None:
    answered(page).get_by_role("link", name="Source 1").click()
    expect(widget(page).locator("mark").first).to_be_visible()


def open_changed_passage(page: Page, service) -> None:
    service.script[PASSAGE_ADDRESS] = problem(404, "not-held")
    answered(page).get_by_role("link", name="Source 1").click()
    expect(widget(page).get_by_text("no longer held")).to_be_visible()


def say_what_is_wrong(page: Page, service) -> None:
    answered(page).get_by_role("button", name="No (").click()
    widget(page).get_by_role("button", name="Send feedback").click()
    expect(widget(page).get_by_role("alert").filter(has_text="could not be sent")).to_be_visible()


def praise(page: Page, service) -> None:
    service.script[FEEDBACK] = reply_json({}, 201)
    answered(page).get_by_role("button", name="Yes").click()
    expect(widget(page).get_by_text("Thank you.")).to_be_visible()


def fail(page: Page, service) -> None:
    service.script[f"POST {STREAM}"] = problem(429, "too-many-requests")
    ask(page)
    expect(widget(page).locator("#errors")).not_to_be_empty()


def type_too_much(page: Page, service) -> None:
    ask(page, "What may a council buy? " * 100)
    expect(field(page)).to_have_attribute("aria-invalid", "true")


def go_offline(page: Page, service) -> None:
    answered(page)
    page.context.set_offline(True)
    expect(widget(page).get_by_text("You are offline.")).to_be_visible()


def start_again(page: Page, service) -> None:
    answered(page)
    widget(page).get_by_role("button", name="Start again").click()
    expect(widget(page).get_by_role("heading", name="Start again?")).to_be_visible()


def come_back(page: Page, service) -> None:
    answered(page)
    service.script[f"GET {CONVERSATION}"] = reply_json({"id": "c-1", "created": "", "turns": [FULL, FULL]})
    page.reload()
    expect(widget(page).get_by_role("article")).to_have_count(2)


def not_answered(status: str) -> Callable[[Page, object], None]:
    def state(page: Page, service) -> None:
        service.script[f"POST {STREAM}"] = answer_as_asked(ANSWER | NOT_ANSWERED | {"status": status})
        answered(page)

    return state


STATES = {
    "empty": wait_for_examples,
    "searching": search,
    "answered": wait_for_answer,
    "as it comes": read_as_it_comes,
    "broken off": break_off,
    "citation": open_citation,
    "changed passage": open_changed_passage,
    "feedback": say_what_is_wrong,
    "feedback given": praise,
    "error": fail,
    "too long": type_too_much,
    "offline": go_offline,
    "start again": start_again,
    "restored": come_back,
    **{status: not_answered(status) for status in ("clarify", "unanswerable", "personal_data")},
}


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Rules that are violated, each with the elements. The library's own report can't name what is in a shadow root."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.fixture
def ready(service):
    service.stop = threading.Event()
    service.script["GET /v1/suggestions"] = reply_json({"questions": [QUESTION, OLD_LAW]})
    service.script[f"POST {STREAM}"] = answer_as_asked(FULL)
    service.script[PASSAGE_ADDRESS] = reply_json(PASSAGE)
    service.script[FEEDBACK] = problem(503, "not-ready")
    yield service
    service.stop.set()


@pytest.mark.parametrize("state", STATES)
def test_no_state_violates_wcag(browser, ready, state):
    with window(browser, ready.address) as context:
        page = opened(context, ready)
        STATES[state](page, ready)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], scheme
            ground = widget(page).evaluate("(element) => getComputedStyle(element.getRootNode().host).backgroundColor")
            assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 25, 27)"}[scheme]


def test_axe_does_see_what_is_inside(browser, ready):
    with window(browser, ready.address) as context:
        page = opened(context, ready)
        field(page).evaluate("(field) => field.getRootNode().querySelector('label').remove()")
        assert [name for name, _ in violations(page)] == ["label"]


def test_a_narrow_window_violates_nothing_either(browser, ready):
    with window(browser, ready.address) as context:
        page = opened(context, ready)
        page.set_viewport_size({"width": 320, "height": 256})
        open_citation(page, ready)
        assert violations(page) == []


def test_a_page_that_is_only_light_gets_a_light_widget(browser, ready):
    with window(browser, ready.address, color_scheme="dark") as context:
        page = opened(context, ready, 'style="color-scheme: light"')
        answered(page)
        ground = widget(page).evaluate("(element) => getComputedStyle(element.getRootNode().host).backgroundColor")
        assert ground == "rgb(255, 255, 255)"


def test_nothing_moves_where_motion_is_not_wanted(browser, ready):
    with window(browser, ready.address) as context:
        page = opened(context, ready)
        search(page, ready)
        dots = widget(page).locator(".dots")
        assert dots.evaluate("(dots) => getComputedStyle(dots).animationName") == "pulse"
        page.emulate_media(reduced_motion="reduce")
        assert dots.evaluate("(dots) => getComputedStyle(dots).animationName") == "none"


@pytest.mark.parametrize(
    ("medium", "line"), [({"contrast": "more"}, "rgb(11, 12, 12)"), ({"forced_colors": "active"}, None)]
)
def test_more_contrast_and_forced_colours_keep_what_matters_visible(browser, ready, medium, line):
    with window(browser, ready.address) as context:
        page = opened(context, ready)
        page.emulate_media(color_scheme="light", **medium)
        open_citation(page, ready)
        article = widget(page).get_by_role("article")
        assert line is None or article.evaluate("(article) => getComputedStyle(article).borderTopColor") == line
        # What is marked is underlined, too: it does not rest on a colour.
        assert (
            article.locator("mark").first.evaluate("(mark) => getComputedStyle(mark).textDecorationLine") == "underline"
        )
        assert violations(page) == []
