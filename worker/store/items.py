"""Items: what a poll adds, revises and sees again, and what waits for matching."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, union

from worker.records import UnmatchedItem
from worker.store import leases
from worker.store.tables import feeds, item_revisions, items
from worker.store.transactions import Database, insert, retried
from worker.stories.canonical import canonical_url
from worker.stories.likeness import LOOKED_AT
from worker.stories.model import KnownItem, RecalledItem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row
    from sqlalchemy.sql.dml import ReturningInsert

    from worker.records import PollRecord
    from worker.stories.model import IdentifiedItem, PollDecision, Revision


@dataclass(frozen=True, slots=True)
class Written:
    """What became of items.

    Attributes:
        waiting: feed -> its items that now wait for matching.
        added: (feed, identity) -> the id of an item that is new.
    """

    waiting: Mapping[int, Sequence[int]]
    added: Mapping[tuple[int, bytes], int]


_i = items.c
_MINE = and_(_i.feed_id == bindparam("feed"), _i.id.in_(bindparam("ids", expanding=True)))
_HASHED = (_i.id, _i.identity, _i.content, _i.link, _i.published, _i.updated, _i.revisions)
"""What a KnownItem is made of."""
_KNOWN = union(
    *(
        select(*_HASHED).where(_i.feed_id == bindparam("feed"), column.in_(bindparam(name, expanding=True)))
        for column, name in ((_i.identity, "identities"), (_i.content, "contents"))
    )
)
_RECALLED = select(*_HASHED, _i.title, func.substr(_i.text, 1, LOOKED_AT).label("text")).where(_MINE)
"""Of the text what is compared: a feed may have thousands of items of 200,000 characters each."""
_ANY = select(_i.id).where(_i.feed_id == bindparam("feed")).limit(1)
_MANY = 8
"""To look for more items than that costs several times what it does to ask whether there are any."""
_SEEN = items.update().where(_MINE).values(last_seen=bindparam("at"))
_KEPT = ("content", "link", "title", "summary", "text", "updated")
_OLD = item_revisions.insert().from_select(
    ["item_id", *_KEPT, "replaced_at"],
    select(_i.id, *(_i[name] for name in _KEPT), bindparam("at", type_=_i.first_seen.type))
    .where(_MINE)
    .order_by(_i.id),
)
_NEWS = select(_i.id).where(_MINE, _i.news)
# The columns of `_said` are set because the parameters name them.
_RESTATED = (
    items.update()
    .where(_i.id == bindparam("b_item"), _i.feed_id == bindparam("b_feed"))
    .values(revisions=_i.revisions + bindparam("b_kept"))
)
_REVISED = _RESTATED.values(
    unmatched_since=case((_i.news, bindparam("b_at", type_=_i.first_seen.type)), else_=_i.unmatched_since),
    match_leased_until=bindparam("b_later", type_=_i.first_seen.type),
    match_attempts=0,
    match_state=None,
)
_other = items.alias("other")
_REIDENTIFIED = (
    items.update()
    .where(
        _i.id == bindparam("b_item"),
        _i.feed_id == bindparam("b_feed"),
        ~exists().where(_other.c.feed_id == bindparam("b_feed"), _other.c.identity == bindparam("b_identity")),
    )
    .values(identity=bindparam("b_identity"))
)
"""Statements are made once: to make one costs more than to run it."""


class Items(Database):
    """Items as the poll and the sweep see them."""

    def known_items(
        self, feed: int, identities: Sequence[bytes], contents: Sequence[bytes]
    ) -> tuple[list[KnownItem], list[KnownItem]]:
        """Look up what is remembered (see PollStore)."""
        asked = frozenset(identities)
        found: dict[int, KnownItem] = {}
        parts = [*zip_longest(leases.chunks(sorted(asked)), leases.chunks(sorted(set(contents))), fillvalue=())]
        if len(asked) > _MANY and not self._has_items(feed):
            return [], []
        with self._transaction("read" if len(parts) > 1 else "look") as connection:
            for some, others in parts:
                rows = connection.execute(_KNOWN, {"feed": feed, "identities": some, "contents": others})
                found.update((row[0], KnownItem(*row)) for row in rows)
        items = [found[id_] for id_ in sorted(found)]
        return [item for item in items if item.identity in asked], [
            item for item in items if item.identity not in asked
        ]

    def recalled_items(self, feed: int, ids: Collection[int]) -> dict[int, RecalledItem]:
        """Look up words of known items (see PollStore)."""
        found: dict[int, RecalledItem] = {}
        with self._transaction("read") as connection:
            for part in leases.chunks(sorted(ids)):
                for *known, title, text in connection.execute(_RECALLED, {"feed": feed, "ids": part}):
                    found[known[0]] = RecalledItem(KnownItem(*known), title, text)
        return found

    def _has_items(self, feed: int) -> bool:
        with self._transaction("look") as connection:
            return connection.execute(_ANY, {"feed": feed}).one_or_none() is not None

    @retried
    def archive_items(self, feed: int, items: Sequence[IdentifiedItem], *, now: datetime) -> int:
        """Store items that the feed does not have yet, silently: no news, matched already, in no story.

        Returns how many those were. Those of a feed that is merged into another become that one's.
        """
        f = feeds.c
        with self._transaction("write") as connection:
            kept = select(func.coalesce(f.merged_into, f.id)).where(f.id == feed)
            owner = connection.execute(kept).scalar_one()
            seen = {"feed_id": owner, "first_seen": now, "last_seen": now, "news": False}
            return len(_inserted(connection, [seen | {"identity": item.identity} | _said(item) for item in items]))

    @retried
    def claim_unmatched(
        self, *, now: datetime, older_than: timedelta, lease: timedelta, limit: int
    ) -> list[UnmatchedItem]:
        """Queue items whose matching was lost (see ClaimStore)."""
        i = items.c
        unleased = or_(i.match_leased_until.is_(None), i.match_leased_until <= now)
        waiting = leases.locked(items, i.unmatched_since <= now - older_than, unleased)
        queued = leases.chosen(items, waiting.order_by(i.unmatched_since, i.id).limit(limit))
        queued = queued.values(match_leased_until=now + lease).returning(i.id, i.match_attempts, i.first_seen)
        with self._transaction("write") as connection:
            rows = sorted(connection.execute(queued).all(), key=lambda row: (row.first_seen, row.id))
        return [UnmatchedItem(row.id, alone=row.match_attempts > 0) for row in rows]

    @retried
    def begin_matching(self, ids: Sequence[int], *, now: datetime, lease: timedelta, max_attempts: int) -> list[int]:
        """Count an attempt to match these items (see MatchStore)."""
        i = items.c
        begun: list[int] = []
        with self._transaction("write") as connection:
            for part in leases.chunks(sorted(set(ids))):
                waiting = (i.id.in_(part), i.unmatched_since.is_not(None))
                spent = leases.chosen(items, leases.locked(items, *waiting, i.match_attempts >= max_attempts))
                connection.execute(
                    spent.values(unmatched_since=None, match_leased_until=None, match_state="quarantined")
                )
                chosen = leases.chosen(items, leases.locked(items, *waiting))
                counted = chosen.values(match_attempts=i.match_attempts + 1, match_leased_until=now + lease)
                begun += connection.scalars(counted.returning(i.id))
        return sorted(begun)

    @retried
    def uncount_matching(self, ids: Sequence[int]) -> None:
        """Take back an attempt to match these items (see MatchStore)."""
        i = items.c
        with self._transaction("write") as connection:
            for part in leases.chunks(sorted(set(ids))):
                waiting = (i.id.in_(part), i.unmatched_since.is_not(None), i.match_attempts > 0)
                chosen = leases.chosen(items, leases.locked(items, *waiting))
                connection.execute(chosen.values(match_attempts=i.match_attempts - 1))


def write_items(connection: Connection, records: Sequence[PollRecord]) -> Written:
    """Write what polls decided about items, all feeds together."""
    decided = [(record, record.decision) for record in records if record.decision is not None]
    waiting: dict[int, list[int]] = defaultdict(list)
    if not decided:
        return Written({}, {})
    _reidentify(connection, decided)
    _revise(connection, decided, waiting)
    for record, decision in decided:
        for part in leases.chunks(decision.seen):
            connection.execute(_SEEN, {"feed": record.feed, "ids": part, "at": record.at})
    added = _add(connection, decided, waiting)
    return Written({feed: sorted(ids) for feed, ids in waiting.items()}, added)


def hashed(text: str | None) -> bytes | None:
    """BLAKE2b, 16 bytes."""
    return None if text is None else blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def link_hash(link: str | None) -> bytes | None:
    """Hash a link by its one spelling, so that however somebody writes it the items behind it are found."""
    return None if link is None else hashed(canonical_url(link))


def _reidentify(connection: Connection, decided: Sequence[tuple[PollRecord, PollDecision]]) -> None:
    """Store new identities, in order, unless another item of the feed has the identity already."""
    changed = [
        {"b_item": item, "b_feed": record.feed, "b_identity": identity}
        for record, decision in decided
        for item, identity in decision.reidentified
    ]
    if changed:
        connection.execute(_REIDENTIFIED, changed)


def _revise(
    connection: Connection, decided: Sequence[tuple[PollRecord, PollDecision]], waiting: dict[int, list[int]]
) -> None:
    """Keep the old state as a revision, as far as it is to be kept, and store the new one.

    An item that is news, and of which words changed, waits for matching again.
    """
    for record, decision in decided:
        for part in leases.chunks([revision.id for revision in decision.revised if revision.kept]):
            connection.execute(_OLD, {"feed": record.feed, "ids": part, "at": record.at})
        for part in leases.chunks([revision.id for revision in decision.revised if _is_read_again(revision)]):
            waiting[record.feed].extend(connection.scalars(_NEWS, {"feed": record.feed, "ids": part}))
    for statement, again in ((_REVISED, True), (_RESTATED, False)):
        changed = [
            {"b_item": revision.id, "b_feed": record.feed, "b_kept": int(revision.kept)}
            | ({"b_at": record.at, "b_later": _matched_from(record)} if again else {})
            | _said(revision.item)
            for record, decision in decided
            for revision in decision.revised
            if _is_read_again(revision) is again
        ]
        if changed:
            connection.execute(statement, changed)


def _is_read_again(revision: Revision) -> bool:
    """Whether watch lists look at a revised item again."""
    return revision.words and revision.kept


def _add(
    connection: Connection, decided: Sequence[tuple[PollRecord, PollDecision]], waiting: dict[int, list[int]]
) -> dict[tuple[int, bytes], int]:
    """Insert new items and return their ids; ones that are there already stay as they are, and wait for nothing."""
    added = [
        {
            "feed_id": record.feed,
            "identity": new.item.identity,
            "first_seen": record.at,
            "last_seen": record.at,
            "news": new.news,
            "unmatched_since": record.at if new.news or new.fold else None,
            "match_leased_until": _matched_from(record),
        }
        | _said(new.item)
        for record, decision in decided
        for new in decision.new
    ]
    ids: dict[tuple[int, bytes], int] = {}
    for row in _inserted(connection, added):
        ids[row.feed_id, bytes(row.identity)] = row.id
        if row.unmatched_since is not None:
            waiting[row.feed_id].append(row.id)
    return ids


def _inserted(connection: Connection, added: Sequence[dict[str, Any]]) -> Sequence[Row[Any]]:
    """Insert items; return (id, feed_id, identity, unmatched_since) of those that were not there.

    Known rows are omitted from what comes back, so it is never zipped with what went in (RELIABILITY 26).
    """
    if not added:
        return []
    return connection.execute(_inserting(connection.dialect.name), added).all()


@lru_cache
def _inserting(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    statement = insert(dialect, items).on_conflict_do_nothing(index_elements=["feed_id", "identity"])
    return statement.returning(_i.id, _i.feed_id, _i.identity, _i.unmatched_since)


def _matched_from(record: PollRecord) -> datetime | None:
    """Return from when on items may be matched without their linked pages' texts."""
    return None if record.match_later is None else record.at + record.match_later


def _said(identified: IdentifiedItem) -> dict[str, Any]:
    item = identified.item
    return {
        "content": identified.content,
        "guid_hash": hashed(item.id),
        "link_hash": link_hash(item.link),
        "link": item.link,
        "title": item.title,
        "summary": None if item.summary == item.text else item.summary,
        "text": item.text,
        "authors": list(item.authors),
        "categories": list(item.categories),
        "source": item.source,
        "language": item.language,
        "published": item.published,
        "updated": item.updated,
        "image": item.image,
        "enclosures": [{"url": one.url, "type": one.type, "length": one.length} for one in item.enclosures] or None,
    }
