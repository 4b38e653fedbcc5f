"""A real HTTP server on loopback that plays publishers' sites: fine ones, moved, broken, slow, huge and hostile ones.

Names lead to it without DNS: `Wires` is the network that a session is given, on which every address is this server.
"""

import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpcore2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Page = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Plays the page that was set for a path."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.requests[path].append({name.lower(): value for name, value in self.headers.items()})
        self.server.methods[path].append(self.command)
        try:
            self.server.pages.get(path, answer(404))(self)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    """The server, with what it plays and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Page] = {}
        self.requests: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.methods: dict[str, list[str]] = defaultdict(list)
        self.connections = 0

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is what some tests want."""

    def __enter__(self) -> "Server":
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join(5)
        self.server_close()


class Wires(httpcore2.NetworkBackend):
    """Connects to the address it is told to, as the real network does, but to the playing server's port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.connected: list[tuple[str, int]] = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        return httpcore2.SyncBackend().connect_tcp(host, self._port, timeout, local_address, socket_options or [])


def answer(status: int, body: bytes = b"", **headers: str) -> Page:
    """A plain answer; underscores in header names are hyphens."""

    def page(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(body)

    return page


def in_turn(*pages: Page) -> Page:
    """One page after the other; the last one for ever."""
    left = list(pages)

    def page(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return page


def with_etag(etag: str, body: bytes, content_type: str = "text/html") -> Page:
    """A page that answers 304 to those who have it."""

    def page(handler: Handler) -> None:
        known = handler.headers.get("If-None-Match") == etag
        (answer(304, ETag=etag) if known else answer(200, body, ETag=etag, Content_Type=content_type))(handler)

    return page


def dripping(*, seconds: float, stop: threading.Event, head_too: bool = False) -> Page:
    """A page that sends a byte every so often, for as long as it is let: ten seconds at most, so that a test can fail."""

    def page(handler: Handler) -> None:
        if head_too:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(int(10 / seconds)):
            if stop.wait(seconds):
                return
            handler.wfile.write(b"a")

    return page


def silent(stop: threading.Event) -> Page:
    """A page that takes the question and never answers."""
    return lambda handler: stop.wait(30) and None


def endless(handler: Handler) -> None:
    """A page that does not say how long it is, and sends 100 MB before it ends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    for _ in range(1600):
        handler.wfile.write(piece)
    handler.wfile.write(b"0\r\n\r\n")


class Authority:
    """A certificate authority that the tests trust, and the certificates that it gives."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Playing authority")])
        builder = self._builder(self._name, self._key.public_key())
        self._certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
            self._key, hashes.SHA256()
        )

    def client_context(self) -> ssl.SSLContext:
        """What a client that trusts this authority, and nobody else, uses."""
        pem = self._certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server_context(self, host: str, folder: Path) -> ssl.SSLContext:
        """What a server that can prove to be `host` uses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = (
            self._builder(subject, key.public_key())
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
        )
