"""The database behind the store: opened when it is first needed, and given up on for a while when it fails."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from api.settings import ApiSettings
from api.store.engine import READ_ONLY, WAIT_SECONDS, default_url, open_engine
from api.store.errors import StoreUnavailableError
from api.store.migrate import migrate

logger = logging.getLogger(__name__)

# After a failure nobody waits for the database for so long: it would cost every answer the whole wait.
PAUSE_SECONDS = 2.0
IN_MEMORY = "sqlite://"


class Store:
    """Transactions on one database. What is done in them stands in the other modules of this folder.

    A server runs without its database, and notices when it is back. Where `keeps` is false, answers are not to be kept.
    """

    def __init__(self, url: str, *, keeps: bool = True) -> None:
        self.keeps = keeps
        self._engine = open_engine(url)
        self._lock, self._writer = threading.Lock(), threading.Lock()
        self._migrated = False
        self._paused_until = 0.0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all that is done in it, or nothing. Committed, it survives the end of the process and of power.

        Raises:
            StoreUnavailableError: the database can't be used.
        """
        with self._available(), self._only_writer(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the database as it is now.

        Raises:
            StoreUnavailableError: the database can't be used.
        """
        with self._available(), self._engine.connect().execution_options(**READ_ONLY) as connection:
            yield connection

    def forget(self) -> None:
        """Empties SQLite's log, which holds deleted text until then. Where another reads just now, the next call does it."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._available():
            connection = self._engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                connection.close()

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    @contextmanager
    def _available(self) -> Iterator[None]:
        if time.monotonic() < self._paused_until:
            raise StoreUnavailableError("The database failed a moment ago.")
        try:
            if not self._migrated:
                self._migrate()
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            # Without the statement and its values, which hold what officers asked.
            reason = error.orig if isinstance(error, DBAPIError) else error
            logger.warning("the store can't be used: %s", reason)
            raise StoreUnavailableError(f"The database can't be used: {reason}") from None

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        """SQLite has one writer at a time, and has the others look again and again: here they take turns instead."""
        if self._engine.dialect.name != "sqlite":
            yield
            return
        if not self._writer.acquire(timeout=WAIT_SECONDS):
            raise StoreUnavailableError("Others have been writing for too long.")
        try:
            yield
        finally:
            self._writer.release()

    def _migrate(self) -> None:
        # Bounded, because another thread may wait for a database that does not answer.
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise StoreUnavailableError("The database is still being opened.")
        try:
            if not self._migrated:
                migrate(self._engine)
                self._migrated = True
        finally:
            self._lock.release()


def open_store(settings: ApiSettings, data_dir: Path) -> Store:
    """The store that the settings ask for; an empty one in memory where nothing is to be kept.

    Raises:
        SettingsError: the address of the database is none.
    """
    if settings.retention_days == 0:
        return Store(IN_MEMORY, keeps=False)
    return Store(store_url(settings, data_dir))


def store_url(settings: ApiSettings, data_dir: Path) -> str:
    """Where answers are kept."""
    return settings.store_url.get_secret_value() if settings.store_url else default_url(data_dir)
