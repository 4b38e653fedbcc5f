"""The page that says what the assistant is, what it is not, what it stores, and how accessible it is."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.frame import page
from api.serving import serving_of

router = APIRouter(include_in_schema=False)


@router.get("/about")
async def about_page(request: Request) -> HTMLResponse:
    """About this service. It needs neither index nor store: it must be there when nothing else is."""
    state = request.app.state
    return page(
        "about.html",
        kept_days=state.retention_days if state.store.keeps else 0,
        phrases=serving_of(request).phrasing is not None,
    )
