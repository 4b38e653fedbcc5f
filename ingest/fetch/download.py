"""Fetches the original of one source and keeps it: what became of it, as a value."""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

import httpx2

from assistant.errors import LoadError
from assistant.types import Source
from ingest import originals
from ingest.document import Document
from ingest.fetch.address import shown
from ingest.fetch.errors import FetchFailed, FetchRefused
from ingest.fetch.session import Session
from ingest.fetch.visit import Reply
from ingest.originals import Kept, Original

Read = Callable[[Path], Document]
"""Reads a file in a process of its own: ingest.load.isolate.load_isolated with its limits."""

_NOTION = ("notion.so", "notion.site", "notion.com")
_SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
}


class OutcomeKind(StrEnum):
    """What became of one source."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    GONE = "gone"
    NEEDS_EXPORT = "needs_export"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one source. `detail` is for people; `text_changed` says that a build would differ.

    `moved_to` is where permanent redirects led: with `moved`, the text was kept; with `refused`, it is out of the manifest.
    """

    source_id: str
    kind: OutcomeKind
    detail: str
    moved_to: str | None = None
    text_changed: bool = False


def fetch(source: Source, *, session: Session, data: Path, read: Read) -> Outcome:
    """Fetches a source's original, unless it is the one that is kept. What can't be read never replaces what could.

    The caller holds the right to write to the data folder (ingest.versions.writing).
    """
    kept = _usable(data, source)
    if source.url is None:
        return _needs_export(source, "it has no address on the web: ask its publisher for it", kept)
    try:
        if _is_notion(session.check(source.url).host):
            return _needs_export(source, "Notion pages are put together by script", kept)
        reply = session.get(source.url, headers_for=lambda url: validators(kept, url))
        return _judge(source, reply, session=session, data=data, read=read, kept=kept)
    except FetchRefused as error:
        return _outcome(source, OutcomeKind.REFUSED, str(error), moved_to=error.moved_to)
    except FetchFailed as error:
        return _outcome(source, OutcomeKind.FAILED, str(error) + _still_kept(kept))
    except OSError as error:  # a full disk: the other sources are still looked at
        return _outcome(source, OutcomeKind.FAILED, f"could not be kept: {error}")


def validators(kept: Kept | None, url: str) -> Mapping[str, str]:
    """The headers that make a request conditional; only for the very URL that the kept file came from (RFC 9110, 13.1)."""
    if kept is None or url != kept.original.final_url:
        return {}
    headers = {"If-None-Match": kept.original.etag, "If-Modified-Since": kept.original.last_modified}
    return {name: value for name, value in headers.items() if value}


def _judge(source: Source, reply: Reply, *, session: Session, data: Path, read: Read, kept: Kept | None) -> Outcome:
    now = session.now().isoformat(timespec="seconds")
    if reply.status == httpx2.codes.NOT_MODIFIED and kept is not None:
        originals.update(data, source.id, replace(kept.original, checked_at=now))
        return _kept_outcome(source, OutcomeKind.UNCHANGED, "the site says so", reply)
    if reply.status in (httpx2.codes.NOT_FOUND, httpx2.codes.GONE):
        return _outcome(source, OutcomeKind.GONE, f"answered {reply.status}{_still_kept(kept)}")
    if reply.status in (httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN):
        return _needs_export(source, f"the site answers programs with {reply.status}", kept)
    if reply.status != httpx2.codes.OK or not reply.body:
        return _outcome(source, OutcomeKind.FAILED, f"answered {reply.status} without a document{_still_kept(kept)}")
    if leads_to_front_page(source, reply.url):
        return _outcome(source, OutcomeKind.GONE, f"leads to the site's front page, {reply.url}{_still_kept(kept)}")
    original = Original(
        url=source.url,
        final_url=reply.url,
        sha256=hashlib.sha256(reply.body).hexdigest(),
        etag=reply.headers.get("etag"),
        last_modified=reply.headers.get("last-modified"),
        fetched_at=now,
        checked_at=now,
    )
    if kept is not None and kept.original.sha256 == original.sha256:
        originals.update(data, source.id, replace(original, fetched_at=kept.original.fetched_at))
        return _kept_outcome(source, OutcomeKind.UNCHANGED, "the same file", reply)
    return _keep(source, reply, original, data=data, read=read, kept=kept)


def _keep(source: Source, reply: Reply, original: Original, *, data: Path, read: Read, kept: Kept | None) -> Outcome:
    suffix = suffix_of(reply)
    if suffix is None:
        content_type = shown(reply.headers.get("content-type", "of no declared type"))
        return _outcome(
            source, OutcomeKind.FAILED, f"is {content_type}, which holds no text to read{_still_kept(kept)}"
        )
    with tempfile.TemporaryDirectory(prefix="guidance-fetch-") as folder:
        file = Path(folder) / f"{source.id}{suffix}"
        file.write_bytes(reply.body)
        try:
            document = read(file)
        except LoadError as error:
            if suffix == ".html" and b"<script" in reply.body.lower():
                return _needs_export(source, "its page is put together by script, or holds almost no text", kept)
            return _outcome(source, OutcomeKind.FAILED, f"{error}{_still_kept(kept)}")
        originals.keep(data, source.id, file, original, document)
    read_as = f"read as “{document.title or 'untitled'}”, {len(document.sections)} sections"
    if kept is not None and kept.document == document:
        return _kept_outcome(source, OutcomeKind.UNCHANGED, "another file with the same text", reply)
    kind = OutcomeKind.NEW if kept is None else OutcomeKind.CHANGED
    return _kept_outcome(source, kind, "; ".join((read_as, *document.warnings)), reply)


def suffix_of(reply: Reply) -> str | None:
    """The kind of a file as a suffix: by its first bytes, its declared type or, where that says nothing, its URL."""
    head = reply.body[:1024].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return ".pdf"
    declared = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    in_url = PurePosixPath(httpx2.URL(reply.url).path).suffix.lower()
    if declared in ("", "application/octet-stream", "binary/octet-stream"):
        return ".html" if head.startswith((b"<!doctype html", b"<html")) else _known(in_url)
    if declared == "text/plain" and in_url in (".md", ".markdown"):
        return ".md"
    return _SUFFIXES.get(declared)


def _known(suffix: str) -> str | None:
    return suffix if suffix in _SUFFIXES.values() else None


def leads_to_front_page(source: Source, url: str) -> bool:
    """Whether a page was sent to "/": how many sites answer for a page that is no more. Its text would pass for guidance."""
    asked, found = httpx2.URL(source.url or url), httpx2.URL(url)
    return found.path == "/" and not found.query and asked.path != "/" and not asked.path.startswith("/index.")


def _is_notion(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in _NOTION)


def _needs_export(source: Source, reason: str, kept: Kept | None) -> Outcome:
    where = f"Open {source.url} in a browser, export" if source.url else "Export"
    return _outcome(
        source,
        OutcomeKind.NEEDS_EXPORT,
        f"{reason}{_still_kept(kept)}. {where} or save it as HTML, Markdown or PDF, then: "
        f'python -m ingest add FILE --id {source.id} --publisher "{source.publisher}"',
    )


def _usable(data: Path, source: Source) -> Kept | None:
    try:
        return originals.kept(data, source)
    except LoadError:
        return None  # damaged: it is fetched anew


def _kept_outcome(source: Source, kind: OutcomeKind, detail: str, reply: Reply) -> Outcome:
    text_changed = kind in (OutcomeKind.NEW, OutcomeKind.CHANGED)
    if reply.moved_to is None:
        return _outcome(source, kind, detail, text_changed=text_changed)
    return _outcome(
        source,
        OutcomeKind.MOVED,
        f"moved for good to {reply.moved_to}: correct the manifest; {kind}: {detail}",
        moved_to=reply.moved_to,
        text_changed=text_changed,
    )


def _still_kept(kept: Kept | None) -> str:
    return f" (the original of {kept.original.fetched_at[:10]} is kept)" if kept else ""


def _outcome(
    source: Source, kind: OutcomeKind, detail: str, *, moved_to: str | None = None, text_changed: bool = False
) -> Outcome:
    return Outcome(source_id=source.id, kind=kind, detail=detail, moved_to=moved_to, text_changed=text_changed)
