"""Fetching over real connections to a server that plays every kind of site, read by the real loaders."""

import gzip
import io
import ssl
import threading
import time
from datetime import UTC, date, datetime
from functools import partial
from ipaddress import ip_address

import pytest
from playing_server import (
    Authority,
    Server,
    Wires,
    answer,
    dripping,
    endless,
    in_turn,
    silent,
    with_etag,
)
from reportlab.pdfgen import canvas

from assistant.types import ContentKind, LegalRegime, Nation, Source, SourceStatus
from ingest import originals
from ingest.fetch.address import allowed_hosts
from ingest.fetch.download import Outcome, OutcomeKind, fetch
from ingest.fetch.links import LinkState, check_links
from ingest.fetch.session import Session
from ingest.fetch.visit import Limits
from ingest.load.isolate import load_isolated

READ = partial(load_isolated, seconds=30, memory_mb=512)
LOOPBACK = ip_address("127.0.0.1")
SENTENCE = "A council that buys technology sets out what it needs, asks more than one supplier, and keeps a record of why it chose. "


def html(text: str = SENTENCE, title: str = "How to buy") -> bytes:
    head, body = f"<head><title>{title}</title></head>", f"<h1>{title}</h1><h2>Plan</h2><p>{text * 4}</p>"
    return f"<!doctype html><html>{head}<body><main>{body}</main></body></html>".encode()


def pdf() -> bytes:
    file = io.BytesIO()
    page = canvas.Canvas(file)
    for line in range(6):
        page.drawString(72, 720 - 20 * line, SENTENCE[:90])
    page.save()
    return file.getvalue()


SCRIPT_ONLY = b"<!doctype html><html><head><title>App</title></head><body><div id='root'></div><script src='/a.js'></script></body></html>"
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

    def __init__(self, server: Server, data) -> None:
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

    def look(self, path: str = "/guide"):
        wanted = source(f"http://guidance.example{path}")
        return next(iter(check_links([wanted], session=self.session(wanted), data=self.data)))


@pytest.fixture
def play(tmp_path):
    with Server() as server:
        yield Play(server, tmp_path / "data")


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


def test_a_page_is_fetched_read_and_kept(play):
    play.server.pages["/guide"] = OK
    outcome = play.fetch()
    assert (outcome.kind, outcome.text_changed, outcome.moved_to) == (OutcomeKind.NEW, True, None)
    assert "“How to buy”" in outcome.detail
    assert SENTENCE.strip() in play.kept_text()
    record = originals.record(play.data, "council-guide")
    assert (record.url, record.fetched_at) == ("http://guidance.example/guide", "2026-11-22T12:00:00+00:00")
    assert (play.data / "originals" / "council-guide" / "original.html").read_bytes() == html()
    assert play.server.requests["/guide"][0]["host"] == "guidance.example"
    assert set(play.wires.connected) == {("127.0.0.1", 80)}


def test_a_pdf_is_fetched_read_and_kept_with_its_pages(play):
    play.server.pages["/guide"] = answer(200, pdf(), Content_Type="application/octet-stream")
    assert play.fetch().kind is OutcomeKind.NEW
    found = originals.original_document(play.data, source("http://guidance.example/guide"))
    assert {section.page for section in found.sections} == {1}
    assert (play.data / "originals" / "council-guide" / "original.pdf").is_file()


def test_a_packed_page_is_unpacked(play):
    play.server.pages["/guide"] = answer(200, gzip.compress(html()), Content_Type="text/html", Content_Encoding="gzip")
    assert play.fetch().kind is OutcomeKind.NEW
    assert SENTENCE.strip() in play.kept_text()


def test_a_page_that_did_not_change_is_not_sent_again(play):
    play.server.pages["/guide"] = with_etag('"1"', html())
    assert play.fetch().kind is OutcomeKind.NEW
    again = play.fetch()
    assert (again.kind, again.text_changed) == (OutcomeKind.UNCHANGED, False)
    assert [request.get("if-none-match") for request in play.server.requests["/guide"]] == [None, '"1"']


def test_the_same_file_and_the_same_text_are_no_change(play):
    again = html().replace(b"</body>", b"<!-- made at 12:01 --></body>")
    play.server.pages["/guide"] = in_turn(OK, OK, answer(200, again, Content_Type="text/html"))
    outcomes = [play.fetch() for _ in range(3)]
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.NEW, OutcomeKind.UNCHANGED, OutcomeKind.UNCHANGED]
    assert (play.data / "originals" / "council-guide" / "original.html").read_bytes() == again


def test_a_changed_page_replaces_the_kept_one(play):
    newer = html(SENTENCE.replace("technology", "software"))
    play.server.pages["/guide"] = in_turn(with_etag('"1"', html()), with_etag('"2"', newer))
    play.fetch()
    outcome = play.fetch()
    assert (outcome.kind, outcome.text_changed) == (OutcomeKind.CHANGED, True)
    assert "buys software" in play.kept_text()


def test_a_page_that_moved_for_good_is_kept_and_its_new_address_told(play):
    play.server.pages["/guide"] = answer(301, Location="/new")
    play.server.pages["/new"] = with_etag('"1"', html())
    outcome = play.fetch()
    assert (outcome.kind, outcome.text_changed) == (OutcomeKind.MOVED, True)
    assert outcome.moved_to == "http://guidance.example/new"
    assert SENTENCE.strip() in play.kept_text()
    again = play.fetch()
    assert (again.kind, again.text_changed) == (OutcomeKind.MOVED, False)
    assert "if-none-match" not in play.server.requests["/guide"][1]
    assert play.server.requests["/new"][1]["if-none-match"] == '"1"'


def test_a_temporary_redirect_is_no_move(play):
    play.server.pages["/guide"] = answer(302, Location="http://other.example/new")
    play.server.pages["/new"] = OK
    outcome = play.fetch()
    assert (outcome.kind, outcome.moved_to) == (OutcomeKind.NEW, None)
    assert originals.record(play.data, "council-guide").final_url == "http://other.example/new"


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_leaves_what_is_kept(play, status):
    play.server.pages["/guide"] = in_turn(OK, answer(status))
    play.fetch()
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.GONE
    assert outcome.detail == f"answered {status} (the original of 2026-11-22 is kept)"
    assert SENTENCE.strip() in play.kept_text()


def test_a_page_that_leads_to_the_front_page_is_gone(play):
    play.server.pages["/guide"] = answer(302, Location="/")
    play.server.pages["/"] = OK
    assert play.fetch().kind is OutcomeKind.GONE
    assert play.kept_text() is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_page_that_programs_may_not_have_needs_an_export(play, status):
    play.server.pages["/guide"] = answer(status)
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.NEEDS_EXPORT
    assert f"answers programs with {status}" in outcome.detail


def test_a_page_that_script_puts_together_needs_an_export_and_replaces_nothing(play):
    play.server.pages["/guide"] = in_turn(OK, answer(200, SCRIPT_ONLY, Content_Type="text/html"))
    play.fetch()
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.NEEDS_EXPORT
    assert "put together by script" in outcome.detail
    assert "python -m ingest add FILE --id council-guide" in outcome.detail
    assert SENTENCE.strip() in play.kept_text()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 broken", "application/pdf"),
        (b"<html><body><p>Too little.</p></body></html>", "text/html"),
        (b"\x89PNG", "image/png"),
        (b"", "text/html"),
    ],
)
def test_what_can_not_be_read_fails_and_replaces_nothing(play, body, content_type):
    play.server.pages["/guide"] = in_turn(OK, answer(200, body, Content_Type=content_type))
    play.fetch()
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.detail.endswith("(the original of 2026-11-22 is kept)")
    assert SENTENCE.strip() in play.kept_text()


def test_a_damaged_original_is_fetched_anew(play):
    play.server.pages["/guide"] = with_etag('"1"', html())
    play.fetch()
    (play.data / "originals" / "council-guide" / "document.json").write_bytes(b"{")
    assert play.fetch().kind is OutcomeKind.NEW
    assert SENTENCE.strip() in play.kept_text()


def test_an_error_that_passes_is_waited_for(play):
    play.server.pages["/guide"] = in_turn(answer(500), answer(429, Retry_After="7"), OK)
    assert play.fetch().kind is OutcomeKind.NEW
    assert 7.0 in play.slept
    assert len(play.server.requests["/guide"]) == 3


def test_an_error_that_stays_is_told(play):
    play.server.pages["/guide"] = answer(503)
    outcome = play.fetch()
    assert (outcome.kind, outcome.detail) == (OutcomeKind.FAILED, "guidance.example answered 503. Try again later.")
    assert len(play.server.requests["/guide"]) == 3


@pytest.mark.parametrize("head_too", [False, True])
def test_a_page_that_drips_is_given_up_on_time(play, stop, head_too):
    play.server.pages["/guide"] = dripping(seconds=0.02, stop=stop, head_too=head_too)
    began = time.monotonic()
    outcome = play.fetch(limits=Limits(read_seconds=5, total_seconds=0.5))
    assert time.monotonic() - began < 3
    assert outcome.kind is OutcomeKind.FAILED
    assert "took too long in all" in outcome.detail
    assert len(play.server.requests["/guide"]) == 1


def test_a_site_that_never_answers_is_given_up_on_time(play, stop):
    play.server.pages["/guide"] = silent(stop)
    began = time.monotonic()
    outcome = play.fetch(limits=Limits(read_seconds=0.3, total_seconds=20))
    assert time.monotonic() - began < 3
    assert "did not answer in time" in outcome.detail


def test_redirects_share_one_limit_of_time(play, stop):
    def slow_redirect(handler):
        time.sleep(0.2)
        answer(302, Location="/guide")(handler)

    play.server.pages["/guide"] = slow_redirect
    outcome = play.fetch(limits=Limits(total_seconds=0.5))
    assert "took too long in all" in outcome.detail
    assert len(play.server.requests["/guide"]) <= 3


@pytest.mark.parametrize(
    "page",
    [
        endless,
        answer(200, b"a" * 300_000, Content_Type="text/html"),
        answer(200, gzip.compress(b"a" * 50_000_000), Content_Type="text/html", Content_Encoding="gzip"),
    ],
    ids=["endless", "huge", "gzip bomb"],
)
def test_a_page_that_is_too_large_is_given_up(play, page):
    play.server.pages["/guide"] = page
    outcome = play.fetch(limits=Limits(body_bytes=200_000))
    assert outcome.kind is OutcomeKind.FAILED
    assert "more than 0.2 MB" in outcome.detail
    assert play.kept_text() is None


def test_a_redirect_loop_ends(play):
    play.server.pages["/guide"] = answer(301, Location="/back")
    play.server.pages["/back"] = answer(301, Location="/guide")
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.FAILED
    assert "redirects more than 5 times" in outcome.detail
    assert len(play.server.requests["/guide"]) + len(play.server.requests["/back"]) == 6


def test_robots_is_respected(play):
    play.server.pages["/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /gui*\n", Content_Type="text/plain")
    play.server.pages["/guide"] = OK
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.REFUSED
    assert "robots.txt" in outcome.detail
    assert play.server.requests["/guide"] == []


def test_robots_that_fails_means_no(play):
    play.server.pages["/robots.txt"] = answer(500)
    play.server.pages["/guide"] = OK
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.FAILED
    assert play.server.requests["/guide"] == []


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://evil.example/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_where_nobody_should_go_is_refused(play, location):
    play.server.pages["/guide"] = answer(302, Location=location)
    outcome = play.fetch()
    assert outcome.kind is OutcomeKind.REFUSED
    assert play.server.connections == 2  # robots.txt and the page: nothing after the redirect


def test_a_permanent_redirect_out_of_the_manifest_is_refused_and_told(play):
    play.server.pages["/guide"] = answer(301, Location="https://new.example/guide")
    outcome = play.fetch()
    assert (outcome.kind, outcome.moved_to) == (OutcomeKind.REFUSED, "https://new.example/guide")


def test_loopback_is_refused_by_what_ships(play):
    wanted = source("http://guidance.example/guide")
    session = Session(
        allowed_hosts([wanted]), resolver=lambda host, port: ["127.0.0.1"], backend=play.wires, sleep=play.slept.append
    )
    outcome = fetch(wanted, session=session, data=play.data, read=READ)
    assert outcome.kind is OutcomeKind.REFUSED
    assert "not on the public internet" in outcome.detail
    assert play.server.connections == 0


def test_one_bad_source_stops_no_other(play, stop):
    play.server.pages |= {"/slow": silent(stop), "/huge": endless, "/loop": answer(302, Location="/loop"), "/fine": OK}
    sources = [source(f"http://guidance.example/{name}", name) for name in ("slow", "huge", "loop", "fine")]
    session = play.session(limits=Limits(read_seconds=0.3, body_bytes=200_000))
    kinds = [fetch(each, session=session, data=play.data, read=READ).kind for each in sources]
    assert kinds == [OutcomeKind.FAILED, OutcomeKind.FAILED, OutcomeKind.FAILED, OutcomeKind.NEW]


@pytest.mark.parametrize("proved", ["guidance.example", "evil.example"])
def test_https_connects_to_the_checked_address_and_trusts_only_the_hosts_own_certificate(play, tmp_path, proved):
    authority = Authority()
    context = authority.server_context(proved, tmp_path)
    play.server.socket = context.wrap_socket(play.server.socket, server_side=True)
    play.server.pages["/guide"] = OK
    wanted = source("https://guidance.example/guide")
    session = play.session(wanted, ssl_context=authority.client_context())
    outcome = fetch(wanted, session=session, data=play.data, read=READ)
    if proved == "guidance.example":
        assert outcome.kind is OutcomeKind.NEW
    else:
        assert outcome.kind is OutcomeKind.FAILED
        assert "certificate" in outcome.detail
        assert play.server.requests == {}
    assert set(play.wires.connected) == {("127.0.0.1", 443)}


def test_an_unknown_authority_is_not_trusted(play, tmp_path):
    context = Authority().server_context("guidance.example", tmp_path)
    play.server.socket = context.wrap_socket(play.server.socket, server_side=True)
    wanted = source("https://guidance.example/guide")
    outcome = fetch(wanted, session=play.session(wanted), data=play.data, read=READ)
    assert "certificate" in outcome.detail
    assert play.server.requests == {}


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (OK, LinkState.OK),
        (answer(302, Location="/new"), LinkState.OK),
        (answer(301, Location="/new"), LinkState.MOVED),
        (answer(308, Location="https://new.example/guide"), LinkState.MOVED),
        (answer(301, Location="http://169.254.169.254/"), LinkState.REFUSED),
        (answer(302, Location="/"), LinkState.GONE),
        (answer(404), LinkState.GONE),
        (answer(410), LinkState.GONE),
        (answer(403), LinkState.UNREACHABLE),
        (answer(500), LinkState.UNREACHABLE),
    ],
)
def test_links_are_looked_at_without_downloading(play, page, state):
    play.server.pages |= {"/guide": page, "/new": OK, "/": OK}
    report = play.look()
    assert (report.source_id, report.url, report.state) == ("council-guide", "http://guidance.example/guide", state)
    assert (report.moved_to is not None) == (state is LinkState.MOVED)
    assert report.detail
    assert not (play.data / "originals").exists()


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (with_etag('"1"', html()), LinkState.OK),
        (with_etag('W/"1"', html()), LinkState.OK),
        (with_etag('"1-gzip"', html()), LinkState.OK),
        (with_etag('"2"', html()), LinkState.CHANGED),
        (OK, LinkState.OK),
    ],
)
def test_a_changed_page_is_seen_by_its_marks(play, now, state):
    play.server.pages["/guide"] = in_turn(with_etag('"1"', html()), now)
    play.fetch()
    assert play.look().state is state
    assert play.server.methods["/guide"] == ["GET", "HEAD"]


def test_a_changed_page_is_seen_by_its_date(play):
    dates = [{"Last_Modified": f"Sun, {day} Nov 2026 12:00:00 GMT"} for day in (15, 22)]
    pages = [answer(200, html(), Content_Type="text/html", **each) for each in dates]
    play.server.pages["/guide"] = in_turn(pages[0], pages[0], pages[1])
    play.fetch()
    assert [play.look().state for _ in range(2)] == [LinkState.OK, LinkState.CHANGED]


def test_a_source_without_an_address_has_no_link(play):
    wanted = [source(None, "none"), source("http://guidance.example/guide")]
    play.server.pages["/guide"] = OK
    reports = list(check_links(wanted, session=play.session(), data=play.data))
    assert [report.source_id for report in reports] == ["council-guide"]


def test_what_ships_checks_certificates():
    context = Session(frozenset())._visitor._ssl_context
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
