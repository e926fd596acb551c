from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from worker.feeds.model import ItemData
from worker.stories.identity import identify
from worker.stories.model import KnownItem
from worker.stories.sayings import Sayings

if TYPE_CHECKING:
    from worker.stories.model import IdentifiedItem

NOON, NIGHT = datetime(2022, 2, 12, 12, tzinfo=UTC), datetime(2022, 2, 12, 23, tzinfo=UTC)
LONG, LABEL = "Snow falls in Kyiv", "Snow in Kyiv"


def one(title: str, published: datetime | None, link: str = "https://a.example/new") -> IdentifiedItem:
    (found,) = identify([ItemData(id=None, link=link, title=title, text="It fell.", published=published)])
    return found


def sayings(title: str, *dates: datetime | None) -> Sayings:
    """The known: of these dates, numbered from 1."""
    said = one(title, None).content
    known = [KnownItem(n, b"", said, f"https://a.example/{n}", date) for n, date in enumerate(dates, 1)]
    return Sayings(reversed(known))


@pytest.mark.parametrize(
    ("title", "known", "published", "taken"),
    [
        (LONG, [], NOON, None),
        (LONG, [NIGHT, NOON], NOON, 2),
        (LONG, [NIGHT, None, NOON], NOON, 2),
        (LONG, [NIGHT, NOON, None], NOON, 2),
        (LONG, [NIGHT, None], NOON, 2),
        (LONG, [NIGHT], NOON, None),
        (LONG, [NIGHT, NOON], None, 1),
        (LABEL, [NIGHT, None, NOON], NOON, 3),
        (LABEL, [NIGHT, None], NOON, None),
        (LABEL, [NIGHT, NOON], None, None),
    ],
)
def test_one_elsewhere_is_of_the_same_date_or_has_none_and_a_title_that_tells(
    title: str, known: list[datetime | None], published: datetime | None, taken: int | None
) -> None:
    found = sayings(title, *known).take(one(title, published), links_lie=False)
    assert (found.id if found else None) == taken


def test_each_is_taken_once_the_one_in_the_same_place_first() -> None:
    known = sayings(LABEL, NIGHT, NIGHT, NIGHT)
    there = one(LABEL, NOON, link="https://a.example/2")
    assert [found.id if found else None for found in (known.take(there, links_lie=False) for _ in range(2))] == [
        2,
        None,
    ]
    assert [found.id if found else None for found in (known.take(there, links_lie=True) for _ in range(3))] == [
        1,
        3,
        None,
    ]


def test_other_words_are_nobodys() -> None:
    assert sayings(LONG, NOON).take(one(LABEL, NOON), links_lie=True) is None
