"""The widget over the real index and store, as officers use it, in sessions of its own: on the service's page and on another site's."""

# ruff: noqa: F401, F811
# The fixtures come from browsing, and are named again where they are used.

import json
import re
from pathlib import Path

import pytest
from browsing import OLD_LAW, QUESTION, answered, ask, browser, field, heard, shifted, widget, window
from playwright.sync_api import Error, Page, expect
from scripted_service import STRICT, ScriptedService, host_page, reply
from test_api_server import running_server

HOSTILE = "<img src=x onerror=alert(1)><b>Can</b> a supplier charge us for our data? <script>alert(2)</script>"


@pytest.fixture(scope="module")
def host():
    """Another site."""
    with ScriptedService() as host:
        yield host


@pytest.fixture(scope="module")
def server(built_data, host, tmp_path_factory):
    """A server that wants to know who asks, and gives sessions to its own page and to that of `host`."""
    folder = tmp_path_factory.mktemp("widget")
    settings = {
        "AUTHENTICATION": "true",
        "PUBLIC_READING": "true",
        "WIDGET_SESSIONS": "true",
        "WIDGET_ORIGINS": json.dumps([host.address]),
        "WIDGET_SECRET": "a secret that is long enough for tests",
    }
    settings = {f"GUIDANCE_API_{name}": value for name, value in settings.items()}
    with running_server(built_data, folder / "log.txt", **settings) as running:
        yield running


@pytest.fixture
def context(browser, server, host):
    with window(browser, server.address, host.address) as context:
        for address in (server.address, host.address):
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        yield context


@pytest.fixture
def page(context):
    page = context.new_page()
    page.goto("/")
    expect(widget(page)).to_be_visible()
    return page


def fallback(page: Page) -> bool:
    """Whether what stands in the element itself is shown. Without scripts: Playwright's own still run."""
    return page.locator("procurement-guidance").evaluate("(element) => element.firstElementChild.checkVisibility()")


def test_the_first_view_says_what_this_is_and_what_not_to_do(page):
    expect(widget(page)).to_contain_text("Answers are exact quotes from guidance that this service holds")
    expect(widget(page)).to_contain_text("Check with your procurement or legal team before you act on it.")
    expect(field(page)).to_have_accessible_description(
        re.compile(r"Do not type names or anything confidential\..*2,000 characters left")
    )
    # What stands in the element for browsers without scripts is not shown beside it.
    assert not fallback(page)


def test_an_answer_is_quoted_cited_focused_and_said_once(page):
    article = answered(page)
    expect(article).to_have_accessible_name(f"You asked: {QUESTION}")
    expect(article.get_by_role("heading", name="Answer", exact=True)).to_be_focused()
    expect(article).to_contain_text("Guidance held on this:")
    assert article.get_by_role("blockquote").count() >= 1
    for quote in article.get_by_role("blockquote").all():
        assert re.fullmatch(r"“.+”\s+\[\d\]", quote.inner_text(), re.DOTALL)
    expect(article.get_by_role("heading", name="Sources")).to_be_visible()
    expect(article).to_contain_text("LOTI · November 2020 · our summary")
    expect(article).to_contain_text("from our own summaries")
    expect(field(page)).to_have_value("")
    first, second, *rest = heard(page, "")
    assert first == "Searching the guidance…"
    assert re.match(r"Answer\. \d quotes? from \d sources?\. .*Source 1\.", second)
    assert rest == [""]
    # The conversation itself is not live: it would be said twice.
    assert article.locator("[aria-live], [role=log]").count() == 0
    assert shifted(page) < 0.01


def test_a_citation_opens_its_passage_in_place_with_the_quote_marked(page, context):
    article = answered(page)
    quote = article.get_by_role("blockquote").nth(1).inner_text()
    article.get_by_role("link", name="Source 2", exact=True).click()
    passage = article.locator("details[open]")
    expect(passage.locator("summary")).to_be_focused()
    words = quote.partition("”")[0].removeprefix("“")
    mark = passage.locator("mark").filter(has_text=words)
    expect(mark).to_be_visible()
    expect(mark).to_contain_text(words)
    for fact in ("Publisher", "Published", "Status", "Applies in", "Licence"):
        expect(passage.locator("dt").filter(has_text=fact)).to_be_visible()
    original = passage.get_by_role("link", name="Original at loti.london (new tab)")
    expect(original).to_have_attribute("href", re.compile("^https://loti.london/"))
    expect(original).to_have_attribute("rel", "noopener noreferrer")
    with context.expect_page() as tab:
        passage.get_by_role("link", name="Passage on its page").click()
    expect(tab.value.locator("mark")).to_be_in_viewport()
    assert tab.value.evaluate("window.opener") is None
    passage.get_by_role("button", name="Back to the quote").click()
    expect(article.get_by_role("link", name="Source 2", exact=True)).to_be_focused()


def test_grave_notices_come_before_the_quotes_with_an_icon_and_words(page):
    article = answered(page, OLD_LAW)
    text = article.inner_text()
    places = [text.index(part) for part in ("Before you rely on this", "Older or replaced guidance:", "Guidance held")]
    assert places == sorted(places)
    expect(article.locator(".notice.grave svg").first).to_be_visible()
    # The status stands with each source, too.
    expect(article.locator(".sources strong").filter(has_text="superseded")).to_be_visible()


def test_an_answer_is_copied_with_its_references(page, server):
    article = answered(page)
    article.get_by_role("button", name="Copy answer").click()
    expect(article.get_by_text("Copied with its references.")).to_be_visible()
    plain, html = page.evaluate(
        "navigator.clipboard.read().then(([item]) => Promise.all(['text/plain', 'text/html']"
        ".map((type) => item.getType(type).then((blob) => blob.text()))))"
    )
    assert plain.startswith(f"{QUESTION}\nAnswer\n")
    assert re.search(r"^“.+” \[1\]$", plain, re.MULTILINE)
    assert re.search(
        rf"^\[1\] Tender wording .+, LOTI, November 2020 \(our summary, current\)\. {server.address}/passages/\S+ https://loti",
        plain,
        re.MULTILINE,
    )
    assert "Check with your procurement or legal team" in plain
    assert '<a href="https://loti.london/' in html


def test_everything_can_be_done_from_the_keyboard(page, context):
    field(page).focus()
    page.keyboard.type("Can a supplier charge us")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("to get our own data out?")
    expect(field(page)).to_have_value("Can a supplier charge us\nto get our own data out?")
    page.keyboard.press("Enter")
    article = widget(page).locator("article.complete")
    expect(article.get_by_role("heading", name="Answer", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    link = article.get_by_role("link", name="Source 1", exact=True)
    expect(link).to_be_focused()
    assert link.evaluate("(link) => getComputedStyle(link).backgroundColor") == "rgb(255, 221, 0)"
    page.keyboard.press("Enter")
    expect(article.locator("details").first.locator("summary")).to_be_focused()
    expect(article.locator("mark").first).to_be_visible()
    page.keyboard.press("Tab")
    with context.expect_page() as tab:
        page.keyboard.press("Enter")
    expect(tab.value.locator("mark")).to_be_visible()
    # What is in focus is never under the question box, which stays in view.
    box = widget(page).locator("form.composer")
    for _ in range(40):
        page.keyboard.press("Tab")
        if box.evaluate("(box) => box.contains(box.getRootNode().activeElement)"):
            break
        covered = page.evaluate(
            "(() => { const root = document.querySelector('procurement-guidance').shadowRoot;"
            "return root.activeElement.getBoundingClientRect().bottom > root.querySelector('.composer').getBoundingClientRect().top })()"
        )
        assert not covered
    else:
        pytest.fail("the question box is never reached")


@pytest.mark.parametrize(
    ("question", "heading", "words"),
    [
        ("What's the threshold?", "One more thing is needed", "Which of these do you mean"),
        ("What are LOTI's 25 problem statements?", "Answer to part of the question", "Look for it in the documents"),
        ("What is the weather in Leeds?", "Outside what this service covers", "how UK councils buy technology"),
        ("How many swans are there on the council lake?", None, None),
    ],
)
def test_what_is_not_answered_says_so_and_what_to_do(page, question, heading, words):
    article = answered(page, question)
    if heading:
        expect(article.get_by_role("heading", name=heading)).to_be_focused()
        expect(article).to_contain_text(words)
    else:
        expect(article.get_by_role("blockquote")).to_have_count(0)
    assert (article.get_by_role("button", name="Copy answer").count() == 1) is (article.locator(".words").count() > 0)


def test_personal_information_is_not_repeated_and_stays_in_the_box_to_be_changed(page):
    question = "My National Insurance number is AB 12 34 56 C. Can a supplier charge us?"
    article = answered(page, question)
    expect(article.get_by_role("heading", name="Personal information found")).to_be_focused()
    expect(article).not_to_contain_text("AB 12 34 56 C")
    expect(article).to_have_accessible_name("You asked: (not repeated here)")
    expect(field(page)).to_have_value(question)
    assert "12 34 56" not in " ".join(page.evaluate("said"))


def test_a_hostile_question_is_text(page):
    article = answered(page, HOSTILE)
    expect(article.locator("h3")).to_contain_text(HOSTILE)
    assert article.locator("img, b, script").count() == 0


def test_a_follow_up_stands_below_what_was_asked_before(page):
    for question in (QUESTION, OLD_LAW):
        answered(page, question)
    articles = widget(page).get_by_role("article")
    expect(articles).to_have_count(2)
    expect(articles.last).to_have_accessible_name(f"You asked: {OLD_LAW}")
    expect(articles.last.locator("h3")).to_be_in_viewport()
    expect(field(page)).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_window_and_one_at_400_percent(page, scheme):
    def overflow() -> int:
        return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    page.emulate_media(color_scheme=scheme)
    for height in (640, 256):
        page.set_viewport_size({"width": 320, "height": height})
        assert overflow() == 0
        article = answered(page, OLD_LAW)
        article.get_by_role("link", name="Source 1", exact=True).click()
        expect(article.locator("mark").first).to_be_visible()
        assert overflow() == 0
    # At 400 percent there is no room for a question box that stays in view.
    assert widget(page).locator("form.composer").evaluate("(box) => getComputedStyle(box).position") == "static"


def test_what_is_printed_is_the_conversation(page):
    article = answered(page, OLD_LAW)
    page.emulate_media(media="print")
    expect(article).to_be_visible()
    expect(
        article.get_by_text("https://www.local.gov.uk/encouraging-innovation-local-government-procurement")
    ).to_be_visible()
    expect(widget(page).locator("form.composer")).to_be_hidden()
    expect(article.get_by_role("button", name="Copy answer")).to_be_hidden()


def test_without_scripts_what_stands_in_the_element_is_shown(browser, server):
    with browser.new_context(base_url=server.address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        assert fallback(page)


def test_a_script_that_does_not_load_leaves_what_stands_in_the_element(browser, server):
    with browser.new_context(base_url=server.address) as context:
        page: Page = context.new_page()
        page.route("**/widget/style.js", lambda route: route.abort())
        page.goto("/")
        assert fallback(page)


def test_the_characters_left_are_counted_and_too_many_are_refused_without_asking(page):
    field(page).fill("a" * 1_999)
    expect(widget(page).locator("#count")).to_have_text("1 character left")
    field(page).fill("a" * 2_012)
    expect(widget(page).locator("#count")).to_have_text("12 characters too many")
    heard(page, "12 characters too many")
    field(page).press("Enter")
    expect(widget(page).get_by_role("alert")).to_contain_text("has 2,012 characters; at most 2,000 can be read.")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    expect(field(page)).to_be_focused()
    ask(page, "   ")
    expect(widget(page).get_by_role("alert")).to_have_text(
        "The question is empty. Type a question about buying technology."
    )
    assert widget(page).get_by_role("article").count() == 0


def test_a_conversation_is_kept_shown_again_and_deleted(page, context):
    answered(page)
    article = answered(page, "And what about APIs?")
    article.get_by_role("button", name="Yes (this answer is useful)").click()
    expect(article.get_by_text("Thank you. Your feedback is kept with this answer.")).to_be_focused()
    with page.expect_download() as download:
        article.get_by_role("link", name="File note for your records: Word").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    page.reload()
    articles = widget(page).get_by_role("article")
    expect(articles).to_have_count(2)
    expect(articles.first).to_have_accessible_name(f"You asked: {QUESTION}")
    expect(articles.first.get_by_role("blockquote").first).to_be_visible()
    widget(page).get_by_role("button", name="Start again", exact=True).click()
    widget(page).get_by_role("button", name="Delete and start again").click()
    expect(articles).to_have_count(0)
    page.reload()
    expect(widget(page).get_by_role("heading", name="For example")).to_be_visible()
    expect(articles).to_have_count(0)


def test_what_could_be_asked_next_is_asked_at_a_press(page):
    widget(page).get_by_role("button", name=QUESTION).click()
    first = widget(page).locator("article.complete")
    following = first.locator("section.questions button").first
    question = following.inner_text()
    following.click()
    expect(widget(page).locator("article.complete")).to_have_count(2)
    expect(widget(page).get_by_role("article").last).to_have_accessible_name(f"You asked: {question}")


def test_a_page_of_another_site_can_embed_it_under_the_strictest_policy(browser, server, host, context):
    """No inline styles, no markup made of text (Trusted Types), another origin: what a host page may be at its strictest."""
    headers = {"Content_Type": "text/html", "Content_Security_Policy": STRICT.format(service=server.address)}
    host.script["GET /intranet"] = reply(200, host_page(server.address), **headers)
    page = context.new_page()
    page.goto(f"{host.address}/intranet")
    article = answered(page)
    article.get_by_role("link", name="Source 1", exact=True).click()
    mark = article.locator("mark").first
    expect(mark).to_be_visible()
    assert mark.evaluate("(mark) => getComputedStyle(mark).backgroundColor") == "rgb(255, 229, 138)"
    article.get_by_role("button", name="Copy answer").click()
    expect(article.get_by_text("Copied with its references.")).to_be_visible()
    article.get_by_role("button", name="No (").click()
    article.get_by_label("Something is missing").check()
    article.get_by_role("button", name="Send feedback").click()
    expect(article.get_by_text("Thank you.")).to_be_visible()
    page.reload()
    expect(widget(page).get_by_role("article")).to_have_count(1)
    with browser.new_context() as unwatched:
        unwatched.new_page().goto(f"{host.address}/intranet")
        with pytest.raises(Error, match="TrustedHTML"):
            unwatched.pages[0].evaluate("document.body.innerHTML = '<p>'")


def test_a_site_that_is_not_on_the_list_is_told_so(browser, server):
    with ScriptedService() as stranger, window(browser, stranger.address, server.address, complains=True) as context:
        stranger.script["GET /"] = reply(200, host_page(server.address), Content_Type="text/html")
        page = context.new_page()
        page.goto("/")
        ask(page)
        expect(widget(page).locator("#errors")).to_contain_text("The service can’t be reached.")
