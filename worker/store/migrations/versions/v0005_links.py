"""Items are found by their links: whatever way a link is spelt, it is one page (`worker.stories.canonical`)."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

from worker.stories.canonical import canonical_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 1_000
_SOME = sa.text("SELECT id, link FROM items WHERE id > :after AND link IS NOT NULL ORDER BY id LIMIT :most")
_HASHED = sa.text("UPDATE items SET link_hash = :hash WHERE id = :id")


def upgrade() -> None:
    """Hash the one spelling of each link in place of the link as it came, and index that."""
    _rehash(op.get_bind())
    op.create_index("ix_items_link_hash", "items", ["link_hash"])


def _rehash(connection: Connection) -> None:
    after = 0
    while rows := connection.execute(_SOME, {"after": after, "most": _AT_ONCE}).all():
        connection.execute(_HASHED, [{"id": row.id, "hash": _hash(canonical_url(row.link))} for row in rows])
        after = rows[-1].id


def _hash(link: str) -> bytes:
    return blake2b(link.encode("utf-8", "surrogatepass"), digest_size=16).digest()
