"""Sessions of people who ask through a browser without signing in: short-lived tokens, each for one web site.

Nothing of a session is kept but the conversations that stand under its id. The list of web sites keeps other sites out of browsers; it
keeps out no program, which can say that it is any site. See docs/security.md.
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from starlette.datastructures import Headers

from api.bearer import TokenError

OWN = "self"
LIFETIME_SECONDS = 30 * 60
# An officer comes back from a meeting, and the conversation goes on.
RENEWABLE_SECONDS = 60 * 60
# After a day's work a new conversation begins.
LONGEST_SECONDS = 12 * 3600
_ALGORITHM = "HS256"
# In the header, so that each kind of token is only ever checked with its own key and algorithm (RFC 8725, 3.11).
_TYPE = "pga-widget+jwt"
_ID_BYTES = 16
_REQUIRED = ["exp", "iat", "sub", "origin", "began"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session, and the token that stands for it. `expires` is in seconds since 1970."""

    id: str
    origin: str
    began: int
    expires: int
    token: str

    @property
    def owner(self) -> str:
        """Under which its conversations are kept."""
        return f"widget:{self.id}"

    @property
    def expires_at(self) -> datetime:
        """When the token stops working."""
        return datetime.fromtimestamp(self.expires, UTC)

    def __repr__(self) -> str:
        return f"Session(id={self.id!r})"


class WidgetSessions:
    """Gives tokens and checks them. `secret` is asked for once, when the first token is."""

    def __init__(self, secret: Callable[[], Awaitable[bytes]], *, clock: Callable[[], float] = time.time) -> None:
        self._get_secret = secret
        self._secret: bytes | None = None
        self._clock = clock

    async def begin(self, origin: str, *, shown: str | None = None) -> Session:
        """A session for a web site; the one that `shown` stands for, where that is still valid or was a moment ago."""
        now = int(self._clock())
        before = await self._renewable(origin, shown, now)
        session_id, began = before if before else (secrets.token_hex(_ID_BYTES), now)
        expires = now + LIFETIME_SECONDS
        claims = {"sub": session_id, "origin": origin, "began": began, "iat": now, "exp": expires}
        token = jwt.encode(claims, await self._signing_secret(), algorithm=_ALGORITHM, headers={"typ": _TYPE})
        return Session(id=session_id, origin=origin, began=began, expires=expires, token=token)

    async def check(self, token: str, origin: str) -> Session:
        """The session that a token stands for, if it was given to this web site.

        Raises:
            TokenError: it is not one of ours, has expired, or was given to another web site.
        """
        claims = await self._verified(token)
        if claims["exp"] <= self._clock():
            raise TokenError("The session has expired. Begin it anew: POST /v1/widget/sessions.")
        if claims["origin"] != origin:
            raise TokenError("The session was begun on another web site.")
        return Session(id=claims["sub"], origin=origin, began=claims["began"], expires=claims["exp"], token=token)

    async def _renewable(self, origin: str, shown: str | None, now: int) -> tuple[str, int] | None:
        if shown is None or not is_session_token(shown):
            return None
        try:
            claims = await self._verified(shown)
        except TokenError:
            return None
        is_young = now < claims["exp"] + RENEWABLE_SECONDS and now < claims["began"] + LONGEST_SECONDS
        return (claims["sub"], claims["began"]) if is_young and claims["origin"] == origin else None

    async def _verified(self, token: str) -> dict[str, Any]:
        try:
            # When it expires is compared by whoever calls: a token may be renewed for a while after.
            options: Any = {"require": _REQUIRED, "verify_exp": False, "verify_iat": False}
            claims: dict[str, Any] = jwt.decode(token, await self._signing_secret(), [_ALGORITHM], options)
        except jwt.PyJWTError:
            raise TokenError(
                "The session's token is not one of ours. Begin a session: POST /v1/widget/sessions."
            ) from None
        return claims

    async def _signing_secret(self) -> bytes:
        if self._secret is None:
            self._secret = await self._get_secret()
        return self._secret


def is_session_token(token: str) -> bool:
    """Whether a token says that it is of this kind. Nothing of it is checked yet."""
    try:
        return jwt.get_unverified_header(token).get("typ") == _TYPE
    except jwt.PyJWTError:
        return False


def origin_of(headers: Headers) -> str:
    """The web site that a request comes from, as its browser says: `self` for our own pages.

    Browsers send no Origin with what our own pages read, and `Sec-Fetch-Site`, which no page can set, over https and on loopback.
    """
    sent, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site == "same-origin" or (sent is None and site is None):
        return OWN
    if sent is None:
        return ""
    return OWN if site is None and _authority(sent) == headers.get("host", "").casefold() else sent


def _authority(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.casefold() if parts.scheme in {"http", "https"} and parts.netloc else None
