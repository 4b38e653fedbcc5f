"""Redis and PostgreSQL on this machine, for tests that need the real ones: required in CI, and told where they are absent."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

REDIS = "redis://127.0.0.1:6379/0"
POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


def require(url: str) -> None:
    """Skips a test whose service does not listen. In CI it fails instead."""
    parsed = make_url(url)
    try:
        socket.create_connection((parsed.host, parsed.port), timeout=2).close()
    except OSError:
        message = f"{parsed.get_backend_name()} does not listen at {parsed.host}:{parsed.port}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@contextmanager
def own_schema(name: str) -> Iterator[str]:
    """The address of PostgreSQL with a schema of this test's own, which is dropped afterwards."""
    require(POSTGRESQL)
    engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE SCHEMA "{name}"'))
        yield f"{POSTGRESQL}?options=-csearch_path%3D{name}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))
        engine.dispose()
