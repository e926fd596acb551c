"""What matching tells of: lists that share a message, limits and digests, and the compiled lists of a process."""

from __future__ import annotations

from datetime import timedelta

from golden.newsroom import BEGIN
from servers.documents import Item, items, rss

from config.values import Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.pipeline.match import CompiledLists
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.reading import Reading

MINUTE = timedelta(minutes=1)
NORTH = "https://north.example/feed"
SOUTH = "https://south.example/feed"
BOTH = Item("1", "Ukraine and Poland sign", "On Sunday.", published=BEGIN)


def publish(room, url, *given):
    """Publish items, due at once."""
    room.web.publish(url, rss(given))
    room.clock.move(15 * MINUTE)
    return room.run()


def told(room):
    return [(message.type, [alert.title for alert in message.alerts]) for message in room.boxes["log"].got]


def states(room):
    return {row.watch_list: row.state for row in room.store.alerts_list()}


def test_lists_met_by_one_item_share_one_message(open_newsroom):
    room = open_newsroom("north", Poland="Poland", Ukraine="Ukraine", Weather="Rain")
    publish(room, NORTH, BOTH)
    (message,) = room.boxes["log"].got
    (alert,) = message.alerts
    assert (alert.watch_list, alert.watch_lists) == ("Poland", ("Poland", "Ukraine"))
    assert states(room) == {"Poland": "told", "Ukraine": "told"}


def test_a_message_for_several_lists_says_why_each_of_them_met(open_newsroom):
    room = open_newsroom("north", Poland="Poland", Ukraine="Ukraine")
    publish(room, NORTH, BOTH)
    (message,) = room.boxes["log"].got
    (alert,) = message.alerts
    assert sorted(alert.terms) == ["Poland", "Ukraine"]
    assert [alert.title[span.start : span.end] for span in alert.spans] == ["Ukraine", "Poland"]


def test_a_list_that_meets_the_story_later_adds_no_message(open_newsroom):
    room = open_newsroom("north", Poland="Poland", Ukraine="Ukraine")
    publish(room, NORTH, BOTH._replace(title="Ukraine signs"))
    publish(room, NORTH, BOTH)
    assert states(room) == {"Ukraine": "told", "Poland": "merged"}
    assert len(room.boxes["log"].got) == 1


def test_items_that_no_list_looks_for_are_matched_in_silence(open_newsroom):
    room = open_newsroom("north")
    publish(room, NORTH, *[item._replace(published=BEGIN) for item in items(3)])
    assert told(room) == []
    assert room.tick().unmatched == ()


def test_what_exceeds_the_limit_comes_in_one_digest_at_its_slot(open_newsroom):
    room = open_newsroom("north", Ukraine=("Ukraine", 2))
    flood = [item._replace(published=BEGIN) for item in items(5, title="Ukraine {}")]
    publish(room, NORTH, *flood)
    at_once = room.clock.now()
    assert [kind for kind, _ in told(room)] == ["alert.created"] * 2
    room.clock.move(59 * MINUTE)
    room.run()
    assert len(told(room)) == 2
    room.clock.move(MINUTE)
    room.run()
    (digest,) = told(room)[2:]
    assert digest[0] == "digest.created"
    assert len(digest[1]) == 3
    assert sorted(title for _, some in told(room) for title in some) == [f"Ukraine {n}" for n in range(1, 6)]
    assert {row.state for row in room.store.alerts_list()} == {"told"}
    (row,) = [row for row in room.store.deliveries_list() if row.subject_kind == "digest"]
    assert (row.due_at, row.sent_at) == (at_once + timedelta(hours=1),) * 2


def test_the_digest_takes_in_what_comes_until_it_is_sent(open_newsroom):
    room = open_newsroom("north", Ukraine=("Ukraine", 1))
    for number in range(1, 4):
        publish(room, NORTH, Item(f"{number}", f"Ukraine {number}", "Text.", published=BEGIN))
    room.clock.move(timedelta(hours=1))
    room.run()
    assert told(room) == [("alert.created", ["Ukraine 1"]), ("digest.created", ["Ukraine 2", "Ukraine 3"])]


def test_hits_are_counted_for_the_feed_that_brought_them(open_newsroom):
    room = open_newsroom("north", "south", Poland="Poland", Ukraine="Ukraine")
    room.web.publish(NORTH, rss([BOTH]))
    room.web.publish(SOUTH, rss([Item("s", "Ukraine alone", "Text.", published=BEGIN)]))
    north, south = room.feeds()["north"], room.feeds()["south"]
    stored = []
    room.match, match = lambda *ids: (stored.extend(ids), match())[1], room.match
    room.poll()
    outcome = match(*stored)
    assert outcome.alerts_by_feed == ((north, 2), (south, 1))
    assert (outcome.items, outcome.alerts, len(outcome.deliveries)) == (2, 3, 2)
    assert match(*stored).items == 0


def test_a_list_without_a_subscriber_meets_in_silence(newsroom):
    newsroom.apply(
        Configuration(
            feeds=(FeedLine(NORTH, "north"),),
            watch_lists=(
                WatchListLine("Ukraine", keywords=("Ukraine",), notify=(NotifyLine("desk"),)),
                WatchListLine("Alone", keywords=("Ukraine",)),
            ),
            subscribers=(SubscriberLine("desk"),),
        )
    )
    publish(newsroom, NORTH, BOTH)
    assert states(newsroom) == {"Ukraine": "new"}  # the desk has no channel, so nobody was told
    assert {row.name: row.matches_7d for row in newsroom.store.watch_lists_list(newsroom.clock.now())} == {
        "Alone": 1,
        "Ukraine": 1,
    }


def test_only_the_lists_that_nobody_hears_of_are_met(newsroom):
    newsroom.apply(
        Configuration(feeds=(FeedLine(NORTH, "north"),), watch_lists=(WatchListLine("Alone", keywords=("Ukraine",)),))
    )
    publish(newsroom, NORTH, BOTH)
    assert newsroom.store.alerts_list() == []


class Versions:
    """The part of a match transaction that `CompiledLists` reads: what has changed since a version, and is gone."""

    def __init__(self, *lists):
        self.version, self.changes, self.gone = 1, {None: list(lists)}, []

    def watch_lists_version(self):
        return self.version

    def watch_lists(self, *, since=None):
        return self.changes[since]

    def removed_lists(self, *, since):
        return self.gone


def titles(compiled, *texts):
    return [[hit.watch_list for hit in compiled.match(Reading(Matchable(text, "")))] for text in texts]


def test_only_the_lists_that_changed_are_compiled_anew():
    transaction = Versions(WatchList(1, "a", "kyiv"), WatchList(2, "b", "odesa"))
    lists = CompiledLists()
    assert titles(lists.at(transaction), "Kyiv", "Odesa") == [[1], [2]]
    assert lists.size == 2
    transaction.version, transaction.changes, transaction.gone = 2, {1: [WatchList(3, "c", "kyiv")]}, [2]
    assert titles(lists.at(transaction), "Kyiv", "Odesa") == [[1, 3], []]
    assert titles(lists.at(transaction), "Kyiv") == [[1, 3]]
    assert (lists.version, lists.size) == (2, 2)


def test_a_list_that_cannot_be_asked_is_told_once_and_again_when_it_changes():
    transaction = Versions(WatchList(1, "a", "(kyiv"), WatchList(2, "b", "odesa"))
    lists = CompiledLists()
    lists.at(transaction)
    (told,) = lists.broken()
    assert (told.id, told.version) == (1, 1)
    assert 'write a ")"' in told.reason
    assert lists.broken() == ()
    transaction.version, transaction.changes = 2, {1: [WatchList(1, "a", "kyiv")]}
    lists.at(transaction)
    assert lists.broken() == ()
    transaction.version, transaction.changes = 3, {2: [WatchList(1, "a", "kyiv)")]}
    lists.at(transaction)
    assert [(one.id, one.version) for one in lists.broken()] == [(1, 3)]


def test_a_list_that_fails_again_after_its_edit_is_told_again():
    transaction = Versions(WatchList(1, "a", "(kyiv"))
    lists = CompiledLists()
    lists.at(transaction)
    (told,) = lists.broken()
    # Nobody asked in between: it was edited, and fails at the next item.
    transaction.version, transaction.changes = 2, {1: [WatchList(1, "a", "kyiv)")]}
    lists.at(transaction)
    assert [(one.id, one.version) for one in lists.broken()] == [(1, 2)]
    assert lists.broken() == ()
    lists.tell_again([told])
    assert [(one.id, one.version) for one in lists.broken()] == [(1, 2)]


def test_an_edit_holds_for_the_next_item(open_newsroom):
    room = open_newsroom("north")
    publish(room, NORTH, BOTH)
    open_newsroom("north", Ukraine="Moldova")
    publish(room, NORTH, Item("2", "Ukraine again", "Text.", published=BEGIN))
    publish(room, NORTH, Item("3", "Moldova votes", "Text.", published=BEGIN))
    assert [title for _, (title,) in told(room)] == [BOTH.title, "Moldova votes"]
