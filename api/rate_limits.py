"""How many requests one caller may send in a minute: a moving window, counted in this process or in Redis."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi_problem.error import Problem
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

WINDOW_SECONDS = 60
# In the state of a request: header fields for its answer, whatever that will be.
RATE_LIMIT_FIELDS = "rate_limit_fields"


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
        item = limit_item(allowance)
        is_within = self._window.hit(item, allowance.key)
        reset, remaining = self._window.get_window_stats(item, allowance.key)
        self._clean()
        return to_count(allowance, is_within, remaining, reset)

    async def close(self) -> None:
        """See Counter."""

    def _clean(self) -> None:
        """Forgets callers who have not come for a while. The library keeps an empty list for each."""
        if self._clock() - self._cleaned < WINDOW_SECONDS:
            return
        self._cleaned = self._clock()
        for key in [key for key, events in self._storage.events.items() if not events]:
            self._storage.clear(key)


def limit_item(allowance: Allowance) -> RateLimitItemPerMinute:
    """An allowance in the library's terms."""
    return RateLimitItemPerMinute(allowance.amount, namespace=allowance.name)


def to_count(allowance: Allowance, is_within: bool, remaining: int, reset: float) -> Count:
    """What the library said. `reset` is in seconds since 1970: when the oldest request leaves the window."""
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
