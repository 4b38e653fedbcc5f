"""Looking at links over real connections."""

import pytest
from playing_server import Server, answer, in_turn, with_etag
from playing_session import OK, Play, html, source

from ingest.fetch.links import LinkState, check_links


@pytest.fixture
def play(tmp_path):
    with Server() as server:
        yield Play(server, tmp_path / "data")


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
