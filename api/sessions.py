"""Where the widget begins a session."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi_problem.error import Problem
from pydantic import BaseModel, Field
from starlette.datastructures import Headers

from api.access import access_of
from api.bearer import TokenError, bearer_token, refuse_for_now
from api.problems import documented
from api.settings import ApiSettings
from api.store import StoreUnavailableError
from api.widget_sessions import OWN, origin_of

PATH = "/v1/widget/sessions"

router = APIRouter(tags=["access"])


class SessionJson(BaseModel):
    """A token for the widget: send it as “Authorization: Bearer …”."""

    token: str
    expires_at: datetime = Field(description="When it stops working (ISO 8601, UTC). Renew it before.")


@router.post(
    PATH,
    status_code=201,
    summary="Begin or renew a widget session",
    responses=documented(
        (403, "not-allowed", "You may not do this", "Sessions are not given to this web site."),
    ),
)
async def begin(request: Request) -> SessionJson:
    """Gives a token to a web site that is on the list. Show the token before as a bearer token, and the session stays the same."""
    access = access_of(request)
    origin = origin_of(request.headers)
    _require_known(access.settings, origin)
    try:
        session = await access.sessions.begin(origin, shown=_shown(request.headers))
    except StoreUnavailableError as error:
        refuse_for_now(error)
    return SessionJson(token=session.token, expires_at=session.expires_at)


def _require_known(settings: ApiSettings, origin: str) -> None:
    if settings.authentication and not settings.widget_sessions:
        detail = "This service gives no sessions to browsers (setting GUIDANCE_API_WIDGET_SESSIONS). Use an API key."
    elif origin != OWN and origin not in settings.widget_origins:
        detail = "Sessions are not given to this web site (setting GUIDANCE_API_WIDGET_ORIGINS)."
    else:
        return
    raise Problem("You may not do this", type_="not-allowed", status=403, detail=detail)


def _shown(headers: Headers) -> str | None:
    """The token before. One that can't be read is as good as none: a widget with a broken one must be able to begin anew."""
    try:
        return bearer_token(headers)
    except TokenError:
        return None
