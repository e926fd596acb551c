"""What matching tells of stories that were told before, and how long it waits for copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from golden.newsroom import BEGIN
from servers.documents import Item, rss

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.alerts.snippets import snippets
from worker.errors import ChannelError

MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE
TEXT = "Four ships with grain left the port at dawn, the ministry said. They are bound for Istanbul."
DISPATCH = Item("1", "Grain ships leave Ukraine", TEXT, published=BEGIN)
CORRECTED = DISPATCH._replace(text=TEXT.replace("Four", "Five"))
COPY = DISPATCH._replace(id="s-1", link="https://south.example/1")


def url(feed):
    return f"https://{feed}.example/feed"


@pytest.fixture
def desk(newsroom):
    """Opens a newsroom: lists by name, each with what it tells; `wait` is its group_wait."""

    def opened(*, wait=timedelta(0), at_most=None, **modes):
        newsroom.settings = replace(newsroom.settings, group_wait=wait)
        notify = (NotifyLine("desk", at_most),)
        newsroom.apply(
            Configuration(
                feeds=tuple(FeedLine(url(feed), feed, every=MINUTE) for feed in ("north", "south", "west")),
                watch_lists=tuple(
                    WatchListLine(name, keywords=(name,), alert=mode, notify=notify) for name, mode in modes.items()
                ),
                subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),),
            )
        )
        return newsroom

    return opened


def publish(room, after=MINUTE, **feeds):
    """Publish items by feed, poll them, and do everything that is due then."""
    room.clock.move(after)
    for feed, item in feeds.items():
        room.web.publish(url(feed), rss([item]))
    room.run()


def told(room):
    """Messages as (type, lists, kind of the update)."""
    return [
        (message.type, alert.watch_lists, alert.update and alert.update.kind)
        for message in room.boxes["log"].got
        for alert in message.alerts
    ]


def test_a_correction_is_told_under_the_first_message(desk):
    room = desk(Ukraine="updates", grain="first")
    publish(room, north=DISPATCH)
    publish(room, north=CORRECTED)
    assert told(room) == [
        ("alert.created", ("Ukraine", "grain"), None),
        ("alert.updated", ("Ukraine",), "corrected"),
    ]
    first, update = room.boxes["log"].got
    assert update.first_key == first.key
    assert update.created_at == BEGIN + 2 * MINUTE
    (facts,) = update.alerts
    assert (facts.update.before.text, facts.update.after.text) == (DISPATCH.text, CORRECTED.text)
    assert (facts.update.first_lists, facts.update.first_title) == (("Ukraine", "grain"), DISPATCH.title)


def test_what_changes_no_word_is_no_correction(desk):
    room = desk(Ukraine="every")
    publish(room, north=DISPATCH)
    publish(room, north=DISPATCH._replace(link="https://north.example/moved"))
    assert len(told(room)) == 1


def test_a_story_that_nobody_hears_more_of_is_silent(desk):
    room = desk(Ukraine="first")
    publish(room, north=DISPATCH)
    publish(room, south=COPY)
    publish(room, north=CORRECTED)
    assert told(room) == [("alert.created", ("Ukraine",), None)]


def test_a_correction_that_another_list_meets_is_one_message(desk):
    room = desk(Ukraine="updates", Moldova="updates")
    publish(room, north=DISPATCH)
    publish(room, north=DISPATCH._replace(text=f"{TEXT} Moldova has paid."))
    assert told(room) == [
        ("alert.created", ("Ukraine",), None),
        ("alert.created", ("Moldova",), None),
    ]
    publish(room, north=DISPATCH._replace(text=f"{TEXT} Moldova has paid five."))
    assert told(room)[2:] == [("alert.updated", ("Moldova", "Ukraine"), "corrected")], "from then on of both"


def test_where_the_term_goes_no_other_word_is_marked(desk):
    room = desk(grain="updates")
    publish(room, north=DISPATCH._replace(title="Ships leave"))
    publish(room, north=DISPATCH._replace(title="Ships leave", text="Four ships left. They are bound for Istanbul."))
    first, update = (message.alerts[0] for message in room.boxes["log"].got)
    assert [snippet["text"] for snippet in snippets(first)] == [TEXT]
    assert (update.terms, snippets(update)) == (("grain",), [])


def test_who_relied_on_a_list_that_goes_is_told(desk):
    room = desk(Ukraine="first", pictures="first")
    room.boxes["log"].refusals.append(ChannelError("HTTP 500", retry_after=timedelta(hours=3)))
    publish(room, north=DISPATCH)
    publish(room, south=COPY._replace(text=f"{TEXT} The ministry published pictures of them."))
    assert {row.watch_list: row.state for row in room.store.alerts_list()} == {"Ukraine": "new", "pictures": "merged"}
    desk(pictures="first")
    publish(room, after=timedelta(hours=3))
    assert told(room) == [("alert.created", ("pictures",), None)]
    assert {row.watch_list: row.state for row in room.store.alerts_list()} == {
        "Ukraine": "cancelled",
        "pictures": "told",
    }


def test_an_update_is_woken_up_like_an_alert(desk):
    room = desk(Ukraine="every")
    publish(room, north=DISPATCH)
    room.clock.move(MINUTE)
    stored = []
    room.match, match = lambda *ids: (stored.extend(ids), match())[1], room.match
    room.web.publish(url("south"), rss([COPY]))
    room.poll(room.feeds()["south"], force=True)
    outcome = match(*stored)
    assert (outcome.items, outcome.alerts, len(outcome.deliveries)) == (1, 0, 1)
    (delivered,) = room.deliver(*outcome.deliveries)
    assert delivered.record.state == "sent"
    assert told(room)[1:] == [("alert.updated", ("Ukraine",), "reported")]


def test_a_further_report_is_told_though_the_list_does_not_match_it(desk):
    room = desk(Ukraine="every")
    publish(room, north=DISPATCH._replace(title="Ukraine: grain ships leave"))
    publish(room, south=COPY._replace(title="Grain ships leave", text=f"{TEXT}"))
    assert [kind for _, _, kind in told(room)] == [None, "reported"]


def test_new_stories_come_before_updates_where_there_is_room_for_one(desk):
    room = desk(at_most=2, Ukraine="every")
    publish(room, north=DISPATCH)
    room.clock.move(MINUTE)
    room.web.publish(url("south"), rss([COPY, Item("2", "Ukraine votes", "On Sunday.", published=BEGIN)]))
    room.run()
    assert [kind for kind, _, _ in told(room)] == ["alert.created"] * 2
    publish(room, after=timedelta(hours=1))
    assert told(room)[2:] == [("digest.created", ("Ukraine",), "reported")]
    assert room.boxes["log"].got[-1].created_at == BEGIN + 2 * MINUTE, "when the update came up, not the alert"


def test_an_update_waits_for_the_first_message(desk):
    room = desk(Ukraine="updates")
    room.boxes["log"].refusals.append(ChannelError("HTTP 500", retry_after=timedelta(hours=3)))
    publish(room, north=DISPATCH)
    publish(room, north=CORRECTED)
    assert told(room) == []
    room.clock.move(timedelta(hours=3))
    room.run()
    assert [kind for kind, _, _ in told(room)] == ["alert.created", "alert.updated"]


def test_the_first_message_waits_for_copies_and_tells_what_they_came_to(desk):
    room = desk(wait=5 * MINUTE, Ukraine="every", pictures="first")
    publish(room, north=DISPATCH)
    publish(room, south=COPY._replace(text=f"{TEXT} The ministry published pictures of them."))
    publish(room, after=3 * MINUTE)
    assert told(room) == []
    publish(room, after=MINUTE)
    (message,) = room.boxes["log"].got
    (facts,) = message.alerts
    assert (message.type, facts.watch_lists, facts.reports, facts.update) == (
        "alert.created",
        ("Ukraine", "pictures"),
        2,
        None,
    )
    publish(room, west=DISPATCH._replace(id="w", link="https://west.example/1"))
    assert told(room)[1:] == [("alert.updated", ("Ukraine",), "reported")], "from then on at once"


def test_each_story_waits_by_itself(desk):
    room = desk(wait=5 * MINUTE, Ukraine="first")
    publish(room, north=DISPATCH)
    publish(room, south=Item("2", "Ukraine votes", "On Sunday.", published=BEGIN))
    publish(room, after=4 * MINUTE)
    assert len(told(room)) == 1
    publish(room)
    assert len(told(room)) == 2
