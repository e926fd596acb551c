from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.duration import parse_duration, write_duration
from config.nearest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("keyword", ["keywords", "query"], "keywords"),
        ("QUERY", ["keywords", "query"], "query"),
        ("desk", ["Desk"], "Desk"),
        ("zzz", ["keywords", "query"], None),
        ("x" * 100_000, ["x" * 100], "x" * 100),
        ("x", [], None),
    ],
)
def test_nearest(word: str, known: list[str], expected: str | None) -> None:
    assert nearest(word, known) == expected


def test_did_you_mean() -> None:
    assert did_you_mean("quary", ["query", "name"]) == "; did you mean `query`?"
    assert did_you_mean("zzz", ["query", "name"]) == "; there are name, query"
    assert did_you_mean("zzz", [f"n{n:02}" for n in range(11)]).endswith(", n09 ...")
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("30s", 30), (" 5 m ", 300), ("24h", 86400), ("90d", 7_776_000), ("3650d", 315_360_000)],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "1.5h", "1h30m", "5M", "1w", "3651d", "9999999999s", "5m\nx"])
def test_no_durations(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (1, "1s"), (90, "90s"), (300, "5m"), (7200, "2h"), (86400, "1d")]
)
def test_writing(seconds: int, text: str) -> None:
    assert write_duration(timedelta(seconds=seconds)) == text


@given(st.integers(0, 315_360_000))
def test_what_is_written_reads_back(seconds: int) -> None:
    assert parse_duration(write_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)
