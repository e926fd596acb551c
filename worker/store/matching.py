"""The match step's transaction: one connection that fulfils `worker.pipeline.ports.MatchTransaction`."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, null, select

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
    from sqlalchemy.dialects import postgresql

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
        rows = [
            row
            for part in leases.chunks(sorted(set(items)))
            for row in self._connection.execute(_UNMATCHED, {"ids": part})
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
        self._connection.execute(_meeting(self._connection.dialect.name), [met[key] for key in sorted(met)])

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
            self._connection.execute(_MATCHED, {"ids": part})


_i = tables.items.c
_UNMATCHED = (
    select(
        *(_i.id, _i.feed_id, _i.news, _i.story_id, _i.link, _i.title, _i.text, _i.full_text, _i.categories),
        *(_i.first_seen, tables.feeds.c.tags),
    )
    .join_from(tables.items, tables.feeds)
    .where(_i.id.in_(bindparam("ids", expanding=True)), _i.unmatched_since.is_not(None))
    .order_by(_i.id)
    .with_for_update(of=tables.items, key_share=True, skip_locked=True)
)
_MATCHED = (
    tables.items.update()
    .where(_i.id.in_(bindparam("ids", expanding=True)))
    .values(unmatched_since=null(), match_leased_until=null(), match_attempts=0, match_state=null())
)


@lru_cache
def _meeting(dialect: str) -> postgresql.Insert:
    met = insert(dialect, tables.matches)
    changed = {"terms": met.excluded.terms, "spans": met.excluded.spans}
    return met.on_conflict_do_update(index_elements=["watch_list_id", "item_id"], set_=changed)
