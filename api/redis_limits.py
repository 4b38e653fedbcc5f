"""Counts requests in Redis. Imported only where it is used: the library takes a third of a second."""

import logging
import time
from collections.abc import Callable

import redis.asyncio
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from api.rate_limits import Allowance, Count, ProcessCounter, limit_item, to_count

logger = logging.getLogger(__name__)

# How long a request may wait for Redis.
WAIT_SECONDS = 0.5
# How long a Redis that failed is left alone, so that not every request waits for it.
PAUSE_SECONDS = 5.0
LOG_SECONDS = 60.0
_PREFIX = "pga-limits"


class RedisCounter:
    """Counts in Redis, for all workers and servers together.

    While Redis is down each process counts by itself: an assistant that answers matters more than an exact count.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        # Without retries, which take seconds: the next request tries again anyway.
        self._pool = redis.asyncio.ConnectionPool.from_url(
            url,
            socket_timeout=WAIT_SECONDS,
            socket_connect_timeout=WAIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        storage = RedisStorage(
            "async+redis://",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]
        )
        self._window = MovingWindowRateLimiter(storage)
        self._meanwhile = ProcessCounter(clock)
        self._clock = clock
        self._failed = self._logged = float("-inf")

    async def count(self, allowance: Allowance) -> Count:
        """See Counter."""
        if self._clock() - self._failed < PAUSE_SECONDS:
            return await self._meanwhile.count(allowance)
        item = limit_item(allowance)
        try:
            is_within = await self._window.hit(item, allowance.key)
            reset, remaining = await self._window.get_window_stats(item, allowance.key)
        except (StorageError, OSError, TimeoutError) as error:
            self._note_failure(error)
            return await self._meanwhile.count(allowance)
        return to_count(allowance, is_within, remaining, reset)

    async def close(self) -> None:
        """See Counter."""
        await self._pool.disconnect()

    def _note_failure(self, error: Exception) -> None:
        self._failed = self._clock()
        if self._clock() - self._logged >= LOG_SECONDS:
            self._logged = self._clock()
            # Not its text: an address can hold a password.
            kind = type(error.__cause__ or error).__name__
            logger.warning("Redis can't be used for limits (%s): this process counts by itself until it can", kind)
