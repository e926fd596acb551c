from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.feeds.model import ItemData
from worker.stories.decide import decide_poll
from worker.stories.identity import identify, parked
from worker.stories.model import IdentifiedItem, KnownItem, NewItem, PollDecision, Revision
from worker.stories.recognition import Recognised

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def an_item(number: int, **more: object) -> IdentifiedItem:
    values = {"id": str(number), "link": f"https://a.example/{number}", "title": f"Title {number}"} | more
    return identify([ItemData(**values)])[0]  # type: ignore[arg-type]


def known(number: int, item: IdentifiedItem, *, revisions: int = 0) -> KnownItem:
    said = item.item
    return KnownItem(number, item.identity, item.content, said.link, said.published, said.updated, revisions)


def decide(
    *unseen: IdentifiedItem,
    met: list[tuple[KnownItem, IdentifiedItem]] | None = None,
    robbed: list[KnownItem] | None = None,
    last_good_at: datetime | None = NOW - HOUR,
    unchanged: tuple[int, ...] = (),
) -> PollDecision:
    return decide_poll(
        Recognised(met or [], [*unseen], robbed or []),
        now=NOW,
        last_good_at=last_good_at,
        fresh_for=DAY,
        story_window=5 * DAY,
        unchanged=unchanged,
    )


def test_a_known_item_is_seen() -> None:
    assert decide(met=[(known(7, an_item(1)), an_item(1))]) == PollDecision((), (), (7,))


def test_what_was_not_read_is_seen_once() -> None:
    met = [(known(7, an_item(1)), an_item(1))]
    assert decide(met=met, unchanged=(5, 7, 5)) == PollDecision((), (), (5, 7))


@pytest.mark.parametrize(
    ("changes", "words", "kept"),
    [
        ({"title": "Corrected"}, True, True),
        ({"text": "Corrected"}, True, True),
        ({"updated": NOW}, False, True),
        ({"title": "Corrected", "updated": NOW}, True, True),
        ({"link": "https://a.example/moved"}, False, False),
        ({"link": None}, False, False),
    ],
)
def test_changed_words_and_updated_dates_make_a_revision_and_a_link_alone_is_stored(
    changes: dict[str, object], words: bool, kept: bool
) -> None:
    changed = an_item(1, **changes)
    decision = decide(met=[(known(7, an_item(1)), changed)])
    assert decision == PollDecision((), (Revision(7, changed, words, kept),), (7,))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " TITLE  1 "},
        {"link": "http://A.example/1?utm_source=rss"},
        {"authors": ("Somebody",), "published": NOW, "summary": "Short."},
        {"updated": None},
    ],
)
def test_nothing_else_is_a_change(changes: dict[str, object]) -> None:
    before = an_item(1, updated=NOW - HOUR)
    changed = an_item(1, **({"updated": NOW - HOUR} | changes))
    assert decide(met=[(known(7, before), changed)]).revised == ()


@pytest.mark.parametrize(
    ("changes", "revisions", "kept", "worn"),
    [
        ({"title": "Corrected"}, 22, True, 0),
        ({"title": "Corrected"}, 23, True, 1),
        ({"title": "Corrected"}, 24, False, 0),
        ({"title": "Corrected"}, 99, False, 0),
        ({"updated": NOW}, 11, True, 0),
        ({"updated": NOW}, 12, False, 0),
        ({"link": None}, 23, False, 0),
    ],
)
def test_after_24_changes_no_more_revisions_are_kept_and_after_12_none_for_a_date(
    changes: dict[str, object], revisions: int, kept: bool, worn: int
) -> None:
    changed = an_item(1, **changes)
    decision = decide(met=[(known(7, an_item(1), revisions=revisions), changed)])
    assert ([one.kept for one in decision.revised], decision.worn) == ([kept], worn)


def test_a_known_item_under_another_identity_gets_that() -> None:
    item = identify([replace(an_item(1).item, id="new")])[0]
    assert decide(met=[(known(7, an_item(1)), item)]) == PollDecision((), (), (7,), ((7, item.identity),))


def test_one_whose_link_was_taken_makes_room_first_and_may_stand_elsewhere_now() -> None:
    first, second = known(7, an_item(1)), known(8, an_item(2))
    article = replace(an_item(3), identity=first.identity)
    back = replace(an_item(2), identity=second.identity)
    decision = decide(article, met=[(second, back)], robbed=[first, second])
    assert decision.reidentified == ((7, parked(7)), (8, parked(8)), (8, second.identity))
    assert decision.seen == (8,)
    assert [new.item for new in decision.new] == [article]


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
    decision = decide(item, last_good_at=None if last_good is None else NOW - last_good)
    assert decision == PollDecision((NewItem(item, news, fold),), (), ())


def test_without_a_trusted_publication_date_the_update_counts() -> None:
    for published in (None, NOW + 2 * DAY):
        (new,) = decide(an_item(1, published=published, updated=NOW - HOUR), last_good_at=None).new
        assert new.news


def test_new_items_stand_in_document_order() -> None:
    items = [an_item(n) for n in (3, 1, 2)]
    assert [new.item for new in decide(*items).new] == items
