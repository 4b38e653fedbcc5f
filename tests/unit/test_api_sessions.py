"""Sessions of browsers, and which web sites may have them."""

import base64
import json

import jwt
import pytest
from test_api_access import bearer, guarded_client
from test_api_serving import make_client

from api.store import Store
from api.widget_sessions import LIFETIME_SECONDS, LONGEST_SECONDS, RENEWABLE_SECONDS, WidgetSessions

SITE = "https://intranet.example.org"
OTHER = "https://other.example.org"
OWN = "http://127.0.0.1:8000"
SECRET = b"0123456789abcdef" * 2
PATH = "/v1/widget/sessions"


def widget_client(**settings):
    return guarded_client(widget_sessions=True, widget_origins=(SITE, OTHER), widget_secret=SECRET.decode(), **settings)


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """The time of every session in this test."""
    clock = Clock()
    monkeypatch.setattr(WidgetSessions.__init__, "__kwdefaults__", {"clock": clock})
    return clock


def begin(client, origin=SITE, shown=None, **headers):
    sent = ({"Origin": origin} if origin else {}) | (bearer(shown) if shown else {}) | headers
    response = client.post(PATH, headers=sent)
    assert response.status_code == 201, response.text
    return response.json()["token"]


def read(client, token, origin=SITE, **headers):
    return client.get("/v1/corpus", headers=bearer(token) | ({"Origin": origin} if origin else {}) | headers)


def session_of(token):
    return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False, "verify_iat": False})["sub"]


def test_a_site_on_the_list_gets_a_token_that_works_there():
    client = widget_client()
    response = client.post(PATH, headers={"Origin": SITE})
    assert response.status_code == 201
    assert set(response.json()) == {"token", "expires_at"}
    assert response.headers["Cache-Control"] == "no-store"
    assert read(client, response.json()["token"]).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://intranet.example.org",
        "https://intranet.example.org:8443",
        "https://intranet.example.org.evil.example",
        "https://INTRANET.example.org",
        "null",
        "https://[broken",
        "http://127.0.0.1:8001",
        "file://",
    ],
)
def test_any_other_site_gets_none(origin):
    response = widget_client().post(PATH, headers={"Origin": origin})
    assert response.status_code == 403
    assert response.json()["type"] == "/problems/not-allowed"
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": OWN}, {}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}],
)
def test_our_own_pages_get_one_without_a_list(headers):
    client = guarded_client(widget_sessions=True)
    token = client.post(PATH, headers=headers).json()["token"]
    assert read(client, token, origin=None).status_code == 200
    assert read(client, token, origin=OWN).status_code == 200
    assert read(client, token, origin=None, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert read(client, token, origin=SITE).status_code == 401


def test_what_a_browser_says_of_the_site_counts():
    response = widget_client().post(PATH, headers={"Origin": OWN, "Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


@pytest.mark.parametrize("origin", [OTHER, OWN, None])
def test_a_token_works_on_its_own_site_only(origin):
    client = widget_client()
    token = begin(client)
    refused = read(client, token, origin=origin)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-authenticated")


def test_sessions_are_off_unless_they_are_switched_on():
    client = guarded_client(widget_origins=(SITE,), widget_secret=SECRET.decode())
    assert client.post(PATH, headers={"Origin": SITE}).status_code == 403
    assert read(client, begin(widget_client())).status_code == 401


def test_without_authentication_the_address_answers_the_same_way():
    response = make_client().post(PATH, headers={"Origin": OWN})
    assert response.status_code == 201
    assert set(response.json()) == {"token", "expires_at"}


def test_a_token_expires_and_a_session_is_renewed(clock):
    client = widget_client()
    token = begin(client)
    clock.now += LIFETIME_SECONDS - 1
    assert read(client, token).status_code == 200
    renewed = begin(client, shown=token)
    clock.now += 1
    refused = read(client, token)
    assert refused.status_code == 401
    assert "expired" in refused.json()["detail"]
    assert read(client, renewed).status_code == 200
    assert session_of(renewed) == session_of(token)
    clock.now += RENEWABLE_SECONDS - 1
    assert session_of(begin(client, shown=token)) == session_of(token)


def test_what_cannot_be_renewed_begins_anew(clock):
    client = widget_client()
    token = begin(client)
    for shown in (f"{token}x", token[:-4], "garbage", "a.b.c", "pga_0123456789abcdef_" + "A" * 43):
        assert session_of(begin(client, shown=shown)) != session_of(token)
    assert session_of(begin(client, origin=OTHER, shown=token)) != session_of(token)
    assert session_of(begin(client, Authorization="Basic nonsense")) != session_of(token)
    clock.now += LIFETIME_SECONDS + RENEWABLE_SECONDS
    assert session_of(begin(client, shown=token)) != session_of(token)


def test_a_session_ends_after_a_day_of_work(clock):
    client = widget_client()
    token = first = begin(client)
    end = clock.now + LONGEST_SECONDS
    while clock.now + LIFETIME_SECONDS < end:
        clock.now += LIFETIME_SECONDS
        token = begin(client, shown=token)
        assert session_of(token) == session_of(first)
    clock.now += LIFETIME_SECONDS
    assert session_of(begin(client, shown=token)) != session_of(first)


def altered(token, *, header=None, claims=None):
    head, body, signature = token.split(".")

    def change(part, changes):
        value = json.loads(base64.urlsafe_b64decode(part + "==")) | (changes or {})
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{change(head, header)}.{change(body, claims)}.{signature}"


def test_a_token_that_was_changed_or_made_by_others_is_refused():
    client = widget_client()
    token = begin(client)
    claims = jwt.decode(token, SECRET, ["HS256"])
    typ = {"typ": "pga-widget+jwt"}
    forged = [
        altered(token, claims={"sub": "0" * 32}),
        altered(token, claims={"exp": claims["exp"] + 9_999}),
        altered(token, header={"alg": "none"}).rpartition(".")[0] + ".",
        jwt.encode(claims, b"another secret of thirty-two bytes", "HS256", headers=typ),
        jwt.encode(claims, SECRET * 2, "HS512", headers=typ),
        jwt.encode(claims, SECRET * 2, "HS256", headers=typ),
        jwt.encode(claims, None, "none", headers=typ),
        jwt.encode(claims, SECRET, "HS256"),
        *(jwt.encode({k: v for k, v in claims.items() if k != left}, SECRET, "HS256", headers=typ) for left in claims),
    ]
    assert read(client, token).status_code == 200
    assert [read(client, each).status_code for each in forged] == [401] * len(forged)


def test_workers_and_restarts_agree_on_the_secret_of_the_store(tmp_path):
    store = Store("sqlite://")
    first, second = (guarded_client(store, widget_sessions=True) for _ in range(2))
    token = begin(first, origin=OWN)
    assert read(second, token, origin=OWN).status_code == 200
    assert read(guarded_client(widget_sessions=True), token, origin=OWN).status_code == 401


def test_a_store_that_is_down_is_503():
    client = guarded_client(Store("sqlite:////nowhere/missing.sqlite"), widget_sessions=True)
    response = client.post(PATH, headers={"Origin": OWN})
    assert (response.status_code, response.json()["type"]) == (503, "/problems/sign-in-unavailable")


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
}


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/stream", PATH])
def test_a_preflight_of_a_site_on_the_list_is_answered(path):
    response = widget_client().options(path, headers={"Origin": SITE, **PREFLIGHT})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "X-Request-Id" in response.headers
    deleting = PREFLIGHT | {"Access-Control-Request-Method": "DELETE"}
    assert widget_client().options("/v1/conversations/x", headers={"Origin": SITE, **deleting}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "path", "changes"),
    [
        ("https://evil.example", "/v1/chat", {}),
        ("null", "/v1/chat", {}),
        (SITE, "/", {}),
        (SITE, "/passages/x", {}),
        (SITE, "/v1/chat", {"Access-Control-Request-Method": "PUT"}),
        (SITE, "/v1/chat", {"Access-Control-Request-Headers": "cookie"}),
    ],
)
def test_any_other_preflight_is_refused(origin, path, changes):
    response = widget_client().options(path, headers={"Origin": origin, **PREFLIGHT, **changes})
    assert response.status_code in {400, 401, 404, 405}


def test_a_site_on_the_list_can_read_answers_and_problems():
    client = widget_client()
    token = begin(client)
    ask = {"question": "Can a supplier charge for data?"}
    sent = bearer(token) | {"Origin": SITE}
    responses = [
        client.post("/v1/chat", json=ask, headers=sent),
        client.post("/v1/chat", json=ask, headers={"Origin": SITE}),
        client.post("/v1/chat", json={}, headers=sent),
        client.get("/v1/none", headers=sent),
        client.post("/v1/chat", content=b"x" * 70_000, headers=sent),
        client.get("/v1/corpus", headers=sent | {"Host": "evil.example"}),
    ]
    assert [each.status_code for each in responses] == [200, 401, 422, 404, 413, 400]
    for response in responses:
        assert response.headers["Access-Control-Allow-Origin"] == SITE
        exposed = response.headers["Access-Control-Expose-Headers"]
        assert {"RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"} <= set(exposed.split(", "))
        assert "Origin" in response.headers["Vary"]
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert responses[0].headers["RateLimit"]


def test_an_unexpected_error_can_be_read_too():
    client = widget_client()

    @client.app.get("/v1/broken")
    def broken():
        raise RuntimeError("hunter2")

    response = client.get("/v1/broken", headers={"Origin": SITE})
    assert response.status_code == 500
    assert response.headers["Access-Control-Allow-Origin"] == SITE


@pytest.mark.parametrize("path", ["/", "/passages/x", "/healthz", "/openapi.json"])
def test_pages_are_not_for_other_sites(path):
    response = widget_client().get(path, headers={"Origin": SITE})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_widgets_files_can_be_embedded_anywhere():
    response = widget_client().get("/widget.js", headers={"Origin": SITE})
    assert response.status_code == 200
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_without_a_list_no_site_is_told_anything():
    response = make_client().get("/v1/corpus", headers={"Origin": SITE})
    assert not any(name.startswith("access-control") for name in response.headers)


def test_a_session_does_not_show_its_token():
    import asyncio

    async def secret():
        return SECRET

    session = asyncio.run(WidgetSessions(secret).begin("self"))
    assert session.token not in repr(session)
    assert session.owner == f"widget:{session.id}"
    assert len(session.id) == 32
