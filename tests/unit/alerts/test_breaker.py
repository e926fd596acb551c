"""The circuit breaker of a channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from config.values import ChannelKind, Settings
from worker.alerts.breaker import AT_ONCE, LONGEST_REST, TRIPS_AT, ChannelHealth, after_sent, after_trouble, bears
from worker.errors import ChannelError

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
SCHEDULE = Settings().retry_schedule
DOWN = ChannelError("HTTP 500")
SECOND = timedelta(seconds=1)


def fails(
    health: ChannelHealth, error: ChannelError = DOWN, *, now: datetime = NOW, times: int = 1, jitter: float = 0.0
) -> ChannelHealth:
    for _ in range(times):
        health = after_trouble(health, error, now=now, schedule=SCHEDULE, jitter=jitter)
    return health


def test_every_kind_of_channel_bears_something() -> None:
    assert set(AT_ONCE) == set(get_args(ChannelKind))
    assert {kind: bears(kind, ChannelHealth(), now=NOW) for kind in AT_ONCE} == AT_ONCE


def test_a_few_failures_are_nothing() -> None:
    health = fails(ChannelHealth(), times=TRIPS_AT - 1)
    assert health == ChannelHealth(TRIPS_AT - 1, NOW)
    assert bears("webhook", health, now=NOW) == AT_ONCE["webhook"]


def test_after_five_in_a_row_it_rests_and_is_then_asked_with_one_message() -> None:
    health = fails(ChannelHealth(), times=TRIPS_AT)
    assert health.rests_until == NOW + SCHEDULE[1]
    assert bears("webhook", health, now=NOW) == 0
    assert bears("webhook", health, now=NOW + SCHEDULE[1]) == 1


def test_those_under_way_when_it_opened_count_for_nothing() -> None:
    health = fails(ChannelHealth(), times=TRIPS_AT)
    assert fails(health, now=NOW + SECOND, times=20) == health


def test_rests_grow_with_the_schedule_up_to_five_minutes() -> None:
    health, now, rests = fails(ChannelHealth(), times=TRIPS_AT), NOW, []
    for _ in range(20):
        assert health.rests_until is not None
        rests.append(health.rests_until - now)
        now = health.rests_until
        health = fails(health, now=now)
    assert rests == [SCHEDULE[1], *[LONGEST_REST] * 19]
    assert health.failing_since == NOW


def test_jitter_spreads_them() -> None:
    assert fails(ChannelHealth(), times=TRIPS_AT, jitter=0.5).rests_until == NOW + SCHEDULE[1] * 1.05


def test_a_schedule_of_one_try_has_one_rest() -> None:
    health = ChannelHealth(TRIPS_AT - 1, NOW)
    assert after_trouble(health, DOWN, now=NOW, schedule=[SECOND], jitter=0.0).rests_until == NOW + SECOND


def test_a_message_that_can_never_arrive_says_nothing_of_the_channel() -> None:
    assert fails(ChannelHealth(), ChannelError("no", permanent=True), times=99) == ChannelHealth()


def test_who_asks_for_patience_gets_it_for_all_messages() -> None:
    asking = ChannelError("HTTP 429", retry_after=timedelta(hours=1))
    health = fails(ChannelHealth(), asking)
    assert bears("webhook", health, now=NOW + timedelta(minutes=59)) == 0
    assert bears("webhook", health, now=NOW + timedelta(hours=1)) == AT_ONCE["webhook"]
    shorter = ChannelError("HTTP 429", retry_after=SECOND)
    assert fails(health, shorter).rests_until == health.rests_until
    endless = ChannelError("HTTP 429", retry_after=timedelta(days=900))
    assert fails(health, endless).rests_until == NOW + timedelta(hours=24)
    assert fails(health, times=TRIPS_AT - 1).rests_until == NOW + timedelta(hours=1), "the longer rest holds"


def test_one_that_gets_through_closes_it() -> None:
    assert after_sent("webhook", ChannelHealth(3, NOW), now=NOW) == ChannelHealth()


def test_chats_get_one_message_a_second() -> None:
    health = after_sent("apprise", ChannelHealth(), now=NOW)
    assert (bears("apprise", health, now=NOW), bears("apprise", health, now=NOW + SECOND)) == (0, 1)


def test_a_rest_that_a_receiver_asked_for_outlasts_a_success() -> None:
    asked = ChannelHealth(1, NOW, NOW + SECOND * 90)
    assert after_sent("webhook", asked, now=NOW) == ChannelHealth(rests_until=NOW + SECOND * 90)
    assert after_sent("apprise", asked, now=NOW).rests_until == NOW + SECOND * 90
    assert after_sent("webhook", asked, now=NOW + SECOND * 90) == ChannelHealth()
