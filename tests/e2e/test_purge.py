"""The commands of `python -m api` beside serving."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from conftest import run_module

from api.examples import ANSWER
from api.store import Store
from api.store.conversations import begin_conversation
from api.store.snapshot import Snapshot, pack

NOTHING = "0 answers, 0 feedback, 0 conversations, 0 idempotency keys."


@pytest.fixture
def file(tmp_path):
    """A store with an answer of today and one of last month."""
    path = tmp_path / "store.sqlite"
    store = Store(f"sqlite:///{path}")
    for number, days in enumerate((0, 30)):
        kept = Snapshot(
            answer_id=f"{number:032x}",
            status=ANSWER["status"],
            build_id="b",
            asked_at=datetime.now(UTC) - timedelta(days=days),
            answer=b"{}",
            evidence=pack(b"{}"),
        )
        with store.writing() as connection:
            begin_conversation(connection, owner="local", conversation_id=str(number), snapshot=kept)
    store.close()
    return path


def purge(tmp_path, *options, **settings):
    done = run_module(tmp_path, "api", "purge", *options, settings=settings)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def held(file):
    with sqlite3.connect(file) as connection:
        found = [identity for (identity,) in connection.execute("SELECT id FROM conversations ORDER BY id")]
    connection.close()
    return found


def test_it_says_what_it_would_delete_and_then_deletes_that(tmp_path, file):
    found = "1 answers, 0 feedback, 1 conversations, 0 idempotency keys."
    assert purge(tmp_path, "--older-than", "7", "--dry-run") == f"Would delete what is older than 7 days: {found}"
    assert held(file) == ["0", "1"]
    assert purge(tmp_path, "--older-than", "7") == f"Deleted what is older than 7 days: {found}"
    assert held(file) == ["0"]


def test_the_age_is_the_retention_unless_another_is_given(tmp_path, file):
    assert purge(tmp_path) == f"Deleted what is older than 365 days: {NOTHING}"
    assert purge(tmp_path, GUIDANCE_API_RETENTION_DAYS="10").startswith("Deleted what is older than 10 days: 1 answers")
    assert purge(tmp_path, GUIDANCE_API_RETENTION_DAYS="0").startswith("Deleted what is older than 0 days: 1 answers")
    assert held(file) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://somebody:hunter2@host/x", "GUIDANCE_API_STORE_URL is not valid"),
        ("postgresql://somebody:hunter2@127.0.0.1:1/x", "The database can't be used"),
        ("nonsense", "GUIDANCE_API_STORE_URL is not valid"),
    ],
)
def test_a_database_that_can_not_be_used_is_said_without_its_password(tmp_path, url, words):
    done = run_module(tmp_path, "api", "purge", settings={"GUIDANCE_API_STORE_URL": url})
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
