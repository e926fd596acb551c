"""Feeds as commands see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from config.redaction import shown_url
from worker.errors import ConfigurationError
from worker.feeds.health import BROKEN_FROM
from worker.store import merging, tables
from worker.store.opml_lists import read_anew
from worker.store.rows import FeedRow, JournalRow
from worker.store.status import bump_version
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


class Feeds(Database):
    """What there is, and the orders of a person about one feed."""

    def feeds_list(self) -> list[FeedRow]:
        """All feeds that are not removed, by name."""
        with self._transaction("read") as connection:
            return _listed(connection)

    def feeds_named(self, name_or_url: str) -> list[FeedRow]:
        """Feeds of this name, title or URL (the configured or the polled one); several may share a name."""
        with self._transaction("read") as connection:
            found = _listed(connection)
        return [feed for feed in found if name_or_url in (feed.name, feed.url, feed.polled_url)]

    def feed_history(self, feed: int) -> list[JournalRow]:
        """The journal of a feed's last polls, newest first."""
        j = tables.poll_journal.c
        with self._transaction("read") as connection:
            rows = connection.execute(select(tables.poll_journal).where(j.feed_id == feed).order_by(j.run.desc())).all()
        return [
            JournalRow(r.at, r.until, r.polls, r.outcome, r.status, r.new_items, r.bytes, r.seconds, r.note)
            for r in rows
        ]

    @retried
    def pause_feed(self, feed: int) -> None:
        """Poll a feed no more until it is resumed; what is under way ends. `apply` leaves it paused."""
        f = tables.feeds
        with self._transaction("write") as connection:
            connection.execute(f.update().where(f.c.id == feed).values(paused=True, state="disabled"))

    @retried
    def resume_feed(self, feed: int) -> None:
        """Poll a paused feed again when its next poll is due; one that was backing off goes on doing so.

        One that is merged into another stays so.
        """
        f = tables.feeds
        with self._transaction("write") as connection:
            columns = (f.c.merged_into, f.c.error_weight, f.c.failures, f.c.last_good_at)
            mine = f.c.id == feed
            row = connection.execute(select(*columns).where(mine, f.c.paused).with_for_update()).one_or_none()
            if row is None:
                return
            if row.merged_into is not None:
                state = "disabled"
            elif row.failures:
                state = "broken" if row.error_weight >= BROKEN_FROM else "backing_off"
            else:
                state = "new" if row.last_good_at is None else "ok"
            connection.execute(f.update().where(mine).values(paused=False, state=state))

    @retried
    def remove_feed(self, feed: int, *, now: datetime) -> None:
        """Remove a feed made by command; its archive stays.

        Raises:
            ConfigurationError: It is managed by file, or comes from an OPML list.
        """
        with self._transaction("write") as connection:
            managed_by = connection.scalar(select(tables.feeds.c.managed_by).where(tables.feeds.c.id == feed))
            if managed_by == "file":
                raise ConfigurationError("the feed is managed by file: take it out of feeds.yaml and apply")
            if managed_by == "opml":
                raise ConfigurationError("the feed comes from an OPML list: take it out there, or pause it")
            connection.execute(tables.feeds.update().where(tables.feeds.c.id == feed).values(removed_at=now))
            merging.replace_removed(connection, [feed])
            read_anew(connection, [feed], now=now)
            bump_version(connection)


def _listed(connection: Connection) -> list[FeedRow]:
    f = tables.feeds.c
    tally = select(tables.items.c.feed_id, func.count()).group_by(tables.items.c.feed_id)
    counts: dict[int, int] = {row[0]: row[1] for row in connection.execute(tally)}
    o = tables.opml_lists.c
    lists = {row.id: row for row in connection.execute(select(o.id, o.source, o.last_error))}
    rows = connection.execute(select(tables.feeds).where(f.removed_at.is_(None)).order_by(f.id)).all()
    names = {r.id: r.name or r.title or shown_url(r.url) for r in rows}
    found = [
        FeedRow(
            id=r.id,
            name=names[r.id],
            url=r.url,
            polled_url=r.polled_url,
            tags=tuple(r.tags),
            every=r.every,
            state=r.state,
            last_outcome=r.last_outcome,
            last_status=r.last_status,
            last_error=r.last_error,
            last_polled_at=r.last_polled_at,
            next_poll_at=r.next_poll_at,
            items=counts.get(r.id, 0),
            managed_by=r.managed_by,
            interval=r.learned_interval,
            last_good_at=r.last_good_at,
            failures=r.failures,
            told_at=r.told_at,
            gap_from=r.gap_from,
            gap_until=r.gap_until,
            paused=r.paused,
            merged_into=names.get(r.merged_into),
            opml=lists[r.opml_id].source if r.opml_id in lists else None,
            opml_error=lists[r.opml_id].last_error if r.opml_id in lists else None,
            full_text=r.full_text,
            ignore_hints=r.ignore_hints,
            in_hand=r.lease_owner is not None,
            alone=r.alone,
        )
        for r in rows
    ]
    return sorted(found, key=lambda feed: (feed.name.casefold(), feed.id))
