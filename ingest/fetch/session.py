"""Visits with manners: robots.txt is asked first, a host is left a delay, failures are retried a little, a dead host is left alone."""

import ssl
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore2
import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from ingest.fetch.address import AddressCheck, Resolver, Target, is_public, system_resolver
from ingest.fetch.errors import SiteUnreachable
from ingest.fetch.robots import LARGEST, Robots
from ingest.fetch.transport import Clock
from ingest.fetch.visit import Asking, Limits, Reply, Visitor

FAILURES_BEFORE_GIVING_UP = 3
_NOT_IMPLEMENTED = 501


def utc_now() -> datetime:
    """The time of day, for dates in records and in Retry-After."""
    return datetime.now(UTC)


class Session:
    """One run over many sources. `hosts` are the only ones that are visited: see address.allowed_hosts.

    `resolver`, `is_allowed_address`, `backend`, `ssl_context`, `clock`, `sleep` and `now` are for tests: no setting reaches them.
    """

    def __init__(
        self,
        hosts: Collection[str],
        limits: Limits | None = None,
        *,
        resolver: Resolver = system_resolver,
        is_allowed_address: AddressCheck = is_public,
        backend: httpcore2.NetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.limits = limits or Limits()
        self.now = now
        self._clock = clock
        self._sleep = sleep
        self._last_visits: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        self._robots = Robots(self._get_robots)
        self._visitor = Visitor(
            hosts,
            self.limits,
            resolver=resolver,
            is_allowed_address=is_allowed_address,
            backend=backend,
            ssl_context=ssl_context,
            clock=clock,
        )

    def check(self, url: str) -> Target:
        """The target of a URL, without visiting it. Raises FetchRefused where it must not be visited."""
        return self._visitor.check(url)

    def get(self, url: str, *, headers_for: Callable[[str], Mapping[str, str]] | None = None) -> Reply:
        """Fetches a URL with its body. `headers_for` gives extra headers, such as validators, for each URL on the way.

        Raises:
            FetchRefused: it must not be visited, or the site asks not to.
            FetchFailed: there was no usable answer, also after retries.
        """
        asking = Asking(most_bytes=self.limits.body_bytes)
        return self._ask(url, replace(asking, headers_for=headers_for) if headers_for else asking)

    def look(self, url: str) -> Reply:
        """Looks at a URL without its body: by HEAD, and by GET where HEAD is answered with an error. Raises as `get`."""
        reply = self._ask(url, Asking(method="HEAD"))
        return reply if reply.status < 400 else self._ask(url, Asking())

    def _ask(self, url: str, asking: Asking) -> Reply:
        host = self.check(url).host
        if self._failures[host] >= FAILURES_BEFORE_GIVING_UP:
            raise SiteUnreachable(
                f"{host} failed {FAILURES_BEFORE_GIVING_UP} times in a row and was not asked again. Try again later."
            )
        try:
            reply = self._retrying(url, asking, self._before_hop)
        except SiteUnreachable:
            self._failures[host] += 1
            raise
        self._failures[host] = 0
        return reply

    def _retrying(self, url: str, asking: Asking, before_hop: Callable[[Target], None]) -> Reply:
        retrying = Retrying(
            sleep=self._sleep,
            stop=stop_after_attempt(1 + self.limits.retries),
            wait=_wait,
            retry=retry_if_exception(lambda error: isinstance(error, SiteUnreachable) and error.retryable),
            reraise=True,
        )
        return retrying(self._attempt, url, asking, before_hop)

    def _attempt(self, url: str, asking: Asking, before_hop: Callable[[Target], None]) -> Reply:
        reply = self._visitor.visit(url, asking, before_hop)
        is_busy = reply.status == httpx2.codes.TOO_MANY_REQUESTS or reply.status >= 500
        if not is_busy or reply.status == _NOT_IMPLEMENTED:
            return reply
        wait = self._retry_after(reply)
        raise SiteUnreachable(
            f"{httpx2.URL(reply.url).host} answered {reply.status}"
            + (f" and asks to be left alone for {wait:.0f} s" if wait else "")
            + ". Try again later.",
            retryable=wait is None or wait <= self.limits.longest_wait,
            retry_after=wait,
        )

    def _retry_after(self, reply: Reply) -> float | None:
        """Seconds from a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3)."""
        value = reply.headers.get("retry-after", "").strip()
        if value.isdecimal() and len(value) < 10:
            return float(value)
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - self.now()).total_seconds())

    def _before_hop(self, target: Target) -> None:
        asked = min(self._robots.check(target), self.limits.longest_wait)
        self._pause(target, max(asked, self.limits.delay))

    def _get_robots(self, url: str) -> Reply:
        return self._retrying(url, Asking(most_bytes=LARGEST), lambda target: self._pause(target, self.limits.delay))

    def _pause(self, target: Target, delay: float) -> None:
        last = self._last_visits.get(target.host)
        left = 0.0 if last is None else last + delay - self._clock()
        if left > 0:
            self._sleep(left)
        self._last_visits[target.host] = self._clock()


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, SiteUnreachable) and error.retry_after is not None:
        return error.retry_after
    return float(2 ** (state.attempt_number - 1))
