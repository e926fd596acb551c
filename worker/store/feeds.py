"""Feeds: which are due, who polls them, and what commands want to know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from config.redaction import shown_url
from worker.errors import ConfigurationError
from worker.records import DueFeed, LeasedFeed, Validators
from worker.store import leases, tables
from worker.store.rows import FeedRow, JournalRow
from worker.store.status import bump_version, pollable
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row

    from config.values import FeedLine

SLOW_SECONDS = 5.0
"""A feed whose polls take longer on average travels with its like (DESIGN 3.2)."""


class Feeds(Database):
    """Feeds and their leases."""

    @retried
    def claim_due_feeds(self, *, now: datetime, lease: timedelta, limit: int) -> list[DueFeed]:
        """Queue feeds that are due (see ClaimStore)."""
        f = tables.feeds.c
        due = (
            leases.locked(tables.feeds, *pollable(now), leases.free(tables.feeds, now))
            .order_by(f.next_poll_at, f.id)
            .limit(limit)
        )
        queued = leases.chosen(tables.feeds, due).values(leased_until=now + lease)
        columns = (f.id, f.last_polled_at, f.alone, f.average_seconds, f.next_poll_at)
        with self._transaction("write") as connection:
            rows = connection.execute(queued.returning(*columns)).all()
        rows = sorted(rows, key=lambda row: (row.next_poll_at, row.id))
        return [
            DueFeed(
                id=row.id,
                fresh=row.last_polled_at is None,
                alone=row.alone,
                slow=(row.average_seconds or 0.0) > SLOW_SECONDS,
            )
            for row in rows
        ]

    @retried
    def begin_polls(
        self, feeds: Sequence[int], *, owner: str, now: datetime, lease: timedelta, force: bool = False
    ) -> list[LeasedFeed]:
        """Begin leases (see PollStore)."""
        where = (tables.feeds.c.removed_at.is_(None), tables.feeds.c.state != "disabled") if force else pollable(now)
        with self._transaction("write") as connection:
            begun = leases.begin(connection, tables.feeds, feeds, *where, lease_owner=owner, leased_until=now + lease)
            rows = [
                row
                for part in leases.chunks(sorted(begun))
                for row in connection.execute(
                    select(tables.feeds).where(tables.feeds.c.id.in_(part)).order_by(tables.feeds.c.id)
                )
            ]
        return [_leased(row) for row in rows]

    @retried
    def renew_feed_leases(self, tokens: Mapping[int, int], *, now: datetime, lease: timedelta) -> None:
        """Prolong leases that are still ours."""
        with self._transaction("write") as connection:
            leases.renew(connection, tables.feeds, tokens, now + lease)

    @retried
    def hand_back_feeds(self, tokens: Mapping[int, int]) -> None:
        """Free leases whose poll did not begin."""
        with self._transaction("write") as connection:
            leases.hand_back(connection, tables.feeds, tokens)

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
    def add_feed(self, line: FeedLine, *, now: datetime) -> int:
        """Add a feed by command, or bring back a removed one; return its id.

        Raises:
            ConfigurationError: It is there already.
        """
        with self._transaction("write") as connection:
            known = connection.execute(select(tables.feeds).where(tables.feeds.c.url == line.url)).one_or_none()
            if known is not None and known.removed_at is None:
                raise ConfigurationError(f"feed {shown_url(line.url)} is there already (managed by {known.managed_by})")
            feed = write_feed(connection, line, known, managed_by="command", now=now)
            bump_version(connection)
        return feed

    @retried
    def remove_feed(self, feed: int, *, now: datetime) -> None:
        """Remove a feed made by command; its archive stays.

        Raises:
            ConfigurationError: It is managed by file.
        """
        with self._transaction("write") as connection:
            managed_by = connection.scalar(select(tables.feeds.c.managed_by).where(tables.feeds.c.id == feed))
            if managed_by == "file":
                raise ConfigurationError("the feed is managed by file: take it out of feeds.yaml and apply")
            connection.execute(tables.feeds.update().where(tables.feeds.c.id == feed).values(removed_at=now))
            bump_version(connection)


def write_feed(
    connection: Connection, line: FeedLine, known: Row[Any] | None, *, managed_by: str, now: datetime
) -> int:
    """Insert, change or bring back one feed; return its id.

    A feed that comes back is due at once and keeps its memory.
    """
    values: dict[str, Any] = {
        "name": line.name,
        "tags": list(line.tags),
        "every": line.every,
        "managed_by": managed_by,
    }
    if known is None:
        fresh = {"url": line.url, "polled_url": line.url, "host": host_of(line.url), "created_at": now, "state": "new"}
        statement = tables.feeds.insert().values(**values, **fresh, next_poll_at=now).returning(tables.feeds.c.id)
        added: int = connection.execute(statement).scalar_one()
        return added
    if known.removed_at is not None:
        state = "ok" if known.last_good_at is not None else "new"
        values |= {"removed_at": None, "next_poll_at": now, "state": state, "failures": 0, "alone": False, "losses": 0}
    elif (
        line.every is not None and line.every != known.every and not known.failures
    ):  # else it backs off (INTERFACE 8.9)
        ends = (known.last_polled_at or now) + line.every
        values["next_poll_at"] = min(known.next_poll_at, ends)
    connection.execute(tables.feeds.update().where(tables.feeds.c.id == known.id).values(**values))
    feed: int = known.id
    return feed


def host_of(url: str) -> str:
    """Return the host that politeness counts by; on loopback that is address and port (INTERFACE 2)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    return f"{host}:{parts.port or 80}" if loopback else host


def _leased(row: Row[Any]) -> LeasedFeed:
    validators = None
    if row.validators_url is not None:
        validators = Validators(url=row.validators_url, etag=row.etag, last_modified=row.last_modified)
    return LeasedFeed(
        id=row.id,
        token=row.lease_token,
        url=row.url,
        polled_url=row.polled_url,
        name=row.name or row.title,
        validators=validators,
        body_hash=row.body_hash,
        every=row.every,
        failures=row.failures,
        last_good_at=row.last_good_at,
    )


def _listed(connection: Connection) -> list[FeedRow]:
    f = tables.feeds.c
    tally = select(tables.items.c.feed_id, func.count()).group_by(tables.items.c.feed_id)
    counts: dict[int, int] = {row[0]: row[1] for row in connection.execute(tally)}
    rows = connection.execute(select(tables.feeds).where(f.removed_at.is_(None)).order_by(f.id)).all()
    found = [
        FeedRow(
            id=r.id,
            name=r.name or r.title or shown_url(r.url),
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
        )
        for r in rows
    ]
    return sorted(found, key=lambda feed: (feed.name.casefold(), feed.id))
