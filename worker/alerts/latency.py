"""How long it takes: published, seen, told, delivered; percentiles of a sample of alerts. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Stage = Literal["published_to_seen_s", "seen_to_alert_s", "alert_to_delivered_s"]
STAGES: tuple[Stage, ...] = get_args(Stage)

WORST_FEEDS = 10


class Percentiles(NamedTuple):
    """Seconds in which half, 95 and 99 of a hundred were done, and of how many that is known."""

    p50: float
    p95: float
    p99: float
    known: int


@dataclass(frozen=True, slots=True)
class Took:
    """How long one alert took, stage by stage; None: unknown, or it was to wait (for a digest, say)."""

    feed: str
    watch_list: str
    published_to_seen_s: float | None
    seen_to_alert_s: float | None
    alert_to_delivered_s: float | None


Stages = dict[Stage, Percentiles | None]


@dataclass(frozen=True, slots=True)
class Latency:
    """Of all alerts of the sample, of the feeds that were slowest to be seen, and of each watch list, by name."""

    overall: Stages
    feeds: tuple[tuple[str, Stages], ...]
    watch_lists: tuple[tuple[str, Stages], ...]


def latency_of(sample: Sequence[Took]) -> Latency:
    """Sum up a sample."""
    by_feed = _grouped(sample, lambda took: took.feed)
    by_list = _grouped(sample, lambda took: took.watch_list)
    worst = sorted(by_feed.items(), key=lambda one: (-_slowness(one[1]), one[0]))[:WORST_FEEDS]
    return Latency(_stages(sample), tuple(worst), tuple(sorted(by_list.items())))


def percentiles(values: Iterable[float | None]) -> Percentiles | None:
    """Return the percentiles of those values that are known (nearest rank); None where none is."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    at = [known[ceil(len(known) * share / 100) - 1] for share in (50, 95, 99)]
    return Percentiles(at[0], at[1], at[2], len(known))


def _grouped(sample: Sequence[Took], key: Callable[[Took], str]) -> dict[str, Stages]:
    groups: dict[str, list[Took]] = {}
    for took in sample:
        groups.setdefault(key(took), []).append(took)
    return {name: _stages(group) for name, group in groups.items()}


def _stages(sample: Sequence[Took]) -> Stages:
    return {stage: percentiles(getattr(took, stage) for took in sample) for stage in STAGES}


def _slowness(stages: Stages) -> float:
    """By what feeds are compared: how late they were seen, and then told of."""
    return sum(one.p95 for one in (stages["published_to_seen_s"], stages["seen_to_alert_s"]) if one is not None)
