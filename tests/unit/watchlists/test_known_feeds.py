"""What is asked of feeds, and no feed is so."""

from __future__ import annotations

import pytest

from worker.watchlists.grammar import parse
from worker.watchlists.known_feeds import KnownFeed, KnownFeeds
from worker.watchlists.lint import lint

BBC = KnownFeed("BBC World", "https://feeds.bbci.co.uk/news/rss.xml", ("world", "Front Page"))
KYIV = KnownFeed("Kyiv Post", "https://kyivpost.com/feed", ("ukraine",))


def doubts(query: str, *feeds: KnownFeed) -> list[tuple[str, str]]:
    found = lint(parse(query), query, feeds=KnownFeeds(feeds))
    return [(query[doubt.offset : doubt.offset + doubt.length], doubt.message) for doubt in found]


@pytest.mark.parametrize(
    ("query", "part", "said"),
    [
        ("tag:ukrane", "tag:ukrane", "tag:ukrane can never be met, for no feed has this tag; did you mean `ukraine`?"),
        ("tag:ukrane war", "tag:ukrane", "for no feed has this tag; did you mean `ukraine`?"),
        ("tag:xyz war", "tag:xyz", "for no feed has this tag; there are Front Page, ukraine, world"),
        ("war -tag:ukrane", "tag:ukrane", "for no feed has this tag; did you mean `ukraine`?"),
        ("war OR tag:ukrane", "tag:ukrane", "tag:ukrane can never be met"),
        ("tag:(xyz OR ukrane) war", "xyz OR ukrane", "none of these can ever be met: nothing can match"),
        (
            "feed:Nope",
            "feed:Nope",
            "feed:Nope can never be met, for no feed has that in its name or address; there are",
        ),
        ('feed:"BBC Wold" war', 'feed:"BBC Wold"', "did you mean `BBC World`?"),
        ("feed:/cnn/", "feed:/cnn/", "no feed has that in its name or address"),
        ("feed:country:FR", "feed:country:FR", "no feed has that in its name or address"),
    ],
)
def test_of_no_feed(query: str, part: str, said: str) -> None:
    assert [found for found, message in doubts(query, BBC, KYIV) if said in message] == [part], doubts(query, BBC, KYIV)


@pytest.mark.parametrize(
    "query",
    [
        "tag:World war", 'tag:"front page" war', "tag:ukraine war", "war -tag:world", "feed:bbc war", "feed:bbci.co.uk",
        'feed:"kyiv post"', "feed:/bbc/ war", "feed:kyiv* war", "list:Other", "lang:uk war", "author:nobody", "grain",
    ],
)  # fmt: skip
def test_of_a_feed_that_there_is(query: str) -> None:
    assert doubts(query, BBC, KYIV) == []


def test_alone_it_is_told_once() -> None:
    assert [part for part, _ in doubts("tag:nosuch", BBC)] == ["tag:nosuch"]
    assert "every item of feeds with this tag" in doubts("tag:world", BBC)[0][1]


def test_what_nobody_knows_yet_is_not_told() -> None:
    assert doubts("tag:nosuch war") == []
    unnamed = KnownFeed(None, "https://x.org/")
    assert doubts("feed:Nope", BBC, unnamed) == []
    ((_, said),) = doubts("tag:nosuch war", unnamed)
    assert said.endswith("for no feed has any tag: write tags at the feeds that are meant, or leave it out")


def test_tags_of_a_list() -> None:
    known = KnownFeeds([BBC, KYIV])
    assert known.without(["world", "ukraine"]) == []
    assert known.without(["World", "ukraine"]) == [
        "looks at feeds tagged 'World', and no feed is; did you mean `world`?"
    ]
