"""The match step's transaction: one connection that fulfils `worker.pipeline.ports.MatchTransaction`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import select

from worker.records import ItemToMatch
from worker.store import alerts, leases, stories, tables
from worker.store.full_texts import whole_text
from worker.store.merging import tags_of
from worker.store.status import hold_version
from worker.store.transactions import Database, insert
from worker.store.watchlists import active_lists, active_subscriptions
from worker.watchlists.model import Matchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from worker.alerts.model import Past, PlannedAlert, Subscription
    from worker.records import StoryFacts
    from worker.watchlists.model import Hit, WatchList


class Matches(Database):
    """The match step's entrance."""

    @contextmanager
    def matching(self) -> Iterator[Matching]:
        """Open the match step's transaction (see MatchStore).

        It cannot be run again from here: who opened it does so when `retryable` says that the error is worth it.
        """
        with self._transaction("durable") as connection:
            yield Matching(connection)


class Matching:
    """One open transaction; see MatchTransaction for what each method promises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def watch_lists_version(self) -> int:
        """Read the version, and hold off whoever would change it.

        So no list, subscription or tag changes between the reading of the lists and the writing of their alerts, and
        what `apply` cancels is all there is.
        """
        return hold_version(self._connection, shared=True)

    def watch_lists(self) -> list[WatchList]:
        """Load all active watch lists."""
        return active_lists(self._connection)

    def unmatched(self, items: Sequence[int]) -> list[ItemToMatch]:
        """Lock and load what still waits."""
        i, f = tables.items.c, tables.feeds.c
        columns = (
            i.id,
            i.feed_id,
            i.news,
            i.story_id,
            i.link,
            i.title,
            i.text,
            i.full_text,
            i.categories,
            i.first_seen,
        )
        rows = [
            row
            for part in leases.chunks(sorted(set(items)))
            for row in self._connection.execute(
                select(*columns, f.tags)
                .join_from(tables.items, tables.feeds)
                .where(i.id.in_(part), i.unmatched_since.is_not(None))
                .order_by(i.id)
                .with_for_update(of=tables.items, key_share=True, skip_locked=True)
            )
        ]
        rows.sort(key=lambda row: (row.first_seen, row.id))
        tags = tags_of(self._connection, {row.feed_id: row.tags for row in rows})
        return [
            ItemToMatch(
                id=row.id,
                feed=row.feed_id,
                news=row.news,
                story=row.story_id,
                link=row.link,
                title=row.title,
                text=row.text,
                first_seen=row.first_seen,
                matchable=Matchable(
                    row.title, whole_text(row.text, row.full_text), tuple(row.categories), tags[row.feed_id]
                ),
                full_text=row.full_text or "",
            )
            for row in rows
        ]

    def open_stories(self, items: Sequence[ItemToMatch], *, now: datetime) -> list[int]:
        """Insert a story an item."""
        return stories.open_stories(self._connection, items, now=now)

    def claim_keys(self, keys: Mapping[int, int], *, now: datetime, window: timedelta) -> dict[int, int]:
        """Give keys to stories and return their owners."""
        return stories.claim_keys(self._connection, keys, now=now, window=window)

    def stories(self, ids: Iterable[int]) -> dict[int, StoryFacts]:
        """Load facts of stories."""
        return stories.story_facts(self._connection, ids)

    def drop_stories(self, ids: Sequence[int]) -> None:
        """Delete stories that nobody joined."""
        stories.drop_stories(self._connection, ids)

    def fold(self, story_of: Mapping[int, int]) -> None:
        """Set the story of each item."""
        stories.fold(self._connection, story_of)

    def record_hits(self, hits: Mapping[int, Sequence[Hit]], *, now: datetime) -> None:
        """Write matches; a repeated one updates terms and spans."""
        met = {
            (hit.watch_list, item): {
                "watch_list_id": hit.watch_list,
                "item_id": item,
                "terms": list(hit.terms),
                "spans": [[span.field, span.start, span.end] for span in hit.spans],
                "created_at": now,
            }
            for item, found in hits.items()
            for hit in found
        }
        if not met:
            return
        statement = insert(self._connection, tables.matches)
        changed = {"terms": statement.excluded.terms, "spans": statement.excluded.spans}
        statement = statement.on_conflict_do_update(index_elements=["watch_list_id", "item_id"], set_=changed)
        self._connection.execute(statement, [met[key] for key in sorted(met)])

    def subscriptions(self, watch_lists: Iterable[int]) -> list[Subscription]:
        """Lock and load active subscriptions."""
        return active_subscriptions(self._connection, watch_lists)

    def past(self, stories: Iterable[int], subscriptions: Sequence[Subscription], *, since: datetime) -> Past:
        """Load what was told before."""
        return alerts.past(self._connection, stories, subscriptions, since=since)

    def record_alerts(self, planned: Sequence[PlannedAlert], *, now: datetime) -> list[int]:
        """Write alerts, digests and deliveries; return the deliveries due at once."""
        return alerts.record_alerts(self._connection, planned, now=now)

    def mark_matched(self, items: Sequence[int]) -> None:
        """Clear the items' marks."""
        for part in leases.chunks(sorted(items)):
            self._connection.execute(
                tables.items.update()
                .where(tables.items.c.id.in_(part))
                .values(unmatched_since=None, match_leased_until=None, match_attempts=0, match_state=None)
            )
