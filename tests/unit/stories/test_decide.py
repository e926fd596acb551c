from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.feeds.model import ItemData
from worker.stories.decide import decide_poll
from worker.stories.identity import identify
from worker.stories.model import IdentifiedItem, KnownItem, NewItem, PollDecision, Revision

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def an_item(number: int, *, published: datetime | None = None, updated: datetime | None = None) -> IdentifiedItem:
    return identify(
        [
            ItemData(
                id=str(number),
                link=f"https://a.example/{number}",
                title=f"Title {number}",
                published=published,
                updated=updated,
            )
        ]
    )[0]


def known(number: int, item: IdentifiedItem) -> KnownItem:
    return KnownItem(number, item.identity, item.content)


def renamed(item: IdentifiedItem, name: str) -> IdentifiedItem:
    return identify([replace(item.item, id=name)])[0]


def decide(
    items: list[IdentifiedItem],
    by_identity: list[KnownItem] | None = None,
    by_content: list[KnownItem] | None = None,
    *,
    last_good_at: datetime | None = NOW - HOUR,
) -> PollDecision:
    return decide_poll(
        items,
        by_identity or [],
        by_content or [],
        now=NOW,
        last_good_at=last_good_at,
        fresh_for=DAY,
        story_window=5 * DAY,
    )


def test_a_known_item_is_seen() -> None:
    assert decide([an_item(1)], [known(7, an_item(1))]) == PollDecision((), (), (7,))


def test_a_changed_item_is_seen_and_revised() -> None:
    changed = identify([replace(an_item(1).item, title="Corrected")])[0]
    assert decide([changed], [known(7, an_item(1))]) == PollDecision((), (Revision(7, changed),), (7,))


def test_the_same_content_under_a_new_id_is_the_same_item() -> None:
    item = renamed(an_item(1), "new")
    assert decide([item], [], [known(7, an_item(1))]) == PollDecision((), (), (7,), ((7, item.identity),))


def test_an_item_still_here_under_its_own_id_is_not_claimed() -> None:
    item, copy = an_item(1), renamed(an_item(1), "copy")
    decision = decide([item, copy], [known(7, item)], [known(7, item)])
    assert decision.seen == (7,)
    assert [new.item for new in decision.new] == [copy]


def test_each_known_item_is_claimed_once_the_earliest_first() -> None:
    item = an_item(1)
    copies = [renamed(item, name) for name in "abc"]
    decision = decide(copies, [], [known(9, item), known(8, renamed(item, "z"))])
    assert decision.reidentified == ((8, copies[0].identity), (9, copies[1].identity))
    assert decision.seen == (8, 9)
    assert [new.item for new in decision.new] == [copies[2]]


@pytest.mark.parametrize(
    ("age", "last_good", "news", "fold"),
    [
        (HOUR, None, True, True),
        (DAY, None, True, True),
        (DAY + HOUR, None, False, True),
        (6 * DAY, None, False, False),
        (None, None, False, True),
        (-23 * HOUR, None, True, True),
        (-25 * HOUR, None, False, True),
        (HOUR, HOUR, True, True),
        (None, HOUR, True, True),
        (DAY + HOUR, HOUR, True, True),
        (DAY + 2 * HOUR, HOUR, False, True),
        (6 * DAY, 10 * DAY, True, True),
        (6 * DAY, HOUR, False, False),
        (-25 * HOUR, HOUR, True, True),
        (NOW - datetime(1989, 12, 31, tzinfo=UTC), HOUR, True, True),
    ],
)
def test_what_is_news(age: timedelta | None, last_good: timedelta | None, news: bool, fold: bool) -> None:
    item = an_item(1, published=None if age is None else NOW - age)
    decision = decide([item], last_good_at=None if last_good is None else NOW - last_good)
    assert decision == PollDecision((NewItem(item, news, fold),), (), ())


def test_without_a_trusted_publication_date_the_update_counts() -> None:
    for published in (None, NOW + 2 * DAY):
        (new,) = decide([an_item(1, published=published, updated=NOW - HOUR)], last_good_at=None).new
        assert new.news


def test_new_items_stand_in_document_order() -> None:
    items = [an_item(n) for n in (3, 1, 2)]
    assert [new.item for new in decide(items).new] == items
