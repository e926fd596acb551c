"""Output feeds: their tokens, and what they hold."""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from sqlalchemy import func, select

from worker.alerts.outfeed import ENTRIES, Entry, OutFeed
from worker.errors import ConfigurationError
from worker.store import tables
from worker.store.full_texts import whole_text
from worker.store.leases import chunks
from worker.store.status import installation
from worker.store.transactions import Database, retried
from worker.store.web_rows import OutputFeedRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, Row

LOOKED_AT = 10 * ENTRIES
"""So many alerts, the latest, are looked at for the stories told last: each may have been told to several."""

TOKEN_BYTES = 32


class OutputFeeds(Database):
    """Who may read which alerts as a feed."""

    def output_feeds_list(self) -> list[OutputFeedRow]:
        """All that were not revoked, by id; those of removed lists and subscribers too, which give nothing."""
        o, w, u = tables.output_feeds.c, tables.watch_lists.c, tables.subscribers.c
        statement = (
            select(o.id, w.name.label("list_name"), u.name, o.created_at)
            .join_from(tables.output_feeds, tables.watch_lists, o.watch_list_id == w.id, isouter=True)
            .join(tables.subscribers, o.subscriber_id == u.id, isouter=True)
            .where(o.revoked_at.is_(None))
            .order_by(o.id)
        )
        with self._transaction("read") as connection:
            return [OutputFeedRow(*row) for row in connection.execute(statement)]

    @retried
    def add_output_feed(self, *, watch_list: str | None, subscriber: str | None, now: datetime) -> tuple[int, str]:
        """Let alerts be read as a feed: a list's, or a subscriber's; return its id, and the token, kept nowhere.

        Raises:
            ConfigurationError: There is no such list or subscriber.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._transaction("write") as connection:
            values: dict[str, Any] = {"token_hash": token_hash(token), "created_at": now}
            if watch_list is not None:
                values["watch_list_id"] = _known(connection, tables.watch_lists.c, "watch list", watch_list)
            if subscriber is not None:
                values["subscriber_id"] = _known(connection, tables.subscribers.c, "subscriber", subscriber)
            o = tables.output_feeds
            made: int = connection.execute(o.insert().values(**values).returning(o.c.id)).scalar_one()
        return made, token

    @retried
    def revoke_output_feed(self, output_feed: int, *, now: datetime) -> bool:
        """Let nobody read it any more; False where there is none, or it was revoked before."""
        o = tables.output_feeds
        with self._transaction("write") as connection:
            revoking = o.update().where(o.c.id == output_feed, o.c.revoked_at.is_(None)).values(revoked_at=now)
            return connection.execute(revoking).rowcount > 0

    def output_feed(self, token: str) -> OutFeed | None:
        """Return what may be read with a token; None where it is none, was revoked, or its list or reader is gone."""
        o, w, u = tables.output_feeds.c, tables.watch_lists.c, tables.subscribers.c
        statement = (
            select(o.watch_list_id, o.subscriber_id, o.created_at, w.name.label("list_name"), u.name)
            .join_from(tables.output_feeds, tables.watch_lists, o.watch_list_id == w.id, isouter=True)
            .join(tables.subscribers, o.subscriber_id == u.id, isouter=True)
            .where(o.token_hash == token_hash(token), o.revoked_at.is_(None))
            .where(w.removed_at.is_(None), u.removed_at.is_(None))
        )
        with self._transaction("read") as connection:
            found = connection.execute(statement).one_or_none()
            return None if found is None else _written(connection, found)


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token: enough to know it again, too little to make it."""
    return blake2b(token.encode(errors="replace"), digest_size=32).digest()


def _known(connection: Connection, columns: Any, what: str, name: str) -> int:  # noqa: ANN401 - of either table
    found: int | None = connection.scalar(select(columns.id).where(columns.name == name, columns.removed_at.is_(None)))
    if found is None:
        raise ConfigurationError(f"there is no {what} {name!r}")
    return found


def _written(connection: Connection, found: Row[*tuple[Any, ...]]) -> OutFeed:
    """Write the feed of a list, or of a subscriber, who does not see there what was cancelled."""
    a = tables.alerts.c
    of_list = found.watch_list_id is not None
    kind, owner = ("list", found.watch_list_id) if of_list else ("subscriber", found.subscriber_id)
    wanted = (a.watch_list_id == owner,) if of_list else (a.subscriber_id == owner, a.state != "cancelled")
    latest = select(a.story_id).where(*wanted).order_by(a.id.desc()).limit(LOOKED_AT)
    stories = list(dict.fromkeys(connection.scalars(latest)))[:ENTRIES]
    namespace = installation(connection)
    told: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    begun: dict[int, datetime] = {}  # by the first alert, cancelled or not: with the number it names a story for ever
    for part in chunks(sorted(stories)):
        # Of whoever they are, for a story has few: asked of one owner SQLite would look through all that it has.
        for row in connection.execute(_told().where(a.story_id.in_(part)).order_by(a.id)):
            if (row.watch_list_id if of_list else row.subscriber_id) == owner:
                begun.setdefault(row.told_story, row.created_at)
                if of_list or row.state != "cancelled":
                    told.setdefault(row.told_story, []).append(row)
    updated = _updated(connection, (row.alert for rows in told.values() for row in rows))
    entries = tuple(
        _entry(told[story], updated, uuid5(namespace, f"output {kind} {owner} {story} {begun[story].isoformat()}"))
        for story in stories
    )
    return OutFeed(
        id=str(uuid5(namespace, f"output {kind} {owner}")),
        title=f"Tocsin: {found.list_name if of_list else found.name}",
        updated=max((entry.updated for entry in entries), default=found.created_at),
        entries=entries,
    )


def _told() -> Any:  # noqa: ANN401 - a select of alerts with what is said of them
    a, w, i, f, s = (
        *(tables.alerts.c, tables.watch_lists.c, tables.items.c, tables.feeds.c),
        tables.stories.c,
    )
    told = tables.stories.alias("told")
    return (
        select(
            a.id.label("alert"),
            a.story_id.label("told_story"),
            *(a.watch_list_id, a.subscriber_id, a.state, a.created_at),
            w.name.label("watch_list"),
            *(i.title, i.link, i.summary, i.text, i.full_text, i.authors, i.source, i.wire, i.language, i.published),
            *(s.reports, s.independent_reports),
            func.coalesce(f.name, f.title).label("feed_name"),
        )
        .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
        .join(told, a.story_id == told.c.id)
        .join(tables.stories, s.id == func.coalesce(told.c.merged_into, told.c.id))
        .join(tables.items, a.item_id == i.id)
        .join(tables.feeds, i.feed_id == f.id)
    )


def _updated(connection: Connection, alerts: Iterable[int]) -> dict[int, datetime]:
    """Return when the last of their updates was made, of those alerts that have any."""
    p = tables.alert_updates.c
    found: dict[int, datetime] = {}
    for part in chunks(sorted(alerts)):
        of = select(p.alert_id, func.max(p.created_at)).where(p.alert_id.in_(part)).group_by(p.alert_id)
        found |= {row[0]: row[1] for row in connection.execute(of)}
    return found


def _entry(rows: list[Row[*tuple[Any, ...]]], updated: dict[int, datetime], identity: UUID) -> Entry:
    """Write one story, which these alerts tell, in the words of the first of them."""
    first = rows[0]
    moments = [row.created_at for row in rows] + [updated[row.alert] for row in rows if row.alert in updated]
    summary = first.text if first.summary is None else first.summary
    return Entry(
        id=str(identity),
        title=first.title,
        link=first.link,
        text=summary or whole_text(first.text, first.full_text),
        authors=tuple(first.authors),
        source=first.source or first.feed_name or "an unnamed feed",
        wire=first.wire,
        language=first.language,
        watch_lists=tuple(sorted({row.watch_list for row in rows})),
        reports=first.reports,
        independent_reports=first.independent_reports,
        published=first.published,
        told_at=first.created_at,
        updated=max(moments),
    )
