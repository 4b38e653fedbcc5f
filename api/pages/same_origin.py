"""Only this service's own pages may send the form.

What the form changes is this browser's conversation and nothing else, but another site that could send it would ask in an officer's
name: its words would stand in a conversation that is kept for the record, and use up what the officer may ask.
"""

from urllib.parse import urlsplit

from fastapi import Request
from fastapi_problem.error import Problem

_DETAIL = (
    "The question was not sent from a page of this service, so it was not read. Open the page again and ask there; "
    "programs ask through /v1/chat."
)


def require_same_origin(request: Request) -> None:
    """Lets through what a browser says came from this origin.

    `Sec-Fetch-Site` can't be set by a page and is sent over https and on loopback; `none` is the browser's own doing, such as a restored
    window. Elsewhere `Origin` is compared with the host asked, which the host check has accepted (OWASP: Cross-Site Request Forgery
    Prevention, “Fetch Metadata” and “Verifying Origin”). A request with neither is from no browser of today, and is refused.

    Raises:
        Problem: 403 cross-site-form.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        same = site in {"same-origin", "none"}
    else:
        same = _authority(request.headers.get("origin", "")) == request.headers.get("host", "").casefold()
    if not same:
        raise Problem("Not from this service", type_="cross-site-form", status=403, detail=_DETAIL)


def _authority(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.casefold() if parts.scheme in {"http", "https"} and parts.netloc else None
