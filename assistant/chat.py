"""Calls a chat model with care: so many at once, so many an hour, none while it is down, one retry while nothing was shown."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_fixed

from assistant.breaker import CircuitBreaker
from assistant.errors import ChatModelError
from assistant.phrased import Message, NotPhrased
from assistant.ports import ChatModel

logger = logging.getLogger(__name__)
LONGEST_DRAFT = 12_000
"""Characters. A draft that goes on is cut off there; what was whole by then counts."""
_PAUSE_BEFORE_RETRY = 0.2
# Less than this is not worth another call.
_LEAST_SECONDS = 0.5


class NotCalledError(ChatModelError):
    """The model was not called; `reason` says why."""

    def __init__(self, reason: NotPhrased) -> None:
        super().__init__(reason.value, retryable=False)
        self.reason = reason


class Chat:
    """A chat model with its limits. One for a process; used from many threads."""

    def __init__(
        self,
        model: ChatModel,
        *,
        seconds: float = 30,
        at_once: int = 8,
        calls_per_hour: int = 600,
        breaker: CircuitBreaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._seconds = seconds
        self._slots = threading.BoundedSemaphore(at_once)
        self._budget = RateLimitItemPerHour(calls_per_hour)
        self._calls = MovingWindowRateLimiter(MemoryStorage())
        self.breaker = breaker or CircuitBreaker(failures=4, seconds=60)
        self._clock = clock

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    def close(self) -> None:
        """Frees what the model keeps for the next call."""
        self._model.close()

    def stream(
        self, messages: Sequence[Message], *, may_retry: Callable[[], bool] = lambda: True, seconds: float | None = None
    ) -> Generator["str | Restart", None, None]:
        """Pieces of a draft; a Restart where it begins anew after a failure, which happens once at most and only while `may_retry`.

        Raises:
            ChatModelError: there is no draft, or it ended before it was whole.
        """
        if not self._slots.acquire(blocking=False):
            raise NotCalledError(NotPhrased.BUSY)
        try:
            deadline = self._clock() + (self._seconds if seconds is None else min(seconds, self._seconds))
            yield from self._with_retry(messages, may_retry, deadline)
        finally:
            self._slots.release()

    def _with_retry(
        self, messages: Sequence[Message], may_retry: Callable[[], bool], deadline: float
    ) -> Iterator["str | Restart"]:
        def again(error: BaseException) -> bool:
            left = deadline - self._clock() - _PAUSE_BEFORE_RETRY
            return isinstance(error, ChatModelError) and error.retryable and may_retry() and left > _LEAST_SECONDS

        attempts = Retrying(
            stop=stop_after_attempt(2),
            wait=wait_fixed(_PAUSE_BEFORE_RETRY),
            retry=retry_if_exception(again),
            reraise=True,
        )
        for attempt in attempts:
            with attempt:
                if attempt.retry_state.attempt_number > 1:
                    yield Restart()
                yield from self._once(messages, deadline)

    def _once(self, messages: Sequence[Message], deadline: float) -> Iterator[str]:
        if not self.breaker.allows():
            raise NotCalledError(NotPhrased.PAUSED)
        if not self._calls.hit(self._budget, "chat"):
            raise NotCalledError(NotPhrased.BUDGET)
        try:
            yield from self._pieces(messages, deadline)
        except ChatModelError as error:
            self.breaker.failed()
            logger.warning("%s: %s", self.name, error)
            raise
        self.breaker.succeeded()

    def _pieces(self, messages: Sequence[Message], deadline: float) -> Iterator[str]:
        written = 0
        for piece in self._model.stream(messages, seconds=max(0.01, deadline - self._clock())):
            written += len(piece)
            if written > LONGEST_DRAFT:
                raise ChatModelError("The draft is too long; it was cut off.", retryable=False)
            yield piece
        if not written:
            raise ChatModelError("The model wrote nothing.", retryable=True)


class Restart:
    """The draft begins anew: what came of it so far counts no more."""
