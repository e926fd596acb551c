"""Feed text as one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.alerts.lines import flat, one_line


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Talks over", 20, "Talks over"),
        ("  Talks\r\n\r\nover\u2028now\t", 20, "Talks over now"),
        ("Talks\x00 over\x1b[31m", 20, "Talks over[31m"),
        ("\u202eTalks\u2066 over\u2069", 20, "Talks over"),
        ("Talks \ud800over", 20, "Talks over"),
        ("Talks over", 10, "Talks over"),
        ("Talks over now", 11, "Talks over…"),
        ("Talks over now", 12, "Talks over…"),
        ("Talks overdue", 10, "Talks…"),
        ("A Donaudampfschiff", 10, "A Donauda…"),
        ("乌克兰的会谈结束了", 5, "乌克兰的…"),
        ("abcde\u0301fgh", 6, "abcd…"),
        ("\u0301" * 9, 3, "\u0301…"),
    ],
)
def test_one_line(text: str, limit: int, expected: str) -> None:
    assert one_line(text, limit) == expected


@given(st.text(st.characters()), st.integers(2, 40))
def test_it_is_one_short_line_and_stays_as_it_is(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert one_line(line, limit) == line
    line.encode()


def test_flat_keeps_a_space_at_its_ends() -> None:
    assert flat("\n Talks  over\t") == " Talks over "
