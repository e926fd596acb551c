"""When subscribers are told, as commands set and show it; messages that are sent once more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from servers.documents import Item, rss
from servers.receiver import SECRET


def test_when_a_list_is_told_is_set_shown_and_kept(prompt):
    prompt.write("subscribers", [{"name": name, "channels": [{"log": True}]} for name in ("desk", "night")])
    added = ("--notify", "desk", "--when", "daily at 8:00", "--break-through", "3", "--at-most", "5 per hour")
    assert prompt("watch", "add", "Grain", "grain", *added).code == 0

    def notified():
        (row,) = [row for row in prompt.json("watch", "list") if row["name"] == "Grain"]
        return {line["subscriber"]: (line["when"], line["at_most"], line["break_through"]) for line in row["notify"]}

    assert notified() == {"desk": ("daily at 08:00", 5, 3)}
    assert prompt("watch", "edit", "Grain", "--notify", "desk", "--notify", "night").code == 0
    assert notified() == {"desk": ("daily at 08:00", 5, 3), "night": ("immediately", 30, None)}
    assert prompt("watch", "edit", "Grain", "--when", "weekly on monday at 09:30", "--break-through", "none").code == 0
    weekly = "weekly on monday at 09:30"
    assert notified() == {"desk": (weekly, 5, None), "night": (weekly, 30, None)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--when", "daily"), "--when: 'daily': write `immediately`, `hourly`, `daily at 08:00`"),
        (("--break-through", "many"), "--break-through: input should be a valid integer"),
        (("--break-through", "0"), "--break-through: input should be greater than or equal to 1"),
    ],
)
def test_what_is_no_hour_is_refused(prompt, arguments, said):
    prompt.write("subscribers", [{"name": "desk", "channels": [{"log": True}]}])
    for command in (("add", "Grain", "grain"), ("edit", "Grain")):
        refused = prompt("watch", *command, *arguments)
        assert (refused.code, said.casefold() in refused.err.casefold()) == (2, True), refused.err


def test_quiet_hours_and_heartbeats_are_shown(prompt):
    prompt.write(
        "subscribers",
        [
            {"name": "desk", "quiet_hours": "22:00 - 7:00", "heartbeat": "daily at 08:00", "channels": [{"log": True}]},
            {"name": "night", "channels": [{"log": True}]},
        ],
    )
    shown = [(row["name"], row["quiet_hours"], row["heartbeat"]) for row in prompt.json("subscribers", "list")]
    assert shown == [("desk", "22:00-07:00", "daily at 08:00"), ("night", None, None)]
    assert "nothing to do" in prompt("plan").out or prompt("plan").code == 0


def test_a_subscriber_is_added_with_its_hours(prompt):
    hours = ("--quiet-hours", "23:00-6:30", "--heartbeat", "weekly on friday at 17:00")
    assert prompt("subscribers", "add", "night", "--log", *hours).code == 0
    (row,) = [row for row in prompt.json("subscribers", "list") if row["name"] == "night"]
    assert (row["quiet_hours"], row["heartbeat"]) == ("23:00-06:30", "weekly on friday at 17:00")
    refused = prompt("subscribers", "add", "late", "--log", "--quiet-hours", "late")
    assert (refused.code, refused.err) == (
        2,
        "tocsin: --quiet-hours: 'late': write `22:00-07:00`, from when to when, two different times of the day\n",
    )


def test_what_a_subscriber_has_paused_is_shown(told):
    (row,) = told.json("subscribers", "list")
    assert row["paused"] == []
    assert told("subscribers", "pause", "desk", "--list", "Grain").code == 0
    assert told("subscribers", "pause", "desk", "--until", "2099-01-01T08:00Z").code == 0
    (row,) = told.json("subscribers", "list")
    assert row["paused"] == [
        {"watch_list": None, "until": "2099-01-01T08:00:00Z"},
        {"watch_list": "Grain", "until": None},
    ]
    shown = "all until 2099-01-01 08:00 UTC, Grain"
    assert shown in told("subscribers", "list").out
    assert told("subscribers", "coverage").out.endswith(f"; paused: {shown}\n")
    assert told.json("subscribers", "coverage")[0]["paused"] == row["paused"]


def test_how_well_feeds_are_read_is_told_on_request(told):
    assert told("subscribers", "coverage").out == "Feeds behind your lists: 1 fine; worst delay 0 min (North)\n"
    (found,) = told.json("subscribers", "coverage", "desk")
    assert (found["subscriber"], found["feeds"], found["worst_feed"], found["gaps"]) == ("desk", {"ok": 1}, "North", [])
    refused = told("subscribers", "coverage", "dest")
    assert (refused.code, "did you mean `desk`?" in refused.err) == (2, True)


@pytest.fixture
def told(prompt, feed_server, receiver):
    """A prompt whose desk was told of one story by webhook."""
    published = datetime.now(UTC)
    url = feed_server.publish("/feed", rss([Item("1", "Grain ships leave", "Text.", None, published)]))
    prompt.write("settings", {"fetch_allow": [feed_server.address], "deliver_allow": [receiver.address]})
    prompt.write("feeds", [{"url": url, "name": "North"}])
    channel = {"webhook": receiver.url("/hook"), "secret": SECRET}
    prompt.write("subscribers", [{"name": "desk", "channels": [channel]}])
    prompt.write("watch_lists", [{"name": "Grain", "keywords": ["grain"], "notify": [{"subscriber": "desk"}]}])
    assert prompt("poll").code == 0
    return prompt


def test_deliveries_are_found_by_whom_and_when(told):
    assert len(told.json("deliveries", "list", "--subscriber", "desk", "--since", "1h")) == 1
    late = told("deliveries", "list", "--since", "2099-01-01T08:00Z")
    assert (late.code, late.out, late.err) == (0, "", "no such delivery\n")
    refused = told("deliveries", "list", "--subscriber", "dest")
    assert (refused.code, "did you mean `desk`?" in refused.err) == (2, True)


def test_messages_are_replayed_under_the_same_keys(told, receiver):
    (first,) = receiver.accepted
    assert told("deliveries", "replay", "--since", "1h", "--state", "failed").out == "nothing to send again\n"
    assert told("deliveries", "replay", "--since", "1h").out == "1 sent are due again\n"
    assert told("poll").code == 0
    assert [one.key for one in receiver.accepted] == [first.key] * 2
    assert told.json("deliveries", "replay", "--since", "1h", "--subscriber", "desk") == {
        "replayed": 1,
        "states": {"sent": 1},
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "1h", "--state", "pending"), "there is no state 'pending'"),
        (("--since", "1h", "--subscriber", "dest"), "did you mean `desk`?"),
        (("--since", "soon"), "soon"),
        ((), "--since"),
    ],
)
def test_what_cannot_be_replayed_is_refused(prompt, arguments, said):
    prompt.write("subscribers", [{"name": "desk", "channels": [{"log": True}]}])
    refused = prompt("deliveries", "replay", *arguments)
    assert (refused.code, said in refused.err) == (2, True), refused.err
