"""Rows of items as queries see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.redaction import shown_url
from worker.records.archive import ArchiveFeed
from worker.store.full_texts import whole_text
from worker.store.tables import feeds, items
from worker.watchlists.model import Matchable

if TYPE_CHECKING:
    from sqlalchemy import Row

_i, _f = items.c, feeds.c
SAID = (_i.title, _i.text, _i.full_text, _i.categories, _i.authors, _i.source, _i.link, _i.language)
"""The columns that `matchable_of` reads."""

JOINED = (_i.feed_id, _f.name.label("feed_name"), _f.title.label("feed_title"), _f.url.label("feed_url"))
"""The columns that `joined_feed` reads, where items are joined with their feeds."""

NO_FEED = ArchiveFeed(0, "", "", frozenset())


def feed_of(row: Row[*tuple[Any, ...]], tags: frozenset[str]) -> ArchiveFeed:
    """Return what queries see of a feed; `row` has its id, name, title and url, `tags` are those that it matches by."""
    shown = shown_url(row.url)
    return ArchiveFeed(row.id, row.name or row.title or shown, shown, tags)


def joined_feed(row: Row[*tuple[Any, ...]], tags: frozenset[str]) -> ArchiveFeed:
    """Return what queries see of an item's feed; `row` has the columns of `JOINED`, `tags` as in `feed_of`."""
    shown = shown_url(row.feed_url)
    return ArchiveFeed(row.feed_id, row.feed_name or row.feed_title or shown, shown, tags)


def matchable_of(row: Row[*tuple[Any, ...]], feed: ArchiveFeed) -> Matchable:
    """Return what queries see of an item; `row` has the columns of `SAID`."""
    return Matchable(
        title=row.title,
        text=whole_text(row.text, row.full_text),
        categories=tuple(row.categories),
        feed_tags=feed.tags,
        language=row.language,
        authors=tuple(row.authors),
        source=row.source,
        link=row.link,
        feed_name=feed.name,
        feed_url=feed.url,
    )
