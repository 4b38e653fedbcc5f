"""Streams over a real connection to a real server: what a client that leaves, and a server that stops, leave behind."""

import json
import signal
import sqlite3
import statistics
import time
from pathlib import Path

import httpx2
import pytest
from test_api_server import STOP_SECONDS, running_server, store_file

QUESTION = {"question": "Can a supplier charge the council for its own data?"}
SLOW_SERVER = str(Path(__file__).with_name("slow_server.py"))


@pytest.fixture
def start(tmp_path):
    """Starts a server with a pause of so many seconds after each part of an answer."""

    def started(pause):
        return running_server(tmp_path / "none", tmp_path / "log.txt", command=(SLOW_SERVER, str(pause)))

    return started


def events(response):
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def kept(server):
    """How many conversations and answers there are."""
    connection = sqlite3.connect(store_file(server.log_file))
    [counts] = connection.execute("SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM answers)")
    connection.close()
    return list(counts)


def test_parts_arrive_when_they_stand_and_not_all_at_the_end(start):
    with start(0.3) as server, server.client() as client:
        arrived = []
        with client.stream("POST", "/v1/chat/stream", json=QUESTION) as response:
            for event in events(response):
                arrived.append((event["type"], time.monotonic()))
        times = dict(arrived)
        assert times["answer.statement"] - times["answer.sources"] > 0.2
        assert times["answer.completed"] - times["answer.statement"] > 0.2
        assert kept(server) == [1, 1]


def test_a_client_that_leaves_stops_the_work_and_leaves_nothing(start):
    with start(0.5) as server:
        for _ in range(3):
            with server.client() as client, client.stream("POST", "/v1/chat/stream", json=QUESTION) as response:
                assert next(events(response))["type"] == "answer.started"
        # The core is free again: the next question does not wait for three that nobody waits for.
        with server.client() as client:
            began = time.monotonic()
            assert client.post("/v1/chat", json=QUESTION).status_code == 200
            assert time.monotonic() - began < 3
        assert kept(server) == [1, 1]
        assert "Traceback" not in server.log()


def test_a_server_that_is_stopped_tells_its_streams(start):
    with start(2) as server, server.client() as client:
        with client.stream("POST", "/v1/chat/stream", json=QUESTION) as response:
            incoming = events(response)
            assert next(incoming)["type"] == "answer.started"
            server.process.send_signal(signal.SIGTERM)
            *_, last = incoming
        assert last["type"] == "answer.failed"
        assert last["problem"]["type"] == "/problems/stopping"
        assert server.process.wait(STOP_SECONDS) in {0, -signal.SIGTERM}
        assert kept(server) == [0, 0]
        assert "Traceback" not in server.log()


def test_a_stream_that_is_nearly_done_is_finished_before_the_server_stops(start):
    with start(0.1) as server, server.client() as client:
        with client.stream("POST", "/v1/chat/stream", json=QUESTION) as response:
            incoming = events(response)
            next(incoming)
            server.process.send_signal(signal.SIGTERM)
            *_, last = incoming
        assert last["type"] == "answer.completed"
        server.process.wait(STOP_SECONDS)
        assert kept(server) == [1, 1]


def test_a_killed_server_s_stream_has_no_last_event(start):
    with start(1) as server, server.client() as client:
        seen = []

        def read_while_it_is_killed(response):
            for event in events(response):
                seen.append(event["type"])
                server.process.kill()

        with (
            client.stream("POST", "/v1/chat/stream", json=QUESTION) as response,
            pytest.raises(httpx2.RemoteProtocolError),
        ):
            read_while_it_is_killed(response)
        assert "answer.completed" not in seen
        server.process.wait(STOP_SECONDS)
        assert kept(server) == [0, 0]


@pytest.mark.alone
def test_the_first_statement_comes_within_a_tenth_of_a_second(built_data, tmp_path):
    questions = [
        "Can a supplier charge us to get our own data out?",
        "Can I still run an innovation partnership?",
        "What is the council threshold for services?",
        "When must a pipeline notice be published?",
        "Who may reserve a contract for local suppliers?",
        "How long is the mandatory standstill period?",
        "What should our tender say about APIs?",
        "What are the themes and enablers of the 2022 National Procurement Strategy?",
        "How do we avoid being locked in to one supplier?",
    ]
    waited = []
    with running_server(built_data, tmp_path / "log") as server, server.client() as client:
        for question in questions * 3:
            began = time.monotonic()
            with client.stream("POST", "/v1/chat/stream", json={"question": question}) as response:
                waited += [
                    time.monotonic() - began for event in events(response) if event["type"] == "answer.statement"
                ][:1]
    assert len(waited) == len(questions) * 3
    print(f"first statement: median {statistics.median(waited) * 1000:.0f} ms")
    assert statistics.median(waited) <= 0.1
