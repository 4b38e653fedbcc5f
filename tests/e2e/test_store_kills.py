"""An answer that was given survives kill -9 of the server that gave it.

Ten kills; more by hand: STORE_KILLS=200 python -m pytest tests/e2e/test_store_kills.py
"""

import os
import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from test_api_server import QUESTIONS, running_server, store_file

KILLS = int(os.environ.get("STORE_KILLS", "10"))
CLIENTS = 4


def ask_until_it_dies(address, seed, given):
    """Asks on and on, mostly in conversations, some with a key; notes what was acknowledged: a whole response with 200."""
    chance, conversation_id = random.Random(seed), None
    with httpx2.Client(base_url=address, timeout=30) as client:
        while True:
            body = {"question": chance.choice(QUESTIONS), "conversation_id": conversation_id}
            headers = {"Idempotency-Key": f"{chance.getrandbits(128):032x}"} if chance.random() < 0.3 else {}
            try:
                response = client.post("/v1/chat", json=body, headers=headers)
            except httpx2.TransportError:
                return
            assert response.status_code == 200, response.text
            answer = response.json()
            assert answer["conversation_id"]
            given.append((answer["id"], answer["conversation_id"]))
            conversation_id = answer["conversation_id"] if chance.random() < 0.8 else None


def kill_while_asked(server, seed):
    """Kills the server at some moment while clients ask. Returns what was acknowledged."""
    given: list[tuple[str, str]] = []
    killer = threading.Timer(random.Random(seed).uniform(0.2, 1.5), server.process.kill)
    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [
            pool.submit(ask_until_it_dies, server.address, seed * CLIENTS + each, given) for each in range(CLIENTS)
        ]
        killer.start()
        for each in asking:
            each.result(60)
    server.process.wait(10)
    return given


def check_whole(file, given):
    """What was acknowledged is there, and nothing is there by half."""
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    held = dict(connection.execute("SELECT id, conversation_id FROM answers"))
    assert [each for each in given if held.get(each[0]) != each[1]] == []
    turns = connection.execute(
        "SELECT c.turns, count(a.id), max(a.position) FROM conversations c LEFT JOIN answers a ON a.conversation_id = c.id GROUP BY c.id"
    ).fetchall()
    assert [row for row in turns if not row[0] == row[1] == row[2]] == []
    connection.close()


@pytest.mark.skipif(KILLS < 1, reason="STORE_KILLS asks for none")
def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(built_data, tmp_path):
    given = []
    for kill in range(KILLS):
        with running_server(built_data, tmp_path / "log.txt") as server:
            given += kill_while_asked(server, kill)
        check_whole(store_file(tmp_path / "log.txt"), given)
    assert len(given) > KILLS
    # And they can be read.
    with running_server(built_data, tmp_path / "log.txt") as server, server.client() as client:
        for answer_id, conversation_id in random.Random(0).sample(given, min(20, len(given))):
            assert client.get(f"/v1/answers/{answer_id}").json()["answer"]["conversation_id"] == conversation_id
