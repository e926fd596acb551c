"""Folding: which items of which feeds become one story, through `poll` and `match` on a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bench.prose import Prose
from golden.newsroom import BEGIN
from servers.documents import Item, rss

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.pipeline.fold import Folding, fold

QUARTER = timedelta(minutes=15)
FEEDS = ("east", "north", "south", "west")
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
            rooms.append(open_newsroom(*FEEDS))
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


BOX = (
    "Sign up here for the morning letter of our newsroom: five stories to begin the day with, one to end it, and every "
    "Saturday a long read for the train. You can leave whenever you like, with one click, and we will not ask why."
)


def test_what_eight_stories_have_in_common_is_boilerplate(fed):
    """At first the box stands below texts of some length; then it is all there is, and joins no two stubs."""
    prose, room = Prose(), None
    for number in range(9):
        text = f"{BOX} {prose.text(90)}"
        room = fed(**{FEEDS[number % 4]: [Item(f"n-{number}", f"Ukraine, page {number}", text, published=BEGIN)]})
    assert [reports for _, reports, _ in alerts(room)] == [1] * 9
    fed(north=[Item("n-10", "Ukraine: the ports", f"{BOX} All about ports.", published=BEGIN)])
    room = fed(south=[Item("s-11", "Ukraine: museums", f"{BOX} All about museums.", published=BEGIN)])
    assert alerts(room)[9:] == [("Ukraine: the ports", 1, "told"), ("Ukraine: museums", 1, "told")]


def test_a_story_is_corrected_when_words_change(fed):
    room = fed(north=[DISPATCH])
    [row] = room.store.stories_list(since=BEGIN, limit=9)
    assert row.corrected_at is None
    room = fed(north=[DISPATCH._replace(title=f"{DISPATCH.title}!")])
    assert room.store.story(row.id)[0].corrected_at is None, "a mark is no word"
    room = fed(north=[DISPATCH._replace(text="Five ships.")])
    row, [report] = room.store.story(row.id)
    assert row.corrected_at == room.clock.now()
    assert [one.text for one in report.revisions] == [DISPATCH.text] * 2


def test_the_fullest_report_stands_for_the_story_once_it_is_there(fed):
    lead = (
        "Four ships with maize and barley left the port at dawn, the harbour master said, and three more were loaded."
    )
    rest = " ".join(
        f"Then the pilot of ship {number} told the harbour master of fog, and of barley at sea."
        for number in ("one", "two", "six", "ten", "five")
    )
    fed(north=[DISPATCH._replace(text=lead)])
    room = fed(south=[DISPATCH._replace(id="s-1", title="Maize from Ukraine at sea", text=f"{lead} {rest}")])
    [row] = room.store.stories_list(since=BEGIN - QUARTER, limit=9)
    assert (row.reports, row.title, row.first_seen) == (2, "Maize from Ukraine at sea", BEGIN)


LONG = (
    "Beekeepers of the south say that half of their hives are silent this spring, for the sunflower fields between the "
    "rivers have not been sown since the war came. Their union asks the ministry for queens from the west, and for a map "
    "of the meadows that were cleared of mines, so that nobody has to guess where it is safe to put a hive."
)
REWRITTEN = (
    "The ministry has answered the beekeepers: four hundred queens are on their way by rail, and a first map shows nine "
    "meadows along the estuary. Not before June, an officer warned, would the dogs have gone over the rest of them, and "
    "whoever moves hives earlier does so at a risk that no insurer in the country will share."
)


def test_copies_of_what_an_item_said_before_find_it(fed):
    """A live article is rewritten in its place; who runs its first state still runs that story."""
    item = Item("n-1", "Ukraine counts its bees", LONG, published=BEGIN)
    fed(north=[item])
    fed(north=[item._replace(title="Queens for Ukraine", text=REWRITTEN)])
    fed(south=[Item("s-1", "Silent hives in Ukraine", LONG, published=BEGIN)])
    room = fed(west=[Item("w-1", "Ukraine: queens by rail", REWRITTEN, published=BEGIN)])
    assert [reports for _, reports, _ in alerts(room)] == [3]


def test_what_a_story_that_is_over_owned_goes_to_the_next_one(fed):
    """Revised when its window is nearly over, it brings the keys of words that newcomers carry afterwards."""
    item = Item("n-1", "Ukraine counts its bees", LONG, published=BEGIN)
    room = fed(north=[item])
    room.clock.move(room.settings.story_window + timedelta(days=1))
    room = fed(north=[item._replace(title="Queens for Ukraine", text=REWRITTEN)])
    room.clock.move(timedelta(days=2))
    for title, feed in (("Queens", "south"), ("Meadows", "west"), ("Estuary", "east")):
        room = fed(**{feed: [Item(f"{feed}-1", f"{title} of Ukraine", REWRITTEN, published=None)]})
    assert [reports for _, reports, _ in alerts(room)] == [1, 3]


def test_a_credit_or_a_stamp_more_corrects_nothing(fed):
    item = Item("n-1", "Ukraine counts its bees", f"<p>{LONG}</p>", published=BEGIN)
    fed(north=[item])
    room = fed(north=[item._replace(text=f"<p>{LONG}</p><p>(ANI)</p>")])
    [row] = room.store.stories_list(since=BEGIN - QUARTER, limit=9)
    assert (row.corrected_at, row.wire) == (None, "ANI")


def test_far_behind_in_a_text_every_change_is_a_correction(fed):
    """Nobody looks there for stamps and counters."""
    text = f"Ukraine. {Prose().text(2_500)}"
    item = Item("n-1", "Ukraine counts its bees", f"<p>{text}</p><p>17 comments</p>", published=BEGIN)
    fed(north=[item])
    room = fed(north=[item._replace(text=f"<p>{text}</p><p>18 comments</p>")])
    [row] = room.store.stories_list(since=BEGIN - QUARTER, limit=9)
    assert row.corrected_at == room.clock.now()


def test_a_retouched_copy_corrects_no_story(fed):
    item = Item("n-1", "Ukraine counts its bees", LONG, published=BEGIN)
    copy = item._replace(id="s-1", title="Silent hives in Ukraine")
    fed(north=[item])
    fed(south=[copy])
    room = fed(south=[copy._replace(title="Quiet hives in Ukraine")])
    [row] = room.store.stories_list(since=BEGIN - QUARTER, limit=9)
    assert (row.reports, row.corrected_at) == (2, None)


def test_a_report_that_is_no_news_is_told_to_nobody(newsroom):
    """It counts, and so does its origin: whoever brings that later brings nothing new."""
    item = Item("n-1", "Ukraine counts its bees and finds half", LONG, published=BEGIN)
    every = WatchListLine("Ukraine", keywords=("Ukraine",), notify=(NotifyLine("desk", None),), alert="every")
    feeds = tuple(FeedLine(url(feed), feed, every=QUARTER) for feed in FEEDS)
    desk = SubscriberLine("desk", channels=(ChannelLine("log"),))
    newsroom.apply(Configuration(feeds=feeds[:2], watch_lists=(every,), subscribers=(desk,)))
    newsroom.web.publish(url("north"), rss([item]))
    newsroom.run()
    newsroom.clock.move(timedelta(days=3))
    newsroom.apply(Configuration(feeds=feeds, watch_lists=(every,), subscribers=(desk,)))
    newsroom.web.publish(url("south"), rss([item._replace(id="s-1", text="")]))
    newsroom.run()
    assert [len(message.alerts) for message in newsroom.boxes["log"].got] == [1]
    newsroom.clock.move(QUARTER)
    newsroom.web.publish(url("west"), rss([]))
    newsroom.run()
    newsroom.clock.move(QUARTER)
    newsroom.web.publish(url("west"), rss([item._replace(id="w-1", published=newsroom.clock.now())]))
    newsroom.run()
    assert [message.type for message in newsroom.boxes["log"].got] == ["alert.created", "alert.updated"]
    [row] = newsroom.store.stories_list(since=BEGIN, limit=9)
    assert (row.reports, row.independent_reports) == (3, 2)


def test_nothing_to_fold_asks_nothing():
    assert fold(None, [], {}, now=BEGIN, window=QUARTER) == Folding({})


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
