"""A real HTTP server on loopback that plays the service for what the real one does not do when it is well.

It gives the widget's real files, and answers the API as a test scripts it: slowly, in part, refusing, for another site.
"""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from api.widget_files import WIDGET

Play = Callable[["Handler"], None]
# What a host page that is as strict as pages can be allows: its own styles, no inline ones, no markup made of text.
STRICT = (
    "default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Script:
    """What is played for a method and path, and what was asked."""

    plays: dict[str, Play] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __setitem__(self, request: str, play: Play) -> None:
        self.plays[request] = play

    def bodies(self, path: str) -> list[Any]:
        return [each.body for each in self.asked if each.path == path and each.method == "POST"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "ScriptedService"
    body: Any

    def do_GET(self) -> None:
        path, length = self.path.partition("?")[0], int(self.headers.get("Content-Length", 0))
        self.body = body = json.loads(self.rfile.read(length)) if length else None
        if "/v1/" in path and self.command != "OPTIONS":
            self.server.script.asked.append(Asked(self.command, path, dict(self.headers), body))
        play = self.server.script.plays.get(f"{self.command} {path}") or self._file(path)
        try:
            play(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_POST = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

    def _file(self, path: str) -> Play:
        if self.command == "OPTIONS":
            return reply(204)
        file = WIDGET / ("entry.js" if path == "/widget.js" else Path(path).name)
        if not path.startswith("/widget") or not file.is_file():
            return problem(404, "not-found")
        return reply(200, file.read_bytes(), Content_Type="text/javascript")

    def head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        common = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
        }
        for name, value in {**common, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class ScriptedService(ThreadingHTTPServer):
    """The server, with its script."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = Script()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves is what some tests want."""

    def __enter__(self) -> "ScriptedService":
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join(5)
        self.server_close()


def reply(status: int, body: bytes = b"", **headers: str) -> Play:
    def play(handler: Handler) -> None:
        handler.head(status, Content_Length=str(len(body)), **headers)
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return play


def reply_json(value: object, status: int = 200, **headers: str) -> Play:
    return reply(status, json.dumps(value).encode(), Content_Type="application/json", **headers)


def problem(status: int, name: str, detail: str = "What happened.", **headers: str) -> Play:
    value = {
        "type": f"/problems/{name}",
        "title": "Problem",
        "status": status,
        "detail": detail,
        "request_id": "trace-0123",
    }
    return reply_json(value, status, **headers)


def stream(*steps: dict[str, Any] | Callable[[], object]) -> Play:
    """Server-sent events, numbered as they come. A step that can be called is waited for; then the connection is closed."""

    def play(handler: Handler) -> None:
        handler.head(200, Content_Type="text/event-stream", Connection="close")
        number = 0
        for step in steps:
            if callable(step):
                step()
                continue
            data = json.dumps({"sequence_number": number, **step})
            handler.wfile.write(f"event: {step['type']}\r\ndata: {data}\r\n\r\n: ping\r\n\r\n".encode())
            handler.wfile.flush()
            number += 1
        handler.close_connection = True

    return play


def events(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a whole answer, in the order of the contract."""
    return [
        {
            "type": "answer.started",
            "answer_id": answer["id"],
            "conversation_id": answer["conversation_id"],
            "question": "",
        },
        {"type": "answer.sources", "citations": answer["citations"]},
        *({"type": "answer.statement", "statement": each} for each in answer["statements"]),
        *({"type": "answer.notice", "notice": each} for each in answer["notices"]),
        {"type": "answer.completed", "answer": answer},
    ]


def answer_as_asked(answer: dict[str, Any]) -> Play:
    """The answer as a stream, with the question that was asked."""
    return lambda handler: stream(*events(answer | {"question": handler.body["question"]}))(handler)


def host_page(service: str, attributes: str = "", head: str = "") -> bytes:
    """A page that embeds the widget. With `head` it can keep room for it, as docs/integrators.md says."""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Intranet</title>{head}'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<script type="module" src="{service}/widget.js"></script></head><body><main><h1>Intranet</h1>'
        f"<procurement-guidance {attributes}><p>This needs JavaScript.</p></procurement-guidance></main>"
        "<footer><p>The council</p></footer></body></html>"
    ).encode()


def in_turn(plays: Iterable[Play]) -> Play:
    """One after the other; the last one for ever."""
    left = list(plays)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)
