"""An engine for each kind of database, with waits that end."""

import math
import os
from pathlib import Path
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import RV, PQGen
from psycopg.errors import _WaitTimeout
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from assistant.errors import SettingsError

# How long anything may wait for the database: another writer, a connection, an answer.
WAIT_SECONDS = 2.0
READ_ONLY = {"read_only": True}


def default_url(data_dir: Path) -> str:
    """Where the store is unless a setting says otherwise."""
    return URL.create("sqlite", database=str(data_dir / "store.sqlite")).render_as_string(hide_password=False)


def open_engine(url: str) -> Engine:
    """The engine for an address of a database. Nothing is connected to yet.

    Raises:
        SettingsError: it is no address, or of another kind than SQLite and PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(_NOT_AN_ADDRESS) from None
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres":
            return _postgresql(parsed.set(drivername="postgresql+psycopg"))
        case _:
            raise SettingsError(_NOT_AN_ADDRESS)


_NOT_AN_ADDRESS = (
    "GUIDANCE_API_STORE_URL is not valid: it must be the address of a database, such as sqlite:////srv/guidance/store.sqlite or "
    "postgresql://user:password@host/database."
)


def _sqlite(url: URL) -> Engine:
    # A database in memory lives as long as its connection: there is one, and threads wait for it.
    in_memory = url.database in (None, "", ":memory:")
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if in_memory else {}
    arguments = {"timeout": WAIT_SECONDS, "check_same_thread": False, "cached_statements": 64}
    engine = create_engine(url, connect_args=arguments, poolclass=QueuePool, pool_timeout=WAIT_SECONDS, **pool)

    @event.listens_for(engine, "do_connect")
    def _make_private(*_: Any) -> None:
        # What officers asked is for nobody else on the machine. The files beside it get the same mode from SQLite.
        if url.database and not in_memory and "mode" not in url.query:
            os.close(os.open(url.database, os.O_CREAT | os.O_RDWR, 0o600))

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The module would begin transactions by itself, and only before writes; `_begin` does it.
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A transaction that reads first and then finds that another has written can't go on: who will write says so first.
        reads = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


class BoundedConnection(Connection[Any]):
    """A connection that gives up when the server is silent: a server that was stopped still acknowledges packets."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """See psycopg.Connection."""
        try:
            return super().wait(gen, interval, WAIT_SECONDS if timeout is None else timeout)
        except _WaitTimeout:
            self.pgconn.finish()
            raise OperationalError("the database did not answer in time") from None


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_timeout=WAIT_SECONDS,
        pool_size=8,
        max_overflow=0,
        pool_recycle=1800,
        connect_args={
            # In whole seconds, and never less than 2.
            "connect_timeout": max(2, math.ceil(WAIT_SECONDS)),
            "options": f"-c statement_timeout={int(WAIT_SECONDS * 1000)} -c lock_timeout={int(WAIT_SECONDS * 1000)}",
        },
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> Any:
        return BoundedConnection.connect(*arguments, **parameters)

    return engine
