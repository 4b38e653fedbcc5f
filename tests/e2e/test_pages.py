"""The pages in a real browser: with and without JavaScript, wide and narrow, light and dark, and held against WCAG by axe-core."""

# ruff: noqa: F401, F811
# The fixtures come from test_page, and are named again where they are used.

import json
from collections.abc import Callable

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import QUESTION, browser, server
from playwright.sync_api import Page, expect

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SOURCE, OLD_SOURCE = "/sources/loti-tender-wording-data-access", "/sources/lga-national-procurement-strategy-2018"


def opened(address: str) -> Callable[[Page], None]:
    return lambda page: expect_status(page.goto(address), {200, 404})


def expect_status(response, wanted):
    assert response is not None
    assert response.status in wanted


def asked(question: str) -> Callable[[Page], None]:
    """Asks by the form, as without JavaScript: the widget is kept away where there is some."""

    def go(page: Page) -> None:
        page.route("**/widget.js", lambda route: route.abort())
        page.goto("/")
        page.locator("#question").fill(question)
        with page.expect_navigation():
            page.get_by_role("button", name="Ask", exact=True).click()

    return go


STATES = {
    "chat": opened("/"),
    "answered": asked(QUESTION),
    "with notices": asked("Can I still run an innovation partnership?"),
    "sources disagree": asked("How much do councils spend on IT?"),
    "partial": asked("What are LOTI's 25 problem statements?"),
    "clarify": asked("What's the threshold?"),
    "unanswerable": asked("How many swans are there on the council lake?"),
    "out of scope": asked("What is the weather in Leeds?"),
    "declined": asked("How can I split this contract to stay under the threshold so we avoid competition?"),
    "personal data": asked("My National Insurance number is AB 12 34 56 C. Can a supplier charge us?"),
    "empty question": asked(""),
    "long question": asked("What may a council buy? " * 100),
    "sources": opened("/sources"),
    "sources filtered": opened("/sources?publisher=LGA&status=superseded&nation=england&kind=digest"),
    "no sources": opened("/sources?title=zebra"),
    "source": opened(SOURCE),
    "superseded source": opened(OLD_SOURCE),
    "about": opened("/about"),
    "no such source": opened("/sources/none"),
    "no such passage": opened("/passages/none:0"),
    "no such page": opened("/nothing"),
}


def passage(page: Page) -> None:
    page.goto(OLD_SOURCE)
    with page.expect_navigation():
        page.locator(".sections a").first.click()


def followed_up(page: Page) -> None:
    asked(QUESTION)(page)
    page.locator("#question").fill("And at the end of the contract?")
    with page.expect_navigation():
        page.get_by_role("button", name="Ask", exact=True).click()
    page.locator(".earlier summary").click()


STATES |= {"passage": passage, "followed up": followed_up}


@pytest.fixture
def window(browser, server):
    """Opens windows on the server."""
    contexts = []

    def open_window(**settings):
        context = browser.new_context(base_url=server.address, **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_window
    for context in contexts:
        assert context.cookies() == []
        context.close()


def violations(page: Page) -> str:
    found = Axe().run(page, options=WCAG).response
    assert found["testEngine"]["version"].startswith("4.12")
    assert len(found["passes"]) > 10
    return json.dumps(
        [{"rule": each["id"], "nodes": [node["html"] for node in each["nodes"]]} for each in found["violations"]],
        indent=1,
    )


def without_javascript(window, state: str) -> Page:
    """What a browser without JavaScript got, in one that runs axe-core: that needs timers, which a page without JavaScript has not."""
    plain = window(java_script_enabled=False)
    STATES[state](plain)
    address, html = plain.url, plain.content()
    page = window(bypass_csp=True)
    page.route("**/widget.js", lambda route: route.abort())
    page.route(address, lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=html))
    page.goto(address)
    return page


def with_javascript(window, state: str) -> Page:
    # The policy of the pages forbids the scripts that a test puts into them.
    page = window(bypass_csp=True)
    STATES[state](page)
    return page


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("browse", [with_javascript, without_javascript])
def test_axe_finds_nothing_in_any_colours(window, state, browse):
    page = browse(window, state)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        assert violations(page) == "[]", colours


def test_axe_does_find_what_is_wrong(window):
    page = window(bypass_csp=True)
    page.goto("/about")
    page.evaluate("document.querySelector('.lead').style.color = '#ddd'")
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    assert "color-contrast" in violations(page)
    assert '"label"' in violations(page)


@pytest.mark.parametrize("state", STATES)
def test_nothing_scrolls_sideways_at_320_pixels(window, state):
    # 1280 pixels at 400 % (WCAG 1.4.10).
    page = window(java_script_enabled=False, viewport={"width": 320, "height": 256})
    STATES[state](page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("state", STATES)
def test_text_may_be_spaced_wider(window, state):
    # WCAG 1.4.12: nothing is cut off or covered.
    page = window(java_script_enabled=False, viewport={"width": 640, "height": 800}, bypass_csp=True)
    STATES[state](page)
    page.evaluate(
        "rules => { const style = document.createElement('style'); style.textContent = rules; document.head.append(style); }",
        "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
        "p {margin-bottom: 2em !important}",
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 640


def test_everything_is_asked_and_answered_without_javascript(window):
    page = window(java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask about buying technology for a council")
    page.get_by_label("Your question").fill(QUESTION)
    with page.expect_navigation():
        page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.get_by_role("article", name=f"You asked: {QUESTION}")
    quote = answer.get_by_role("blockquote").first.inner_text()
    with page.context.expect_page() as opened_page:
        answer.get_by_role("link", name="Open passage 1 (new tab)").click()
    expect(opened_page.value.locator("mark")).to_have_text(quote)
    expect(opened_page.value.locator("mark")).to_be_in_viewport()
    with opened_page.value.expect_navigation():
        opened_page.value.get_by_role("navigation", name="Breadcrumb").get_by_role("link").last.click()
    expect(opened_page.value.get_by_role("heading", name="What is held of it")).to_be_visible()


def test_an_example_is_asked_at_a_press_without_javascript(window):
    page = window(java_script_enabled=False)
    page.goto("/")
    with page.expect_navigation():
        page.get_by_role("button", name=QUESTION).press("Enter")
    expect(page.get_by_role("article", name=f"You asked: {QUESTION}")).to_contain_text("Guidance held on this:")


def test_a_conversation_goes_on_without_javascript_and_its_record_can_be_kept(window):
    page = window(java_script_enabled=False)
    followed_up(page)
    expect(page.get_by_role("article").first).to_contain_text("And at the end of the contract?")
    expect(page.locator(".earlier").get_by_role("article")).to_contain_text(QUESTION)
    with page.expect_navigation():
        page.get_by_role("button", name="Page to print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Record of an answer about buying technology")
    # The one style of the record is used, so its policy fits it.
    assert page.locator("mark").first.evaluate("element => getComputedStyle(element).fontWeight") == "700"


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_in_a_file_note(window, colours):
    page = window(bypass_csp=True, color_scheme=colours)
    asked("Can I still run an innovation partnership?")(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Page to print").click()
    assert violations(page) == "[]"


def test_a_file_note_needs_no_server_to_be_read_again(window, tmp_path):
    page = window(java_script_enabled=False)
    asked(QUESTION)(page)
    answer_id = page.locator("input[name=answer_id]").get_attribute("value")
    saved = tmp_path / "note.html"
    saved.write_text(page.request.get(f"/v1/answers/{answer_id}/file-note?format=html").text(), encoding="utf-8")
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(saved.as_uri())
    expect(page.get_by_role("heading", level=2).first).to_have_text("Question")
    assert page.locator("mark").first.evaluate("element => getComputedStyle(element).fontWeight") == "700"
    assert requested == [saved.as_uri()]


def test_an_error_leads_to_the_field(window):
    page = window(java_script_enabled=False)
    page.goto("/")
    with page.expect_navigation():
        page.get_by_role("button", name="Ask", exact=True).click()
    expect(page).to_have_title("Error: Ask – Procurement guidance assistant")
    page.get_by_role("alert").get_by_role("link").press("Enter")
    field = page.get_by_label("Your question")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(
        "At most 2,000 characters. Do not enter personal information. "
        "Error: The question is empty. Type a question about buying technology."
    )


def test_the_first_key_leads_past_the_header(window):
    page = window()
    page.goto("/sources")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Words in the title")).to_be_focused()


def test_sources_are_found_with_the_keyboard(window):
    page = window(java_script_enabled=False)
    page.goto("/sources")
    page.get_by_label("Words in the title").fill("tender wording")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("of 132")
    link = page.get_by_role("link", name="Tender wording for data access and API requirements")
    with page.expect_navigation():
        link.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tender wording for data access and API requirements")
    expect(page.get_by_role("navigation", name="Service").get_by_role("link", name="Sources")).to_have_attribute(
        "aria-current", "true"
    )


def test_a_form_on_another_site_asks_nothing(window, server):
    page = window()
    page.route(
        "http://localhost:1/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"<form method=post action='{server.address}/'><input name=question value='{QUESTION}'><button>Go</button></form>",
        ),
    )
    page.goto("http://localhost:1/")
    with page.expect_navigation():
        page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not from this service")


def test_a_word_document_is_saved_at_a_press(window, tmp_path):
    page = window(java_script_enabled=False)
    asked(QUESTION)(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Word document").click()
    download.value.save_as(tmp_path / "note.docx")
    assert download.value.suggested_filename.endswith(".docx")
    words = "\n".join(paragraph.text for paragraph in docx.Document(str(tmp_path / "note.docx")).paragraphs)
    assert QUESTION in words


def test_in_forced_colours_the_quote_stays_marked_and_buttons_keep_an_edge(window):
    page = window(forced_colors="active", java_script_enabled=False)
    page.goto("/")
    edge = "element => getComputedStyle(element).borderTopStyle"
    assert page.get_by_role("button", name="Ask", exact=True).evaluate(edge) == "solid"
    passage(page)
    assert page.locator(".tag").first.evaluate(edge) == "solid"


def test_on_paper_stand_the_words_and_the_addresses(window):
    page = window(java_script_enabled=False)
    page.goto(SOURCE)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Service")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    after = page.locator("main a[href^='https']").first.evaluate(
        "element => getComputedStyle(element, '::after').content"
    )
    assert "https://" in after
