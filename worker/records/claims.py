"""What a tick claims for the queue, and what a host bears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed the tick has leased for the queue.

    Attributes:
        fresh: Never polled yet.
        alone: Must travel in a batch of one.
        slow: Its polls take long.
        shared: Its host serves other feeds too and bears only so much at once, so that its poll must begin as soon as
            its batch does.
    """

    id: int
    fresh: bool
    alone: bool
    slow: bool
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Manners:
    """How much one host bears, over all workers (INTERFACE 2).

    Attributes:
        concurrency: Polls of one host at once.
        gap: Between the beginnings of two polls of one host.
        private_concurrency, private_gap: The same for hosts of our own (addresses that are not public, localhost):
            None and zero, unless somebody set them.
    """

    concurrency: int
    gap: timedelta
    private_concurrency: int | None = None
    private_gap: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class PageManners:
    """How much one host bears of somebody who reads its pages.

    Attributes:
        concurrency: Requests at once, polls counted; None: any number.
        gap: Between the beginnings of two requests, polls counted; the host may have asked for more than is set.
    """

    concurrency: int | None
    gap: timedelta


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery the tick has leased for the queue. Those of one channel travel together, unless `alone`."""

    id: int
    channel: int
    alone: bool


@dataclass(frozen=True, slots=True)
class UnmatchedItem:
    """An item whose matching was lost. `alone`: it was lost before and must travel in a batch of one."""

    id: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """Due work that nobody has begun, and what is in hand: together they show a worker that is deaf (DESIGN 4.6).

    Attributes:
        since: Since when the oldest has been due, or None.
        in_hand_until: When the youngest lease of begun work ends; it moves while whoever holds it lives.
    """

    since: datetime | None
    in_hand_until: datetime | None
