from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text.clean import clean, lines, one_line

TEXTS = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("dirty", "text"),
    [
        ("plain", "plain"),
        ("a\tb\r\nc\rd\x85e\u2028f\vg", "a b\nc\nd\ne\nf\ng"),
        ("a\x00b\x1bc\x7fd\x80e", "abcde"),
        ("a\ud800b", "ab"),
        ("\ufeffa\ufffe\ufdd0\U0001ffffb\uffff", "ab"),
        ("a\u202eb\u2066c\u2069\u200fd\u061c", "abcd"),
        ("cafe\u0301", "café"),
        ("नि\u200dष", "नि\u200dष"),
    ],
)
def test_clean(dirty: str, text: str) -> None:
    assert clean(dirty) == text


def test_lines_and_one_line_collapse_white_space() -> None:
    assert lines(" a \t b\n\n  c\xa0d \n") == "a b\nc d"
    assert lines(" a  b ") == "a b"
    assert one_line(" a \n\n b\u3000c ") == "a b c"


@given(TEXTS)
def test_cleaning_is_done_at_once(dirty: str) -> None:
    text = clean(dirty)
    assert clean(text) == text
    assert unicodedata.is_normalized("NFC", text)
    text.encode("utf-8")
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"} for char in text)
    assert lines(lines(dirty)) == lines(dirty)
    assert one_line(one_line(dirty)) == one_line(dirty)


@pytest.mark.unmeasured
def test_of_marks_without_number_a_letter_keeps_thirty() -> None:
    dirty = "e" + "\u0315\u0301" * 1_000_000 + "!" * 40 + "e" + "\u0323" * 30  # to put them all in order takes hours
    text = clean(dirty)
    assert sum(unicodedata.combining(char) > 0 for char in text.partition("!")[0]) == 29, "one is in the é"
    assert text.partition("!")[0].startswith("é\u0301")
    assert text.partition("!")[2] == "!" * 39 + clean("e" + "\u0323" * 30)
    assert clean(text) == text


def test_what_is_no_mark_may_go_on_for_ever() -> None:
    text = "Київ " + "—" * 1000 + "\u0301" * 31 + "…" * 1000
    assert clean(text) == text[:-1031] + "\u0301" * 30 + "…" * 1000


@pytest.mark.unmeasured
def test_signs_that_are_two_marks_count_as_two() -> None:
    text = clean("\u0f40" + "\u0f73" * 1_000_000)
    assert len(text) == 1 + 30
    assert clean(text) == text
