"""Who is let in: API keys over a real store in memory, through the whole application. Also what other tests of access start from."""

import asyncio
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient
from test_api_serving import FakeServing

from api.app import create_app
from api.keys import ApiKeys, create_key
from api.settings import ApiSettings
from api.store import Store, StoreUnavailableError
from api.store.access import add_key, find_key, revoke_key


def guarded_client(store=None, **settings):
    """A client of the whole application with authentication on, over a store in memory."""
    app = create_app(FakeServing(), ApiSettings(authentication=True, **settings), key_store=store or Store("sqlite://"))
    return TestClient(app, base_url="http://127.0.0.1:8000")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def store():
    store = Store("sqlite://")
    yield store
    store.close()


def key_with(store, **changes):
    """A key of which something is kept otherwise than it was made."""
    kept = create_key(store, "Changed")[1]
    changed = replace(kept, id=secrets.token_hex(8), **changes)
    key = f"pga_{changed.id}_{secrets.token_urlsafe(32)}"
    add_key(store, replace(changed, sha256=sha256(key.encode()).hexdigest()))
    return key


def test_a_key_opens_what_nothing_opens_otherwise(store):
    key, _ = create_key(store, "Intranet")
    client = guarded_client(store)
    question = {"question": "Can a supplier charge for data?"}
    assert client.post("/v1/chat", json=question).status_code == 401
    answered = client.post("/v1/chat", json=question, headers=bearer(key))
    assert (answered.status_code, answered.json()["status"]) == (200, "answered")


def test_a_refusal_says_how_to_sign_in():
    refused = guarded_client().get("/v1/sources")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="procurement guidance"'
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/not-authenticated"
    assert "Authorization: Bearer" in refused.json()["detail"]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer one two",
        b"Basic dXNlcjpwYXNz",
        b"Digest realm=x",
        b"pga_0123456789abcdef",
        b"Bearer t\xc3\xb6ken",
        b"Bearer \xff\xfe",
        b"Bearer a,Bearer b",
        b"Bearer a\tb",
        b"Bearer " + b"=" * 9,
        b"Bearer " + b"a" * 16_400,
        b"Bearer pga_",
        b"Bearer pga_0123456789abcdef_",
        b"Bearer pga_0123456789abcdef_" + b"A" * 43,
        b"Bearer pga_0123456789ABCDEF_" + b"A" * 43,
        b"Bearer pga_0123456789abcdef_" + b"A" * 5_000,
        b"Bearer a.b.c",
        b"Bearer ..",
        b"Bearer eyJhbGciOiJub25lIn0.e30.",
        b"Bearer W10.e30.AAAA",
        b"Bearer " + b"W1tb" * 3_000 + b".e30.AAAA",
    ],
)
def test_anything_else_is_401_and_is_not_repeated(value):
    refused = guarded_client(oidc_issuer="http://127.0.0.1:9", oidc_audience="guidance").get(
        "/v1/sources", headers=[(b"authorization", value)]
    )
    assert refused.status_code == 401
    assert refused.json()["type"] == "/problems/not-authenticated"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    shown = value.removeprefix(b"Bearer ").decode("latin-1")
    assert len(shown) < 7 or shown not in refused.text


def test_two_authorization_headers_are_none(store):
    key, _ = create_key(store, "Intranet")
    header = (b"authorization", f"Bearer {key}".encode())
    client = guarded_client(store)
    assert client.get("/v1/sources", headers=[header]).status_code == 200
    assert client.get("/v1/sources", headers=[header, header]).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_as_one_likes(scheme, store):
    key, _ = create_key(store, "Intranet")
    assert guarded_client(store).get("/v1/sources", headers={"Authorization": f"{scheme} {key}"}).status_code == 200


def test_a_key_has_256_random_bits_and_only_its_hash_is_kept(store):
    key, kept = create_key(store, "Intranet")
    other, _ = create_key(store, "Intranet")
    assert re.fullmatch(r"pga_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", key)
    assert key != other
    secret = key.rpartition(f"{kept.id}_")[2]
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_keys").all()
    assert len(rows) == 2
    assert secret not in repr(rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"revoked": datetime(2026, 1, 1, tzinfo=UTC)},
        {"expires": datetime.now(UTC) - timedelta(seconds=1)},
        {"expires": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_key_that_is_revoked_or_expired_is_refused(changes, store):
    assert guarded_client(store).get("/v1/sources", headers=bearer(key_with(store))).status_code == 200
    refused = guarded_client(store).get("/v1/sources", headers=bearer(key_with(store, **changes)))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="procurement guidance", error="invalid_token"'


def test_the_right_id_with_another_secret_is_refused(store):
    kept = create_key(store, "Intranet")[1]
    wrong = f"pga_{kept.id}_{secrets.token_urlsafe(32)}"
    assert guarded_client(store).get("/v1/sources", headers=bearer(wrong)).status_code == 401


def test_two_keys_are_valid_while_they_are_rotated(store):
    old, kept = create_key(store, "Intranet")
    new, _ = create_key(store, "Intranet")
    client = guarded_client(store)
    assert [client.get("/v1/sources", headers=bearer(key)).status_code for key in (old, new)] == [200, 200]
    assert revoke_key(store, kept.id, datetime.now(UTC))
    client = guarded_client(store)
    assert [client.get("/v1/sources", headers=bearer(key)).status_code for key in (old, new)] == [401, 200]


def owner(keys, token):
    return asyncio.run(keys.owner(token))


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def test_a_revoked_key_stops_within_ten_seconds(store):
    key, kept = create_key(store, "Intranet")
    clock = Clock()
    keys = ApiKeys(store, clock=clock)
    assert owner(keys, key) == f"key:{kept.id}"
    revoke_key(store, kept.id, datetime.now(UTC))
    clock.now += 10
    with pytest.raises(Exception, match="was revoked"):
        owner(keys, key)


def test_while_the_store_is_down_a_key_that_was_used_goes_on_for_ten_minutes(store, monkeypatch):
    key, kept = create_key(store, "Intranet")
    unknown, _ = create_key(store, "Never used")
    clock = Clock()
    keys = ApiKeys(store, clock=clock)
    owner(keys, key)

    def down(*_):
        raise StoreUnavailableError("gone")

    monkeypatch.setattr("api.keys.find_key", down)
    clock.now += 599
    assert owner(keys, key) == f"key:{kept.id}"
    with pytest.raises(StoreUnavailableError):
        owner(keys, unknown)
    clock.now += 1
    with pytest.raises(StoreUnavailableError):
        owner(keys, key)


def test_a_store_that_is_down_is_503_and_says_when_to_come_back(tmp_path):
    client = guarded_client(Store(f"sqlite:///{tmp_path}/missing/store.sqlite"))
    refused = client.get("/v1/sources", headers=bearer("pga_0123456789abcdef_" + "A" * 43))
    assert refused.status_code == 503
    assert refused.json()["type"] == "/problems/sign-in-unavailable"
    assert int(refused.headers["Retry-After"]) > 0
    assert "missing" not in refused.text


def test_the_day_of_the_last_use_is_kept(store):
    key, kept = create_key(store, "Intranet")
    assert find_key(store, kept.id).last_used is None
    guarded_client(store).get("/v1/sources", headers=bearer(key))
    assert find_key(store, kept.id).last_used == datetime.now(UTC).date()


def test_a_use_that_cannot_be_kept_stops_nobody_and_is_not_tried_again(store, monkeypatch):
    key, kept = create_key(store, "Intranet")
    tried = []

    def down(*_):
        tried.append(1)
        raise StoreUnavailableError("read-only")

    monkeypatch.setattr("api.keys.note_use", down)
    keys = ApiKeys(store, clock=Clock())
    assert owner(keys, key) == owner(keys, key) == f"key:{kept.id}"
    assert tried == [1]


def test_without_authentication_nobody_is_asked():
    app = create_app(FakeServing(), ApiSettings())
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    assert client.get("/v1/sources").status_code == 200
    assert client.get("/v1/sources", headers=bearer("pga_nonsense")).status_code == 200
