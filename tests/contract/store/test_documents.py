from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from worker.records import Memory, Remembered, SliceRecord
from worker.stories.model import PollDecision

if TYPE_CHECKING:
    from worker.stories.model import Names

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
FRAME = b"f" * 16


def names(letter: str) -> Names:
    one, two, three, four = (f"{letter}{n}".encode().ljust(8, b"\0") for n in range(4))
    return one, two, three, four


def slice_of(name: str) -> bytes:
    return name.encode().ljust(16, b"\0")


def test_slices_are_remembered_in_order_with_the_ids_of_their_items(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    (old,) = world.polled(feed, "old")
    (leased,) = world.begin(feed, force=True)
    a, b = make("a", "b")
    slices = (
        SliceRecord(slice_of("a"), names("a"), identity=a.item.identity),
        SliceRecord(slice_of("old"), names("o"), item=old),
        SliceRecord(slice_of("again"), names("g"), identity=make("old")[0].item.identity),
        SliceRecord(slice_of("lost"), names("l"), identity=b"nowhere"),
        SliceRecord(slice_of("b"), names("b"), identity=b.item.identity),
        SliceRecord(slice_of("bare"), names("x")),
    )
    record = replace(world.record(leased, added=(a, b)), frame=FRAME, slices=slices, keep_memory=False)
    new_a, new_b = world.written(record)[feed].unmatched
    assert world.store.memory(feed) == Memory(
        FRAME,
        (
            Remembered(slice_of("a"), new_a, names("a")),
            Remembered(slice_of("old"), old, names("o")),
            Remembered(slice_of("again"), old, names("g")),
            Remembered(slice_of("b"), new_b, names("b")),
        ),
    )
    assert world.store.memory(feed + 1) is None


def test_memory_stays_is_replaced_and_is_forgotten_as_the_poll_says(world: Any) -> None:
    one, two = world.feeds(2)
    (item,) = world.polled(one, "a")
    first = (SliceRecord(slice_of("a"), names("a"), item=item),)
    leased = world.begin(one, two, force=True)
    world.written(*(world.record(feed, frame=FRAME, slices=first, keep_memory=False) for feed in leased))
    kept = Memory(FRAME, (Remembered(slice_of("a"), item, names("a")),))
    leased = world.begin(one, two, force=True)
    world.written(*(world.record(feed) for feed in leased))
    assert world.store.memory(one) == world.store.memory(two) == kept, "a 304 says nothing of it"
    leased = world.begin(one, two, force=True)
    world.written(
        world.record(leased[0], frame=b"g" * 16, keep_memory=False), world.record(leased[1], keep_memory=False)
    )
    assert world.store.memory(one) == Memory(b"g" * 16, ())
    assert world.store.memory(two) is None


def test_a_refused_poll_is_not_remembered(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    (bad,) = make("a")
    bad = replace(bad, item=replace(bad.item, item=replace(bad.item.item, title=None)))
    decision = PollDecision((bad,), (), ())
    record = world.record(leased, decision=decision, frame=FRAME, keep_memory=False, at=NOW + timedelta(seconds=1))
    assert world.written(record)[feed].refusal is not None
    assert world.store.memory(feed) is None
