"""Who is told by which of several channels that look alike, and what is held."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from servers.documents import Item, rss
from servers.receiver import SECRET

ITEM = "http://127.0.0.1/grain"


@pytest.fixture
def told(prompt, feed_server, receiver):
    """A prompt whose desk was told by two webhooks of one host, and whose night is told each day."""
    story = Item("1", "Grain ships leave", "Text.", ITEM, datetime.now(UTC))
    prompt.write("settings", {"fetch_allow": [feed_server.address], "deliver_allow": [receiver.address]})
    prompt.write("feeds", [{"url": feed_server.publish("/feed", rss([story])), "name": "North"}])
    hooks = [{"webhook": receiver.url(path), "secret": SECRET} for path in ("/a", "/b")]
    prompt.write(
        "subscribers",
        [{"name": "desk", "channels": [*hooks, {"log": True}]}, {"name": "night", "channels": [hooks[0]]}],
    )
    notify = [{"subscriber": "desk"}, {"subscriber": "night", "when": "daily at 08:00"}]
    corn = {"name": "Corn", "keywords": ["corn"], "notify": [{"subscriber": "desk"}]}
    prompt.write("watch_lists", [{"name": "Grain", "keywords": ["grain"], "notify": notify}, corn])
    assert prompt("poll").code == 0
    return prompt


def test_what_waits_for_a_digest_is_held(told):
    (held,) = told.json("deliveries", "list", "--state", "held")
    assert (held["kind"], held["subscriber"], held["state"]) == ("digest", "night", "pending")
    assert told.json("deliveries", "list", "--state", "pending") == [held]
    (alert,) = told.json("alerts", "list", "--state", "held")
    assert [one["state"] for one in told.json("alerts", "show", alert["id"])["deliveries"]] == ["pending"]


def test_channels_of_one_host_are_told_apart(told, receiver):
    hook = f"webhook {receiver.url('')}".removesuffix("/") + "/..."
    (desk, night) = told.json("subscribers", "list")
    assert desk["channels"] == [f"{hook} #1", f"{hook} #2", "log"]
    assert night["channels"] == [hook]
    shown = {row["channel"] for row in told.json("deliveries", "list", "--subscriber", "desk")}
    assert shown == {*desk["channels"]}
    tried = [row["channel"] for row in told.json("subscribers", "test", "desk", "--channel", "2")]
    assert tried == [f"{hook} #2"], "the number is what --channel takes"
    assert f"--- {hook} #1\n" in told("subscribers", "preview", "desk").out


def test_a_trail_says_whom_each_message_is_for(told):
    said = [step["detail"] for step in told.json("why", ITEM)["trail"] if step["step"] == "delivery"]
    assert len(said) == 4
    assert len([detail for detail in said if " to desk by " in detail]) == 3
    assert len([detail for detail in said if "/... #2: " in detail]) == 1


def test_a_trail_can_tell_of_one_subscriber_alone(told):
    trail = told.json("why", ITEM, "--subscriber", "night")
    assert trail["reason"] == "held"
    assert {step["step"] for step in trail["trail"]} >= {"poll", "item", "alert", "digest", "delivery"}
    assert not [step for step in trail["trail"] if "desk" in step["detail"]]
    assert not [step for step in trail["trail"] if "Corn" in step["detail"]], "which does not tell it"
    assert [step for step in told.json("why", ITEM, "--subscriber", "desk")["trail"] if "Corn" in step["detail"]]
