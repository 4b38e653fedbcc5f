"""The page that says what the assistant is, what it is not, what it stores, and how accessible it is."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.frame import page

router = APIRouter(include_in_schema=False)


@router.get("/about")
async def about_page() -> HTMLResponse:
    """About this service. It needs no index: it must be there when nothing else is."""
    return page("about.html")
