"""Counting: how much a query finds in a window of the archive, by itself or beside another, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from worker.pipeline.survey import ArchiveStore, Survey
from worker.pipeline.tally import alerts_per_day, items_in
from worker.records.archive import Window
from worker.watchlists.tree import And, Not

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from config.values import AlertMode
    from worker.pipeline.survey import Met
    from worker.watchlists.tree import Node

SIDE_S = 0.5
"""Seconds of reading for one side of a difference."""


class CountingStore(ArchiveStore, Protocol):
    """What it needs of the store."""

    def archive_begins(self) -> datetime | None:
        """Return when the earliest item of the archive was first seen, or None if there is none."""

    def story_growth(self, ids: Collection[int]) -> dict[int, int]:
        """Return for each of these stories how many independent reports and corrections it has come to."""


class Asked(NamedTuple):
    """A query, a tree without references, and how a list would tell what meets it."""

    node: Node
    alert: AlertMode


@dataclass(frozen=True, slots=True)
class Counts:
    """What a query finds, and how many alerts a day a subscriber would have had; `estimated`: not all was read."""

    items: int
    alerts_per_day: float
    estimated: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What a query finds that another does not, the reverse, and what both find, in items.

    `alerts_per_day`: with the one and with the other, None where both tell in one way. `estimated`: not all was read.
    """

    gained: int
    lost: int
    both: int
    alerts_per_day: tuple[float, float] | None
    estimated: bool


class Counting:
    """The end of the archive, to be asked what is in it."""

    def __init__(
        self,
        store: CountingStore,
        *,
        since: datetime,
        now: datetime,
        tags: Collection[str] = (),
        languages: Collection[str] = (),
    ) -> None:
        """Open the archive from `since` on; `tags` limit it to feeds with one of them."""
        self._store = store
        self._survey = Survey(store, Window(since, languages=frozenset(languages)), tags=tags)
        self._begin = min(now, max(since, store.archive_begins() or now))
        self._end = now

    def counts(self, asked: Asked) -> Counts:
        """Count what a query finds."""
        found = self._survey.found(asked.node)
        return Counts(items_in(found.met), self._alerts(found.met, asked.alert), found.estimated)

    def difference(self, this: Asked, other: Asked) -> Compared:
        """Count what each of two queries finds alone, and what both do: each side for itself, as the index can tell it.

        Where they are one query, told in two ways, that is asked once.
        """
        if this.node == other.node:
            both, gained, lost = self._survey.found(this.node), None, None
        else:
            both = self._survey.found(And((this.node, other.node)), seconds=SIDE_S)
            gained = self._survey.found(And((this.node, Not(other.node))), seconds=SIDE_S)
            lost = self._survey.found(And((other.node, Not(this.node))), seconds=SIDE_S)
        more, less = ([] if side is None else side.met for side in (gained, lost))
        alerts = None
        if this.alert != other.alert:
            alerts = self._alerts([*both.met, *more], this.alert), self._alerts([*both.met, *less], other.alert)
        estimated = any(side is not None and side.estimated for side in (gained, lost, both))
        return Compared(items_in(more), items_in(less), items_in(both.met), alerts, estimated)

    def _alerts(self, met: Sequence[Met], alert: AlertMode) -> float:
        return alerts_per_day(
            met, alert, lambda ids: self._store.story_growth([*ids]), begin=self._begin, end=self._end
        )
