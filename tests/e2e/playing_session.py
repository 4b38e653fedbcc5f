"""What the tests of fetching share: a source, its page, and a session that is wired to the playing server."""

from datetime import UTC, date, datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from playing_server import Server, Wires, answer

from assistant.types import ContentKind, LegalRegime, Nation, Source, SourceStatus
from ingest import originals
from ingest.fetch.address import allowed_hosts
from ingest.fetch.download import Outcome, fetch
from ingest.fetch.links import LinkReport, check_links
from ingest.fetch.session import Session
from ingest.fetch.visit import Limits
from ingest.load.isolate import load_isolated

READ = partial(load_isolated, seconds=30, memory_mb=512)
LOOPBACK = ip_address("127.0.0.1")
SENTENCE = "A council that buys technology sets out what it needs, asks more than one supplier, and keeps a record of why it chose. "


def html(text: str = SENTENCE, title: str = "How to buy") -> bytes:
    head, body = f"<head><title>{title}</title></head>", f"<h1>{title}</h1><h2>Plan</h2><p>{text * 4}</p>"
    return f"<!doctype html><html>{head}<body><main>{body}</main></body></html>".encode()


OK = answer(200, html(), Content_Type="text/html; charset=utf-8")


def source(url: str, source_id: str = "council-guide") -> Source:
    return Source(
        id=source_id,
        ref=None,
        publisher="Council",
        title="How to buy",
        url=url,
        alternates=(),
        published=None,
        published_note=None,
        status=SourceStatus.CURRENT,
        superseded_by=(),
        superseded_note=None,
        legal_regime=LegalRegime.INDEPENDENT,
        nations=tuple(Nation),
        valid_from=None,
        valid_to=None,
        review_by=date(2027, 1, 1),
        licence="not shown",
        format="html",
        content=ContentKind.DIGEST,
    )


class Play:
    """A playing server, and sessions that are wired to it."""

    def __init__(self, server: Server, data: Path) -> None:
        self.server = server
        self.data = data
        self.wires = Wires(server.server_port)
        self.slept: list[float] = []

    def session(self, *sources: Source, limits: Limits | None = None, **options) -> Session:
        return Session(
            allowed_hosts([*sources, source("http://guidance.example/"), source("http://other.example/")]),
            limits or Limits(retries=2),
            **{
                "resolver": lambda host, port: ["127.0.0.1"],
                "is_allowed_address": lambda address: address == LOOPBACK,
                "backend": self.wires,
                "sleep": self.slept.append,
                "now": lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
                **options,
            },
        )

    def fetch(self, path: str = "/guide", **options) -> Outcome:
        wanted = source(f"http://guidance.example{path}")
        return fetch(wanted, session=self.session(wanted, **options), data=self.data, read=READ)

    def kept_text(self, path: str = "/guide") -> str | None:
        found = originals.original_document(self.data, source(f"http://guidance.example{path}"))
        return found and " ".join(
            item for section in found.sections for block in section.blocks for item in block.items
        )

    def look(self, path: str = "/guide") -> LinkReport:
        wanted = source(f"http://guidance.example{path}")
        return next(iter(check_links([wanted], session=self.session(wanted), data=self.data)))
