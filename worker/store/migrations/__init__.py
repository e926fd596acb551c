"""Alembic migrations, run by `worker.store.migrating`; there is no alembic.ini."""
