"""Answers in parts: the events, their order, and how a stream ends."""

import asyncio
import json
import threading

import anyio
import pytest
from test_api_serving import FakeServing, make_client

from api.problems import ProblemJson
from api.stream import open_stream
from api.turns import Asked, Desk
from assistant.answer import Assistant
from assistant.errors import Abandoned
from assistant.types import Filters, Notice, Statement

QUESTION = "Can a supplier charge the council for its own data?"


def events_of(text):
    """The events of a stream as (name, data), heartbeats left out."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = [line.partition(": ") for line in block.split("\n") if not line.startswith(":")]
        if lines:
            assert [field for field, _, _ in lines] == ["event", "data"]
            found.append((lines[0][2], json.loads(lines[1][2])))
    return found


def stream(client, question=QUESTION, headers=None, **body):
    response = client.post("/v1/chat/stream", json={"question": question} | body, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["X-Accel-Buffering"] == "no"
    assert response.headers["Cache-Control"] == "no-store"
    events = events_of(response.text)
    assert [data["sequence_number"] for _, data in events] == list(range(len(events)))
    assert [name for name, _ in events] == [data["type"] for _, data in events]
    ends = [name for name, _ in events if name in {"answer.completed", "answer.failed"}]
    assert ends == [events[-1][0]]
    return [data for _, data in events]


def test_parts_come_in_order_and_add_up_to_the_answer():
    client = make_client()
    events = stream(client)
    started, sources, *parts, completed = events
    answer = completed["answer"]
    assert started["type"] == "answer.started"
    assert [started[name] for name in ("answer_id", "conversation_id", "question")] == [
        answer["id"],
        answer["conversation_id"],
        QUESTION,
    ]
    assert sources["citations"] == answer["citations"]
    assert [part["statement"] for part in parts if part["type"] == "answer.statement"] == answer["statements"]
    assert [part["notice"] for part in parts if part["type"] == "answer.notice"] == answer["notices"]
    kinds = [part["type"] for part in parts]
    assert kinds == sorted(kinds, reverse=True)
    assert client.get(f"/v1/conversations/{answer['conversation_id']}").json()["turns"] == [answer]


def test_the_stream_and_the_whole_answer_say_the_same():
    whole = make_client().post("/v1/chat", json={"question": QUESTION}).json()
    streamed = stream(make_client())[-1]["answer"]
    assert streamed | {"id": "", "conversation_id": ""} == whole | {"id": "", "conversation_id": ""}


def test_a_question_that_is_not_answered_has_a_whole_answer_too():
    events = stream(make_client(FakeServing(evidence_threshold=1.0)), "What is the weather in Leeds?")
    assert events[0]["type"] == "answer.started"
    assert events[-1]["answer"]["status"] == "unanswerable"


def test_personal_data_are_not_given_back_in_any_event():
    events = stream(make_client(), "My telephone number is 07700 900123: who calls me?")
    assert events[-1]["answer"]["status"] == "personal_data"
    assert "900123" not in json.dumps(events)
    assert events[0]["conversation_id"] is None


def test_a_replayed_answer_is_streamed_in_the_same_parts():
    client, key = make_client(), {"Idempotency-Key": "key-0123456789"}
    assert stream(client, headers=key) == stream(client, headers=key)
    response = client.post("/v1/chat/stream", json={"question": QUESTION}, headers=key)
    assert response.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"question": " "}, 422, "question-empty"),
        ({"question": QUESTION, "conversation_id": "none"}, 404, "conversation-not-found"),
        ({}, 422, "request-invalid"),
    ],
)
def test_what_is_wrong_before_the_answer_is_an_ordinary_problem(body, status, kind):
    response = make_client().post("/v1/chat/stream", json=body)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert ProblemJson.model_validate(response.json()).type == f"/problems/{kind}"


def breaking(monkeypatch, after):
    """Answers break down once so many parts have been told."""
    ask_really = Assistant.ask

    def ask(self, text, *, tell=None, **named):
        told = []

        def tell_until(part):
            if len(told) == after:
                raise RuntimeError("password=hunter2")
            told.append(part)
            tell(part)

        return ask_really(self, text, tell=tell_until, **named)

    monkeypatch.setattr(Assistant, "ask", ask)


@pytest.mark.parametrize("after", [1, 2])
def test_a_breakdown_half_way_ends_the_stream_with_why_and_keeps_nothing(monkeypatch, after, caplog):
    breaking(monkeypatch, after)
    client = make_client()
    events = stream(client)
    assert len(events) == after + 2
    problem = ProblemJson.model_validate(events[-1]["problem"])
    assert (problem.type, problem.status) == ("/problems/internal", 500)
    assert "hunter2" not in json.dumps(events)
    assert "hunter2" in caplog.text
    with client.app.state.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar_one() == 0


def test_a_breakdown_before_the_first_part_is_an_ordinary_500(monkeypatch, caplog):
    breaking(monkeypatch, 0)
    client = make_client()
    response = client.post("/v1/chat/stream", json={"question": QUESTION})
    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal")
    assert "hunter2" not in response.text


def test_silence_is_filled_with_heartbeats(monkeypatch):
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    ask_really = Assistant.ask

    def ask(self, text, *, tell=None, **named):
        def slowly(part):
            tell(part)
            threading.Event().wait(0.2)

        return ask_really(self, text, tell=slowly, **named)

    monkeypatch.setattr(Assistant, "ask", ask)
    response = make_client().post("/v1/chat/stream", json={"question": QUESTION})
    assert ": ping\n\n" in response.text
    assert events_of(response.text)[-1][0] == "answer.completed"


def asked():
    return Asked(question=QUESTION, filters=Filters(), conversation_id=None, owner="local")


def desk_of(client):
    return client.app.state.desk


def test_the_server_that_stops_ends_streams(monkeypatch):
    client, halted = make_client(), threading.Event()
    breaking_off = []
    ask_really = Assistant.ask

    def ask(self, text, *, tell=None, **named):
        def halt(part):
            tell(part)
            for running in client.app.state.streams:
                running._loop.call_soon_threadsafe(running.stop)
            halted.wait(0.3)

        try:
            return ask_really(self, text, tell=halt, **named)
        except Abandoned:
            breaking_off.append("abandoned")
            raise

    monkeypatch.setattr(Assistant, "ask", ask)
    events = stream(client)
    assert [event["type"] for event in events][-1] == "answer.failed"
    assert events[-1]["problem"]["type"] == "/problems/stopping"
    assert breaking_off == ["abandoned"]
    with client.app.state.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar_one() == 0


def test_whoever_leaves_stops_the_work_and_nothing_is_kept(monkeypatch):
    client, told = make_client(), []
    first = threading.Event()
    ask_really = Assistant.ask

    def ask(self, text, *, tell=None, **named):
        def note(part):
            tell(part)
            told.append(part)
            first.wait(0.3)

        return ask_really(self, text, tell=note, **named)

    monkeypatch.setattr(Assistant, "ask", ask)

    async def leave_after_the_first_part():
        async with open_stream(desk_of(client), asked(), set()) as opened:
            await opened.next()

    asyncio.run(leave_after_the_first_part())
    assert len(told) == 1
    assert not any(isinstance(part, Statement | Notice) for part in told)
    with client.app.state.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answers").scalar_one() == 0


def test_whoever_leaves_while_waiting_in_line_is_never_answered():
    serving = FakeServing()

    async def leave_the_line():
        busy = anyio.CapacityLimiter(1)
        desk = Desk(serving=serving, answering=busy, store=make_client().app.state.store)
        await busy.acquire()
        async with open_stream(desk, asked(), set()):
            await anyio.sleep(0.05)
        assert busy.statistics().tasks_waiting == 0
        busy.release()

    asyncio.run(leave_the_line())
    assert serving.opened == 0


def test_openapi_describes_every_event():
    schema = make_client().get("/openapi.json").json()
    item = schema["paths"]["/v1/chat/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"]["itemSchema"]
    kinds = item["properties"]["data"]["contentSchema"]["discriminator"]["mapping"]
    assert set(kinds) == {
        f"answer.{name}" for name in ("started", "sources", "statement", "notice", "completed", "failed")
    }
