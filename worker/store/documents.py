"""Documents: what is remembered of the last one of each feed, so that the next need not be read whole."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from sqlalchemy import select

from worker.records import Memory, Remembered
from worker.store import leases
from worker.store.tables import documents, items
from worker.store.transactions import Database, insert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from worker.records import PollRecord

_SLICE = struct.Struct(">16sq8s8s8s")
"""A slice: its digest, the item's id, and the digests of three names; 48 bytes."""


class Documents(Database):
    """The memory of documents."""

    def memory(self, feed: int) -> Memory | None:
        """Load what is remembered (see PollStore)."""
        d = documents.c
        with self._transaction("read") as connection:
            row = connection.execute(select(d.frame, d.slices).where(d.feed_id == feed)).one_or_none()
        if row is None:
            return None
        slices = (Remembered(said, item, (a, b, c)) for said, item, a, b, c in _SLICE.iter_unpack(row.slices))
        return Memory(row.frame, tuple(slices))


def write_memory(connection: Connection, records: Sequence[PollRecord], added: Mapping[tuple[int, bytes], int]) -> None:
    """Remember or forget documents, as each record says; `added`: the items just written, by feed and identity.

    A slice whose item is nowhere is left out: it will be read again.
    """
    told = [record for record in records if not record.keep_memory]
    for part in leases.chunks([record.feed for record in told if record.frame is None]):
        connection.execute(documents.delete().where(documents.c.feed_id.in_(part)))
    values = [
        {"feed_id": record.feed, "frame": record.frame, "slices": _packed(record, _ids(connection, record, added))}
        for record in told
        if record.frame is not None
    ]
    if values:
        fresh = insert(connection, documents)
        replaced = {"frame": fresh.excluded.frame, "slices": fresh.excluded.slices}
        connection.execute(fresh.on_conflict_do_update(index_elements=["feed_id"], set_=replaced), values)


def _packed(record: PollRecord, ids: Mapping[bytes, int]) -> bytes:
    found = ((slice_, slice_.item or ids.get(slice_.identity or b"")) for slice_ in record.slices)
    return b"".join(_SLICE.pack(slice_.slice, item, *slice_.names) for slice_, item in found if item is not None)


def _ids(connection: Connection, record: PollRecord, added: Mapping[tuple[int, bytes], int]) -> dict[bytes, int]:
    """Return the ids of the items that the record's slices know by identity only."""
    asked = {slice_.identity for slice_ in record.slices if slice_.item is None and slice_.identity is not None}
    ids = {identity: added[record.feed, identity] for identity in asked if (record.feed, identity) in added}
    i = items.c
    for part in leases.chunks(sorted(asked - ids.keys())):
        known = select(i.identity, i.id).where(i.feed_id == record.feed, i.identity.in_(part))
        ids |= {bytes(row.identity): row.id for row in connection.execute(known)}
    return ids
