"""A network without sockets, for tests of single visits: it answers what was prepared, and remembers what was asked of it."""

import httpcore2

from ingest.fetch.visit import Asking, Limits, Reply, Visitor

PUBLIC, OTHER_PUBLIC = "93.184.216.34", "1.1.1.1"
WHOLE = Asking(most_bytes=1_000_000)


def response(status: str, body: bytes = b"", **headers: str) -> bytes:
    fields = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


class Stream(httpcore2.MockStream):
    """A connection that answers with what was prepared, and remembers what was asked of it."""

    def __init__(self, answer: bytes, backend: "Backend") -> None:
        super().__init__([answer])
        self.backend = backend

    def write(self, buffer, timeout=None):
        self.backend.sent += buffer

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.backend.tls.append((server_hostname, ssl_context.check_hostname, ssl_context.verify_mode))
        return self

    def close(self):
        self.backend.open.discard(self)
        super().close()


class Backend(httpcore2.NetworkBackend):
    """Answers connections to public addresses itself; lets all others through to the real network, as a mistake would."""

    def __init__(self, *answers: bytes, ports: dict[int, int] | None = None) -> None:
        self.answers = list(answers)
        self.ports = ports or {}
        self.connected: list[tuple[str, int]] = []
        self.tls: list[tuple] = []
        self.sent = b""
        self.open: set[Stream] = set()

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        if host in (PUBLIC, OTHER_PUBLIC):
            stream = Stream(self.answers.pop(0), self)
            self.open.add(stream)
            return stream
        return httpcore2.SyncBackend().connect_tcp(host, self.ports.get(port, port), timeout, local_address, [])


def visitor(
    backend, resolver=lambda host, port: [PUBLIC], hosts=("guidance.example",), limits=None, **options
) -> Visitor:
    return Visitor(frozenset(hosts), limits or Limits(), resolver=resolver, backend=backend, **options)


def visit(subject: Visitor, url: str, asking: Asking = WHOLE) -> Reply:
    return subject.visit(url, asking, lambda target: None)
