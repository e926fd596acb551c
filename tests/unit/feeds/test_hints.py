from __future__ import annotations

from datetime import timedelta

import pytest

from worker.feeds.hints import hints
from worker.feeds.model import Hints
from worker.feeds.parse import parse

HOUR = timedelta(hours=1)
SY = "http://purl.org/rss/1.0/modules/syndication/"


@pytest.mark.parametrize(
    ("feed", "at_least"),
    [
        ({}, None),
        ({"ttl": " 90 "}, timedelta(minutes=90)),
        ({"ttl": "0"}, None),
        ({"ttl": "-5"}, None),
        ({"ttl": "an hour"}, None),
        ({"ttl": "60.5"}, None),
        ({"ttl": "1" * 400}, None),
        ({"ttl": {"a": "b"}}, None),
        ({"sy_updateperiod": "Hourly"}, HOUR),
        ({"sy_updateperiod": " hourly\n", "sy_updatefrequency": "4"}, HOUR / 4),
        ({"sy_updateperiod": "daily", "sy_updatefrequency": "0"}, 24 * HOUR),
        ({"sy_updateperiod": "weekly", "sy_updatefrequency": "often"}, 7 * 24 * HOUR),
        ({"sy_updateperiod": "monthly"}, 30 * 24 * HOUR),
        ({"sy_updateperiod": "yearly"}, 365 * 24 * HOUR),
        ({"sy_updateperiod": "now and then", "sy_updatefrequency": "2"}, None),
        ({"sy_updatefrequency": "2"}, 12 * HOUR),
        ({"sy_updatefrequency": "0"}, None),
        ({"ttl": "120", "sy_updateperiod": "hourly"}, 2 * HOUR),
        ({"ttl": "30", "sy_updateperiod": "hourly"}, HOUR),
    ],
)
def test_the_longer_of_ttl_and_update_period_holds(feed: dict[str, object], at_least: timedelta | None) -> None:
    assert hints(feed, (), ()) == Hints(at_least=at_least)


def test_hours_and_days_are_numbers_and_english_names() -> None:
    found = hints({}, ["0", " 23 ", "24", "25", "-1", "noon", None, "5"], ["Monday", " SUNDAY ", "Mon", "lundi", None])
    assert found == Hints(skip_hours=frozenset({0, 5, 23}), skip_days=frozenset({0, 6}))


def test_to_skip_always_makes_no_sense() -> None:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    assert hints({}, [str(hour) for hour in range(24)], days) == Hints()


WAYS = [
    (
        "<rss version='2.0'><channel><ttl>60</ttl><skipHours><hour>1</hour></skipHours><skipDays><day>Saturday</day></skipDays>{}</channel></rss>",
        Hints(HOUR, frozenset({1}), frozenset({5})),
    ),
    (
        f"<rss version='2.0' xmlns:s='{SY}'><channel>{{}}<s:updatePeriod>daily</s:updatePeriod></channel></rss>",
        Hints(24 * HOUR),
    ),
    (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:sy='{SY}'><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>24</sy:updateFrequency>{{}}</feed>",
        Hints(HOUR),
    ),
]


@pytest.mark.parametrize(("text", "expected"), WAYS)
@pytest.mark.parametrize("broken", ["", "<item><title>a & b</item>"])
def test_a_document_s_own_elements_count_and_those_of_its_items_do_not(text: str, expected: Hints, broken: str) -> None:
    inner = (
        f"<item><ttl>5</ttl><x:updatePeriod xmlns:x='{SY}'>yearly</x:updatePeriod>"
        "<skipHours><hour>9</hour></skipHours><skipDays><day>Friday</day></skipDays></item>"
    )
    assert parse(text.format(inner + broken).encode()).hints == expected


def test_hours_outside_skiphours_are_none_to_skip() -> None:
    text = b"<rss version='2.0'><channel><hour>1</hour><day>Monday</day><skipHours a='b'><hour>2</hour></skipHours></channel></rss>"
    assert parse(text).hints == Hints()
