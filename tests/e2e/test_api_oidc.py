"""Access tokens, checked with keys that an issuer publishes over HTTP."""

import asyncio
import hmac
import re
import threading
import time
from hashlib import sha256

import jwt
import pytest
from fastapi.testclient import TestClient
from playing_issuer import AUDIENCE, DISCOVERY, KEYS, Issuer, pieces, public_jwk, public_pem
from playing_server import Server, answer, silent

import api.oidc
from api.app import create_app
from api.bearer import IssuerError, TokenError
from api.oidc import FRESH_SECONDS, LEEWAY_SECONDS, PAUSE_SECONDS, STALE_SECONDS, IssuerKeys, OidcTokens
from api.settings import ApiSettings
from assistant.assembly import ServingAssistant
from assistant.errors import BuildError
from assistant.settings import AssistantSettings


class NoBuild(ServingAssistant):
    """Serves nothing: whoever gets as far as this is let in."""

    def current(self):
        raise BuildError("no build")


LET_IN = 503


@pytest.fixture
def issuer():
    with Server() as server:
        yield Issuer(server)


def client_of(issuer, **settings):
    accepted = {"oidc_issuer": issuer.address, "oidc_audience": AUDIENCE} | settings
    app = create_app(NoBuild(AssistantSettings()), ApiSettings(authentication=True, **accepted))
    return TestClient(app, base_url="http://127.0.0.1:8000")


def ask(client, token):
    response = client.get("/v1/corpus", headers={"Authorization": f"Bearer {token}"})
    kind = response.json()["type"]
    return LET_IN if kind == "/problems/not-ready" else (response.status_code, kind, response.json()["detail"])


REFUSED = (401, "/problems/not-authenticated")


def test_a_token_of_the_issuer_is_let_in_and_its_keys_are_fetched_once(issuer):
    client = client_of(issuer)
    assert [ask(client, issuer.token()) for _ in range(3)] == [LET_IN] * 3
    assert issuer.fetches() == 1


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_every_usual_signature_is_accepted(algorithm, issuer):
    issuer.publish(public_jwk(algorithm, "one"))
    assert ask(client_of(issuer), issuer.token(signed_with=algorithm)) == LET_IN


def test_keys_that_name_no_algorithm_are_used_as_their_kind_is(issuer):
    # As Entra publishes them.
    key = public_jwk("RS256", "one")
    key.pop("alg", None)
    issuer.publish(key | {"x5t": "one", "issuer": issuer.address})
    assert ask(client_of(issuer), issuer.token()) == LET_IN


now = time.time()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iss": "https://evil.example/t/v2.0"}, "another issuer"),
        ({"iss": ["a"]}, "another issuer"),
        ({"iss": None}, "lacks a claim"),
        ({"aud": "api://other"}, "another audience"),
        ({"aud": ["api://other", "x"]}, "another audience"),
        ({"aud": None}, "lacks a claim"),
        ({"aud": []}, ""),
        ({"aud": {"a": 1}}, "another audience"),
        ({"sub": None}, "lacks a claim"),
        ({"sub": 7}, "can't be read"),
        ({"exp": None}, "lacks a claim"),
        ({"exp": "soon"}, "can't be read"),
        ({"exp": now - LEEWAY_SECONDS - 5}, "has expired"),
        ({"nbf": now + LEEWAY_SECONDS + 60}, "not valid yet"),
        ({"iat": now + LEEWAY_SECONDS + 60}, "not valid yet"),
        ({"nbf": "x"}, "can't be read"),
        ({"iat": "x"}, "can't be read"),
        ({"exp": float("inf")}, "can't be read"),
    ],
)
def test_a_token_whose_claims_do_not_fit_is_refused(changes, words, issuer):
    status, kind, detail = ask(client_of(issuer), issuer.token(**changes))
    assert (status, kind) == REFUSED
    assert words in detail


def test_clocks_may_differ_by_a_minute(issuer):
    client = client_of(issuer)
    assert ask(client, issuer.token(exp=time.time() - LEEWAY_SECONDS + 10)) == LET_IN
    assert ask(client, issuer.token(nbf=time.time() + LEEWAY_SECONDS - 10)) == LET_IN


def test_one_of_several_audiences_is_enough(issuer):
    assert ask(client_of(issuer), issuer.token(aud=["api://other", AUDIENCE])) == LET_IN


def test_signatures_that_anybody_can_make_are_refused(issuer):
    client = client_of(issuer)
    claims = issuer.claims()
    assert ask(client, issuer.token()) == LET_IN
    # The classic confusion: the public key, which everybody has, as the secret of an HMAC.
    confused = []
    for secret in (public_pem("RS256"), public_pem("RS256").strip(), public_jwk("RS256", "one")["n"].encode()):
        signed = pieces({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims)
        signature = hmac.new(secret, signed.encode(), sha256).digest()
        confused.append(f"{signed}.{pieces(signature)}")
    unsigned = [
        f"{pieces({'alg': name, 'kid': 'one'}, claims)}.{signature}"
        for name in ("none", "None", "NONE", "nOnE", "")
        for signature in ("", issuer.token().rpartition(".")[2])
    ]
    others = [
        issuer.token(signed_with="ES256"),
        issuer.token().rpartition(".")[0] + ".AAAA",
        pieces({"kid": "one"}, claims) + ".AAAA",
        pieces({"alg": ["RS256"], "kid": "one"}, claims) + ".AAAA",
        pieces({"alg": "RS256", "kid": "one", "crit": ["exp"]}, claims) + ".AAAA",
        pieces({"alg": "RS256", "kid": "one", "jwk": public_jwk("ES256", "one")}, claims) + ".AAAA",
        jwt.encode(claims, "0123456789abcdef" * 4, "HS512", headers={"kid": "one"}),
    ]
    for token in (*confused, *unsigned, *others):
        assert ask(client, token)[:2] == REFUSED


def test_a_symmetric_key_that_is_published_is_not_used(issuer):
    secret = b"0123456789abcdef" * 2
    oct_key = {"kty": "oct", "k": pieces(secret), "kid": "one", "alg": "HS256", "use": "sig"}
    issuer.publish(oct_key, public_jwk("RS256", "two"))
    token = jwt.encode(issuer.claims(), secret, "HS256", headers={"kid": "one"})
    assert ask(client_of(issuer), token)[:2] == REFUSED


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"alg": "HS256"},
        {"alg": "RS999"},
        {"kid": 7},
        {"kid": ""},
        {"n": "A"},
        {"n": 7},
        {"alg": ["RS256"]},
        {"kty": ["RSA"]},
        {"crv": {}},
    ],
)
def test_a_key_that_is_not_for_signing_is_not_used(changes, issuer):
    issuer.publish(public_jwk("RS256", "one", **changes), public_jwk("ES256", "two"))
    assert ask(client_of(issuer), issuer.token())[:2] == REFUSED


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_key_that_is_too_short_is_not_trusted(issuer):
    issuer.publish(public_jwk("weak", "one"))
    assert ask(client_of(issuer), issuer.token(signed_with="weak"))[:2] == REFUSED


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "..",
        "....",
        pieces({"alg": "RS256"}, {}) + ".AAAA",
        pieces({"alg": "RS256", "kid": 7}, {}) + ".AAAA",
        pieces({"alg": "RS256", "kid": ["one"]}, {}) + ".AAAA",
        pieces({"alg": "RS256", "kid": "one"}, b"[]") + ".AAAA",
        pieces({"alg": "RS256", "kid": "one"}, b"\xff\xfe") + ".AAAA",
        pieces({"alg": "RS256", "kid": "one", "b64": False, "crit": ["b64"]}, b"") + ".AAAA",
        pieces(b"[" * 5_000, {}) + ".AAAA",
        pieces(b"\xff", b"\xff") + ".AAAA",
        pieces({"alg": "RS256", "kid": "../../etc/passwd"}, {}) + ".AAAA",
        "A" * 16_000,
        "eyJhbGciOiJSUzI1NiJ9." + "A" * 15_000 + ".AAAA",
    ],
)
def test_garbage_is_refused(token, issuer):
    assert ask(client_of(issuer), token)[:2] == REFUSED


def test_a_subject_of_any_text_is_no_error(issuer):
    token = issuer.token(sub="\ud800 half a pair")
    assert ask(client_of(issuer), token) == LET_IN


@pytest.mark.parametrize(
    ("claims", "result"),
    [
        ({"scp": "Guidance.Ask Other"}, LET_IN),
        ({"scope": "openid Guidance.Ask"}, LET_IN),
        ({"scp": ["Guidance.Ask"]}, LET_IN),
        ({"roles": ["Guidance.Ask"]}, LET_IN),
        ({}, 403),
        ({"scp": "Guidance.AskMore"}, 403),
        ({"scp": 7, "roles": {"Guidance.Ask": 1}, "scope": [["Guidance.Ask"]]}, 403),
    ],
)
def test_a_scope_or_role_can_be_required(claims, result, issuer):
    client = client_of(issuer, oidc_scope="Guidance.Ask")
    answered = ask(client, issuer.token(**claims))
    assert answered == LET_IN if result == LET_IN else answered[:2] == (403, "/problems/not-allowed")


def test_who_may_not_is_told_by_the_header_as_well(issuer):
    client = client_of(issuer, oidc_scope="Guidance.Ask")
    response = client.get("/v1/corpus", headers={"Authorization": f"Bearer {issuer.token()}"})
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("claims", "result"), [({"tid": "ours"}, LET_IN), ({"tid": "theirs"}, 403), ({}, 403), ({"tid": ["ours"]}, 403)]
)
def test_tenants_can_be_named(claims, result, issuer):
    answered = ask(client_of(issuer, oidc_tenants=("ours", "merged")), issuer.token(**claims))
    assert answered == LET_IN if result == LET_IN else answered[:2] == (403, "/problems/not-allowed")


@pytest.mark.parametrize(
    ("tenant", "issued_by", "result"),
    [
        ("ours", "ours", LET_IN),
        ("merged", "merged", LET_IN),
        ("theirs", "theirs", 401),
        ("ours", "merged", 401),
        ("{tenantid}", "{tenantid}", 401),
    ],
)
def test_an_issuer_of_many_tenants_is_accepted_for_those_that_are_named(tenant, issued_by, result, issuer):
    template = f"{issuer.origin}/{{tenantid}}/v2.0"
    issuer.publish(public_jwk("RS256", "one"), issuer=template)
    issuer.server.pages["/organizations/v2.0/.well-known/openid-configuration"] = issuer.server.pages[DISCOVERY]
    client = client_of(issuer, oidc_issuer=template, oidc_tenants=("ours", "merged"))
    answered = ask(client, issuer.token(iss=f"{issuer.origin}/{issued_by}/v2.0", tid=tenant))
    assert answered == LET_IN if result == LET_IN else answered[0] == result


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


def owner(tokens, token):
    return asyncio.run(tokens.owner(token))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tokens(issuer, clock):
    keys = IssuerKeys(issuer.address, clock=clock)
    return OidcTokens(keys, issuer=issuer.address, audience=AUDIENCE, scope=None, tenants=frozenset())


def test_an_owner_is_the_same_for_each_token_of_one_person_and_tells_nothing(tokens, issuer):
    first = owner(tokens, issuer.token())
    assert first == owner(tokens, issuer.token(exp=int(time.time()) + 60))
    assert first != owner(tokens, issuer.token(sub="another"))
    assert re.fullmatch(r"oidc:[0-9a-f]{64}", first)


def test_a_rotated_key_is_fetched_when_a_token_names_it(tokens, issuer, clock):
    owner(tokens, issuer.token())
    issuer.publish(public_jwk("ES256", "two"), public_jwk("RS256", "one"))
    clock.now += PAUSE_SECONDS
    assert owner(tokens, issuer.token(signed_with="ES256", key_id="two")) == owner(tokens, issuer.token())
    assert issuer.fetches() == 2


def test_unknown_keys_do_not_make_us_ask_the_issuer_each_time(tokens, issuer, clock):
    for number in range(5):
        with pytest.raises(TokenError, match="does not publish"):
            owner(tokens, issuer.token(key_id=f"unknown-{number}"))
    assert issuer.fetches() == 1
    clock.now += PAUSE_SECONDS
    with pytest.raises(TokenError):
        owner(tokens, issuer.token(key_id="unknown"))
    assert issuer.fetches() == 2
    assert owner(tokens, issuer.token())


def test_a_key_that_is_withdrawn_stops_within_an_hour(tokens, issuer, clock):
    owner(tokens, issuer.token())
    issuer.publish(public_jwk("ES256", "two"))
    clock.now += FRESH_SECONDS - 1
    assert owner(tokens, issuer.token())
    clock.now += 2
    with pytest.raises(TokenError, match="does not publish"):
        owner(tokens, issuer.token())


def test_while_the_issuer_is_down_its_keys_go_on_working_for_a_day(tokens, issuer, clock):
    owner(tokens, issuer.token())
    issuer.break_down()
    for hours in (2, 10, 23):
        clock.now = 1_000_000.0 + hours * 3600
        assert owner(tokens, issuer.token())
        # A key that is not known may be one of theirs: this is not the caller's fault.
        with pytest.raises(IssuerError):
            owner(tokens, issuer.token(key_id="new"))
    clock.now = 1_000_000.0 + STALE_SECONDS + 1
    with pytest.raises(IssuerError):
        owner(tokens, issuer.token())
    issuer.publish(public_jwk("RS256", "one"))
    clock.now += PAUSE_SECONDS
    assert owner(tokens, issuer.token())


def test_an_issuer_that_is_down_from_the_start_is_503_and_not_asked_again_and_again(issuer):
    issuer.break_down()
    client = client_of(issuer)
    for _ in range(4):
        assert ask(client, issuer.token())[:2] == (503, "/problems/sign-in-unavailable")
    assert issuer.fetches() == 1


def test_a_port_where_nobody_listens_is_503():
    with Server() as server:
        gone = Issuer(server)
    response = client_of(gone).get("/v1/corpus", headers={"Authorization": f"Bearer {gone.token()}"})
    assert (response.status_code, response.json()["type"]) == (503, "/problems/sign-in-unavailable")
    assert int(response.headers["Retry-After"]) > 0


def redirecting(handler):
    answer(302, Location=f"{handler.headers['Host']}/elsewhere")(handler)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (DISCOVERY, answer(404)),
        (DISCOVERY, answer(200, b"<html>")),
        (DISCOVERY, answer(200, b"[]")),
        (DISCOVERY, answer(200, b"\xff")),
        (DISCOVERY, answer(200, b"a" * 1_100_000)),
        (DISCOVERY, redirecting),
        (KEYS, answer(200, b"<html>")),
        (KEYS, answer(200, b"[]")),
        (KEYS, answer(200, b"{}")),
        (KEYS, answer(200, b'{"keys": 7}')),
        (KEYS, answer(200, b'{"keys": [7, null, {}]}')),
        (KEYS, answer(200, b"\xff\xfe")),
        (KEYS, answer(204)),
    ],
)
def test_an_issuer_that_answers_nonsense_is_503(path, page, issuer, caplog):
    issuer.server.pages[path] = page
    assert ask(client_of(issuer), issuer.token())[:2] == (503, "/problems/sign-in-unavailable")
    assert "can't be fetched" in caplog.text


def test_a_document_that_names_another_issuer_or_an_unsafe_address_is_not_believed(issuer):
    for changes in (
        {"issuer": "https://evil.example"},
        {"keys_address": "http://192.0.2.1/keys"},
        {"keys_address": "file:///etc/passwd"},
    ):
        issuer.publish(public_jwk("RS256", "one"), **changes)
        assert ask(client_of(issuer), issuer.token())[0] == 503


def test_a_silent_issuer_is_given_up_and_holds_nobody_up_who_is_known(issuer, tokens, clock, monkeypatch):
    monkeypatch.setattr(api.oidc, "FETCH_SECONDS", 0.5)
    owner(tokens, issuer.token())
    stop = threading.Event()
    issuer.server.pages[DISCOVERY] = silent(stop)
    clock.now += FRESH_SECONDS + 1

    async def both():
        renewing = asyncio.create_task(tokens.owner(issuer.token()))
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        await tokens.owner(issuer.token())
        waited = time.perf_counter() - began
        assert not renewing.done()
        await renewing
        return waited

    try:
        assert asyncio.run(both()) < 0.25
    finally:
        stop.set()
