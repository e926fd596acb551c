"""Trails: what is kept of an item's way, found by its link, its id here or its id there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, or_, select

from config.redaction import shown_url
from worker.feeds.host import host_of
from worker.records.trail import (
    AskedList,
    NearItem,
    Trail,
    TrailFeed,
    TrailItem,
    TrailMatch,
    TrailReport,
    TrailRun,
    TrailStory,
)
from worker.store import leases
from worker.store.items import link_hash
from worker.store.matchables import JOINED, SAID, joined_feed, matchable_of
from worker.store.merging import tags_of
from worker.store.tables import (
    feeds,
    item_revisions,
    items,
    matches,
    notices,
    poll_journal,
    stories,
    subscribers,
    subscriptions,
    watch_lists,
)
from worker.store.trail_alerts import told_of
from worker.store.transactions import Database
from worker.stories.identity import identity_of_id
from worker.watchlists.model import WatchList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, Connection, Row, ScalarSelect, Select

MOST_COPIES = 50
"""Items that share a link are shown up to so many, the earliest first."""

MOST_MATCHES = 200
"""Watch lists that met one item are shown up to so many, by name."""

MOST_FEEDS = 20
"""Feeds that an address may have come from are shown up to so many."""

_NEWEST = 500
"""So many of their items are looked at for one whose address is like it."""

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_i, _f, _j, _s, _m, _w = items.c, feeds.c, poll_journal.c, stories.c, matches.c, watch_lists.c
_ITEMS = (
    select(
        *(_i.id, _i.story_id, _i.published, _i.updated, _i.first_seen, _i.last_seen, _i.news, _i.folded),
        *(_i.copy_of, _i.revisions, _i.unmatched_since, _i.match_state, _f.tags),
        *(*SAID, *JOINED),
    )
    .join_from(items, feeds)
    .order_by(_i.first_seen, _i.id)
    .limit(MOST_COPIES)
)
_CALLED_THERE = select(_i.id).where(_i.feed_id.in_(_IDS), _i.identity == bindparam("identity"))
_REPORT = select(_i.id, _i.title, _i.link, _i.first_seen, *JOINED).join_from(items, feeds)
_kept = feeds.alias("kept")
_FEEDS = (
    select(
        *(_f.id, _f.name, _f.title, _f.url, _f.link, _f.host, _f.served_host, _f.state, _f.created_at, _f.removed_at),
        *(_f.next_poll_at, _f.last_polled_at, _f.last_good_at, _f.last_outcome, _f.last_error, _f.failures, _f.told_at),
        *(_f.gap_from, _f.gap_until, _f.paused, _f.merged_into),
        *(_kept.c.name.label("kept_name"), _kept.c.title.label("kept_title"), _kept.c.url.label("kept_url")),
    )
    .join_from(feeds, _kept, _kept.c.id == _f.merged_into, isouter=True)
    .order_by(_f.removed_at.is_not(None), _f.id)
)


class Trails(Database):
    """Items, and all that became of them."""

    def item_by_id(self, item: int) -> list[TrailItem]:
        """Find an item by its id here."""
        return self._items(_i.id == item)

    def items_at(self, link: str) -> list[TrailItem]:
        """Find the items with this link, however it is spelt."""
        return self._items(_i.link_hash == link_hash(link))

    def items_called(self, name: str) -> list[TrailItem]:
        """Find the items that their publishers call so (guid), as far as those ids are worth anything."""
        identity = identity_of_id(name)
        with self._transaction("read") as connection:
            known = connection.scalars(select(_f.id).order_by(_f.id)).all()
            found = [
                item
                for part in leases.chunks(known)
                for item in connection.scalars(_CALLED_THERE, {"ids": part, "identity": identity})
            ]
        return self._items(_i.id.in_(found[:MOST_COPIES])) if found else []

    def _items(self, which: ColumnElement[bool]) -> list[TrailItem]:
        with self._transaction("read") as connection:
            rows = connection.execute(_ITEMS.where(which)).all()
            tags = tags_of(connection, {row.feed_id: row.tags for row in rows})
        return [_item(row, tags[row.feed_id]) for row in rows]

    def trail(self, item: TrailItem, *, watch_list: int | None = None, subscriber: str | None = None) -> Trail:
        """Load what is kept of an item's way, as of one moment.

        With `watch_list` no match or alert of another list; with `subscriber` no alert to another, nor match of a list
        that never told this one.
        """
        with self._transaction("read") as connection:
            (feed,) = connection.execute(_FEEDS.where(_f.id == item.feed)).all()
            told = told_of(connection, item.id, item.story, watch_list=watch_list, subscriber=subscriber)
            met = _matches(connection, item.id, watch_list, subscriber)
            return Trail(
                item=item,
                feed=_feed(feed),
                runs=_runs(connection, item.feed),
                revised=_revised(connection, item.id),
                story=None if item.story is None else _story(connection, item.story, item.text_of),
                matches=met,
                also_met=_also_met(connection, item.id, met, subscriber),
                alerts=told.alerts,
                more_alerts=told.more_alerts,
                updates=told.updates,
                digests=told.digests,
                deliveries=told.deliveries,
            )

    def feeds_around(self, host: str, domain: str) -> list[TrailFeed]:
        """Find the feeds that are polled at `host`, or else have to do with `domain` in some way, removed ones too.

        `domain`: a part of host names; where it stands in an address of a feed, that is one.
        """
        within = (column.contains(domain, autoescape=True) for column in (_f.host, _f.served_host, _f.link))
        with self._transaction("read") as connection:
            found = connection.execute(_FEEDS.where(or_(_f.host == host, _f.served_host == host)).limit(MOST_FEEDS))
            rows = found.all() or connection.execute(_FEEDS.where(or_(*within)).limit(MOST_FEEDS)).all()
        return [_feed(row) for row in rows]

    def newest_items(self, of: Sequence[int]) -> list[NearItem]:
        """Return the items of these feeds that have links, the newest first, some hundreds at most."""
        # `+ 0` keeps both databases from walking all items backwards for those of feeds that have few.
        newest = select(_i.id).where(_i.feed_id.in_(of), _i.link.is_not(None)).order_by((_i.id + 0).desc())
        statement = _REPORT.where(_i.id.in_(newest.limit(_NEWEST))).order_by(_i.id.desc())
        with self._transaction("read") as connection:
            rows = connection.execute(statement).all()
        return [NearItem(row.id, _feed_name(row), row.title, row.link, row.first_seen) for row in rows]

    def list_called(self, name: str) -> AskedList | None:
        """Find a watch list by its name, a removed one too."""
        with self._transaction("read") as connection:
            row = connection.execute(_lists().where(_w.name == name)).one_or_none()
        return None if row is None else _asked(row)

    def list_queries(self) -> dict[str, str]:
        """Load the queries of all watch lists that are not removed, by name."""
        with self._transaction("read") as connection:
            rows = connection.execute(select(_w.name, _w.full_query).where(_w.removed_at.is_(None)))
            return {name: query for name, query in rows}  # noqa: C416 - a Row is a tuple only to us

    def lists_to_ask(self, *, limit: int, subscriber: str | None = None) -> list[AskedList]:
        """Load the watch lists that are not removed, the first `limit` by name; of one `subscriber`, or all."""
        statement = _lists().where(_w.removed_at.is_(None), *_telling(subscriber)).order_by(_w.name).limit(limit)
        with self._transaction("read") as connection:
            return [_asked(row) for row in connection.execute(statement)]


def _telling(subscriber: str | None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition under which a list tells, or told, a subscriber."""
    t = subscriptions.c
    if subscriber is None:
        return ()
    whose = select(subscribers.c.id).where(subscribers.c.name == subscriber).scalar_subquery()
    return (select(t.id).where(t.watch_list_id == _w.id, t.subscriber_id == whose).correlate(watch_lists).exists(),)


def _lists() -> Select[*tuple[Any, ...]]:
    t = subscriptions.c
    told = select(t.id).where(t.watch_list_id == _w.id, t.removed_at.is_(None)).exists()
    asked = (_w.id, _w.name, _w.full_query, _w.feed_tags, _w.languages)
    since = (_w.state, _w.created_at, _w.asked_since, _w.removed_at, _w.broken_why)
    # Only of broken ones, for there is no index to find notices by.
    broken_since = case((_w.state == "broken", _told_broken()))
    return select(*asked, *since, broken_since.label("broken_since"), told.label("told"))


def _told_broken() -> ScalarSelect[Any]:
    """When the owner was told that a list with this name and query broke, since it is asked that."""
    n = notices.c
    of_list = n.data["watch_list"]
    return (
        select(func.max(n.created_at))
        .where(
            n.type == "watchlist.broken",
            n.created_at >= func.coalesce(_w.asked_since, _w.created_at),
            of_list["name"].as_string() == _w.name,
            of_list["query"].as_string() == _w.full_query,
        )
        .correlate(watch_lists)
        .scalar_subquery()
    )


def _asked(row: Row[*tuple[Any, ...]]) -> AskedList:
    definition = WatchList(row.id, row.name, row.full_query, frozenset(row.feed_tags), frozenset(row.languages))
    return AskedList(
        definition,
        row.state,
        row.created_at,
        asked_since=row.asked_since,
        removed_at=row.removed_at,
        broken_why=row.broken_why,
        broken_since=row.broken_since,
        told=bool(row.told),
    )


def _item(row: Row[*tuple[Any, ...]], tags: frozenset[str]) -> TrailItem:
    feed = joined_feed(row, tags)
    return TrailItem(
        id=row.id,
        feed=feed.id,
        feed_name=feed.name,
        story=row.story_id,
        title=row.title,
        link=row.link,
        language=row.language,
        published=row.published,
        updated=row.updated,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        news=row.news,
        matchable=matchable_of(row, feed),
        folded=row.folded,
        text_of=row.copy_of,
        revisions=row.revisions,
        waits_since=row.unmatched_since,
        gave_up=row.match_state == "quarantined",
    )


def _feed(row: Row[*tuple[Any, ...]]) -> TrailFeed:
    kept = None if row.merged_into is None else row.kept_name or row.kept_title or shown_url(row.kept_url)
    site = None if row.link is None else _host(row.link)
    return TrailFeed(
        id=row.id,
        name=row.name or row.title or shown_url(row.url),
        url=shown_url(row.url),
        hosts=tuple(dict.fromkeys(filter(None, (row.host, row.served_host, _host(row.url), site)))),
        state=row.state,
        created_at=row.created_at,
        next_poll_at=row.next_poll_at,
        last_polled_at=row.last_polled_at,
        last_good_at=row.last_good_at,
        last_outcome=row.last_outcome,
        last_error=row.last_error,
        failures=row.failures,
        told_at=row.told_at,
        gap_from=row.gap_from,
        gap_until=row.gap_until,
        paused=row.paused,
        merged_into=kept,
        removed_at=row.removed_at,
    )


def _feed_name(row: Row[*tuple[Any, ...]]) -> str:
    return joined_feed(row, frozenset()).name


def _host(url: str) -> str:
    try:
        return host_of(url)
    except ValueError:  # a document may call anything its link
        return ""


def _runs(connection: Connection, feed: int) -> tuple[TrailRun, ...]:
    kept = (_j.run, _j.at, _j.until, _j.polls, _j.outcome, _j.status, _j.new_items, _j.note)
    rows = connection.execute(select(*kept).where(_j.feed_id == feed).order_by(_j.run))
    return tuple(TrailRun(*row) for row in rows)


def _revised(connection: Connection, item: int) -> tuple[datetime, ...]:
    r = item_revisions.c
    return tuple(connection.scalars(select(r.replaced_at).where(r.item_id == item).order_by(r.id)))


def _story(connection: Connection, story: int, text_of: int | None) -> TrailStory:
    shown = (_s.id, _s.title, _s.reports, _s.independent_reports, _s.split_from, _s.split_at)
    row = connection.execute(select(*shown).where(_s.id == story)).one()
    first = _REPORT.where(_i.story_id == story).order_by(_i.first_seen, _i.id).limit(1)
    return TrailStory(
        id=row.id,
        title=row.title,
        reports=row.reports,
        independent_reports=row.independent_reports,
        first=_report(connection, first),
        text_of=None if text_of is None else _report(connection, _REPORT.where(_i.id == text_of)),
        split_from=row.split_from,
        split_at=row.split_at,
    )


def _report(connection: Connection, statement: Select[*tuple[Any, ...]]) -> TrailReport | None:
    row = connection.execute(statement).one_or_none()
    return None if row is None else TrailReport(row.id, _feed_name(row), row.title, row.link, row.first_seen)


def _matches(
    connection: Connection, item: int, watch_list: int | None, subscriber: str | None
) -> tuple[TrailMatch, ...]:
    met = (
        select(_w.id, _w.name, _m.terms, _m.created_at)
        .join_from(matches, watch_lists)
        .where(_m.item_id == item)
        .order_by(_w.name)
        .limit(MOST_MATCHES)
    )
    if watch_list is not None:
        met = met.where(_m.watch_list_id == watch_list)
    met = met.where(*_telling(subscriber))
    return tuple(TrailMatch(id_, name, tuple(terms), at) for id_, name, terms, at in connection.execute(met))


def _also_met(connection: Connection, item: int, shown: Sequence[TrailMatch], subscriber: str | None) -> frozenset[int]:
    """Return the ids of the lists that met an item beyond those shown."""
    if len(shown) < MOST_MATCHES:
        return frozenset()
    of_item = select(_m.watch_list_id).join_from(matches, watch_lists).where(_m.item_id == item)
    met = connection.scalars(of_item.where(*_telling(subscriber)))
    return frozenset(met) - {one.watch_list for one in shown}
