"""How a query's mistake is shown."""

from __future__ import annotations

import pytest

from worker.errors import QueryError


@pytest.mark.parametrize(
    ("query", "offset", "length", "line", "carets"),
    [
        ("a " + "NOT " * 400, 2, 1600, "a " + ("NOT " * 400)[:118], "  " + "^" * 118),
        ("b " * 100 + ")", 200, 1, ("b " * 30) + ")", " " * 60 + "^"),
        ("b " * 100 + "(" * 100, 200, 100, "b " * 30 + "(" * 60, " " * 60 + "^" * 60),
        ("乌" * 200, 0, 200, "乌" * 120, "^" * 240),
        ("a\n(b\nc", 2, 4, "(b", "^^"),
        ("a OR", 4, 1, "a OR", "    ^"),
        ("a\tb (", 4, 1, "a b (", "    ^"),
        ("\u0301", 0, 1, "\u0301", "^"),
    ],
)
def test_carets_end_with_the_line_that_is_shown(query: str, offset: int, length: int, line: str, carets: str) -> None:
    assert QueryError("no", query, offset, length).picture() == f"  {line}\n  {carets}"
