from datetime import UTC, date, datetime, timedelta

from worker.pipeline.survey import Met
from worker.pipeline.tally import Day, alerts_per_day, by_day, by_feed, items_in, samples_of, stories_in
from worker.records.archive import Candidate

NOON = datetime(2022, 2, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def met(item, *, story=None, feed=1, news=True, at=NOON, weight=1.0):
    return Met(Candidate(item, int(at.timestamp()), feed, story, news, told=True), weight)


FOUND = [
    met(6),
    met(5, story=2, feed=2, at=NOON + DAY, weight=2.5),
    met(4, story=2, feed=2, weight=2.5),
    met(3, story=1, feed=3, news=False),
    met(2, story=1, weight=2.5),
    met(1, story=1),
]


def test_items_count_as_many_as_they_stand_for_and_stories_once():
    assert (items_in(FOUND), stories_in(FOUND)) == (10, 4), "1 of story 1, 2.5 of story 2, 1 of none"
    assert (items_in([]), stories_in([])) == (0, 0)


def test_days_are_those_of_utc_and_none_is_left_out():
    begin, end = NOON - DAY, NOON + timedelta(hours=36)
    assert by_day(FOUND, begin=begin, end=end) == [
        Day(date(2022, 2, 11), 0, 0),
        Day(date(2022, 2, 12), 8, 4),
        Day(date(2022, 2, 13), 2, 2),
        Day(date(2022, 2, 14), 0, 0),
    ]
    midnight = datetime(2022, 2, 12, tzinfo=UTC)
    assert [day.day.day for day in by_day([], begin=midnight, end=midnight)] == [12]


def test_feeds_come_by_their_items():
    assert by_feed(FOUND) == [(2, 5), (1, 4), (3, 1)]
    assert by_feed([met(1, feed=9), met(2, feed=8)]) == [(8, 1), (9, 1)]


def test_samples_are_the_newest_of_each_story():
    assert samples_of(FOUND, 10) == [6, 5, 3]
    assert samples_of(FOUND, 2) == [6, 5]


def rate(mode, *, days=1.0, growth=None):
    asked = []

    def grown(stories):
        asked.extend(stories)
        return growth or {}

    found = alerts_per_day(FOUND, mode, grown, begin=NOON, end=NOON + days * DAY)
    assert sorted(asked) == ([1, 2] if mode == "updates" else [])
    return found


def test_alerts_follow_the_mode_and_only_news_is_told():
    assert rate("first") == 1 + 2.5 + 1
    assert rate("every") == 1 + 2.5 + 2.5 + 2.5 + 1
    assert rate("updates", growth={1: 3, 2: 2}) == 3 + 2 * 2.5 + 1
    assert rate("updates") == rate("first")


def test_alerts_are_told_by_the_day_and_less_than_one_is_one():
    assert rate("first", days=3) == 1.5
    assert rate("first", days=0.01) == rate("first")
    assert alerts_per_day([], "first", dict, begin=NOON, end=NOON) == 0
