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
