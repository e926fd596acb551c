"""One alert with everything of it, and the ways to a subscriber."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract.store.desk import LATER, NOW, SLOT, Desk, desk

from config.values import ChannelLine, SubscriberLine

if TYPE_CHECKING:
    from worker.store.alert_pages import AlertPage

__all__ = ["desk"]


def page(desk: Desk, alert: int) -> AlertPage:
    found = desk.store.alert_page(alert)
    assert found is not None
    return found


def test_an_alert_with_its_messages(desk: Desk) -> None:
    desk.tell("x", "Kyiv", "Ukraine")
    first, second = (alert.id for alert in reversed(desk.store.alerts_list()))
    for one in desk.send():
        assert one.attempts == 1
    lead, other = page(desk, first), page(desk, second)
    assert lead.facts is not None
    assert (lead.facts.watch_lists, lead.facts.title) == (("Kyiv", "Ukraine"), "x")
    assert (lead.alert.state, lead.lead, other.lead) == ("told", None, first)
    assert lead.deliveries == other.deliveries
    assert [(one.channel, one.state, one.attempts) for one in lead.deliveries] == [
        ("webhook https://d.example/...", "sent", 1),
        ("log", "sent", 1),
    ]
    assert {lead.alert, other.alert} == set(desk.store.alerts_list())


def test_what_became_of_the_story_stands_there_too(desk: Desk) -> None:
    story = desk.tell("x")
    (alert,) = (one.id for one in desk.store.alerts_list())
    desk.send()
    desk.happens(story, ("corrected", desk.correct("x", "y")))
    found = page(desk, alert)
    assert [(one.sequence, one.kind, one.title, one.created_at) for one in found.updates] == [
        (1, "corrected", "y", LATER)
    ]
    assert [(one.sequence, one.update_kind) for one in found.deliveries] == [(0, None)] * 2 + [(1, "corrected")] * 2
    assert found.alert.title == "y"


def test_a_held_one_shows_the_digest_that_will_tell_it(desk: Desk) -> None:
    desk.tell("x", state="held", slot=SLOT)
    (alert,) = (one.id for one in desk.store.alerts_list())
    found = page(desk, alert)
    assert found.alert.state == "held"
    assert {one.subject_kind for one in found.deliveries} == {"digest"}


def test_there_is_none(desk: Desk) -> None:
    assert desk.store.alert_page(99) is None
    assert desk.store.latest_told("desk") is None
    assert desk.store.alerts_since(0) == []


def test_alerts_since_another_oldest_first(desk: Desk) -> None:
    desk.tell("x", "Kyiv", "Ukraine")
    desk.tell("y", "Ukraine")
    ids = sorted(alert.id for alert in desk.store.alerts_list())
    assert [one.id for one in desk.store.alerts_since(0)] == ids
    assert [one.id for one in desk.store.alerts_since(ids[0])] == ids[1:]
    assert [one.id for one in desk.store.alerts_since(ids[0], limit=1)] == ids[1:2]
    assert [one.watch_list for one in desk.store.alerts_since(0, watch_list="Kyiv")] == ["Kyiv"]
    assert desk.store.alerts_since(0, subscriber="nobody") == []
    latest = desk.store.latest_told("desk")
    assert latest is not None
    assert (latest.title, latest.alert) == ("y", ids[-1])


def test_the_ways_to_a_subscriber(world: Any) -> None:
    lines = (
        ChannelLine("webhook", "https://d.example/hook", "whsec_b whsec_a", at_most_once=True),
        ChannelLine("apprise", "tgram://1:t0ken/2", template="{{ text }}"),
        ChannelLine("log"),
    )
    world.apply(subscribers=(SubscriberLine("desk", channels=lines),), now=NOW)
    ways = world.store.ways_to("desk")
    assert [(way.shown, way.state) for way in ways] == [
        ("webhook https://d.example/...", "enabled"),
        ("apprise tgram://...", "enabled"),
        ("log", "enabled"),
    ]
    webhook, apprise, _ = (way.address for way in ways)
    assert (webhook.secret, webhook.at_most_once) == ("whsec_b whsec_a", True)
    assert (apprise.address, apprise.template) == ("tgram://1:t0ken/2", "{{ text }}")
    assert world.store.ways_to("nobody") == []
    world.apply(subscribers=(SubscriberLine("desk", channels=lines[2:]),), now=NOW)
    assert [way.shown for way in world.store.ways_to("desk")] == ["log"]


def test_secrets_may_turn_while_the_channel_stays(world: Any) -> None:
    line = ChannelLine("webhook", "https://d.example/hook", "whsec_a")
    world.apply(subscribers=(SubscriberLine("desk", channels=(line,)),), now=NOW)
    (before,) = world.store.ways_to("desk")
    world.apply(subscribers=(SubscriberLine("desk", channels=(replace(line, secret="whsec_b whsec_a"),)),), now=NOW)
    (after,) = world.store.ways_to("desk")
    assert after.address == replace(before.address, secret="whsec_b whsec_a")
