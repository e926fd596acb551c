"""What is doubtful in watch lists of the files and of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.values import Mark, WatchListLine
from worker.errors import QueryError
from worker.pipeline.lint import doubts_of_line, doubts_of_lists, doubts_shown
from worker.watchlists.canonical import query_of
from worker.watchlists.known_feeds import KnownFeed, KnownFeeds
from worker.watchlists.volume import Volume

NOW = datetime(2022, 3, 1, 12, tzinfo=UTC)
FEEDS = KnownFeeds([KnownFeed("BBC World", "https://bbc.co.uk/rss", ("world",))])
LONG_AGO = NOW - timedelta(days=60)


class Lists:
    """A store that holds these volumes and broken lists."""

    def __init__(self, *volumes, broken=()):
        self._volumes, self._broken = list(volumes), list(broken)

    def volumes(self, *, now):
        return self._volumes

    def broken_lists(self):
        return self._broken


def volume(name, query="kyiv", *, last=NOW, recent=0, before=0, **configured):
    return Volume(1, name, query, "file", LONG_AGO, last, recent, before, **configured)


def doubts(*volumes, names=(), broken=()):
    return [
        (found.watch_list, found.doubt, found.picture)
        for found in doubts_of_lists(Lists(*volumes, broken=broken), names, now=NOW)
    ]


def test_queries_volumes_and_broken_lists_by_name():
    found = doubts(
        volume("The", "the"),
        volume("Fine"),
        volume("Silent", last=LONG_AGO),
        volume("Flood", recent=100, before=672),
        volume("Wrong", "(a"),
        broken=[("Broken", "it failed")],
    )
    assert found == [
        ("Broken", "it is broken, and not asked: it failed", None),
        ("Flood", "100 matches within 1 h are 100 times as many as usual", None),
        ("Silent", "it has met nothing for 30 days: is it still what you look for?", None),
        ("The", "the stands in nearly every text in English: write what goes with it", "  the\n  ^^^"),
        ("Wrong", 'write a ")" for this "("', "  (a\n  ^"),
    ]


def test_only_the_lists_that_are_named():
    assert [name for name, *_ in doubts(volume("A", "the"), volume("B", "the"), names=["B"], broken=[("A", "x")])] == [
        "B"
    ]


def test_lists_of_the_files_at_their_places():
    at = Mark("watchlists.yaml", 3, 12)
    line = WatchListLine("Code", query="kyiv OR C++", query_mark=at, mark=Mark("watchlists.yaml", 2, 5))
    (found,) = doubts_of_line(line)
    assert str(found.mark) == "watchlists.yaml:3:20"
    assert "watch list 'Code': ++ is no part of a word" in found.message
    keywords = WatchListLine("Code", keywords=("the", "kyiv"), exclude=("kyiv",), mark=Mark("watchlists.yaml", 2, 5))
    assert {str(one.mark) for one in doubts_of_line(keywords)} == {"watchlists.yaml:2:5"}
    assert [str(one.mark) for one in doubts_of_line(WatchListLine("x", query="the"))] == ["watchlists.yaml:1:1"]
    assert doubts_of_line(WatchListLine("x", query="war", languages=("en",))) == []
    assert doubts_of_line(WatchListLine("x", query="(a")) == []


def test_a_list_that_is_added_or_changed():
    said = ["the stands in nearly every text in English: write what goes with it\n  the\n  ^^^"]
    assert doubts_shown(WatchListLine("x", query="the"), "the") == said
    assert doubts_shown(WatchListLine("x", query="the", languages=("uk",)), "the") == []
    with pytest.raises(QueryError):
        doubts_shown(WatchListLine("x", query="(a"), "(a")


def test_the_languages_of_a_stored_list_count():
    assert doubts(volume("A", "war", languages=["en"])) == []
    assert [name for name, *_ in doubts(volume("A", "war", languages=["de"]))] == ["A"]
    ((_, said, picture),) = doubts(volume("A", "kyiv lang:uk", languages=["en"], written="kyiv AND lang:uk"))
    assert said == "lang:uk can never be met: the list is limited to items in en"
    assert picture == "  kyiv AND lang:uk\n           ^^^^^^^"


def test_keywords_that_hold_signs_of_a_query():
    configured = {"keywords": ["Kyiv", "Ukraine -football"], "exclude": ["ice || hockey"]}
    found = doubts(volume("A", '(Kyiv OR "Ukraine -football") -"ice || hockey"', **configured))
    assert [picture for *_, picture in found] == ["  Ukraine -football\n          ^", "  ice || hockey\n      ^^"]
    assert "write query: 'Ukraine -football'" in found[0][1]
    lines = {name: tuple(terms) for name, terms in configured.items()}
    problems = doubts_of_line(WatchListLine("A", **lines, mark=Mark("watchlists.yaml", 2, 5)))
    assert [str(problem.mark) for problem in problems] == ["watchlists.yaml:2:5"] * 2
    assert problems[0].message.startswith("watch list 'A': - says nothing in a keyword")
    assert problems[0].message.endswith("  Ukraine -football\n          ^")


@pytest.mark.parametrize(
    ("configured", "shown"),
    [
        ({"keywords": ["C#"]}, ["  C#\n  ^^"]),
        ({"keywords": [".NET", "C++", "kyiv"]}, ["  .NET\n  ^^^^", "  C++\n  ^^^"]),
        ({"keywords": [" =C# "]}, ["   =C# \n  ^^^^^"]),
        ({"keywords": ['"C# jobs"']}, ['  "C# jobs"\n  ^^^^^^^^^']),
        ({"query": "coding", "exclude": ["C++"]}, ["  C++\n  ^^^"]),
        ({"query": '"C# jobs"', "exclude": ["java"]}, ['  "C# jobs"\n  ^^^^^^^^^']),
        ({"query": "C#   jobs", "exclude": ["java"]}, ["  C#   jobs\n  ^^"]),
        ({"query": "C#  jobs"}, ["  C#  jobs\n  ^^"]),
        ({"keywords": ["#Kyiv", "AT&T", "/C#/"]}, []),
    ],
)
def test_signs_that_folding_loses_are_told_wherever_they_were_written(configured, shown):
    line = WatchListLine("Code", **{key: tuple(v) if isinstance(v, list) else v for key, v in configured.items()})
    full = query_of(line.keywords, line.exclude, line.query)
    said = doubts_shown(line, full)
    assert [one.partition("\n")[2] for one in said] == shown
    assert all("is no part of a word: this looks for" in one for one in said)
    stored = volume("Code", full, written=line.query, keywords=line.keywords, exclude=line.exclude)
    assert [picture for *_, picture in doubts(stored)] == shown


def test_quotes_that_were_written_are_no_doubt():
    at = Mark("watchlists.yaml", 3, 12)
    quoted = WatchListLine("x", query='price "or" gold', exclude=("oil",), query_mark=at)
    assert doubts_of_line(quoted) == []
    assert doubts_shown(quoted, "price or gold -oil") == []
    (found,) = doubts_of_line(WatchListLine("x", query="price or gold", exclude=("oil",), query_mark=at))
    assert str(found.mark) == "watchlists.yaml:3:18"
    assert "write OR in capitals" in found.message


def test_tags_that_no_feed_has_in_the_files():
    at = Mark("watchlists.yaml", 2, 5)
    line = WatchListLine("A", query="kyiv tag:word", query_mark=at, mark=at, feed_tags=("wold", "world"))
    tagged, asked = doubts_of_line(line, FEEDS)
    assert str(tagged) == (
        "watchlists.yaml:2:5: watch list 'A' looks at feeds tagged 'wold', and no feed is; did you mean `world`?"
    )
    assert str(asked.mark) == "watchlists.yaml:2:10"
    assert "tag:word can never be met, for no feed has this tag; did you mean `world`?" in asked.message
    assert doubts_of_line(line) == []
    (without_place,) = doubts_of_line(WatchListLine("A", query="(wrong", feed_tags=("wold",)), FEEDS)
    assert str(without_place.mark) == "watchlists.yaml:1:1"


def test_tags_that_no_feed_has_in_a_list_that_is_added():
    line = WatchListLine("A", query="kyiv", exclude=("feed:Nope",), feed_tags=("wold",))
    tagged, asked = doubts_shown(line, "kyiv -feed:Nope", FEEDS)
    assert tagged == "it looks at feeds tagged 'wold', and no feed is; did you mean `world`?"
    assert asked.startswith("feed:Nope can never be met, for no feed has that in its name or address; there are BBC")
    assert doubts_shown(line, "kyiv -feed:Nope") == []


def test_tags_that_no_feed_has_in_what_is_stored():
    stored = Lists(volume("A", "kyiv tag:word"), volume("B", "kyiv"), volume("C", "kyiv tag:world"))
    found = doubts_of_lists(stored, (), now=NOW, feeds=FEEDS, tags={"A": ["world"], "B": ["wold"]})
    assert [(one.watch_list, one.doubt, one.picture) for one in found] == [
        (
            "A",
            "tag:word can never be met, for no feed has this tag; did you mean `world`?",
            "  kyiv tag:word\n       ^^^^^^^^",
        ),
        ("B", "it looks at feeds tagged 'wold', and no feed is; did you mean `world`?", None),
    ]


def test_words_of_two_scripts_wherever_they_were_written():
    mixed = "Ky\u0456v"
    lines = (
        WatchListLine("A", query=f"war* {mixed}"),
        WatchListLine("A", keywords=("war*", mixed)),
        WatchListLine("A", query="war*", exclude=(mixed,)),
        WatchListLine("A", query=f"war* {mixed}", exclude=("football",)),
    )
    for line in lines:
        full = query_of(line.keywords, line.exclude, line.query)
        (said,) = doubts_shown(line, full)
        assert "write Kyiv, all Latin" in said
        assert said.endswith("^^^^")
        stored = volume("A", full, written=line.query, keywords=line.keywords, exclude=line.exclude)
        assert [f"{doubt}\n{picture}" for _, doubt, picture in doubts(stored)] == [said]
