"""Regrouping: one connection that fulfils `worker.pipeline.regroup.RegroupTransaction`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, or_, select

from worker.records import Said
from worker.store import leases, stories
from worker.store.copy_keys import CopyKeys
from worker.store.status import hold_version
from worker.store.tables import items
from worker.store.tables import stories as table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from worker.records import OpenedStory
    from worker.store.copy_keys import KeyRows
    from worker.store.key_log import KeyLog
    from worker.stories.story import Report, Summary

_i, _s = items.c, table.c


class Regroupings(CopyKeys):
    """The entrance to regrouping."""

    @contextmanager
    def regrouping(self) -> Iterator[Regrouping]:
        """Open the transaction (see RegroupStore); it waits for those of the match step, and they wait for it."""
        with self._transaction("durable") as connection:
            hold_version(connection)
            yield Regrouping(connection, self._copy_keys)


class Regrouping:
    """One open transaction; see RegroupTransaction for what each method promises."""

    def __init__(self, connection: Connection, keys: KeyRows | KeyLog) -> None:
        self._connection = connection
        self._keys = keys

    def reports(self, ids: Iterable[int]) -> dict[int, list[Report]]:
        """Load reports."""
        return stories.reports(self._connection, ids)

    def merged(self, ids: Iterable[int]) -> dict[int, int]:
        """Return where stories went."""
        statement = select(_s.id, _s.merged_into).where(_s.id.in_([*ids]), _s.merged_into.is_not(None))
        return {story: kept for story, kept in self._connection.execute(statement)}  # noqa: C416 - a Row is a tuple only to us

    def texts(self, ids: Iterable[int]) -> list[Said]:
        """Load what items say."""
        found: list[Said] = []
        for part in leases.chunks(sorted(set(ids))):
            said = (_i.id, _i.feed_id, _i.story_id, _i.id.label("text_of"), _i.link, _i.title, _i.text)
            found += [Said(*row) for row in self._connection.execute(select(*said).where(_i.id.in_(part)))]
        return found

    def split_off(self, opened: OpenedStory, *, origin: int, now: datetime) -> int:
        """Insert a story taken out of another."""
        [made] = stories.open_stories(self._connection, [opened], now=opened.first_seen)
        self._connection.execute(table.update().where(_s.id == made).values(split_from=origin, split_at=now))
        return made

    def move(self, ids: Iterable[int], *, to: int) -> None:
        """Set the story of items."""
        for part in leases.chunks(sorted(set(ids))):
            self._connection.execute(items.update().where(_i.id.in_(part)).values(story_id=to))

    def set_texts(self, text_of: Mapping[int, int]) -> None:
        """Write whose text items carry."""
        values = [
            {"b_item": item, "copy_of": None if other == item else other} for item, other in sorted(text_of.items())
        ]
        self._connection.execute(items.update().where(_i.id == bindparam("b_item")), values)

    def give_keys(self, keys: Mapping[int, int], *, of: Collection[int]) -> None:
        """Make items the owners of keys of others."""
        self._keys.give(self._connection, keys, of=of)

    def merge_into(self, kept: int, ids: Iterable[int]) -> None:
        """Move reports, remember where they went."""
        for joined in leases.chunks(sorted(set(ids))):
            self._connection.execute(items.update().where(_i.story_id.in_(joined)).values(story_id=kept))
            corrected = select(func.max(_s.corrected_at)).where(_s.id.in_([kept, *joined])).scalar_subquery()
            self._connection.execute(table.update().where(_s.id == kept).values(corrected_at=corrected))
            there = table.update().where(or_(_s.id.in_(joined), _s.merged_into.in_(joined)))
            self._connection.execute(there.values(merged_into=kept, reports=0, independent_reports=0))

    def sum_up(self, summaries: Mapping[int, Summary], *, corrected: Iterable[int], now: datetime) -> None:
        """Write what reports come to."""
        stories.sum_up(self._connection, summaries, corrected=corrected, now=now)
