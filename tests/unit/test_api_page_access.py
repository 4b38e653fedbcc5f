"""The chat page without JavaScript, with authentication on: its form carries the session."""

import re

import pytest
from fastapi.testclient import TestClient
from test_api_serving import FakeServing

from api.app import create_app
from api.settings import ApiSettings
from api.store import Store

OWN = {"Origin": "http://127.0.0.1:8000", "Accept": "text/html"}
QUESTION = "Can a supplier charge for data?"


def page_client(**settings):
    app = create_app(FakeServing(), ApiSettings(authentication=True, **settings), Store("sqlite://"))
    return TestClient(app, base_url="http://127.0.0.1:8000")


def ask(client, **hidden):
    return client.post("/", data={"question": QUESTION} | hidden, headers=OWN)


def hidden_of(response):
    assert response.status_code == 200, response.text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', response.text))


def test_the_form_goes_on_with_its_own_conversation():
    client = page_client(widget_sessions=True)
    first = hidden_of(ask(client))
    assert {"session", "conversation_id", "answer_id"} <= set(first)
    second = hidden_of(ask(client, **first))
    assert second["conversation_id"] == first["conversation_id"]
    kept = client.get(
        f"/v1/conversations/{first['conversation_id']}", headers={"Authorization": f"Bearer {second['session']}"}
    )
    assert len(kept.json()["turns"]) == 2


@pytest.mark.parametrize("session", [None, "garbage", "a.b.c"])
def test_nobody_goes_on_with_anothers(session):
    client = page_client(widget_sessions=True)
    first = hidden_of(ask(client))
    hidden = {"conversation_id": first["conversation_id"]} | ({"session": session} if session else {})
    assert ask(client, **hidden).status_code == 404


def test_a_record_is_for_whose_answer_it_is_and_is_no_question():
    client = page_client(widget_sessions=True, questions_per_minute=1)
    first = hidden_of(ask(client))
    wanted = {"answer_id": first["answer_id"], "format": "markdown"}
    own = client.post("/record", data=wanted | {"session": first["session"]}, headers=OWN)
    assert own.status_code == 200
    assert own.headers["RateLimit-Policy"].startswith('"reads"')
    unknown = wanted | {"answer_id": "0" * 32}
    refused = [client.post("/record", data=data, headers=OWN) for data in (wanted, unknown)]
    assert [each.status_code for each in refused] == [404, 404]


def test_a_session_stands_in_no_address():
    response = ask(page_client(widget_sessions=True))
    session = hidden_of(response)["session"]
    assert [link for link in re.findall(r'(?:href|action|src)="([^"]*)"', response.text) if session in link] == []


def test_without_sessions_the_form_is_closed():
    assert ask(page_client()).status_code == 401
    # Reading is not asking.
    refused = ask(page_client(public_reading=True))
    assert (refused.status_code, "WWW-Authenticate" in refused.headers) == (401, True)


def test_questions_of_the_form_are_counted_and_wait_for_room():
    client = page_client(widget_sessions=True, questions_per_minute=1)
    session = hidden_of(ask(client))["session"]
    refused = ask(client, session=session)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    client = page_client(widget_sessions=True)
    client.app.state.room.here = 1_000_000
    assert ask(client).status_code == 503
