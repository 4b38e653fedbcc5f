"""Manners between visits, with a clock that only moves when somebody sleeps."""

from datetime import UTC, datetime

import httpcore2
import pytest
from playing_network import response

from ingest.fetch.errors import FetchRefused, SiteUnreachable
from ingest.fetch.session import Session
from ingest.fetch.visit import Limits

PAGE = "https://guidance.example/page"


class Time:
    """A clock that stands still but for sleeping."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Site(httpcore2.NetworkBackend):
    """Plays the prepared answers of each “METHOD /path” in turn, the last one for ever. None is a connection that breaks."""

    def __init__(self, time: Time, **pages: bytes | list[bytes | None]) -> None:
        self.time = time
        self.pages = {path: answer if isinstance(answer, list) else [answer] for path, answer in pages.items()}
        self.asked: list[tuple[str, float]] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        site = self

        class Stream(httpcore2.MockStream):
            def write(self, buffer, timeout=None):
                if not buffer:
                    return
                request = " ".join(buffer.decode().split(" ")[:2])
                site.asked.append((request, site.time.seconds))
                answers = site.pages.get(request, [response("404 Not Found")])
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer is None:
                    raise httpcore2.WriteError("broken")
                self._buffer.append(answer)

        return Stream([])

    @property
    def requests(self) -> list[str]:
        return [request for request, _ in self.asked]


def play(limits: Limits | None = None, **pages) -> tuple[Session, Site, Time]:
    time = Time()
    site = Site(time, **{name.replace("_", " ", 1): answer for name, answer in pages.items()})
    session = Session(
        {"guidance.example", "other.example"},
        limits,
        resolver=lambda host, port: ["1.1.1.1"],
        backend=site,
        clock=time,
        sleep=time.sleep,
        now=lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    )
    return session, site, time


OK = response("200 OK", b"text")


def test_a_host_is_left_its_delay_and_another_is_not_held_up():
    session, site, _ = play(**{"GET_/page": OK, "GET_/robots.txt": response("404 Not Found")})
    session.get(PAGE)
    session.get("https://other.example/page")
    session.get(PAGE)
    assert [seconds - 1000 for _, seconds in site.asked] == [0, 1, 1, 2, 2]
    assert site.requests.count("GET /robots.txt") == 2


@pytest.mark.parametrize(("asked", "delay"), [("7", 7.0), ("0", 1.0), ("86400", 60.0), ("soon", 1.0)])
def test_the_delay_that_robots_asks_for_is_kept_within_reason(asked, delay):
    session, site, _ = play(
        **{"GET_/page": OK, "GET_/robots.txt": response("200 OK", f"User-agent: *\nCrawl-delay: {asked}\n".encode())}
    )
    session.get(PAGE)
    session.get(PAGE)
    assert site.asked[-1][1] - site.asked[-2][1] == delay


@pytest.mark.parametrize(
    ("rules", "may"),
    [
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /*/print$\n", True),
        ("User-agent: *\nDisallow: /p*e$\n", False),
        ("User-agent: *\nDisallow: /\nAllow: /page\n", True),
        ("User-agent: Procurement-Guidance-Assistant\nDisallow: /page\n\nUser-agent: *\nAllow: /\n", False),
        ("User-agent: otherbot\nDisallow: /\n", True),
        ("", True),
        ("<html><body>Not found</body></html>", True),
        ("\ufeffUser-agent: *\nDisallow: /page\n", False),
    ],
)
def test_robots_is_respected(rules, may):
    session, site, _ = play(**{"GET_/page": OK, "GET_/robots.txt": response("200 OK", rules.encode())})
    if may:
        assert session.get(PAGE).status == 200
    else:
        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            session.get(PAGE)
        assert site.requests == ["GET /robots.txt"]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone"])
def test_a_site_without_robots_sets_no_rules(status):
    session, _, _ = play(**{"GET_/page": OK, "GET_/robots.txt": response(status)})
    assert session.get(PAGE).status == 200


@pytest.mark.parametrize(
    "answer",
    [
        response("500 Internal Server Error"),
        response("429 Too Many Requests"),
        None,
        response("200 OK", b"User-agent: a\n" * 2000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n",
    ],
)
def test_a_site_whose_robots_can_not_be_read_is_left_alone(answer):
    session, site, _ = play(**{"GET_/page": OK, "GET_/robots.txt": [answer]})
    for _ in range(2):
        with pytest.raises(SiteUnreachable, match=r"robots\.txt"):
            session.get(PAGE)
    assert set(site.requests) == {"GET /robots.txt"}
    assert len(site.requests) <= 3


def test_a_redirect_is_subject_to_robots_too():
    session, site, _ = play(
        **{
            "GET_/page": response("302 Found", Location="/private"),
            "GET_/robots.txt": response("200 OK", b"User-agent: *\nDisallow: /private\n"),
        }
    )
    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        session.get(PAGE)
    assert "GET /private" not in site.requests


@pytest.mark.parametrize("first", [None, response("500 Oops"), response("503 Busy"), response("429 Slow down")])
def test_a_failure_that_passes_is_retried(first):
    session, site, time = play(**{"GET_/page": [first, first, OK]})
    assert session.get(PAGE).status == 200
    assert site.requests.count("GET /page") == 3
    assert time.slept[-2:] == [1.0, 2.0]


def test_a_failure_that_stays_is_told_after_two_retries():
    session, site, _ = play(**{"GET_/page": response("502 Bad Gateway")})
    with pytest.raises(SiteUnreachable, match=r"guidance\.example answered 502"):
        session.get(PAGE)
    assert site.requests.count("GET /page") == 3


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("5", 5.0), ("Sun, 22 Nov 2026 12:00:09 GMT", 9.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0), ("whenever", 1.0)],
)
def test_what_the_site_asks_to_wait_is_waited(asked, waited):
    session, site, _ = play(**{"GET_/page": [response("429 Slow down", Retry_After=asked), OK]})
    assert session.get(PAGE).status == 200
    first, second = (seconds for request, seconds in site.asked if request == "GET /page")
    assert second - first == max(waited, 1.0)


@pytest.mark.parametrize("asked", ["3600", "Sun, 22 Nov 2026 14:00:00 GMT", "999999999"])
def test_a_site_that_asks_for_a_long_wait_is_left_alone(asked):
    session, site, time = play(**{"GET_/page": response("503 Busy", Retry_After=asked)})
    with pytest.raises(SiteUnreachable, match="asks to be left alone for"):
        session.get(PAGE)
    assert site.requests.count("GET /page") == 1
    assert sum(time.slept) <= 1


def test_a_dead_host_is_given_up_and_others_are_not():
    session, site, _ = play(Limits(retries=0), **{"GET_/page": response("500 Oops"), "GET_/fine": OK})
    for _ in range(5):
        with pytest.raises(SiteUnreachable):
            session.get(PAGE)
    assert site.requests.count("GET /page") == 3
    with pytest.raises(SiteUnreachable, match="failed 3 times in a row"):
        session.get("https://guidance.example/fine")
    assert session.get("https://other.example/fine").status == 200


def test_a_success_forgives_earlier_failures():
    session, _, _ = play(Limits(retries=0), **{"GET_/page": response("500 Oops"), "GET_/fine": OK})
    for _ in range(4):
        with pytest.raises(SiteUnreachable, match="answered 500"):
            session.get(PAGE)
        assert session.get("https://guidance.example/fine").status == 200


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "501 Not Implemented", "404 Not Found", "403 Forbidden"])
def test_a_look_that_head_does_not_get_is_taken_by_get(status):
    session, site, _ = play(**{"HEAD_/page": response(status), "GET_/page": OK})
    reply = session.look(PAGE)
    assert (reply.status, reply.body) == (200, b"")
    assert site.requests == ["GET /robots.txt", "HEAD /page", "GET /page"]


def test_extra_headers_are_asked_for_every_url_on_the_way():
    session, _, _ = play(**{"GET_/page": response("301 Moved", Location="/new"), "GET_/new": OK})
    asked = []
    session.get(PAGE, headers_for=lambda url: asked.append(url) or {})
    assert asked == [PAGE, "https://guidance.example/new"]
