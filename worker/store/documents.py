"""Documents: what is remembered of the last one of each feed, so that the next need not be read whole."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from worker.records import Memory, Remembered
from worker.store import leases
from worker.store.tables import documents, items
from worker.store.transactions import Database, insert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.dialects import postgresql

    from worker.records import PollRecord

_SLICE = struct.Struct(">16sq8s8s8s8s")
"""A slice: its digest, the item's id, and the digests of four names; 56 bytes."""


_d = documents.c
_REMEMBERED = select(_d.frame, _d.slices).where(_d.feed_id == bindparam("feed"))
_FORGOTTEN = documents.delete().where(_d.feed_id.in_(bindparam("ids", expanding=True)))
_KNOWN = select(items.c.identity, items.c.id).where(
    items.c.feed_id == bindparam("feed"), items.c.identity.in_(bindparam("identities", expanding=True))
)


class Documents(Database):
    """The memory of documents."""

    def memory(self, feed: int) -> Memory | None:
        """Load what is remembered (see PollStore)."""
        with self._transaction("look") as connection:
            row = connection.execute(_REMEMBERED, {"feed": feed}).one_or_none()
        if row is None:
            return None
        slices = (Remembered(said, item, (a, b, c, d)) for said, item, a, b, c, d in _SLICE.iter_unpack(row.slices))
        return Memory(row.frame, tuple(slices))


def write_memory(connection: Connection, records: Sequence[PollRecord], added: Mapping[tuple[int, bytes], int]) -> None:
    """Remember or forget documents, as each record says; `added`: the items just written, by feed and identity.

    A slice whose item is nowhere is left out: it will be read again.
    """
    told = [record for record in records if not record.keep_memory]
    for part in leases.chunks([record.feed for record in told if record.frame is None]):
        connection.execute(_FORGOTTEN, {"ids": part})
    values = [
        {"feed_id": record.feed, "frame": record.frame, "slices": _packed(record, _ids(connection, record, added))}
        for record in told
        if record.frame is not None
    ]
    if values:
        connection.execute(_replacing(connection.dialect.name), values)


@lru_cache
def _replacing(dialect: str) -> postgresql.Insert:
    fresh = insert(dialect, documents)
    replaced = {"frame": fresh.excluded.frame, "slices": fresh.excluded.slices}
    return fresh.on_conflict_do_update(index_elements=["feed_id"], set_=replaced)


def _packed(record: PollRecord, ids: Mapping[bytes, int]) -> bytes:
    found = ((slice_, slice_.item or ids.get(slice_.identity or b"")) for slice_ in record.slices)
    return b"".join(_SLICE.pack(slice_.slice, item, *slice_.names) for slice_, item in found if item is not None)


def _ids(connection: Connection, record: PollRecord, added: Mapping[tuple[int, bytes], int]) -> dict[bytes, int]:
    """Return the ids of the items that the record's slices know by identity only."""
    asked = {slice_.identity for slice_ in record.slices if slice_.item is None and slice_.identity is not None}
    ids = {identity: added[record.feed, identity] for identity in asked if (record.feed, identity) in added}
    for part in leases.chunks(sorted(asked - ids.keys())):
        rows = connection.execute(_KNOWN, {"feed": record.feed, "identities": part})
        ids |= {bytes(identity): item for identity, item in rows}
    return ids
