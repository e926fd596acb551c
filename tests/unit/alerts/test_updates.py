"""Who hears what has become of a story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.alerts.planned import Development, Hold, Past, PastAlert, PlannedAlert, PlannedUpdate, Subscription
from worker.alerts.updates import plan_updates

NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
DESK, ALICE = 1, 2
STORY, HEAD, MATCHED = 5, 70, 71

CORRECTED = Development(STORY, MATCHED, "corrected")
REPORTED = Development(STORY, 80, "reported")
AGAIN = Development(STORY, 81, "reported")
INDEPENDENT = Development(STORY, 82, "independent")
ALSO = Development(STORY, 83, "independent")


def subscription(number: int, name: str, alert: str, subscriber: int = DESK, at_most: int | None = 30) -> Subscription:
    return Subscription(number, number, name, subscriber, "Europe/Kyiv", at_most, alert)  # type: ignore[arg-type]


FIRST = subscription(10, "Ukraine", "first")
UPDATES = subscription(20, "Kyiv", "updates")
EVERY = subscription(30, "Black Sea", "every")


def told(watch_list: int, story: int = STORY, subscriber: int = DESK, **more: object) -> PastAlert:
    values = {"item": MATCHED, "state": "told", "head": HEAD} | more
    return PastAlert(watch_list * 10 + subscriber, watch_list, story, subscriber, **values)  # type: ignore[arg-type]


def shape(planned: list[PlannedUpdate]) -> list[tuple[int, str, int, int | None]]:
    return [(update.alert, update.kind, update.item, update.lead) for update in planned]


@pytest.mark.parametrize(
    ("developments", "subscriptions", "alerts", "expected"),
    [
        pytest.param([], [EVERY], [told(30)], [], id="nothing happened"),
        pytest.param([REPORTED], [EVERY], [], [], id="nobody was told"),
        pytest.param([CORRECTED, INDEPENDENT], [FIRST], [told(10)], [], id="first: once is enough"),
        pytest.param([REPORTED], [UPDATES], [told(20)], [], id="updates: a copy is no news"),
        pytest.param([INDEPENDENT], [UPDATES], [told(20)], [(201, "independent", 82, 201)], id="another origin is"),
        pytest.param([CORRECTED], [UPDATES], [told(20)], [(201, "corrected", 71, 201)], id="so is a correction"),
        pytest.param(
            [INDEPENDENT, REPORTED, ALSO, CORRECTED],
            [UPDATES],
            [told(20)],
            [(201, "corrected", 71, 201)],
            id="updates: one message at once, of the correction if there is one",
        ),
        pytest.param(
            [REPORTED, INDEPENDENT, ALSO],
            [UPDATES],
            [told(20)],
            [(201, "independent", 82, 201)],
            id="updates: else of the first independent report",
        ),
        pytest.param(
            [REPORTED, AGAIN, CORRECTED],
            [EVERY],
            [told(30)],
            [(301, "reported", 80, 301), (301, "reported", 81, 301), (301, "corrected", 71, 301)],
            id="every: a message for each",
        ),
        pytest.param(
            [REPORTED, INDEPENDENT],
            [UPDATES, EVERY],
            [told(20), told(30)],
            [(301, "reported", 80, 301), (301, "independent", 82, 301), (201, "independent", 82, 301)],
            id="lists that hear one development share its message; the first by name leads",
        ),
        pytest.param(
            [Development(STORY, 99, "corrected")],
            [UPDATES, EVERY],
            [told(20), told(30)],
            [],
            id="a copy that is retouched corrects nothing",
        ),
        pytest.param(
            [Development(STORY, HEAD, "corrected")],
            [UPDATES],
            [told(20)],
            [(201, "corrected", 70, 201)],
            id="the report that stands for the story does",
        ),
        pytest.param(
            [INDEPENDENT],
            [UPDATES, subscription(20, "Kyiv", "updates", ALICE)],
            [told(20, subscriber=ALICE), told(20)],
            [(201, "independent", 82, 201), (202, "independent", 82, 202)],
            id="a message for each subscriber",
        ),
        pytest.param(
            [Development(6, 90, "independent"), INDEPENDENT],
            [UPDATES],
            [told(20), told(20, 6)],
            [(201, "independent", 82, 201), (201, "independent", 90, 201)],
            id="by story",
        ),
        pytest.param(
            [INDEPENDENT], [UPDATES], [told(20, state="new")], [(201, "independent", 82, 201)], id="under way"
        ),
        pytest.param([INDEPENDENT], [UPDATES], [told(20, state="new", waits=True)], [], id="waits out its group_wait"),
        pytest.param([INDEPENDENT], [UPDATES], [told(20, state="held", waits=True)], [], id="in an open digest"),
        pytest.param(
            [INDEPENDENT], [UPDATES], [told(20, state="held")], [(201, "independent", 82, 201)], id="in a sent"
        ),
        pytest.param([INDEPENDENT], [UPDATES], [told(20, state="merged")], [], id="the list told nothing"),
        pytest.param([INDEPENDENT], [UPDATES], [told(20, state="cancelled")], [], id="nobody was told"),
    ],
)
def test_updates(
    developments: list[Development],
    subscriptions: list[Subscription],
    alerts: list[PastAlert],
    expected: list[tuple[int, str, int, int | None]],
) -> None:
    planned = plan_updates(developments, subscriptions, Past(tuple(alerts)), now=NOW)
    assert shape(planned) == expected
    assert planned == plan_updates(developments, subscriptions[::-1], Past(tuple(alerts)), now=NOW)


def test_after_a_merge_updates_follow_the_alert_that_was_first() -> None:
    both = (PastAlert(1, 20, STORY, DESK, 71, "merged"), told(20), told(20, item=99))
    (update,) = plan_updates(
        [INDEPENDENT], [UPDATES], Past((*both, PastAlert(900, 20, STORY, DESK, 71, "told"))), now=NOW
    )
    assert update == PlannedUpdate(201, 20, DESK, 82, "independent", lead=201)


@pytest.mark.parametrize(
    ("newly", "silent"),
    [
        (PlannedAlert(10, 10, STORY, DESK, MATCHED, "new"), True),
        (PlannedAlert(10, 10, STORY, DESK, 99, "new"), False),
        (PlannedAlert(10, 10, STORY, DESK, MATCHED, "merged"), False),
        (PlannedAlert(10, 10, STORY, DESK, MATCHED, "held", hold=Hold("limit", NOW)), False),
    ],
)
def test_one_message_is_enough_where_another_list_newly_tells_the_report(newly: PlannedAlert, silent: bool) -> None:
    """A subscriber who hears of a corrected report by a list that it meets only now is not told of it once more."""
    lists = [UPDATES, subscription(20, "Kyiv", "updates", ALICE)]
    past = Past((told(20), told(20, subscriber=ALICE)))
    planned = plan_updates([CORRECTED], lists, past, planned=[newly], now=NOW)
    assert [one.subscriber for one in planned] == ([ALICE] if silent else [DESK, ALICE])


def test_what_exceeds_the_limit_is_held_and_does_not_lead() -> None:
    lists = [subscription(20, "Kyiv", "every", at_most=1), subscription(30, "Lviv", "every", at_most=2)]
    past = Past((told(20), told(30)), messaged=((30, (NOW - timedelta(minutes=50),)),))
    planned = plan_updates([REPORTED, AGAIN], lists, past, now=NOW)
    assert [(one.alert, one.item, one.lead, one.hold and one.hold.due_at) for one in planned] == [
        (201, 80, 201, None),
        (301, 80, 201, None),
        (201, 81, None, NOW.replace(hour=18, minute=3, second=0)),
        (301, 81, None, NOW.replace(minute=13, second=0)),
    ]


@pytest.mark.parametrize(("state", "held"), [("new", True), ("held", False), ("merged", False)])
def test_alerts_planned_at_the_same_time_count_first(state: str, held: bool) -> None:
    limited = [subscription(20, "Kyiv", "updates", at_most=1)]
    planned = [PlannedAlert(20, 20, 9, DESK, 1, state)]  # type: ignore[arg-type]
    (update,) = plan_updates([INDEPENDENT], limited, Past((told(20),)), planned=planned, now=NOW)
    assert (update.lead is None) == held
