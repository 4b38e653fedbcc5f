"""The pages of the guidance held: the list of sources, and each source."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.corpus import passages_of
from api.pages.frame import Today, page, web_link
from api.pages.source_list import Wanted, by_publisher, counts, facts, matching, rests_on_old_law, sections
from api.serving import CurrentIndex
from assistant.errors import NotFoundError
from assistant.notices import dates, superseded

router = APIRouter(include_in_schema=False)


@router.get("/sources")
def source_list(
    index: CurrentIndex,
    title: str = "",
    publisher: str = "",
    nation: str = "",
    status: str = "",
    kind: str = "",
) -> HTMLResponse:
    """The sources held, or those that the filters leave."""
    wanted = Wanted(title=title.strip(), publisher=publisher, nation=nation, status=status, kind=kind)
    sources = list(index.sources.values())
    found = matching(sources, wanted)
    return page(
        "sources.html",
        wanted=wanted,
        found=len(found),
        groups=by_publisher(found),
        counts=counts(sources),
        facts=facts(index),
        rests_on_old_law=rests_on_old_law,
    )


@router.get("/sources/{source_id}")
def source_page(source_id: str, index: CurrentIndex, today: Today) -> HTMLResponse:
    """One source: what it is, how it stands, its sections."""
    source = index.sources.get(source_id)
    if source is None:
        raise NotFoundError(
            f"The guidance held now has no source “{source_id}”. It may have been withdrawn, or the address is wrong."
        )
    return page(
        "source.html",
        source=source,
        warnings=[*superseded(source, index.sources), *dates(source, today())],
        successors=[index.sources[each] for each in source.superseded_by if each in index.sources],
        predecessors=[each for each in index.sources.values() if source.id in each.superseded_by],
        sections=sections(passages_of(index, source_id)),
        link=web_link(source.url),
        alternates=[link for link in map(web_link, source.alternates) if link],
        rests_on_old_law=rests_on_old_law(source),
    )
