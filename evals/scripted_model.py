"""A language model's server that speaks as OpenAI's does, over real HTTP, and writes what a script says. On loopback only."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from evals.writers import WRITERS, Task, read_task

Play = Callable[["Handler", Mapping[str, Any]], None]
_LONGEST = 30.0
"""Seconds after which even a server that hangs lets go, so that a test can fail."""


class Handler(BaseHTTPRequestHandler):
    """Plays what is set for POST /v1/chat/completions, and keeps what it was sent."""

    protocol_version = "HTTP/1.1"
    server: "ScriptedModel"

    def do_POST(self) -> None:
        """Reads the request and plays."""
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        self.server.requests.append(sent)
        self.server.keys.append(self.headers.get("Authorization", ""))
        try:
            self.server.play(self, sent)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_GET(self) -> None:
        """There is nothing to get."""
        self.answer(404, b"{}")

    def answer(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        """A whole response."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        """The head of a stream of events, which ends with the connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, delta: Mapping[str, Any], finish: str | None = None) -> None:
        """One chunk of a completion."""
        chunk = {
            "id": "scripted-1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "scripted",
            "choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}],
        }
        self.raw(f"data: {json.dumps(chunk)}\n\n")

    def raw(self, text: str) -> None:
        """Bytes as they are, at once."""
        self.wfile.write(text.encode())
        self.wfile.flush()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class ScriptedModel(ThreadingHTTPServer):
    """`play` may be changed while it runs; `requests` and `keys` are what it was sent, `sentence_at` when its first line was out."""

    daemon_threads = True

    def __init__(self, play: Play | None = None, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.play: Play = play or writing(WRITERS["honest"])
        self.requests: list[Mapping[str, Any]] = []
        self.keys: list[str] = []
        self.sentence_at: float | None = None
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        """What goes into GUIDANCE_CHAT_BASE_URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=partial(self.serve_forever, poll_interval=0.01), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join(5)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests want."""


def task_of(sent: Mapping[str, Any]) -> Task:
    """The task in the last message of a request."""
    content = sent["messages"][-1]["content"]
    return read_task(content if isinstance(content, str) else content[0]["text"])


def writing(writer: Callable[[Task], Iterator[str]], *, seconds_between: float = 0.0) -> Play:
    """Writes sentence by sentence, in pieces of a word, with a pause before each."""

    def play(handler: Handler, sent: Mapping[str, Any]) -> None:
        handler.begin()
        handler.server.sentence_at = None
        handler.event({"role": "assistant", "content": ""})
        for sentence in writer(task_of(sent)):
            for word in f"{sentence}\n".split(" "):
                if handler.server.stopping.wait(seconds_between):
                    return
                ends = word.endswith("\n")
                handler.event({"content": word if ends else f"{word} "})
                if ends and handler.server.sentence_at is None:
                    handler.server.sentence_at = time.monotonic()
        handler.event({}, "stop")
        handler.raw("data: [DONE]\n\n")

    return play


def saying(text: str, finish: str = "stop") -> Play:
    """Writes a text, whatever it is asked."""

    def play(handler: Handler, sent: Mapping[str, Any]) -> None:
        handler.begin()
        for place in range(0, len(text), 50):
            handler.event({"content": text[place : place + 50]})
        handler.event({}, finish)
        handler.raw("data: [DONE]\n\n")

    return play


def status(code: int, **headers: str) -> Play:
    """Refuses with an error of the API."""
    body = json.dumps({"error": {"message": "scripted", "type": "scripted", "code": None}}).encode()
    return lambda handler, sent: handler.answer(code, body, **headers)


def hanging(handler: Handler, sent: Mapping[str, Any]) -> None:
    """Takes the request and never answers."""
    handler.server.stopping.wait(_LONGEST)


def keeping_alive(handler: Handler, sent: Mapping[str, Any]) -> None:
    """Sends signs of life and never a word."""
    handler.begin()
    began = time.monotonic()
    while not handler.server.stopping.wait(0.05) and time.monotonic() - began < _LONGEST:
        handler.raw(": still here\n\n")


def dripping(handler: Handler, sent: Mapping[str, Any]) -> None:
    """Sends a letter now and then, for longer than anybody waits."""
    handler.begin()
    began = time.monotonic()
    while not handler.server.stopping.wait(0.1) and time.monotonic() - began < _LONGEST:
        handler.event({"content": "a"})


def breaking_off(writer: Callable[[Task], Iterator[str]], *, stalls: bool = False) -> Play:
    """Writes one sentence and half of another, then closes the connection, or says nothing more."""

    def play(handler: Handler, sent: Mapping[str, Any]) -> None:
        handler.begin()
        first, *rest = [*writer(task_of(sent)), "And another"]
        handler.event({"content": f"{first}\n"})
        handler.event({"content": rest[0][: len(rest[0]) // 2]})
        if stalls:
            handler.server.stopping.wait(_LONGEST)

    return play


def garbage(handler: Handler, sent: Mapping[str, Any]) -> None:
    """Sends events that are no JSON."""
    handler.begin()
    handler.raw("data: {'not': json\n\ndata: \x00\x01\x02\n\n")


def web_page(handler: Handler, sent: Mapping[str, Any]) -> None:
    """Answers with a web page, as an address does that is no API."""
    handler.answer(200, b"<!doctype html><title>Welcome</title><p>Sign in</p>", "text/html")


def calling_tools(handler: Handler, sent: Mapping[str, Any]) -> None:
    """Calls a tool that nobody offered."""
    handler.begin()
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "send_mail", "arguments": "{}"}}
    handler.event({"role": "assistant", "content": None, "tool_calls": [call]})
    handler.event({}, "tool_calls")
    handler.raw("data: [DONE]\n\n")


FAULTS: dict[str, Play] = {
    "refusal": saying("I'm sorry, but I can't help with that."),
    "status-401": status(401),
    "status-404": status(404),
    "status-429": status(429, Retry_After="30"),
    "status-500": status(500),
    "status-503": status(503),
    "hang": hanging,
    "keep-alive": keeping_alive,
    "drip": dripping,
    "cut": breaking_off(WRITERS["honest"]),
    "stall": breaking_off(WRITERS["honest"], stalls=True),
    "empty": saying(""),
    "garbage": garbage,
    "web-page": web_page,
    "huge": saying("Councils must do everything at once [1]. " * 25_000),
    "one-endless-sentence": saying("and then " * 100_000),
    "wrong-language": saying("Les communes doivent publier un avis de marché avant tout achat public. [1]\n" * 3),
    "tool-calls": calling_tools,
    "links": saying(
        "Read [the guidance](https://example.org/x) now. [1]\nSee https://example.org/y first. [2]\n"
        "`rm -rf /` [1]\n<b>Bold</b> text here. [1]\n"
    ),
    "length": saying("A council may do as it", finish="length"),
    "filtered": saying("A council", finish="content_filter"),
}
