"""Plan and apply: the entries managed by file against the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.store.comparison import changes_of, everything, gone, name_of, row_of
from worker.store.feed_lines import remove_feeds, write_feeds
from worker.store.list_lines import remove_lists, rename_lists, write_list
from worker.store.list_references import refer_to_changed, refuse_lost
from worker.store.opml_lists import forget_elsewhere, read_anew, remove_opml_lists, write_opml_list
from worker.store.orphans import cancel_orphans
from worker.store.status import bump_version, hold_version
from worker.store.subscribers import remove_subscribers, write_subscriber
from worker.store.subscriptions import write_subscriptions
from worker.store.transactions import Database, retried
from worker.watchlists.referring import with_new_names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from config.values import Configuration, WatchListLine
    from worker.records import Change
    from worker.store.comparison import There


class Sync(Database):
    """The database's side of `plan` and `apply`."""

    def plan(self, wanted: Configuration) -> list[Change]:
        """Compare (see SyncStore)."""
        with self._transaction("read") as connection:
            return changes_of(everything(connection, wanted), wanted)

    def renames(self, wanted: Configuration) -> dict[str, str]:
        """Return new name -> present name of the watch lists that `apply` would rename."""
        with self._transaction("read") as connection:
            return dict(everything(connection, wanted).renames)

    @retried
    def apply(self, wanted: Configuration, queries: Mapping[str, str], *, now: datetime) -> list[Change]:
        """Make equal (see SyncStore).

        Subscribers come before the lists that notify them, and new names before all else that becomes of a list; what
        is removed goes last, then the deliveries with it.
        """
        with self._transaction("durable") as connection:
            # Match steps under way end first, and none begins: what they wrote is cancelled with the rest.
            hold_version(connection)
            there = everything(connection, wanted)
            changes = changes_of(there, wanted)
            dirty = {(change.kind, change.name) for change in changes}
            lists = [line for line in wanted.watch_lists if _is_other(line, there, dirty, queries)]
            if not changes and not lists:
                return []
            version = bump_version(connection)
            _write_feeds(connection, there, wanted, dirty, now)
            for subscriber in wanted.subscribers:
                if ("subscriber", subscriber.name) in dirty:
                    known = row_of(there.subscribers, subscriber.name)
                    write_subscriber(connection, subscriber, known, managed_by="file", now=now)
            rename_lists(connection, there.renames, version=version)
            for line in lists:
                known, query = row_of(there.lists, line.name), queries[line.name]
                id_ = write_list(connection, line, query, known, managed_by="file", version=version, now=now)
                write_subscriptions(connection, id_, line, now=now)
            _remove_feeds(connection, there, wanted, now)
            gone_lists = gone(there.lists, {line.name for line in wanted.watch_lists})
            remove_lists(connection, gone_lists, version=version, now=now)
            refuse_lost(connection, gone_lists)
            refer_to_changed(connection, _before(there, {*gone_lists}, {line.name for line in lists}), now=now)
            remove_subscribers(connection, gone(there.subscribers, {one.name for one in wanted.subscribers}), now=now)
            cancel_orphans(connection, now=now)
        return changes


def _is_other(
    line: WatchListLine, there: There, dirty: Collection[tuple[str, str]], queries: Mapping[str, str]
) -> bool:
    """Whether a list differs from the files, be it only in what is compiled of it."""
    known = row_of(there.lists, line.name)
    return ("watch_list", line.name) in dirty or (known is not None and known.full_query != queries[line.name])


def _before(there: There, gone_lists: Collection[int], changed: Collection[str]) -> dict[str, str]:
    """Return the full queries that lists had which are changed or gone, by the names that they had and have.

    Under those that they have, their queries refer to others by new names, too: the lists of commands do so already.
    """
    rows = {name: one.row for name, one in there.lists.items() if name in changed or one.row.id in gone_lists}
    had = {row.name: row.full_query for row in rows.values()}
    return had | {name: with_new_names(row.full_query, there.renames) for name, row in rows.items()}


def _write_feeds(
    connection: Connection, there: There, wanted: Configuration, dirty: Collection[tuple[str, str]], now: datetime
) -> None:
    changed = [(line, row_of(there.feeds, line.url)) for line in wanted.feeds if ("feed", name_of(line)) in dirty]
    write_feeds(connection, changed, managed_by="file", now=now)
    taken = [known.opml_id for _, known in changed if known is not None and known.opml_id is not None]
    forget_elsewhere(connection, sorted(set(taken)))
    for line in wanted.opml:
        if ("feed", name_of(line)) in dirty:
            write_opml_list(connection, line, row_of(there.opml, line.source), managed_by="file", now=now)


def _remove_feeds(connection: Connection, there: There, wanted: Configuration, now: datetime) -> None:
    """Remove OPML lists with what came from them, then single feeds: the lists that are left may have them too."""
    lists = gone(there.opml, {line.source for line in wanted.opml})
    if lists:
        remove_opml_lists(connection, lists, now=now)
    feeds = gone(there.feeds, {line.url for line in wanted.feeds})
    if feeds:
        remove_feeds(connection, feeds, now=now)
        read_anew(connection, feeds, now=now)
