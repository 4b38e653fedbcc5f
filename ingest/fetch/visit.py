"""One visit to a URL: checked, connected, redirects followed by ourselves and checked again, never larger than the limit."""

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import httpcore2
import httpx2

from ingest.fetch.address import AddressCheck, Resolver, Target, check_url, is_public, resolve, shown, system_resolver
from ingest.fetch.errors import FetchFailed, FetchRefused, HostNotListed
from ingest.fetch.transport import Clock, Deadline, PinnedTransport

USER_AGENT = "procurement-guidance-assistant"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_READABLE_ENCODINGS = frozenset({"", "identity", "gzip"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a visit may cost. Seconds and bytes; `total_seconds` holds for one visit with all its redirects."""

    delay: float = 1.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    body_bytes: int = 25_000_000
    redirects: int = 5
    retries: int = 2
    longest_wait: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back. `url` is where redirects ended, `moved_to` where the permanent ones among them did, if there were any."""

    url: str
    status: int
    headers: httpx2.Headers
    body: bytes
    moved_to: str | None


def _no_headers(_: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What to ask for: `most_bytes` 0 leaves the body unread; `headers_for` gives the extra headers for a URL."""

    method: str = "GET"
    most_bytes: int = 0
    headers_for: Callable[[str], Mapping[str, str]] = _no_headers


class Visitor:
    """Makes visits. Everything that touches the outside is given, so that tests need none of it.

    `is_allowed_address` and `backend` exist for tests alone: no setting reaches them.
    """

    def __init__(
        self,
        hosts: Collection[str],
        limits: Limits,
        *,
        resolver: Resolver = system_resolver,
        is_allowed_address: AddressCheck = is_public,
        backend: httpcore2.NetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._hosts = hosts
        self._limits = limits
        self._resolver = resolver
        self._is_allowed_address = is_allowed_address
        self._backend = backend or httpcore2.SyncBackend()
        self._ssl_context = ssl_context or httpx2.create_ssl_context(trust_env=False)
        self._clock = clock

    def check(self, url: str) -> Target:
        """The target of a URL. Raises FetchRefused where it must not be visited."""
        return check_url(url, self._hosts)

    def visit(self, url: str, asking: Asking, before_hop: Callable[[Target], None]) -> Reply:
        """Visits a URL and follows its redirects. `before_hop` may wait, or refuse, before each request.

        Raises:
            FetchRefused: the URL, or one that it leads to, must not be visited.
            FetchFailed: there was no usable end.
        """
        target, moved_to, is_permanent, seconds = self.check(url), None, True, self._limits.total_seconds
        for _ in range(self._limits.redirects + 1):
            before_hop(target)
            deadline = Deadline(seconds, self._clock)
            reply = self._request(target, asking, deadline)
            seconds = deadline.left()
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not location:
                return Reply(
                    url=reply.url, status=reply.status, headers=reply.headers, body=reply.body, moved_to=moved_to
                )
            is_permanent = is_permanent and reply.status in _PERMANENT
            target = self._next(target, location, is_permanent=is_permanent)
            if is_permanent:
                moved_to = str(target.url)
        raise FetchFailed(f"{shown(url)} redirects more than {self._limits.redirects} times. Check it in a browser.")

    def _next(self, target: Target, location: str, *, is_permanent: bool) -> Target:
        url = _absolute(target, location)
        try:
            found = check_url(url, self._hosts)
        except FetchRefused as error:
            moved_to = url if is_permanent and isinstance(error, HostNotListed) else None
            raise FetchRefused(f"{shown(str(target.url))} redirects to {error}", moved_to=moved_to) from error
        if target.url.scheme == "https" and found.url.scheme == "http":
            raise FetchRefused(
                f"{shown(str(target.url))} redirects from https to http, where anyone on the way could change the text. "
                "Check it in a browser, and correct the address in the manifest."
            )
        return found

    def _request(self, target: Target, asking: Asking, deadline: Deadline) -> Reply:
        addresses = resolve(
            target.host, target.port, resolver=self._resolver, is_allowed_address=self._is_allowed_address
        )
        url = str(target.url)
        request = httpx2.Request(
            asking.method,
            target.url,
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "text/html, application/pdf, */*;q=0.8",
                "Accept-Encoding": "gzip",
                "Connection": "close",
                **asking.headers_for(url),
            },
            extensions={"timeout": httpx2.Timeout(self._limits.read_seconds).as_dict()},
        )
        with PinnedTransport(
            target, addresses, deadline=deadline, ssl_context=self._ssl_context, backend=self._backend
        ) as transport:
            response = transport.handle_request(request)
            body = b""
            if asking.most_bytes and asking.method == "GET" and response.is_success:
                body = _read(response, target.host, asking.most_bytes)
            return Reply(url=url, status=response.status_code, headers=response.headers, body=body, moved_to=None)


def _absolute(target: Target, location: str) -> str:
    # Joined by the parser that makes the request too, and checked after: there are no two readings of a location to exploit.
    try:
        return str(target.url.join(location))
    except httpx2.InvalidURL:
        return location


def _read(response: httpx2.Response, host: str, most_bytes: int) -> bytes:
    """The unpacked body, read piece by piece so that neither a huge file nor a packed bomb is ever held whole."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _READABLE_ENCODINGS:
        raise FetchFailed(f"{host} sent the file packed as {shown(encoding)}, which was not asked for.")
    too_large = FetchFailed(
        f"{host} sent more than {most_bytes / 1_000_000:g} MB. Save the part that is needed, and add it with “ingest add”."
    )
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most_bytes:
        raise too_large
    body = bytearray()
    try:
        for part in response.iter_bytes():
            body += part
            if len(body) > most_bytes or response.num_bytes_downloaded > most_bytes:
                raise too_large
    except httpx2.DecodingError as error:
        raise FetchFailed(f"{host} sent a file that can't be unpacked ({error}).") from error
    return bytes(body)
