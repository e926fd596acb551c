"""Feed lines: feeds as somebody configures them, by file, command or OPML list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from config.redaction import shown_url
from config.rules import same_address
from worker.errors import ConfigurationError
from worker.feeds.cadence import DEFAULT_INTERVAL
from worker.feeds.welcome import when_welcome
from worker.store import leases, merging, tables
from worker.store.hints import hints_of
from worker.store.hosts import place_of
from worker.store.rows import Imported
from worker.store.status import bump_version
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from config.values import FeedLine

AT_ONCE = 100
APART = timedelta(milliseconds=10)
"""Of feeds added together so many are due at once, and each further one so much later: no server gets them all in one
breath, and no database."""

Known = tuple["FeedLine", "Row[Any] | None"]
"""A line, and the row of `feeds` with its URL, if there is one."""


class FeedLines(Database):
    """Adding feeds."""

    @retried
    def add_feed(self, line: FeedLine, *, now: datetime, title: str | None = None) -> int:
        """Add a feed by command, or bring back a removed one; return its id.

        `title`: its own, as far as it is known; the first poll says it anew.

        Raises:
            ConfigurationError: It is there already, by this address or one that it has moved to.
        """
        with self._transaction("write") as connection:
            (row,) = rows_of(connection, [line])
            _, known = row
            if known is None or known.removed_at is None or known.merged_into is None:  # else it joins its family again
                _refuse_known(connection, line.url)
            write_feeds(connection, [row], managed_by="command", now=now)
            bump_version(connection)
            feed: int = connection.execute(select(_f.id).where(_f.url == line.url)).scalar_one()
            if title:
                unsaid = (_f.id == feed, _f.title.is_(None))
                connection.execute(tables.feeds.update().where(*unsaid).values(title=title))
        return feed

    @retried
    def import_feeds(self, lines: Sequence[FeedLine], *, now: datetime) -> Imported:
        """Add many feeds by command, in one transaction; ones that are there already are left as they are.

        Two addresses that differ in the case of the host, a default port or a fragment are one, and a feed is known by
        the address it has moved to as well.
        """
        with self._transaction("write") as connection:
            fresh = write_unknown(connection, lines, now=now)
            if fresh:
                bump_version(connection)
        return Imported(added=fresh, known=len(lines) - fresh)


_f = tables.feeds.c


def write_unknown(connection: Connection, lines: Sequence[FeedLine], *, now: datetime) -> int:
    """Add those feeds by command that are not there yet; return how many they are."""
    there = addresses(connection)
    fresh: list[FeedLine] = []
    for line in lines:
        address = same_address(line.url)
        if address not in there:
            there.add(address)
            fresh.append(line)
    write_feeds(connection, rows_of(connection, fresh), managed_by="command", now=now)
    return len(fresh)


def addresses(connection: Connection) -> set[str]:
    """Return the addresses, configured and polled, of all feeds that are not removed, each in one form."""
    rows = connection.execute(select(_f.url, _f.polled_url).where(_f.removed_at.is_(None)))
    return {same_address(url) for row in rows for url in set(row)}


def _refuse_known(connection: Connection, url: str) -> None:
    address = same_address(url)
    there = connection.execute(select(_f.url, _f.polled_url, _f.managed_by).where(_f.removed_at.is_(None)))
    for other in there:
        if address in {same_address(other.url), same_address(other.polled_url)}:
            raise ConfigurationError(f"feed {shown_url(url)} is there already (managed by {other.managed_by})")


def rows_of(connection: Connection, lines: Sequence[FeedLine]) -> list[Known]:
    """Find the rows with the lines' very URLs, removed ones too."""
    rows: dict[str, Row[Any]] = {}
    for part in leases.chunks([line.url for line in lines]):
        found = connection.execute(select(tables.feeds).where(_f.url.in_(part)))
        rows.update((row.url, row) for row in found)
    return [(line, rows.get(line.url)) for line in lines]


def write_feeds(
    connection: Connection, lines: Iterable[Known], *, managed_by: str, now: datetime, opml: int | None = None
) -> None:
    """Insert, change or bring back feeds; `opml`: the list that they come from.

    A feed that is new or comes back is polled soon: the first hundred at once, the others a little apart. One that
    comes back keeps its memory; it is paused no more.
    """
    fresh: list[dict[str, Any]] = []
    polled = 0
    for line, known in lines:
        values = _configured(line) | {"managed_by": managed_by, "opml_id": opml}
        if known is not None and known.removed_at is None:
            values |= _sooner(line, known, now)
        else:
            values["next_poll_at"] = now + max(0, polled + 1 - AT_ONCE) * APART
            polled += 1
        if known is None:
            fresh.append(values | {"url": line.url, "created_at": now, "state": "new"} | place_of(line.url))
            continue
        if known.removed_at is not None:
            values |= {"removed_at": None, "paused": False, "state": "new" if known.last_good_at is None else "ok"}
            values |= {"failures": 0, "error_weight": 0.0, "told_at": None, "alone": False, "losses": 0}
        connection.execute(tables.feeds.update().where(_f.id == known.id).values(**values))
        if known.removed_at is not None and known.merged_into is not None:
            merging.come_back(connection, known)
    if fresh:
        connection.execute(tables.feeds.insert(), fresh)


def remove_feeds(connection: Connection, feeds: Sequence[int], *, now: datetime) -> None:
    """Remove feeds; their archive stays, and what was merged into them is polled in their place."""
    for part in leases.chunks(sorted(feeds)):
        connection.execute(tables.feeds.update().where(_f.id.in_(part)).values(removed_at=now))
    merging.replace_removed(connection, feeds)


def _configured(line: FeedLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "tags": list(line.tags),
        "every": line.every,
        "ignore_hints": line.ignore_hints,
        "full_text": line.full_text,
    }


def _sooner(line: FeedLine, known: Row[Any], now: datetime) -> dict[str, Any]:
    """Shorten the wait under way where the interval has changed, unless the feed backs off.

    No more than server and document allow (INTERFACE 8.9).
    """
    if line.every == known.every or known.failures:
        return {}
    interval = line.every or known.learned_interval or DEFAULT_INTERVAL
    began = known.last_polled_at or now
    ends = began + interval
    if not line.ignore_hints:
        hints = hints_of(known.hints)
        ends = max(ends, began + max(filter(None, (hints.at_least, known.fresh_for)), default=interval))
        ends = when_welcome(ends, hints, 0.0)
    return {"next_poll_at": min(known.next_poll_at, ends)}
