"""Alembic migrations, run by `worker.store.schema`; there is no alembic.ini."""
