"""Stories and copy keys: the statements of folding, within the match step's transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, select

from worker.records import StoryFacts
from worker.store import leases
from worker.store.tables import copy_keys, items, stories
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from worker.records import ItemToMatch

KEYS_AT_ONCE = 5000
"""Keys in one statement; SQLite takes 32,766 values, so more must be cut. Sorted, so the lock order stays."""


def open_stories(connection: Connection, opening: Sequence[ItemToMatch], *, now: datetime) -> list[int]:
    """Insert a story an item, in order."""
    if not opening:
        return []
    values = [
        {"title": item.title, "link": item.link, "first_seen": item.first_seen, "last_seen": now} for item in opening
    ]
    statement = stories.insert().returning(stories.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(statement, values))


def claim_keys(connection: Connection, keys: Mapping[int, int], *, now: datetime, window: timedelta) -> dict[int, int]:
    """Give keys to stories unless another story owns them, and return the owners.

    A key another transaction is just inserting makes this one wait, and then see the owner it committed.
    """
    offered = insert(connection, copy_keys)
    outlived = copy_keys.c.seen < now - window
    statement = offered.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "seen": offered.excluded.seen,
            "story_id": case((outlived, offered.excluded.story_id), else_=copy_keys.c.story_id),
        },
    ).returning(copy_keys.c.key, copy_keys.c.story_id)
    values = [{"key": key, "story_id": keys[key], "seen": now} for key in sorted(keys)]
    owners: dict[int, int] = {}
    for start in range(0, len(values), KEYS_AT_ONCE):
        rows = connection.execute(statement, values[start : start + KEYS_AT_ONCE])
        owners.update((key, story) for key, story in rows)
    return owners


def story_facts(connection: Connection, ids: Iterable[int]) -> dict[int, StoryFacts]:
    """Load which feeds report each story."""
    found: dict[int, set[int]] = defaultdict(set)
    for part in leases.chunks(sorted(set(ids))):
        statement = (
            select(stories.c.id, items.c.feed_id)
            .join_from(stories, items, items.c.story_id == stories.c.id, isouter=True)
            .where(stories.c.id.in_(part))
            .distinct()
        )
        for story, feed in connection.execute(statement):
            found[story].update(() if feed is None else (feed,))
    return {story: StoryFacts(story, frozenset(of)) for story, of in found.items()}


def drop_stories(connection: Connection, ids: Sequence[int]) -> None:
    """Delete stories that nobody joined, and their keys."""
    for part in leases.chunks(sorted(ids)):
        connection.execute(copy_keys.delete().where(copy_keys.c.story_id.in_(part)))
        connection.execute(stories.delete().where(stories.c.id.in_(part)))


def fold(connection: Connection, story_of: Mapping[int, int]) -> None:
    """Set the story of each item, and count the reports of every story concerned.

    The stories are locked before they are counted: a transaction that waited here counts what the other committed.
    """
    if not story_of:
        return
    concerned = set(story_of.values())
    for part in leases.chunks(sorted(story_of)):
        before = select(items.c.story_id).where(items.c.id.in_(part), items.c.story_id.is_not(None)).distinct()
        concerned.update(connection.scalars(before))
    connection.execute(
        items.update().where(items.c.id == bindparam("b_item")).values(story_id=bindparam("b_story")),
        [{"b_item": item, "b_story": story_of[item]} for item in sorted(story_of)],
    )
    reports = select(func.count()).where(items.c.story_id == stories.c.id).scalar_subquery()
    last_seen = select(func.max(items.c.first_seen)).where(items.c.story_id == stories.c.id).scalar_subquery()
    for part in leases.chunks(sorted(concerned)):
        connection.execute(leases.locked(stories, stories.c.id.in_(part), skip=False).order_by(stories.c.id)).all()
        connection.execute(
            stories.update()
            .where(stories.c.id.in_(part))
            .values(reports=reports, last_seen=func.coalesce(last_seen, stories.c.last_seen))
        )
