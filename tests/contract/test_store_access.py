"""API keys and the shared secret, over SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from databases import own_postgresql

from api.store import Store, StoreUnavailableError
from api.store.access import SECRET_BYTES, ApiKey, add_key, find_key, list_keys, note_use, revoke_key, shared_secret

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
KEY = ApiKey(
    id="0123456789abcdef",
    name="Intranet “ä”",
    sha256="0" * 64,
    created=NOW,
    expires=NOW + timedelta(days=90),
    revoked=None,
    last_used=None,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    with own_postgresql() as address:
        yield address


@pytest.fixture
def store(url):
    store = Store(url)
    yield store
    store.close()


def test_a_key_is_kept_as_it_was_made(store):
    forever = replace(KEY, id="fedcba9876543210", expires=None, created=NOW + timedelta(seconds=1))
    add_key(store, forever)
    add_key(store, KEY)
    assert find_key(store, KEY.id) == KEY
    assert list_keys(store) == [KEY, forever]
    assert find_key(store, "none") is None


def test_a_key_is_valid_until_it_expires_or_is_revoked(store):
    add_key(store, KEY)
    kept = find_key(store, KEY.id)
    assert kept.is_valid(KEY.expires - timedelta(microseconds=1))
    assert not kept.is_valid(KEY.expires)
    assert revoke_key(store, KEY.id, NOW)
    assert not find_key(store, KEY.id).is_valid(NOW)


def test_a_key_is_revoked_once(store):
    add_key(store, KEY)
    assert [revoke_key(store, KEY.id, NOW + timedelta(days=day)) for day in range(2)] == [True, False]
    assert find_key(store, KEY.id).revoked == NOW
    assert not revoke_key(store, "none", NOW)


def test_the_day_of_the_last_use_is_kept(store):
    add_key(store, KEY)
    note_use(store, KEY.id, date(2026, 11, 23))
    assert find_key(store, KEY.id) == replace(KEY, last_used=date(2026, 11, 23))


def test_workers_that_start_together_share_one_secret(url):
    stores = [Store(url) for _ in range(4)]
    try:
        with ThreadPoolExecutor(len(stores)) as pool:
            found = set(pool.map(lambda store: shared_secret(store, "widget"), stores))
        assert len(found) == 1
        assert len(found.pop()) == SECRET_BYTES
        assert shared_secret(stores[0], "widget") != shared_secret(stores[0], "another")
    finally:
        for store in stores:
            store.close()


def test_a_key_outlives_the_process(url):
    first = Store(url)
    add_key(first, KEY)
    first.close()
    second = Store(url)
    assert find_key(second, KEY.id) == KEY
    second.close()


def test_without_its_database_every_call_says_so(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/missing/store.sqlite")
    for call in (
        lambda: add_key(store, KEY),
        lambda: find_key(store, KEY.id),
        lambda: list_keys(store),
        lambda: revoke_key(store, KEY.id, NOW),
        lambda: note_use(store, KEY.id, NOW.date()),
        lambda: shared_secret(store, "widget"),
    ):
        with pytest.raises(StoreUnavailableError):
            call()
