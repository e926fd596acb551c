"""What the bodies of a batch may hold together, and who waits for whom."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.fetch.virtual_time import run

from worker.fetch.budget import Budget
from worker.fetch.model import HoldLimits

if TYPE_CHECKING:
    from worker.fetch.budget import Share

HOLD = HoldLimits(unasked=10, common=100, step=20)


class Ask:
    """One share that is to grow, in a task of its own."""

    def __init__(self, share: Share, size: int) -> None:
        self.task = asyncio.create_task(share.grow(size))

    async def is_granted(self) -> bool:
        await asyncio.wait([self.task], timeout=1)
        return self.task.done()


def test_a_little_is_held_unasked() -> None:
    async def scenario() -> None:
        budget = Budget(HoldLimits(unasked=10, common=0, step=1))
        await budget.share().grow(11)  # has the seat
        for _ in range(50):
            share = budget.share()
            await share.grow(10)
            assert not share.is_large

    run(scenario())


def test_more_is_taken_in_steps_from_what_is_common() -> None:
    async def scenario() -> None:
        share = Budget(HOLD).share()
        await share.grow(11)
        assert (share.allowed, share.held, share.is_large) == (30, 20, True)
        await share.grow(30)
        assert (share.allowed, share.held) == (30, 20)
        await share.grow(90)
        assert (share.allowed, share.held) == (90, 80)

    run(scenario())


def test_one_goes_on_when_nothing_is_left_and_the_others_wait_in_line() -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        first, second, third = budget.share(), budget.share(), budget.share()
        await first.grow(60)
        await second.grow(60)
        await first.grow(61)  # has the seat, and leaves what it held to the others
        await first.grow(1 << 40)
        assert first.held == 0
        await second.grow(110)
        waiting = [Ask(third, 31), Ask(second, 111), Ask(budget.share(), 11)]
        assert [await one.is_granted() for one in waiting] == [False] * 3
        first.let_go()
        # The seat goes to whoever waits longest; what is not there for the next, nobody behind it gets either.
        assert [await one.is_granted() for one in waiting] == [True, False, False]
        assert third.held == 0
        third.let_go()
        assert [await one.is_granted() for one in waiting] == [True, True, True]
        assert second.held == 0

    run(scenario())


def test_what_is_let_go_of_goes_to_all_it_suffices_for() -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        seat, common, *others = (budget.share() for _ in range(6))
        await common.grow(110)
        await seat.grow(11)
        waiting = [Ask(share, 50) for share in others]
        assert not await waiting[0].is_granted()
        common.let_go()
        common.let_go()
        assert [await one.is_granted() for one in waiting] == [True, True, False, False]
        seat.let_go()
        # The third has the seat; what is left is too little for the last.
        assert [await one.is_granted() for one in waiting] == [True, True, True, False]
        others[0].let_go()
        assert await waiting[3].is_granted()
        assert [share.held for share in others] == [0, 40, 0, 40]

    run(scenario())


@pytest.mark.parametrize(("size", "held", "allowed"), [(25, 15, 25), (10, 0, 10), (3, 0, 10), (90, 80, 90)])
def test_what_is_not_needed_in_the_end_is_given_back(size: int, held: int, allowed: int) -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        share, seat, other = budget.share(), budget.share(), budget.share()
        await share.grow(90)
        await seat.grow(110)
        share.settle(size)
        assert (share.held, share.allowed) == (held, allowed)
        await other.grow(10 + HOLD.common - held)
        assert other.held == HOLD.common - held

    run(scenario())


def test_the_seat_is_given_up_where_what_is_common_suffices_in_the_end() -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        share, other, late = budget.share(), budget.share(), budget.share()
        await share.grow(200)
        share.settle(111)
        assert share.held == 0  # not there: it stays where it is
        await other.grow(70)
        waiting = Ask(late, 80)
        assert not await waiting.is_granted()
        share.settle(50)
        assert (share.held, share.allowed) == (40, 50)
        assert await waiting.is_granted()
        assert late.held == 0  # has the seat now

    run(scenario())


def test_a_share_that_is_not_large_has_nothing_to_settle() -> None:
    share = Budget(HOLD).share()
    share.settle(5)
    share.let_go()
    assert (share.allowed, share.held) == (10, 0)


def test_whoever_gives_up_leaves_the_line() -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        seat, common, first, second = (budget.share() for _ in range(4))
        await common.grow(70)
        await seat.grow(200)
        giving_up, behind = Ask(first, 90), Ask(second, 40)
        assert not await behind.is_granted()
        giving_up.task.cancel()
        assert await behind.is_granted()
        assert (first.held, second.held) == (0, 30)

    run(scenario())


def test_whoever_gives_up_as_it_is_granted_can_give_it_back() -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        seat, common, first, second = (budget.share() for _ in range(4))
        await common.grow(110)
        await seat.grow(200)
        giving_up = Ask(first, 110)
        assert not await giving_up.is_granted()
        giving_up.task.cancel()
        common.let_go()
        with pytest.raises(asyncio.CancelledError):
            await giving_up.task
        first.let_go()
        await second.grow(110)
        assert second.held == HOLD.common

    run(scenario())


def test_a_grant_on_its_way_is_no_less_one() -> None:
    async def scenario() -> None:
        budget = Budget(HOLD)
        seat, common, first, second = (budget.share() for _ in range(4))
        await common.grow(110)
        await seat.grow(200)
        giving_up = Ask(first, 110)
        assert not await giving_up.is_granted()
        common.let_go()
        giving_up.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await giving_up.task
        assert first.held == HOLD.common
        first.let_go()
        await second.grow(110)
        assert second.held == HOLD.common

    run(scenario())


CAP = 400


@given(
    sizes=st.lists(st.lists(st.integers(1, 150), max_size=8).filter(lambda one: sum(one) <= CAP), max_size=24),
    common=st.integers(0, 120),
    step=st.integers(1, 50),
    taking=st.integers(0, 3),
    failing=st.sets(st.integers(0, 23)),
)
def test_whatever_they_want_all_end_and_hold_no_more_than_they_may(
    sizes: list[list[int]], common: int, step: int, taking: int, failing: set[int]
) -> None:
    hold = HoldLimits(unasked=10, common=common, step=step)

    async def scenario() -> None:
        budget = Budget(hold)
        shares = [budget.share() for _ in sizes]
        held = [0] * len(sizes)
        ended: deque[int] = deque()

        async def body(number: int) -> None:
            for more in sizes[number]:
                size = held[number] + more
                if size > shares[number].allowed:
                    await shares[number].grow(size)
                held[number] = size
                beyond = [max(0, one - hold.unasked) for one in held]
                assert sum(beyond) - max(beyond) <= common
                await asyncio.sleep(0.1 * (more % 3))
            if number in failing:
                held[number] = 0
                shares[number].let_go()
            else:
                shares[number].settle(held[number])
            ended.append(number)

        tasks = [asyncio.create_task(body(number)) for number in range(len(sizes))]
        taken = 0
        while taken < len(sizes):
            await asyncio.sleep(0.05 + taking)
            assert not [task.exception() for task in tasks if task.done() and task.exception()]
            while ended:
                number = ended.popleft()
                held[number] = 0
                shares[number].let_go()
                taken += 1
        # Everything is there again.
        if common >= step:
            last = budget.share()
            await last.grow(hold.unasked + common)
            assert last.held == common

    run(scenario())
