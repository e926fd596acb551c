from __future__ import annotations

import pytest
from unit.stories.dispatches import TEXT

from worker.stories import shingles
from worker.stories.lexicon import STOP_WORDS
from worker.stories.shingles import grams, is_dense, sampled, units
from worker.text.tokens import words_of

WORDS = words_of(TEXT)


def keys(words: list[str], step: int = 1) -> set[int]:
    return {key for _, key in sampled(words, step)}


def test_keys_are_chosen_by_value_wherever_they_stand() -> None:
    assert keys(WORDS[5:]) >= {key for place, key in sampled(WORDS, 1) if place >= 45}
    chosen = {WORDS[place] for place, _ in sampled(WORDS, 1)}
    assert chosen
    assert not chosen & STOP_WORDS


def test_the_order_of_words_counts() -> None:
    words = [f"word{number}" for number in range(30)]
    assert len(keys(words)) > 3
    assert not keys(words) & keys([words[number ^ 1] for number in range(30)])


def test_the_opening_has_more_keys_than_the_rest_and_a_long_text_not_too_many() -> None:
    words = [f"word{number}" for number in range(4_000)]
    places = [place for place, _ in sampled(words, 1)]
    assert len(places) == shingles.MOST_KEYS
    assert places == sorted(set(places))
    assert sum(place < 40 for place in places) > 2 * sum(40 <= place < 80 for place in places)


@pytest.mark.parametrize("length", range(4))
def test_what_is_shorter_than_a_shingle_has_none(length: int) -> None:
    assert sampled(["word"] * length, 1) == []
    assert grams(["word"] * length, 4, 1) == []


def test_grams() -> None:
    assert grams(list("abcd"), 3, 1) == [("a", "b", "c"), ("b", "c", "d")]
    assert grams(["ab", "bc", "cd", "de"], 2, 2) == [("ab", "cd"), ("bc", "de")]


def test_units_of_dense_text_are_pairs() -> None:
    assert units(list("abc"), dense=True) == ["ab", "bc"]
    assert units(["ab", "c"], dense=False) == ["ab", "c"]
    assert is_dense(10, 9)
    assert not is_dense(10, 5)


def test_few_words_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = shingles._Hashes()
    monkeypatch.setattr(shingles, "_hashes", hashes)
    monkeypatch.setattr(shingles._Hashes, "limit", 3)
    before = [hashes[word] for word in ("a", "flood", "x" * 41, "dam")]
    assert set(hashes) == {"a", "flood", "dam"}
    assert hashes["river"] == shingles._Hashes()["river"]
    assert set(hashes) == {"river"}
    assert [hashes[word] for word in ("a", "flood", "x" * 41, "dam")] == before
