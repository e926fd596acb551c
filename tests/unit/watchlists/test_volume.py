from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.watchlists.volume import Volume, burst, is_silent

NOW = datetime(2022, 3, 1, 12, tzinfo=UTC)


def volume(*, age: float = 60, last: float | None = 0, recent: int = 0, before: int = 0) -> Volume:
    """Ages in days."""
    ago = None if last is None else NOW - timedelta(days=last)
    return Volume(1, "Ukraine", "ukraine", "file", NOW - timedelta(days=age), ago, recent, before)


@pytest.mark.parametrize(
    ("age", "last", "silent"), [(60, 31, True), (60, 29, False), (60, None, True), (29, None, False), (31, None, True)]
)
def test_a_list_that_has_met_nothing_for_30_days_is_silent(age: float, last: float | None, silent: bool) -> None:
    assert is_silent(volume(age=age, last=last), now=NOW) is silent


def test_fifty_times_the_usual_is_a_burst() -> None:
    # In 28 days 672 matches are one an hour.
    assert burst(volume(recent=49, before=672), now=NOW) is None
    found = burst(volume(recent=50, before=672), now=NOW)
    assert found is not None
    assert (found.matches, found.hours, found.usual, found.times) == (50, 1, 1.0, 50.0)


@pytest.mark.parametrize(
    "quiet",
    [
        volume(recent=19),  # too few, although there was nothing before
        volume(recent=500, age=1),  # too young to have a usual
        volume(recent=500, before=672 * 20),
    ],
)
def test_what_is_no_burst(quiet: Volume) -> None:
    assert burst(quiet, now=NOW) is None


def test_a_young_list_is_held_against_its_own_days() -> None:
    found = burst(volume(recent=100, before=71, age=3), now=NOW)
    assert found is not None
    assert (found.usual, found.times) == (1.0, 100.0)


def test_a_list_that_never_met_anything_counts_as_if_once() -> None:
    found = burst(volume(recent=20, before=0), now=NOW)
    assert found is not None
    assert (found.usual, found.times) == (0.0, 13440.0)
