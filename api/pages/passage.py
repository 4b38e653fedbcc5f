"""The page of a passage: within its section, with the quote marked."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.corpus import find_passage, neighbours, passages_of
from api.pages.frame import Today, page, web_link
from api.section_view import find_quote, section_view
from api.serving import CurrentIndex
from assistant.compose import deep_link
from assistant.notices import dates, superseded

router = APIRouter(include_in_schema=False)

# As long as a passage can be in any format; a longer quote can't stand in one.
_LONGEST_QUOTE = 10_000


@router.get("/passages/{passage_id}")
def passage_page(
    passage_id: str,
    index: CurrentIndex,
    today: Today,
    quote: Annotated[str | None, Query(max_length=_LONGEST_QUOTE)] = None,
) -> HTMLResponse:
    """A passage within its section, with the quote marked, and what must be known of its source."""
    passage = find_passage(index, passage_id)
    source, passages = index.sources[passage.source_id], passages_of(index, passage.source_id)
    quoted = find_quote(passage, quote)
    before, after = neighbours(passages, passage)
    return page(
        "passage.html",
        source=source,
        passage=passage,
        section=section_view(passages, passage, quoted),
        warnings=[*superseded(source, index.sources), *dates(source, today())],
        quote_missing=bool(quote) and quoted is None,
        link=web_link(deep_link(source.url, passage.page)),
        before=before,
        after=after,
    )
