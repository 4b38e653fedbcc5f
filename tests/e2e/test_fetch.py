"""Fetching over real connections from a server that plays publishers' sites, read by the real loaders."""

import gzip
import io

import pytest
from playing_server import Server, answer, in_turn, with_etag
from playing_session import OK, SENTENCE, Play, html, source
from reportlab.pdfgen import canvas

from ingest import originals
from ingest.fetch.download import OutcomeKind

SCRIPT_ONLY = b"<!doctype html><html><head><title>App</title></head><body><div id='root'></div><script src='/a.js'></script></body></html>"


@pytest.fixture
def play(tmp_path):
    with Server() as server:
        yield Play(server, tmp_path / "data")


def pdf() -> bytes:
    file = io.BytesIO()
    page = canvas.Canvas(file)
    for line in range(6):
        page.drawString(72, 720 - 20 * line, SENTENCE[:90])
    page.save()
    return file.getvalue()


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
