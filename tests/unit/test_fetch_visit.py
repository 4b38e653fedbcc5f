"""One visit: the address that was checked is the one that is connected to, on every hop, whatever names say a moment later."""

import socket
import ssl
import time
from contextlib import suppress
from ipaddress import ip_address
from itertools import chain, repeat

import httpcore2
import httpx2
import pytest
from playing_network import OTHER_PUBLIC, PUBLIC, Backend, response, visit, visitor

from ingest.fetch.address import check_url
from ingest.fetch.errors import FetchFailed, FetchRefused, SiteUnreachable
from ingest.fetch.transport import Deadline, PinnedTransport
from ingest.fetch.visit import Asking, Limits


class Canary:
    """A listener on loopback. Whoever connects waits in its queue, and is counted."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]

    def count(self) -> int:
        visitors = 0
        with suppress(BlockingIOError):
            while True:
                self.listener.accept()[0].close()
                visitors += 1
        return visitors


@pytest.fixture
def canary():
    found = Canary()
    yield found
    found.listener.close()


def test_an_http_request_goes_to_the_checked_address_and_names_the_host():
    backend = Backend(response("200 OK", b"text"))
    reply = visit(visitor(backend), "http://guidance.example/a?b=c#d")
    assert (reply.status, reply.body, reply.url, reply.moved_to) == (
        200,
        b"text",
        "http://guidance.example/a?b=c",
        None,
    )
    assert backend.connected == [(PUBLIC, 80)]
    assert backend.sent.startswith(b"GET /a?b=c HTTP/1.1\r\nHost: guidance.example\r\n")
    assert b"User-Agent: procurement-guidance-assistant\r\n" in backend.sent
    assert backend.open == set()


def test_an_https_request_goes_to_the_checked_address_and_checks_the_certificate_of_the_host():
    backend = Backend(response("200 OK", b"text"))
    visit(visitor(backend), "https://guidance.example/")
    assert backend.connected == [(PUBLIC, 443)]
    assert backend.tls == [("guidance.example", True, ssl.CERT_REQUIRED)]


@pytest.mark.parametrize("url", ["http://other.example/", "http://guidance.example:8080/", "https://guidance.example/"])
def test_a_connection_carries_no_request_but_the_one_it_was_made_for(url):
    backend = Backend()
    target = check_url("http://guidance.example/", {"guidance.example"})
    with (
        PinnedTransport(
            target,
            (ip_address(PUBLIC),),
            deadline=Deadline(10, time.monotonic),
            ssl_context=ssl.create_default_context(),
            backend=backend,
        ) as transport,
        pytest.raises(FetchRefused, match="was not checked"),
    ):
        transport.handle_request(httpx2.Request("GET", url))
    assert backend.connected == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_changes_after_the_check_gains_nothing(canary, scheme):
    backend = Backend(response("200 OK", b"text"), ports={80: canary.port, 443: canary.port})
    answers = chain([[PUBLIC]], repeat(["127.0.0.1"]))
    lookups = []

    def rebinding(host, port):
        lookups.append(host)
        return next(answers)

    subject = visitor(backend, rebinding)
    assert visit(subject, f"{scheme}://guidance.example/").body == b"text"
    assert lookups == ["guidance.example"]
    with pytest.raises(FetchRefused, match=r"leads to 127\.0\.0\.1"):
        visit(subject, f"{scheme}://guidance.example/")
    assert [host for host, _ in backend.connected] == [PUBLIC]
    assert canary.count() == 0


def test_a_name_that_changes_during_a_redirect_gains_nothing(canary):
    backend = Backend(response("302 Found", Location="/next"), ports={80: canary.port})
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    with pytest.raises(FetchRefused, match=r"leads to 127\.0\.0\.1"):
        visit(visitor(backend, lambda host, port: next(answers)), "http://guidance.example/")
    assert canary.count() == 0


def test_the_canary_would_sing(canary):
    resolver, backend = lambda host, port: ["127.0.0.1"], Backend(ports={80: canary.port})
    subject = visitor(backend, resolver, is_allowed_address=lambda address: True, limits=Limits(read_seconds=0.1))
    with pytest.raises(SiteUnreachable):
        visit(subject, "http://guidance.example/")
    assert canary.count() == 1


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "bare IP address"),
        ("http://[::ffff:a9fe:a9fe]/", "bare IP address"),
        ("http://2852039166/", "bare IP address"),
        ("//127.0.0.1/", "bare IP address"),
        ("http://evil.example/", "not in the manifest"),
        ("//evil.example/", "not in the manifest"),
        ("http://guidance.example:22/", "usual ports"),
        ("http://guidance.example@evil.example/", "user name"),
        ("http://guidance.example\\@evil.example/", ""),
        ("file:///etc/passwd", "does not begin with http"),
        ("gopher://guidance.example/", "only http and https"),
        ("/%0d%0aX: y", "control characters"),
        ("http://[/", ""),
    ],
)
def test_a_redirect_is_checked_like_any_url(location, reason):
    backend = Backend(response("302 Found", Location=location))
    with pytest.raises(FetchRefused) as caught:
        visit(visitor(backend), "http://guidance.example/start")
    assert str(caught.value).startswith("http://guidance.example/start redirects to ")
    assert reason in str(caught.value)
    assert len(backend.connected) == 1


def test_a_redirect_to_a_listed_host_is_resolved_and_checked_anew():
    backend = Backend(response("302 Found", Location="https://other.example/a"), response("200 OK", b"text"))
    resolver = {"guidance.example": [PUBLIC], "other.example": [OTHER_PUBLIC]}
    subject = visitor(backend, lambda host, port: resolver[host], hosts=("guidance.example", "other.example"))
    reply = visit(subject, "http://guidance.example/")
    assert (reply.url, reply.moved_to) == ("https://other.example/a", None)
    assert backend.connected == [(PUBLIC, 80), (OTHER_PUBLIC, 443)]


@pytest.mark.parametrize("location", ["/a b.html", "caf\u00e9"])
def test_a_sloppy_location_is_followed_on_its_own_host(location):
    backend = Backend(response("302 Found", Location=location), response("200 OK", b"text"))
    assert visit(visitor(backend), "http://guidance.example/").body == b"text"
    assert backend.connected == [(PUBLIC, 80), (PUBLIC, 80)]


def test_permanent_redirects_are_reported_up_to_the_first_temporary_one():
    backend = Backend(
        response("301 Moved Permanently", Location="/b"),
        response("308 Permanent Redirect", Location="/c"),
        response("302 Found", Location="/d"),
        response("301 Moved Permanently", Location="/e"),
        response("200 OK", b"text"),
    )
    reply = visit(visitor(backend), "http://guidance.example/a")
    assert (reply.url, reply.moved_to) == ("http://guidance.example/e", "http://guidance.example/c")


def test_a_permanent_redirect_out_of_the_manifest_says_where_it_leads():
    backend = Backend(response("301 Moved Permanently", Location="https://new.example/a"))
    with pytest.raises(FetchRefused, match=r"new\.example is not in the manifest") as caught:
        visit(visitor(backend), "http://guidance.example/a")
    assert caught.value.moved_to == "https://new.example/a"


@pytest.mark.parametrize(
    ("status", "location"), [("302 Found", "https://new.example/a"), ("301 Moved", "http://169.254.169.254/")]
)
def test_no_other_refused_redirect_is_offered_as_a_new_address(status, location):
    with pytest.raises(FetchRefused) as caught:
        visit(visitor(Backend(response(status, Location=location))), "http://guidance.example/a")
    assert caught.value.moved_to is None


def test_a_redirect_from_https_to_http_is_refused():
    backend = Backend(response("301 Moved Permanently", Location="http://guidance.example/"))
    with pytest.raises(FetchRefused, match="from https to http"):
        visit(visitor(backend), "https://guidance.example/")
    assert len(backend.connected) == 1


def test_redirects_end():
    backend = Backend(*[response("302 Found", Location="/again")] * 10)
    with pytest.raises(FetchFailed, match="more than 5 times"):
        visit(visitor(backend), "http://guidance.example/")
    assert len(backend.connected) == 6


def test_the_next_address_is_tried_when_one_does_not_answer():
    class HalfDead(Backend):
        def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
            if host == PUBLIC:
                self.connected.append((host, port))
                raise httpcore2.ConnectError("refused")
            return super().connect_tcp(host, port, timeout, local_address, socket_options)

    backend = HalfDead(response("200 OK", b"text"))
    reply = visit(visitor(backend, lambda host, port: [PUBLIC, OTHER_PUBLIC]), "http://guidance.example/")
    assert reply.body == b"text"
    assert backend.connected == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]


def test_nothing_is_taken_from_the_environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    backend = Backend(response("200 OK", b"text"))
    visit(visitor(backend), "https://guidance.example/")
    assert backend.connected == [(PUBLIC, 443)]


def test_no_cookie_is_kept():
    backend = Backend(response("302 Found", Location="/b", Set_Cookie="a=b"), response("200 OK", b"text"))
    visit(visitor(backend), "http://guidance.example/")
    assert b"cookie" not in backend.sent.lower()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "failed"),
        (b"nonsense\r\n\r\n", "failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", "failed"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, "failed"),
        (response("200 OK", b"x", Content_Encoding="br"), "packed as br"),
        (response("200 OK", b"x", Content_Encoding="gzip, gzip"), "packed as gzip, gzip"),
        (response("200 OK", b"not gzip", Content_Encoding="gzip"), "can't be unpacked"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n", "more than 1 MB"),
    ],
)
def test_an_answer_that_can_not_be_used_is_a_plain_failure(answer, reason):
    backend = Backend(answer)
    with pytest.raises(FetchFailed, match=reason):
        visit(visitor(backend), "http://guidance.example/")
    assert backend.open == set()


def test_a_body_that_nobody_wants_is_not_read():
    backend = Backend(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    assert visit(visitor(backend), "http://guidance.example/", Asking()).body == b""
    assert backend.open == set()
