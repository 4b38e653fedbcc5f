"""Every example of docs/integrators.md, taken from the page as it stands, against a real server."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from test_api_server import ROOT, ask, running_server

from assistant.wire import AnswerJson

PAGE = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


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


@pytest.fixture
def given(server):
    with server.client() as client:
        return ask(client, "Can a supplier charge us to get our own data out?")


def test_the_page_has_examples():
    assert len(list(commands())) >= 10
    assert len(blocks("python")) == 1


@pytest.mark.parametrize(("command", "shown"), list(commands()), ids=lambda value: value[:60])
def test_each_command_does_what_the_page_shows(server, given, command, shown):
    if shutil.which("curl") is None:
        message = "curl is not installed: apt-get install curl"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    assert command.startswith("curl ")
    assert ADDRESS in command
    done = subprocess.run(
        ["bash", "-euc", command.replace(ADDRESS, server.address)],
        env=os.environ | {"ANSWER": given.id, "CONVERSATION": given.conversation_id},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    if shown.startswith("{"):
        assert set(json.loads(done.stdout)) == keys(shown)
        assert ("problems" in done.stdout) == ("problems" in shown)
    elif shown:
        assert done.stdout.startswith(shown)
    elif "DELETE" in command:
        assert done.stdout == ""
    else:
        assert json.loads(done.stdout)["status"] == "answered"


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
