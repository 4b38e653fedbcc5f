"""A circuit breaker (Nygard 2007): what fails again and again is left alone for a while, then tried once."""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Opens after `failures` failures in a row, for `seconds`; then lets one call through, whose outcome decides."""

    def __init__(self, *, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._failures = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._open_until: float | None = None

    def allows(self) -> bool:
        """Whether a call may be made now. Who is allowed must report how it ended."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._clock() < self._open_until:
                return False
            # One call tries; the others wait for what comes of it, or for another turn where nobody says.
            self._open_until = self._clock() + self._seconds
            return True

    def succeeded(self) -> None:
        """The call ended well."""
        with self._lock:
            self._in_a_row, self._open_until = 0, None

    def failed(self) -> None:
        """The call failed."""
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self._failures:
                self._open_until = self._clock() + self._seconds

    @property
    def is_failing(self) -> bool:
        """Whether the last call that was reported failed."""
        with self._lock:
            return self._in_a_row > 0

    @property
    def is_open(self) -> bool:
        """Whether calls are held back at the moment."""
        with self._lock:
            return self._open_until is not None
