"""What every request meets first and every response gets last: request id, limits, security headers, the log line."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import Response
from fastapi_problem.error import Problem
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.cross_origin import CrossOrigin
from api.problems import REQUEST_ID
from api.rate_limits import RATE_LIMIT_FIELDS

logger = logging.getLogger(__name__)

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Other sites are told nothing. With “no-referrer”, browsers would send the form of / with “Origin: null”, which says nothing to us.
    "Referrer-Policy": "same-origin",
}
_FILES = ("/static/", "/widget/", "/widget.js")
# Probes ask every few seconds and would bury the rest.
_NOT_LOGGED = frozenset({"/healthz", "/readyz", "/metrics"})


class Edge:
    """Outermost middleware. Also the one broad catch: nothing that a request does gets past it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: Iterable[str],
        max_body_bytes: int,
        to_response: Callable[[Request, Exception], Response],
        origins: Sequence[str] = (),
    ) -> None:
        self._app = CrossOrigin(app, origins)
        self._origins = origins
        self._allowed_hosts = frozenset(host.casefold() for host in allowed_hosts)
        self._max_body_bytes = max_body_bytes
        self._to_response = to_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        state: dict[str, Any] = scope.setdefault("state", {})
        token = REQUEST_ID.set(_request_id(Headers(scope=scope).get("x-request-id")))

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope["path"], state)
            await send(message)

        try:
            await self._serve(scope, _limited(receive, self._max_body_bytes), send_with_headers)
        except Exception as error:
            logger.exception("%s %s failed", scope["method"], quote(scope["path"]))
            if status:
                raise  # The response has begun: all that is left is to break it off.
            await self._answer(error, scope, receive, send_with_headers)
        finally:
            if scope["path"] not in _NOT_LOGGED:
                _log(scope, status, began)
            REQUEST_ID.reset(token)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Headers(scope=scope))
        if refusal:
            await self._answer(refusal, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends a problem, which a web site that may call this service can read as well."""
        response = self._to_response(Request(scope), error)
        await CrossOrigin(response, self._origins)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Exception | None:
        if _host_name(headers.get("host", "")) not in self._allowed_hosts:
            # Without this, a web site could have its own name lead to this address and read answers (DNS rebinding).
            detail = "Requests must name one of this service's own host names (setting GUIDANCE_API_ALLOWED_HOSTS)."
            return Problem("Host name not allowed", type_="host-not-allowed", status=400, detail=detail)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._max_body_bytes:
            return HTTPException(413)
        return None


def _request_id(incoming: str | None) -> str:
    return incoming if incoming and _SANE_REQUEST_ID.fullmatch(incoming) else uuid.uuid4().hex


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _limited(receive: Receive, limit: int) -> Receive:
    """Counts what arrives, because a body sent in pieces does not say its length first."""
    received = 0

    async def receive_within_limit() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413)
        return message

    return receive_within_limit


def _add_headers(message: Message, path: str, state: Mapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _SECURITY_HEADERS.items():
        headers.setdefault(name, value)  # A file note has a stricter policy of its own.
    headers.update(state.get(RATE_LIMIT_FIELDS, {}))
    # The widget's files say otherwise of themselves.
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["X-Request-Id"] = REQUEST_ID.get()
    # Withdrawn guidance must not live on in a cache. The pages' own files may be kept, but are checked each time.
    headers["Cache-Control"] = "no-cache" if path.startswith(_FILES) else "no-store"


def _log(scope: Scope, status: int, began: float) -> None:
    # Without the query string, which may hold what somebody asked; quoted, so that a path can't forge a line.
    milliseconds = (time.perf_counter() - began) * 1000
    logger.info("%s %s %d in %.0f ms", scope["method"], quote(scope["path"]), status, milliseconds)
