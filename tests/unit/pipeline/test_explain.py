"""A query, or a watch list, held against an item of the archive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from golden.newsroom import BEGIN
from servers.documents import Item, rss
from unit.pipeline.conftest import url_of

from config.values import Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.errors import ConfigurationError, QueryError
from worker.pipeline.asked import address_of
from worker.pipeline.explain import explain

LINK = "https://north.example/talks"
DESK = (NotifyLine("desk"),)


@pytest.fixture
def room(newsroom):
    """One item of a feed tagged `world`, and three lists."""
    newsroom.apply(
        Configuration(
            feeds=(FeedLine(url_of("north"), "north", ("world",)),),
            watch_lists=(
                WatchListLine("Peace", query="(Kyiv OR Minsk) -war", notify=DESK),
                WatchListLine("Sport", keywords=("talks",), feed_tags=("sport",), notify=DESK),
                WatchListLine("More", query="list:Peace morning", notify=DESK),
            ),
            subscribers=(SubscriberLine("desk"),),
        )
    )
    given = Item("1", "Talks in Kyiv", "They went on until the morning.", LINK, BEGIN)
    newsroom.web.publish(url_of("north"), rss([given]))
    newsroom.run()
    return newsroom


def asked(room, query_or_name, item=LINK):
    explained = explain(room.store, query_or_name, item)
    (only,) = explained.items
    return explained, only


def test_a_query_is_held_against_the_item(room):
    explained, one = asked(room, "talks   AND (odesa OR kyiv)")
    assert (explained.query, explained.watch_list) == ("talks (odesa OR kyiv)", None)
    assert (one.matches, one.scope, [clause.met for clause in one.clauses]) == (True, (), [True, True])
    assert one.item.link == LINK


def test_a_watch_list_is_asked_by_its_name_with_its_scope(room):
    explained, one = asked(room, "Peace")
    assert explained.watch_list.definition.name == "Peace"
    assert (explained.query, one.matches) == ("(Kyiv OR Minsk) -war", True)
    explained, one = asked(room, "Sport")
    assert (one.matches, one.clauses[0].met) == (False, True)
    assert [clause.reason for clause in one.scope] == ["its feed has the tags world"]


def test_lists_that_a_query_refers_to_are_looked_up(room):
    _, one = asked(room, "More")
    assert [clause.text for clause in one.clauses] == ["list:Peace", "morning"]
    assert one.matches
    assert asked(room, "list:Sport odesa")[1].clauses[0].met
    with pytest.raises(QueryError, match="there is no watch list 'Piece'"):
        asked(room, "list:Piece")


def test_a_removed_list_gives_its_name_free_for_a_query(room):
    room.apply(Configuration(feeds=(FeedLine(url_of("north"), "north"),), subscribers=(SubscriberLine("desk"),)))
    explained, _ = asked(room, "Sport")
    assert (explained.watch_list, explained.query) == (None, "Sport")


def test_what_is_wrong_is_said(room):
    with pytest.raises(QueryError, match="write a"):
        asked(room, "(kyiv")
    with pytest.raises(ConfigurationError, match=r"the archive has no item https://north\.example/war; `tocsin why`"):
        asked(room, "kyiv", "https://north.example/war")


def test_copies_are_told_one_by_one(room):
    room.apply(
        Configuration(
            feeds=(FeedLine(url_of("north"), "north"), FeedLine(url_of("south"), "south")),
            subscribers=(SubscriberLine("desk"),),
        )
    )
    room.web.publish(url_of("south"), rss([Item("9", "Talks in Odesa", "They ended.", LINK, BEGIN)]))
    room.clock.move(timedelta(hours=1))
    room.run()
    explained = explain(room.store, "kyiv", LINK)
    assert [(one.item.feed_name, one.matches) for one in explained.items] == [("north", True), ("south", False)]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("a.example/x?y=1", "https://a.example/x?y=1"),
        ("127.0.0.1:8801/x", "https://127.0.0.1:8801/x"),
        ("a.example", None),
        ("tag:a.example,2022:1", None),
        ("a b/c", None),
    ],
)
def test_what_an_address_is(name, address):
    assert address_of(name) == address
