"""What Alembic runs: the steps, on the connection that :mod:`serving.database.migration` holds."""

from __future__ import annotations

from alembic import context

# SQLite, too, takes back a step that failed: its transaction was begun by hand.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
