"""What holds for every request and response, whatever is asked."""

import asyncio
import logging
import re

import pytest
from test_api_serving import FakeServing, make_client

from api.app import create_app
from api.settings import ApiSettings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
REQUESTS = [
    ("GET", "/", 200, {}),
    ("GET", "/widget/element.js", 200, {}),
    ("GET", "/widget/none.js", 404, {}),
    ("GET", "/healthz", 200, {}),
    ("GET", "/openapi.json", 200, {}),
    ("GET", "/docs", 404, {}),
    ("GET", "/v1/sources", 200, {}),
    ("GET", "/v1/sources/none", 404, {}),
    ("GET", "/v1/chat", 405, {}),
    ("POST", "/v1/chat", 422, {"json": {}}),
    ("POST", "/v1/chat", 413, {"content": b"x" * 65_537}),
    ("GET", "/v1/sources", 400, {"headers": {"host": "evil.example"}}),
    ("GET", "/broken", 500, {}),
]


def client_with_a_broken_route(**settings):
    client = make_client(**settings)

    @client.app.get("/broken")
    def broken():
        raise RuntimeError("password=hunter2")

    return client


@pytest.mark.parametrize(("method", "path", "status", "extra"), REQUESTS)
def test_every_response_has_the_headers(method, path, status, extra):
    response = client_with_a_broken_route().request(method, path, **extra)
    assert response.status_code == status
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-Id"])
    assert "set-cookie" not in response.headers
    if status >= 400:
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["request_id"] == response.headers["X-Request-Id"]
        assert response.json()["status"] == status


def test_a_sane_request_id_is_kept_and_logged(caplog):
    with caplog.at_level(logging.INFO):
        response = make_client().get("/v1/nothing", headers={"X-Request-Id": "trace-0123"})
    assert response.headers["X-Request-Id"] == response.json()["request_id"] == "trace-0123"


@pytest.mark.parametrize(
    "sent", ["short", "a" * 65, "semi;colon-0123", "with space 0123", "ünïcode-0123".encode("latin-1")]
)
def test_any_other_request_id_is_replaced(sent):
    received = make_client().get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{32}", received)


def test_two_requests_have_different_ids():
    client = make_client()
    assert client.get("/healthz").headers["X-Request-Id"] != client.get("/healthz").headers["X-Request-Id"]


def test_an_unexpected_error_says_nothing_to_the_caller_and_all_to_the_log(caplog):
    response = client_with_a_broken_route().get("/broken")
    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert response.json()["type"] == "/problems/internal"
    assert "hunter2" in caplog.text


def test_requests_are_logged_without_their_query_and_on_one_line(caplog):
    client = make_client()
    with caplog.at_level(logging.INFO, logger="api.edge"):
        client.get("/passages/a%0AERROR%20forged?quote=my%20secret%20case")
        client.get("/healthz")
    messages = [record.getMessage() for record in caplog.records if record.name == "api.edge"]
    assert len(messages) == 1
    assert messages[0].startswith("GET /passages/a%0AERROR%20forged 404 in ")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "LOCALHOST:9", "[::1]:8000", "guidance.council.example"]
)
def test_its_own_host_names_are_served(host):
    client = make_client(allowed_hosts=("127.0.0.1", "localhost", "::1", "guidance.council.example"))
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::1", "", "127.0.0.1:8000@evil.example"])
def test_other_host_names_are_refused(host):
    response = make_client().get("/v1/sources", headers={"host": host})
    assert response.status_code == 400
    assert response.json()["type"] == "/problems/host-not-allowed"


def test_an_address_that_it_listens_on_is_a_host_name_of_its_own():
    assert make_client(host="127.0.0.9").get("/healthz", headers={"host": "127.0.0.9:8000"}).status_code == 200


def test_a_body_may_be_as_long_as_the_limit_and_no_longer():
    client = make_client(max_body_bytes=1024)
    body = b'{"question": "charges for data"}'
    assert client.post("/v1/chat", content=body.ljust(1024), headers=JSON).status_code == 200
    response = client.post("/v1/chat", content=body.ljust(1025), headers=JSON)
    assert response.status_code == 413
    assert response.json()["type"] == "/problems/body-too-large"


def test_a_body_that_comes_in_pieces_is_counted():
    def pieces():
        for _ in range(20):
            yield b" " * 100

    response = make_client(max_body_bytes=1024).post("/v1/chat", content=pieces(), headers=JSON)
    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "no-store"),
        ("/widget/style.js", "no-cache"),
        ("/static/pages.css", "no-cache"),
        ("/v1/sources", "no-store"),
        ("/passages/a:b", "no-store"),
    ],
)
def test_guidance_is_never_cached(path, expected):
    assert make_client().get(path).headers["Cache-Control"] == expected


def test_a_response_that_breaks_off_is_not_followed_by_another():
    app = create_app(FakeServing(), ApiSettings())
    sent = []

    async def breaking(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("broke off")

    app.mount("/breaking", breaking)

    async def run():
        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(message):
            sent.append(message["type"])

        headers = [(b"host", b"127.0.0.1")]
        scope = {"type": "http", "method": "GET", "path": "/breaking/", "headers": headers, "query_string": b""}
        await app(scope, receive, send)

    with pytest.raises(RuntimeError, match="broke off"):
        asyncio.run(run())
    assert sent == ["http.response.start"]
