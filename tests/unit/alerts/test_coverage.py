"""What digests say of the feeds behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from worker.alerts.coverage import _WORDS, coverage_line
from worker.alerts.model import Coverage, Gap
from worker.feeds.health import FeedState

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GAP = "2026-03-01 12:00 UTC to 2026-03-01 14:00 UTC"


def gap(feed: str) -> Gap:
    return Gap(feed, NOON, NOON + timedelta(hours=2))


def test_there_is_a_word_for_every_state() -> None:
    assert set(_WORDS) == set(get_args(FeedState))


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        (Coverage({}), "Feeds behind your lists: none"),
        (Coverage({"ok": 0}), "Feeds behind your lists: none"),
        (
            Coverage({"html": 1, "blocked": 2, "stale": 3, "ok": 112}, timedelta(minutes=41, seconds=59), "North"),
            "Feeds behind your lists: 112 fine, 3 stale, 2 blocked, 1 turned into HTML; worst delay 41 min (North)",
        ),
        (
            Coverage({"ok": 1}, timedelta(hours=26), None, (gap("South\nand more"),)),
            f"Feeds behind your lists: 1 fine; worst delay 26 h; gap: South and more, {GAP}",
        ),
        (Coverage({"broken": 1, "new": 2}), "Feeds behind your lists: 2 not read yet, 1 broken"),
        (
            Coverage({"ok": 1}, timedelta(days=9), "N", tuple(gap(name) for name in "ABCDE")),
            "Feeds behind your lists: 1 fine; worst delay 9 days (N); gaps: "
            + ", ".join(f"{name}, {GAP}" for name in "ABC")
            + ", 2 more",
        ),
        (Coverage({"ok": 1}, timedelta(seconds=-5)), "Feeds behind your lists: 1 fine; worst delay 0 min"),
    ],
)
def test_the_line(coverage: Coverage, expected: str) -> None:
    assert coverage_line(coverage) == expected
