"""The coverage line: whether silence can be trusted. PURE.

A digest tells what matched. This says how well the feeds behind the subscriber's lists were read meanwhile, so that
"nothing" means no news and not a broken feed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from worker.alerts.lines import one_line
from worker.alerts.times import to_the_minute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.alerts.model import Coverage

NAME_LIMIT = 60
GAPS_SHOWN = 3

_WORDS = {
    "ok": "fine",
    "new": "not read yet",
    "backing_off": "failing of late",
    "stale": "stale",
    "broken": "broken",
    "blocked": "blocked",
    "html": "turned into HTML",
    "gone": "gone",
    "quarantined": "quarantined",
    "disabled": "paused",
}
"""What is said of feeds in these states, in this order."""

_HOURS_FROM = timedelta(hours=2)
_DAYS_FROM = timedelta(days=2)


def coverage_line(coverage: Coverage) -> str:
    """Say it in one line.

    'Feeds behind your lists: 112 fine, 3 stale, 1 turned into HTML; worst delay 41 min (North); gap: South, 2026-03-01
    12:00 UTC to 2026-03-01 14:00 UTC'. The delay is the time since a feed that is fine was read well: news of it may
    be late by so much.
    """
    if not any(coverage.feeds.values()):
        return "Feeds behind your lists: none"
    counted = ", ".join(
        f"{coverage.feeds[state]} {word}" for state, word in _WORDS.items() if coverage.feeds.get(state)
    )
    return "; ".join([f"Feeds behind your lists: {counted}", *_delay(coverage), *_gaps(coverage)])


def _delay(coverage: Coverage) -> Iterator[str]:
    if coverage.worst_delay is not None:
        of = "" if coverage.worst_feed is None else f" ({one_line(coverage.worst_feed, NAME_LIMIT)})"
        yield f"worst delay {_span(coverage.worst_delay)}{of}"


def _gaps(coverage: Coverage) -> Iterator[str]:
    if coverage.gaps:
        shown = [
            f"{one_line(gap.feed, NAME_LIMIT)}, {to_the_minute(gap.since)} to {to_the_minute(gap.until)}"
            for gap in coverage.gaps[:GAPS_SHOWN]
        ]
        more = len(coverage.gaps) - len(shown)
        told = ", ".join([*shown, *([f"{more} more"] if more else [])])
        yield f"{'gap' if len(coverage.gaps) == 1 else 'gaps'}: {told}"


def _span(time: timedelta) -> str:
    if time < _HOURS_FROM:
        return f"{max(0, int(time.total_seconds() // 60))} min"
    if time < _DAYS_FROM:
        return f"{int(time.total_seconds() // 3600)} h"
    return f"{time.days} days"
