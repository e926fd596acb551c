"""Copy keys: which item a piece of wording belongs to. Within the match step's transaction, but for the pruning.

Keys are hashes, evenly spread over 64 bits; an item has some twenty, so nothing here goes row by row. On PostgreSQL
many write at once, and the table's primary key is what they meet at; on SQLite see `worker.store.key_log`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import text

from worker.records import KeyOwner
from worker.store.key_log import KeyLog
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

FRESH = 1 / 8
"""A key that copies share is marked seen after so much of the window: not at each of twenty copies."""

_SLICES = 64
"""The table is pruned in so many slices of the keys, one at a time."""


_LISTED = "SELECT unnest(CAST(:keys AS bigint[]))"
_GIVEN = "unnest(CAST(:keys AS bigint[]), CAST(:items AS bigint[])) AS o (key, item_id)"
# Locked in the order of the keys, so that two transactions wait for each other at one key only.
_CHOSEN = f"SELECT key FROM copy_keys WHERE key IN ({_LISTED}) ORDER BY key FOR NO KEY UPDATE"  # noqa: S608 - ours, as all below
_UPDATED = f"WITH chosen AS ({_CHOSEN}) UPDATE copy_keys SET %s WHERE key IN (SELECT key FROM chosen) AND %s"  # noqa: S608

_OFFERED = text(
    "INSERT INTO copy_keys (key, item_id, seen, bad) "  # noqa: S608
    f"SELECT o.key, o.item_id, :now, 0 FROM {_GIVEN} ORDER BY o.key ON CONFLICT DO NOTHING"
)
_OWNERS = text(
    f"SELECT k.key, k.item_id, k.bad, k.seen FROM {_GIVEN} JOIN copy_keys k ON k.key = o.key "  # noqa: S608
    "WHERE k.item_id <> o.item_id OR k.seen < :outlived"
)
_TAKEN = text(_UPDATED % ("item_id = :item, seen = :now, bad = bad / 2", "seen < :outlived"))
_SEEN = text(_UPDATED % ("seen = :now", "seen < :stale"))
_COUNTED = text(_UPDATED % ("bad = bad + :more", "bad < :common"))
_HANDED_ON = text(_UPDATED % ("item_id = :item", "item_id <> :item"))


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
        taken: defaultdict[int, list[int]] = defaultdict(list)
        for key, _, _, seen in owners:
            if seen < outlived:
                taken[keys[key]].append(key)
        for item, its in sorted(taken.items()):
            connection.execute(_TAKEN, {"keys": its, "item": item, "now": moment, "outlived": outlived})
        if taken:  # somebody else may have been there first
            owners = connection.execute(_OWNERS, {**given, "outlived": outlived}).all()
        return {key: KeyOwner(item, bad) for key, item, bad, _ in owners}

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
        moment = _seconds(now)
        if seen := sorted(shared):
            stale = moment - int(fresh.total_seconds())
            connection.execute(_SEEN, {"keys": seen, "now": moment, "stale": stale})
        by_count: defaultdict[int, list[int]] = defaultdict(list)
        for key, times in met.items():
            by_count[min(times, common)].append(key)
        for times, keys in sorted(by_count.items()):
            connection.execute(_COUNTED, {"keys": keys, "more": times, "common": common})

    def give(self, connection: Connection, keys: Mapping[int, int]) -> None:
        """Make items the owners of keys (key -> item), as far as they are there."""
        by_item: defaultdict[int, list[int]] = defaultdict(list)
        for key, item in keys.items():
            by_item[item].append(key)
        for item, its in sorted(by_item.items()):
            connection.execute(_HANDED_ON, {"keys": sorted(its), "item": item})


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
