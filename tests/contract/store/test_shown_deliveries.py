"""Deliveries as lists and trails show them: what is held, which channel, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from contract.store.desk import FEEDS, LATER, NOW, SLOT, Desk, desk

from config.values import ChannelLine, NotifyLine, SubscriberLine, WatchListLine

if TYPE_CHECKING:
    from worker.store import Store

__all__ = ["desk"]

HOOK = "https://hooks.example/services"


def test_a_digest_that_waits_for_its_slot_is_held(desk: Desk) -> None:
    desk.tell("now")
    desk.tell("later", state="held", slot=SLOT)
    store = desk.store
    held, pending = store.deliveries_list(state="held"), store.deliveries_list(state="pending")
    assert {(row.subject_kind, row.state) for row in held} == {("digest", "pending")}
    assert {row.subject_kind for row in pending} == {"alert", "digest"}
    store.begin_deliveries([row.id for row in held], owner="h:1:1", now=SLOT, lease=SLOT - NOW)
    assert store.deliveries_list(state="held") == []


def subscribers() -> tuple[SubscriberLine, ...]:
    hooks = [ChannelLine("webhook", f"{HOOK}/{name}", "whsec_x") for name in ("a", "b")]
    ways = (*hooks, ChannelLine("log"), ChannelLine("email", "desk@example.org"), ChannelLine("email", "b@example.org"))
    return SubscriberLine("desk", channels=ways), SubscriberLine("night", channels=(hooks[0], ChannelLine("log")))


def watch_lists() -> tuple[WatchListLine, ...]:
    notify = (NotifyLine("desk"), NotifyLine("night"))
    return WatchListLine("Grain", ("grain",), notify=notify[:1]), WatchListLine("Ukraine", ("x",), notify=notify)


@pytest.fixture
def both(world: Any) -> Any:
    world.apply(subscribers=subscribers(), watch_lists=watch_lists(), feeds=FEEDS)
    world.told(world.polled(world.store.feeds_list()[0].id, "x"), lists=("Ukraine",))
    return world


def test_channels_that_would_look_alike_are_numbered_as_lists_count_them(both: Any) -> None:
    shown = {(row.subscriber, row.channel) for row in both.store.deliveries_list()}
    assert shown == {
        ("desk", "webhook https://hooks.example/... #1"),
        ("desk", "webhook https://hooks.example/... #2"),
        ("desk", "log"),
        ("desk", "email desk@example.org"),
        ("desk", "email b@example.org"),
        ("night", "webhook https://hooks.example/..."),
        ("night", "log"),
    }
    first, night = subscribers()
    one_less = SubscriberLine("desk", channels=first.channels[1:])
    both.apply(subscribers=(one_less, night), watch_lists=watch_lists(), feeds=FEEDS, now=LATER)
    assert not [row.channel for row in both.store.deliveries_list() if "#" in row.channel], "one is left of its kind"


def test_a_trail_says_whom_messages_are_for_and_can_be_limited_to_one(both: Any) -> None:
    store: Store = both.store
    (item,) = store.item_by_id(1)
    whole = store.trail(item)
    assert {one.subscriber for one in whole.deliveries} == {"desk", "night"}
    assert "webhook https://hooks.example/... #2" in {one.channel for one in whole.deliveries}
    only = store.trail(item, subscriber="night")
    assert {one.subscriber for one in (*only.alerts, *only.deliveries)} == {"night"}
    assert [one.name for one in only.matches] == ["Ukraine"]
    assert [one.definition.name for one in store.lists_to_ask(limit=9, subscriber="night")] == ["Ukraine"]
    assert [one.definition.name for one in store.lists_to_ask(limit=9, subscriber="desk")] == ["Grain", "Ukraine"]
    nobody = store.trail(item, subscriber="nobody")
    assert (nobody.alerts, nobody.matches, nobody.deliveries) == ((), (), ())
