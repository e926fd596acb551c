"""The archive: all items, as `search` and `watch preview` look at them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, cast, func, literal, literal_column, or_, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from worker.records.archive import SHARES, SPREAD, ArchivedItem, Candidate, ListScope, Window
from worker.store import search_shelves, search_vectors
from worker.store.leases import chunks
from worker.store.matchables import SAID, feed_of, matchable_of
from worker.store.merging import tags_of
from worker.store.search_index import SearchIndex
from worker.store.tables import feeds, indexed_items, items, stories, unindexed_items, watch_lists
from worker.watchlists.kin import kin_of
from worker.watchlists.needs import ANYTHING, NOTHING, AllOf, Lacks, OfFeeds, all_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from worker.records.archive import ArchiveFeed
    from worker.watchlists.needs import Need

PAGE = 500
"""So many items are read in one transaction."""

_NEAR = 1_000
"""Ids ascend with time but for items that came at about the same time: so many are looked at for the lowest id."""

_i, _f, _x, _u, _s, _w = items.c, feeds.c, indexed_items.c, unindexed_items.c, stories.c, watch_lists.c
_FEEDS = select(_f.id, _f.name, _f.title, _f.url, _f.tags)
_ITEMS = select(_i.id, _i.feed_id, _i.story_id, _i.published, _i.first_seen, *SAID)
_SOME_IDS = _i.id.in_(bindparam("ids", expanding=True))
_SOME = _ITEMS.where(_SOME_IDS)
_STORIES = select(_s.id, _s.independent_reports, _s.corrected_at).where(_s.id.in_(bindparam("ids", expanding=True)))
_MARKED = select(_i.id, _i.first_seen, _i.feed_id, _i.story_id, _i.news).where(_SOME_IDS)
_FOUND = (_x.item_id, _x.seen, _x.feed_id, _x.story_id, _x.news, _x.whole)


class Archive(SearchIndex):
    """Items, whatever became of them."""

    def archive_feeds(self) -> dict[int, ArchiveFeed]:
        """Load all feeds, by id; those that are removed too, for their items stay."""
        with self._transaction("read") as connection:
            rows = connection.execute(_FEEDS).all()
            tags = tags_of(connection, {row.id: row.tags for row in rows})
        return {row.id: feed_of(row, tags[row.id]) for row in rows}

    def narrowed(self, window: Window) -> Window:
        """Return the window with what the index knows of its beginning, to be found out once for several questions."""
        if self.dialect == "postgresql":
            return window
        statement = select(func.min(_x.number)).where(_x.seen >= int(window.since.timestamp()))
        with self._transaction("read") as connection:
            lowest = connection.execute(statement).scalar_one()
            return replace(window, lowest=search_shelves.last_number(connection) + 1 if lowest is None else lowest)

    def candidates(self, need: Need, window: Window, *, limit: int) -> list[Candidate]:
        """Return indexed items of the window that hold `need`; `limit` of them at most, whichever."""
        found: list[Candidate] = []
        with self._transaction("read") as connection:
            for statement in self._asking(connection, need, window, _FOUND):
                rows = connection.execute(statement.limit(limit - len(found))).all()
                found += map(Candidate._make, rows)
        return found

    def sampled_candidates(self, need: Need, window: Window, *, most: int, sample: int) -> tuple[list[Candidate], int]:
        """Return all of them if they are `most` at most, else an even sample of about `sample`; and their number."""
        if self.dialect == "postgresql":
            return self._sampled_at_once(need, window, most=most, sample=sample)
        total = self.count_candidates(need, window)
        share = sample / total if total > most else 1.0
        return self.candidates(need, replace(window, share=share), limit=total), total

    def _sampled_at_once(self, need: Need, window: Window, *, most: int, sample: int) -> tuple[list[Candidate], int]:
        """Do that in one statement: to count costs PostgreSQL as much as to find, and to find is most of it."""
        rows: Sequence[Row[*tuple[Any, ...]]] = ()
        with self._transaction("read") as connection:
            for statement in self._asking(connection, need, window, _FOUND):
                found = statement.cte("found")  # kept as it is, for it is used twice
                total = select(func.count()).select_from(found).scalar_subquery()
                spread = func.coalesce(found.c.story_id, found.c.item_id) * SPREAD % SHARES
                drawn = or_(total <= most, spread < literal(float(sample * SHARES)) / total)
                rows = connection.execute(select(*found.c, total).where(drawn)).all()
        some = [Candidate._make(row[:-1]) for row in rows]
        return some, rows[0][-1] if rows else self.count_candidates(need, window)

    def count_candidates(self, need: Need, window: Window) -> int:
        """Return how many of them there are."""
        with self._transaction("read") as connection:
            return sum(
                connection.execute(statement).scalar_one()
                for statement in self._asking(connection, need, window, (func.count(),))
            )

    def unindexed_candidates(self, window: Window) -> list[Candidate]:
        """Return the items of the window that are not indexed yet, whatever their language.

        A share of them is drawn item by item: to find out their stories would be to read them all.
        """
        marked = select(_u.item_id).where(*_limits(replace(window, feeds=None), _u.item_id, _u.item_id, _u.item_id))
        of_feeds = _limits(Window(window.since, feeds=window.feeds), _i.id, _i.feed_id, _i.id)
        statement = _MARKED.where(_i.first_seen >= window.since, *of_feeds)
        with self._transaction("read") as connection:
            # In two steps, for SQLite would go through all items of the window instead.
            parts = chunks(connection.scalars(marked).all())
            rows = [row for part in parts for row in connection.execute(statement, {"ids": part})]
        return [
            Candidate(id_, int(seen.timestamp()), feed, story, news, told=False)
            for id_, seen, feed, story, news in rows
        ]

    def archived_items(self, ids: Collection[int], feeds: Mapping[int, ArchiveFeed]) -> list[ArchivedItem]:
        """Load these items, as far as they are there, in no order; `feeds` are the archive's."""
        found: list[ArchivedItem] = []
        for part in chunks(sorted(ids)):
            with self._transaction("read") as connection:
                rows = connection.execute(_SOME, {"ids": part}).all()
            found += [_archived(row, feeds[row.feed_id]) for row in rows if row.feed_id in feeds]
        return found

    def archive_ids(self, since: datetime) -> tuple[int, int]:
        """Return the lowest and the highest id of items first seen since then; where there are none, 1 and 0."""
        first = select(_i.id).where(_i.first_seen >= since).order_by(_i.first_seen, _i.id).limit(_NEAR).subquery()
        with self._transaction("read") as connection:
            lowest = connection.execute(select(func.min(first.c.id))).scalar_one()
            highest = connection.execute(select(func.max(_i.id))).scalar_one()
        return (1, 0) if lowest is None else (lowest, highest)

    def archive_begins(self) -> datetime | None:
        """Return when the earliest item of the archive was first seen, or None if there is none."""
        with self._transaction("read") as connection:
            earliest: datetime | None = connection.execute(select(func.min(_i.first_seen))).scalar_one()
        return earliest

    def story_growth(self, ids: Collection[int]) -> dict[int, int]:
        """Return for each of these stories how many independent reports and corrections it has come to."""
        with self._transaction("read") as connection:
            return {
                row.id: (row.independent_reports or 1) + (row.corrected_at is not None)
                for part in chunks(sorted(ids))
                for row in connection.execute(_STORIES, {"ids": part})
            }

    def list_scope(self, name: str) -> ListScope | None:
        """Return what the watch list of this name asks, or None if there is none."""
        shown = (_w.full_query, _w.feed_tags, _w.languages, _w.alert)
        with self._transaction("read") as connection:
            row = connection.execute(select(*shown).where(_w.name == name, _w.removed_at.is_(None))).one_or_none()
        if row is None:
            return None
        return ListScope(row.full_query, frozenset(row.feed_tags), frozenset(row.languages), row.alert)

    def items_since(self, since: datetime) -> Iterator[ArchivedItem]:
        """Yield the archive from the newest item back to `since`, without its index, in short transactions."""
        feeds = self.archive_feeds()
        before: tuple[datetime, int] | None = None
        while page := self._page(since, before):
            yield from (_archived(row, feeds[row.feed_id]) for row in page)
            before = page[-1].first_seen, page[-1].id

    def _page(self, since: datetime, before: tuple[datetime, int] | None) -> list[Row[*tuple[Any, ...]]]:
        statement = _ITEMS.where(_i.first_seen >= since).order_by(_i.first_seen.desc(), _i.id.desc()).limit(PAGE)
        if before is not None:
            moment, item = before
            statement = statement.where(or_(_i.first_seen < moment, and_(_i.first_seen == moment, _i.id < item)))
        with self._transaction("read") as connection:
            return [*connection.execute(statement)]

    def _asking(
        self, connection: Connection, need: Need, window: Window, shown: tuple[ColumnElement[Any], ...]
    ) -> Iterator[Select[*tuple[Any, ...]]]:
        """Yield the statements that ask the index, those for later items first."""
        if need == NOTHING:
            return
        story = func.coalesce(_x.story_id, _x.item_id)
        conditions = [_x.seen >= int(window.since.timestamp()), *_limits(window, _x.item_id, _x.feed_id, story)]
        if window.languages:
            wanted = sorted({code for language in window.languages for code in kin_of(language)})
            kinds = (_x.language.startswith(f"{code}-", autoescape=True) for code in wanted)
            conditions.append(or_(_x.language.is_(None), _x.language.in_(wanted), *kinds))
        statement = select(*shown).where(*conditions)
        if need == ANYTHING:
            yield statement
        elif self.dialect == "postgresql":
            rest, of_feeds = _apart(need)
            asked = () if rest == ANYTHING else (_x.words.op("@@")(cast(search_vectors.query_of(rest), TSQUERY)),)
            yield statement.where(*of_feeds, *asked)
        else:
            yield from _by_shelf(connection, statement, search_shelves.query_of(need), window)


def _apart(need: Need) -> tuple[Need, list[ColumnElement[bool]]]:
    """Take out what is asked of the feed: hundreds of feeds, each as a word of the index, cost more than a column."""
    rest: list[Need] = []
    of_feeds: list[ColumnElement[bool]] = []
    for part in need.parts if isinstance(need, AllOf) else (need,):
        if isinstance(part, OfFeeds):
            of_feeds.append(_x.feed_id.in_(sorted(part.feeds)))
        elif isinstance(part, Lacks) and isinstance(part.part, OfFeeds):
            of_feeds.append(_x.feed_id.not_in(sorted(part.part.feeds)))
        else:
            rest.append(part)
    return all_of(rest), of_feeds


def _limits(
    window: Window, item: ColumnElement[int], feed: ColumnElement[int], story: ColumnElement[int]
) -> Iterator[ColumnElement[bool]]:
    if window.first is not None:
        yield item >= window.first
    if window.last is not None:
        yield item <= window.last
    if window.feeds is not None:
        yield feed.in_(sorted(window.feeds))
    if window.share < 1:
        yield story * SPREAD % SHARES < window.share * SHARES


def _by_shelf(
    connection: Connection, statement: Select[*tuple[Any, ...]], query: str, window: Window
) -> Iterator[Select[*tuple[Any, ...]]]:
    """Ask each of the shelves that hold items of the window, the newest first."""
    lowest, highest = window.lowest, search_shelves.last_number(connection)
    if window.first is not None and window.last is not None:
        within = select(func.min(_x.number), func.max(_x.number)).where(_x.item_id.between(window.first, window.last))
        least, most = connection.execute(within).one()
        lowest, highest = max(lowest, least or 0), most or 0
    for shelf in reversed(search_shelves.shelves(connection)):
        name, first, end = search_shelves.shelf_of(shelf)
        if first > highest or end <= lowest:
            continue
        # The plus keeps SQLite from asking the shelf for each item, one by one.
        join = table(name).join(indexed_items, _x.number == literal_column(f"+{name}.rowid"))
        asked = text(f"{name} MATCH :query AND {name}.rowid BETWEEN :lowest AND :highest")
        yield statement.select_from(join).where(asked.bindparams(query=query, lowest=lowest, highest=highest))


def _archived(row: Row[*tuple[Any, ...]], feed: ArchiveFeed) -> ArchivedItem:
    return ArchivedItem(
        id=row.id,
        matchable=matchable_of(row, feed),
        title=row.title,
        link=row.link,
        feed=feed.name,
        story=row.story_id,
        language=row.language,
        published=row.published,
        first_seen=row.first_seen,
    )
