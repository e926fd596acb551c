"""Clause by clause: what was met where, and the most helpful reason for what was not."""

from __future__ import annotations

from itertools import product

import pytest

from worker.alerts.snippets import snippets_in
from worker.watchlists.explaining import explain, nearly, scope
from worker.watchlists.grammar import parse
from worker.watchlists.lacking import why_not
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.query import compile_query
from worker.watchlists.reading import Reading
from worker.watchlists.tree import ListRef

LISTS = {"War": "troops OR invasion", "Kyiv": "kyiv", "Both": "list:War list:Kyiv"}
ITEM = Matchable(
    title="Military exercise near Kyiv",
    text="A large buildup of Nato troops, said the Guardian. The football match was put off.",
    categories=("World", "Eastern Europe"),
    feed_tags=frozenset({"world", "en"}),
    language="en",
    authors=("Ann Lee", "Bo Ek"),
    source="Agency",
    link="https://news.example/ukraine/story",
    feed_name="The News",
    feed_url="https://feeds.example/top",
)
UNKNOWN = Matchable(title="Mq", text="Xq", categories=())


def clauses(query, item=ITEM):
    return explain(parse(query), Reading(item), LISTS)


def reason(query, item=ITEM):
    [clause] = clauses(query, item)
    assert not clause.met
    return clause.reason


def test_each_clause_is_told_with_its_places():
    one, two, three = clauses("kyiv (troops OR tanks) -football")
    assert (one.text, one.met, one.where, one.reason, one.parts) == ("kyiv", True, ("title",), None, ())
    assert snippets_in(ITEM, one.spans) == [
        {"field": "title", "text": "Military exercise near Kyiv", "spans": [[23, 27]]}
    ]
    assert (two.text, two.met, two.where) == ("troops OR tanks", True, ("text",))
    assert [(part.text, part.met, part.reason) for part in two.parts] == [
        ("troops", True, None),
        ("tanks", False, "not in it"),
    ]
    assert (three.text, three.met, three.where) == ("-football", False, ("text",))
    assert three.brief == "-football: football is in it, and excluded"
    assert one.brief == "kyiv"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("odesa", "not in it"),
        ("title:troops", "not in the title, but in the text"),
        ("text:kyiv", "not in the text, but in the title"),
        ("author:smith", "not in the authors"),
        ("source:reuters", "not in the source"),
        ("category:sport", "not in the categories"),
        ("feed:guardian", "not in the name and address of its feed, but in the text"),
        ("link:sport", "not in the link"),
        ("ukraine", "not in title, text or categories, but in the link"),
        ("lee", "not in title, text or categories, but in the authors"),
        ('"military buildup"', "its words are in it, but not side by side"),
        ('"military parade"', "not in it: parade"),
        ('"red parade"', "not in it"),
        ('"exercise * troops"', "its words are in it, but not side by side"),
        ('"kyiv match"~2', "its words are in it, but not within 2 of each other"),
        ('"large match"~2', "its words are in it, but not within 2 of each other"),
        ('"large parade"~2', "not in it: parade"),
        ("=NATO", "it is written Nato in it"),
        ('="nato Troops"', "it is written Nato troops in it"),
        ("=ODESA", "not in it"),
        ("odes*", "no word in it begins so"),
        ("~odesa", "no form of it is in it, as en inflects"),
        ('~"odesa troops"', "not in it: odesa"),
        ("/odes+a/", "nothing in it is so"),
        ("=/NATO/", "it is written Nato in it"),
        ("=/NATO?X/", "nothing in it is so"),
        ("title:/troops/", "not in the title, but in the text"),
        ("/Eastern/", "not in title, text or categories, but in the categories"),
        ("lang:uk", "the item is in en"),
        ("tag:sport", "its feed has the tags en, world"),
        ("(odesa OR lviv)", "none of these is met"),
    ],
)
def test_what_is_not_met_has_a_reason(query, said):
    assert reason(query) == said


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("-(kyiv troops)", "kyiv troops holds for it, and is excluded"),
        ("-lang:en", "lang:en holds for it, and is excluded"),
        ("-/N.to/", "/N.to/ is in it, and excluded"),
        ("-list:War", "list:War holds for it, and is excluded"),
    ],
)
def test_what_is_excluded_and_there_is_told_so(query, said):
    _, clause = clauses(f"kyiv {query}")
    assert (clause.text, clause.met, clause.reason) == (query, False, said)


def test_the_reasons_of_parts_are_those_of_the_group():
    inside_or = clauses("odesa OR (kyiv lviv) OR (minsk lviv)")[0]
    assert [part.reason for part in inside_or.parts] == [
        "not in it",
        "lviv: not in it",
        "2 of these 2 are not met",
    ]
    assert inside_or.reason == "none of these is met"


def test_a_country_is_named_by_any_of_its_names():
    assert clauses("country:UA", Matchable("Україна", ""))[0].met
    assert reason("country:DE") == "no name of the country is in it"
    assert reason("link:country:UA", UNKNOWN) == "no name of the country is in the link"


def test_of_an_item_of_which_little_is_known_that_is_said():
    assert reason("lang:uk", UNKNOWN) == "the item's language is unknown"
    assert reason("tag:world", UNKNOWN) == "its feed has no tags"
    assert reason("~troop", UNKNOWN) == (
        "not in it, and the item's language is unknown: so no other form of the word counts"
    )


def test_a_reference_is_told_by_what_it_refers_to():
    [war] = clauses("list:War")
    assert (war.text, war.met, [part.text for part in war.parts]) == ("list:War", True, ["troops", "invasion"])
    [both] = clauses("list:Both", Matchable("Kyiv", ""))
    assert (both.met, both.reason) == (False, "list:War: none of these is met")
    assert [part.met for part in both.parts] == [False, True]
    [kyiv] = clauses("list:Kyiv", UNKNOWN)
    assert (kyiv.reason, [part.text for part in kyiv.parts]) == ("not in it", ["kyiv"])
    with pytest.raises(TypeError, match="War"):
        why_not(ListRef("War"), Reading(ITEM))


def test_the_clauses_agree_with_the_whole_query():
    leaves = ["kyiv", "odesa", "-football", "-tanks", "lang:en", "list:War", "title:(kyiv OR troops)", "-(kyiv OR war)"]
    for one, two, three in product(leaves, repeat=3):
        for query in (f"world {one} {two} {three}", f"kyiv ({one} OR {two}) {three}"):
            whole = compile_query(query, LISTS).hit(ITEM) is not None
            assert whole is all(clause.met for clause in clauses(query)), query


@pytest.mark.parametrize(
    ("query", "near"),
    [
        ("kyiv odesa", True),
        ("kyiv odesa lviv", False),
        ("kyiv -football", True),
        ("odesa -tanks", False),
        ("odesa", False),
        ("list:Kyiv odesa", True),
    ],
)
def test_near_is_what_lacks_one_clause_and_has_another_that_is_asked_for(query, near):
    assert nearly(parse(query), Reading(ITEM), LISTS) is near


def test_the_scope_of_a_list_is_told_like_a_clause():
    def limits(item=ITEM, **more):
        return [(one.text, one.met, one.reason) for one in scope(WatchList(1, "L", "kyiv", **more), Reading(item))]

    assert limits() == []
    tags = frozenset({"world", "sport"})
    assert limits(feed_tags=tags) == [("feeds: tags [sport, world]", True, None)]
    assert limits(UNKNOWN, feed_tags=tags) == [("feeds: tags [sport, world]", False, "its feed has no tags")]
    sport = frozenset({"sport"})
    assert limits(feed_tags=sport) == [("feeds: tags [sport]", False, "its feed has the tags en, world")]
    languages = frozenset({"uk", "en"})
    assert limits(languages=languages) == [("languages: [en, uk]", True, None)]
    assert limits(languages=frozenset({"uk"})) == [("languages: [uk]", False, "the item is in en")]
    assert limits(UNKNOWN, languages=languages) == [
        ("languages: [en, uk]", True, "the item's language is unknown, and so no reason to keep it out")
    ]
