"""Who hears of what, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.alerts.plan import plan
from worker.alerts.planned import Hold, Past, PastAlert, PlannedAlert, StoryMatch, Subscription

NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
DESK, ALICE = 1, 2


def subscription(number: int, name: str, subscriber: int = DESK, at_most: int | None = 30) -> Subscription:
    """One subscription to the watch list of the same number."""
    return Subscription(number, number, name, subscriber, "Europe/Kyiv", at_most)


def told(watch_list: int, story: int, subscriber: int = DESK, **more: object) -> PastAlert:
    """An alert of that list which was told."""
    return PastAlert(watch_list * 100 + story, watch_list, story, subscriber, item=1, **({"state": "told"} | more))  # type: ignore[arg-type]


UKRAINE = subscription(10, "Ukraine")
KYIV = subscription(20, "Kyiv")


def shape(planned: list[PlannedAlert]) -> list[tuple[int, int, int, str, int | None]]:
    return [(alert.story, alert.subscriber, alert.watch_list, alert.state, alert.lead) for alert in planned]


@pytest.mark.parametrize(
    ("matches", "subscriptions", "past", "expected"),
    [
        pytest.param([], [UKRAINE], Past(), [], id="nothing matched"),
        pytest.param([StoryMatch(99, 1, 5)], [UKRAINE], Past(), [], id="nobody subscribed"),
        pytest.param([StoryMatch(10, 1, 5)], [UKRAINE], Past(), [(5, DESK, 10, "new", 10)], id="one match"),
        pytest.param(
            [StoryMatch(10, 1, 5)],
            [UKRAINE],
            Past((told(10, 5),)),
            [],
            id="told before: never again",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5)],
            [UKRAINE],
            Past((told(20, 5),)),
            [(5, DESK, 10, "merged", None)],
            id="told before by another list",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5)],
            [UKRAINE],
            Past((told(20, 5, DESK, state="cancelled"),)),
            [(5, DESK, 10, "new", 10)],
            id="another list's alert was cancelled before anybody heard of it",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5)],
            [UKRAINE],
            Past((told(20, 5, ALICE), told(20, 6, DESK))),
            [(5, DESK, 10, "new", 10)],
            id="another's alert, and another story's, are nothing to this one",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)],
            [UKRAINE, KYIV],
            Past(),
            [(5, DESK, 20, "new", 20), (5, DESK, 10, "new", 20)],
            id="two lists share a message; the first by name leads",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)],
            [UKRAINE, KYIV],
            Past((told(20, 5),)),
            [(5, DESK, 10, "merged", None)],
            id="one of two lists told it before",
        ),
        pytest.param(
            [StoryMatch(10, 2, 6), StoryMatch(10, 1, 5)],
            [subscription(10, "Ukraine", ALICE), UKRAINE],
            Past(),
            [(5, DESK, 10, "new", 10), (5, ALICE, 10, "new", 10), (6, DESK, 10, "new", 10), (6, ALICE, 10, "new", 10)],
            id="by story, then subscriber",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)],
            [UKRAINE, subscription(20, "Kyiv", at_most=0)],
            Past(),
            [(5, DESK, 20, "merged", 10), (5, DESK, 10, "new", 10)],
            id="a list beyond its limit is silent where another tells the story",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)],
            [subscription(10, "Ukraine", at_most=0), subscription(20, "Kyiv", at_most=0)],
            Past(),
            [(5, DESK, 20, "held", None), (5, DESK, 10, "held", None)],
            id="where none does it waits for the digest",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)],
            [UKRAINE, Subscription(20, 20, "Kyiv", DESK, "UTC", 0, "updates")],
            Past(),
            [(5, DESK, 20, "held", None), (5, DESK, 10, "new", 10)],
            id="a list that tells updates waits for it anyway, but does not lead",
        ),
        pytest.param(
            [StoryMatch(10, 1, 5)],
            [subscription(10, "Ukraine", at_most=None)],
            Past(messaged=((10, (NOW,) * 1000),)),
            [(5, DESK, 10, "new", 10)],
            id="no limit",
        ),
    ],
)
def test_plan(
    matches: list[StoryMatch],
    subscriptions: list[Subscription],
    past: Past,
    expected: list[tuple[int, int, int, str, int | None]],
) -> None:
    assert shape(plan(matches, subscriptions, past, now=NOW)) == expected


WITH_UPDATES = replace(UKRAINE, alert="updates")


@pytest.mark.parametrize("alert", ["updates", "every"])
def test_a_list_that_tells_updates_adds_a_message_later(alert: str) -> None:
    later = [KYIV, replace(UKRAINE, alert=alert), replace(subscription(30, "Lviv"), alert=alert)]
    matches = [StoryMatch(one.watch_list, 1, 5) for one in later]
    planned = plan(matches, later, Past((told(99, 5),)), now=NOW, group_wait=HOUR)
    assert shape(planned) == [(5, DESK, 20, "merged", None), (5, DESK, 30, "new", 30), (5, DESK, 10, "new", 30)]
    assert [alert.due_at for alert in planned] == [None, NOW, NOW], "copies were waited for before"


def test_what_a_list_adds_later_counts() -> None:
    limited = [replace(WITH_UPDATES, at_most=0)]
    assert [alert.state for alert in plan([StoryMatch(10, 1, 5)], limited, Past((told(99, 5),)), now=NOW)] == ["held"]


def test_the_first_message_of_a_story_waits_for_copies() -> None:
    matches = [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)]
    planned = plan(matches, [UKRAINE, KYIV], Past(), now=NOW, group_wait=HOUR)
    assert [(alert.lead, alert.due_at, alert.joins) for alert in planned] == [(20, NOW + HOUR, None)] * 2


def test_a_list_that_matches_while_the_message_waits_shares_it() -> None:
    past = Past((told(99, 5, state="new", lead=77, waits=True), told(98, 6, state="new", lead=78)))
    matches = [StoryMatch(10, 1, 5), StoryMatch(20, 1, 5), StoryMatch(10, 2, 6)]
    planned = plan(matches, [WITH_UPDATES, KYIV, subscription(99, "Z")], past, now=NOW, group_wait=HOUR)
    assert [(alert.story, alert.watch_list, alert.state, alert.joins) for alert in planned] == [
        (5, 20, "new", 77),
        (5, 10, "new", 77),
        (6, 10, "new", None),
    ]


def test_no_message_waits_in_a_digest() -> None:
    past = Past((told(99, 5, state="held", waits=True),))
    assert [alert.state for alert in plan([StoryMatch(20, 1, 5)], [KYIV], past, now=NOW)] == ["merged"]


def test_beyond_its_limit_a_list_leaves_it_to_the_message_that_waits() -> None:
    past = Past((told(99, 5, state="new", lead=77, waits=True),))
    limited = [replace(KYIV, at_most=0), replace(WITH_UPDATES, at_most=0)]
    planned = plan([StoryMatch(10, 1, 5), StoryMatch(20, 1, 5)], limited, past, now=NOW)
    assert [(alert.watch_list, alert.state, alert.joins) for alert in planned] == [
        (20, "merged", 77),
        (10, "held", None),
    ]


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ([told(99, 5, state="new", lead=77)], (77, None)),
        ([told(99, 5, state="held", digest=3)], (9905, 3)),
        ([told(99, 5, state="merged", lead=77)], (None, None)),
        ([told(97, 5, state="cancelled", lead=70), told(99, 5, state="new", lead=77)], (77, None)),
        ([told(98, 5, state="new", lead=77), told(99, 5, lead=78)], (78, None)),
        ([told(98, 5, state="held", digest=3), told(99, 5, state="new", lead=78)], (78, None)),
        ([told(98, 5, state="new", lead=77), told(99, 5, state="new", lead=78)], (77, None)),
    ],
)
def test_a_merged_alert_knows_whom_it_relies_on(
    alerts: list[PastAlert], expected: tuple[int | None, int | None]
) -> None:
    (alert,) = plan([StoryMatch(20, 1, 5)], [KYIV], Past(tuple(alerts)), now=NOW)
    assert (alert.state, alert.joins, alert.digest) == ("merged", *expected)


def test_the_first_of_several_items_of_a_story_is_told() -> None:
    planned = plan([StoryMatch(10, 8, 5), StoryMatch(10, 7, 5)], [UKRAINE], Past(), now=NOW)
    assert [alert.item for alert in planned] == [8]


def test_one_subscription_of_a_list_and_subscriber_counts() -> None:
    twice = [UKRAINE, Subscription(11, 10, "Ukraine", DESK, "UTC", None)]
    assert [alert.subscription for alert in plan([StoryMatch(10, 1, 5)], twice, Past(), now=NOW)] == [10]


def test_what_exceeds_the_limit_is_held_until_the_window_frees() -> None:
    limited = [subscription(10, "Ukraine", at_most=2)]
    past = Past(messaged=((10, (NOW - timedelta(minutes=50),)),))
    planned = plan([StoryMatch(10, story, story) for story in (1, 2, 3)], limited, past, now=NOW)
    freed = Hold("limit", NOW.replace(minute=13, second=0))  # 16:12:11 + 60 min, on the next whole minute
    assert [(alert.state, alert.hold) for alert in planned] == [("new", None), ("held", freed), ("held", freed)]


def test_a_shared_message_counts_for_each_subscription() -> None:
    both = [subscription(10, "Ukraine", at_most=1), subscription(20, "Kyiv", at_most=1)]
    matches = [StoryMatch(10, 1, 1), StoryMatch(20, 1, 1), StoryMatch(10, 2, 2), StoryMatch(20, 3, 3)]
    assert [alert.state for alert in plan(matches, both, Past(), now=NOW)] == ["new", "new", "held", "held"]


def test_a_merged_alert_counts_for_nothing() -> None:
    limited = [subscription(10, "Ukraine", at_most=1)]
    past = Past((told(20, 1),))
    planned = plan([StoryMatch(10, 1, 1), StoryMatch(10, 2, 2)], limited, past, now=NOW)
    assert [alert.state for alert in planned] == ["merged", "new"]


LISTS = [
    subscription(10, "Ukraine", DESK, 1),
    Subscription(11, 10, "Ukraine", ALICE, "UTC", 3),
    subscription(20, "Kyiv", DESK, 2),
    subscription(30, "All", ALICE, 0),
    subscription(40, "Black Sea", DESK, None),
]
CALL = st.tuples(
    st.integers(0, 90 * 60).map(lambda seconds: timedelta(seconds=seconds)),
    st.lists(st.builds(StoryMatch, st.sampled_from([10, 20, 30, 40, 50]), st.integers(1, 50), st.integers(1, 12))),
)


@pytest.mark.unmeasured
@given(st.lists(CALL, max_size=12))
def test_never_twice_and_never_more_than_the_limit_in_any_hour(calls: list[tuple[timedelta, list[StoryMatch]]]) -> None:
    """Plays calls against a store that remembers as the real one does."""
    now, alerts, messaged, stories_told = NOW, set(), {}, set()
    limits = {one.id: one.at_most for one in LISTS}
    for wait, matches in calls:
        now += wait
        past = Past(
            alerts=tuple(told(*alert) for alert in sorted(alerts)),
            messaged=tuple((one, tuple(t for t in times if t > now - HOUR)) for one, times in messaged.items()),
        )
        planned = plan(matches, LISTS, past, now=now)
        assert planned == plan(matches, LISTS[::-1], past, now=now)
        for alert in planned:
            key = (alert.watch_list, alert.story, alert.subscriber)
            assert key not in alerts
            before = (alert.story, alert.subscriber) in stories_told
            leads = {(one.story, one.subscriber, one.watch_list) for one in planned if one.state in {"new", "held"}}
            assert (alert.lead is not None) == (alert.state == "new" or (alert.state == "merged" and not before))
            assert alert.lead is None or (alert.story, alert.subscriber, alert.lead) in leads
            assert (alert.joins is not None) == before
            assert alert.state != "held" or alert.hold is not None
            assert alert.hold is None or alert.state == "held" or alert.lead is not None
            assert alert.state == "merged" or not before
            alerts.add(key)
            if alert.state == "new":
                messaged.setdefault(alert.subscription, []).append(now)
            if alert.hold is not None:
                assert now < alert.hold.due_at <= now + HOUR + timedelta(minutes=1)
                assert (alert.hold.due_at.second, alert.hold.due_at.microsecond) == (0, 0)
        stories_told |= {(alert.story, alert.subscriber) for alert in planned}
        leads = {(alert.story, alert.subscriber, alert.lead) for alert in planned if alert.state == "new"}
        assert len(leads) == len({lead[:2] for lead in leads})
    for one, times in messaged.items():
        limit = limits[one]
        for time in times:
            assert limit is None or sum(time - HOUR < other <= time for other in times) <= limit
