from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.cli.health import counted, shape, troubles
from worker.store.rows import FailingChannel, OpmlRow, RoleRow, StatusRow

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
WELL = StatusRow(
    roles=(),
    oldest_due_feed_s=0.4,
    oldest_pending_delivery_s=None,
    oldest_unmatched_s=None,
    quarantined_items=0,
    last_tick_at=NOW - timedelta(seconds=1),
    feeds={"ok": 20, "broken": 2},
    deliveries={"sent": 3},
)


def role(name, seconds=1.0):
    return RoleRow(name, "here", 1, NOW, NOW - timedelta(seconds=seconds))


LIST = OpmlRow(
    id=1,
    source="https://u:pw@lists.example/ours.opml",
    tags=(),
    feeds=3,
    validators=None,
    last_read_at=NOW,
    next_read_at=NOW + timedelta(hours=1),
    last_error=None,
    managed_by="file",
)


def found(status=WELL, running=("beat", "worker"), tick=timedelta(seconds=1), wrong_files=None, lists=()):
    roles = [one if isinstance(one, RoleRow) else role(one) for one in running]
    return troubles(status, roles, now=NOW, tick=tick, wrong_files=wrong_files, lists=lists)


def test_a_service_whose_feeds_are_broken_is_well():
    assert found() == []


@pytest.mark.parametrize(
    ("running", "said"),
    [
        ([], ["no service runs; `tocsin up` starts one"]),
        (["up", "broker"], ["no service runs; `tocsin up` starts one"]),
        (["beat"], ["no worker runs"]),
        (["worker"], ["no beat runs"]),
        ([role("beat", 20), "worker"], ["no beat runs"]),
    ],
)
def test_what_does_not_run_or_is_silent_is_said(running, said):
    assert found(running=running) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"oldest_due_feed_s": 63.0}, []),
        ({"oldest_due_feed_s": 90.0}, ["a feed has been due for 90 s"]),
        ({"oldest_pending_delivery_s": 600.0}, ["a delivery has waited for 10 min"]),
        ({"oldest_unmatched_s": 7200.0}, ["an item has waited for matching for 2 h"]),
        ({"last_tick_at": NOW - timedelta(seconds=70)}, ["the timetable has not ticked for 70 s"]),
        ({"last_tick_at": None}, []),
        ({"quarantined_items": 1}, ["quarantined: 1 item; could not be matched"]),
        (
            {"feeds": {"quarantined": 2}},
            ["quarantined: 2 feeds; cost three workers their lives; `tocsin poll NAME` tries again"],
        ),
        (
            {"deliveries": {"quarantined": 2}},
            ["quarantined: 2 deliveries; see `tocsin deliveries list --state quarantined`"],
        ),
        ({"watch_lists": {"active": 3, "paused": 1}}, []),
        ({"watch_lists": {"broken": 1}}, ["broken: 1 watch list, asked no more; `tocsin watch list` says why"]),
    ],
)
def test_work_that_waits_too_long_or_was_put_aside_is_said(change, said):
    assert found(replace(WELL, **change)) == said


def test_patience_grows_with_the_pause_between_ticks():
    late = replace(WELL, oldest_due_feed_s=90.0)
    assert found(late, tick=timedelta(seconds=30)) == []


def test_wrong_files_are_a_trouble():
    assert found(wrong_files="feeds.yaml:1:1: ...") == ["feeds.yaml:1:1: ..."]


def test_a_list_that_cannot_be_followed_is_a_trouble():
    failing = replace(LIST, last_error="HTTP 404")
    said = ["the OPML list https://lists.example/ours.opml cannot be followed: HTTP 404"]
    assert found(lists=[LIST, failing]) == said
    told = shape(WELL, [], said, now=NOW, lists=[failing])
    assert told["opml_lists"] == [
        {
            "source": "https://lists.example/ours.opml",
            "feeds": 3,
            "last_error": "HTTP 404",
            "last_read_at": NOW,
            "next_read_at": LIST.next_read_at,
        }
    ]


def test_the_json_shape_has_every_state_of_feeds():
    told = shape(WELL, [role("beat"), role("worker", 30)], ["x"], now=NOW)
    assert told["healthy"] is False
    assert told["troubles"] == ["x"]
    assert [one["state"] for one in told["roles"]] == ["runs", "silent"]
    assert {one["role"] for one in told["roles"]} == {"beat", "worker"}
    assert told["feeds"]["ok"] == 20
    assert told["feeds"]["stale"] == 0
    assert told["watch_lists"] == {"active": 0, "paused": 0, "broken": 0}
    assert told["oldest_due_feed_s"] == 0.4
    assert told["latency"] is None


def test_counts_are_said_with_their_sum():
    assert counted({}) == "none"
    assert counted({"ok": 20, "broken": 2, "gone": 0}) == "22: 2 broken, 20 ok"


def test_a_channel_that_fails_all_the_time_is_said_with_what_waits_for_it():
    hook = FailingChannel("desk", "webhook", "webhook https://d.example/...", 7, NOW - timedelta(hours=2), None, 3)
    status = replace(
        WELL, failing_channels=(hook, replace(hook, failing_since=None, waiting=1), replace(hook, waiting=0))
    )
    assert found(status) == [
        "failing for 2 h: webhook https://d.example/... of desk; 3 messages wait",
        "failing: webhook https://d.example/... of desk; 1 message waits",
        "failing for 2 h: webhook https://d.example/... of desk",
    ]
    (first, *_) = shape(status, (), (), now=NOW)["failing_channels"]
    assert (first["channel"], first["failures"], first["waiting"]) == ("webhook https://d.example/...", 7, 3)
