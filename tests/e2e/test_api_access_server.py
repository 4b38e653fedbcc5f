"""Authentication of the real server: its command line, and that no secret is ever told or logged."""

import json
import re
import socket

import pytest
from conftest import run_module
from playing_issuer import AUDIENCE, Issuer
from playing_server import Server
from test_api_server import running_server
from typer.testing import CliRunner

from api.keys_command import keys as keys_command

WIDGET_SECRET = "widget-signing-secret-of-the-test-0123456789"
PASSWORD = "redis-password-of-the-test"


@pytest.fixture
def data(tmp_path):
    """A data folder without a build: who is let in is told that nothing can be answered."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def keys(data, monkeypatch):
    """Runs `keys …` in this process: starting one takes seconds."""
    monkeypatch.setenv("GUIDANCE_DATA_DIR", str(data))
    return lambda *arguments: CliRunner().invoke(keys_command, arguments)


def test_keys_are_made_listed_and_revoked(keys):
    assert "There are no keys" in keys("list").stdout
    made = keys("create", "--name", "Intranet", "--expires", "90")
    assert made.exit_code == 0, made.stderr
    assert re.fullmatch(r"pga_[0-9a-f]{16}_[\w-]{43}\n", made.stdout)
    _, key_id, secret = made.stdout.strip().split("_", 2)
    assert f"Key {key_id} of “Intranet” is valid until 20" in made.stderr
    assert secret not in made.stderr
    listed = keys("list").stdout
    assert re.search(rf"^{key_id}  valid +\d{{4}}-\d\d-\d\d  \d{{4}}-\d\d-\d\d  - +Intranet$", listed, re.MULTILINE)
    assert secret not in listed
    assert keys("revoke", key_id).stdout == f"Key {key_id} is revoked.\n"
    assert re.search(rf"^{key_id}  revoked ", keys("list").stdout, re.MULTILINE)
    again = keys("revoke", key_id)
    assert (again.exit_code, again.stdout) == (1, "")


def test_a_whole_key_given_by_mistake_is_not_repeated(keys):
    key = keys("create", "--name", "Intranet").stdout.strip()
    refused = keys("revoke", key)
    assert refused.exit_code == 1
    assert key not in refused.stdout + refused.stderr


@pytest.mark.parametrize(
    "arguments", [["--name", ""], ["--name", "a\x1b[2J"], ["--name", "n" * 101], ["--name", "n", "--expires", "0"], []]
)
def test_a_key_without_a_proper_name_or_time_is_not_made(arguments, keys):
    assert keys("create", *arguments).exit_code == 2
    assert "There are no keys" in keys("list").stdout


def test_keys_without_a_database_are_told_in_one_line(keys, monkeypatch):
    monkeypatch.setenv("GUIDANCE_DATA_DIR", "/nowhere/missing")
    made = keys("create", "--name", "Intranet")
    assert (made.exit_code, made.stdout) == (1, "")
    assert made.stderr.startswith("The database can't be used: ")


def test_the_server_does_not_start_open_to_the_network(data):
    refused = run_module(data, "api", "--port", "0", settings={"GUIDANCE_API_HOST": "0.0.0.0"})  # noqa: S104
    assert refused.returncode == 1
    assert "GUIDANCE_API_AUTHENTICATION=on" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_secrets_are_in_no_log_and_no_answer(data, tmp_path, closed_port):
    made = run_module(data, "api", "keys", "create", "--name", "Intranet")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    settings = {
        "GUIDANCE_API_AUTHENTICATION": "on",
        "GUIDANCE_API_STORE_URL": f"sqlite:///{data}/store.sqlite",
        "GUIDANCE_API_WIDGET_SESSIONS": "on",
        "GUIDANCE_API_WIDGET_ORIGINS": '["https://intranet.example.org"]',
        "GUIDANCE_API_WIDGET_SECRET": WIDGET_SECRET,
        "GUIDANCE_API_LIMITS_URL": f"redis://:{PASSWORD}@127.0.0.1:{closed_port}/0",
        "GUIDANCE_API_QUESTIONS_PER_MINUTE": "5",
        "GUIDANCE_API_OIDC_AUDIENCE": AUDIENCE,
    }
    with Server() as playing:
        issuer = Issuer(playing)
        settings["GUIDANCE_API_OIDC_ISSUER"] = issuer.address
        shown, session = [], ""
        with running_server(data, tmp_path / "log", **settings) as server, server.client() as client:
            session = client.post("/v1/widget/sessions").json()["token"]
            tokens = {
                "key": key,
                "wrong key": key[:-1] + ("A" if key[-1] != "A" else "B"),
                "session": session,
                "wrong session": session[:-6] + "AAAAAA",
                "token": issuer.token(),
                "expired token": issuer.token(exp=1),
                "unknown key": issuer.token(key_id="unknown"),
                "garbage": "garbage-of-the-test-0123456789",
            }
            statuses = {}
            for name, token in tokens.items():
                headers = {"Authorization": f"Bearer {token}"}
                shown += [
                    client.get("/v1/corpus", headers=headers),
                    client.get("/v1/sources/none", headers=headers),
                    client.get(f"/v1/corpus?access_token={token}"),
                    client.get("/v1/none", headers=headers),
                    client.delete("/v1/corpus", headers=headers),
                    client.post("/v1/chat", headers=headers, content=b"{"),
                    client.post("/v1/chat", headers=headers, content=b"x" * 70_000),
                    *(client.post("/v1/chat", headers=headers, json={"question": "Why?"}) for _ in range(5)),
                    client.get("/passages/none", headers=headers | {"Accept": "text/html"}),
                    client.options("/v1/chat", headers=headers | {"Origin": "https://intranet.example.org"}),
                    client.get("/v1/corpus", headers=[("Authorization", f"Bearer {token}")] * 2),
                    client.get("/v1/corpus", headers={"Authorization": f"Basic {token}"}),
                ]
                statuses[name] = shown[-16].status_code
            issuer.break_down()
            shown += [client.get("/openapi.json"), client.get("/healthz"), client.get("/readyz")]
        log = server.log()
    assert statuses == {"key": 503, "wrong key": 401, "session": 503, "wrong session": 401} | {
        "token": 503,
        "expired token": 401,
        "unknown key": 401,
        "garbage": 401,
    }
    assert {200, 401, 404, 405, 413, 422, 429, 503} <= {each.status_code for each in shown}
    assert 500 not in {each.status_code for each in shown}
    told = log + "".join(each.text + json.dumps(dict(each.headers)) for each in shown)
    assert "not authenticated: " in log
    secrets = [WIDGET_SECRET, PASSWORD, key.split("_", 2)[2], "garbage-of-the-test"]
    secrets += [part for token in tokens.values() for part in token.split(".") if len(part) > 40]
    assert [each for each in secrets if each in told] == []
    with (data / "store.sqlite").open("rb") as file:
        assert key.split("_", 2)[2].encode() not in file.read()
