"""Copy keys on SQLite: a short log of what is new before the table, for a key written alone costs a page.

Keys are hashes, so each of an item's twenty lands on another page of the table, and on SQLite a changed page is written
whole, twice. Here they are appended to `recent_keys`, a row a step, which every process reads into its memory under the
write lock; once there are `MOST` of them they go into `copy_keys` together, page by page. Readers ask both, the log
first. SQLite has one writer at a time, and all this happens in its transaction: that is what makes a key unique.
"""

from __future__ import annotations

import json
from collections import defaultdict
from struct import Struct, pack, unpack
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from worker.records import KeyOwner

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

MOST = 100_000
"""Keys in the log: some 15 MB in the memory of a process, and 5,000 items between two rewritings of the table."""

_HEAD = Struct("<qqqq")
_NEWER = text("SELECT id, entries FROM recent_keys WHERE id > :last ORDER BY id")
_NEWEST = text("SELECT seq FROM sqlite_sequence WHERE name = 'recent_keys'")
_APPENDED = text("INSERT INTO recent_keys (entries) VALUES (:entries)")
_EMPTIED = text("DELETE FROM recent_keys")
_THERE = text(
    "SELECT k.key, k.item_id, k.seen, k.bad FROM json_each(:keys) AS o JOIN copy_keys AS k ON k.key = o.value"
)
_WRITTEN = "INSERT OR REPLACE INTO copy_keys (key, item_id, seen, bad) VALUES (?, ?, ?, ?)"


class _State(NamedTuple):
    """What is known of a key, as in `copy_keys`; `seen` in seconds since 1970."""

    item: int
    seen: int
    bad: int


class KeyLog:
    """The keys of one SQLite database, as one process knows them.

    For writing transactions only, and in each for one `claim` and what settles it, or for one `give`: to look twice
    would be to read what this transaction wrote itself, and may still take back.
    """

    def __init__(self) -> None:
        self._last = 0
        self._recent: dict[int, _State] = {}
        self._asked: dict[int, _State] = {}

    def claim(
        self, connection: Connection, keys: Mapping[int, int], *, now: datetime, window: timedelta
    ) -> dict[int, KeyOwner]:
        """Give keys to items unless other items own them, and return those owners (see MatchTransaction)."""
        known = self._look_up(connection, keys)
        moment = int(now.timestamp())
        outlived = moment - int(window.total_seconds())
        owners: dict[int, KeyOwner] = {}
        begun = {item: _State(item, moment, 0) for item in set(keys.values())}
        taken = {key: begun[item] for key, item in keys.items() if key not in known}
        for key, state in known.items():
            item = keys[key]
            if state.seen < outlived:
                taken[key] = begun[item]._replace(bad=state.bad // 2)
            elif state.item != item:
                owners[key] = KeyOwner(state.item, state.bad)
        self._append(connection, taken)
        self._asked = known | taken
        return owners

    def take(self, connection: Connection, keys: Mapping[int, int], *, now: datetime) -> None:
        """Give keys that `claim` found to be others' to items (key -> item) all the same."""
        moment = int(now.timestamp())
        taken = {key: _State(item, moment, self._asked[key].bad // 2) for key, item in keys.items()}
        self._append(connection, taken)
        self._asked |= taken

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
        """Mark keys as seen, and count those met in vain: keys that this transaction has claimed or asked for."""
        moment = int(now.timestamp())
        stale = moment - int(fresh.total_seconds())
        changed = {key: self._asked[key]._replace(seen=moment) for key in shared if self._asked[key].seen < stale}
        for key, times in met.items():
            state = changed.get(key, self._asked[key])
            if state.bad < common:
                changed[key] = state._replace(bad=state.bad + min(times, common))
        self._append(connection, changed)

    def give(self, connection: Connection, keys: Mapping[int, int], *, of: Collection[int]) -> None:
        """Make items the owners of those keys (key -> item) that belong to one of the items `of`."""
        known = self._look_up(connection, keys)
        given = {key: state._replace(item=keys[key]) for key, state in known.items() if state.item in of}
        self._append(connection, given)

    def put_away(self, connection: Connection) -> None:
        """Put all keys of the log into the table: for a database that has no log."""
        self._catch_up(connection)
        if self._recent:
            self._empty(connection)

    def _look_up(self, connection: Connection, keys: Iterable[int]) -> dict[int, _State]:
        self._catch_up(connection)
        found = {key: self._recent[key] for key in keys if key in self._recent}
        rest = [key for key in keys if key not in found]
        if rest:
            rest.sort()  # the table is read from one end to the other
            for key, *state in connection.execute(_THERE, {"keys": json.dumps(rest)}):
                found[key] = _State(*state)
        return found

    def _append(self, connection: Connection, states: Mapping[int, _State]) -> None:
        """Write states down. They come back with `_catch_up`: what is rolled back never was in this memory."""
        alike: defaultdict[_State, list[int]] = defaultdict(list)
        for key, state in states.items():
            alike[state].append(key)
        if alike:
            entries = b"".join(
                _HEAD.pack(*state, len(keys)) + pack(f"<{len(keys)}q", *keys) for state, keys in alike.items()
            )
            connection.execute(_APPENDED, {"entries": entries})

    def _catch_up(self, connection: Connection) -> None:
        """Read what was written since the last time, by whomever; empty the log where it has grown long."""
        newest = connection.execute(_NEWEST).scalar_one_or_none() or 0
        if newest < self._last:  # the database went back in time: a backup was restored
            self._last = 0
            self._recent.clear()
        for id_, entries in connection.execute(_NEWER, {"last": self._last}).all():
            if not entries:
                self._recent.clear()
            at = 0
            while at < len(entries):
                *state, count = _HEAD.unpack_from(entries, at)
                at += _HEAD.size
                keys = unpack(f"<{count}q", entries[at : at + 8 * count])
                self._recent.update(dict.fromkeys(keys, _State(*state)))
                at += 8 * count
            self._last = id_
        if len(self._recent) > MOST:
            self._empty(connection)

    def _empty(self, connection: Connection) -> None:
        rows = [(key, item, seen, bad) for key, (item, seen, bad) in sorted(self._recent.items())]
        connection.exec_driver_sql(_WRITTEN, rows)
        connection.execute(_EMPTIED)
        # An empty row: what came before it is in the table. Ids are never used again, so nobody misses it.
        connection.execute(_APPENDED, {"entries": b""})
