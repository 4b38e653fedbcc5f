"""The real API server with a scripted language model behind real HTTP: every writer, every fault, every wrong setting."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_api_server import running_server

from evals.scripted_model import FAULTS, ScriptedModel, saying, writing
from evals.writers import WRITERS

QUESTION = "What is the council threshold for goods and services?"
SECONDS = 2.0
IN_QUOTES = "The answer could not be put into sentences this time"


@pytest.fixture(scope="module")
def model():
    with ScriptedModel() as running:
        yield running


def settings(model, **changes):
    return {
        "GUIDANCE_CHAT_MODEL": "openai:scripted",
        "GUIDANCE_CHAT_BASE_URL": model.url,
        "GUIDANCE_CHAT_API_KEY": "any-key",
        "GUIDANCE_CHAT_FIRST_SECONDS": "0.5",
        "GUIDANCE_CHAT_BETWEEN_SECONDS": "0.5",
        "GUIDANCE_CHAT_SECONDS": str(SECONDS),
        "GUIDANCE_CHAT_FAILURES": "100",
        **changes,
    }


@pytest.fixture(scope="module")
def client(model, built_data, tmp_path_factory):
    with (
        running_server(built_data, tmp_path_factory.mktemp("model") / "log.txt", **settings(model)) as running,
        running.client() as client,
    ):
        yield client


@pytest.fixture(scope="module")
def quotes(model, client):
    """The answer in quotes, as it is given without a model."""
    model.play = FAULTS["empty"]
    return ask(client)["statements"]


def ask(client, question=QUESTION):
    response = client.post("/v1/chat", json={"question": question})
    assert response.status_code == 200, response.text
    return response.json()


def hold(client, answer):
    """Every quote stands in its passage, and every statement has one."""
    numbers = {citation["number"] for citation in answer["citations"]}
    for citation in answer["citations"]:
        assert citation["quote"] in client.get(f"/v1/passages/{citation['passage_id']}").json()["text"]
    assert all(statement["citations"] and set(statement["citations"]) <= numbers for statement in answer["statements"])


def test_it_is_ready_and_says_who_phrases(client):
    assert client.get("/readyz").json()["phrasing"] == {"model": "openai:scripted", "phrases": True, "detail": None}


def test_an_honest_writer_is_shown_and_recorded(client, model):
    model.play = writing(WRITERS["honest"])
    answer = ask(client)
    assert {statement["kind"] for statement in answer["statements"]} == {"verified"}
    assert answer["suggestion"] is None
    assert "digest" in {notice["kind"] for notice in answer["notices"]}
    hold(client, answer)
    kept = client.get(f"/v1/answers/{answer['id']}").json()
    assert kept["model"] == "openai:scripted"
    assert len(kept["prompt_sha256"]) == 64


def test_an_honest_writer_is_streamed_sentence_by_sentence(client, model):
    model.play = writing(WRITERS["honest"], seconds_between=0.01)
    with client.stream("POST", "/v1/chat/stream", json={"question": QUESTION}) as response:
        events = [json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: ")]
    kinds = [event["type"] for event in events]
    assert kinds[0] == "answer.started"
    assert kinds[1:3] == ["answer.sources", "answer.statement"]
    assert kinds[-1] == "answer.completed"
    final = events[-1]["answer"]
    assert [event["statement"] for event in events if event["type"] == "answer.statement"] == final["statements"]
    assert [event["citations"] for event in events if event["type"] == "answer.sources"][-1] == final["citations"]


@pytest.mark.parametrize("writer", ["careless", "hostile"])
def test_what_is_untrue_or_hostile_is_not_shown(client, model, writer):
    written = []

    def kept(task):
        for line in WRITERS[writer](task):
            written.append(line)
            yield line

    model.play = writing(kept)
    answer = ask(client)
    hold(client, answer)
    assert written
    honest = "including VAT, as law firms report it."
    for statement in answer["statements"]:
        # What a careless writer copied right, under the right number, is shown; nothing else that it wrote.
        assert statement["kind"] == "quoted" or statement["text"].endswith(honest), statement
    text = json.dumps(answer)
    assert not any(word in text for word in ("guidance.example", "OBEYED", "Ombudsman", "2027", "£208,720"))


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_fault_ends_in_checked_sentences_or_quotes_within_the_limit(client, model, quotes, fault):
    model.play = FAULTS[fault]
    began = time.monotonic()
    answer = ask(client)
    assert time.monotonic() - began < SECONDS + 1
    hold(client, answer)
    assert answer["status"] == "answered"
    if fault in {"cut", "stall"}:
        # One sentence had come, and stays; what it leaves open is quoted.
        kinds = [statement["kind"] for statement in answer["statements"]]
        assert kinds == ["verified"] + ["quoted"] * (len(kinds) - 1)
        assert len(kinds) == 1 or answer["suggestion"].startswith(IN_QUOTES)
    else:
        assert answer["statements"] == quotes
        assert answer["suggestion"].startswith(IN_QUOTES)


def test_one_retry_before_anything_is_shown(client, model, quotes):
    plays = [FAULTS["status-503"], writing(WRITERS["honest"])]
    model.play = lambda handler, sent: plays.pop(0)(handler, sent)
    assert {statement["kind"] for statement in ask(client)["statements"]} == {"verified"}
    assert plays == []


def test_the_model_is_not_asked_about_what_is_refused(client, model):
    model.play = writing(WRITERS["honest"])
    before = len(model.requests)
    assert ask(client, "My NHS number is 943 476 5919, may I bid?")["status"] == "personal_data"
    assert ask(client, "What is the capital of Mongolia?")["statements"] == []
    assert len(model.requests) == before


@pytest.mark.parametrize(
    ("changes", "play", "names"),
    [
        ({"GUIDANCE_CHAT_MODEL": "nosuch:model"}, None, "GUIDANCE_CHAT_MODEL"),
        ({}, FAULTS["web-page"], "GUIDANCE_CHAT_BASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_and_the_service_starts_in_quotes(model, built_data, tmp_path, changes, play, names):
    model.play = play or saying("ready")
    with (
        running_server(built_data, tmp_path / "log.txt", **settings(model, **changes)) as running,
        running.client() as client,
    ):
        phrasing = client.get("/readyz").json()["phrasing"]
        assert phrasing["phrases"] is False
        assert names in phrasing["detail"]
        assert {statement["kind"] for statement in ask(client)["statements"]} == {"quoted"}
        assert names in running.log()
        assert "any-key" not in running.log() + phrasing["detail"]


def test_a_model_that_is_down_is_left_alone_for_a_while_and_comes_back(model, built_data, tmp_path):
    changes = {"GUIDANCE_CHAT_FAILURES": "2", "GUIDANCE_CHAT_PAUSE_SECONDS": "0.5"}
    model.play = saying("ready")
    with (
        running_server(built_data, tmp_path / "log.txt", **settings(model, **changes)) as running,
        running.client() as client,
    ):
        model.play = FAULTS["status-503"]
        ask(client)
        assert client.get("/readyz").json()["phrasing"]["phrases"] is False
        calls = len(model.requests)
        assert {statement["kind"] for statement in ask(client)["statements"]} == {"quoted"}
        assert len(model.requests) == calls
        model.play = writing(WRITERS["honest"])
        time.sleep(0.6)
        assert {statement["kind"] for statement in ask(client)["statements"]} == {"verified"}
        assert client.get("/readyz").json()["phrasing"]["phrases"] is True


def test_waiting_for_the_model_keeps_nobody_else_from_an_answer(client, model):
    model.play = FAULTS["hang"]
    with ThreadPoolExecutor(6) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda _: ask(client), range(6)))
    assert all(answer["statements"] for answer in answers)
    assert time.monotonic() - began < SECONDS + 1.5
