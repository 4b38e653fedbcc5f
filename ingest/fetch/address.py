"""Which URLs and addresses may be visited: the guard against server-side request forgery (SSRF).

The order is that of the OWASP SSRF prevention sheet: an allow-list of hosts first, then every address that the name resolves to.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import unquote

import httpx2

from assistant.types import Source
from ingest.fetch.errors import FetchRefused, HostNotListed, SiteUnreachable

Address = IPv4Address | IPv6Address
AddressCheck = Callable[[Address], bool]
Resolver = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host, as text, for a port."""

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2000
_DEEPEST_ENCODING = 4
_LONGEST_SHOWN = 200
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# WHATWG URL, "ends in a number": such a host is an IPv4 address in one of its decimal, octal or hexadecimal spellings.
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?")

# Python 3.11's `is_global` misses these (it depends on the patch release). IANA special-purpose address registries, 2025.
_NOT_PUBLIC_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is Oracle Cloud's metadata service
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "168.63.129.16/32",  # Azure's platform service: a public number that only means the host below
    )
)
_PUBLIC_IPV6 = IPv6Network("2000::/3")
_NOT_PUBLIC_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address; withdrawn (RFC 7526)
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be visited. `host` is as it goes into DNS, TLS and the Host header."""

    url: httpx2.URL
    host: str
    port: int


def allowed_hosts(sources: Iterable[Source]) -> frozenset[str]:
    """The exact host names of all addresses in the manifest: nothing else is ever visited."""
    hosts = set()
    for url in (url for source in sources for url in (source.url, *source.alternates) if url):
        with suppress(httpx2.InvalidURL):  # such an address is refused when its source's turn comes
            hosts.add(httpx2.URL(url).raw_host.decode("ascii"))
    return frozenset(hosts)


def check_url(url: str, hosts: Collection[str]) -> Target:
    """Checks a URL from the manifest or from a redirect, before anything is resolved.

    Raises:
        FetchRefused: it must not be visited; the message says why.
    """
    reason = _unfit(url)
    if reason:
        raise FetchRefused(f"{shown(url)}: {reason}.")
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise FetchRefused(f"{shown(url)}: it is not a valid address ({error}).") from error
    host = parsed.raw_host.decode("ascii")
    if parsed.scheme not in _PORTS:
        raise FetchRefused(f"{shown(url)}: only http and https are fetched, not {parsed.scheme}.")
    if parsed.port is not None:
        raise FetchRefused(f"{shown(url)}: only the usual ports are used, not {parsed.port}.")
    if not host or _is_address(host):
        raise FetchRefused(
            f"{shown(url)}: it names no host, or a bare IP address. Guidance is fetched by host name only."
        )
    if host not in hosts:
        raise HostNotListed(
            f"{shown(url)}: the host {host} is not in the manifest. "
            "If it is the publisher's, put the address into corpus/sources.yaml."
        )
    return Target(url=parsed.copy_with(fragment=None), host=host, port=_PORTS[parsed.scheme])


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, in all the ways that IPv6 has to carry an IPv4 address."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        inside = address in _PUBLIC_IPV6 and not any(address in network for network in _NOT_PUBLIC_IPV6)
    else:
        inside = not any(address in network for network in _NOT_PUBLIC_IPV4)
    return inside and address.is_global and not address.is_multicast


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses of a host, IPv4 and IPv6, as the system knows them.

    Raises:
        SiteUnreachable: there are none, or nobody could be asked.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        retryable = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        raise SiteUnreachable(
            f"{host} was not found ({error}). Check this machine's connection and the address in the manifest.",
            retryable=retryable,
        ) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(
    host: str, port: int, *, resolver: Resolver = system_resolver, is_allowed_address: AddressCheck = is_public
) -> tuple[Address, ...]:
    """The addresses of a host, every one of them checked. The caller must connect to one of these, and look up nothing again.

    Raises:
        FetchRefused: one of them must not be visited. One bad address refuses all: it is how rebinding begins.
        SiteUnreachable: there are none.
    """
    addresses = tuple(ipaddress.ip_address(text) for text in resolver(host, port))
    if not addresses:
        raise SiteUnreachable(f"{host} has no address. Check the address in the manifest.")
    for address in addresses:
        if not is_allowed_address(address):
            raise FetchRefused(
                f"{host} leads to {address}, which is not on the public internet. Check the host, and this machine's DNS."
            )
    return addresses


def shown(url: str) -> str:
    """A URL as it may be printed and logged: one line of ASCII, not endless."""
    text = ascii(url)[1:-1]
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


def _unfit(url: str) -> str | None:
    """What is wrong with the text of a URL, whatever a parser would make of it: parsers disagree on exactly these."""
    if len(url) > _LONGEST_URL:
        return f"it is longer than {_LONGEST_URL} characters"
    if any(not character.isprintable() or character.isspace() or character == "\\" for character in url):
        return "it holds white space, a backslash or an invisible character"
    if _STRAY_PERCENT.search(url):
        return "it holds a percent sign that encodes nothing"
    if _hides_control_characters(url):
        return "it hides control characters"
    authority = _AUTHORITY.match(url)
    if authority is None:
        return "it does not begin with http:// or https:// and a host"
    if "@" in authority[1]:
        return "it carries a user name"
    return None


def _hides_control_characters(text: str) -> bool:
    for _ in range(_DEEPEST_ENCODING):
        if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
            return True
        decoded = unquote(text)
        if decoded == text:
            return False
        text = decoded
    return True  # no honest address is encoded this often


def _is_address(host: str) -> bool:
    return ":" in host or _NUMERIC_HOST.fullmatch(host) is not None
