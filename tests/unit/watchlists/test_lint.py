"""What a query says without a mistake, and hardly means."""

from __future__ import annotations

import pytest

from worker.watchlists.grammar import parse
from worker.watchlists.lint import lint


def doubts(query: str, *languages: str) -> list[tuple[str, str]]:
    """Each doubt with the part of the query that it is about."""
    found = lint(parse(query), query, languages)
    return [(query[doubt.offset : doubt.offset + doubt.length], doubt.message) for doubt in found]


@pytest.mark.parametrize(
    ("query", "part", "words"),
    [
        # nearly always met
        ("the", "the", "nearly every text in English"),
        ("WHO", "WHO", "or =WHO if it is a name"),
        ("~the", "~the", "nearly every text in English"),
        ('"out of the"', '"out of the"', "nearly every text in English"),
        ("kyiv OR is", "is", "nearly every text in English"),
        ("kyiv -(the OR lviv)", "the", "nearly every text in English"),
        ("war", "war", "nearly every text in German (limit the list to other languages"),
        ("что", "что", "nearly every text in Russian"),
        ("lang:uk", "lang:uk", "every item in this language"),
        ("kyiv OR tag:world", "tag:world", "every item of feeds with this tag"),
        (r"/\w+/", r"/\w+/", "nearly every text meets this regular expression"),
        (r"kyiv /[a-z]/", "/[a-z]/", "nearly every text meets this regular expression"),
        ("kyiv (lviv OR -odesa)", "lviv OR -odesa", "nearly every item meets lviv OR -odesa"),
        # never met
        ("kyiv -kyiv", "-kyiv", "kyiv is required, and excluded here"),
        ("#Kyiv -KYIV", "-KYIV", "Kyiv is required, and excluded here"),
        ('"kyiv airport" -airport', "-airport", '"kyiv airport" is required'),
        ("title:kyiv -kyiv", "-kyiv", "title:kyiv is required"),
        ("=NATO -nato", "-nato", "=NATO is required"),
        ("ukrainian -ukrain*", "-ukrain*", "ukrainian is required"),
        ('"kyiv lviv"~5 -lviv', "-lviv", '"kyiv lviv"~5 is required'),
        ("kyiv -(odesa OR kyiv)", "-(odesa OR kyiv)", "kyiv is required"),
        ("(kyiv OR lviv) -lviv", "lviv", "lviv can never be met, for lviv is excluded"),
        ("(kyiv OR lviv) -(lviv OR kyiv)", "-(lviv OR kyiv)", "lviv can never be met") ,
        ("odesa OR kyiv -kyiv", "-kyiv", "kyiv is required"),
        ("odesa -(kyiv -kyiv)", "-kyiv", "kyiv is required"),
        ("country:UA -country:UA", "-country:UA", "country:UA is required"),
        ("kyiv lang:uk lang:ru", "lang:ru", "no item is in two languages"),
        # less than what was written
        ("C++ compiler", "C++", '++ is no part of a word: this looks for "c"'),
        ("kyiv -C#", "C#", '# is no part of a word: this looks for "c"'),
        ("(kyiv OR .NET)", ".NET", '. is no part of a word: this looks for "net"'),
    ],
)  # fmt: skip
def test_doubtful(query: str, part: str, words: str) -> None:
    if query == "(kyiv OR lviv) -(lviv OR kyiv)":
        assert {found for found, _ in doubts(query)} == {"kyiv", "lviv"}
        return
    assert [(found, message) for found, message in doubts(query) if found == part and words in message], doubts(query)


@pytest.mark.parametrize(
    "query",
    [
        "kyiv", "the war in kyiv", "kyiv -football", "title:the kyiv", "kyiv lang:uk", "kyiv lang:pt lang:pt-br",
        "kyiv (lviv OR odesa)", r"/colou?r/", "#Kyiv", "AT&T", '"U.S. army"', "title:war -text:war", "=WHO",
        'war* -"the war"', "~run -runs", '"kyiv lviv" -"lviv kyiv"', "kyiv -title:kyiv", '"kyiv * war" -lviv',
        "-(-kyiv)", "kyiv -text:the", "ukrain* -ukrainian", '-"a b"~3 kyiv', "author:smith -smith", "Kyiv's",
        "list:Other kyiv", "=ok -/kk/",
    ],
)  # fmt: skip
def test_nothing_to_doubt(query: str) -> None:
    assert doubts(query) == []


def test_only_the_languages_that_are_looked_at_count() -> None:
    assert doubts("war", "en") == []
    assert doubts("war", "en", "de-at")
    assert doubts("the", "uk") == []


def test_in_the_order_of_the_query_each_once() -> None:
    assert [part for part, _ in doubts("the OR C++ OR the")] == ["the", "C++", "the"]
