"""What a survey finds, what of it is read for that, and how a sample stands for the rest."""

from datetime import timedelta
from itertools import count

import pytest
from golden.newsroom import BEGIN
from unit.pipeline.library import Library

from worker.pipeline.survey import Survey
from worker.records.archive import Window
from worker.watchlists import parse

WINDOW = Window(BEGIN - timedelta(days=1))


@pytest.fixture
def library(store) -> Library:
    return Library(store)


def ids(found):
    return [one.candidate.item for one in found.met]


def test_what_the_index_tells_is_not_read(library):
    kyiv, lviv, both = library.say("Kyiv speaks", "Lviv listens", "Kyiv and Lviv")
    library.index()
    survey = Survey(library.store, WINDOW)
    for query, expected in (
        ("kyiv", [both, kyiv]),
        ("kyiv OR lviv", [both, lviv, kyiv]),
        ("kyiv -lviv", [kyiv]),
        ('"and lviv"', [both]),
        ("odesa", []),
    ):
        found = survey.found(parse(query))
        assert (ids(found), found.read, found.candidates, found.estimated) == (expected, 0, len(expected), False), query


def test_only_what_it_cannot_tell_is_read(library):
    kyiv, nato, small, _ = library.say("Kyiv speaks", "NATO listens", "A nato of sorts", "Weather")
    library.index()
    survey = Survey(library.store, WINDOW)
    found = survey.found(parse("kyiv OR =NATO"))
    assert (ids(found), found.read, found.candidates, found.estimated) == ([nato, kyiv], 2, 3, False)
    found = survey.found(parse("/na+to/ -kyiv"))
    assert (ids(found), found.read, found.candidates) == ([small, nato], 3, 3)
    found = survey.found(parse("-=NATO nato"))
    assert (ids(found), found.read, found.candidates) == ([small], 2, 2)


def test_what_is_not_indexed_is_read_whatever_the_query(library):
    (old,) = library.say("Kyiv yesterday")
    library.index()
    new, _ = library.say("Kyiv today", "Lviv today")
    found = Survey(library.store, WINDOW).found(parse("kyiv"))
    assert (ids(found), found.read, found.candidates, found.estimated) == ([new, old], 2, 3, False)


def test_a_window_has_feeds_and_languages(library):
    with library.store._transaction("write") as connection:
        connection.exec_driver_sql("UPDATE feeds SET tags = '[\"world\"]' WHERE name = 'two'")
    (one,) = library.say("Kyiv one")
    (two,) = library.say("Kyiv two", feed="two", language="uk")
    (nobody,) = library.say("Kyiv three", feed="three", language="")
    for _ in range(2):
        assert ids(Survey(library.store, WINDOW, tags=["world", "sport"]).found(parse("kyiv"))) == [two]
        assert ids(Survey(library.store, WINDOW, tags=["sport"]).found(parse("kyiv"))) == []
        spoken = Window(WINDOW.since, languages=frozenset({"en"}))
        assert ids(Survey(library.store, spoken).found(parse("kyiv"))) == [nobody, one]
        survey = Survey(library.store, WINDOW)
        assert ids(survey.found(parse("kyiv tag:world"))) == [two]
        assert ids(survey.found(parse('kyiv -feed:"two"'))) == [nobody, one]
        library.index()
    assert survey.found(parse("kyiv feed:nothing")).candidates == 0


def test_what_is_indexed_meanwhile_counts_once(library):
    kyiv, other = library.say("Kyiv speaks", "NATO speaks")
    survey = Survey(library.store, WINDOW)
    assert ids(survey.found(parse("speaks"))) == [other, kyiv]
    library.index()
    assert ids(survey.found(parse("speaks"))) == [other, kyiv]


def test_a_sample_of_what_the_index_tells_stands_for_the_rest(library):
    library.say(*[f"Kyiv {number}" for number in range(120)])
    library.index()
    found = Survey(library.store, WINDOW).found(parse("kyiv"), told=119)
    assert 20 <= len(found.met) <= 40
    assert (round(sum(one.weight for one in found.met)), found.read, found.candidates) == (120, 0, 120)
    assert found.estimated
    assert not Survey(library.store, WINDOW).found(parse("kyiv"), told=120).estimated


def test_a_sample_of_what_must_be_read_stands_for_the_rest(library):
    library.say(*[f"{'Kyiv' if number % 2 else 'Lviv'} {number}" for number in range(120)])
    library.index()
    found = Survey(library.store, WINDOW).found(parse("/kyiv/"), read=40)
    assert (found.candidates, found.estimated, 30 <= found.read <= 50) == (120, True, True)
    assert 40 <= sum(one.weight for one in found.met) <= 80


def test_a_sample_of_what_is_not_indexed_stands_for_the_rest(library):
    library.say(*[f"Kyiv {number}" for number in range(120)])
    found = Survey(library.store, WINDOW, most_unindexed=40).found(parse("kyiv"))
    assert (found.estimated, 30 <= found.read <= 50) == (True, True)
    assert 90 <= sum(one.weight for one in found.met) <= 150
    assert 90 <= found.candidates <= 150


def test_of_a_sample_that_is_empty_nothing_is_found(library):
    library.say("Kyiv 1", "Kyiv 2")
    library.index()
    found = Survey(library.store, Window(WINDOW.since, share=0.0)).found(parse("kyiv"), told=1)
    assert (found.met, found.candidates) == ([], 0)
    found = Survey(library.store, WINDOW).found(parse("kyiv"), told=0)
    assert (found.met, found.candidates, found.estimated) == ([], 2, True)


def test_what_is_gone_when_it_is_read_is_left_out(library):
    one, two = library.say("Kyiv 1", "Kyiv 2")
    library.index()
    survey = Survey(library.store, WINDOW)
    assert [item.id for item in survey.items([one, two, 99])] == [one, two]


def test_what_there_was_time_to_read_stands_for_the_rest(library):
    library.say(*[f"{'Kyiv' if number % 2 else 'Lviv'} {number}" for number in range(150)])
    library.index()
    seconds = count()
    survey = Survey(library.store, WINDOW, clock=lambda: next(seconds))
    found = survey.found(parse("/kyiv/ -odesa"), seconds=1)
    assert (found.read, found.candidates, found.estimated) == (100, 150, True)
    assert 65 <= sum(one.weight for one in found.met) <= 85
    found = survey.found(parse("/kyiv/ -odesa"), seconds=3)
    assert (found.read, len(found.met), found.estimated) == (150, 75, False)


@pytest.mark.parametrize(("next_look", "read"), [(10.2, 150), (10.4, 100)])
def test_some_time_to_read_is_left_however_long_the_index_took(library, next_look, read):
    library.say(*[f"Kyiv {number}" for number in range(150)])
    library.index()
    moments = iter([0.0, 10.0, next_look])
    survey = Survey(library.store, WINDOW, clock=lambda: next(moments))
    assert survey.found(parse("/kyiv/ -odesa"), seconds=1).read == read
