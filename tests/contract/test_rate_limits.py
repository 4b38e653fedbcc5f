"""What every counter of requests promises, in memory and in the real Redis; and what is done while Redis is down."""

import asyncio
import os
import secrets
import socket
import threading
import time

import pytest

from api.rate_limits import WINDOW_SECONDS, Allowance, ProcessCounter
from api.redis_limits import LOG_SECONDS, PAUSE_SECONDS, RedisCounter

ADDRESS = ("127.0.0.1", 6379)
REDIS = "redis://127.0.0.1:6379/0"


def require_redis():
    try:
        socket.create_connection(ADDRESS, timeout=2).close()
    except OSError:
        message = "Redis does not run at 127.0.0.1:6379"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@pytest.fixture(params=["memory", "redis"])
def make_counter(request):
    if request.param == "memory":
        return ProcessCounter
    require_redis()
    return lambda: RedisCounter(REDIS)


@pytest.fixture
def allowance():
    """Nobody else's."""
    return Allowance(name="questions", key=f"test:{secrets.token_hex(8)}", amount=3)


def counts(make_counter, *allowances, between=lambda: None):
    """What a counter says of several requests, one after the other."""

    async def count_all():
        counter = make_counter()
        try:
            found = []
            for each in allowances:
                found.append(await counter.count(each))
                between()
            return found
        finally:
            await counter.close()

    return asyncio.run(count_all())


def test_so_many_are_within_and_no_more(make_counter, allowance):
    found = counts(make_counter, *[allowance] * 5)
    assert [each.is_within for each in found] == [True, True, True, False, False]
    assert [each.remaining for each in found] == [2, 1, 0, 0, 0]
    assert all(1 <= each.reset_seconds <= WINDOW_SECONDS for each in found)
    assert found[0].allowance == allowance


def test_keys_and_names_are_counted_apart(make_counter, allowance):
    others = [
        Allowance(name="reads", key=allowance.key, amount=3),
        Allowance(name="questions", key=f"{allowance.key}:other", amount=3),
    ]
    found = counts(make_counter, *[allowance] * 4, *others)
    assert [each.is_within for each in found] == [True, True, True, False, True, True]


def test_the_window_moves(make_counter, allowance, monkeypatch):
    real, ahead = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])
    steps = iter([20, 20, 0, 15, 6, 0])

    def go_on():
        ahead[0] += next(steps, 0)

    # Requests at 0, 20, 40, 40 (refused), 55 (refused), 61: the first has left the window. Then it is full again until 80.
    found = counts(make_counter, *[allowance] * 7, between=go_on)
    assert [each.is_within for each in found] == [True, True, True, False, False, True, False]
    assert [each.reset_seconds for each in found][3:] == pytest.approx([20, 5, 19, 19], abs=1)


def test_many_at_the_same_time_are_counted_right(make_counter, allowance):
    async def count_all():
        counter = make_counter()
        found = await asyncio.gather(*(counter.count(allowance) for _ in range(30)))
        await counter.close()
        return found

    assert sum(each.is_within for each in asyncio.run(count_all())) == 3


def test_servers_count_together_in_redis(allowance):
    require_redis()

    async def count_all():
        servers = [RedisCounter(REDIS) for _ in range(2)]
        found = [await servers[number % 2].count(allowance) for number in range(4)]
        for server in servers:
            await server.close()
        return found

    assert [each.is_within for each in asyncio.run(count_all())] == [True, True, True, False]


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def test_while_redis_is_down_each_process_counts_by_itself_and_says_so_once_a_minute(closed_port, allowance, caplog):
    clock = Clock()

    async def count_all():
        counter = RedisCounter(f"redis://:hush@127.0.0.1:{closed_port}/0", clock)
        found = []
        for _ in range(4):
            found.append(await counter.count(allowance))
            clock.now += PAUSE_SECONDS
        told = len(caplog.records)
        clock.now += LOG_SECONDS
        await counter.count(allowance)
        await counter.close()
        return found, told

    found, told = asyncio.run(count_all())
    assert [each.is_within for each in found] == [True, True, True, False]
    assert (told, len(caplog.records)) == (1, 2)
    assert "Redis can't be used for limits (ConnectionError)" in caplog.text
    assert "hush" not in caplog.text


def test_a_silent_redis_costs_one_request_half_a_second_and_the_next_ones_nothing(allowance):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        async def count_all():
            counter = RedisCounter(f"redis://127.0.0.1:{port}/0")
            waited = []
            for _ in range(3):
                began = time.perf_counter()
                assert (await counter.count(allowance)).is_within
                waited.append(time.perf_counter() - began)
            await counter.close()
            return waited

        first, *others = asyncio.run(count_all())
    assert 0.3 < first < 2.5
    assert max(others) < 0.2


def test_redis_counts_again_when_it_is_back(allowance):
    require_redis()
    clock = Clock()
    wire = socket.create_server(("127.0.0.1", 0))

    def carry():
        """Refuses the first connection, and leads the others to Redis."""
        wire.accept()[0].close()
        near, _ = wire.accept()
        far = socket.create_connection(ADDRESS)
        for start, end in ((near, far), (far, near)):
            threading.Thread(target=copy, args=(start, end), daemon=True).start()

    def copy(start, end):
        while data := start.recv(65536):
            end.sendall(data)
        end.close()

    threading.Thread(target=carry, daemon=True).start()

    async def count_all():
        counter = RedisCounter(f"redis://127.0.0.1:{wire.getsockname()[1]}/0", clock)
        remaining = [(await counter.count(allowance)).remaining]
        clock.now += PAUSE_SECONDS
        remaining.append((await counter.count(allowance)).remaining)
        await counter.close()
        return remaining

    with wire:
        # The one that was counted meanwhile is not in Redis.
        assert asyncio.run(count_all()) == [2, 2]
    assert counts(lambda: RedisCounter(REDIS), allowance)[0].remaining == 1
