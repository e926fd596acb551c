"""What follows a failed attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.values import Settings
from worker.alerts.planned import RetryDecision
from worker.alerts.retry import after_failure
from worker.errors import ChannelError

NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
SCHEDULE = Settings().retry_schedule


def decide(attempts: int, *, jitter: float = 0.0, **error: object) -> RetryDecision:
    return after_failure(attempts, ChannelError("no", **error), now=NOW, schedule=SCHEDULE, jitter=jitter)


@pytest.mark.parametrize(
    ("attempts", "wait"), [(1, timedelta(seconds=5)), (2, timedelta(minutes=5)), (9, timedelta(hours=24))]
)
def test_the_schedule_is_the_wait_before_the_next_try(attempts: int, wait: timedelta) -> None:
    assert decide(attempts) == RetryDecision("pending", NOW + wait)


@pytest.mark.parametrize("attempts", [10, 11])
def test_after_the_last_try_comes_quarantine(attempts: int) -> None:
    assert decide(attempts, retry_after=timedelta(seconds=1)) == RetryDecision("quarantined")


def test_a_permanent_error_ends_it() -> None:
    assert decide(1, permanent=True) == RetryDecision("failed")


def test_jitter_adds_up_to_a_tenth() -> None:
    assert decide(2, jitter=0.5) == RetryDecision("pending", NOW + timedelta(minutes=5, seconds=15))


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(seconds=1), timedelta(minutes=5)),
        (timedelta(minutes=20), timedelta(minutes=20)),
        (timedelta(days=400), timedelta(hours=24)),
    ],
)
def test_retry_after_is_obeyed_but_not_for_ever(asked: timedelta, wait: timedelta) -> None:
    assert decide(2, retry_after=asked) == RetryDecision("pending", NOW + wait)


@given(
    st.integers(1, 12),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=3)),
)
def test_it_is_always_pending_with_a_time_or_quarantined_without(
    attempts: int, jitter: float, retry_after: timedelta | None
) -> None:
    decision = decide(attempts, jitter=jitter, retry_after=retry_after)
    if attempts >= len(SCHEDULE):
        assert decision == RetryDecision("quarantined")
    else:
        wait = decision.due_at - NOW
        assert decision.state == "pending"
        assert SCHEDULE[attempts] <= wait <= max(SCHEDULE[attempts] * 1.1, timedelta(hours=24))
        assert retry_after is None or wait >= min(retry_after, timedelta(hours=24))
