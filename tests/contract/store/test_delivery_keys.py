"""A message has the same key in every database of an installation, however its rows are numbered there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import World
from contract.store.desk import LATER, SLOT, Desk, desk
from sqlalchemy import select

from config.values import ChannelLine, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.store import open_store, tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worker.store import Store

__all__ = ["desk"]

CHANNELS = (ChannelLine("webhook", "https://d.example/hook", "whsec_x"), ChannelLine("log"))


@pytest.fixture
def another(store: Store, tmp_path: Path) -> Iterator[Store]:
    """A database of the same installation that has seen other things before, so that its rows bear other numbers."""
    opened = open_store(f"sqlite:///{tmp_path / 'another.db'}")
    opened.upgrade()
    installation = store.get_state("installation")
    assert installation is not None
    opened.set_state("installation", installation)
    world = World(opened)
    early = SubscriberLine("early", channels=(ChannelLine("log"),))
    world.apply(feeds=[FeedLine("https://z.example/rss")], lists=[("Early", 30)], subscribers=(early, *both()))
    world.told(world.polled(1, "other", "still other", "one more"), lists=("Early",))
    yield opened
    opened.close()


def both() -> tuple[SubscriberLine, ...]:
    return (SubscriberLine("desk", "Europe/Kyiv", CHANNELS),)


def busy(store: Store) -> Desk:
    """Tell of a story, hold one for a digest, correct the first, and let a further report join it."""
    desk = Desk(World(store))
    desk.watch(Kyiv="every", Ukraine="updates")
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    desk.tell("held", state="held", slot=SLOT)
    desk.happens(story, ("corrected", desk.correct("x", "x, corrected")))
    desk.happens(story, ("independent", desk.join(story, "y", wire="Reuters")))
    desk.send(now=SLOT)
    return desk


def keys(store: Store) -> set[str]:
    """The keys of what the desk is told."""
    c = tables.channels.c
    joined = select(tables.deliveries.c.key).join_from(tables.deliveries, tables.channels)
    of_desk = joined.join(tables.subscribers).where(tables.subscribers.c.name == "desk", c.removed_at.is_(None))
    with store._transaction("read") as connection:
        return set(connection.scalars(of_desk))


def subjects(store: Store) -> set[tuple[Any, ...]]:
    d = tables.deliveries.c
    with store._transaction("read") as connection:
        return {tuple(row) for row in connection.execute(select(d.subject_kind, d.subject_id, d.channel_id, d.key))}


def test_the_same_messages_have_the_same_keys_under_other_numbers(store: Store, another: Store) -> None:
    busy(store)
    busy(another)
    assert len(keys(store)) == 8  # the alert, two updates and the digest, each by two channels
    told = keys(another)
    assert keys(store) <= told
    assert not subjects(store) & subjects(another)


def test_a_new_secret_makes_no_new_key(store: Store, another: Store) -> None:
    busy(store)
    world = World(another)
    renewed = SubscriberLine("desk", "Europe/Kyiv", (replace(CHANNELS[0], secret="whsec_y"), CHANNELS[1]))
    desk = Desk(world)
    desk.watch(Kyiv="every")
    world.apply(feeds=feeds(), lists=[("Kyiv", 30)], subscribers=(renewed,), now=LATER)
    desk.tell("x", "Kyiv", now=LATER)
    assert len(keys(store) & keys(another)) == len(CHANNELS)


def test_two_channels_at_one_address_have_keys_of_their_own(desk: Desk) -> None:
    both = (CHANNELS[0], replace(CHANNELS[0], secret="whsec_y"))
    subscriber = SubscriberLine("desk", "Europe/Kyiv", both)
    desk.world.apply(feeds=feeds(), lists=[("Kyiv", 30)], subscribers=(subscriber,), now=LATER)
    desk.tell("x", "Kyiv", now=LATER)
    rows = [row for row in desk.store.deliveries_list() if row.channel.startswith("webhook")]
    assert len({row.key for row in rows}) == len(rows) == 2


def test_what_differs_has_another_key(desk: Desk) -> None:
    """Two corrections of a report, the report of another item, another list: no two messages share a key."""
    story = desk.tell("x", "Ukraine")
    desk.tell("z", "Kyiv")
    for number in range(3):
        found = desk.correct("x", f"x, corrected {number}")
        desk.happens(story, ("corrected", found))
    deliveries = desk.store.deliveries_list()
    assert len(deliveries) == 2 * (2 + 3)
    assert len({row.key for row in deliveries}) == len(deliveries)


def test_a_list_that_takes_over_the_name_of_another_tells_all_the_same(desk: Desk) -> None:
    """The report that the list of that name told before is told by the new one, under a key of its own; once."""
    world = desk.world
    (found,) = (feed.id for feed in desk.store.feeds_list() if feed.name == "A")
    items = world.polled(found, "x")
    world.told(items, lists=("Ukraine",))
    first = {row.key for row in desk.store.deliveries_list()}
    renamed = WatchListLine("Україна", ("Ukraine",), notify=notify(), renamed_from="Ukraine")
    world.apply(feeds=feeds(), watch_lists=(renamed,), now=LATER)
    world.apply(feeds=feeds(), watch_lists=(renamed, WatchListLine("Ukraine", ("x",), notify=notify())), now=LATER)
    story = desk.store.alerts_list()[0].story
    with desk.store.matching() as transaction:
        (new,) = [one.id for one in transaction.watch_lists() if one.name == "Ukraine"]
        planned = World.planned(transaction.subscriptions([new], now=LATER), {items[0]: story}, lead=new)
        assert len(transaction.record_alerts(planned, now=LATER)) == 2
    rows = desk.store.deliveries_list()
    assert len({row.key for row in rows}) == 4
    assert first < {row.key for row in rows}
    with desk.store.matching() as transaction:
        assert transaction.record_alerts(planned, now=LATER) == []
    assert len(desk.store.deliveries_list()) == 4


def notify() -> tuple[NotifyLine, ...]:
    return (NotifyLine("desk", None),)


def feeds() -> list[FeedLine]:
    return [FeedLine("https://a.example/rss", "A"), FeedLine("https://b.example/rss", "B")]
