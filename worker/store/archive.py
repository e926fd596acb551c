"""The archive: all items, as `search` and `watch preview` look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from config.redaction import shown_url
from worker.store.full_texts import whole_text
from worker.store.merging import tags_of
from worker.store.rows import ArchivedItem
from worker.store.tables import feeds, items
from worker.store.transactions import Database
from worker.watchlists.model import Matchable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PAGE = 500
"""So many items are read in one transaction."""


class Archive(Database):
    """Items, whatever became of them."""

    def items_since(self, since: datetime) -> Iterator[ArchivedItem]:
        """Yield the archive from the newest item back to `since`, in short transactions."""
        before: tuple[datetime, int] | None = None
        while page := self._page(since, before):
            yield from page
            before = page[-1].first_seen, page[-1].id

    def _page(self, since: datetime, before: tuple[datetime, int] | None) -> list[ArchivedItem]:
        i, f = items.c, feeds.c
        said = (i.title, i.text, i.full_text, i.link, i.categories, i.story_id, i.language, i.published, i.first_seen)
        statement = (
            select(i.id, i.feed_id, *said, f.tags, f.name, f.title.label("feed_title"), f.url)
            .join_from(items, feeds)
            .where(i.first_seen >= since)
            .order_by(i.first_seen.desc(), i.id.desc())
            .limit(PAGE)
        )
        if before is not None:
            moment, item = before
            statement = statement.where(or_(i.first_seen < moment, and_(i.first_seen == moment, i.id < item)))
        with self._transaction("read") as connection:
            rows = connection.execute(statement).all()
            tags = tags_of(connection, {row.feed_id: row.tags for row in rows})
        return [
            ArchivedItem(
                id=row.id,
                matchable=Matchable(
                    row.title, whole_text(row.text, row.full_text), tuple(row.categories), tags[row.feed_id]
                ),
                title=row.title,
                link=row.link,
                feed=row.name or row.feed_title or shown_url(row.url),
                story=row.story_id,
                language=row.language,
                published=row.published,
                first_seen=row.first_seen,
            )
            for row in rows
        ]
