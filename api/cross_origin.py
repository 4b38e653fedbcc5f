"""Which web sites may call this service from browsers (CORS): those of a setting, and no other. Never with cookies."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

EXPOSED = ("Idempotent-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id")
SENT = ("Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id")
# A day is the most that Firefox keeps; Chromium keeps two hours.
_PREFLIGHT_SECONDS = 7200


class CrossOrigin:
    """Wraps an application: its API gets what browsers ask for, its pages stay as they are. api/widget_files.py is for any site."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._shared: ASGIApp = app
        if origins:
            self._shared = CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=("GET", "POST", "DELETE"),
                allow_headers=SENT,
                expose_headers=EXPOSED,
                max_age=_PREFLIGHT_SECONDS,
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        is_shared = scope["type"] == "http" and scope["path"].startswith("/v1/")
        await (self._shared if is_shared else self._app)(scope, receive, send)
