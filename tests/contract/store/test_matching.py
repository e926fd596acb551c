from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import begun, folded
from sqlalchemy import select

from config.values import FeedLine
from worker.records import KeyOwner, OpenedStory
from worker.store import tables
from worker.stories.model import PollDecision, Revision
from worker.stories.story import summarise
from worker.watchlists.model import Hit, Span

if TYPE_CHECKING:
    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
WINDOW = timedelta(days=5)


def fold(store: Store, ids: Any, keys: Any) -> Any:
    """Fold like the pipeline: offer the keys, join the owner's story or begin one."""

    def once() -> Any:
        with store.matching() as transaction:
            transaction.watch_lists_version()
            story_of = {}
            for item in transaction.unmatched(ids):
                owners = transaction.claim_keys(dict.fromkeys(keys, item.id), now=NOW, window=WINDOW)
                told = transaction.said([owner.item for owner in owners.values()], since=NOW - WINDOW)
                if told:
                    first = min(said[0] for said in told.values())
                    transaction.fold([folded(item, first.story, text_of=first.text_of)])
                    story_of[item.id] = first.story
                else:
                    story_of |= begun(transaction, [item])
            reports = transaction.reports(story_of.values())
            transaction.sum_up({story: summarise(of) for story, of in reports.items()}, corrected=(), now=NOW)
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
        begun(transaction, [first])
        assert [item.id for item in transaction.unmatched([*late, *early])] == late


def test_a_failed_match_step_leaves_nothing(two: Any) -> None:
    a = two.store.feeds_list()[0].id
    ids = two.polled(a, "x")

    def fail() -> None:
        with two.store.matching() as transaction:
            begun(transaction, transaction.unmatched(ids))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with two.store.matching() as transaction:
        assert len(transaction.unmatched(ids)) == 1
        assert transaction.reports([1, 2, 3]) == {}


def test_stories_are_opened_in_order_and_summed_up(two: Any) -> None:
    a, b = (feed.id for feed in two.store.feeds_list())
    ids = [*two.polled(a, "x", "y"), *two.polled(b, "z")]
    with two.store.matching() as transaction:
        x, y, z = transaction.unmatched(ids)
        first, second = transaction.open_stories(
            [OpenedStory(one.id, one.title, one.link, None, NOW) for one in (x, y)], now=NOW
        )
        assert first < second
        transaction.fold([folded(x, first, wire="ANI"), folded(y, second), folded(z, first, text_of=x.id, words=7)])
        assert transaction.unmatched(ids) == []
        reports = transaction.reports([first, second])
        assert [(one.item, one.text_of, one.wire, one.words, one.outlet) for one in reports[first]] == [
            (x.id, x.id, "ANI", 100, f"feed:{a}"),
            (z.id, x.id, None, 7, f"feed:{b}"),
        ]
        transaction.sum_up({first: summarise(reports[first])}, corrected=[first], now=NOW + WINDOW)
    with two.store._transaction("read") as connection:
        story, other = connection.execute(select(tables.stories).order_by(tables.stories.c.id)).all()
    assert (story.reports, story.title, story.last_seen, story.independent_reports) == (2, "x", NOW, 1)
    assert (story.head_item, story.wire, story.corrected_at) == (x.id, "ANI", NOW + WINDOW)
    assert (other.reports, other.title, other.independent_reports, other.corrected_at) == (1, "y", 1, None)


def test_an_item_that_changed_comes_back_with_what_folding_found(two: Any, identified: Any) -> None:
    a, b = (feed.id for feed in two.store.feeds_list())
    first, second = (*two.polled(a, "x"), *two.polled(b, "x"))
    fold(two.store, [first, second], [1])
    (leased,) = two.begin(b, now=NOW, force=True)
    changed = PollDecision((), (Revision(second, identified("x", title="Another")),), (second,))
    two.written(two.record(leased, decision=changed))
    with two.store.matching() as transaction:
        assert transaction.replaced([first, second]) == {second: ("x", "Some text.")}
        (back,) = transaction.unmatched([first, second])
    assert (back.id, back.title, back.folded, back.text_of, back.story) == (second, "Another", "text", first, 1)
    assert (back.feed_url, back.feed_name, back.authors) == ("https://b.example/rss", "B", ())


def test_what_an_item_said_before_is_loaded_with_it_the_latest_first(two: Any, identified: Any) -> None:
    (feed, _) = (feed.id for feed in two.store.feeds_list())
    (item,) = two.polled(feed, "x")
    fold(two.store, [item], [1])
    for number in range(5):
        at = NOW + timedelta(minutes=number)
        (leased,) = two.begin(feed, now=at, force=True)
        changed = PollDecision((), (Revision(item, identified("x", title=f"Title {number}")),), (item,))
        two.written(two.record(leased, decision=changed, at=at))
        with two.store.matching() as transaction:
            (said,) = transaction.said([item], since=NOW).values()
            assert transaction.replaced([item]) == {item: ("x" if number == 0 else f"Title {number - 1}", "Some text.")}
    assert [one.title for one in said] == ["Title 4", "Title 3", "Title 2", "Title 1"]
    assert {one.id for one in said} == {item}


def test_keys_are_taken_whoever_owns_them(two: Any) -> None:
    claim(two, {5: 1, 6: 1})
    with two.store.matching() as transaction:
        transaction.claim_keys({5: 2, 6: 2, 7: 2}, now=NOW, window=WINDOW)
        transaction.take_keys({5: 2}, now=NOW)
        transaction.take_keys({}, now=NOW)
        transaction.settle_keys(shared=(), met={5: 1}, common=8, now=NOW, window=WINDOW)
    assert claim(two, dict.fromkeys((5, 6, 7), 3)) == {5: KeyOwner(2, 1), 6: KeyOwner(1, 0), 7: KeyOwner(2, 0)}


def test_batches_that_meet_the_same_keys_do_not_stop_each_other(world: Any) -> None:
    """Two with opposite counts, as boilerplate has them, and keys that both find outlived."""
    world.feeds(1)
    keys = range(0, 4_000, 7)
    claim(world, dict.fromkeys(keys, 1))
    gate = Barrier(2)

    def work(turn: int) -> None:
        gate.wait()
        with world.store.matching() as transaction:
            transaction.claim_keys(dict.fromkeys(keys, 2 + turn), now=NOW + WINDOW * 2, window=WINDOW)
            met = {key: 1 + (key // 7 + turn) % 2 for key in keys}
            transaction.settle_keys(shared=keys, met=met, common=8, now=NOW + WINDOW * 2, window=WINDOW)

    for _ in range(3):
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(work, range(2)))


def test_nothing_to_do_is_fine(two: Any) -> None:
    with two.store.matching() as transaction:
        assert transaction.unmatched([]) == []
        assert transaction.open_stories([], now=NOW) == []
        assert transaction.claim_keys({}, now=NOW, window=WINDOW) == {}
        assert transaction.said([], since=NOW) == transaction.reports([]) == transaction.replaced([]) == {}
        transaction.settle_keys(shared=(), met={}, common=8, now=NOW, window=WINDOW)
        transaction.fold([])
        transaction.sum_up({}, corrected=(), now=NOW)
        transaction.record_hits({}, now=NOW)
        assert transaction.record_alerts([], now=NOW) == []


def claim(two: Any, keys: Any, *, now: Any = NOW) -> Any:
    with two.store.matching() as transaction:
        return transaction.claim_keys(keys, now=now, window=WINDOW)


def settle(two: Any, *, now: Any = NOW, shared: Any = (), met: Any = {}) -> None:  # noqa: B006 - never changed
    with two.store.matching() as transaction:
        transaction.claim_keys(dict.fromkeys([*shared, *met], 99), now=now, window=WINDOW)
        transaction.settle_keys(shared=shared, met=met, common=8, now=now, window=WINDOW)


def test_a_key_is_its_first_items(two: Any) -> None:
    least, most = -(2**63), 2**63 - 1
    assert claim(two, {least: 1, most: 1}) == {}
    assert claim(two, {least: 1, most: 1}) == {}, "its own keys are no news to an item"
    assert claim(two, {least: 2, 7: 2}) == {least: KeyOwner(1, 0)}
    assert claim(two, {7: 1, most: 2}) == {7: KeyOwner(2, 0), most: KeyOwner(1, 0)}


def test_an_outlived_owner_loses_its_key_and_half_its_bad_name(two: Any) -> None:
    claim(two, {5: 1, 6: 1, 7: 1})
    settle(two, met={5: 4})
    assert claim(two, {5: 2}, now=NOW + WINDOW) == {5: KeyOwner(1, 4)}
    after = NOW + WINDOW + timedelta(seconds=1)
    assert claim(two, {5: 2, 6: 3}, now=after) == {}
    assert claim(two, {5: 4, 6: 4, 7: 4}, now=after) == {5: KeyOwner(2, 2), 6: KeyOwner(3, 0)}


def test_a_key_that_copies_share_lives_on(two: Any) -> None:
    claim(two, {5: 1, 6: 1})
    settle(two, shared=[5], now=NOW + WINDOW / 2)
    assert claim(two, {5: 2, 6: 2}, now=NOW + WINDOW * 1.4) == {5: KeyOwner(1, 0)}


def test_a_key_is_not_marked_at_each_of_many_copies(two: Any) -> None:
    claim(two, {5: 1})
    settle(two, shared=[5], now=NOW + timedelta(hours=1))
    assert claim(two, {5: 2}, now=NOW + WINDOW + timedelta(minutes=1)) == {}


def test_stories_that_met_a_key_in_vain_are_counted_up_to_the_limit(two: Any) -> None:
    claim(two, {5: 1, 6: 1, 7: 1})
    settle(two, met={5: 1, 6: 3})
    settle(two, met={5: 1, 6: 9})
    settle(two, met={6: 1})
    assert claim(two, dict.fromkeys((5, 6, 7), 2)) == {5: KeyOwner(1, 2), 6: KeyOwner(1, 11), 7: KeyOwner(1, 0)}


def test_only_items_of_stories_that_go_on_are_candidates(two: Any) -> None:
    (feed, _) = (feed.id for feed in two.store.feeds_list())
    ids = two.polled(feed, "x", "y")
    story_of = fold(two.store, ids[:1], [1])
    with two.store.matching() as transaction:
        ((told,),) = transaction.said(ids, since=NOW).values()
        assert (told.id, told.feed, told.story, told.text_of) == (ids[0], feed, story_of[ids[0]], ids[0])
        assert (told.title, told.text, told.link) == ("x", "Some text.", "https://a.example/x")
        assert transaction.said(ids, since=NOW + timedelta(seconds=1)) == {}


def test_a_key_that_is_shared_and_met_in_vain_is_both(two: Any) -> None:
    claim(two, {5: 1})
    settle(two, shared=[5], met={5: 2}, now=NOW + WINDOW)
    assert claim(two, {5: 2}, now=NOW + WINDOW * 1.5) == {5: KeyOwner(1, 2)}


def test_keys_are_pruned_in_turns(two: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("worker.store.key_log.MOST", 0)  # only what is in the table is pruned
    keys = dict.fromkeys(range(-(2**63), 2**63, 2**56), 1)
    claim(two, keys)
    settle(two, shared=[0], now=NOW + WINDOW)
    claim(two, {0: 1}, now=NOW + WINDOW)
    at = {"now": NOW + 2 * WINDOW + timedelta(seconds=1), "window": WINDOW}
    assert two.store.prune_copy_keys(turn=3, **at | {"now": NOW + 2 * WINDOW}) == 0
    assert [two.store.prune_copy_keys(turn=turn, **at) for turn in range(64, 128)] == [*[4] * 32, 3, *[4] * 31]
    assert claim(two, dict.fromkeys(keys, 2)) == {0: KeyOwner(1, 0)}


def test_many_keys_at_once(two: Any) -> None:
    with two.store.matching() as transaction:
        assert transaction.claim_keys(dict.fromkeys(range(12000), 1), now=NOW, window=WINDOW) == {}
        owners = transaction.claim_keys(dict.fromkeys(range(12000), 2), now=NOW, window=WINDOW)
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
        assert connection.scalars(select(tables.stories.c.independent_reports)).all() == [1] * 5
    owners = claim(world, {key: 0 for dispatch in range(5) for key in range(dispatch * 100, dispatch * 100 + 40)})
    assert len(owners) == 200
    assert len({owner.item for owner in owners.values()}) == 5


def test_racing_matchers_share_no_item(world: Any) -> None:
    (feed,) = world.feeds(1)
    ids = world.polled(feed, *(f"i{n}" for n in range(40)))

    def work(_: int) -> Any:
        with world.store.matching() as transaction:
            return [*begun(transaction, transaction.unmatched(ids))]

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
