"""What bounds the work of one query, and what one list's failure costs the others."""

from __future__ import annotations

from itertools import count

import pytest

from worker.errors import QueryError
from worker.text.stems import LONGEST_INFLECTED, stem
from worker.watchlists import CompiledSet, compile_query, parse, query_of
from worker.watchlists.countries import countries
from worker.watchlists.grammar import MAX_COSTLY, MAX_COUNTRIES
from worker.watchlists.leaves import MAX_WORDS
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.query import MAX_LOOKED_AT
from worker.watchlists.reading import Reading
from worker.watchlists.resolving import DEEPEST, LONGEST_CHAIN, MOST_TERMS, resolve
from worker.watchlists.sought import sought
from worker.watchlists.tree import ListRef


def matched(compiled: CompiledSet, text: str, **more: object) -> list[int]:
    return [hit.watch_list for hit in compiled.match(Reading(Matchable(text, "", **more)))]  # type: ignore[arg-type]


def refused(query: str, queries: dict[str, str], name: str | None = None) -> str:
    with pytest.raises(QueryError) as caught:
        resolve(parse(query), queries, query=query, name=name)
    return caught.value.reason


@pytest.mark.parametrize("term", ["/k{}/", '"a b{}"~2', '"a * b{}"'])
def test_what_is_dear_may_come_fifty_times(term: str) -> None:
    terms = [term.format(number) for number in range(MAX_COSTLY + 1)]
    parse(" OR ".join(terms[:-1]))
    with pytest.raises(QueryError, match="at most 50 regular expressions") as caught:
        parse(" OR ".join(terms))
    assert caught.value.offset == len(" OR ".join(terms)) - len(terms[-1])


def test_sixty_countries_are_enough() -> None:
    codes = [f"country:{code}" for code in countries()[: MAX_COUNTRIES + 1]]
    parse(" OR ".join(codes[:-1]))
    with pytest.raises(QueryError, match="at most 60 countries"):
        parse(" OR ".join(codes))


def test_a_hundred_words_are_a_phrase() -> None:
    parse(f'"{"a " * 100}"')
    for query in (f'"{"a " * 101}"', "\u4e4c" * 101, f'"b * {"a " * 99}"'):
        with pytest.raises(QueryError, match="at most 100 words in one phrase: this has 101"):
            parse(query)


def test_signs_beside_a_star_are_no_words() -> None:
    with pytest.raises(QueryError, match=r"letters or digits beside \*"):
        parse('"! * b"')


def test_references_are_held_to_limits() -> None:
    chain = {f"L{number}": f"a list:L{number + 1}" for number in range(LONGEST_CHAIN + 1)}
    chain[f"L{LONGEST_CHAIN + 1}"] = "b"
    assert "20 lists that refer to one another in a row" in refused("list:L0", chain)
    deep = {f"D{number}": "-(-(" * 10 + f"list:D{number + 1} c" + "))" * 10 for number in range(6)} | {"D6": "-(-a) b"}
    assert f"more than {DEEPEST} parts inside one another" in refused("list:D0 a", deep)
    wide = {"W": " OR ".join(f"w{number}" for number in range(450))}
    assert f"more than {MOST_TERMS:,} words" in refused(" ".join(["list:W"] * 5), wide)
    own = " OR ".join(f"o{number}" for number in range(300))
    assert f"more than {MOST_TERMS:,} words" in refused(f"{' OR '.join(['list:W'] * 4)} OR {own}", wide)
    assert "is wrong itself: write a" in refused("list:X", {"X": "(a"})
    assert "leads back to itself: A -> B -> A" in refused("list:B", {"A": "list:B", "B": "list:A"}, "A")


@pytest.mark.parametrize(
    ("term", "most", "what"),
    [
        ("/k{}/", 50, "50 regular"),
        ('"a b{}"~2', 50, "50 regular"),
        ('"a * b{}"', 50, "50 regular"),
        ("country", 60, "60 countries"),
    ],
)
def test_what_is_dear_is_counted_with_all_that_is_referred_to(term: str, most: int, what: str) -> None:
    codes = countries()
    terms = [f"country:{codes[n]}" if term == "country" else term.format(n) for n in range(most + 1)]
    half = {"Half": " OR ".join(terms[: most // 2]), "Other": " OR ".join(terms[most // 2 : most])}
    queries = {**half, "Both": "list:Half OR list:Other"}
    assert compile_query("list:Both", queries)
    reason = f"with the lists it refers to this looks for more than {what}"
    assert reason in refused(f"list:Both {terms[most]}", queries)
    assert reason in refused("list:Both", queries | {"Other": f"{queries['Other']} OR {terms[most]}"})


def test_a_list_that_grows_breaks_those_it_is_too_much_for_and_no_others() -> None:
    some = " OR ".join(f"/k{number}/" for number in range(30))
    lists = [WatchList(1, "A", some), WatchList(2, "B", some + " OR kyiv"), WatchList(3, "C", "list:A OR list:B")]
    compiled = CompiledSet([*lists, WatchList(4, "D", "list:B lviv")])
    assert compiled.broken.keys() == {3}
    assert matched(compiled, "Kyiv and Lviv") == [2, 4]
    compiled.change([WatchList(1, "A", "odesa")])
    assert compiled.broken == {}
    assert matched(compiled, "Odesa") == [1, 3]


def test_full_width_stars_count_as_stars() -> None:
    with pytest.raises(QueryError, match="at most 50 regular expressions"):
        parse(" OR ".join(f'"a ＊ b{number}"' for number in range(MAX_COSTLY + 1)))


def test_a_chain_far_too_long_breaks_its_lists_and_no_others() -> None:
    lists = [WatchList(number, f"L{number}", f"-(-list:L{number + 1} x) a") for number in range(300)]
    compiled = CompiledSet([*lists, WatchList(300, "L300", "war")])
    assert matched(compiled, "war") == [300]
    assert len(compiled) == 300 - len(compiled.broken) + 1


def test_a_reference_must_be_resolved_before_it_is_sought() -> None:
    with pytest.raises(TypeError):
        sought(ListRef("x"))


def test_a_paused_list_is_not_asked_and_others_may_refer_to_it() -> None:
    lists = [WatchList(1, "Sea", "odesa OR (", asked=False), WatchList(2, "Grain", "grain list:Port")]
    compiled = CompiledSet([*lists, WatchList(3, "Port", "odesa OR lviv", asked=False)])
    assert matched(compiled, "Grain in Odesa") == [2]
    assert (len(compiled), compiled.broken) == (1, {})


class Failing:
    """A query that fails when it is asked."""

    def read(self, reading: Reading, *, watch_list: int) -> None:
        raise ValueError(watch_list)

    told = read


def test_a_list_that_fails_costs_no_other_its_item_and_is_asked_no_more() -> None:
    compiled = CompiledSet([WatchList(1, "a", "kyiv"), WatchList(2, "b", "kyiv")])
    compiled._compiled["kyiv"] = Failing()  # type: ignore[assignment]
    assert matched(compiled, "Kyiv") == []
    assert compiled.faults.keys() == {1, 2}
    assert "it failed over an item: ValueError" in compiled.faults[1]
    compiled._compiled.clear()
    compiled.change([WatchList(2, "b", "kyiv")])
    assert matched(compiled, "Kyiv") == [2]
    assert compiled.faults.keys() == {1}


@pytest.mark.parametrize(("spent", "faults"), [(lambda: 7.0, set()), (count().__next__, {1})])
def test_only_the_cpu_counts_and_what_was_found_still_does(spent: object, faults: set[int]) -> None:
    compiled = CompiledSet([WatchList(1, "a", "kyiv")], budget=0.5, passed=count().__next__, spent=spent)  # type: ignore[arg-type]
    assert matched(compiled, "Kyiv") == [1]
    assert compiled.faults.keys() == faults
    assert matched(compiled, "Kyiv") == ([] if faults else [1])


def test_inflections_are_looked_up_once_a_language() -> None:
    compiled = CompiledSet([WatchList(1, "a", "~invade"), WatchList(2, "b", "~invaded")])
    assert matched(compiled, "They were invading the town", language="en") == [1, 2]
    assert matched(compiled, "The invaded town was theirs", language="en") == [1, 2]


def test_regions_of_a_language_share_their_table() -> None:
    compiled = CompiledSet([WatchList(1, "a", "~invade")])
    for language in ("en", "en-gb", "en-us"):
        assert matched(compiled, "They were invading the town", language=language) == [1]
    for language in ("uk", "uk-ua"):
        assert not matched(compiled, "Війна в Україні триває, сказав президент", language=language)
    assert compiled._filing._extras is not None
    assert compiled._filing._extras._stems.keys() == {"en", None}


def test_what_changes_nothing_makes_nothing_anew() -> None:
    compiled = CompiledSet([WatchList(1, "a", "ukrain*")])
    there = compiled._filing._extras
    compiled.change([], [7])
    assert compiled._filing._extras is there


def test_a_very_long_word_is_its_own_stem() -> None:
    long = "ab" * LONGEST_INFLECTED + "ing"
    assert stem(long, "en") == long
    assert compile_query(f"~{long}").hit(Matchable(f"the {long} was there", "", language="en"))


def test_near_words_by_stem_and_by_letter() -> None:
    item = Matchable("NATO was invading, saying Nato", "", language="en")
    assert compile_query('~"invade say"~3').hit(item)
    assert compile_query('="NATO Nato"~4').hit(item)
    assert not compile_query('="NATO nato"~4').hit(item)


def test_what_is_looked_at_is_bounded() -> None:
    hit = compile_query("war* OR war OR =war").hit(Matchable("", "war " * (2 * MAX_LOOKED_AT)))
    assert hit
    assert len(hit.spans) == 50


@pytest.mark.parametrize("query", ['"{}"', 'war "{}"'])
def test_a_long_phrase_is_refused_wherever_it_stands(query: str) -> None:
    assert parse(query.format(" ".join(["ab"] * MAX_WORDS)))
    with pytest.raises(QueryError, match="write at most 100 words in one phrase: this has 101"):
        parse(query.format(" ".join(["ab"] * (MAX_WORDS + 1))))


def test_a_large_expression_is_refused() -> None:
    with pytest.raises(QueryError, match="too large: write fewer repetitions"):
        parse("/(a?){900}/")


def test_a_longer_name_is_not_the_country() -> None:
    assert compile_query("country:MX").hit(Matchable("In New Mexico, and Mexico", "")).spans[0].start == 19  # type: ignore[union-attr]
    assert not compile_query("country:SD").hit(Matchable("South Sudan votes", ""))


def test_keywords_that_are_more_than_one_thing() -> None:
    assert query_of(["=New York", "~invade"], [], None) == '="New York" OR ~invade'
    assert query_of(["Title:Ukraine"], ["COUNTRY:RU"], None) == "title:Ukraine -country:RU"
    with pytest.raises(QueryError, match="leave country: out"):
        query_of(["country:UA war"], [], None)
    assert query_of(["(=a)"], [], None) == "a"
