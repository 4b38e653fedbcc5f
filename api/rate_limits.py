"""How many requests one caller may send in a minute: a moving window, counted in this process or in Redis."""

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import redis.asyncio
from fastapi_problem.error import Problem
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as SharedMovingWindow
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60
REDIS_SECONDS = 0.5
# How long a Redis that failed is left alone: each request would wait for it.
PAUSE_SECONDS = 5.0
_LOG_SECONDS = 60.0
_PREFIX = "pga-limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many requests in a minute, for whomever `key` stands for. `name` is what it is called in headers."""

    name: str
    key: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What is left of an allowance after one more request, and whether that one is within it."""

    allowance: Allowance
    is_within: bool
    remaining: int
    reset_seconds: int


class Counter(Protocol):
    """Counts requests."""

    async def count(self, allowance: Allowance) -> Count:
        """Counts one more request, unless the allowance is used up."""

    async def close(self) -> None:
        """Lets go of connections."""


class ProcessCounter:
    """Counts in the memory of this process. Several workers each allow the whole amount."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage = MemoryStorage()
        # The library's asyncio memory storage takes a thread for each caller at each request; this one only a moment.
        self._window = MovingWindowRateLimiter(self._storage)
        self._clock = clock
        self._cleaned = clock()

    async def count(self, allowance: Allowance) -> Count:
        """See Counter."""
        item = _item(allowance)
        is_within = self._window.hit(item, allowance.key)
        reset, remaining = self._window.get_window_stats(item, allowance.key)
        self._clean()
        return _to_count(allowance, is_within, remaining, reset)

    async def close(self) -> None:
        """See Counter."""

    def _clean(self) -> None:
        """Forgets callers who have not come for a while. The library keeps an empty list for each."""
        if self._clock() - self._cleaned < WINDOW_SECONDS:
            return
        self._cleaned = self._clock()
        for key in [key for key, events in self._storage.events.items() if not events]:
            self._storage.clear(key)


class RedisCounter:
    """Counts in Redis, for all workers and servers together.

    While Redis is down each process counts by itself: an assistant that answers matters more than an exact count.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        # Without retries, which take seconds: the next request tries again anyway.
        self._pool = redis.asyncio.ConnectionPool.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        storage = RedisStorage(
            "async+redis://", wrap_exceptions=True, implementation="redispy", key_prefix=_PREFIX, connection_pool=self._pool
        )
        self._window = SharedMovingWindow(storage)
        self._meanwhile = ProcessCounter(clock)
        self._clock = clock
        self._failed = self._logged = float("-inf")

    async def count(self, allowance: Allowance) -> Count:
        """See Counter."""
        if self._clock() - self._failed < PAUSE_SECONDS:
            return await self._meanwhile.count(allowance)
        item = _item(allowance)
        try:
            is_within = await self._window.hit(item, allowance.key)
            reset, remaining = await self._window.get_window_stats(item, allowance.key)
        except (StorageError, OSError, TimeoutError) as error:
            self._note_failure(error)
            return await self._meanwhile.count(allowance)
        return _to_count(allowance, is_within, remaining, reset)

    async def close(self) -> None:
        """See Counter."""
        await self._pool.disconnect()

    def _note_failure(self, error: Exception) -> None:
        self._failed = self._clock()
        if self._clock() - self._logged >= _LOG_SECONDS:
            self._logged = self._clock()
            # Not its text: an address can hold a password.
            kind = type(error.__cause__ or error).__name__
            logger.warning("Redis can't be used for limits (%s): this process counts by itself until it can", kind)


def _item(allowance: Allowance) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(allowance.amount, namespace=allowance.name)


def _to_count(allowance: Allowance, is_within: bool, remaining: int, reset: float) -> Count:
    # When the oldest request leaves the window. The library's times are those of the wall clock.
    seconds = math.ceil(reset - time.time())
    return Count(
        allowance=allowance,
        is_within=is_within,
        remaining=max(remaining, 0) if is_within else 0,
        reset_seconds=min(max(seconds, 1), WINDOW_SECONDS),
    )


def header_fields(counts: Sequence[Count]) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-10: quota and window, and what is left until when."""
    return {
        "RateLimit-Policy": ", ".join(
            f'"{count.allowance.name}";q={count.allowance.amount};w={WINDOW_SECONDS}' for count in counts
        ),
        "RateLimit": ", ".join(
            f'"{count.allowance.name}";r={count.remaining};t={count.reset_seconds}' for count in counts
        ),
    }


def refuse_excess(count: Count) -> Problem:
    """Answers 429, with when to come back."""
    unit = "second" if count.reset_seconds == 1 else "seconds"
    return Problem(
        "Too many requests",
        type_="too-many-requests",
        status=429,
        detail=(
            f"More than {count.allowance.amount:,} requests in a minute have come from you. "
            f"Wait {count.reset_seconds} {unit}, then try again."
        ),
        headers={"Retry-After": str(count.reset_seconds)},
    )
