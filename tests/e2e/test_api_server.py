"""The real server, in a process of its own, over a real build. browsing.py starts it from here, too."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from assistant.wire import AnswerJson

ROOT = Path(__file__).parents[2]
START_SECONDS, STOP_SECONDS = 90, 15
QUESTIONS = [
    "Can a supplier charge us to get our own data out?",
    "Can I still run an innovation partnership?",
    "What is the council threshold for goods and services?",
    "We are a Scottish council: does the Procurement Act apply?",
    "What should our tender say about APIs?",
]


def environment(data: Path, **settings: str) -> dict[str, str]:
    """What the server is started with: no setting of whoever runs the tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GUIDANCE_")}
    return inherited | {"GUIDANCE_DATA_DIR": str(data)} | settings


@dataclass(frozen=True)
class RunningServer:
    address: str
    process: subprocess.Popen[str]
    log_file: Path

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, timeout=60)


def store_file(log_file: Path) -> Path:
    return log_file.with_name("store.sqlite")


@contextmanager
def running_server(
    data: Path, log_file: Path, *, command: Sequence[str] = ("-m", "api", "--port", "0"), **settings: str
) -> Iterator[RunningServer]:
    """Starts `python -m api` on a free port and waits until it says where it is. Answers are kept beside the log."""
    variables = environment(data, **{"GUIDANCE_API_STORE_URL": f"sqlite:///{store_file(log_file)}"} | settings)
    with (
        log_file.open("w") as log,
        subprocess.Popen(
            [sys.executable, "-W", "error", *command],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        watchdog = threading.Timer(START_SECONDS, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            watchdog.cancel()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, f"the server did not start: {line}{log_file.read_text()}"
            yield RunningServer(found.group(), process, log_file)
        finally:
            watchdog.cancel()
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def server(built_data, tmp_path_factory):
    with running_server(built_data, tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as client:
        yield client


def ask(client, question):
    response = client.post("/v1/chat", json={"question": question})
    assert response.status_code == 200, response.text
    return AnswerJson.model_validate(response.json())


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_stands_in_its_passage_and_on_its_page(client, question):
    answer = ask(client, question)
    assert answer.status == "answered"
    assert answer.build_id == client.get("/readyz").json()["build_id"]
    for citation in answer.citations:
        passage = client.get(f"/v1/passages/{citation.passage_id}").json()
        assert citation.quote in passage["text"]
        assert passage["source"]["id"] == citation.source_id
        assert passage["build_id"] == answer.build_id
        page = client.get(f"/passages/{citation.passage_id}", params={"quote": citation.quote})
        assert "<mark>" in page.text
        assert "not in this passage" not in page.text


def test_the_corpus_adds_up(client):
    corpus, listed = client.get("/v1/corpus").json(), client.get("/v1/sources").json()
    assert corpus["build_id"] == listed["build_id"]
    assert (
        corpus["sources"]
        == len(listed["sources"])
        == sum(corpus["publishers"].values())
        == sum(corpus["statuses"].values())
    )
    source = client.get(f"/v1/sources/{listed['sources'][0]['id']}").json()
    assert source["source"] == listed["sources"][0]
    following, walked = source["passage_ids"][0], []
    while following:
        walked.append(following)
        following = client.get(f"/v1/passages/{following}").json()["next_passage_id"]
    assert walked == source["passage_ids"]


def test_questions_at_the_same_time_get_the_answers_they_get_alone(client):
    def answer_to(question):
        return ask(client, question).model_dump(exclude={"id", "conversation_id"})

    alone = [answer_to(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(answer_to, QUESTIONS * 4))
    assert together == alone * 4


def test_what_was_asked_is_not_logged(client, server):
    response = client.post("/v1/chat", json={"question": "Xylophone procurement for Quibblesborough?"})
    client.get("/passages/none:0", params={"quote": "Quibblesborough"})
    # A request is logged once its answer has been sent.
    until = time.monotonic() + 5
    while "GET /passages/none%3A0 404 in " not in (log := server.log()) and time.monotonic() < until:
        time.sleep(0.05)
    assert f"[{response.headers['X-Request-Id']}] POST /v1/chat 200 in " in log
    assert "GET /passages/none%3A0 404 in " in log
    assert "Quibblesborough" not in log


def test_a_server_without_a_build_recovers_when_there_is_one(built_data, tmp_path):
    empty = tmp_path / "data"
    empty.mkdir()
    with running_server(empty, tmp_path / "log.txt") as server, server.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "python -m ingest build" in ready.json()["detail"]
        assert client.post("/v1/chat", json={"question": QUESTIONS[0]}).json()["type"] == "/problems/not-ready"
        for folder in ("builds", "models"):
            (empty / folder).symlink_to(built_data / folder)
        (empty / "current").write_text((built_data / "current").read_text())
        assert client.get("/readyz").status_code == 200
        assert ask(client, QUESTIONS[0]).status == "answered"


def refused_start(*arguments, **settings):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "api", *arguments],
        cwd=ROOT,
        env=environment(ROOT / "none", **settings),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def test_a_port_in_use_is_one_clear_line(server):
    port = server.address.rpartition(":")[2]
    refused = refused_start("--port", port)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.splitlines() == [
        f"Port {port} of 127.0.0.1 is in use. Stop what uses it, or choose another: --port {int(port) + 1}"
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("GUIDANCE_API_HOST", "0.0.0.0", "and authentication is off"),  # noqa: S104
        ("GUIDANCE_API_PROT", "8001", "GUIDANCE_API_PROT is not a setting"),
        ("GUIDANCE_THREDS", "1", "GUIDANCE_THREDS is not a setting"),
    ],
)
def test_an_unsafe_or_unknown_setting_stops_the_start(name, value, words):
    refused = refused_start(**{name: value})
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert words in refused.stderr


def test_it_stops_when_told_to(built_data, tmp_path):
    with running_server(built_data, tmp_path / "log.txt") as server:
        server.process.send_signal(signal.SIGTERM)
        # uvicorn closes down, then lets the signal do what it does by default.
        assert server.process.wait(STOP_SECONDS) in {0, -signal.SIGTERM}
        assert "Traceback" not in server.log()
