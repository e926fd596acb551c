"""What is told at once, what waits for which digest, and what breaks out of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.values import QuietHours, Schedule
from worker.alerts.breaking import plan_breaks
from worker.alerts.holding import Holding
from worker.alerts.plan import plan
from worker.alerts.planned import (
    Development,
    Hold,
    Past,
    PastAlert,
    PlannedAlert,
    PlannedBreak,
    StoryMatch,
    Subscription,
)
from worker.alerts.updates import plan_updates

NOW = datetime(2022, 2, 12, 20, 30, tzinfo=UTC)  # 22:30 in Kyiv
MORNING = datetime(2022, 2, 13, 5, tzinfo=UTC)
NIGHT = QuietHours(22 * 60, 7 * 60)
DESK, ALICE = 1, 2
UKRAINE = Subscription(10, 10, "Ukraine", DESK, "Europe/Kyiv", 30)
KYIV = replace(UKRAINE, id=20, watch_list=20, watch_list_name="Kyiv")
FULL = ((10, (NOW - timedelta(minutes=50),)),)
NOTHING = Past()


def hold(subscription: Subscription, past: Past = NOTHING, *, now: datetime = NOW) -> Hold | None:
    return Holding(past, now=now).hold(subscription, 5, due_at=now)


@pytest.mark.parametrize(
    ("changes", "past", "expected"),
    [
        pytest.param({}, Past(), None, id="told at once"),
        pytest.param({"quiet": NIGHT}, Past(), Hold("quiet", MORNING), id="quiet hours"),
        pytest.param(
            {"at_most": 1}, Past(messaged=FULL), Hold("limit", NOW + timedelta(minutes=10)), id="beyond the limit"
        ),
        pytest.param(
            {"at_most": 1, "quiet": QuietHours(22 * 60 + 35, 420)},
            Past(messaged=FULL),
            Hold("limit", MORNING),
            id="the window frees in quiet hours",
        ),
        pytest.param(
            {"when": Schedule(480)},
            Past(),
            Hold("when", MORNING + timedelta(hours=1), Schedule(480)),
            id="told at set times",
        ),
        pytest.param(
            {"when": Schedule(), "quiet": NIGHT},
            Past(),
            Hold("when", MORNING, Schedule(), NIGHT),
            id="a set time within quiet hours",
        ),
        pytest.param({"quiet": NIGHT, "break_through": 1}, Past(), None, id="each story breaks through"),
        pytest.param(
            {"quiet": NIGHT, "at_most": 1, "break_through": 3},
            Past(messaged=FULL, independent=((5, 3),)),
            None,
            id="so many report it that it breaks through",
        ),
        pytest.param(
            {"quiet": NIGHT, "break_through": 3},
            Past(independent=((5, 2), (6, 9))),
            Hold("quiet", MORNING),
            id="not enough report it",
        ),
        pytest.param(
            {"when": Schedule(480), "break_through": 1},
            Past(),
            Hold("when", MORNING + timedelta(hours=1), Schedule(480)),
            id="a set time is not broken",
        ),
    ],
)
def test_the_order_of_holding(changes: dict[str, object], past: Past, expected: Hold | None) -> None:
    assert hold(replace(UKRAINE, **changes), past) == expected  # type: ignore[arg-type]


def planned(*subscriptions: Subscription, past: Past = NOTHING, now: datetime = NOW) -> list[PlannedAlert]:
    return plan([StoryMatch(one.watch_list, 1, 5) for one in subscriptions], subscriptions, past, now=now)


def told(one: PlannedAlert) -> tuple[int, str, int | None]:
    return one.watch_list, one.state, one.lead


def test_who_paused_or_muted_hears_nothing() -> None:
    paused, muted = planned(replace(UKRAINE, paused=True)), planned(UKRAINE, past=Past(muted=frozenset({(5, DESK)})))
    assert [(one.state, one.ended) for one in (*paused, *muted)] == [("cancelled", "paused"), ("cancelled", "muted")]
    assert [one.state for one in planned(UKRAINE, past=Past(muted=frozenset({(5, ALICE), (6, DESK)})))] == ["new"]


def test_a_paused_list_leads_no_message() -> None:
    assert [told(one) for one in planned(replace(KYIV, paused=True), UKRAINE)] == [
        (20, "cancelled", None),
        (10, "new", 10),
    ]


def test_a_list_of_set_times_is_silent_where_another_tells_at_once() -> None:
    daily = replace(KYIV, when=Schedule(480))
    assert [told(one) for one in planned(daily, UKRAINE)] == [(20, "merged", 10), (10, "new", 10)]


def test_of_two_digests_the_earlier_tells() -> None:
    hourly, daily = replace(UKRAINE, when=Schedule()), replace(KYIV, when=Schedule(480))
    first, second = planned(daily, hourly)
    assert (told(first), told(second)) == ((20, "merged", 10), (10, "held", None))
    assert first.hold == second.hold
    updates = replace(daily, alert="updates")
    assert [told(one) for one in planned(updates, hourly)] == [(20, "held", None), (10, "held", None)]


def test_lists_of_one_digest_are_both_in_it() -> None:
    both = [replace(one, quiet=NIGHT) for one in (KYIV, UKRAINE)]
    assert [(one.state, one.hold) for one in planned(*both)] == [("held", Hold("quiet", MORNING))] * 2


def waiting(due_at: datetime, reason: str = "when") -> PastAlert:
    return PastAlert(77, 99, 5, DESK, 1, "held", digest=3, waits=True, due_at=due_at, reason=reason)  # type: ignore[arg-type]


def test_who_tells_sooner_than_a_schedule_does_not_wait_for_it() -> None:
    next_week = Past((waiting(NOW + timedelta(days=6)),))
    assert [told(one) for one in planned(UKRAINE, past=next_week)] == [(10, "new", 10)]
    assert [told(one) for one in planned(replace(UKRAINE, when=Schedule()), past=next_week)] == [(10, "held", None)]
    (later,) = planned(replace(UKRAINE, when=Schedule()), past=Past((waiting(NOW + timedelta(minutes=30)),)))
    assert (later.state, later.joins, later.digest) == ("merged", 77, 3)
    (quiet,) = planned(UKRAINE, past=Past((waiting(NOW + timedelta(days=6), "quiet"),)))
    assert quiet.state == "merged", "what a limit or quiet hours hold is told soon enough"


def test_a_list_that_lets_stories_break_through_is_not_silenced_by_one_that_waits() -> None:
    held = waiting(MORNING, "quiet")
    breaking = replace(UKRAINE, quiet=NIGHT, break_through=3)
    (later,) = planned(breaking, past=Past((held,), independent=((5, 2),)))
    assert (later.state, later.hold) == ("held", Hold("quiet", MORNING)), "in the same digest, from where it may break"
    (now,) = planned(breaking, past=Past((held,), independent=((5, 3),)))
    assert (now.state, now.lead, now.absorbs) == ("new", 10, (77,))
    others = (replace(held, id=78, once=False), replace(held, id=79, reason="when"), replace(held, id=80, waits=False))
    (now,) = planned(breaking, past=Past((held, *others), independent=((5, 3),)))
    assert now.absorbs == (77,), "what tells more, or is in a schedule's digest or a message, is told all the same"
    kyiv = replace(KYIV, quiet=NIGHT, break_through=3)
    both = planned(kyiv, breaking, past=Past((held,), independent=((5, 3),)))
    assert [(one.state, one.lead, one.absorbs) for one in both] == [("new", 20, (77,)), ("new", 20, ())]


def test_a_message_that_would_be_due_in_quiet_hours_waits_for_their_end() -> None:
    evening = NOW - timedelta(minutes=31)
    match, quiet = [StoryMatch(10, 1, 5)], [replace(UKRAINE, quiet=NIGHT)]
    late = plan(match, quiet, NOTHING, now=evening, group_wait=timedelta(minutes=2))
    assert [one.hold for one in late] == [Hold("quiet", MORNING)]


def test_updates_wait_as_alerts_do() -> None:
    past = Past((PastAlert(1, 10, 5, DESK, 1, "told"),))
    developed = [Development(5, 2, "independent")]

    def update(**changes: object) -> list[Hold | None]:
        of = replace(UKRAINE, alert="updates", **changes)  # type: ignore[arg-type]
        return [one.hold for one in plan_updates(developed, [of], past, now=NOW)]

    assert update() == [None]
    assert update(quiet=NIGHT) == [Hold("quiet", MORNING)]
    assert update(quiet=NIGHT, break_through=1) == [None]
    assert update(paused=True) == []


HELD = PastAlert(1, 10, 5, DESK, 1, "held", digest=3, waits=True, due_at=MORNING, reason="quiet")
BREAKING = replace(UKRAINE, quiet=NIGHT, break_through=3)
MANY = ((5, 3),)


@pytest.mark.parametrize(
    ("alerts", "subscriptions", "more", "expected"),
    [
        pytest.param([HELD], [BREAKING], {}, [PlannedBreak(1, DESK, 1, shares=True)], id="so many report it"),
        pytest.param([HELD], [BREAKING], {"independent": ((5, 2),)}, [], id="not enough"),
        pytest.param([HELD], [replace(BREAKING, break_through=None)], {}, [], id="nobody asked for it"),
        pytest.param([HELD], [], {}, [], id="a list that nobody asked about"),
        pytest.param([replace(HELD, reason="when")], [BREAKING], {}, [], id="it waits for the hour of its schedule"),
        pytest.param([replace(HELD, waits=False)], [BREAKING], {}, [], id="its digest is being sent"),
        pytest.param([replace(HELD, state="told")], [BREAKING], {}, [], id="told"),
        pytest.param([HELD], [BREAKING], {"muted": frozenset({(5, DESK)})}, [], id="muted"),
        pytest.param([HELD], [replace(BREAKING, paused=True)], {}, [], id="paused"),
        pytest.param(
            [HELD, replace(HELD, id=2, watch_list=20)],
            [BREAKING, replace(BREAKING, id=20, watch_list=20, watch_list_name="Kyiv")],
            {},
            [PlannedBreak(1, DESK, 2, shares=True), PlannedBreak(2, DESK, 2, shares=True)],
            id="two lists share a message; the first by name leads",
        ),
        pytest.param(
            [HELD, replace(HELD, id=2, watch_list=20, once=False), replace(HELD, id=3, watch_list=30)],
            [BREAKING, replace(KYIV, alert="updates")],
            {},
            [PlannedBreak(1, DESK, 1, shares=True), PlannedBreak(3, DESK, 1, shares=False)],
            id="what other lists hold of it needs no telling, unless they tell more",
        ),
        pytest.param(
            [HELD, replace(HELD, id=2, subscriber=ALICE), replace(HELD, id=3, story=6)],
            [BREAKING],
            {},
            [PlannedBreak(1, DESK, 1, shares=True)],
            id="others, and other stories, go on waiting",
        ),
    ],
)
def test_what_breaks_out(
    alerts: list[PastAlert],
    subscriptions: list[Subscription],
    more: dict[str, object],
    expected: list[PlannedBreak],
) -> None:
    past = Past(tuple(alerts), **({"independent": MANY} | more))  # type: ignore[arg-type]
    assert plan_breaks(subscriptions, past, now=NOW) == expected
