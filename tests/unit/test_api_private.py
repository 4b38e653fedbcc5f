"""Nobody sees what is another's, nor that it exists (OWASP ASVS 8.2.2)."""

import re

import pytest
from fastapi.testclient import TestClient
from test_api_access import bearer
from test_api_serving import FakeServing

from api.app import create_app
from api.keys import create_key
from api.settings import ApiSettings
from api.store import Store

QUESTION = {"question": "Can a supplier charge for data?"}
OWN = {"Origin": "http://127.0.0.1:8000"}
UNKNOWN = "0" * 32


@pytest.fixture
def client():
    store = Store("sqlite://")
    app = create_app(FakeServing(), ApiSettings(authentication=True, widget_sessions=True), store)
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    client.store = store
    yield client
    store.close()


@pytest.fixture(params=["keys", "sessions", "key and session"])
def two(request, client):
    """The headers of two callers."""
    keys = [bearer(create_key(client.store, "Test")[0]) for _ in range(2)]
    sessions = [bearer(client.post("/v1/widget/sessions", headers=OWN).json()["token"]) | OWN for _ in range(2)]
    return {"keys": keys, "sessions": sessions, "key and session": [keys[0], sessions[0]]}[request.param]


def private_operations(client):
    """Every operation on something that has an owner, with a request that would do for its owner."""
    for path, item in client.get("/openapi.json").json()["paths"].items():
        kinds = [kind for kind in ("conversation_id", "answer_id") if f"{{{kind}}}" in path]
        for method in item if kinds else ():
            body = {"json": {"verdict": "helpful"}} if path.endswith("/feedback") else {}
            yield method, path, kinds[0], body


def ask(client, headers, **body):
    return client.post("/v1/chat", json=QUESTION | body, headers=headers)


def outcome(response):
    problem = response.json()
    return response.status_code, problem["type"], problem["detail"]


def test_ids_cannot_be_guessed(client, two):
    answer = ask(client, two[0]).json()
    for given in (answer["id"], answer["conversation_id"]):
        assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_anothers_is_as_unknown_as_what_never_was(client, two):
    mine, theirs = two
    answer = ask(client, mine).json()
    ids = {"conversation_id": answer["conversation_id"], "answer_id": answer["id"]}
    operations = list(private_operations(client))
    assert len({path for _, path, _, _ in operations}) >= 3
    for method, path, kind, body in operations:
        sent = [
            client.request(method, path.replace(f"{{{kind}}}", each), headers=theirs, **body)
            for each in (ids[kind], UNKNOWN)
        ]
        assert outcome(sent[0]) == outcome(sent[1])
        assert sent[0].status_code == 404
    # Nothing of it was changed, and it is all there for whose it is; deleting comes last.
    for method, path, kind, body in sorted(operations, key=lambda each: each[0] == "delete"):
        assert client.request(method, path.replace(f"{{{kind}}}", ids[kind]), headers=mine, **body).status_code < 300


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/stream"])
def test_nobody_goes_on_with_anothers_conversation(path, client, two):
    mine, theirs = two
    conversation = ask(client, mine).json()["conversation_id"]
    refused = [
        client.post(path, json=QUESTION | {"conversation_id": each}, headers=theirs) for each in (conversation, UNKNOWN)
    ]
    assert outcome(refused[0]) == outcome(refused[1])
    assert refused[0].status_code == 404
    turns = client.get(f"/v1/conversations/{conversation}", headers=mine).json()["turns"]
    assert len(turns) == 1


def test_an_idempotency_key_replays_only_ones_own_answer(client, two):
    mine, theirs = ({**headers, "Idempotency-Key": "the-same-key"} for headers in two)
    first, again, other = ask(client, mine), ask(client, mine), ask(client, theirs)
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", first.json())
    assert "Idempotent-Replayed" not in other.headers
    assert other.json()["id"] != first.json()["id"]


def test_a_renewed_session_goes_on_with_its_conversation(client):
    token = client.post("/v1/widget/sessions", headers=OWN).json()["token"]
    conversation = ask(client, bearer(token) | OWN).json()["conversation_id"]
    renewed = client.post("/v1/widget/sessions", headers=OWN | bearer(token)).json()["token"]
    assert ask(client, bearer(renewed) | OWN, conversation_id=conversation).json()["conversation_id"] == conversation
