"""The match step's transaction: one connection that fulfils `worker.pipeline.ports.MatchTransaction`."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from worker.records import ItemToMatch
from worker.store import alerts, leases, past, stories, tables, updates
from worker.store.copy_keys import FRESH, CopyKeys
from worker.store.matchables import JOINED, SAID, joined_feed, matchable_of
from worker.store.merging import tags_of
from worker.store.status import hold_version
from worker.store.transactions import insert
from worker.store.watchlists import active_subscriptions, lists_removed, lists_to_match

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection
    from sqlalchemy.dialects import postgresql

    from worker.alerts.planned import Past, PlannedAlert, PlannedBreak, PlannedUpdate, Subscription
    from worker.records import FoldedItem, KeyOwner, OpenedStory, Said
    from worker.store.copy_keys import KeyRows
    from worker.store.key_log import KeyLog
    from worker.stories.story import Report, Summary
    from worker.watchlists.model import Hit, WatchList


class Matches(CopyKeys):
    """The match step's entrance."""

    @contextmanager
    def matching(self) -> Iterator[Matching]:
        """Open the match step's transaction (see MatchStore).

        It cannot be run again from here: who opened it does so when `retryable` says that the error is worth it.
        """
        with self._transaction("durable") as connection:
            yield Matching(connection, self._copy_keys)


class Matching:
    """One open transaction; see MatchTransaction for what each method promises."""

    def __init__(self, connection: Connection, keys: KeyRows | KeyLog) -> None:
        self._connection = connection
        self._keys = keys

    def watch_lists_version(self) -> int:
        """Read the version, and hold off whoever would change it.

        So no list, subscription or tag changes between the reading of the lists and the writing of their alerts, and
        what `apply` cancels is all there is.
        """
        return hold_version(self._connection, shared=True)

    def watch_lists(self, *, since: int | None = None) -> list[WatchList]:
        """Load the watch lists."""
        return lists_to_match(self._connection, since=since)

    def removed_lists(self, *, since: int) -> list[int]:
        """Load the ids of removed lists."""
        return lists_removed(self._connection, since=since)

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
                matchable=matchable_of(row, joined_feed(row, tags[row.feed_id])),
                full_text=row.full_text or "",
                source=row.source,
                authors=tuple(row.authors),
                feed_url=row.polled_url,
                feed_name=row.feed_name or row.feed_title,
                folded=row.folded,
                text_of=row.id if row.copy_of is None else row.copy_of,
            )
            for row in rows
        ]

    def claim_keys(self, keys: Mapping[int, int], *, now: datetime, window: timedelta) -> dict[int, KeyOwner]:
        """Give keys to items and return the owners of the others."""
        return self._keys.claim(self._connection, keys, now=now, window=window) if keys else {}

    def take_keys(self, keys: Mapping[int, int], *, now: datetime) -> None:
        """Give keys to items, whoever owns them."""
        if keys:
            self._keys.take(self._connection, keys, now=now)

    def said(self, items: Iterable[int], *, since: datetime) -> dict[int, list[Said]]:
        """Load items of stories that are not over."""
        return stories.said(self._connection, items, since=since)

    def settle_keys(
        self, *, shared: Iterable[int], met: Mapping[int, int], common: int, now: datetime, window: timedelta
    ) -> None:
        """Mark keys as seen, count those met in vain."""
        fresh = window * FRESH
        self._keys.settle(self._connection, shared=shared, met=met, common=common, now=now, fresh=fresh)

    def open_stories(self, opened: Sequence[OpenedStory], *, now: datetime) -> list[int]:
        """Insert stories."""
        return stories.open_stories(self._connection, opened, now=now)

    def fold(self, folded: Sequence[FoldedItem]) -> None:
        """Write what folding found, and clear the items' marks."""
        stories.fold(self._connection, folded)

    def reports(self, ids: Iterable[int]) -> dict[int, list[Report]]:
        """Lock stories and load their reports."""
        return stories.reports(self._connection, ids)

    def sum_up(self, summaries: Mapping[int, Summary], *, corrected: Iterable[int], now: datetime) -> None:
        """Write what reports come to."""
        stories.sum_up(self._connection, summaries, corrected=corrected, now=now)

    def split_at(self, ids: Iterable[int]) -> dict[int, datetime]:
        """Return when stories were taken out of others."""
        return stories.split_at(self._connection, ids)

    def replaced(self, items: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Load what items said before."""
        return stories.replaced(self._connection, items)

    def record_hits(self, hits: Mapping[int, Sequence[Hit]], *, matched: Iterable[int] = (), now: datetime) -> None:
        """Write matches; a repeated one updates terms and spans, one that is none any more keeps its terms only."""
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
        self._forget_spans(matched, met)
        if met:
            self._connection.execute(_meeting(self._connection.dialect.name), [met[key] for key in sorted(met)])

    def _forget_spans(self, matched: Iterable[int], met: Container[tuple[int, int]]) -> None:
        """Say no longer where earlier matches of these items, other than those `met`, were: the words changed."""
        for part in leases.chunks(sorted(set(matched))):
            before = self._connection.execute(_MET, {"ids": part})
            gone = [{"b_list": row.watch_list_id, "b_item": row.item_id} for row in before if tuple(row) not in met]
            if gone:
                self._connection.execute(_FORGOTTEN, gone)

    def lists_with_updates(self, stories: Iterable[int]) -> set[int]:
        """Find lists that tell more of these stories."""
        return past.lists_with_updates(self._connection, stories)

    def subscriptions(self, watch_lists: Iterable[int], *, now: datetime) -> list[Subscription]:
        """Lock and load active subscriptions."""
        return active_subscriptions(self._connection, watch_lists, now=now)

    def past(
        self, stories: Iterable[int], subscriptions: Sequence[Subscription], *, since: datetime, now: datetime
    ) -> Past:
        """Load what was told before, lock what waits."""
        return past.past(self._connection, stories, subscriptions, since=since, now=now)

    def record_alerts(self, planned: Sequence[PlannedAlert], *, now: datetime) -> list[int]:
        """Write alerts, digests and deliveries; return the deliveries due at once."""
        return alerts.record_alerts(self._connection, planned, now=now)

    def record_breaks(self, breaks: Sequence[PlannedBreak], *, now: datetime) -> list[int]:
        """Take held alerts out of their digests; return the deliveries due at once."""
        return alerts.record_breaks(self._connection, breaks, now=now)

    def record_updates(self, planned: Sequence[PlannedUpdate], *, now: datetime) -> list[int]:
        """Write updates, digests and deliveries; return the deliveries due at once."""
        return updates.record_updates(self._connection, planned, now=now)


_i, _f = tables.items.c, tables.feeds.c
_UNMATCHED = (
    select(
        *(_i.id, _i.feed_id, _i.news, _i.story_id, _i.first_seen, _i.folded, _i.copy_of, _f.tags, _f.polled_url),
        *(*SAID, *JOINED),
    )
    .join_from(tables.items, tables.feeds)
    .where(_i.id.in_(bindparam("ids", expanding=True)), _i.unmatched_since.is_not(None))
    .order_by(_i.id)
    .with_for_update(of=tables.items, key_share=True, skip_locked=True)
)
_m = tables.matches.c
_MET = (
    select(_m.watch_list_id, _m.item_id)
    .where(_m.item_id.in_(bindparam("ids", expanding=True)))
    .order_by(_m.watch_list_id, _m.item_id)
)
_FORGOTTEN = (
    tables.matches.update()
    .where(_m.watch_list_id == bindparam("b_list"), _m.item_id == bindparam("b_item"))
    .values(spans=[])
)


@lru_cache
def _meeting(dialect: str) -> postgresql.Insert:
    met = insert(dialect, tables.matches)
    changed = {"terms": met.excluded.terms, "spans": met.excluded.spans}
    return met.on_conflict_do_update(index_elements=["watch_list_id", "item_id"], set_=changed)
