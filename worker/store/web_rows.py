"""What the web role, and the commands beside it, get of the store: output feeds, figures, what subscribers chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from worker.alerts.latency import Took


@dataclass(frozen=True, slots=True)
class OutputFeedRow:
    """A way to read alerts as a feed: those of a watch list, or those to a subscriber, by name."""

    id: int
    watch_list: str | None
    subscriber: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """What `/metrics` tells beside the figures of `status`.

    Attributes:
        unended: Deliveries that have not ended well, or not at all, by kind of channel and state.
        deliveries_24h: Those made within the last day, by kind of channel and state.
        alerts, alerts_24h: All there are, and those of the last day.
        items_24h: Items first seen within the last day.
        marks: How many alerts of each list that has any were marked useful, and noise, of late.
        took: How long alerts of the last day took: a sample.
    """

    unended: Mapping[tuple[str, str], int]
    deliveries_24h: Mapping[tuple[str, str], int]
    alerts: int
    alerts_24h: int
    items_24h: int
    unmatched_items: int
    marks: Mapping[str, tuple[int, int]]
    took: Sequence[Took]


@dataclass(frozen=True, slots=True)
class ListChoiceRow:
    """A watch list that a subscriber hears of, and its pause: since when, until when; `until` None: without an end."""

    id: int
    name: str
    made_at: datetime
    paused_since: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class ChooserRow:
    """A subscriber with what it has chosen; `links` is the version of its links, the pause is that of all lists."""

    id: int
    name: str
    timezone: str
    made_at: datetime
    links: int
    paused_since: datetime | None
    paused_until: datetime | None
    lists: tuple[ListChoiceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkableRow:
    """An alert as one who marks it knows it; `mark` is "useful", "noise" or None."""

    id: int
    subscriber: int
    made_at: datetime
    watch_list: str
    title: str
    link: str | None
    mark: str | None


@dataclass(frozen=True, slots=True)
class ToldItemRow:
    """An item that a watch list told of, the terms that it met there, and what it was marked as, or None."""

    title: str
    text: str
    mark: str | None
    terms: tuple[str, ...]
