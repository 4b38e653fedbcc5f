"""Every example of docs/integrators.md, taken from the page as it stands, against a real server."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from test_api_server import ROOT, ask, environment, running_server, store_file

from assistant.wire import AnswerJson

PAGE = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
ADDRESS, PUBLIC_ADDRESS = "http://127.0.0.1:8000", "https://guidance.council.example"
LOCAL, GUARDED, CREATE = rf"curl .*{ADDRESS}", rf"curl .*{PUBLIC_ADDRESS}", "python -m api keys create"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def commands():
    """Each command of the console blocks, whose further lines are indented, with the output that is shown after it."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            found = re.match(r"([^\n]*(?:\n +[^\n]*)*)\n?(.*)", part, re.DOTALL)
            yield found[1], found[2].strip()


def keys(shown):
    """The fields of JSON that is shown with parts left out."""
    whole = shown.replace("{ … }", "{}").replace("[ … ]", "[]").replace(", … ]", "]")
    return set(json.loads(re.sub(r", …(?=[}\]])", "", whole)))


@pytest.fixture(scope="module")
def server(built_data, tmp_path_factory):
    with running_server(built_data, tmp_path_factory.mktemp("integrators") / "log.txt") as running:
        yield running


@pytest.fixture(scope="module")
def guarded_server(built_data, tmp_path_factory):
    """A server as the section on access sets it up, but on loopback."""
    settings = {
        "GUIDANCE_API_AUTHENTICATION": "on",
        "GUIDANCE_API_ALLOWED_HOSTS": '["127.0.0.1"]',
        "GUIDANCE_API_WIDGET_SESSIONS": "on",
        "GUIDANCE_API_WIDGET_ORIGINS": '["https://intranet.council.example"]',
    }
    with running_server(built_data, tmp_path_factory.mktemp("guarded") / "log.txt", **settings) as running:
        yield running


@pytest.fixture
def given(server):
    with server.client() as client:
        return ask(client, "Can a supplier charge us to get our own data out?")


def run(command, **variables):
    if shutil.which("curl") is None:
        message = "curl is not installed: apt-get install curl"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(output, shown):
    """Holds what a command printed against what the page shows: its fields, or how it begins."""
    if shown.startswith("{"):
        assert set(json.loads(output)) == keys(shown)
        assert ("problems" in output) == ("problems" in shown)
    elif shown:
        assert output.startswith(shown)
    elif output:
        assert "/problems/" not in output
        assert json.loads(output)


def commands_that(start):
    found = [(command, shown) for command, shown in commands() if re.match(start, command)]
    return pytest.mark.parametrize(("command", "shown"), found, ids=[command[:70] for command, _ in found])


def test_the_page_has_examples_and_each_is_run_here():
    rest = [command for command, _ in commands() if not re.match(f"{LOCAL}|{GUARDED}|{CREATE}|export ", command)]
    assert rest == []
    assert len(list(commands())) >= 10
    assert len(blocks("python")) == 1


@commands_that(LOCAL)
def test_each_command_does_what_the_page_shows(server, given, command, shown):
    output = run(
        command.replace(ADDRESS, server.address), ANSWER=given.id, CONVERSATION=given.conversation_id or "not kept"
    )
    check(output, shown)
    assert output or "DELETE" in command


@commands_that(GUARDED)
def test_each_command_with_a_key_or_an_origin_does_what_the_page_shows(built_data, guarded_server, command, shown):
    [(create, example)] = [each for each in commands() if re.match(CREATE, each[0])]
    variables = environment(built_data, GUIDANCE_API_STORE_URL=f"sqlite:///{store_file(guarded_server.log_file)}")
    key = run(create.replace("python", shlex.quote(sys.executable), 1), **variables).strip()
    assert key.startswith(example.splitlines()[-1].rstrip("…"))
    check(run(command.replace(PUBLIC_ADDRESS, guarded_server.address), KEY=key), shown)


def test_every_setting_that_the_page_names_is_one():
    described = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [name for name in set(re.findall(r"GUIDANCE_[A-Z_]+", PAGE)) if f"| `{name}` |" not in described] == []


def test_the_answer_that_is_shown_is_one():
    [shown] = [json.loads(block) for block in blocks("json")]
    assert AnswerJson.model_validate(shown).model_dump(mode="json") == shown


def test_the_python_client_works_as_it_stands(server):
    [program] = blocks("python")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program.replace(ADDRESS, server.address)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("answered [") == 1
    assert "“" in done.stdout
