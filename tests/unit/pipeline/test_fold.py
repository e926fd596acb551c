"""Folding: which items of which feeds become one story, through `poll` and `match` on a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from golden.newsroom import BEGIN
from servers.documents import Item, rss

from worker.pipeline.match import fold

QUARTER = timedelta(minutes=15)
DISPATCH = Item("n-1", "Grain ships leave Ukraine", "Four ships left the port at dawn.", published=BEGIN)


def url(feed):
    return f"https://{feed}.example/feed"


@pytest.fixture
def fed(open_newsroom):
    """Publish items by feed and run everything; each call is a round, a quarter of an hour after the one before."""
    rooms = []

    def publish(**feeds):
        if rooms:
            rooms[0].clock.move(QUARTER)
        else:
            rooms.append(open_newsroom("east", "north", "south", "west"))
        for feed, items in feeds.items():
            rooms[0].web.publish(url(feed), rss(items))
        rooms[0].run()
        return rooms[0]

    return publish


def alerts(room):
    return [(row.title, row.reports, row.state) for row in reversed(room.store.alerts_list())]


def stories(room):
    """Story by item title and feed, over the whole archive."""
    return {(item.title, item.feed): item.story for item in room.store.items_since(BEGIN - timedelta(days=30))}


def test_two_feeds_with_one_dispatch_make_one_story_and_one_alert(fed):
    copy = DISPATCH._replace(id="s-9", title="GRAIN ships leave Ukraine!", link="https://south.example/9")
    room = fed(north=[DISPATCH], south=[copy])
    assert alerts(room) == [("Grain ships leave Ukraine", 2, "told")]
    assert len(room.boxes["log"].got) == 1


def test_the_copy_may_come_a_round_later(fed):
    fed(north=[DISPATCH])
    room = fed(south=[DISPATCH._replace(id="s-9")])
    assert alerts(room) == [("Grain ships leave Ukraine", 2, "told")]


def test_one_link_with_one_title_is_one_story_whatever_the_text(fed):
    north = DISPATCH._replace(link="http://agency.example/1?utm_source=north")
    south = DISPATCH._replace(id="s-1", text="A teaser of Ukraine.", link="https://agency.example/1#top")
    assert alerts(fed(north=[north], south=[south])) == [("Grain ships leave Ukraine", 2, "told")]


def test_one_link_under_another_title_is_another_story(fed):
    north = DISPATCH._replace(link="https://agency.example/live")
    south = Item("s-1", "Ukraine: live updates", "Other.", "https://agency.example/live", BEGIN)
    assert [title for title, _, _ in alerts(fed(north=[north], south=[south]))] == [north.title, south.title]


def test_never_inside_one_feed(fed):
    room = fed(north=[DISPATCH, DISPATCH._replace(id="n-2")])
    assert alerts(room) == [("Grain ships leave Ukraine", 1, "told")] * 2


def test_a_third_feed_joins_one_of_two_alike_in_one_feed(fed):
    fed(north=[DISPATCH, DISPATCH._replace(id="n-2")])
    room = fed(south=[DISPATCH._replace(id="s-1")])
    assert sorted(reports for _, reports, _ in alerts(room)) == [1, 2]


def test_items_that_share_different_keys_chain_into_one_story(fed):
    """The first and second share the link, the second and third the text."""
    link = "https://agency.example/1"
    second = Item("s-1", "Grain leaves Ukraine", "A longer report.", link, BEGIN)
    third = Item("w-1", "Grain leaves Ukraine", "A longer report.", "https://west.example/1", BEGIN)
    first = Item("e-1", "Grain leaves Ukraine", "A teaser.", link, BEGIN)
    room = fed()
    feeds = room.feeds()
    waiting = [_stored(room, feeds[feed], item) for feed, item in (("east", first), ("south", second), ("west", third))]
    outcome = room.match(*waiting)
    assert (outcome.items, outcome.alerts) == (3, 1)
    assert alerts(room) == [("Grain leaves Ukraine", 3, "new")]


def test_keys_of_a_story_that_was_joined_lead_to_the_story_it_joined(fed):
    """The second item joins the first one's story; its own text then stands for that story too."""
    link = "https://agency.example/1"
    fed(east=[Item("e-1", "Grain leaves Ukraine", "A teaser.", link, BEGIN)])
    fed(south=[Item("s-1", "Grain leaves Ukraine", "A longer report.", link, BEGIN)])
    room = fed(west=[Item("w-1", "Grain leaves Ukraine", "A longer report.", "https://west.example/1", BEGIN)])
    assert alerts(room) == [("Grain leaves Ukraine", 3, "told")]


def test_a_revised_item_is_matched_again_and_told_once(fed):
    fed(north=[DISPATCH])
    room = fed(north=[DISPATCH._replace(title="CORRECTED: Grain ships leave Ukraine", text="Five ships.")])
    assert alerts(room) == [("CORRECTED: Grain ships leave Ukraine", 1, "told")]
    assert len(room.boxes["log"].got) == 1
    assert len(set(stories(room).values())) == 1


def test_a_revision_that_meets_a_list_for_the_first_time_is_told(fed):
    fed(north=[DISPATCH._replace(title="Grain ships leave port")])
    room = fed(north=[DISPATCH])
    assert alerts(room) == [("Grain ships leave Ukraine", 1, "told")]


def test_a_new_item_beside_a_revised_one_is_folded_alone(fed):
    fed(north=[DISPATCH])
    revised = DISPATCH._replace(text="Five ships.")
    room = fed(north=[Item("n-2", "Ukraine's harvest", "More.", published=BEGIN + QUARTER), revised])
    assert [title for title, _, _ in alerts(room)] == [DISPATCH.title, "Ukraine's harvest"]


def test_silent_items_are_folded_and_not_told(fed):
    """Older than `fresh_for`, younger than `story_window`: an archive item that a later copy joins."""
    fed(north=[DISPATCH._replace(published=BEGIN - timedelta(days=2))])
    room = fed(south=[DISPATCH._replace(id="s-1")])
    assert alerts(room) == [("Grain ships leave Ukraine", 2, "told")]


def test_past_the_story_window_a_new_story_begins(fed):
    room = fed(north=[DISPATCH])
    room.clock.move(room.settings.story_window + timedelta(minutes=1))
    room = fed(south=[DISPATCH._replace(id="s-1", published=None)])
    room = fed(west=[DISPATCH._replace(id="w-1", published=None)])
    assert [reports for _, reports, _ in alerts(room)] == [1, 2]


def test_nothing_to_fold_asks_nothing():
    assert fold(None, [], {}, now=BEGIN, window=QUARTER) == {}


def _stored(room, feed, item):
    """Store an item through a poll whose worker dies before it matches."""
    name = next(name for name, id_ in room.feeds().items() if id_ == feed)
    room.web.publish(url(name), rss([item]))
    room.clock.move(room.settings.public_host_gap)
    stored = []

    class Lost(Exception):
        pass

    def lose(*items):
        stored.extend(items)
        raise Lost

    room.match, match = lose, room.match
    with pytest.raises(Lost):
        room.poll(feed, force=True)
    room.match = match
    return stored[0]
