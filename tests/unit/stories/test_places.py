from __future__ import annotations

from worker.stories.identity import ABSENT
from worker.stories.places import Places

HERE, THERE = b"here....", b"there..."
NOON, NIGHT = b"noon....", b"night..."
GONE = {
    9: (ABSENT, HERE, ABSENT, NOON),
    7: (ABSENT, THERE, ABSENT, NOON),
    8: (ABSENT, HERE, ABSENT, ABSENT),
    1: (ABSENT, ABSENT, ABSENT, ABSENT),
}


def test_all_that_had_the_link_or_the_date_in_the_order_given_each_once() -> None:
    places = Places(GONE)
    assert [*places.at((HERE, NOON))] == [9, 7, 8]
    assert [*places.at((HERE, ABSENT))] == [9, 8]
    assert [*places.at((ABSENT, NOON))] == [9, 7]
    assert [*places.at((ABSENT, ABSENT))] == [*places.at((NOON, HERE))] == []


def test_of_many_places() -> None:
    places = Places(GONE)
    assert places.at_any([(THERE, NIGHT), (HERE, NIGHT), (HERE, ABSENT)]) == {7, 8, 9}
    assert places.at_any([(ABSENT, NOON)]) == {7, 9}
    assert places.at_any([]) == set()


def test_one_that_is_found_stands_nowhere_any_more() -> None:
    places = Places(GONE)
    places.leave(9)
    places.leave(1)
    assert [*places.at((HERE, NOON))] == [7, 8]
