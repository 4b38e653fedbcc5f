"""Fetching from sites that are slow, huge, closed, or lead where nobody should go."""

import gzip
import threading
import time

import pytest
from playing_server import Authority, Server, answer, dripping, endless, silent
from playing_session import OK, READ, Play, source

from ingest.fetch.address import allowed_hosts
from ingest.fetch.download import OutcomeKind, fetch
from ingest.fetch.session import Session
from ingest.fetch.visit import Limits


@pytest.fixture
def play(tmp_path):
    with Server() as server:
        yield Play(server, tmp_path / "data")


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


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
