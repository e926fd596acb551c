"""Copy keys: which item a piece of wording belongs to. Within the match step's transaction, but for the pruning.

Keys are hashes, evenly spread over 64 bits; an item has some twenty, so nothing here goes row by row. On PostgreSQL
many write at once, and the table's primary key is what they meet at; on SQLite see `worker.store.key_log`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import text

from worker.records import KeyOwner
from worker.store.key_log import KeyLog
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

FRESH = 1 / 8
"""A key that copies share is marked seen after so much of the window: not at each of twenty copies."""

_SLICES = 64
"""The table is pruned in so many slices of the keys, one at a time."""


_LISTED = "SELECT unnest(CAST(:keys AS bigint[]))"
_GIVEN = "unnest(CAST(:keys AS bigint[]), CAST(:items AS bigint[])) AS o (key, item_id)"
# Locked in the order of the keys, all that a step changes at once, so that two transactions wait for each other at one
# key only.
_LOCKED = text(f"SELECT key FROM copy_keys WHERE key IN ({_LISTED}) ORDER BY key FOR NO KEY UPDATE")  # noqa: S608 - ours, as all below
_OFFERED = text(
    "INSERT INTO copy_keys (key, item_id, seen, bad) "  # noqa: S608
    f"SELECT o.key, o.item_id, :now, 0 FROM {_GIVEN} ORDER BY o.key ON CONFLICT DO NOTHING"
)
_OWNERS = text(
    f"SELECT k.key, k.item_id, k.bad, k.seen FROM {_GIVEN} JOIN copy_keys k ON k.key = o.key "  # noqa: S608
    "WHERE k.item_id <> o.item_id OR k.seen < :outlived"
)
_UPDATED = f"UPDATE copy_keys k SET %s FROM {_GIVEN} WHERE k.key = o.key AND %s"  # noqa: S608
_OUTLIVED = text(_UPDATED % ("item_id = o.item_id, seen = :now, bad = k.bad / 2", "k.seen < :outlived"))
_TAKEN = text(_UPDATED % ("item_id = o.item_id, seen = :now, bad = k.bad / 2", "true"))
_HANDED_ON = text(_UPDATED % ("item_id = o.item_id", "k.item_id = ANY(CAST(:of AS bigint[]))"))
_SEEN = text(f"UPDATE copy_keys SET seen = :now WHERE key IN ({_LISTED}) AND seen < :stale")  # noqa: S608
_COUNTED = text(
    "UPDATE copy_keys k SET bad = k.bad + o.more "
    "FROM unnest(CAST(:keys AS bigint[]), CAST(:more AS integer[])) AS o (key, more) "
    "WHERE k.key = o.key AND k.bad < :common"
)


class KeyRows:
    """The keys of a PostgreSQL database."""

    def claim(
        self, connection: Connection, keys: Mapping[int, int], *, now: datetime, window: timedelta
    ) -> dict[int, KeyOwner]:
        """Give keys to items unless other items own them, and return those owners (see MatchTransaction).

        A key that another transaction is just inserting makes this one wait, and then see the owner it committed.
        """
        ordered, moment = sorted(keys), _seconds(now)
        given = {"keys": ordered, "items": [keys[key] for key in ordered]}
        outlived = moment - int(window.total_seconds())
        connection.execute(_OFFERED, {**given, "now": moment})
        owners = connection.execute(_OWNERS, {**given, "outlived": outlived}).all()
        if outworn := sorted(key for key, _, _, seen in owners if seen < outlived):
            connection.execute(_LOCKED, {"keys": outworn})
            taken = {"keys": outworn, "items": [keys[key] for key in outworn]}
            connection.execute(_OUTLIVED, {**taken, "now": moment, "outlived": outlived})
            # Somebody else may have been there first.
            owners = connection.execute(_OWNERS, {**given, "outlived": outlived}).all()
        return {key: KeyOwner(item, bad) for key, item, bad, _ in owners}

    def take(self, connection: Connection, keys: Mapping[int, int], *, now: datetime) -> None:
        """Give keys to items (key -> item), whoever owns them."""
        ordered = sorted(keys)
        connection.execute(_LOCKED, {"keys": ordered})
        given = {"keys": ordered, "items": [keys[key] for key in ordered]}
        connection.execute(_TAKEN, {**given, "now": _seconds(now)})

    def settle(
        self,
        connection: Connection,
        *,
        shared: Iterable[int],
        met: Mapping[int, int],
        common: int,
        now: datetime,
        fresh: timedelta,
    ) -> None:
        """Mark keys as seen, and count those that were met in vain."""
        moment, seen = _seconds(now), sorted(shared)
        if seen or met:
            connection.execute(_LOCKED, {"keys": sorted({*seen, *met})})
        if seen:
            stale = moment - int(fresh.total_seconds())
            connection.execute(_SEEN, {"keys": seen, "now": moment, "stale": stale})
        if met:
            more = [min(times, common) for times in met.values()]
            connection.execute(_COUNTED, {"keys": [*met], "more": more, "common": common})

    def give(self, connection: Connection, keys: Mapping[int, int], *, of: Collection[int]) -> None:
        """Make items the owners of those keys (key -> item) that belong to one of the items `of`."""
        ordered = sorted(keys)
        connection.execute(_LOCKED, {"keys": ordered})
        given = {"keys": ordered, "items": [keys[key] for key in ordered]}
        connection.execute(_HANDED_ON, {**given, "of": [*of]})


class CopyKeys(Database):
    """The keys, and their upkeep."""

    @cached_property
    def _copy_keys(self) -> KeyRows | KeyLog:
        return KeyLog() if self.is_embedded else KeyRows()

    @retried
    def prune_copy_keys(self, *, turn: int, now: datetime, window: timedelta) -> int:
        """Forget keys that no item brought or shared for twice the window; return how many.

        One slice of them at each `turn`, of 64: the keys are spread evenly.
        """
        width = 2**64 // _SLICES
        first = -(2**63) + turn % _SLICES * width
        statement = text("DELETE FROM copy_keys WHERE key BETWEEN :first AND :last AND seen < :outlived")
        outlived = _seconds(now) - 2 * int(window.total_seconds())
        with self._transaction("write") as connection:
            values = {"first": first, "last": first + width - 1, "outlived": outlived}
            return connection.execute(statement, values).rowcount


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
