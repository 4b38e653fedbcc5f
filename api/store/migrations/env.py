"""Run by Alembic. The connection, and the transaction in which all is done or nothing, are api/store/migrate.py's."""

from alembic import context

from api.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
