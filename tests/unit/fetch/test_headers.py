"""Validators, Retry-After, User-Agent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.fetch.head import Head
from worker.fetch.header_times import LONGEST
from worker.fetch.retry_after import retry_after
from worker.fetch.user_agent import user_agent
from worker.fetch.validators import conditions, freshened, received_validators
from worker.records import Validators

NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
URL = "https://feeds.example/a"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(seconds=120)),
        ("00000000000120", timedelta(seconds=120)),
        ("9" * 5000, LONGEST),
        ("99999999999999999999", LONGEST),
        ("Sat, 12 Feb 2022 17:02:41 GMT", timedelta(seconds=30)),
        ("Saturday, 12-Feb-22 17:02:41 GMT", timedelta(seconds=30)),
        ("Sat Feb 12 17:02:41 2022", timedelta(seconds=30)),
        ("Sat, 12 Feb 2022 19:02:41 +0200", timedelta(seconds=30)),
        ("Sat, 12 Feb 2022 17:00:00 GMT", timedelta(0)),
        ("Sat, 12 Feb 2999 17:00:00 GMT", LONGEST),
        ("Sat, 31 Feb 2022 17:00:00 GMT", None),
        ("-5", None),
        ("١٢", None),
        ("soon", None),
        ("120, 120", None),
        ("Sat, 12 Feb 2022 17:02:41 GMT" + " " * 5000 + ";", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, wait: timedelta | None) -> None:
    lines = [] if value is None else [(b"Retry-After", value.encode())]
    assert retry_after(Head(lines), now=NOW) == wait


@pytest.mark.parametrize(
    ("date", "wait"),
    [
        ("Sat, 12 Feb 2022 12:02:11 GMT", timedelta(minutes=30)),
        ("Sat, 12 Feb 2022 23:02:11 GMT", timedelta(0)),
        ("lately", timedelta(0)),
    ],
)
def test_a_date_to_wait_for_is_read_by_the_servers_own_clock(date: str, wait: timedelta) -> None:
    lines = [(b"Retry-After", b"Sat, 12 Feb 2022 12:32:11 GMT"), (b"Date", date.encode())]
    assert retry_after(Head(lines), now=NOW) == wait


def test_validators_are_kept_as_received() -> None:
    headers = [(b"eTag", b' W/"x" '), (b"ETag", b"second"), (b"LAST-MODIFIED", b"31 Feb"), (b"X", b"y")]
    assert received_validators(Head(headers), URL) == Validators(URL, b' W/"x" ', b"31 Feb")


@pytest.mark.parametrize("value", [b"", b"\xc3\xa9", b"a\x00b", b"a\nb", b"x" * 4097])
def test_validators_that_cannot_be_echoed_are_none(value: bytes) -> None:
    assert received_validators(Head([(b"ETag", value)]), URL) is None
    assert conditions(Validators(URL, value), URL) == []


def test_conditions_belong_to_one_url() -> None:
    validators = Validators(URL, b'"x"', b"date")
    assert conditions(validators, URL) == [("If-None-Match", b'"x"'), ("If-Modified-Since", b"date")]
    assert conditions(Validators(URL, None, b"date"), URL) == [("If-Modified-Since", b"date")]
    assert conditions(validators, URL + "/") == []
    assert conditions(None, URL) == []


def test_what_a_304_says_anew() -> None:
    asked = Validators(URL, b'"a"', b"then")
    assert freshened(asked, None) is None
    assert freshened(asked, Validators(URL, b'"a"')) is None
    assert freshened(asked, Validators(URL, b'"b"')) == Validators(URL, b'"b"', b"then")
    assert freshened(asked, Validators(URL, None, b"now")) == Validators(URL, b'"a"', b"now")


def test_user_agent() -> None:
    assert user_agent("0.1.0", "https://example.org/bot") == "Tocsin/0.1.0 (+https://example.org/bot)"
    assert user_agent("0", "https://bücher.de/\r\nX: y") == "Tocsin/0 (+https://b?cher.de/??X: y)"
