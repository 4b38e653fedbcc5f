"""What callers get while the database is locked, full, read-only, damaged, stopped or silent; and that it recovers."""

import sqlite3
import time
from contextlib import contextmanager

import pytest
from databases import Wire, own_postgresql
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from test_api_serving import FakeServing

from api.app import create_app
from api.settings import ApiSettings
from api.store import Store, StoreUnavailableError, database, engine

QUESTION = "Can a supplier charge the council for its own data?"
WAIT, PAUSE = 0.4, 0.3
# What a caller may wait in the worst case: a connection, an answer, and the machine's own slowness.
BOUND = 4 * WAIT + 4


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(engine, "WAIT_SECONDS", WAIT)
    monkeypatch.setattr(database, "PAUSE_SECONDS", PAUSE)


def client_of(store):
    return TestClient(create_app(FakeServing(), ApiSettings(), store), base_url="http://127.0.0.1:8000")


def ask(client, **body):
    return client.post("/v1/chat", json={"question": QUESTION} | body)


@contextmanager
def locked(file):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(store, file):
    """As on a disk without a free block: no page can be added, and those that there are have no room for an answer."""

    def limit(connection, _record, _proxy):
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(store._engine, "checkout", limit)
    store.close()
    filler = sqlite3.connect(file, isolation_level=None)
    filler.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        filler.executemany(
            "INSERT INTO answers (id, conversation_id, owner, position, asked_at, status, build_id, answer, evidence) "
            "VALUES (?, 'none', 'filler', ?, '2026', 'answered', 'none', ?, ?)",
            ((f"filler {number}", number, b"0" * 40, b"0" * 40) for number in range(10_000)),
        )
    filler.close()
    yield
    event.remove(store._engine, "checkout", limit)
    store.close()


@contextmanager
def damaged(store, file):
    store.close()
    whole = file.read_bytes()
    for beside in file.parent.glob("store.sqlite-*"):
        beside.unlink()
    file.write_bytes(b"no database" * 1000)
    yield
    store.close()
    file.write_bytes(whole)


@contextmanager
def read_only(store, file):
    """As for a user who may not write: root may write whatever the mode says."""

    def refuse(connection, _record, _proxy):
        connection.execute("PRAGMA query_only = ON")

    event.listen(store._engine, "checkout", refuse)
    yield
    event.remove(store._engine, "checkout", refuse)
    store.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.sqlite"


@pytest.fixture
def sqlite_store(file):
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


FAULTS = {
    "locked": lambda _store, file: locked(file),
    "full": full,
    "damaged": damaged,
    "read-only": read_only,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_while_sqlite_fails_first_questions_are_answered_and_the_rest_says_so(sqlite_store, file, fault, caplog):
    client = client_of(sqlite_store)
    before = ask(client).json()
    with FAULTS[fault](sqlite_store, file):
        # A full database still lets go of what it holds.
        check_failing(client, before, reads=fault in {"full", "read-only"}, erases=fault == "full")
    time.sleep(PAUSE)
    check_recovered(client, before)
    assert QUESTION not in caplog.text


@pytest.mark.parametrize("fault", ["cut", "fall_silent"])
def test_while_postgresql_fails_first_questions_are_answered_and_the_rest_says_so(fault, caplog):
    with own_postgresql() as address, Wire() as wire:
        store = Store(address.replace(":5432/", f":{wire.port}/"))
        client = client_of(store)
        before = ask(client).json()
        getattr(wire, fault)()
        check_failing(client, before, reads=False, erases=False)
        wire.flow()
        time.sleep(PAUSE)
        check_recovered(client, before)
        store.close()
    assert QUESTION not in caplog.text


def check_failing(client, before, *, reads, erases):
    for _ in range(2):
        began = time.monotonic()
        first = ask(client)
        assert time.monotonic() - began < BOUND
        assert first.status_code == 200
        assert first.json()["status"] == "answered"
        assert first.json()["conversation_id"] is None
    feedback = client.post(f"/v1/answers/{before['id']}/feedback", json={"verdict": "helpful"})
    refused = [feedback, ask(client, conversation_id=before["conversation_id"])]
    time.sleep(PAUSE)
    if not erases:
        refused.append(client.delete(f"/v1/conversations/{before['conversation_id']}"))
    if not reads:
        refused += [
            client.get(f"/v1/conversations/{before['conversation_id']}"),
            client.get(f"/v1/answers/{before['id']}"),
        ]
    for response in refused:
        assert response.status_code == 503, response.text
        assert response.json()["type"] == "/problems/store-unavailable"
        assert int(response.headers["Retry-After"]) > 0
        assert "sqlite" not in response.text.casefold()


def check_recovered(client, before):
    after = ask(client, conversation_id=before["conversation_id"])
    assert after.status_code == 200, after.text
    turns = client.get(f"/v1/conversations/{before['conversation_id']}").json()["turns"]
    # Nothing that was refused has been kept.
    assert [turn["id"] for turn in turns] == [before["id"], after.json()["id"]]


def test_reading_goes_on_while_another_process_writes(sqlite_store, file):
    client = client_of(sqlite_store)
    before = ask(client).json()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert client.get(f"/v1/answers/{before['id']}").status_code == 200
    other.execute("ROLLBACK")
    other.close()


def test_a_failure_is_not_waited_for_again_at_once(sqlite_store, file):
    with sqlite_store.writing() as connection:
        connection.execute(text("SELECT 1"))
    with locked(file):
        with pytest.raises(StoreUnavailableError), sqlite_store.writing():
            pass
        began = time.monotonic()
        with pytest.raises(StoreUnavailableError), sqlite_store.writing():
            pass
        assert time.monotonic() - began < WAIT / 2


def test_a_folder_that_does_not_exist_is_a_store_that_can_not_be_used(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'none' / 'store.sqlite'}")
    with pytest.raises(StoreUnavailableError), store.writing():
        pass


def test_a_server_starts_without_its_database_and_keeps_answers_once_it_is_there(file):
    file.parent.joinpath("late").mkdir()
    late = file.parent / "late" / "store.sqlite"
    late.parent.rmdir()
    store = Store(f"sqlite:///{late}")
    with client_of(store) as client:
        assert ask(client).json()["conversation_id"] is None
        late.parent.mkdir()
        time.sleep(PAUSE)
        assert ask(client).json()["conversation_id"]
