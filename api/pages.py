"""The pages that officers see: the chat page and its files, and a passage within its section."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse, HTMLResponse

from api.corpus import find_passage, neighbours, passages_of
from api.page_templates import render
from api.section_view import find_quote, section_view
from api.serving import CurrentIndex
from api.widget_files import WIDGET
from assistant.compose import deep_link
from assistant.notices import dates, superseded

# As long as a passage can be in any format; a longer quote can't stand in one.
_LONGEST_QUOTE = 10_000

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def clock() -> Callable[[], date]:
    """Which day it is, as a dependency that tests replace."""
    return date.today


@router.api_route("/", methods=["GET", "HEAD"])
async def chat_page() -> FileResponse:
    """The chat page."""
    return FileResponse(WIDGET / "index.html")


@router.get("/passages/{passage_id}")
def passage_page(
    passage_id: str,
    index: CurrentIndex,
    today: Annotated[Callable[[], date], Depends(clock)],
    quote: Annotated[str | None, Query(max_length=_LONGEST_QUOTE)] = None,
) -> HTMLResponse:
    """A passage within its section, with the quote marked, and what must be known of its source."""
    passage = find_passage(index, passage_id)
    source, passages = index.sources[passage.source_id], passages_of(index, passage.source_id)
    quoted = find_quote(passage, quote)
    section = section_view(passages, passage, quoted)
    before, after = neighbours(passages, passage)
    warnings = [*superseded(source, index.sources), *dates(source, today())]
    page = render(
        "passage.html",
        source=source,
        passage=passage,
        section=section,
        warnings=warnings,
        quote_missing=bool(quote) and quoted is None,
        link=web_link(deep_link(source.url, passage.page)),
        before=before,
        after=after,
    )
    return HTMLResponse(page)


def web_link(url: str | None) -> tuple[str, str] | None:
    """A link and the host that it leads to. None for schemes but http and https: a manifest could hold javascript:."""
    parts = urlsplit(url or "")
    return (parts.geturl(), parts.netloc) if parts.scheme in {"http", "https"} else None
