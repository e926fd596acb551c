"""How long a response stays fresh (RFC 9111)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.freshness import fresh_for
from worker.fetch.head import Head
from worker.fetch.header_times import LONGEST, delta_seconds, http_date

NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
DATE = (b"Date", b"Sat, 12 Feb 2022 12:00:00 GMT")  # five hours behind our clock: only differences count


def seconds(*fields: tuple[bytes, bytes]) -> int | None:
    fresh = fresh_for(Head(fields), now=NOW)
    return None if fresh is None else int(fresh.total_seconds())


def control(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"Cache-Control", value) for value in values]


@pytest.mark.parametrize(
    ("values", "fresh"),
    [
        ([b"max-age=300"], 300),
        ([b"Public , MAX-AGE = 300"], 300),
        ([b'max-age="300"'], 300),
        ([b'max-age="3\\00"'], 300),
        ([b"max-age=0"], 0),
        ([b"max-age=000000000000300"], 300),
        ([b"max-age=999999999999999999999"], int(LONGEST.total_seconds())),
        ([b"must-revalidate, private, max-age=60, immutable, stale-if-error=9"], 60),
        ([b"s-maxage=5, max-age=60"], 60),
        ([b"s-maxage=5"], None),
        ([b"max-age=60, max-age=300"], 60),
        ([b"max-age=60", b"max-age=300"], 60),
        ([b"private", b"max-age=60"], 60),
        ([b"max-age=soon, max-age=60"], None),
        ([b"max-age=-60"], None),
        ([b"max-age=6.5"], None),
        ([b"max-age"], None),
        ([b"max-age="], None),
        ([b'max-age=" 60"'], None),
        ([b'max-age="60'], None),
        ([b'"'], None),
        ([b'"\\'], None),
        (["max-age=٦٠".encode()], None),
        ([b"max-age=60, no-cache"], 0),
        ([b"no-store, max-age=60"], 0),
        ([b'no-store="x", max-age=60'], 0),
        ([b'no-cache="set-cookie, x", max-age=60'], 60),
        ([b'no-cache="set-cookie", max-age=60, No-Cache'], 0),
        ([b'private="a, max-age=1, \\", no-store", max-age=60'], 60),
        ([b"max-age=60 no-store"], None),
        ([b",,, max-age=60,,"], 60),
        ([b""], None),
        ([b"\xff\xfe, max-age=60"], 60),
        ([], None),
    ],
)
def test_cache_control(values: list[bytes], fresh: int | None) -> None:
    assert seconds(*control(*values)) == fresh


@pytest.mark.parametrize(
    ("fields", "fresh"),
    [
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT")], 600),
        ([DATE, (b"Expires", b"Saturday, 12-Feb-22 12:10:00 GMT")], 600),
        ([DATE, (b"Expires", b"Sat Feb 12 12:10:00 2022")], 600),
        ([(b"Expires", b"Sat, 12 Feb 2022 17:12:11 GMT")], 600),
        ([(b"Date", b"now"), (b"Expires", b"Sat, 12 Feb 2022 17:12:11 GMT")], 600),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 11:00:00 GMT")], 0),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2999 11:00:00 GMT")], int(LONGEST.total_seconds())),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT"), (b"Expires", b"Sat, 12 Feb 2022 12:20:00 GMT")], 600),
        ([DATE, (b"Expires", b"0")], None),
        ([DATE, (b"Expires", b"-1")], None),
        ([DATE, (b"Expires", b"Sat, 31 Feb 2022 12:10:00 GMT")], None),
        ([DATE], None),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT"), *control(b"public")], 600),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT"), *control(b"max-age=60")], 60),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT"), *control(b"max-age=soon")], None),
        ([DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT"), *control(b"no-store")], 0),
        ([(b"AGE", b"100"), *control(b"max-age=300")], 200),
        ([(b"Age", b"300"), *control(b"max-age=300")], 0),
        ([(b"Age", b"400"), *control(b"max-age=300")], 0),
        ([(b"Age", b"100, 200"), *control(b"max-age=300")], 200),
        ([(b"Age", b"100"), (b"Age", b"200"), *control(b"max-age=300")], 200),
        ([(b"Age", b"-100"), *control(b"max-age=300")], 300),
        ([(b"Age", b"old"), *control(b"max-age=300")], 300),
        ([(b"Age", b"60"), DATE, (b"Expires", b"Sat, 12 Feb 2022 12:10:00 GMT")], 540),
    ],
)
def test_expires_and_age(fields: list[tuple[bytes, bytes]], fresh: int | None) -> None:
    assert seconds(*fields) == fresh


@given(st.lists(st.binary(max_size=60)), st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_whatever_it_says_is_a_time_or_nothing(values: list[bytes], expires: bytes, date: bytes, age: bytes) -> None:
    fields = [*control(*values), (b"Expires", expires), (b"Date", date), (b"Age", age)]
    fresh = fresh_for(Head(fields), now=NOW)
    assert fresh is None or timedelta(0) <= fresh <= LONGEST


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment = http_date(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.integers(0, 10**30))
def test_any_number_of_seconds_can_be_read(number: int) -> None:
    found = delta_seconds(str(number))
    assert found == (LONGEST if number > LONGEST.total_seconds() else timedelta(seconds=number))


@pytest.mark.parametrize("piece", [b'"', b"\\", b'"\\', b",", b", ", b'a="', b"a,", b"a=", b" "])
def test_a_header_costs_no_more_than_its_length(piece: bytes) -> None:
    # Far more than a head may hold: a reading that is not linear takes hours, and ends at the test's own limit.
    assert seconds(*control((piece * 1_000_000)[:1_000_000])) is None
