"""Who is let in at which address, and how often: one dependency for each kind of address. `create_app` hands them out."""

import ipaddress
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, cast

from fastapi import Request, Security
from fastapi_problem.error import Problem

from api.access import LOCAL_OWNER, Access, Caller, CurrentCaller, access_of, caller_of
from api.bearer import TokenError, refuse_unauthenticated
from api.rate_limits import RATE_LIMIT_FIELDS, Allowance, Count, header_fields, refuse_excess
from api.security_schemes import NEEDS_CALLER
from api.widget_sessions import OWN, Session

RETRY_SECONDS = "5"
DEFAULT_PER_MINUTE = {"questions": 60, "reads": 600}
# Sessions cost nothing, so their limit alone would be none. All of one address together get this much more than one of them.
ANONYMOUS_TOGETHER = 10
# What one customer of a provider commonly has; single addresses of it are as many as one likes.
_IPV6_CUSTOMER = 64


class Kind(StrEnum):
    """What is counted together."""

    QUESTIONS = "questions"
    READS = "reads"


async def may_ask(request: Request, caller: CurrentCaller) -> AsyncIterator[None]:
    """Lets a question through: of a known caller, within the limit on questions, if there is room."""
    await _count(request, caller, Kind.QUESTIONS)
    with room_of(request).place():
        yield


async def may_use(request: Request, caller: CurrentCaller) -> None:
    """Lets through what is about the caller's own conversations and answers."""
    await _count(request, caller, Kind.READS)


async def may_read(request: Request, _: Annotated[None, Security(NEEDS_CALLER)] = None) -> None:
    """Lets through who reads the guidance, which a setting makes public."""
    is_public = access_of(request).settings.public_reading and "authorization" not in request.headers
    await _count(request, None if is_public else await caller_of(request), Kind.READS)


async def may_begin_session(request: Request) -> None:
    """Lets anybody ask for a widget session, so often."""
    await _count(request, None, Kind.READS)


async def may_see_pages(request: Request) -> None:
    """Lets through who opens a page: browsers can't send a token with a link.

    Where sessions are given to whoever comes, pages tell nobody more than those do.
    """
    settings = access_of(request).settings
    if settings.authentication and not (settings.public_reading or settings.widget_sessions):
        refuse_unauthenticated(
            TokenError(
                "The pages of this service are closed. Programs ask through /v1 with an API key. Whoever runs the service "
                "can open the pages: GUIDANCE_API_WIDGET_SESSIONS, GUIDANCE_API_PUBLIC_READING."
            )
        )
    await _count(request, None, Kind.READS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who asks by a form of our own page. The page sends `token` back with the next question; None: not needed."""

    caller: Caller
    token: str | None


@asynccontextmanager
async def visit(request: Request, shown: str | None, kind: Kind = Kind.QUESTIONS) -> AsyncIterator[Visit]:
    """Lets through what a form sends, for browsers without JavaScript. `shown` is the token of the page before.

    Raises:
        Problem: 401 where no sessions are given; 429; 503 where there is no room.
    """
    access = access_of(request)
    if not access.settings.authentication:
        found = Visit(caller=Caller(owner=LOCAL_OWNER), token=None)
    elif not access.settings.widget_sessions:
        refuse_unauthenticated(None)
    else:
        session: Session = await access.sessions.begin(OWN, shown=shown)
        found = Visit(caller=Caller(owner=session.owner), token=session.token)
    await _count(request, found.caller, kind)
    with room_of(request).place() if kind is Kind.QUESTIONS else nullcontext():
        yield found


@dataclass(slots=True, kw_only=True)
class Room:
    """How many questions may be here: those that are being answered, and those that wait for it."""

    at_once: float
    waiting: int
    here: int = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place, from now until it is left.

        Raises:
            Problem: 503 overloaded. A wait that nobody would sit out helps nobody, and the next would wait longer.
        """
        if self.here >= self.at_once + self.waiting:
            raise Problem(
                "Too many questions at the same time",
                type_="overloaded",
                status=503,
                detail="More questions are waiting than can be answered soon. Try again in a few seconds.",
                headers={"Retry-After": RETRY_SECONDS},
            )
        self.here += 1
        try:
            yield
        finally:
            self.here -= 1


def room_of(request: Request) -> Room:
    """The one room of the application."""
    return cast(Room, request.app.state.room)


async def _count(request: Request, caller: Caller | None, kind: Kind) -> None:
    access = access_of(request)
    counts: list[Count] = []
    for allowance in _allowances(access, caller, kind, client_address(request)):
        counts.append(await access.counter.count(allowance))
        # api.edge puts them on whatever is answered, refusals and streams too.
        setattr(request.state, RATE_LIMIT_FIELDS, header_fields(counts))
        if not counts[-1].is_within:
            raise refuse_excess(counts[-1])


def _allowances(access: Access, caller: Caller | None, kind: Kind, address: str) -> Sequence[Allowance]:
    """None where authentication is off and no limit is set: this machine asks itself, as benchmarks do, as fast as it can."""
    amount = _per_minute(access, kind)
    if amount is None:
        return ()
    if caller is None or caller.owner == LOCAL_OWNER:
        return (Allowance(name=kind, key=f"address:{address}", amount=amount),)
    own = Allowance(name=kind, key=caller.owner, amount=amount)
    if not caller.is_anonymous:
        return (own,)
    together = Allowance(name=f"{kind}-of-address", key=f"address:{address}", amount=amount * ANONYMOUS_TOGETHER)
    return (own, together)


def _per_minute(access: Access, kind: Kind) -> int | None:
    settings = access.settings
    chosen = settings.questions_per_minute if kind is Kind.QUESTIONS else settings.reads_per_minute
    return chosen or (DEFAULT_PER_MINUTE[kind] if settings.authentication else None)


def client_address(request: Request) -> str:
    """The address that a request comes from; of IPv6 the part that one customer has. X-Forwarded-For only from named proxies."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_CUSTOMER), strict=False))
