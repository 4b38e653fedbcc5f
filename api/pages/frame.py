"""What the pages share: the response, the day, links to the outside."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.responses import HTMLResponse

from api.page_templates import render


def clock() -> Callable[[], date]:
    """Which day it is, as a dependency that tests replace."""
    return date.today


Today = Annotated[Callable[[], date], Depends(clock)]


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page as a response."""
    return HTMLResponse(render(template, **values), status_code=status)


def web_link(url: str | None) -> tuple[str, str] | None:
    """A link and the host that it leads to. None for schemes but http and https: a manifest could hold javascript:."""
    parts = urlsplit(url or "")
    return (parts.geturl(), parts.netloc) if parts.scheme in {"http", "https"} else None
