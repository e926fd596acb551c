"""Many phrases are looked for together: what they say is what each would say by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.watchlists import CompiledSet, filing
from worker.watchlists.model import Hit, Matchable, Span, WatchList
from worker.watchlists.phrases import LONGEST, MOST_CHARACTERS, Phrases
from worker.watchlists.query import MAX_SPANS
from worker.watchlists.reading import Reading, run_of

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = ("black", "sea", "fleet", "a", "ab", "s")
BETWEEN = (" ", "  ", ", ", "-", "\n", "'s ", "’s ", " é ", " 黑 ", "\u200b", " ")


def said(phrases: Phrases[int], item: Matchable) -> dict[int, list[tuple[str, int, int]]]:
    return {
        asker: [tuple(span) for span in spans] for askers, spans in phrases.found(Reading(item)) for asker in askers
    }  # type: ignore[misc]


def asked(*phrases: str) -> Phrases[int]:
    return Phrases((run_of(phrase.split()), number) for number, phrase in enumerate(phrases))


def test_nobody_asks() -> None:
    phrases = asked()
    assert len(phrases) == phrases.gone == 0
    assert said(phrases, Matchable("Black Sea", "Black Sea")) == {}


def test_who_asks_for_the_same_is_told_the_same_places() -> None:
    phrases = asked("black sea", "sea fleet", "black sea", "red sea", "black sea fleet")
    item = Matchable("Black Sea", "The  Black Sea fleet.", ("blacksea", "sea fleet, black sea"))
    black_sea = [("title", 0, 9), ("text", 5, 14), ("category", 20, 29)]
    assert said(phrases, item) == {
        0: black_sea,
        1: [("text", 11, 20), ("category", 9, 18)],
        2: black_sea,
        4: [("text", 5, 20)],
    }


def test_a_phrase_leads_from_no_text_into_the_next() -> None:
    assert said(asked("black sea", "sea black"), Matchable("sea black", "sea", ("black", "sea"))) == {
        1: [("title", 0, 9)]
    }


def test_places_count_what_is_written() -> None:
    item = Matchable("Schwarzes Meer - Ćerné more", "Die «Black’s» \u200bSea — Straße")
    phrases = asked("cerne more", "black sea", "sea strasse", "meer cerne")
    assert {number: [getattr(item, field)[start:end] for field, start, end in spans] for number, spans in said(phrases, item).items()} == {
        0: ["Ćerné more"],
        1: ["Black’s» \u200bSea"],
        2: ["Sea — Straße"],
        3: ["Meer - Ćerné"],
    }  # fmt: skip


def test_places_that_overlap_are_one_and_no_more_than_a_hit_tells() -> None:
    phrases = asked("a a", "a b")
    assert said(phrases, Matchable("a a a b a a", "")) == {0: [("title", 0, 5), ("title", 8, 11)], 1: [("title", 4, 7)]}
    assert len(said(phrases, Matchable("", "a b " * 2 * MAX_SPANS))[1]) == MAX_SPANS


def test_who_asks_no_more_is_passed_over() -> None:
    phrases = asked("black sea", "black sea", "sea fleet")
    phrases.take_out({run_of(("black", "sea")): {0}, run_of(("sea", "fleet")): {2}})
    assert said(phrases, Matchable("Black Sea fleet", "")) == {1: [("title", 0, 9)]}
    assert (len(phrases), phrases.gone, [*phrases]) == (1, 2, [(run_of(("black", "sea")), 1)])


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(
        f"{draw(st.sampled_from(WORDS))}{draw(st.sampled_from(BETWEEN))}" for _ in range(draw(st.integers(0, 8)))
    )


PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join).map('"{}"'.format)
LISTS = st.lists(st.tuples(st.integers(1, 8), PHRASES, st.sampled_from(((), ("world",)))), max_size=6)
ITEMS = st.builds(
    Matchable,
    texts(),
    texts(),
    st.lists(texts(), max_size=2).map(tuple),
    st.sampled_from((frozenset(), frozenset({"world"}))),
)


@pytest.mark.unmeasured
@given(changes=st.lists(st.tuples(LISTS, st.sets(st.integers(1, 8), max_size=3)), min_size=1, max_size=4), item=ITEMS)
def test_together_they_say_what_they_say_one_by_one(
    changes: Sequence[tuple[Sequence[tuple[int, str, tuple[str, ...]]], set[int]]], item: Matchable
) -> None:
    sets = [CompiledSet(many=many) for many in (0, 2, 5, 10**9)]
    for change, gone in changes:
        lists = {id_: WatchList(id_, f"list {id_}", query, frozenset(tags)) for id_, query, tags in change}
        hits = []
        for compiled in sets:
            compiled.change(lists.values(), [id_ for id_ in gone if id_ not in lists])
            hits.append(compiled.match(Reading(item)))
        assert hits[1:] == hits[:1] * 3
        assert len({len(compiled) for compiled in sets}) == 1


def test_a_phrase_of_many_is_told_as_it_is_written() -> None:
    compiled = CompiledSet([WatchList(1, "one", '"Black Sea"'), WatchList(2, "other", '"black sea"')], many=1)
    spans = (Span("title", 4, 13),)
    assert compiled.match(Reading(Matchable("The black sea", ""))) == [
        Hit(1, ("Black Sea",), spans),
        Hit(2, ("black sea",), spans),
    ]


def test_few_wait_until_they_are_many() -> None:
    compiled = CompiledSet(many=3)
    filed = compiled._filing
    phrases = ['"black sea"', '"black sea fleet"', '"sea fleet"', '"red sea"']
    item = Reading(Matchable("Black Sea fleet", ""))
    together = []
    for number, phrase in enumerate(phrases):
        compiled.change([WatchList(number, phrase, phrase)])
        together.append(len(filed._together))
        assert [hit.watch_list for hit in compiled.match(item)] == [*range(min(number + 1, 3))]
    assert together == [0, 0, 3, 3]
    compiled.change([WatchList(0, "no phrase any more", "fleet -sea")], [1])
    assert [hit.watch_list for hit in compiled.match(item)] == [2]
    assert (len(compiled), len(filed._together), filed._together.gone) == (3, 2, 0)
    assert not filed._single


def test_what_cannot_be_built_changes_nothing_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = CompiledSet([WatchList(1, "a", '"black sea"'), WatchList(2, "b", '"sea fleet"')], many=2)
    compiled.change([WatchList(3, "c", '"red sea"')])
    change = [WatchList(1, "a", '"north sea"'), WatchList(4, "d", "fleet")]

    def no_room(_: object) -> Phrases[object]:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(filing, "Phrases", no_room)
        with pytest.raises(MemoryError):
            compiled.change(change)
    item = Reading(Matchable("Red Sea fleet, North Sea", ""))
    assert {3}.issubset(hit.watch_list for hit in compiled.match(item))
    compiled.change(change)
    assert [hit.watch_list for hit in compiled.match(item)] == [1, 2, 3, 4]


def test_one_that_fails_costs_only_itself() -> None:
    lists = [WatchList(1, "a", '"black sea"'), WatchList(2, "b", '"Black sea"'), WatchList(3, "c", '"sea fleet"')]
    compiled = CompiledSet(lists, many=0)
    item = Reading(Matchable("Black Sea fleet", ""))

    class Failing:
        @property
        def terms(self) -> tuple[str, ...]:
            raise RuntimeError

    compiled._compiled['"black sea"'] = Failing()  # type: ignore[assignment]
    assert [hit.watch_list for hit in compiled.match(item)] == [2, 3]
    assert compiled.faults.keys() == {1}
    assert [hit.watch_list for hit in compiled.match(item)] == [2, 3]
    assert len(compiled) == 2


def test_a_phrase_of_many_keeps_to_its_scope() -> None:
    lists = [WatchList(1, "a", '"black sea"', frozenset({"world"})), WatchList(2, "b", '"black sea"')]
    compiled = CompiledSet(lists, many=0)
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("Black Sea", "")))] == [2]
    item = Matchable("Black Sea", "", feed_tags=frozenset({"world"}))
    assert [hit.watch_list for hit in compiled.match(Reading(item))] == [1, 2]


def test_long_words_are_not_built_in() -> None:
    word = "a" * MOST_CHARACTERS
    compiled = CompiledSet([WatchList(1, "long", f'"b {word}"'), WatchList(2, "short", '"a b"')], many=0)
    assert len(compiled._filing._together) == 1
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable(f"a b {word}", "")))] == [1, 2]


def test_long_phrases_are_not_looked_for_together_so_that_few_end_at_one_word() -> None:
    phrases = [f'"{" ".join(["a"] * words)}"' for words in range(2, 11)]
    compiled = CompiledSet([WatchList(number, phrase, phrase) for number, phrase in enumerate(phrases)], many=0)
    assert len(compiled._filing._together) == LONGEST - 1
    hits = compiled.match(Reading(Matchable("", "a " * 10)))
    assert hits == [Hit(number, (phrase.strip('"'),), (Span("text", 0, 19),)) for number, phrase in enumerate(phrases)]
    compiled.change([], range(9))
    assert not compiled.match(Reading(Matchable("", "a " * 10)))
