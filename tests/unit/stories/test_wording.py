from __future__ import annotations

import pytest
from unit.stories.dispatches import ARABIC, CHINESE, PARAGRAPHS, TEXT, TITLE, prepared

from worker.text.tokens import words_of


def test_words_are_those_of_the_text_itself() -> None:
    plain = prepared(TITLE, TEXT)
    dressed = prepared(TITLE, f"SEDLICE, March 3 (Reuters) - {TEXT}\nPhoto: Jan Novak")
    assert plain.words == dressed.words == len(words_of(TEXT))
    assert plain.gram_set == dressed.gram_set
    assert plain.numbers == dressed.numbers
    assert prepared(TITLE).words == 0


def test_numbers_are_digits_and_words_but_for_one() -> None:
    one = prepared("Two dead, 3 hurt", "One of twelve, одиннадцать, fünf, B52, 4,200 and 2nd")
    assert one.headline_numbers == {"2", "3"}
    assert one.numbers == {"12", "11", "5", "b52", "4", "200", "2nd"}
    assert one.all_numbers == one.numbers | one.headline_numbers
    assert one.figures == pytest.approx(2 / len(words_of("One of twelve, одиннадцать, fünf, B52, 4,200 and 2nd")))
    assert prepared("").figures == 0


def test_headline_words_are_significant_and_without_the_outlet() -> None:
    assert prepared("The Dam at the Tarva gives way - The Daily Herald").headline_words == (
        "dam",
        "tarva",
        "gives",
        "way",
    )
    assert prepared("Dam — Tarva gives way | Herald").headline_words == ("dam", "tarva", "gives", "way")
    assert prepared("Dam gives way - and five thousand people leave").headline_words[-1] == "leave"
    assert prepared("水库大坝", "").headline_words == ("水库", "库大", "大坝")


def test_subjects_are_beginnings_of_longer_words() -> None:
    assert prepared("", "The dams are collapsing, collapsed over there").subjects == {"dams", "colla"}
    assert prepared("", "大坝出").subjects == {"大坝", "坝出"}
    assert prepared("Dams collapse").headline_subjects == {"dams", "colla"}


@pytest.mark.parametrize(
    ("title", "text", "words", "names"),
    [
        (TITLE, PARAGRAPHS[1], 20, {"governor", "ilona", "marek", "sedlice"}),
        (TITLE, PARAGRAPHS[1], 4, {"governor", "ilona", "marek"}),
        ("Flood in Sedlice", "it rained “Elsewhere” too", 20, {"elsewhere"}),
        ("Flood in Sedlice", "it rained", 20, {"sedlice"}),
        ("Flood In Sedlice", "it rained", 20, set()),
        ("FLOOD IN SEDLICE", "it rained", 20, set()),
        ("", "The flood", 20, set()),
        ("", "KYIV, March 3 (Reuters) - it rained", 20, set()),
        (*ARABIC, 20, set()),
        (*CHINESE, 20, set()),
    ],
)
def test_names(title: str, text: str, words: int, names: set[str]) -> None:
    assert prepared(title, text).names(words) == names


def test_of_a_megabyte_the_beginning_is_compared() -> None:
    huge = prepared("", "word " * 200_000)
    assert huge.words == 200_000
    assert len(huge.tokens) == 4_000


def test_dense_text_counts_pairs() -> None:
    one = prepared(*CHINESE)
    assert one.dense
    assert one.step == 2
    assert one.units[:2] == ["北方", "方山"]
    assert one.grams[0] == ("北方", "山区", "连日")
    assert not prepared(TITLE, TEXT).dense
    assert not prepared("", "").dense
