"""Hosts whose pages are read: what is asked of them counts with the polls of their feeds."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from worker.store.tables.base import metadata
from worker.store.types import UtcDateTime

page_hosts = Table(
    "page_hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
    # Until then at most its answer is waited for; NULL: it has come.
    Column("busy_until", UtcDateTime),
)
