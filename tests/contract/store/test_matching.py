from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from config.values import FeedLine
from worker.store import tables
from worker.watchlists.model import Hit, Span

if TYPE_CHECKING:
    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
WINDOW = timedelta(days=5)


def fold(store: Store, ids: Any, keys: Any) -> Any:
    """Fold like the pipeline: open a story an item, offer the keys, join the owner."""

    def once() -> Any:
        with store.matching() as transaction:
            transaction.watch_lists_version()
            items = transaction.unmatched(ids)
            opened = transaction.open_stories(items, now=NOW)
            story_of = {}
            for item, story in zip(items, opened, strict=True):
                owners = transaction.claim_keys(dict.fromkeys(keys, story), now=NOW, window=WINDOW)
                owner = min(owners.values())
                assert set(transaction.stories([owner])) == {owner}
                if owner != story:
                    transaction.drop_stories([story])
                story_of[item.id] = owner
            transaction.fold(story_of)
            transaction.mark_matched([item.id for item in items])
        return story_of

    return store.retrying(once)


def test_items_are_loaded_with_what_matching_needs(two: Any) -> None:
    a, b = (feed.id for feed in two.store.feeds_list())
    late = two.polled(a, "late", at=NOW + timedelta(minutes=1))
    early = two.polled(b, "early")
    with two.store.matching() as transaction:
        assert [found.name for found in transaction.watch_lists()] == ["Kyiv", "Ukraine"]
        assert [found.query for found in transaction.watch_lists()] == ['"Kyiv"', '"Ukraine"']
        first, second = transaction.unmatched([*late, *early, 999])
        assert [first.id, second.id] == [*early, *late]
        assert (second.feed, second.title, second.news, second.story) == (a, "late", True, None)
        assert second.matchable.feed_tags == {"world"}
        transaction.mark_matched(early)
        assert [item.id for item in transaction.unmatched([*late, *early])] == late


def test_a_failed_match_step_leaves_nothing(two: Any) -> None:
    a = two.store.feeds_list()[0].id
    ids = two.polled(a, "x")

    def fail() -> None:
        with two.store.matching() as transaction:
            transaction.open_stories(transaction.unmatched(ids), now=NOW)
            transaction.mark_matched(ids)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with two.store.matching() as transaction:
        assert len(transaction.unmatched(ids)) == 1
        assert transaction.stories([1, 2, 3]) == {}


def test_stories_are_opened_in_order_folded_and_dropped(two: Any) -> None:
    a, b = (feed.id for feed in two.store.feeds_list())
    ids = [*two.polled(a, "x", "y"), *two.polled(b, "z")]
    with two.store.matching() as transaction:
        items = transaction.unmatched(ids)
        one, other, third = transaction.open_stories(items, now=NOW)
        assert transaction.claim_keys({-(2**63): one, 2**63 - 1: one, 7: third}, now=NOW, window=WINDOW) == {
            -(2**63): one,
            2**63 - 1: one,
            7: third,
        }
        transaction.drop_stories([other, third])
        assert transaction.claim_keys({7: one}, now=NOW, window=WINDOW) == {7: one}, "dropped stories give keys back"
        transaction.fold(dict.fromkeys(ids, one))
        assert transaction.stories([one, other])[one].feeds == {a, b}
        assert list(transaction.stories([one, other])) == [one]
    with two.store._transaction("read") as connection:
        (story,) = connection.execute(select(tables.stories)).all()
    assert (story.reports, story.title, story.last_seen, story.independent_reports) == (3, "x", NOW, None)
    with two.store.matching() as transaction:
        (x, *_) = transaction.unmatched(ids)
        assert x.story == one
        (moved,) = transaction.open_stories([x], now=NOW)
        transaction.fold({x.id: moved})
    with two.store._transaction("read") as connection:
        counts = connection.execute(select(tables.stories.c.reports).order_by(tables.stories.c.id)).scalars().all()
    assert counts == [2, 1]


def test_nothing_to_do_is_fine(two: Any) -> None:
    with two.store.matching() as transaction:
        assert transaction.unmatched([]) == []
        assert transaction.open_stories([], now=NOW) == []
        assert transaction.claim_keys({}, now=NOW, window=WINDOW) == {}
        transaction.fold({})
        transaction.record_hits({}, now=NOW)
        assert transaction.record_alerts([], now=NOW) == []
        transaction.mark_matched([])


def test_an_outlived_owner_loses_its_key(two: Any) -> None:
    with two.store.matching() as transaction:
        assert transaction.claim_keys({5: 1, 6: 1}, now=NOW, window=WINDOW) == {5: 1, 6: 1}
    with two.store.matching() as transaction:
        assert transaction.claim_keys({5: 2}, now=NOW + WINDOW, window=WINDOW) == {5: 1}
    after = NOW + WINDOW + timedelta(seconds=1)
    with two.store.matching() as transaction:
        assert transaction.claim_keys({5: 2, 6: 2}, now=after, window=WINDOW) == {5: 1, 6: 2}


def test_many_keys_at_once(two: Any) -> None:
    with two.store.matching() as transaction:
        owners = transaction.claim_keys(dict.fromkeys(range(12000), 1), now=NOW, window=WINDOW)
    assert len(owners) == 12_000


def test_many_workers_with_one_dispatch_make_one_story(world: Any) -> None:
    world.apply(feeds=[FeedLine(f"https://f{n}.example/") for n in range(6)])
    feeds = [feed.id for feed in world.store.feeds_list()]
    for dispatch in range(5):
        ids = [world.polled(feed, f"d{dispatch}f{feed}")[0] for feed in feeds]
        keys = [dispatch * 100 + n for n in range(40)]
        gate = Barrier(len(ids))

        def work(item: Any, keys: Any = keys, gate: Any = gate) -> Any:
            gate.wait()
            return fold(world.store, [item], keys)

        with ThreadPoolExecutor(len(ids)) as threads:
            stories = {story for found in threads.map(work, ids) for story in found.values()}
        assert len(stories) == 1
    with world.store._transaction("read") as connection:
        assert connection.scalars(select(tables.stories.c.reports)).all() == [6] * 5
        assert connection.scalar(select(func.count()).select_from(tables.copy_keys)) == 200


def test_racing_matchers_share_no_item(world: Any) -> None:
    (feed,) = world.feeds(1)
    ids = world.polled(feed, *(f"i{n}" for n in range(40)))

    def work(_: int) -> Any:
        with world.store.matching() as transaction:
            found = [item.id for item in transaction.unmatched(ids)]
            transaction.mark_matched(found)
        return found

    with ThreadPoolExecutor(4) as threads:
        taken = [item for found in threads.map(work, range(4)) for item in found]
    assert sorted(taken) == sorted(ids)


def test_a_repeated_hit_updates_terms_and_spans(two: Any) -> None:
    a = two.store.feeds_list()[0].id
    (item,) = two.polled(a, "x")
    for terms in (("Kyiv",), ("Kyiv", "Київ")):
        with two.store.matching() as transaction:
            list_id = transaction.watch_lists()[0].id
            transaction.record_hits({item: [Hit(list_id, terms, (Span("title", 0, 4),))]}, now=NOW)
    with two.store._transaction("read") as connection:
        (row,) = connection.execute(select(tables.matches)).all()
    assert (row.terms, row.spans) == (["Kyiv", "Київ"], [["title", 0, 4]])
    (kyiv, ukraine) = two.store.watch_lists_list(NOW)
    assert (kyiv.matches_7d, ukraine.matches_7d) == (1, 0)
    assert (kyiv.query, kyiv.subscribers, kyiv.state, kyiv.managed_by) == ('"Kyiv"', ("desk",), "active", "file")
    assert two.store.watch_lists_list(NOW + timedelta(days=8))[0].matches_7d == 0
