"""How much a watch list matches: whether it has fallen silent, or matches far more than usual. PURE."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SILENT = timedelta(days=30)
RECENT = timedelta(hours=1)
"""What is held against the usual."""

BEFORE = timedelta(days=28)
"""So far back the usual is counted."""

SHORTEST = timedelta(days=2)
"""A list that is younger than that, or changed or was taken up again since, has no usual yet."""

TIMES = 50
"""Times the usual that are a burst (issue 5)."""

FEWEST = 20
"""Matches that are too few for a burst, however rare the list's are."""


class Volume(NamedTuple):
    """What a list has matched: `recent` within RECENT, `before` within BEFORE before that, `last` ever.

    `asked_since`: it has asked what it asks since then, without a pause; what it matched before counts in `last` only.
    `query` is the full one; `languages`, `keywords`, `exclude` and `written` (its query) are what somebody configured.
    """

    id: int
    name: str
    query: str
    managed_by: str
    asked_since: datetime
    last: datetime | None
    recent: int
    before: int
    languages: Sequence[str] = ()
    keywords: Sequence[str] = ()
    exclude: Sequence[str] = ()
    written: str | None = None


class Burst(NamedTuple):
    """A list matches `times` as much as usual: `matches` within `hours`, where `usual` are usual in as many."""

    volume: Volume
    matches: int
    hours: int
    usual: float
    times: float


def is_silent(volume: Volume, *, now: datetime) -> bool:
    """Say whether a list that is old enough has met nothing for 30 days."""
    return max(volume.asked_since, volume.last or volume.asked_since) < now - SILENT


def burst(volume: Volume, *, now: datetime) -> Burst | None:
    """Return what there is to tell of a sudden flood, or None. `times` counts at least one match as usual in BEFORE."""
    age = now - RECENT - volume.asked_since
    if age < SHORTEST or volume.recent < FEWEST:
        return None
    periods = min(age, BEFORE) / RECENT
    times = volume.recent / (max(volume.before, 1) / periods)
    if times < TIMES:
        return None
    hours = int(RECENT / timedelta(hours=1))
    return Burst(volume, volume.recent, hours, round(volume.before / periods, 3), round(times, 1))
