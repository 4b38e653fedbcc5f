"""Who asks. What is kept of a caller is kept under its owner, and nobody sees another's: docs/adr/0015-access.md."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

import anyio.to_thread
from fastapi import Depends, Request, Security
from starlette.datastructures import Headers

from api.bearer import (
    AbilityError,
    IssuerError,
    TokenError,
    bearer_token,
    refuse_for_now,
    refuse_unable,
    refuse_unauthenticated,
)
from api.keys import PREFIX, ApiKeys
from api.rate_limits import Counter, ProcessCounter
from api.security_schemes import NEEDS_CALLER
from api.settings import ApiSettings
from api.store import Store, StoreUnavailableError
from api.store.access import shared_secret
from api.widget_sessions import WidgetSessions, is_session_token, origin_of

if TYPE_CHECKING:
    from api.oidc import OidcTokens

LOCAL_OWNER = "local"
_SIGNS_SESSIONS = "widget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose conversations, answers and feedback a request may see.

    `owner` is `local` where authentication is off, else `key:ID`, `oidc:HASH` or `widget:SESSION`.
    """

    owner: str

    @property
    def is_anonymous(self) -> bool:
        """Whether it is somebody at a browser, who can begin another session at any time."""
        return self.owner.startswith("widget:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All that decides who may ask. `oidc` is None without an issuer."""

    settings: ApiSettings
    sessions: WidgetSessions
    keys: ApiKeys
    oidc: "OidcTokens | None"
    counter: Counter

    async def caller(self, headers: Headers) -> Caller:
        """Whoever the request's token stands for; anything else is an HTTP problem.

        Raises:
            Problem: 401, 403, or 503 where the token can't be checked at the moment.
        """
        if not self.settings.authentication:
            return Caller(owner=LOCAL_OWNER)
        try:
            token = bearer_token(headers)
            if token is None:
                refuse_unauthenticated(None)
            return Caller(owner=await self._owner(token, origin_of(headers)))
        except TokenError as error:
            refuse_unauthenticated(error)
        except AbilityError as error:
            refuse_unable(error)
        except (IssuerError, StoreUnavailableError) as error:
            refuse_for_now(error)

    async def _owner(self, token: str, origin: str) -> str:
        if token.startswith(PREFIX):
            return await self.keys.owner(token)
        if is_session_token(token):
            if self.settings.widget_sessions:
                return (await self.sessions.check(token, origin)).owner
        elif self.oidc:
            return await self.oidc.owner(token)
        raise TokenError("Tokens of this kind are not accepted here.")


def open_access(settings: ApiSettings, store: Store) -> Access:
    """What the settings ask for. Nothing is connected to yet."""
    return Access(
        settings=settings,
        sessions=_open_sessions(settings, store),
        keys=ApiKeys(store),
        oidc=_open_oidc(settings),
        counter=_open_counter(settings),
    )


def _open_sessions(settings: ApiSettings, store: Store) -> WidgetSessions:
    async def secret() -> bytes:
        if settings.widget_secret is not None:
            return settings.widget_secret.get_secret_value().encode()
        return await anyio.to_thread.run_sync(shared_secret, store, _SIGNS_SESSIONS)

    return WidgetSessions(secret)


# The libraries of the next two are imported only where they are used: they take tenths of a second to import.
def _open_oidc(settings: ApiSettings) -> "OidcTokens | None":
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    from api.oidc import IssuerKeys, OidcTokens

    return OidcTokens(
        IssuerKeys(settings.oidc_issuer),
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        scope=settings.oidc_scope,
        tenants=frozenset(settings.oidc_tenants),
    )


def _open_counter(settings: ApiSettings) -> Counter:
    if settings.limits_url is None:
        return ProcessCounter()
    from api.redis_limits import RedisCounter

    return RedisCounter(settings.limits_url.get_secret_value())


def access_of(request: Request) -> Access:
    """What `create_app` put together."""
    return cast(Access, request.app.state.access)


async def caller_of(request: Request, _: Annotated[None, Security(NEEDS_CALLER)] = None) -> Caller:
    """Who sends the request, as a dependency.

    Raises:
        Problem: see `Access.caller`.
    """
    return await access_of(request).caller(request.headers)


CurrentCaller = Annotated[Caller, Depends(caller_of)]
