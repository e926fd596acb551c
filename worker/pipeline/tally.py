"""Counts of what was found: by day, by feed, and as alerts. Nothing but arithmetic."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from config.values import AlertMode
    from worker.pipeline.survey import Met

_DAY_S = 86_400


class Day(NamedTuple):
    """A day in UTC; its stories are those that had an item found on it."""

    day: date
    items: int
    stories: int


def items_in(met: Iterable[Met]) -> int:
    """Return how many items were found."""
    return round(sum(one.weight for one in met))


def stories_in(met: Iterable[Met]) -> int:
    """Return how many stories they are of; an item that is in none counts as one."""
    return round(sum(_by_story(met).values()))


def by_day(met: Sequence[Met], *, begin: datetime, end: datetime) -> list[Day]:
    """Count day by day, from the day of `begin` to that of `end`."""
    days: defaultdict[int, list[Met]] = defaultdict(list)
    for one in met:
        days[one.candidate.seen // _DAY_S].append(one)
    first, last = (int(moment.timestamp()) // _DAY_S for moment in (begin, end))
    return [
        Day(datetime.fromtimestamp(day * _DAY_S, UTC).date(), items_in(days[day]), stories_in(days[day]))
        for day in range(first, last + 1)
    ]


def by_feed(met: Iterable[Met]) -> list[tuple[int, int]]:
    """Return how many items each feed has, the most first."""
    feeds: defaultdict[int, float] = defaultdict(float)
    for one in met:
        feeds[one.candidate.feed] += one.weight
    return sorted(((feed, round(items)) for feed, items in feeds.items()), key=lambda one: (-one[1], one[0]))


def alerts_per_day(
    met: Sequence[Met],
    mode: AlertMode,
    growth: Callable[[Iterable[int]], Mapping[int, int]],
    *,
    begin: datetime,
    end: datetime,
) -> float:
    """Return how many alerts a day a subscriber would have had.

    Only news is told: what a first poll puts into the archive silently counts for nothing. First: each story once.
    Every: each item. Updates: each story as often as it was corrected or gained an independent report (`growth`, of
    stories by their ids), the first time included. A time shorter than a day counts as a day.
    """
    news = [one for one in met if one.candidate.news]
    if mode == "every":
        alerts = sum(one.weight for one in news)
    else:
        stories = _by_story(news)
        grown = growth([story for story in stories if story > 0]) if mode == "updates" else {}
        alerts = sum(weight * grown.get(story, 1) for story, weight in stories.items())
    return round(alerts / max(1.0, (end - begin) / timedelta(days=1)), 2)


def samples_of(met: Iterable[Met], most: int) -> list[int]:
    """Return some of the items, the newest first, one a story."""
    chosen: dict[int, int] = {}
    for one in met:
        chosen.setdefault(_story_of(one), one.candidate.item)
        if len(chosen) == most:
            break
    return [*chosen.values()]


def _by_story(met: Iterable[Met]) -> dict[int, float]:
    """How many stories each story stands for: those that are drawn are drawn whole."""
    stories: dict[int, float] = {}
    for one in met:
        story, weight = _story_of(one), one.weight
        if weight < stories.get(story, weight + 1):
            stories[story] = weight
    return stories


def _story_of(one: Met) -> int:
    """The story's id; where there is none, one that is no story's."""
    story = one.candidate.story
    return -one.candidate.item if story is None else story
