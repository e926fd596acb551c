"""One timer for many deadlines: each has its own time all the same."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from unit.fetch.virtual_time import run

from worker.fetch.alarm import Alarm
from worker.fetch.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Sequence

FOR_EVER = 1000


async def ended(alarm: Alarm, seconds: float, *, sleeps: float = FOR_EVER, begins: float = 0) -> float:
    """Seconds from the start until the end, negative where it was the deadline."""
    clock = asyncio.get_running_loop().time
    began = clock()
    await asyncio.sleep(begins)
    try:
        async with Deadline(seconds, patience=0, alarm=alarm):
            await asyncio.sleep(sleeps)
    except TimeoutError:
        return began - clock()
    return clock() - began


async def together(*deadlines: tuple[float, float, float]) -> Sequence[float]:
    alarm = Alarm()
    return await asyncio.gather(
        *[ended(alarm, seconds, sleeps=sleeps, begins=begins) for begins, seconds, sleeps in deadlines]
    )


@pytest.mark.parametrize(
    ("deadlines", "ends"),  # of each deadline: when it begins, its seconds, how long it would sleep
    [
        ([(0, 20, FOR_EVER), (1, 20, FOR_EVER), (1, 20, FOR_EVER), (5, 20, 3)], [-20, -21, -21, 8]),
        ([(0, 20, 3), (2, 20, FOR_EVER)], [3, -22]),
        # A later one may be nearer,
        ([(0, 20, FOR_EVER), (1, 5, FOR_EVER), (2, 30, FOR_EVER)], [-20, -6, -32]),
        # and after all have gone there may be others.
        ([(0, 20, FOR_EVER), (100, 20, FOR_EVER)], [-20, -120]),
        ([(0, 20, 1), (10, 2, FOR_EVER), (100, 20, 1)], [1, -12, 101]),
    ],
)
def test_each_ends_at_its_own_time(deadlines: list[tuple[float, float, float]], ends: list[float]) -> None:
    assert run(together(*deadlines)) == [pytest.approx(end) for end in ends]


def test_there_is_but_one_timer() -> None:
    async def scenario() -> list[int]:
        alarm, loop = Alarm(), asyncio.get_running_loop()
        before = len(loop._scheduled)
        counts = []
        for _ in range(3):
            async with Deadline(20, patience=1, alarm=alarm), Deadline(20, patience=1, alarm=alarm) as one:
                with one.paused():
                    counts.append(len(loop._scheduled) - before)
        return counts

    assert run(scenario()) == [1, 1, 1]


def test_whoever_is_cancelled_meanwhile_is_not_out_of_time() -> None:
    async def scenario() -> None:
        waiting = asyncio.create_task(ended(Alarm(), 20))
        await asyncio.sleep(10)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()

    run(scenario())


def test_who_ends_in_the_very_moment_may_end_either_way_but_once() -> None:
    assert abs(run(ended(Alarm(), 20, sleeps=20))) == pytest.approx(20)
