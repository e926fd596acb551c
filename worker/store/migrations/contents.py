"""What migration 0004 makes of the items' content hashes: they stood for link, title and text, now for the words alone.

The hash is written down here a second time, as it was then: a migration stays what it was.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 1_000
_SOME = sa.text("SELECT id, title, text FROM items WHERE id > :after ORDER BY id LIMIT :most")
_HASHED = sa.text("UPDATE items SET content = :content WHERE id = :id")


def rehash(connection: Connection) -> None:
    """Hash all items anew, some at a time."""
    after = 0
    while rows := connection.execute(_SOME, {"after": after, "most": _AT_ONCE}).all():
        connection.execute(_HASHED, [{"id": row.id, "content": _content(row.title, row.text)} for row in rows])
        after = rows[-1].id


def _content(title: str, text: str) -> bytes:
    said = (" ".join(part.casefold().split()) for part in (title, text))
    return blake2b("\0".join(("said", *said)).encode("utf-8", "replace"), digest_size=16).digest()
