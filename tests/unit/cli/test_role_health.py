from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from worker.cli.role_health import PARTS, WORK_OF_QUEUES, Seen, role_shape, troubles_of_role, well, work_of
from worker.service.queues import QUEUES

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
IN_TIME = {"oldest_due_feed_s": 0.4, "oldest_pending_delivery_s": None, "oldest_unmatched_s": None}
ALL_LATE = dict.fromkeys(IN_TIME, 90.0)
SAID = {
    "feed": "a feed has been due for 90 s",
    "delivery": "a delivery has waited for 90 s",
    "item": "an item has waited for matching for 90 s",
    "tick": "the timetable has not ticked for 70 s",
}


def ago(seconds):
    return None if seconds is None else NOW - timedelta(seconds=seconds)


def seen(role, silent=(), ticked=1.0, **ages):
    heard = {part: ago(dict(silent).get(part, 2.0)) for part in PARTS[role]}
    return Seen(heard, ago(ticked), SimpleNamespace(**IN_TIME | ages))


def found(role, queues=None, tick=timedelta(seconds=1), **given):
    return troubles_of_role(seen(role, **given), work_of(role, queues), now=NOW, tick=tick)


@pytest.mark.parametrize("role", PARTS)
def test_who_was_heard_of_and_is_in_time_is_well(role):
    assert found(role) == []


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("up", ["feed", "delivery", "item", "tick"]),
        ("beat", ["tick"]),
        ("worker", ["feed", "delivery", "item", "tick"]),
        ("web", []),
    ],
)
def test_a_role_answers_for_the_work_it_is_there_for(role, said):
    assert set(found(role, ticked=70.0, **ALL_LATE)) == {SAID[what] for what in said}


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        (["poll"], ["feed"]),
        (["new", "slow"], ["feed"]),
        (["deliver"], ["delivery"]),
        (["tick", "upkeep"], ["tick", "item"]),
        (QUEUES, ["tick", "feed", "delivery", "item"]),
    ],
)
def test_a_worker_answers_for_its_queues(queues, said):
    assert set(found("worker", queues, ticked=70.0, **ALL_LATE)) == {SAID[what] for what in said}


def test_every_queue_has_its_work():
    assert set(WORK_OF_QUEUES) == set(QUEUES)


@pytest.mark.parametrize(
    ("role", "part", "seconds", "said"),
    [
        ("beat", "beat", None, ["no beat runs on this machine"]),
        ("beat", "beat", 19.0, []),
        ("beat", "beat", 40.0, ["no beat has been heard of on this machine for 40 s"]),
        ("up", "worker", 40.0, ["no worker has been heard of on this machine for 40 s"]),
        ("up", "beat", None, ["no beat runs on this machine"]),
        ("web", "web", 7200.0, ["no web has been heard of on this machine for 2 h"]),
    ],
)
def test_silence_is_said_of_each_part(role, part, seconds, said):
    assert found(role, silent=[(part, seconds)]) == said


def test_a_timetable_that_never_ticked_is_said_where_it_matters():
    assert found("beat", ticked=None) == ["the timetable has not ticked yet"]
    assert found("worker", ["deliver"], ticked=None) == []


def test_patience_grows_with_the_pause_between_ticks():
    late = {"ticked": 70.0, **ALL_LATE}
    assert found("up", tick=timedelta(seconds=30), **late) == []


def test_a_clock_that_was_set_back_is_no_trouble():
    assert found("beat", silent=[("beat", -3600.0)], ticked=-3600.0) == []


def test_who_is_well_is_said_with_what_is_known():
    assert well(seen("up"), work_of("up", None), now=NOW) == (
        "heard of up 2 s ago, beat 2 s ago, worker 2 s ago; last tick 1 s ago"
    )
    assert well(seen("worker"), work_of("worker", ["poll"]), now=NOW) == "heard of worker 2 s ago"


def test_the_json_shape_is_the_same_without_a_database():
    whole, bare = role_shape("beat", seen("beat"), []), role_shape("beat", None, ["away"])
    assert (whole["healthy"], whole["heartbeats"], whole["last_tick_at"]) == (True, {"beat": ago(2)}, ago(1))
    assert (bare["healthy"], bare["troubles"], bare["heartbeats"]) == (False, ["away"], {})
    assert whole.keys() == bare.keys()
