"""The widget with a service that streams, refuses, breaks off or is elsewhere: what officers see, and what is asked for them."""

# ruff: noqa: F401, F811
# The fixtures come from browsing, and are named again where they are used.

import json
import re
import threading
import time
from copy import deepcopy
from pathlib import Path

import pytest
from browsing import (
    OLD_LAW,
    QUESTION,
    answered,
    ask,
    browser,
    field,
    heard,
    opened,
    page,
    scripted,
    service,
    shifted,
    widget,
    window,
)
from playwright.sync_api import expect
from scripted_service import (
    answer_as_asked,
    events,
    host_page,
    in_turn,
    problem,
    reply,
    reply_json,
    stream,
)

ANSWER = json.loads((Path(__file__).parents[2] / "api" / "examples" / "answer.json").read_text(encoding="utf-8")) | {
    "conversation_id": "c-1"
}
STREAM, PLAIN, CONVERSATION = "/v1/chat/stream", "/v1/chat", "/v1/conversations/c-1"
FEEDBACK = f"/v1/answers/{ANSWER['id']}/feedback"
WARNING = {"kind": "superseded", "text": "“Guide” (LGA, 2017) is superseded.", "source_ids": []}
PASSAGE = {
    "id": "p",
    "text": " ".join(each["quote"] for each in ANSWER["citations"]),
    "heading_path": [],
    "page": None,
    "source": {
        "publisher": "LOTI",
        "published": "2020-11",
        "published_note": None,
        "status": "current",
        "nations": ["england", "northern_ireland"],
        "licence": "OGL-3.0",
        "content": "digest",
    },
}


@pytest.fixture(autouse=True)
def answering(service):
    """A service that answers, until a test scripts something else."""
    service.script[f"POST {STREAM}"] = answer_as_asked(ANSWER)


@pytest.fixture
def gate():
    """What a stream waits at until the test lets it go on."""
    gate = threading.Event()
    yield gate
    gate.set()


def error(page):
    return widget(page).locator("#errors")


def test_what_comes_at_once_is_shown_as_a_whole_its_warnings_first(page, service):
    service.script[f"POST {STREAM}"] = answer_as_asked(ANSWER | {"notices": [WARNING, *ANSWER["notices"]]})
    text = answered(page).inner_text()
    places = [text.index(part) for part in ("Before you rely on this", "Guidance held", "from our own summaries")]
    assert places == sorted(places)
    assert service.script.bodies(STREAM) == [{"question": QUESTION, "filters": {}}]


def test_statements_are_shown_as_they_come_and_nothing_that_is_read_moves(page, service, gate):
    answer = ANSWER | {"notices": [WARNING, *ANSWER["notices"]], "next_questions": ["What about APIs?"]}
    started, sources, first, second, *rest = events(answer)
    # Sources are told again where there are more of them.
    some = sources | {"citations": sources["citations"][:1]}
    later = threading.Event()
    # Long enough after the press for the browser not to put down to it what moves.
    steps = [started, lambda: time.sleep(0.6), some, first, later.wait, sources, second, gate.wait, *rest]
    service.script[f"POST {STREAM}"] = stream(*steps)
    ask(page)
    article = widget(page).get_by_role("article")
    expect(article.get_by_text("Searching the guidance")).to_be_visible()
    expect(article.get_by_role("blockquote")).to_have_count(1)
    expect(article.get_by_role("button", name="Stop")).to_be_visible()
    later.set()
    expect(article.get_by_role("blockquote")).to_have_count(2)
    # Sources are listed at the end: until then a number leads to the page of its passage.
    link = article.get_by_role("link", name="Source 2")
    expect(link).to_have_attribute("href", re.compile(f"^{service.address}/passages/loti-.+#cited$"))
    top = article.get_by_role("blockquote").first.bounding_box()
    gate.set()
    expect(article.get_by_role("heading", name="Answer")).to_be_focused()
    expect(article.locator(".progress")).to_contain_text("Before you rely on this:read the warnings after the quotes")
    assert article.get_by_role("blockquote").first.bounding_box()["y"] == pytest.approx(top["y"], abs=1)
    article.get_by_role("button", name="read the warnings").click()
    expect(article.locator(".notice.grave")).to_be_focused()
    assert shifted(page) < 0.01


def test_who_has_opened_a_source_meanwhile_is_not_called_away(page, service, gate):
    answered(page)
    service.script[f"POST {STREAM}"] = stream(events(ANSWER)[0], gate.wait, *events(ANSWER)[1:])
    ask(page, OLD_LAW)
    summary = widget(page).locator("summary").first
    summary.focus()
    gate.set()
    expect(widget(page).locator("article.newest.complete")).to_be_visible()
    expect(summary).to_be_focused()


def test_the_button_is_busy_meanwhile_and_takes_no_second_question(page, service, gate):
    service.script[f"POST {STREAM}"] = stream(gate.wait, *events(ANSWER))
    ask(page)
    button = widget(page).get_by_role("button", name="Ask", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(field(page)).not_to_be_editable()
    button.click(force=True)
    field(page).press("Enter")
    gate.set()
    expect(button).to_have_attribute("aria-disabled", "false")
    assert len(service.script.bodies(STREAM)) == 1


def test_a_follow_up_is_asked_within_the_conversation_at_a_press(page, service):
    service.script[f"POST {STREAM}"] = answer_as_asked(ANSWER | {"next_questions": ["What about APIs?"]})
    answered(page).get_by_role("button", name="What about APIs?").click()
    expect(widget(page).locator("article.complete")).to_have_count(2)
    expect(widget(page).get_by_role("article").last).to_have_accessible_name("You asked: What about APIs?")
    assert service.script.bodies(STREAM)[1] == {"question": "What about APIs?", "filters": {}, "conversation_id": "c-1"}


def test_opening_questions_are_asked_at_a_press_and_move_nothing(page, service):
    service.script["GET /v1/suggestions"] = lambda handler: (
        time.sleep(0.3),
        reply_json({"questions": [QUESTION, OLD_LAW]})(handler),
    )
    page.reload()
    example = widget(page).get_by_role("button", name=OLD_LAW)
    expect(example).to_be_visible()
    assert shifted(page) < 0.01
    example.press("Enter")
    expect(widget(page).get_by_role("heading", name="Answer")).to_be_focused()
    expect(example).to_be_hidden()


def test_stopping_keeps_the_question_and_leaves_the_service(page, service, gate):
    service.script[f"POST {STREAM}"] = stream(events(ANSWER)[0], gate.wait)
    ask(page)
    widget(page).get_by_role("button", name="Stop").click()
    article = widget(page).get_by_role("article")
    expect(article.get_by_role("heading", name="Not answered")).to_be_visible()
    expect(article).to_contain_text("You stopped this answer.")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value(QUESTION)
    expect(error(page)).to_be_empty()
    heard(page, "Stopped. Your question is still in the box.")
    service.script[f"POST {STREAM}"] = answer_as_asked(ANSWER)
    article.get_by_role("button", name="Try again").click()
    expect(article.get_by_role("heading", name="Answer")).to_be_focused()
    expect(widget(page).get_by_role("article")).to_have_count(1)


def test_stopping_in_the_middle_leaves_what_came_as_not_complete(page, service, gate):
    service.script[f"POST {STREAM}"] = stream(*events(ANSWER)[:3], gate.wait)
    ask(page)
    expect(widget(page).get_by_role("blockquote")).to_have_count(1)
    widget(page).get_by_role("button", name="Stop").click()
    article = widget(page).get_by_role("article")
    expect(article.get_by_role("heading", name="Not complete")).to_be_visible()
    expect(article).to_contain_text("You stopped this answer. Do not rely on this: quotes and warnings may be missing.")


GAP = [events(ANSWER)[0], {**events(ANSWER)[2], "sequence_number": 2}]


@pytest.mark.parametrize(
    ("steps", "heading", "words"),
    [
        (events(ANSWER)[:4], "Not complete", "The connection was lost before the answer was complete."),
        (events(ANSWER)[:1], "Not answered", "The connection was lost before the answer was complete."),
        (GAP, "Not answered", "The answer can’t be shown."),
        (
            [
                *events(ANSWER)[:3],
                {
                    "type": "answer.failed",
                    "problem": {"type": "/problems/internal", "status": 500, "request_id": "trace-9"},
                },
            ],
            "Not complete",
            "report this reference: trace-9.",
        ),
    ],
    ids=["cut in the middle", "cut at once", "an event is missing", "failed"],
)
def test_a_stream_that_breaks_off_is_said_plainly_and_can_be_tried_again(page, service, steps, heading, words):
    service.script[f"POST {STREAM}"] = in_turn([stream(*steps), answer_as_asked(ANSWER)])
    ask(page)
    article = widget(page).get_by_role("article")
    expect(article.get_by_role("heading", name=heading)).to_be_visible()
    expect(error(page)).to_contain_text(words)
    expect(error(page)).to_contain_text("Your question is kept")
    expect(field(page)).to_have_value(QUESTION)
    assert article.locator(".complete, .sources").count() == 0
    article.get_by_role("button", name="Try again").click()
    expect(widget(page).locator("article.complete")).to_be_visible()
    expect(widget(page).get_by_role("article")).to_have_count(1)
    expect(error(page)).to_be_empty()


def test_a_service_that_falls_silent_is_given_up(browser, service, gate):
    service.script[f"POST {STREAM}"] = stream(events(ANSWER)[0], gate.wait)
    with window(browser, service.address) as context:
        page = opened(context, service)
        page.clock.install()
        page.reload()
        ask(page)
        expect(widget(page).get_by_role("button", name="Stop")).to_be_visible()
        while not service.script.asked:
            time.sleep(0.02)
        page.clock.fast_forward(61_000)
        expect(error(page)).to_contain_text("The answer took too long. Your question is kept")


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (problem(422, "question-without-words", "The question holds no words."), "The question holds no words."),
        (problem(413, "body-too-large"), "The question is too long. Ask about one thing at a time."),
        (problem(429, "too-many-requests", Retry_After="30"), "Too many questions in a short time. Your question is kept: try again in 30 seconds."),
        (problem(429, "too-many-requests", Retry_After="600"), "try again in 10 minutes."),
        (problem(429, "too-many-requests"), "try again in a minute."),
        (problem(503, "not-ready"), "The guidance can’t be searched at the moment. Your question is kept"),
        (problem(403, "not-allowed"), "This site may not use the service."),
        (problem(401, "not-authenticated"), "Your session could not be renewed. Your question is kept"),
        (problem(500, "internal"), "report this reference: trace-0123."),
        (reply(502, b"<html>", Content_Type="text/html", X_Request_Id="proxy-1"), "report this reference: proxy-1."),
    ],
)  # fmt: skip
def test_a_refusal_is_said_at_the_box_and_the_question_is_kept(page, service, play, words):
    service.script[f"POST {STREAM}"] = in_turn(
        [play, play, answer_as_asked(ANSWER)] if "session" in words else [play, answer_as_asked(ANSWER)]
    )
    ask(page)
    expect(error(page)).to_contain_text(words)
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value(QUESTION)
    expect(field(page)).to_have_accessible_description(re.compile(re.escape(words)))
    field(page).press("Enter")
    if "session" not in words:
        expect(widget(page).locator("article.complete")).to_be_visible()
        expect(widget(page).get_by_role("article")).to_have_count(1)
        expect(error(page)).to_be_empty()


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (problem(404, "conversation-not-found"), "This conversation is no longer held. Your question is kept: ask again to begin a new one."),
        (problem(409, "conversation-full"), "This conversation is full. Your question is kept: ask again to begin a new one."),
    ],
)  # fmt: skip
def test_a_conversation_that_is_gone_or_full_is_begun_anew(page, service, play, words):
    answered(page)
    service.script[f"POST {STREAM}"] = in_turn([play, answer_as_asked(ANSWER)])
    ask(page, OLD_LAW)
    expect(error(page)).to_have_text(words)
    expect(field(page)).to_have_value(OLD_LAW)
    field(page).press("Enter")
    expect(widget(page).get_by_role("article", name=OLD_LAW)).to_contain_text("Answer")
    assert [body.get("conversation_id") for body in service.script.bodies(STREAM)] == [None, "c-1", None]


def test_a_service_that_does_not_stream_answers_all_the_same(page, service):
    service.script[f"POST {STREAM}"] = problem(404, "not-found")
    service.script[f"POST {PLAIN}"] = reply_json(ANSWER)
    answered(page)
    answered(page, OLD_LAW)
    assert len(service.script.bodies(STREAM)) == 1
    assert [body.get("conversation_id") for body in service.script.bodies(PLAIN)] == [None, "c-1"]


def test_a_session_is_begun_where_one_is_asked_for_and_renewed_once(page, service):
    sessions = iter("12")
    service.script["POST /v1/widget/sessions"] = lambda handler: reply_json({"token": next(sessions), "expires_at": "2027-01-01T00:00:00Z"}, 201)(handler)  # fmt: skip
    valid = "Bearer 1"

    def guarded(handler):
        play = (
            answer_as_asked(ANSWER)
            if handler.headers.get("Authorization") == valid
            else problem(401, "not-authenticated")
        )
        play(handler)

    service.script[f"POST {STREAM}"] = guarded
    answered(page)
    answered(page, "What about APIs?")
    valid = "Bearer 2"
    answered(page, OLD_LAW)
    tokens = [each.headers.get("Authorization") for each in service.script.asked if each.path == STREAM]
    assert tokens == [None, "Bearer 1", "Bearer 1", "Bearer 1", "Bearer 2"]


def test_offline_is_said_and_what_was_typed_stays(page, service):
    answered(page)
    page.context.set_offline(True)
    expect(widget(page).get_by_text("You are offline. What is shown here stays")).to_be_visible()
    ask(page, OLD_LAW)
    expect(error(page)).to_have_text("You are offline. Your question is kept: ask again once you are back online.")
    page.context.set_offline(False)
    expect(widget(page).get_by_text("You are offline. What is shown")).to_be_hidden()
    expect(field(page)).to_have_value(OLD_LAW)
    field(page).press("Enter")
    expect(widget(page).get_by_role("article", name=OLD_LAW)).to_contain_text("Answer")


def test_a_connection_that_fails_is_said(page):
    page.route("**/v1/chat/stream", lambda route: route.abort())
    ask(page)
    expect(error(page)).to_contain_text("The service can’t be reached. Your question is kept: check your connection")


def test_feedback_is_given_with_reasons(page, service):
    service.script[f"POST {FEEDBACK}"] = in_turn(
        [problem(422, "personal-data", "The comment seems to name somebody."), reply_json({}, 201)]
    )
    article = answered(page)
    article.get_by_role("button", name="No").click()
    expect(article.get_by_label("It is wrong")).to_be_focused()
    article.get_by_label("It is out of date").check()
    article.get_by_label("Something is missing").check()
    article.get_by_label("More about it").fill("Ask Jo Bloggs")
    article.get_by_role("button", name="Send feedback").click()
    expect(article.get_by_role("alert")).to_have_text("The comment seems to name somebody.")
    article.get_by_label("More about it").fill(" ")
    article.get_by_role("button", name="Send feedback").click()
    expect(article.get_by_text("Thank you. Your feedback is kept with this answer.")).to_be_focused()
    reasons = {"verdict": "unhelpful", "reasons": ["out_of_date", "incomplete"]}
    assert service.script.bodies(FEEDBACK) == [reasons | {"comment": "Ask Jo Bloggs"}, reasons]


def test_praise_is_one_press_and_a_failure_of_it_is_said(page, service):
    service.script[f"POST {FEEDBACK}"] = in_turn([problem(503, "not-ready"), reply_json({}, 201)])
    article = answered(page)
    article.get_by_role("button", name="Yes").click()
    expect(article.get_by_role("alert")).to_have_text("Your feedback could not be sent. Try again later.")
    article.get_by_role("button", name="Yes").click()
    expect(article.get_by_text("Thank you.")).to_be_focused()
    assert service.script.bodies(FEEDBACK)[1] == {"verdict": "helpful"}


def test_what_is_not_kept_has_no_feedback_and_no_file_note(page, service):
    service.script[f"POST {STREAM}"] = answer_as_asked(ANSWER | {"conversation_id": None})
    article = answered(page)
    expect(article.get_by_role("button", name="Copy answer")).to_be_visible()
    assert article.get_by_text("File note").count() == article.get_by_role("button", name="Yes").count() == 0


def test_the_file_note_is_a_link_and_with_a_session_it_is_fetched(page, service):
    note = f"/v1/answers/{ANSWER['id']}/file-note"
    service.script["POST /v1/widget/sessions"] = reply_json({"token": "t", "expires_at": ""}, 201)
    service.script[f"GET {note}"] = in_turn(
        [reply(200, b"a note", Content_Type="text/markdown"), problem(503, "not-ready")]
    )
    article = answered(page)
    link = article.get_by_role("link", name="File note for your records: Word (new tab)")
    expect(link).to_have_attribute("href", f"{service.address}{note}?format=docx")
    service.script[f"POST {STREAM}"] = in_turn([problem(401, "not-authenticated"), answer_as_asked(ANSWER)])
    article = answered(page, OLD_LAW)
    with page.expect_download() as download:
        article.get_by_role("link", name="File note for your records: Markdown").click()
    assert Path(download.value.path()).read_text() == "a note"
    assert download.value.suggested_filename == "file-note.markdown"
    assert service.script.asked[-1].headers["Authorization"] == "Bearer t"
    article.get_by_role("link", name="File note for your records: Word").click()
    expect(article.get_by_text("The file note could not be fetched. Try again later.")).to_be_visible()


def test_a_conversation_is_shown_again_after_the_page_was_left(page, service):
    answered(page)
    later = ANSWER | {"id": "second", "question": OLD_LAW, "notices": [WARNING]}
    service.script[f"GET {CONVERSATION}"] = lambda handler: (time.sleep(0.3), reply_json({"id": "c-1", "created": "", "turns": [ANSWER, later]})(handler))  # fmt: skip
    page.evaluate("scrollTo(0, 0)")
    page.reload()
    articles = widget(page).get_by_role("article")
    expect(articles).to_have_count(2)
    expect(articles.last.get_by_role("heading", name="Before you rely on this")).to_be_visible()
    expect(widget(page).get_by_role("button", name="Start again")).to_be_visible()
    assert shifted(page) < 0.01
    assert page.evaluate("document.activeElement === document.body")
    answered(page, "What about APIs?")
    assert service.script.bodies(STREAM)[1]["conversation_id"] == "c-1"


@pytest.mark.parametrize(
    "play", [problem(404, "conversation-not-found"), problem(503, "not-ready")], ids=["gone", "not ready"]
)
def test_a_conversation_that_can_not_be_shown_again_stops_nothing(page, service, play):
    answered(page)
    service.script[f"GET {CONVERSATION}"] = play
    page.reload()
    if "gone" not in str(play):
        expect(field(page)).to_be_visible()
    answered(page, OLD_LAW)


def test_starting_again_deletes_the_conversation_once_that_is_confirmed(page, service):
    service.script[f"DELETE {CONVERSATION}"] = in_turn([problem(503, "not-ready"), reply(204)])
    answered(page)
    again = widget(page).get_by_role("button", name="Start again", exact=True)
    again.click()
    expect(widget(page).get_by_role("heading", name="Start again?")).to_be_focused()
    widget(page).get_by_role("button", name="Keep it").click()
    expect(field(page)).to_be_focused()
    assert [each.method for each in service.script.asked if each.path == CONVERSATION] == []
    again.click()
    yes = widget(page).get_by_role("button", name="Delete and start again")
    yes.click()
    expect(widget(page).get_by_text("It could not be deleted, so nothing has changed.")).to_be_visible()
    expect(widget(page).get_by_role("article")).to_have_count(1)
    yes.click()
    expect(widget(page).get_by_role("article")).to_have_count(0)
    expect(field(page)).to_be_focused()
    expect(again).to_be_hidden()
    heard(page, "The conversation is deleted. You can ask a new question.")
    answered(page, OLD_LAW)
    assert service.script.bodies(STREAM)[-1].get("conversation_id") is None


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def hostile_answer():
    answer = deepcopy(ANSWER)
    answer["notices"] = [
        {"kind": kind, "text": f"{kind} {HOSTILE}", "source_ids": []} for kind in ("conflict", "digest")
    ]
    answer["statements"][0]["text"] = f"{HOSTILE} themes:\n- exit\n- <b>open</b> formats"
    answer["statements"][1]["kind"] = "verified"
    first, second = answer["citations"]
    first |= {
        "title": HOSTILE,
        "publisher": HOSTILE,
        "heading_path": [HOSTILE],
        "quote": HOSTILE,
        "url": "javascript:alert(1)",
    }
    second |= {"source_status": "superseded", "content": "original", "source_id": "other", "passage_id": "other:0", "quote": "q", "url": "https://www.local.gov.uk/guide"}  # fmt: skip
    return answer | {"suggestion": HOSTILE, "next_questions": [HOSTILE], "status": "partial"}


def test_hostile_text_of_guidance_is_text(page, service):
    service.script[f"POST {STREAM}"] = answer_as_asked(hostile_answer())
    passage = PASSAGE | {"text": f"Before. {HOSTILE} After.", "source": PASSAGE["source"] | {"licence": HOSTILE}}
    service.script["GET /v1/passages/loti-tender-wording-data-access%3A4b9efed85d74f31b"] = reply_json(passage)
    article = answered(page)
    article.get_by_role("link", name="Source 1").click()
    expect(article.locator("mark")).to_contain_text(HOSTILE)
    assert article.locator("img, b, script").count() == 0
    assert article.locator("[href^='javascript']").count() == 0
    quote = article.get_by_role("blockquote")
    expect(quote).to_have_count(1)
    expect(quote.get_by_role("listitem").last).to_contain_text("<b>open</b> formats” [1]")
    expect(article.locator(".words").last).not_to_contain_text("“")
    expect(article.get_by_role("link", name="Original at")).to_have_count(0)
    article.get_by_role("link", name="Source 2").click()
    expect(article.get_by_role("link", name="Original at")).to_have_attribute(
        "href", "https://www.local.gov.uk/guide#:~:text=q"
    )


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (problem(404, "not-held"), "This passage is no longer held: it was changed or withdrawn after you asked."),
        (reply_json(PASSAGE | {"text": "Other words."}), "Words that were quoted are no longer in this passage"),
        (problem(503, "not-ready"), "The passage could not be loaded."),
    ],
)
def test_a_passage_that_has_changed_since_is_said(page, service, play, words):
    address = "GET /v1/passages/loti-tender-wording-data-access%3A4b9efed85d74f31b"
    service.script[address] = play
    article = answered(page)
    article.locator("summary").click()
    expect(article.locator(".passage")).to_contain_text(words)
    if "loaded" in words:
        service.script[address] = reply_json(PASSAGE)
        article.get_by_role("button", name="Try again").click()
        # Both quotes are of one passage: each is marked, with its number.
        expect(article.locator("mark")).to_have_count(2)
        expect(article.locator(".passage")).to_contain_text("[quote 2 ends] [2]")


def test_attributes_say_what_to_ask_and_whom(browser, service):
    with window(browser, service.address) as context:
        page = opened(
            context, service, f'api-url="{service.address}" heading="Ask us" publishers="LOTI, LGA" nations="england"'
        )
        expect(widget(page).get_by_role("heading", level=2)).to_have_text("Ask us")
        answered(page)
    assert service.script.bodies(STREAM)[0]["filters"] == {"publishers": ["LOTI", "LGA"], "nations": ["england"]}


def test_the_script_tag_can_name_the_service_and_the_page_can_set_colours(browser, service):
    service.script[f"POST /guidance{STREAM}"] = answer_as_asked(ANSWER)
    with window(browser, service.address) as context:
        host = host_page(
            service.address,
            'style="--guidance-accent: #4c2c92; --guidance-font-size: 20px; --text: red; --link: var(--guidance-link)"',
        ).replace(b'type="module"', b'type="module" data-api-url="/guidance"')
        service.script["GET /host"] = reply(200, host, Content_Type="text/html")
        page = context.new_page()
        page.goto("/host")
        answered(page)
        button = widget(page).get_by_role("button", name="Ask", exact=True)
        assert button.evaluate("(button) => [getComputedStyle(button).backgroundColor, getComputedStyle(button).fontSize]") == ["rgb(76, 44, 146)", "20px"]  # fmt: skip
    assert len(service.script.bodies(f"/guidance{STREAM}")) == 1


def test_where_the_browser_keeps_nothing_it_still_works(browser, service):
    with window(browser, service.address) as context:
        context.add_init_script(
            "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
        )
        page = opened(context, service)
        answered(page)
        answered(page, OLD_LAW)
    assert service.script.bodies(STREAM)[1]["conversation_id"] == "c-1"
