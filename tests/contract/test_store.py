"""The store over SQLite and PostgreSQL, over real connections. What it does when its database fails: test_store_faults.py."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import empty, own_postgresql
from sqlalchemy import func, select, update

from api.examples import ANSWER, SNAPSHOT
from api.store import (
    AnswerNotFoundError,
    ConversationFullError,
    ConversationNotFoundError,
    KeyInUseError,
    KeyReusedError,
    Store,
    retention,
)
from api.store.answers import GivenFeedback, Reason, Verdict, keep_feedback, read_snapshot
from api.store.conversations import (
    HISTORY_TURNS,
    MOST_TURNS,
    add_turn,
    begin_conversation,
    erase_conversation,
    history,
    read_conversation,
)
from api.store.idempotency import GIVEN_UP, KEPT, KeyedRequest, complete, release, reserve
from api.store.retention import purge, would_purge
from api.store.snapshot import Evidence, Snapshot, pack
from api.store.tables import Base, Conversation, IdempotencyKey, StoredAnswer, StoredFeedback
from assistant.wire import AnswerJson

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
OWNER, OTHER = "key:a", "key:b"
EVIDENCE = Evidence.model_validate({name: SNAPSHOT[name] for name in ("passages", "sources", "settings")})


@pytest.fixture(scope="module")
def postgresql():
    with own_postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    address = request.getfixturevalue("postgresql")
    empty(address)
    return address


@pytest.fixture
def store(url):
    store = Store(url)
    yield store
    store.close()


def answer(number, **changes):
    document = {**ANSWER, "id": f"{number:032x}", "question": f"Question {number}?", **changes}
    return AnswerJson.model_validate(document)


def snapshot(given, *, asked_at=NOW):
    return Snapshot(
        answer_id=given.id,
        status=given.status,
        build_id=given.build_id,
        asked_at=asked_at,
        answer=given.model_dump_json().encode(),
        evidence=pack(EVIDENCE.model_dump_json().encode()),
    )


def keep(store, given, *, owner=OWNER, conversation_id="c", first=False, asked_at=NOW):
    what = begin_conversation if first else add_turn
    with store.writing() as connection:
        what(connection, owner=owner, conversation_id=conversation_id, snapshot=snapshot(given, asked_at=asked_at))


def read(store, what, **named):
    with store.reading() as connection:
        return what(connection, **named)


def rows(store):
    tables = (Conversation, StoredAnswer, StoredFeedback, IdempotencyKey)
    with store.reading() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def feedback(given, **changes):
    values = {"verdict": Verdict.UNHELPFUL, "reasons": (Reason.WRONG, Reason.UNCLEAR), "comment": "no", "given_at": NOW}
    return GivenFeedback(answer_id=given.id, **(values | changes))


def test_a_conversation_is_read_as_its_answers_were_given(store):
    given = [answer(1, question="Ünïcode 🏛 and \u2028 line?"), answer(2, statements=[], status="unanswerable")]
    keep(store, given[0], first=True)
    keep(store, given[1])
    found = read(store, read_conversation, owner=OWNER, conversation_id="c")
    assert (found.id, found.created, found.turns) == ("c", NOW, tuple(given))


def test_history_is_the_last_turns_oldest_first_with_what_was_shown(store):
    keep(store, answer(0), first=True)
    for number in range(1, HISTORY_TURNS + 2):
        keep(store, answer(number))
    turns = read(store, history, owner=OWNER, conversation_id="c")
    assert [turn.question for turn in turns] == [f"Question {number}?" for number in range(2, HISTORY_TURNS + 2)]
    assert turns[0].answer == " ".join(statement["text"] for statement in ANSWER["statements"])


def test_a_snapshot_is_what_the_answer_rested_on(store):
    given = answer(1)
    keep(store, given, first=True)
    found = read(store, read_snapshot, owner=OWNER, answer_id=given.id)
    assert found.answer == given
    assert Evidence.model_validate(found.model_dump()) == EVIDENCE
    assert (found.asked_at, found.build_id, found.model, found.prompt_sha256) == (NOW, given.build_id, None, None)


def test_another_owner_finds_nothing_and_changes_nothing(store):
    given = answer(1)
    keep(store, given, first=True)
    for what in (history, read_conversation, erase_conversation):
        with pytest.raises(ConversationNotFoundError), store.writing() as connection:
            what(connection, owner=OTHER, conversation_id="c")
    with pytest.raises(ConversationNotFoundError):
        keep(store, answer(2), owner=OTHER)
    with pytest.raises(AnswerNotFoundError):
        read(store, read_snapshot, owner=OTHER, answer_id=given.id)
    with pytest.raises(AnswerNotFoundError), store.writing() as connection:
        keep_feedback(connection, owner=OTHER, feedback=feedback(given))
    assert rows(store) == [1, 1, 0, 0]


@pytest.mark.parametrize("odd", ["", "none", "c'; DROP TABLE answers; --", "é" * 500, "%"])
def test_unknown_ids_are_not_found(store, odd):
    keep(store, answer(1), first=True)
    with pytest.raises(ConversationNotFoundError):
        read(store, history, owner=OWNER, conversation_id=odd)
    with pytest.raises(AnswerNotFoundError):
        read(store, read_snapshot, owner=OWNER, answer_id=odd)


def test_a_conversation_at_its_limit_takes_no_more(store):
    keep(store, answer(1), first=True)
    with store.writing() as connection:
        connection.execute(update(Conversation).values(turns=MOST_TURNS - 1))
    keep(store, answer(2))
    with pytest.raises(ConversationFullError):
        read(store, history, owner=OWNER, conversation_id="c")
    with pytest.raises(ConversationFullError):
        keep(store, answer(3))
    assert rows(store)[1] == 2


def test_turns_kept_at_the_same_time_get_places_of_their_own(store):
    keep(store, answer(0), first=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keep(store, answer(number)), range(1, 17)))
    with store.reading() as connection:
        places = connection.execute(select(StoredAnswer.position).order_by(StoredAnswer.position)).scalars().all()
    assert places == list(range(1, 18))


def test_nothing_is_kept_half_way(store):
    class BreakdownError(Exception):
        pass

    def break_down_after_the_last_row(connection):
        begin_conversation(connection, owner=OWNER, conversation_id="c", snapshot=snapshot(answer(1)))
        add_turn(connection, owner=OWNER, conversation_id="c", snapshot=snapshot(answer(2)))
        raise BreakdownError

    with pytest.raises(BreakdownError), store.writing() as connection:
        break_down_after_the_last_row(connection)
    assert rows(store) == [0, 0, 0, 0]


def test_feedback_given_again_replaces(store):
    given = answer(1)
    keep(store, given, first=True)
    later = feedback(given, verdict=Verdict.HELPFUL, reasons=(), comment=None, given_at=NOW + timedelta(hours=1))
    with store.writing() as connection:
        assert keep_feedback(connection, owner=OWNER, feedback=feedback(given))
    with store.writing() as connection:
        assert not keep_feedback(connection, owner=OWNER, feedback=later)
    with store.reading() as connection:
        row = connection.execute(select(StoredFeedback)).one()
    assert (row.verdict, row.reasons, row.comment, row.given_at) == ("helpful", "", None, NOW + timedelta(hours=1))


def test_feedback_given_twice_at_the_same_time_is_one(store):
    given = answer(1)
    keep(store, given, first=True)

    def give(_):
        with store.writing() as connection:
            return keep_feedback(connection, owner=OWNER, feedback=feedback(given))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(give, range(8))) == 1
    assert rows(store)[2] == 1


REQUEST = KeyedRequest(OWNER, "a-key-of-mine", b'{"question": "?"}')


def reserved(store, request=REQUEST, now=NOW):
    with store.writing() as connection:
        return reserve(connection, request, now)


def test_an_idempotency_key_gives_the_answer_again(store):
    given = answer(1)
    assert reserved(store) is None
    with pytest.raises(KeyInUseError):
        reserved(store)
    keep(store, given, first=True)
    with store.writing() as connection:
        complete(connection, REQUEST, given.id)
    assert AnswerJson.model_validate_json(reserved(store)) == given
    with pytest.raises(KeyReusedError):
        reserved(store, REQUEST._replace(body=b"other"))
    assert reserved(store, REQUEST._replace(owner=OTHER)) is None
    # Next day it is a new key.
    assert reserved(store, now=NOW + KEPT) is None


def test_a_key_comes_free_when_its_request_failed_or_its_process_is_gone(store):
    assert reserved(store) is None
    with store.writing() as connection:
        release(connection, REQUEST)
    assert reserved(store) is None
    with pytest.raises(KeyInUseError):
        reserved(store, now=NOW + GIVEN_UP - timedelta(seconds=1))
    assert reserved(store, now=NOW + GIVEN_UP) is None


def test_of_several_requests_with_one_key_one_is_answered(store):
    start = threading.Barrier(8)

    def attempt(_):
        start.wait(10)
        try:
            return reserved(store) is None
        except KeyInUseError:
            return False

    rows(store)  # The tables are there before the race begins.
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_neither_key_nor_request_can_be_read_from_what_is_kept(store):
    reserved(store)
    with store.reading() as connection:
        row = connection.execute(select(IdempotencyKey)).one()
    assert REQUEST.key not in str(row)
    assert REQUEST.body.decode() not in str(row)


def test_erasing_a_conversation_leaves_nothing_of_it(store):
    keep(store, answer(1, question="Quibblesborough?"), first=True)
    keep(store, answer(2), conversation_id="d", first=True)
    reserved(store)
    with store.writing() as connection:
        keep_feedback(connection, owner=OWNER, feedback=feedback(answer(1), comment="Quibble"))
        complete(connection, REQUEST, answer(1).id)
    assert rows(store) == [2, 2, 1, 1]
    with store.writing() as connection:
        erase_conversation(connection, owner=OWNER, conversation_id="c")
    store.forget()
    assert rows(store) == [1, 1, 0, 0]
    with pytest.raises(ConversationNotFoundError):
        read(store, read_conversation, owner=OWNER, conversation_id="c")
    assert read(store, read_conversation, owner=OWNER, conversation_id="d").turns == (answer(2),)


def test_erased_text_is_not_left_in_the_files(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    packed = snapshot(answer(1)).evidence
    keep(store, answer(1), first=True)
    with store.writing() as connection:
        keep_feedback(connection, owner=OWNER, feedback=feedback(answer(1), comment="Quibblesborough"))

    def held():
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"Quibblesborough" in held()
    assert packed[100:200] in held()
    with store.writing() as connection:
        erase_conversation(connection, owner=OWNER, conversation_id="c")
    store.forget()
    assert b"Quibblesborough" not in held()
    assert packed[100:200] not in held()
    store.close()


def test_what_is_past_its_retention_goes_and_nothing_else(store, monkeypatch):
    year = timedelta(days=365)
    monkeypatch.setattr(retention, "_AT_ONCE", 7)
    for number in range(20):
        keep(store, answer(number), first=number == 0, conversation_id="old", asked_at=NOW - year - timedelta(hours=1))
    keep(store, answer(1000), conversation_id="both", first=True, asked_at=NOW - year - timedelta(hours=1))
    keep(store, answer(1001), conversation_id="both", asked_at=NOW - timedelta(days=1))
    keep(store, answer(1002), conversation_id="new", first=True)
    with store.writing() as connection:
        keep_feedback(connection, owner=OWNER, feedback=feedback(answer(0)))
        keep_feedback(connection, owner=OWNER, feedback=feedback(answer(1001)))
    reserved(store, now=NOW - KEPT - timedelta(minutes=1))
    reserved(store, REQUEST._replace(key="another-key"))
    before = rows(store)
    expected = {"conversations": 1, "answers": 21, "feedback": 1, "idempotency_keys": 1}
    foreseen = would_purge(store, older_than=year, now=NOW)
    assert {name: getattr(foreseen, name) for name in expected} == expected
    assert rows(store) == before
    assert purge(store, older_than=year, now=NOW) == foreseen
    assert rows(store) == [2, 2, 1, 1]
    assert [turn.id for turn in read(store, read_conversation, owner=OWNER, conversation_id="both").turns] == [
        answer(1001).id
    ]


def test_servers_that_start_at_the_same_time_make_the_tables_once(url):
    stores = [Store(url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(rows, stores)) == [[0, 0, 0, 0]] * 6
    for store in stores:
        store.close()


def test_the_steps_make_the_tables_that_the_code_uses(store):
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_sqlite_is_set_to_keep_what_it_acknowledges(tmp_path):
    file = tmp_path / "store.sqlite"
    store = Store(f"sqlite:///{file}")
    with store.writing() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    store.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 2000,
    }
    assert file.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
