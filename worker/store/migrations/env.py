"""What Alembic runs: the migrations, on the connection and in the transaction that `worker.store.schema` opened."""

from __future__ import annotations

from alembic import context

from worker.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
