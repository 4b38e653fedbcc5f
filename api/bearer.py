"""How a caller shows who it is: one Authorization header with a bearer token (RFC 6750), and what is said of any other.

What was sent is never repeated, neither to the caller nor to the log.
"""

import logging
import re
from typing import NoReturn

from fastapi_problem.error import Problem
from starlette.datastructures import Headers

logger = logging.getLogger(__name__)

# A token of Entra with 200 groups has about 12,000 characters.
LONGEST_TOKEN = 16_384
_REALM = 'Bearer realm="procurement guidance"'
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE | re.ASCII)
_SEND = "Send an API key or a token as “Authorization: Bearer …”."


class TokenError(Exception):
    """A token that is not accepted. The text is for the caller and the log: fixed words, nothing of the token."""


class AbilityError(Exception):
    """A token that is genuine, and does not allow this. The text is for the caller and the log."""


class IssuerError(Exception):
    """The issuer's keys can't be had, so nobody can say whether a token is genuine."""


def bearer_token(headers: Headers) -> str | None:
    """The token that a request carries; None where it has no Authorization header.

    Raises:
        TokenError: there is more than one header, or it is not a bearer token of a sane length.
    """
    sent = headers.getlist("authorization")
    if not sent:
        return None
    if len(sent) > 1:
        raise TokenError("There is more than one Authorization header. Send one.")
    if len(sent[0]) > LONGEST_TOKEN:
        raise TokenError(f"The Authorization header is longer than {LONGEST_TOKEN:,} characters.")
    match = _BEARER.fullmatch(sent[0])
    if match is None:
        raise TokenError(f"The Authorization header can't be read. {_SEND}")
    return match[1]


def refuse_unauthenticated(reason: TokenError | None) -> NoReturn:
    """Answers 401: the caller showed nothing (None), or what it showed is not accepted."""
    logger.info("not authenticated: %s", reason or "nothing was shown")
    challenge = f'{_REALM}, error="invalid_token"' if reason else _REALM
    raise Problem(
        "You are not signed in",
        type_="not-authenticated",
        status=401,
        detail=str(reason or f"This address needs to know who asks. {_SEND}"),
        headers={"WWW-Authenticate": challenge},
    )


def refuse_unable(reason: AbilityError) -> NoReturn:
    """Answers 403: the caller is known and may not do this."""
    logger.info("not allowed: %s", reason)
    challenge = f'{_REALM}, error="insufficient_scope"'
    raise Problem(
        "You may not do this",
        type_="not-allowed",
        status=403,
        detail=str(reason),
        headers={"WWW-Authenticate": challenge},
    )


def refuse_for_now(reason: Exception) -> NoReturn:
    """Answers 503: the fault is on our side of the token."""
    logger.warning("keys and tokens can't be checked: %s", reason)
    raise Problem(
        "Nobody can be signed in at the moment",
        type_="sign-in-unavailable",
        status=503,
        detail="Keys and tokens can't be checked at the moment, through no fault of yours. Try again in a minute.",
        headers={"Retry-After": "30"},
    )
