"""The chat page and its form, for browsers without JavaScript."""

from datetime import date

import pytest
from index_builder import build_index, make_source
from test_api_pages import Page
from test_api_serving import DATA_QUOTE, ID, FakeServing, make_client

from api.pages.source_list import facts
from api.store import IN_MEMORY, Store
from assistant.errors import BuildError
from assistant.query import LONGEST_QUESTION

OWN = {"Sec-Fetch-Site": "same-origin"}
NUMBER = "QQ 12 34 56 C".replace("QQ", "AB")


def ask(question, *, serving=None, headers=OWN, **fields):
    return make_client(serving).post("/", data={"question": question, **fields}, headers=headers)


def hidden_fields(page, name):
    return {each["value"] for each in page.all("input") if each["name"] == name}


def page_of(response, status=200):
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    return Page(response.text)


def test_the_page_says_what_is_held_and_how_fresh_it_is():
    page = page_of(make_client().get("/"))
    assert dict(zip(page.texts("dt"), page.texts("dd"), strict=True)) == {
        "Sources held": "4",
        "Index built": "22 November 2026",
        "Superseded, shown with a warning": "1",
        "Newest source, March 2025": "New procurement guide (LGA)",
    }


def test_the_newest_source_is_that_with_the_latest_date_that_is_known():
    sources = [
        make_source(name, published=day)
        for name, day in [("a", "2025"), ("b", "2025-11"), ("c", None), ("d", "2024-12-31")]
    ]
    found = facts(build_index(sources, {}))
    assert (found.newest.id, found.built, found.sources) == ("b", date(2026, 11, 22), 4)
    assert facts(build_index([make_source("c", published=None)], {})).newest is None


def test_the_form_is_what_the_widget_takes_the_place_of():
    page = page_of(make_client().get("/"))
    assert page.all("script") == [{"tag": "script", "text": "", "type": "module", "src": "/widget.js"}]
    (widget,) = page.all("procurement-guidance")
    assert "Your question" in widget["text"]
    form, examples = page.all("form")
    assert (form["class"], form["method"], form["action"]) == ("plain", "post", "/")
    assert examples["method"] == "post"
    assert [each["value"] for each in page.all("button") if "value" in each] == page.texts("button")[1:]
    assert f"{LONGEST_QUESTION:,}" in widget["text"]


def test_an_answer_is_shown_with_its_sources():
    page = page_of(ask("Can a supplier charge for data?"))
    assert DATA_QUOTE in page.texts("blockquote")
    assert page.texts("h2")[0] == "You asked: Can a supplier charge for data?"
    assert "Answer" in page.texts("h3")
    assert page.texts("title")[0].startswith("Answer – ")
    links = [each["href"] for each in page.all("a")]
    assert "/sources/loti-data" in links
    (opened,) = {link for link in links if link.startswith(f"/passages/{ID['loti-data'].replace(':', '%3A')}")}
    assert "<mark>" in make_client().get(opened).text


def test_a_follow_up_goes_on_with_the_conversation():
    client = make_client()
    first = Page(client.post("/", data={"question": "Can a supplier charge for data?"}, headers=OWN).text)
    (hidden,) = hidden_fields(first, "conversation_id")
    answer = client.post("/", data={"question": "And what are its themes?", "conversation_id": hidden}, headers=OWN)
    second = page_of(answer)
    assert hidden_fields(second, "conversation_id") == {hidden}
    assert "Earlier in this conversation (1)" in second.texts("summary")
    asked = [text for text in second.texts("h2") if text.startswith("You asked: ")]
    assert asked == ["You asked: And what are its themes?", "You asked: Can a supplier charge for data?"]
    ids = [each["id"] for each in second.elements if "id" in each]
    assert len(ids) == len(set(ids))
    turns = client.get(f"/v1/conversations/{hidden}").json()["turns"]
    assert [turn["question"] for turn in turns] == ["Can a supplier charge for data?", "And what are its themes?"]


def test_only_the_last_answers_are_shown_again():
    client = make_client()
    fields = {"question": "Can a supplier charge for data?"}
    for _ in range(13):
        page = Page(client.post("/", data=fields, headers=OWN).text)
        (fields["conversation_id"],) = hidden_fields(page, "conversation_id")
    assert "Earlier in this conversation (10)" in page.texts("summary")


def test_where_nothing_is_kept_there_is_no_conversation_and_no_record():
    client = make_client(store=Store(IN_MEMORY, keeps=False))
    page = Page(client.post("/", data={"question": "Can a supplier charge for data?"}, headers=OWN).text)
    assert page.all("input") == []
    assert "/record" not in str(page.elements)
    assert "Nothing of what you ask is kept" in " ".join(Page(client.get("/about").text).texts("p"))


def test_how_long_questions_are_kept_is_said():
    page = Page(make_client(retention_days=30).get("/about").text)
    assert "are kept for 30 days, then deleted" in " ".join(page.texts("p"))


@pytest.mark.parametrize("conversation_id", ["unknown", "f" * 32, "\0", "<b>"])
def test_a_conversation_that_is_not_held_is_a_page_with_the_way_on(conversation_id):
    response = ask("Why?", conversation_id=conversation_id, headers={**OWN, "Accept": "text/html"})
    if conversation_id == "\0":
        assert response.status_code == 200
        return
    page = page_of(response, 404)
    assert page.texts("h1") == ["No such conversation"]
    assert page.all("b") == []


def test_a_refused_question_stays_in_its_conversation():
    client = make_client()
    first = Page(client.post("/", data={"question": "Can a supplier charge for data?"}, headers=OWN).text)
    (conversation_id,) = hidden_fields(first, "conversation_id")
    fields = {"question": "", "conversation_id": conversation_id}
    page = page_of(client.post("/", data=fields, headers=OWN), status=422)
    assert hidden_fields(page, "conversation_id") == {conversation_id}


@pytest.mark.parametrize(
    ("form", "kind"), [("docx", "wordprocessingml"), ("html", "text/html"), ("markdown", "markdown")]
)
def test_the_record_of_an_answer_is_a_press_away(form, kind):
    client = make_client()
    shown = Page(client.post("/", data={"question": "Can a supplier charge for data?"}, headers=OWN).text)
    (answer_id,) = hidden_fields(shown, "answer_id")
    assert form in [each.get("value") for each in shown.all("button")]
    record = client.post("/record", data={"answer_id": answer_id, "format": form}, headers=OWN)
    assert record.status_code == 200
    assert kind in record.headers["Content-Type"]
    assert client.post("/record", data={"answer_id": answer_id, "format": form}).status_code == 403


@pytest.mark.parametrize(("fields", "status"), [({"format": "pdf"}, 400), ({}, 400), ({"format": "docx"}, 404)])
def test_a_record_that_is_none_is_a_page(fields, status):
    response = make_client().post("/record", data=fields, headers={**OWN, "Accept": "text/html"})
    assert Page(response.text).texts("h1")
    assert response.status_code == status


def test_references_lead_to_the_citations():
    page = page_of(ask("Can a supplier charge for data?"))
    ids = [each["id"] for each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    references = [each["href"] for each in page.all("a") if each["href"].startswith("#citation")]
    assert references
    assert {each.removeprefix("#") for each in references} <= set(ids)


def test_grave_notices_come_before_the_quotes():
    page = page_of(ask("Can an innovation partnership be run under the old rules?"))
    text = page.all("article")[0]["text"]
    assert text.index("Before you rely on this") < text.index("Guidance held on this:")
    assert "Older or replaced guidance:" in text


def test_text_of_the_corpus_is_never_markup():
    page = page_of(ask("What are ampersands and angles in hostile manifests?"))
    assert "Ampersands & <i>angles</i>" in page.all("article")[0]["text"]
    assert page.all("i") == page.all("b") == []
    assert len(page.all("script")) == 1
    assert not [each for each in page.all("a") if each["href"].startswith("javascript")]


def test_a_question_is_never_markup():
    page = page_of(ask("Can <script>alert(1)</script> a supplier charge for data?"))
    assert len(page.all("script")) == 1


def test_without_evidence_it_says_so():
    page = page_of(ask("Can a supplier charge for data?", serving=FakeServing(evidence_threshold=1.0)))
    assert "Not answered" in page.texts("h3")
    assert page.all("blockquote") == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "The question is empty."),
        (" \r\n ", "The question is empty."),
        ("wörd " * 600, "at most 2,000"),
        ("?!? 42", "holds no words"),
    ],
)
def test_a_question_that_can_not_be_used_is_said_and_kept(question, words):
    page = page_of(ask(question), status=422)
    assert page.texts("title")[0].startswith("Error: ")
    (alert,) = [each for each in page.elements if each.get("role") == "alert"]
    assert words in alert["text"]
    (field,) = page.all("textarea")
    assert field["aria-invalid"] == "true"
    assert "question-error" in field["aria-describedby"]
    assert field["text"] == question.replace("\r\n", "\n")


def test_a_form_without_a_question_is_an_empty_question():
    assert page_of(make_client().post("/", headers=OWN), status=422).texts("textarea") == [""]


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (f"My number is {NUMBER}, can a supplier charge?", 200),
        (f"Meine Nummer ist {NUMBER}, und wie viel kostet die Beschaffung einer Software?", 200),
        (f"{NUMBER} " * 300, 422),
    ],
)
def test_personal_data_is_never_given_back(question, status):
    response = ask(question)
    page = page_of(response, status)
    assert NUMBER not in response.text
    assert page.texts("textarea") == [""]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "https://127.0.0.1:8000"},
    ],
)
def test_this_service_s_own_form_is_read(headers):
    response = ask("Can a supplier charge for data?", headers=headers)
    assert response.status_code == 200
    assert "Can a supplier charge for data?" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": ""},
    ],
)
def test_a_form_of_another_site_is_refused(headers):
    serving = FakeServing()
    response = ask("Can a supplier charge for data?", serving=serving, headers={**headers, "Accept": "text/html"})
    page = page_of(response, 403)
    assert page.texts("h1") == ["Not from this service"]
    assert serving.opened == 0


@pytest.mark.parametrize("content", [b"question=\xff", b"a=1&" * 20, b"question=%ED%A0%80"])
def test_an_odd_form_ends_in_words(content):
    headers = {**OWN, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    response = make_client().post("/", content=content, headers=headers)
    assert response.status_code in {400, 422}
    assert Page(response.text).texts("h1")


@pytest.mark.parametrize("path", ["/", "/sources", "/sources/loti-data"])
def test_without_a_build_a_page_says_so(path):
    client = make_client(FakeServing(error=BuildError("There is no index in /srv/secret yet.")))
    response = client.get(path, headers={"Accept": "text/html"})
    page = page_of(response, 503)
    assert page.texts("h1") == ["The guidance can't be searched at the moment"]
    assert "/srv/secret" not in response.text
    assert client.get("/about").status_code == 200


def test_every_page_has_its_landmarks_and_says_where_it_is():
    client, html = make_client(), {"Accept": "text/html"}
    for path, here in [
        ("/", "Ask"),
        ("/sources", "Sources"),
        ("/sources/loti-data", "Sources"),
        (f"/passages/{ID['loti-data']}", "Sources"),
        ("/about", "About"),
        ("/nothing", None),
    ]:
        page = Page(client.get(path, headers=html).text)
        assert [len(page.all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
        assert page.all("a")[0]["href"] == "#main"
        assert page.all("main")[0]["id"] == "main"
        assert [each["text"] for each in page.all("a") if "aria-current" in each] == ([here] if here else [])
        assert page.all("style") == []
        assert not [each for each in page.elements if "style" in each or any(name.startswith("on") for name in each)]
