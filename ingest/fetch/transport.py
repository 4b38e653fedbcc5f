"""Connects to exactly the addresses that were checked, and to nothing else, within a limit on the total time.

Name look-up, check and connection are one step here, so a name that changes between them (DNS rebinding) gains nothing.
TLS still asks for, and checks the certificate of, the host name. No proxy, cookie or environment variable takes part.
"""

import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2

from ingest.fetch.address import Address, Target
from ingest.fetch.errors import FetchRefused, SiteUnreachable

Clock = Callable[[], float]


class Deadline:
    """The end of the time that a visit may take in all, however slowly a site drips."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self._end - self._clock())

    def cap(self, timeout: float | None) -> float:
        """A time limit for one step that ends no later than the whole.

        Raises:
            httpcore2.ReadTimeout: there is no time left.
        """
        left = self.left()
        if not left:
            raise httpcore2.ReadTimeout("out of time")
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every step ends by the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cap(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.cap(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _PinnedBackend(httpcore2.NetworkBackend):
    """Opens connections to the checked addresses of one target."""

    def __init__(
        self, target: Target, addresses: Sequence[Address], deadline: Deadline, backend: httpcore2.NetworkBackend
    ) -> None:
        self._target = target
        self._addresses = addresses
        self._deadline = deadline
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        if (host, port) != (self._target.host, self._target.port):
            raise FetchRefused(f"{host}:{port} was not checked: only {self._target.host} was.")
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses:
            try:
                stream = self._backend.connect_tcp(
                    str(address), port, self._deadline.cap(timeout), local_address, socket_options
                )
                return _TimedStream(stream, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class _Body(httpx2.SyncByteStream):
    """The body of a response as it arrives."""

    def __init__(self, transport: "PinnedTransport", parts: Iterable[bytes]) -> None:
        self._transport = transport
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        with self._transport.failing_plainly():
            yield from self._parts


class PinnedTransport(httpx2.BaseTransport):
    """Carries one request to one target. A new one is made for every request, so nothing is reused across checks."""

    def __init__(
        self,
        target: Target,
        addresses: Sequence[Address],
        *,
        deadline: Deadline,
        ssl_context: ssl.SSLContext,
        backend: httpcore2.NetworkBackend,
    ) -> None:
        self._host = target.host
        self._deadline = deadline
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_PinnedBackend(target, addresses, deadline, backend),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends a request and gives the response as soon as its head is there.

        Raises:
            FetchRefused: the request is not for the target.
            SiteUnreachable: there was no connection, or it broke, or time ran out.
        """
        if not isinstance(request.stream, httpx2.SyncByteStream):
            raise TypeError("only plain requests are sent")
        raw = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with self.failing_plainly():
            response = self._pool.handle_request(raw)
        if not isinstance(response.stream, Iterable):
            raise TypeError("only plain responses are read")
        return httpx2.Response(response.status, headers=response.headers, stream=_Body(self, response.stream))

    def close(self) -> None:
        """Drops the connection, whatever was still on its way."""
        self._pool.close()

    @contextmanager
    def failing_plainly(self) -> Iterator[None]:
        """Turns what a connection may raise into one error with plain words."""
        try:
            yield
        except httpcore2.TimeoutException as error:
            over = not self._deadline.left()
            reason = "took too long in all" if over else "did not answer in time"
            retryable = isinstance(error, httpcore2.ConnectTimeout) and not over
            raise SiteUnreachable(f"{self._host} {reason}. Try again later.", retryable=retryable) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            if _is_certificate_error(error):
                raise SiteUnreachable(
                    f"{self._host} shows a certificate that is not valid for it ({error}). "
                    "Check the address in the manifest, and this machine's certificates."
                ) from error
            raise SiteUnreachable(f"the connection to {self._host} failed ({error}).", retryable=True) from error


def _is_certificate_error(error: Exception) -> bool:
    # The connection pool drops the cause of what it raises; the cause is still the argument.
    return any(isinstance(argument, ssl.SSLCertVerificationError) for argument in error.args)
