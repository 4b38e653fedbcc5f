"""What the assistant holds: the sources and passages of the serving build."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.problems import documented
from api.serving import CurrentIndex
from assistant.errors import NotFoundError
from assistant.index import Index
from assistant.types import Passage, Source, SourceStatus

router = APIRouter(prefix="/v1", tags=["corpus"])

_NOT_READY = (503, "not-ready", "The guidance can't be searched at the moment", "Try again later.")
_NOT_HELD = (404, "not-held", "Not held", "The guidance held now has no passage “lga-example:0123456789abcdef”.")


class CorpusJson(BaseModel):
    """The serving build in numbers. Dates of sources are in /v1/sources."""

    build_id: str
    created: str = Field(description="When the build was made (ISO 8601, UTC).")
    sources: int
    passages: int
    publishers: dict[str, int] = Field(description="Sources by publisher, the most first.")
    statuses: dict[SourceStatus, int] = Field(description="Sources by status.")


class SourcesJson(BaseModel):
    """Sources of one build."""

    build_id: str
    sources: tuple[Source, ...]


class SourceJson(BaseModel):
    """One source, with the ids of its passages in reading order."""

    build_id: str
    source: Source
    passage_ids: tuple[str, ...]


class PassageJson(BaseModel):
    """One passage, with its source and its neighbours in reading order."""

    id: str
    text: str
    heading_path: tuple[str, ...]
    page: int | None = Field(description="1-based page on which the passage starts, where the document has pages.")
    position: int = Field(description="Place among the passages of its source, from 0.")
    previous_passage_id: str | None
    next_passage_id: str | None
    source: Source
    build_id: str


@router.get("/corpus", summary="The guidance held, in numbers", responses=documented(_NOT_READY))
def corpus(index: CurrentIndex) -> CorpusJson:
    """Which build serves, and what is in it."""
    sources = index.sources.values()
    return CorpusJson(
        build_id=index.info.id,
        created=index.info.created,
        sources=len(sources),
        passages=len(index.passages),
        publishers=dict(Counter(source.publisher for source in sources).most_common()),
        statuses=dict(Counter(source.status for source in sources).most_common()),
    )


@router.get("/sources", summary="All sources", responses=documented(_NOT_READY))
def sources(
    index: CurrentIndex,
    publisher: Annotated[str | None, Query(description="Only this publisher's, whatever the case.")] = None,
) -> SourcesJson:
    """Every source of the serving build, in the order of the manifest."""
    wanted = publisher.casefold() if publisher is not None else None
    found = (source for source in index.sources.values() if wanted in (None, source.publisher.casefold()))
    return SourcesJson(build_id=index.info.id, sources=tuple(found))


@router.get("/sources/{source_id}", summary="One source", responses=documented(_NOT_HELD, _NOT_READY))
def source(source_id: str, index: CurrentIndex) -> SourceJson:
    """A source with the ids of its passages."""
    found = index.sources.get(source_id)
    if found is None:
        raise NotFoundError(f"The guidance held now has no source “{source_id}”. All sources: /v1/sources.")
    ids = tuple(passage.id for passage in passages_of(index, source_id))
    return SourceJson(build_id=index.info.id, source=found, passage_ids=ids)


@router.get("/passages/{passage_id}", summary="One passage", responses=documented(_NOT_HELD, _NOT_READY))
def passage(passage_id: str, index: CurrentIndex) -> PassageJson:
    """A passage as it stands in the serving build: what quotes are checked against."""
    found = find_passage(index, passage_id)
    before, after = neighbours(passages_of(index, found.source_id), found)
    return PassageJson(
        id=found.id,
        text=found.text,
        heading_path=found.heading_path,
        page=found.page,
        position=found.position,
        previous_passage_id=before.id if before else None,
        next_passage_id=after.id if after else None,
        source=index.sources[found.source_id],
        build_id=index.info.id,
    )


def find_passage(index: Index, passage_id: str) -> Passage:
    """The passage with this id.

    Raises:
        NotFoundError: the serving build does not hold it.
    """
    row = index.rows.get(passage_id)
    if row is None:
        raise NotFoundError(
            f"The guidance held now has no passage “{passage_id}”. It may have been changed or withdrawn: ask again."
        )
    return index.passages[row]


def passages_of(index: Index, source_id: str) -> list[Passage]:
    """The passages of one source in reading order."""
    found = (passage for passage in index.passages if passage.source_id == source_id)
    return sorted(found, key=lambda passage: passage.position)


def neighbours(passages: Sequence[Passage], passage: Passage) -> tuple[Passage | None, Passage | None]:
    """The passages before and after one, in the order given."""
    place = passages.index(passage)
    return passages[place - 1] if place else None, passages[place + 1] if place + 1 < len(passages) else None
