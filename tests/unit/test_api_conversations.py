"""Conversations, records of answers and feedback over HTTP. Faults of the database are in tests/contract/test_store_faults.py."""

import json

import pytest
from test_api_serving import DATA_QUOTE, FakeServing, make_client

from api.access import Caller, caller_of
from api.answers import FeedbackJson
from api.examples import ANSWER, CONVERSATION, EXAMPLES, FEEDBACK, SNAPSHOT, STREAM, SUGGESTIONS
from api.problems import ProblemJson
from api.store import IN_MEMORY, Store
from api.store.answers import GivenFeedback
from api.store.conversations import ConversationJson
from api.store.snapshot import SnapshotJson
from api.stream import AnswerCompleted
from api.suggestions import OPENING_QUESTIONS, SHOWN, SuggestionsJson
from assistant.answer import Assistant

QUESTION = "Can a supplier charge the council for its own data?"
PERSONAL = "My telephone number is 07700 900123: who calls me back?"
KEY = {"Idempotency-Key": "key-0123456789"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client():
    return make_client()


def ask(client, question=QUESTION, headers=None, **body):
    response = client.post("/v1/chat", json={"question": question} | body, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


def turns(client, conversation_id):
    return client.get(f"/v1/conversations/{conversation_id}").json()["turns"]


def become(client, owner):
    """Everything that is sent from now on is somebody else's."""
    client.app.dependency_overrides[caller_of] = lambda: Caller(owner=owner)


def problem(response):
    found = ProblemJson.model_validate(response.json())
    assert found.status == response.status_code
    return found.type.removeprefix("/problems/")


def test_a_first_question_begins_a_conversation_and_the_next_goes_on_with_it(client):
    first = ask(client)
    second = ask(client, "And what are its themes?", conversation_id=first["conversation_id"])
    assert second["conversation_id"] == first["conversation_id"]
    assert turns(client, first["conversation_id"]) == [first, second]
    assert ask(client)["conversation_id"] != first["conversation_id"]


def test_the_assistant_is_given_the_turns_before(client, monkeypatch):
    seen = []
    ask_really = Assistant.ask

    def spy(self, text, **named):
        seen.append(named["history"])
        return ask_really(self, text, **named)

    monkeypatch.setattr(Assistant, "ask", spy)
    first = ask(client)
    ask(client, "And what are its themes?", conversation_id=first["conversation_id"])
    assert list(seen[0]) == []
    [turn] = seen[1]
    assert turn.question == QUESTION
    assert turn.answer == " ".join(statement["text"] for statement in first["statements"])


def test_ids_can_not_be_guessed(client):
    answers = [ask(client) for _ in range(5)]
    ids = {each[name] for each in answers for name in ("id", "conversation_id")}
    assert len(ids) == 10
    assert all(len(bytes.fromhex(each)) == 16 for each in ids)


def test_a_record_holds_exactly_what_was_shown_when_it_was_shown():
    serving = FakeServing()
    client = make_client(serving)
    given = ask(client, filters={"publishers": ["LOTI"]})
    serving.error = RuntimeError("the guidance has changed since")
    record = SnapshotJson.model_validate(client.get(f"/v1/answers/{given['id']}").json())
    assert record.answer.model_dump(mode="json") == given
    assert [passage.passage_id for passage in record.passages] == list(
        dict.fromkeys(citation["passage_id"] for citation in given["citations"])
    )
    assert any(DATA_QUOTE in passage.text for passage in record.passages)
    assert {source.id for source in record.sources} == {passage.source_id for passage in record.passages}
    assert record.settings == {"evidence_threshold": 0.0, "quote_words": 120, "filters": {"publishers": ["LOTI"]}}
    assert record.asked_at.utcoffset().total_seconds() == 0


def test_a_question_with_personal_data_is_nowhere_kept(client):
    first = ask(client)
    refused = ask(client, PERSONAL, conversation_id=first["conversation_id"], headers=KEY)
    assert (refused["status"], refused["question"]) == ("personal_data", "")
    assert refused["conversation_id"] == first["conversation_id"]
    assert ask(client, PERSONAL)["conversation_id"] is None
    assert turns(client, first["conversation_id"]) == [first]
    assert problem(client.get(f"/v1/answers/{refused['id']}")) == "answer-not-found"
    with client.app.state.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM idempotency_keys").scalar_one() == 0


def test_every_other_ending_is_a_turn():
    client = make_client(FakeServing(evidence_threshold=1.0))
    given = ask(client, "What is the weather in Leeds?")
    assert given["status"] == "unanswerable"
    assert turns(client, given["conversation_id"]) == [given]


def test_erasing_is_complete(client):
    given = ask(client, headers=KEY)
    client.post(f"/v1/answers/{given['id']}/feedback", json={"verdict": "helpful"})
    address = f"/v1/conversations/{given['conversation_id']}"
    erased = client.delete(address)
    assert (erased.status_code, erased.content) == (204, b"")
    assert problem(client.get(address)) == problem(client.delete(address)) == "conversation-not-found"
    assert problem(client.get(f"/v1/answers/{given['id']}")) == "answer-not-found"
    assert ask(client, headers=KEY)["id"] != given["id"]


def test_another_owner_s_are_as_if_they_were_not_there(client):
    given = ask(client, headers=KEY)
    become(client, "key:other")
    conversation = f"/v1/conversations/{given['conversation_id']}"
    for method, address, body, expected in (
        ("GET", conversation, None, "conversation-not-found"),
        ("DELETE", conversation, None, "conversation-not-found"),
        (
            "POST",
            "/v1/chat",
            {"question": QUESTION, "conversation_id": given["conversation_id"]},
            "conversation-not-found",
        ),
        (
            "POST",
            "/v1/chat/stream",
            {"question": QUESTION, "conversation_id": given["conversation_id"]},
            "conversation-not-found",
        ),
        ("GET", f"/v1/answers/{given['id']}", None, "answer-not-found"),
        ("POST", f"/v1/answers/{given['id']}/feedback", {"verdict": "helpful"}, "answer-not-found"),
    ):
        response = client.request(method, address, json=body)
        assert (response.status_code, problem(response)) == (404, expected)
    assert ask(client, headers=KEY)["id"] != given["id"]
    become(client, "local")
    assert turns(client, given["conversation_id"]) == [given]


def test_the_same_key_and_body_give_the_same_answer_and_one_turn(client):
    response = client.post("/v1/chat", json={"question": QUESTION}, headers=KEY)
    again = client.post("/v1/chat", json={"question": QUESTION, "filters": {}}, headers=KEY)
    assert "Idempotent-Replayed" not in response.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.content == response.content
    assert len(turns(client, response.json()["conversation_id"])) == 1


@pytest.mark.parametrize("body", [{"question": "Another?"}, {"question": QUESTION, "filters": {"publishers": ["LGA"]}}])
def test_a_key_with_another_body_is_refused(client, body):
    ask(client, headers=KEY)
    response = client.post("/v1/chat", json=body, headers=KEY)
    assert (response.status_code, problem(response)) == (422, "idempotency-key-reused")


def test_a_key_that_is_being_answered_is_told_to_wait(client):
    codes = []

    class Meanwhile(FakeServing):
        def current(self):
            codes.append(client.post("/v1/chat", json={"question": QUESTION}, headers=KEY))
            return FakeServing().current()

    slow = make_client(Meanwhile(), store=client.app.state.store)
    ask(slow, headers=KEY)
    assert (codes[0].status_code, problem(codes[0])) == (409, "idempotency-key-in-use")
    assert int(codes[0].headers["Retry-After"]) > 0


def test_a_key_is_free_again_after_a_failure(client):
    response = client.post("/v1/chat", json={"question": " "}, headers=KEY)
    assert problem(response) == "question-empty"
    assert ask(client, headers=KEY)["status"] == "answered"


@pytest.mark.parametrize("key", ["short", "k" * 129, "with a space", "with\ttab", "naïve-key-1"])
def test_a_key_that_is_none_is_refused(client, key):
    response = client.post("/v1/chat", json={"question": QUESTION}, headers={"Idempotency-Key": key.encode()})
    assert (response.status_code, problem(response)) == (422, "request-invalid")


def test_a_full_conversation_says_so(client):
    given = ask(client)
    with client.app.state.store.writing() as connection:
        connection.exec_driver_sql("UPDATE conversations SET turns = 100")
    for address in ("/v1/chat", "/v1/chat/stream"):
        response = client.post(address, json={"question": QUESTION, "conversation_id": given["conversation_id"]})
        assert (response.status_code, problem(response)) == (409, "conversation-full")
        assert "100 turns" in response.json()["detail"]


def test_feedback_is_kept_and_replaced(client):
    given = ask(client)
    address = f"/v1/answers/{given['id']}/feedback"
    first = client.post(address, json={"verdict": "unhelpful", "reasons": ["wrong", "wrong", "other"], "comment": "?"})
    assert first.status_code == 201
    assert first.json() | {"given_at": ""} == {
        "answer_id": given["id"],
        "verdict": "unhelpful",
        "reasons": ["wrong", "other"],
        "comment": "?",
        "given_at": "",
    }
    assert client.post(address, json={"verdict": "helpful"}).status_code == 200


def test_a_comment_with_personal_data_is_refused_and_not_repeated(client):
    given = ask(client)
    response = client.post(
        f"/v1/answers/{given['id']}/feedback", json={"verdict": "helpful", "comment": "Ring 07700 900123"}
    )
    assert (response.status_code, problem(response)) == (422, "personal-data")
    assert "900123" not in response.text
    assert "comment" in response.json()["detail"]
    with client.app.state.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM feedback").scalar_one() == 0


BAD_BODIES = [
    ({"question": QUESTION, "conversation_id": 7}, "request-invalid"),
    ({"question": QUESTION, "conversation_id": ["a"]}, "request-invalid"),
    ({"question": QUESTION, "conversation": "a"}, "request-invalid"),
    ({"question": "data\0charges?"}, "request-invalid"),
    ({"question": QUESTION, "conversation_id": "a\0"}, "request-invalid"),
    ({"question": QUESTION, "conversation_id": "\ud800"}, "request-invalid"),
    ({"question": QUESTION, "filters": {"publishers": ["\ud800"]}}, "request-invalid"),
    ({"question": QUESTION, "filters": {"publishers": ["\0"]}}, "request-invalid"),
    ({"question": QUESTION, "conversation_id": "0" * 32}, "conversation-not-found"),
    ({"question": QUESTION, "conversation_id": ""}, "conversation-not-found"),
    ({"question": QUESTION, "conversation_id": "'; DROP TABLE answers"}, "conversation-not-found"),
]


@pytest.mark.parametrize(("body", "expected"), BAD_BODIES)
@pytest.mark.parametrize("address", ["/v1/chat", "/v1/chat/stream"])
def test_a_bad_question_is_the_caller_s_error(client, address, body, expected):
    response = client.post(address, content=json.dumps(body), headers=JSON)
    assert 400 <= response.status_code < 500
    assert problem(response) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"verdict": "splendid"}', "request-invalid"),
        (b"{}", "request-invalid"),
        (b'{"verdict": "helpful", "stars": 5}', "request-invalid"),
        (b'{"verdict": "helpful", "reasons": "wrong"}', "request-invalid"),
        (b'{"verdict": "helpful", "reasons": ["bad"]}', "request-invalid"),
        (b'{"verdict": "helpful", "comment": 7}', "request-invalid"),
        (b'{"verdict": "helpful", "comment": "a\\u0000b"}', "request-invalid"),
        (b'{"verdict": "helpful", "comment": "\\udc00"}', "request-invalid"),
        (b'{"verdict": "helpful", "comment": "' + b"a" * 1001 + b'"}', "request-invalid"),
        (b'{"verdict": "helpful", "comment": "\xff"}', "body-unreadable"),
        (b'{"verdict": "helpful", "comment": "' + b"a" * 70_000 + b'"}', "body-too-large"),
        (b'{"verdict": ', "json-invalid"),
    ],
)
def test_bad_feedback_is_the_caller_s_error(client, content, expected):
    given = ask(client)
    response = client.post(f"/v1/answers/{given['id']}/feedback", content=content, headers=JSON)
    assert 400 <= response.status_code < 500
    assert problem(response) == expected


@pytest.mark.parametrize(
    "odd", ["none", "0" * 32, "%00", "a%00b", "%F0%9F%8F%9B", "x" * 3000, "%27%20OR%201=1--", "%ff"]
)
def test_unknown_ids_are_not_found(client, odd):
    ask(client)
    expected = {
        ("GET", f"/v1/conversations/{odd}"): "conversation-not-found",
        ("DELETE", f"/v1/conversations/{odd}"): "conversation-not-found",
        ("GET", f"/v1/answers/{odd}"): "answer-not-found",
        ("POST", f"/v1/answers/{odd}/feedback"): "answer-not-found",
    }
    for (method, address), kind in expected.items():
        body = {"json": {"verdict": "helpful"}} if method == "POST" else {}
        response = client.request(method, address, **body)
        assert (response.status_code, problem(response)) == (404, kind)


def test_where_nothing_is_kept_every_question_stands_alone():
    client = make_client(store=Store(IN_MEMORY, keeps=False))
    given = ask(client, headers=KEY)
    assert given["conversation_id"] is None
    assert problem(client.get(f"/v1/answers/{given['id']}")) == "answer-not-found"
    response = client.post("/v1/chat", json={"question": QUESTION, "conversation_id": "0" * 32})
    assert problem(response) == "conversation-not-found"
    assert ask(client, headers=KEY)["id"] != given["id"]


def test_suggestions_are_answered_and_asked_once_a_build(monkeypatch):
    serving = FakeServing()
    client, asked = make_client(serving), []
    ask_really = Assistant.ask
    monkeypatch.setattr(
        Assistant, "ask", lambda self, text, **named: asked.append(text) or ask_really(self, text, **named)
    )
    questions = client.get("/v1/suggestions").json()["questions"]
    assert 0 < len(questions) <= SHOWN
    assert set(questions) <= set(OPENING_QUESTIONS)
    before = len(asked)
    assert client.get("/v1/suggestions").json()["questions"] == questions
    assert len(asked) == before
    unsure = make_client(FakeServing(evidence_threshold=1.0))
    assert unsure.get("/v1/suggestions").json() == {"questions": []}


def test_examples_are_what_could_be_sent():
    ConversationJson.model_validate(CONVERSATION)
    SnapshotJson.model_validate(SNAPSHOT)
    GivenFeedback.model_validate(FEEDBACK)
    SuggestionsJson.model_validate(SUGGESTIONS)
    last = STREAM.strip().rpartition("data: ")[2]
    assert AnswerCompleted.model_validate_json(last).answer.model_dump(mode="json") == ANSWER
    assert SNAPSHOT["passages"][0]["passage_id"] == ANSWER["citations"][0]["passage_id"]


def test_openapi_shows_every_example(client):
    paths = client.get("/openapi.json").json()["paths"]
    for (path, method, status, media_type), example in EXAMPLES.items():
        assert paths[path][method]["responses"][status]["content"][media_type]["example"] == example
    request = FeedbackJson.model_config["json_schema_extra"]["examples"][0]
    assert FeedbackJson.model_validate(request)


def test_records_kept_by_the_first_version_are_still_read():
    """What was kept must be readable years later. This text never changes: give a new field a default instead."""
    answer = (
        '{"id":"0f","question":"Why?","status":"answered","statements":[{"text":"So.","kind":"quoted","citations":[1]}],'
        '"citations":[{"number":1,"quote":"So.","passage_id":"a:1","source_id":"a","ref":null,"publisher":"LGA","title":"T",'
        '"url":null,"page":null,"heading_path":[],"published":null,"source_status":"historic","content":"original"}],'
        '"notices":[{"kind":"digest","text":"N","source_ids":["a"]}],"suggestion":null,"conversation_id":"0c","build_id":"b"}'
    )
    evidence = (
        '{"passages":[{"passage_id":"a:1","text":"So.","heading_path":["H"],"page":2,"source_id":"a","sha256":"00"}],'
        '"sources":[{"id":"a","ref":"G1","publisher":"LGA","title":"T","url":null,"published":"2020-11","published_note":null,'
        '"status":"withdrawn","superseded_by":["b"],"superseded_note":null,"legal_regime":"pcr_2015","nations":["wales"],'
        '"valid_from":"2020-01-01","valid_to":null,"review_by":null,"licence":"OGL 3.0","content":"digest"}],'
        '"settings":{"evidence_threshold":0.15,"quote_words":120,"filters":{}}}'
    )
    record = SnapshotJson.model_validate(
        {
            "answer": json.loads(answer),
            "asked_at": "2026-11-22T12:00:00Z",
            "build_id": "b",
            "model": None,
            "prompt_sha256": None,
        }
        | json.loads(evidence)
    )
    assert record.answer.statements[0].text == "So."
