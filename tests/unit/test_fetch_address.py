"""Which URLs and addresses may be visited. No test here may open a connection or look up a name for real."""

import ipaddress
import re
from pathlib import Path

import httpcore2
import pytest

from ingest.fetch.address import allowed_hosts, check_url, is_public, resolve, shown, system_resolver
from ingest.fetch.errors import FetchRefused, HostNotListed, SiteUnreachable
from ingest.fetch.session import Session
from ingest.manifest import read_manifest

HOSTS = frozenset({"www.local.gov.uk", "xn--bcher-kva.example"})
CORPUS = Path(__file__).parents[2] / "corpus"
PAYLOADS = Path(__file__).parents[3] / "shared" / "security" / "ssrf"


class NoConnection(httpcore2.NetworkBackend):
    """Fails the test if anything connects."""

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        pytest.fail(f"a connection to {host}:{port} was opened")


def no_lookup(host, port):
    pytest.fail(f"{host}:{port} was looked up")


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://www.local.gov.uk/a/b?c=d#e", "www.local.gov.uk", 443),
        ("http://www.local.gov.uk", "www.local.gov.uk", 80),
        ("HTTPS://WWW.LOCAL.GOV.UK/A", "www.local.gov.uk", 443),
        ("https://www.local.gov.uk:443/a", "www.local.gov.uk", 443),
        ("http://www.local.gov.uk:80/a", "www.local.gov.uk", 80),
        ("https://www.local.gov.uk/100%25%20of%20it.pdf", "www.local.gov.uk", 443),
        ("https://www.local.gov.uk/caf%C3%A9/é", "www.local.gov.uk", 443),
        ("https://bücher.example/", "xn--bcher-kva.example", 443),
        ("https://BÜCHER.example/", "xn--bcher-kva.example", 443),
    ],
)
def test_a_listed_host_is_allowed(url, host, port):
    target = check_url(url, HOSTS)
    assert (target.host, target.port) == (host, port)
    assert target.url.fragment == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://www.local.gov.uk/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("gopher://www.local.gov.uk:25/_MAIL", "only http and https"),
        ("jar:http://127.0.0.1!/", "does not begin"),
        ("http:www.local.gov.uk/", "does not begin"),
        ("//www.local.gov.uk/", "does not begin"),
        ("www.local.gov.uk", "does not begin"),
        ("", "does not begin"),
        ("http://", "names no host"),
        ("http:///path", "names no host"),
        ("http://user:password@www.local.gov.uk/", "user name"),
        ("http://@www.local.gov.uk/", "user name"),
        ("http://www.local.gov.uk@evil.example/", "user name"),
        ("http://www.local.gov.uk:8080/", "usual ports"),
        ("https://www.local.gov.uk:80/", "usual ports"),
        ("http://www.local.gov.uk:99999999/", "usual ports"),
        ("http://www.local.gov.uk\\@evil.example/", "backslash"),
        ("http://www.local.gov.uk /", "white space"),
        ("http://www.local.gov.uk/a\r\nHost: x", "invisible"),
        ("http://www.local.gov.uk/\x00", "invisible"),
        ("http://www.local.gov.uk/\u200b", "invisible"),
        ("http://www.local.gov.uk/\u2028", "invisible"),
        ("http://www.local.gov.uk/%0d%0aX:y", "control characters"),
        ("http://www.local.gov.uk/%250aX:y", "control characters"),
        ("http://www.local.gov.uk/%25250aX:y", "control characters"),
        ("http://www.local.gov.uk/%25%30%61X:y", "control characters"),
        ("http://www.local.gov.uk/%2525252525", "control characters"),
        ("http://www.local.gov.uk/?q=%00", "control characters"),
        ("http://www.local.gov.uk/%u000a", "percent sign"),
        ("http://www.local.gov.uk/%zz", "percent sign"),
        ("http://www.local.gov.uk/" + "a" * 2000, "longer than"),
        ("http://www.local.gov.uk./", "not in the manifest"),
        ("http://local.gov.uk/", "not in the manifest"),
        ("http://evil.www.local.gov.uk/", "not in the manifest"),
        ("http://www.local.gov.uk.evil.example/", "not in the manifest"),
        ("http://%77ww.local.gov.uk/", "not in the manifest"),
        ("http://ⓦⓦⓦ.local.gov.uk/", "not a valid address"),
        ("http://xn--/", "not in the manifest"),
        ("http://localhost/", "not in the manifest"),
    ],
)
def test_everything_else_is_refused_with_its_reason(url, reason):
    with pytest.raises(FetchRefused, match=re.escape(reason)):
        check_url(url, HOSTS)


@pytest.mark.parametrize(
    "host",
    """127.0.0.1 2130706433 0x7f000001 0X7F.1 0177.0.0.1 127.1 0 0x 8.8.8.8 1.1.1.1. a.example.1 425.510.425.510 7147006462
    [::1] [::ffff:127.0.0.1] [fd00:ec2::254] [2606:4700::1111]""".split(),
)
def test_an_ip_address_in_any_spelling_is_refused_even_if_the_manifest_named_it(host):
    with pytest.raises(FetchRefused) as caught:
        check_url(f"http://{host}/", {host, host.strip("[]"), host.lower()})
    assert not isinstance(caught.value, HostNotListed)


PUBLIC = """1.1.1.1 93.184.216.34 192.0.1.1 192.1.0.1 151.101.0.144 2606:4700::1111 2a04:4e42::144 64:ff9b::101:101""".split()
NOT_PUBLIC = """0.0.0.0 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.127.127.127 168.63.129.16 169.254.169.254 169.254.170.2
    172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    64:ff9b::e000:1 64:ff9b:1::7f00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1
    2002:808:808:: 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1""".split()


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_addresses_that_are_not_public(text):
    assert not is_public(ipaddress.ip_address(text))


def test_one_bad_address_among_good_ones_refuses_the_host():
    with pytest.raises(FetchRefused, match=r"leads to 10\.0\.0\.1"):
        resolve("www.local.gov.uk", 443, resolver=lambda host, port: ["1.1.1.1", "10.0.0.1", "2606:4700::1111"])


def test_all_addresses_are_given_in_order():
    found = resolve("www.local.gov.uk", 443, resolver=lambda host, port: ["2606:4700::1111", "1.1.1.1"])
    assert [str(address) for address in found] == ["2606:4700::1111", "1.1.1.1"]


def test_a_host_without_addresses_is_unreachable():
    with pytest.raises(SiteUnreachable, match="no address"):
        resolve("www.local.gov.uk", 443, resolver=lambda host, port: [])


@pytest.mark.parametrize("host", ["a" * 300 + ".example", "a..b"])
def test_the_system_is_not_confused_by_odd_names(host):
    with pytest.raises(SiteUnreachable):
        system_resolver(host, 80)


def test_what_is_shown_of_a_url_is_one_short_line_of_ascii():
    text = shown("http://x/\r\n\x1b[31m\u202e" + "a" * 500)
    assert text.isascii()
    assert text.isprintable()
    assert len(text) < 220


def test_every_address_of_the_shipped_manifest_is_allowed():
    sources = read_manifest(CORPUS)
    hosts = allowed_hosts(sources)
    urls = [url for source in sources for url in (source.url, *source.alternates) if url]
    assert len(urls) > 100
    assert {check_url(url, hosts).host for url in urls} == hosts


def payloads() -> list[str]:
    """Every payload of the lists, by one rule: each line of a text file is a path; in Markdown, each line of a code block, each
    inline code, table cell and <link> outside the reference list is one, as it stands and as any URL in it. Nothing is picked by hand.
    """
    found: dict[str, None] = {}
    for file in sorted(PAYLOADS.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                found.update({line.strip(): None, f"http://www.local.gov.uk{line.strip()}": None})
    for file in sorted(PAYLOADS.glob("*.md")):
        text = file.read_text(encoding="utf-8").partition("\n## References")[0]
        blocks = re.findall(r"^[ \t]*```\w*\n(.*?)^[ \t]*```", text, re.DOTALL | re.MULTILINE)
        pieces = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
        pieces += re.findall(r"`([^`\n]+)`", text) + re.findall(r"<([a-z]+:[^>\s]+)>", text)
        rows = re.findall(r"^[ \t]*\|(.+)\|[ \t]*$", text, re.MULTILINE)
        pieces += [cell.strip(" `") for row in rows for cell in row.split("|")]
        for piece in pieces:
            urls = re.findall(r"[A-Za-z0-9][A-Za-z0-9+.-]*:[^\s\"'`]*", piece)
            nested = [url[start:] for url in urls for start in (m.start() for m in re.finditer(r"https?:", url))]
            found.update(dict.fromkeys([piece, *urls, *nested, f"http://{piece}/"]))
    return list(found)


needs_payloads = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the SSRF payload lists are not on this machine")


@needs_payloads
def test_every_payload_is_refused_before_a_name_is_looked_up_or_a_connection_opened():
    sources = read_manifest(CORPUS)
    session = Session(allowed_hosts(sources), resolver=no_lookup, backend=NoConnection(), sleep=lambda seconds: None)
    found = payloads()
    assert len(found) > 250
    accepted = []
    for payload in found:
        for visit in (session.get, session.look):
            try:
                visit(payload)
            except FetchRefused:
                continue
            accepted.append(payload)
    assert accepted == []


@needs_payloads
@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:a9fe:a9fe", "fd00:ec2::254"])
def test_every_payload_is_refused_even_if_the_manifest_named_its_host(inside):
    """The second wall: with every host let through, names still lead inside and addresses are still addresses."""

    class Every(frozenset):
        def __contains__(self, host):
            return True

    session = Session(Every(), resolver=lambda host, port: [inside], backend=NoConnection(), sleep=lambda seconds: None)
    led_inside = 0
    for payload in payloads():
        with pytest.raises(FetchRefused) as caught:
            session.get(payload)
        led_inside += "not on the public internet" in str(caught.value)
    assert led_inside > 10
