"""Looks whether the sources are still where the manifest says. Nothing is downloaded or kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx2

from assistant.errors import LoadError
from assistant.types import Source
from ingest import originals
from ingest.fetch.download import leads_to_front_page
from ingest.fetch.errors import FetchFailed, FetchRefused
from ingest.fetch.session import Session
from ingest.fetch.visit import Reply
from ingest.originals import Original


class LinkState(StrEnum):
    """How a source's address was found. `changed` needs a kept original and a site that says when its page changed."""

    OK = "ok"
    MOVED = "moved"
    GONE = "gone"
    CHANGED = "changed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """How one source's address was found. `detail` is for people."""

    source_id: str
    url: str
    state: LinkState
    detail: str
    moved_to: str | None = None


def check_links(sources: Iterable[Source], *, session: Session, data: Path) -> Iterator[LinkReport]:
    """Looks at each source that has an address, one after the other, and reports as it goes."""
    for source in sources:
        if source.url is not None:
            yield _check(source, source.url, session=session, data=data)


def _check(source: Source, url: str, *, session: Session, data: Path) -> LinkReport:
    try:
        reply = session.look(url)
    except FetchRefused as error:
        state = LinkState.MOVED if error.moved_to else LinkState.REFUSED
        return LinkReport(source_id=source.id, url=url, state=state, detail=str(error), moved_to=error.moved_to)
    except FetchFailed as error:
        return LinkReport(source_id=source.id, url=url, state=LinkState.UNREACHABLE, detail=str(error))
    state, detail = _judge(source, reply, _kept(data, source))
    return LinkReport(source_id=source.id, url=url, state=state, detail=detail, moved_to=reply.moved_to)


def _kept(data: Path, source: Source) -> Original | None:
    try:
        found = originals.kept(data, source)
    except LoadError:
        return None  # damaged: the next fetch replaces it
    return found.original if found else None


def _judge(source: Source, reply: Reply, kept: Original | None) -> tuple[LinkState, str]:
    if reply.status in (httpx2.codes.NOT_FOUND, httpx2.codes.GONE):
        return LinkState.GONE, f"answered {reply.status}"
    if reply.status >= 400:
        return LinkState.UNREACHABLE, f"answered {reply.status}: open it in a browser to see whether it is still there"
    if leads_to_front_page(source, reply.url):
        return LinkState.GONE, f"leads to the site's front page, {reply.url}"
    if reply.moved_to is not None:
        return LinkState.MOVED, f"moved for good to {reply.moved_to}: correct the manifest"
    if kept is not None and _differs(reply, kept):
        return LinkState.CHANGED, f"changed since {kept.fetched_at[:10]}: fetch it again"
    return LinkState.OK, "as the manifest says"


def _differs(reply: Reply, kept: Original) -> bool:
    """Whether the site's own marks of a version differ, where there are any on both sides."""
    etag, last_modified = reply.headers.get("etag"), reply.headers.get("last-modified")
    if etag and kept.etag:
        return _opaque(etag) != _opaque(kept.etag)
    return bool(last_modified and kept.last_modified and last_modified != kept.last_modified)


def _opaque(etag: str) -> str:
    """An entity tag for weak comparison (RFC 9110, 8.8.3.2), without the mark that servers add when they pack a page."""
    return etag.removeprefix("W/").strip('"').removesuffix("-gzip")
