"""A deadline that stands still while others are waited for."""

from __future__ import annotations

import asyncio

import pytest
from unit.fetch.virtual_time import run

from worker.fetch.alarm import Alarm
from worker.fetch.budget import Budget
from worker.fetch.deadline import Deadline
from worker.fetch.model import HoldLimits
from worker.fetch.room import Room


async def take(*, before: float, paused: float, after: float, deadline: Deadline) -> float:
    """Seconds until the end, proper or not, negative where it was the deadline."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with deadline:
            await asyncio.sleep(before)
            with deadline.paused():
                await asyncio.sleep(paused)
            await asyncio.sleep(after)
    except TimeoutError:
        return began - clock()
    return clock() - began


@pytest.mark.parametrize(
    ("before", "paused", "after", "ended"),
    [
        (1, 0, 18, 19),
        (1, 0, 30, -20),
        (30, 0, 0, -20),
        # The pause does not count,
        (10, 8, 9, 27),
        (10, 5, 30, -25),
        (19, 8, 2, -28),
        # beyond the patience it does,
        (10, 12, 5, 27),
        (10, 17, 5, -28),
        # and ends with it.
        (10, 100, 0, -28),
    ],
)
def test_a_pause_does_not_count_as_far_as_the_patience_goes(
    before: float, paused: float, after: float, ended: float
) -> None:
    deadline = Deadline(20, patience=8, alarm=Alarm())
    assert run(take(before=before, paused=paused, after=after, deadline=deadline)) == pytest.approx(ended)


def test_the_patience_is_for_all_pauses_together() -> None:
    ended: list[float] = []

    async def scenario() -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with Deadline(20, patience=8, alarm=Alarm()) as deadline:
                for _ in range(4):
                    with deadline.paused():
                        await asyncio.sleep(3)
                await asyncio.sleep(100)
        finally:
            ended.append(clock() - began)

    with pytest.raises(TimeoutError):
        run(scenario())
    assert ended == [pytest.approx(28)]


def test_an_error_passes_through() -> None:
    async def scenario() -> None:
        async with Deadline(20, patience=8, alarm=Alarm()) as deadline:
            with deadline.paused():
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(scenario())


def test_room_is_waited_for_at_the_expense_of_nobodys_deadline() -> None:
    async def scenario() -> float:
        clock = asyncio.get_running_loop().time
        began = clock()
        budget = Budget(HoldLimits(unasked=10, common=0, step=1))
        seat = budget.share()
        await seat.grow(11)
        asyncio.get_running_loop().call_later(6, seat.let_go)
        async with Deadline(20, patience=8, alarm=Alarm()) as deadline:
            await Room(budget.share(), deadline).grow(100)
            await asyncio.sleep(19)
        return clock() - began

    assert run(scenario()) == pytest.approx(25)


def test_a_pause_that_ends_in_the_last_moment_is_cancelled_once() -> None:
    faults: list[str] = []

    async def slow_to_end(deadline: Deadline, ended: asyncio.Event) -> None:
        try:
            with deadline.paused():
                await ended.wait()
            await asyncio.sleep(100)
        finally:
            await asyncio.sleep(1)

    async def scenario() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(lambda _, context: faults.append(context["message"]))
        loop.call_later(28, ended.set)
        async with Deadline(20, patience=8, alarm=Alarm()) as deadline:
            await slow_to_end(deadline, ended)

    with pytest.raises(TimeoutError):
        run(scenario())
    assert faults == []
