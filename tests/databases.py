"""Real databases for tests: an SQLite file, and a PostgreSQL database of one's own on this machine's server."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

SERVER = ("127.0.0.1", 5432)


@contextmanager
def own_postgresql() -> Iterator[str]:
    """The address of an empty database, which is dropped afterwards. Without a server the test is skipped; in CI it fails."""
    try:
        server = psycopg.connect(host=SERVER[0], port=SERVER[1], user="postgres", dbname="postgres", autocommit=True)
    except psycopg.OperationalError:
        message = "PostgreSQL does not run at 127.0.0.1:5432 (user postgres, trusted)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    name = f"guidance_store_{secrets.token_hex(6)}"
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://postgres@{SERVER[0]}:{SERVER[1]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def empty(address: str) -> None:
    """Takes everything out of a database of one's own."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


class Wire:
    """A way to the PostgreSQL server that can fall silent, as a stopped server does, or be cut."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._flowing = threading.Event()
        self._flowing.set()
        self._ends: list[socket.socket] = []
        self._cut = False

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def fall_silent(self) -> None:
        """What is sent is taken, and nothing comes back."""
        self._flowing.clear()

    def flow(self) -> None:
        """All is well again."""
        self._cut = False
        self._flowing.set()

    def cut(self) -> None:
        """Breaks all connections off, and takes no new ones."""
        self._cut = True
        self._flowing.set()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self._cut:
                near.close()
                continue
            far = socket.create_connection(SERVER)
            self._ends += [near, far]
            for start, end in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(start, end), daemon=True).start()

    def _carry(self, start: socket.socket, end: socket.socket) -> None:
        with suppress(OSError):
            while data := start.recv(65536):
                self._flowing.wait(30)
                end.sendall(data)
            end.shutdown(socket.SHUT_WR)
