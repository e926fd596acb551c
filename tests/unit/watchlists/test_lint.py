"""What a query says without a mistake, and hardly means."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QueryError
from worker.watchlists import compile_query
from worker.watchlists.grammar import parse
from worker.watchlists.lint import lint

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from worker.watchlists.model import Matchable


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
        ('"the of"', '"the of"', '"the of" holds only words that stand in nearly every text in English: write what goes with them'),
        ('"The Who"', '"The Who"', 'goes with them, or ="The Who" if it is a name'),
        ('"TO BE"', '"TO BE"', 'goes with them, or ="TO BE" if it is a name'),
        ('"the of"~3', '"the of"~3', '"the of"~3 holds only words that stand in nearly every text in English'),
        ('"já se"', '"já se"', "holds only words that stand in nearly every text in Portuguese"),
        ("který", "který", "nearly every text in Czech"),
        ("że", "że", "nearly every text in Polish"),
        ("war", "war", "nearly every text in German (limit the list to other languages"),
        ("что", "что", "nearly every text in Russian"),
        ("lang:uk", "lang:uk", "every item in this language"),
        ("kyiv -the", "the", "nearly every text in English: to exclude it leaves hardly any of them"),
        ("war* -war", "war", "to exclude it leaves hardly any of them (limit the list to other languages if these are"),
        ("lviv -(kyiv -the)", "the", "nearly every text in English: write what goes with it"),
        (r"kyiv -/\w+/", r"/\w+/", "nearly every text meets this regular expression: write what must not be there"),
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
        ("kyiv lang:pt lang:pto", "lang:pto", "no item is in two languages"),
        ("kyiv lang:pt-br lang:pt lang:pt-pt", "lang:pt-pt", "no item is in two languages"),
        ("kyiv lang:nb -lang:no", "-lang:no", "lang:nb is required, and excluded here"),
        ("kyiv lang:nb lang:da", "lang:da", "no item is in two languages"),
        ("-lviv kyiv -(-(lviv odesa))", "-(-(lviv odesa))", "all of -(lviv odesa) is required, and excluded here"),
        ("-lviv kyiv -(-(lviv OR (lviv war)))", "-(-(lviv OR (lviv war)))", "is required, and excluded here"),
        ("kyiv lang:pt-br -lang:pt", "-lang:pt", "lang:pt-br is required, and excluded here: nothing can match"),
        # never met, because of what stands in another group
        ("(kyiv OR lviv) -kyiv -lviv", "kyiv OR lviv", "none of these can ever be met: nothing can match"),
        ("(kyiv OR lviv) -kyiv -lviv", "kyiv", "kyiv can never be met, for kyiv is excluded"),
        ('"kyiv airport" -kyiv', "-kyiv", '"kyiv airport" is required, and excluded here: nothing can match'),
        ('(kyiv OR "kyiv airport") -kyiv', "-kyiv", 'kyiv OR "kyiv airport" is required, and excluded here'),
        ("((kyiv war) OR (war lviv)) -war", "-war", "kyiv war OR war lviv is required, and excluded here"),
        ("-odesa (kyiv OR (lviv odesa))", "odesa", "odesa can never be met, for odesa is excluded"),
        ("odesa (kyiv OR (lviv -odesa))", "-odesa", "odesa is required, and excluded here"),
        ("odesa (kyiv -odesa OR lviv -odesa)", "kyiv -odesa OR lviv -odesa", "none of these can ever be met: nothing"),
        ("kyiv lviv -(kyiv lviv)", "-(kyiv lviv)", "all of kyiv lviv is required, and excluded here"),
        ("kyiv lviv -(odesa OR (kyiv lviv))", "-(odesa OR (kyiv lviv))", "is required, and excluded here"),
        ("kyiv lviv -(kyiv -(-lviv))", "-(kyiv -(-lviv))", "is required, and excluded here"),
        ("kyiv lang:uk (lviv OR lang:ru)", "lang:ru", "beside lang:uk: no item is in two languages"),
        ("title:(kyiv OR lviv) -kyiv -lviv", "kyiv OR lviv", "none of these can ever be met"),
        ("list:Other -list:Other", "-list:Other", "list:Other is required, and excluded here"),
        ('x -a (y OR b "a c")', '"a c"', '"a c" can never be met, for a is excluded'),
        ('x -a (y OR b ("a c" OR "a d"))', '"a c" OR "a d"', "none of these can ever be met"),
        ('x -a (y OR b ("a c" OR "a d"))', '"a d"', '"a d" can never be met, for a is excluded'),
        ('x -a (y OR b -a ("a c" OR "a d"))', "-a", '"a c" OR "a d" is required, and excluded here'),
        ("kyiv -(lviv lang:uk lang:ru)", "lang:ru", "no item is in two languages"),
        # words that are hardly meant as words
        ("kyiv or lviv", "or", 'or is a word to look for as it stands: write OR in capitals, or "or" in quotes'),
        ("kyiv Or lviv", "Or", "write OR in capitals"),
        ("title:(kyiv or lviv)", "or", "write OR in capitals"),
        ("odesa OR -(kyiv and lviv) odesa", "and", "write AND in capitals, or leave it out"),
        ("kyiv not football", "not", "write - right before what must not be there, or NOT in capitals"),
        ("not football kyiv", "not", "write - right before"),
        ('"kyiv lviv" ~5', "~5", 'this looks for the word 5: write "..."~5, without a space before ~'),
        ('x OR ("kyiv lviv"\t～５ odesa)', "～５", 'write "..."~５'),
        # two scripts in one word
        ("Ky\u0456v OR lviv", "Ky\u0456v", "write Kyiv, all Latin"),
        ('odesa -"in Ky\u0456v"', "Ky\u0456v", "write Kyiv, all Latin"),
        # less than what was written
        ("C++ compiler", "C++", '++ is no part of a word: this looks for "c"'),
        ("kyiv -C#", "C#", '# is no part of a word: this looks for "c"'),
        ("(kyiv OR .NET)", ".NET", '. is no part of a word: this looks for "net"'),
    ],
)  # fmt: skip
def test_doubtful(query: str, part: str, words: str) -> None:
    if query == "(kyiv OR lviv) -(lviv OR kyiv)":
        assert {found for found, _ in doubts(query)} == {"kyiv", "lviv", "kyiv OR lviv"}
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
        'kyiv "or" lviv', '"kyiv or lviv"', "kyiv title:or", "kyiv =or", "kyiv or*", '"and" kyiv',
        "kyiv ~5", '("kyiv lviv") ~5', '"kyiv lviv" ~five', '"kyiv lviv"~5', '"kyiv lviv"~５',
        "(kyiv OR lviv) -(kyiv lviv)", '"kyiv lviv" -"kyiv odesa"',
        "(kyiv -lviv) OR (lviv -kyiv)", "kyiv (lviv OR -odesa war)", "odesa OR (kyiv -odesa)", "kyiv -(lviv -kyiv)",
        "lang:nb lang:no kyiv", "lang:nb lang:nn kyiv", "kyiv lang:no -lang:nb",
        "lang:pt-br lang:pt kyiv", "kyiv lang:pt -lang:pt-br", "kyiv -lang:ru", "kyiv -(lang:ru OR tag:sport)", "tag:a tag:b kyiv", "(kyiv OR lviv) -title:kyiv -lvi",
        "U.S.", "A.I.", "A.I. OR kyiv", 'kyiv -"the of"', "kyiv -(lviv -lang:uk)", "lviv -(the kyiv)",
        "kyiv -(lviv -(odesa))", "(a1 OR b1) c1 -(a1 c1)",
    ],
)  # fmt: skip
def test_nothing_to_doubt(query: str) -> None:
    assert doubts(query) == []


def test_only_the_languages_that_are_looked_at_count() -> None:
    assert doubts("war", "en") == []
    assert doubts("war", "en", "de-at")
    assert doubts("the", "uk") == []


def test_a_language_that_the_list_does_not_look_at() -> None:
    said = ("lang:ru", "lang:ru can never be met: the list is limited to items in en, uk")
    assert said in doubts("kyiv lang:ru", "uk", "en")
    assert said in doubts("kyiv (lang:ru OR lang:uk)", "uk", "en")
    assert doubts("kyiv lang:pt", "pt-br") == doubts("kyiv lang:pt-br", "pt") == []


def test_to_exclude_a_language_that_the_list_does_not_look_at_is_no_harm() -> None:
    assert doubts("kyiv -lang:ru -lang:uk", "en", "uk") == []
    assert doubts("kyiv -(lang:ru OR (lang:uk lviv))", "en") == []


def test_small_operators_that_are_words_of_a_language() -> None:
    assert doubts("prix or", "fr") == []
    assert doubts("Seemann Not", "de") == []
    assert [part for part, _ in doubts("price or gold", "fr", "en")] == ["or"]
    assert [part for part, _ in doubts("Київ or Львів", "uk")] == ["or"]


def test_a_query_that_was_written_back_has_lost_its_quotes_and_its_signs() -> None:
    assert lint(parse("kyiv or lviv"), "kyiv or lviv", as_typed=False) == []
    assert lint(parse('"C# jobs"'), '"C# jobs"', as_typed=False) == []


@pytest.mark.timeout(20)
def test_lint_of_the_largest_queries_ends() -> None:
    wide = " ".join([f"w{number}" for number in range(250)] + [f"-x{number}" for number in range(249)])
    deep = " ".join(f"a{number} -b{number} (c{number} OR (d{number}" for number in range(24)) + " e" + "))" * 24
    exclusions = "a " + " ".join(f"-(b{number} c{number}" for number in range(24)) + ")" * 24
    for query in (wide, deep, exclusions):
        lint(parse(query), query)


@given(data=st.data())
def test_what_can_never_be_met_meets_no_item(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    query = data.draw(queries)
    with suppress(QueryError):
        if any("nothing can match" in doubt.message for doubt in lint(parse(query), query)):
            assert compile_query(query).hit(data.draw(items)) is None


def test_in_the_order_of_the_query_each_once() -> None:
    assert [part for part, _ in doubts("the OR C++ OR the")] == ["the", "C++", "the"]
