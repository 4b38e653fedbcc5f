"""Brings a database to the tables of this version, when the service starts."""

from pathlib import Path

from sqlalchemy import Engine, text

# Any number that nothing else of the council's takes as an advisory lock.
_LOCK = 7_206_514_389


def migrate(engine: Engine) -> None:
    """Runs the steps that a database lacks, all or none, while no other process does.

    SQLite: `BEGIN IMMEDIATE` keeps others out. PostgreSQL: an advisory lock, until the transaction ends.
    """
    # Imported here, because a process that finds its tables up to date would rather start quickly.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
