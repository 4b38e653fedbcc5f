"""What is open to whom, and how often; what is done when too many come."""

import asyncio
import threading

import httpx2
import pytest
from fastapi.testclient import TestClient
from test_api_access import bearer, guarded_client
from test_api_serving import ID, FakeServing, make_client

from api.admission import ANONYMOUS_TOGETHER
from api.app import create_app
from api.keys import create_key
from api.rate_limits import Allowance, ProcessCounter
from api.settings import ApiSettings
from api.store import Store

# What needs no caller whatever the settings are. Everything else under /v1 does.
OPEN = {("post", "/v1/widget/sessions"), ("get", "/healthz"), ("get", "/readyz")}
QUESTION = {"question": "Can a supplier charge for data?"}
PASSAGE = ID["loti-data"]


def operations(client):
    paths = client.get("/openapi.json").json()["paths"]
    return [(method, path, operation) for path, item in paths.items() for method, operation in item.items()]


def send(client, method, path, **extra):
    body = {"json": QUESTION} if path.startswith("/v1/chat") else {}
    return client.request(method, path.replace("{", "").replace("}", ""), **body, **extra)


def test_every_address_of_the_api_asks_for_a_caller_and_says_so():
    client = guarded_client(oidc_issuer="https://login.example.org", oidc_audience="guidance", widget_sessions=True)
    closed = [(method, path, operation) for method, path, operation in operations(client) if (method, path) not in OPEN]
    assert {"/v1/chat", "/v1/corpus", "/v1/sources", "/v1/passages/{passage_id}"} <= {path for _, path, _ in closed}
    for method, path, operation in closed:
        assert send(client, method, path).status_code == 401, path
        assert operation["security"] == [{"ApiKey": []}, {"OpenIdConnect": []}, {"WidgetSession": []}]
    for method, path, operation in operations(client):
        if (method, path) in OPEN:
            assert send(client, method, path).status_code != 401
            assert "security" not in operation
    schemes = client.get("/openapi.json").json()["components"]["securitySchemes"]
    assert set(schemes) == {"ApiKey", "OpenIdConnect", "WidgetSession"}
    assert schemes["OpenIdConnect"]["openIdConnectUrl"] == "https://login.example.org/.well-known/openid-configuration"


def test_only_what_is_accepted_is_described():
    document = guarded_client().get("/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"ApiKey"}
    document = make_client().get("/openapi.json").json()
    assert "securitySchemes" not in document["components"]
    assert "security" not in str(document["paths"])


@pytest.mark.parametrize("path", ["/", f"/passages/{PASSAGE}"])
@pytest.mark.parametrize(
    ("settings", "status"), [({}, 401), ({"public_reading": True}, 200), ({"widget_sessions": True}, 200)]
)
def test_pages_are_closed_unless_a_setting_opens_them(path, settings, status):
    response = guarded_client(**settings).get(path, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    if status == 401:
        assert "GUIDANCE_API_WIDGET_SESSIONS" in response.text
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_public_reading_opens_the_guidance_and_nothing_else():
    client = guarded_client(public_reading=True)
    for path in ("/v1/corpus", "/v1/sources", "/v1/sources/loti-data", f"/v1/passages/{PASSAGE}"):
        assert client.get(path).status_code == 200
        # Who shows something means it.
        assert client.get(path, headers=bearer("pga_nonsense")).status_code == 401
    assert client.post("/v1/chat", json=QUESTION).status_code == 401
    security = {path: operation.get("security") for _, path, operation in operations(client)}
    assert security["/v1/sources"] == [{}, {"ApiKey": []}]
    assert security["/v1/chat"] == [{"ApiKey": []}]


def test_files_and_health_are_open():
    client = guarded_client()
    for path in ("/healthz", "/readyz", "/openapi.json", "/widget.js"):
        assert client.get(path).status_code == 200


def limited_client(**settings):
    store = Store("sqlite://")
    keys = [create_key(store, "Test")[0] for _ in range(2)]
    return guarded_client(store, **settings), *keys


def test_a_caller_who_asks_too_often_is_told_when_to_come_back():
    client, key, other = limited_client(questions_per_minute=2)
    first, second, third = (client.post("/v1/chat", json=QUESTION, headers=bearer(key)) for _ in range(3))
    assert [each.status_code for each in (first, second, third)] == [200, 200, 429]
    assert first.headers["RateLimit-Policy"] == third.headers["RateLimit-Policy"] == '"questions";q=2;w=60'
    assert first.headers["RateLimit"] == '"questions";r=1;t=60'
    assert second.headers["RateLimit"].startswith('"questions";r=0;t=')
    assert third.json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(third.headers["Retry-After"]) <= 60
    assert third.headers["RateLimit"] == f'"questions";r=0;t={third.headers["Retry-After"]}'
    assert client.post("/v1/chat", json=QUESTION, headers=bearer(other)).status_code == 200


def test_reads_are_counted_apart_from_questions():
    client, key, _ = limited_client(questions_per_minute=1, reads_per_minute=1)
    assert client.post("/v1/chat", json=QUESTION, headers=bearer(key)).status_code == 200
    read = client.get("/v1/sources", headers=bearer(key))
    assert (read.status_code, read.headers["RateLimit-Policy"]) == (200, '"reads";q=1;w=60')
    assert client.get("/v1/corpus", headers=bearer(key)).status_code == 429


def test_with_authentication_there_are_limits_without_a_setting():
    client, key, _ = limited_client()
    assert (
        client.post("/v1/chat", json=QUESTION, headers=bearer(key)).headers["RateLimit-Policy"]
        == '"questions";q=60;w=60'
    )
    assert client.get("/v1/sources", headers=bearer(key)).headers["RateLimit-Policy"] == '"reads";q=600;w=60'


def test_problems_have_the_fields_too():
    client, key, _ = limited_client()
    missing = client.get("/v1/sources/none", headers=bearer(key))
    assert (missing.status_code, missing.headers["RateLimit-Policy"]) == (404, '"reads";q=600;w=60')
    unreadable = client.post("/v1/chat", json={}, headers=bearer(key))
    assert (unreadable.status_code, unreadable.headers["RateLimit-Policy"]) == (422, '"questions";q=60;w=60')


def test_whoever_is_refused_uses_nobodys_allowance_up():
    client, key, _ = limited_client(reads_per_minute=1)
    for _ in range(3):
        refused = client.get("/v1/sources", headers=bearer("pga_nonsense"))
        assert refused.status_code == 401
        assert "RateLimit" not in refused.headers
    assert client.get("/v1/sources", headers=bearer(key)).status_code == 200


def test_without_authentication_there_are_limits_only_if_they_are_set():
    assert "RateLimit" not in make_client().get("/v1/sources").headers
    client = make_client(reads_per_minute=1)
    assert client.get("/v1/sources").headers["RateLimit"] == '"reads";r=0;t=60'
    assert client.get("/v1/sources").status_code == 429
    assert "RateLimit" not in client.post("/v1/chat", json=QUESTION).headers
    assert client.get("/healthz").status_code == 200


def clients_by_address(**settings):
    """Makes clients of one application, each at an address of its own."""
    app = create_app(FakeServing(), ApiSettings(reads_per_minute=1, **settings))

    def at(address):
        return TestClient(app, base_url="http://127.0.0.1:8000", client=(address, 1))

    return at


def test_addresses_are_counted_apart_and_networks_of_one_customer_together():
    at = clients_by_address()
    client = at("192.0.2.1")
    assert client.get("/v1/sources").status_code == 200
    assert client.get("/v1/sources").status_code == 429
    assert at("192.0.2.2").get("/v1/sources").status_code == 200
    assert at("::ffff:192.0.2.1").get("/v1/sources").status_code == 429
    assert at("2001:db8:1:2::1").get("/v1/sources").status_code == 200
    assert at("2001:db8:1:2:3::4").get("/v1/sources").status_code == 429
    assert at("2001:db8:1:3::1").get("/v1/sources").status_code == 200


def test_nobody_chooses_their_own_address():
    client = clients_by_address()("192.0.2.1")
    statuses = [client.get("/v1/sources", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in (1, 2)]
    assert statuses == [200, 429]


def test_a_trusted_proxy_names_the_address_but_only_the_part_it_has_seen():
    at = clients_by_address(trusted_proxies=("10.0.0.0/8",))
    proxy = at("10.1.2.3")
    forwarded = ["198.51.100.1", "198.51.100.2", "198.51.100.3, 198.51.100.2", "198.51.100.9, 10.9.9.9"]
    statuses = [proxy.get("/v1/sources", headers={"X-Forwarded-For": value}).status_code for value in forwarded]
    assert statuses == [200, 200, 429, 200]
    stranger = at("192.0.2.1")
    statuses = [stranger.get("/v1/sources", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in (1, 2)]
    assert statuses == [200, 429]
    garbage = [proxy.get("/v1/sources", headers={"X-Forwarded-For": value}) for value in ("<script>", "x" * 9_000)]
    assert [each.status_code for each in garbage] == [200, 429]


def test_anonymous_sessions_of_one_address_are_limited_together():
    client, _, _ = limited_client(questions_per_minute=1, widget_sessions=True)
    statuses = []
    for _ in range(ANONYMOUS_TOGETHER + 1):
        token = client.post("/v1/widget/sessions").json()["token"]
        asked = client.post("/v1/chat", json=QUESTION, headers=bearer(token))
        statuses.append(asked.status_code)
    assert statuses == [200] * ANONYMOUS_TOGETHER + [429]
    assert asked.headers["RateLimit-Policy"] == '"questions";q=1;w=60, "questions-of-address";q=10;w=60'
    assert asked.headers["RateLimit"].startswith('"questions";r=0;t=60, "questions-of-address";r=0;t=')


def test_beginning_sessions_is_limited_by_address():
    client, _, _ = limited_client(reads_per_minute=2, widget_sessions=True)
    assert [client.post("/v1/widget/sessions").status_code for _ in range(3)] == [201, 201, 429]


def test_callers_who_do_not_come_back_are_forgotten():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    clock = Clock()
    counter = ProcessCounter(clock)

    async def count(key):
        await counter.count(Allowance(name="reads", key=key, amount=1))

    asyncio.run(count("gone"))
    # The library empties what has left the window, and keeps it; a minute cannot be waited for here.
    counter._storage.events = {key: [] for key in counter._storage.events}
    clock.now += 61
    asyncio.run(count("here"))
    assert [key for key in counter._storage.events if "gone" in key] == []
    assert [key for key in counter._storage.events if "here" in key] != []


class SlowServing(FakeServing):
    """Answers when it is told to."""

    def __init__(self):
        super().__init__()
        self.go = threading.Event()

    def current(self):
        self.go.wait(10)
        return super().current()


def test_a_queue_that_is_full_is_told_at_once_and_empties():
    serving = SlowServing()
    app = create_app(serving, ApiSettings(questions_waiting=2))
    room = int(app.state.room.at_once) + 2

    async def ask_at_once(number):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            asked = [asyncio.create_task(client.post("/v1/chat", json=QUESTION)) for _ in range(number)]
            refused = []
            for done in asyncio.as_completed(asked):
                response = await done
                if response.status_code == 200:
                    break
                refused.append(response)
                if len(refused) == number - room:
                    # Health is told while all places are taken.
                    assert (await client.get("/healthz")).status_code == 200
                    serving.go.set()
            answered = [task for task in asked if (await task).status_code == 200]
            assert (await client.post("/v1/chat", json=QUESTION)).status_code == 200
            return refused, answered

    refused, answered = asyncio.run(ask_at_once(room + 5))
    assert (len(refused), len(answered)) == (5, room)
    for each in refused:
        assert each.status_code == 503
        assert each.json()["type"] == "/problems/overloaded"
        assert int(each.headers["Retry-After"]) > 0


def test_a_question_that_cannot_be_used_leaves_its_place():
    client = make_client(questions_waiting=1)
    for _ in range(40):
        assert client.post("/v1/chat", json={"question": ""}).status_code == 422
    assert client.post("/v1/chat", json=QUESTION).status_code == 200


def test_a_stream_leaves_its_place_when_it_has_ended():
    app = create_app(FakeServing(), ApiSettings(questions_waiting=1))
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    for _ in range(3):
        streamed = client.post("/v1/chat/stream", json=QUESTION)
        assert "event: answer.completed" in streamed.text
        assert app.state.room.here == 0
    app.state.room.here = app.state.room.at_once + 1
    refused = client.post("/v1/chat/stream", json=QUESTION)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/overloaded")
    assert client.get("/v1/sources").status_code == 200
