"""Why a visit did not happen, or did not end well. Every message names the host and says what to do where there is something to do."""

from assistant.errors import GuidanceError


class FetchRefused(GuidanceError):  # noqa: N818 - the name says what happened
    """A URL or address that must not be visited, or that robots.txt asks us not to. No connection was opened to it.

    `moved_to` is set where a permanent redirect led out of the manifest: a person decides whether to follow it.
    """

    def __init__(self, message: str, *, moved_to: str | None = None) -> None:
        super().__init__(message)
        self.moved_to = moved_to


class HostNotListed(FetchRefused):
    """A URL that is well formed, at a host that no source of the manifest names."""


class FetchFailed(GuidanceError):  # noqa: N818 - the name says what happened
    """A visit that did not end well: too large, a redirect loop, not to be unpacked."""


class SiteUnreachable(FetchFailed):
    """A visit that failed for a reason that may pass. `retry_after` is what the site itself asked for, in seconds."""

    def __init__(self, message: str, *, retryable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after = retry_after
