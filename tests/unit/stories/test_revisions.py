from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stories.revisions import Piece, changes, shown

WORDS = st.lists(st.sampled_from(["one", "two", "three.", "four"]), max_size=12).map(" ".join)


def of_text(old: str, new: str) -> tuple[Piece, ...]:
    found = changes("Title", old, "Title", new)
    assert found.title == (Piece("same", "Title", "Title"),)
    return found.text


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", ()),
        ("Snow  fell.", "Snow fell.\n", (Piece("same", "Snow fell.", "Snow fell."),)),
        ("", "Snow fell.", (Piece("added", "", "Snow fell."),)),
        ("Snow fell.", "", (Piece("removed", "Snow fell.", ""),)),
        (
            "Three were hurt in Kyiv.",
            "Four were hurt in Kyiv today.",
            (
                Piece("replaced", "Three", "Four"),
                Piece("same", "were hurt in", "were hurt in"),
                Piece("replaced", "Kyiv.", "Kyiv today."),
            ),
        ),
        ("a b c", "a c", (Piece("same", "a", "a"), Piece("removed", "b", ""), Piece("same", "c", "c"))),
        ("a c", "a b c", (Piece("same", "a", "a"), Piece("added", "", "b"), Piece("same", "c", "c"))),
    ],
)
def test_changes_are_told_word_by_word(old: str, new: str, pieces: tuple[Piece, ...]) -> None:
    assert of_text(old, new) == pieces


def test_title_and_text_are_told_apart() -> None:
    found = changes("Snow in Kyiv", "It fell.", "Snow in Lviv", "It fell.")
    assert found.title[-1] == Piece("replaced", "Kyiv", "Lviv")
    assert found.text == (Piece("same", "It fell.", "It fell."),)
    assert found
    assert not changes("Snow", "It fell.", "Snow", "It  fell.")
    assert changes("Snow", "It fell.", "Snow", "It melted.")


@given(WORDS, WORDS)
def test_old_and_new_are_in_the_pieces(old: str, new: str) -> None:
    found = of_text(old, new)
    assert " ".join(filter(None, (piece.old for piece in found))) == old
    assert " ".join(filter(None, (piece.new for piece in found))) == new
    assert all((piece.kind == "same") == (piece.old == piece.new) for piece in found)
    assert all(one.kind != "same" or other.kind != "same" for one, other in pairwise(found))


def sentences(count: int, length: int = 10) -> list[str]:
    drawn = random.Random(7)
    return [" ".join(f"w{drawn.randrange(500)}" for _ in range(length)) + "." for _ in range(count)]


@pytest.mark.parametrize("count", [30, 300, 3_000])
def test_of_long_texts_a_changed_sentence_is_found(count: int) -> None:
    old = sentences(count)
    new = [*old]
    new[count // 2] = new[count // 2].replace(" ", " NEW ", 1)
    found = of_text(" ".join(old), " ".join(new))
    assert sum(piece.kind == "same" for piece in found) == 2
    (changed,) = (piece for piece in found if piece.kind != "same")
    assert (changed.kind, changed.new.count("NEW")) == ("added" if count < 3_000 else "replaced", 1)
    assert len(changed.new.split()) <= 11


def test_what_is_long_and_wholly_other_is_replaced() -> None:
    old = " ".join(sentences(200, 100))
    new = old.upper()
    assert of_text(old, new) == (Piece("replaced", old, new),)
    without_ends = old.replace(".", "")
    found = of_text(without_ends, f"NEW {without_ends} END")
    assert [piece.kind for piece in found] == ["replaced"]
    found = of_text(without_ends, f"{without_ends} END")
    assert [piece.kind for piece in found] == ["same", "added"]


def test_what_repeats_itself_is_compared_too() -> None:
    found = of_text("a " * 100_000, "a " * 100_000 + "b")
    assert [piece.kind for piece in found] == ["same", "added"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("Snow fell.", "Snow fell.", ""),
        ("", "", ""),
        ("Three hurt", "Four hurt", "[-Three-] {+Four+} hurt"),
        ("a b c", "a c", "a [-b-] c"),
        ("a c", "a b c", "a {+b+} c"),
        (
            "1 2 3 4 x 5 6 7 8 9 y 1 2 3 4",
            "1 2 3 4 X 5 6 7 8 9 Y 1 2 3 4",
            "… 3 4 [-x-] {+X+} 5 6 … 8 9 [-y-] {+Y+} 1 2 …",
        ),
    ],
)
def test_changes_are_shown_in_one_line(old: str, new: str, line: str) -> None:
    assert shown(of_text(old, new), around=2) == line
