"""Merging: feeds that have become one address are one feed, and keep one memory of items.

Of a family one feed is polled and holds the items: the kept one. The others are `merged_into` it, disabled, and lend
it their tags. When the kept one is removed, another takes its place with all its items, and the removed one, should it
come back, is merged into that. So an address is polled once, and no item is ever new twice.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, or_, select

from config.redaction import shown_url
from config.rules import same_address
from worker.feeds.host import host_of
from worker.store import leases
from worker.store.due import UNPOLLED
from worker.store.tables import documents, feeds, items

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from worker.records import PollRecord

MOVES_LOCK = 0x70C51C
"""Number of the advisory lock under which PostgreSQL moves feeds: two that go to one address must see each other."""

_f = feeds.c
_NAMED = (_f.id, _f.name, _f.title, _f.url)
_PLACE = (_f.polled_url, _f.host, _f.served_host, _f.private_host)
_INHERITED = (
    *("polled_url", "host", "served_host", "private_host", "begun_at", "last_good_at", "learned_interval"),
    *("item_gap", "last_new_at", "hints", "fresh_for", "listed", "next_poll_at"),
)
"""What a feed that takes another's place goes on with. Not its validators: the first document is read whole."""

_LENT = select(_f.merged_into, _f.tags).where(
    _f.merged_into.in_(bindparam("ids", expanding=True)), _f.removed_at.is_(None)
)

FORGOTTEN = {"validators_url": None, "etag": None, "last_modified": None, "body_hash": None, "parts": None}


def destinations(connection: Connection, records: Sequence[PollRecord]) -> dict[int, int]:
    """Find which of the feeds that move are to be merged: feed -> the feed that is at its new address already.

    Of two that move to one address in the same call, the first, by id, stands for it.
    """
    moving = sorted((record.feed, record.moved_to) for record in records if record.moved_to is not None)
    if not moving:
        return {}
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MOVES_LOCK)))
    found: dict[int, int] = {}
    arriving: dict[str, int] = {}
    for feed, url in moving:
        address = same_address(url)
        kept = _standing_at(connection, url, address, but=feed) or arriving.get(address)
        while kept in found:
            kept = found[kept]
        if kept is not None and kept != feed:
            found[feed] = kept
        else:
            arriving.setdefault(address, feed)
    return found


def merge(connection: Connection, mover: int, kept: int, *, next_poll_at: datetime | None) -> None:
    """Merge a feed into the one at its new address, which is polled no later than `next_poll_at`, if that is said."""
    there = connection.execute(select(*_NAMED, *_PLACE).where(_f.id == kept)).one()
    _hand_over(connection, mover, kept)
    connection.execute(documents.delete().where(documents.c.feed_id == mover))
    connection.execute(feeds.update().where(_f.merged_into == mover).values(merged_into=kept))
    place = {column.name: getattr(there, column.name) for column in _PLACE}
    merged = {"merged_into": kept, "state": "disabled", "last_note": note_of(there)} | place | FORGOTTEN
    connection.execute(feeds.update().where(_f.id == mover).values(**merged))
    if next_poll_at is not None:
        later = (_f.id == kept, _f.next_poll_at > next_poll_at)
        connection.execute(feeds.update().where(*later).values(next_poll_at=next_poll_at))


def note_of(kept: Row[*tuple[Any, ...]]) -> str:
    """Say what became of a feed that was merged into `kept`."""
    return f"merged into {kept.name or kept.title or shown_url(kept.url)}"


def come_back(connection: Connection, feed: Row[*tuple[Any, ...]]) -> None:
    """Deal with a feed that was merged into another, and has just come back after its removal.

    It stays merged if the other is there, and takes its place if it is not.
    """
    kept = connection.execute(select(*_NAMED, _f.removed_at).where(_f.id == feed.merged_into)).one()
    if kept.removed_at is not None:
        succeed(connection, kept.id, feed.id)
        return
    merged = {"state": "disabled", "last_note": note_of(kept)}
    connection.execute(feeds.update().where(_f.id == feed.id).values(**merged))


def can_keep(feed: Row[*tuple[Any, ...]]) -> bool:
    """Whether others may be merged into the feed: it is polled itself."""
    return feed.removed_at is None and feed.merged_into is None and feed.state not in UNPOLLED


def replace_removed(connection: Connection, removed: Iterable[int]) -> None:
    """Let others take the places of feeds that have just been removed, where any were merged into them."""
    families: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for part in leases.chunks(sorted(set(removed))):
        merged = select(_f.id, _f.merged_into, _f.removed_at).where(_f.merged_into.in_(part))
        for row in connection.execute(merged.order_by(_f.paused, _f.id)):
            families[row.merged_into].append(row)
    for kept, members in sorted(families.items()):
        heirs = [row for row in members if row.removed_at is None]
        if heirs:
            succeed(connection, kept, heirs[0].id)


def succeed(connection: Connection, kept: int, heir: int) -> None:
    """Let `heir`, which was merged into `kept`, take its place: with its items, due when it was, and as far on."""
    family = select(_f.id).where(or_(_f.id == kept, _f.merged_into == kept)).order_by(_f.id)
    connection.execute(family.with_for_update(key_share=True)).all()
    before = connection.execute(select(feeds).where(_f.id == kept)).one()
    heir_is = connection.execute(select(_f.paused).where(_f.id == heir)).one()
    _hand_over(connection, kept, heir)
    connection.execute(documents.delete().where(documents.c.feed_id == kept))
    connection.execute(feeds.update().where(_f.merged_into == kept).values(merged_into=heir))
    connection.execute(feeds.update().where(_f.id == kept).values(merged_into=heir, **FORGOTTEN))
    state = "disabled" if heir_is.paused else "new" if before.last_good_at is None else "ok"
    values = {name: getattr(before, name) for name in _INHERITED} | FORGOTTEN
    values |= {"merged_into": None, "state": state, "failures": 0, "error_weight": 0.0, "told_at": None}
    connection.execute(feeds.update().where(_f.id == heir).values(**values, last_note=None))


def tags_of(connection: Connection, own: Mapping[int, Iterable[str]]) -> dict[int, frozenset[str]]:
    """Return the tags by which items of feeds (feed -> its own tags) match: with those of feeds merged into them."""
    tags = {feed: frozenset(given) for feed, given in own.items()}
    for part in leases.chunks(sorted(tags)):
        for row in connection.execute(_LENT, {"ids": part}):
            tags[row.merged_into] |= frozenset(row.tags)
    return tags


def leave_host(connection: Connection, mover: Row[*tuple[Any, ...]]) -> None:
    """Let the gap of the host that a feed leaves count on from its last poll, at another feed of that host."""
    stays = select(func.min(_f.id)).where(_f.host == mover.host, _f.id != mover.id).scalar_subquery()
    later = or_(_f.begun_at.is_(None), _f.begun_at < mover.begun_at)
    connection.execute(feeds.update().where(_f.id == stays, later).values(begun_at=mover.begun_at))


def _standing_at(connection: Connection, url: str, address: str, *, but: int) -> int | None:
    """Return the feed that is polled at an address, or is configured with it, and may be kept."""
    columns = (_f.id, _f.url, _f.polled_url, _f.merged_into, _f.removed_at, _f.state)
    near = select(*columns).where(or_(_f.host == host_of(url), _f.url == url), _f.id != but, _f.removed_at.is_(None))
    rows = connection.execute(near.order_by(_f.id)).all()
    for row in rows:
        if same_address(row.polled_url) == address and can_keep(row):
            return int(row.id)
    for row in rows:
        if same_address(row.url) != address:
            continue
        kept = row
        if row.merged_into is not None:
            kept = connection.execute(select(*columns).where(_f.id == row.merged_into)).one()
        if can_keep(kept):
            return int(kept.id)
    return None


def _hand_over(connection: Connection, giver: int, taker: int) -> None:
    """Give one feed's items to another, as far as it has none of the same identity."""
    other = items.alias("other")
    there = exists().where(other.c.feed_id == taker, other.c.identity == items.c.identity).correlate(items)
    connection.execute(items.update().where(items.c.feed_id == giver, ~there).values(feed_id=taker))
