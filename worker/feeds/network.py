"""Whether it is the network that is down, rather than the feeds. PURE."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

REMEMBERED_FOR = timedelta(minutes=5)
HOSTS = 3
"""Fewer hosts than this say nothing of the network."""

LAST_REMEMBERED_FOR = timedelta(hours=2)
"""Where fewer were polled in the last five minutes, the last three hosts count, for so long."""


def is_down(polled: int, answered: int) -> bool:
    """Whether the network is down where of so many feeds polled so many got an answer, whatever it said.

    More than two thirds failed; of none polled nothing is known that would speak against it.
    """
    return answered * 3 < polled or not polled


class NetworkWatch:
    """Remembers how the latest poll of each host went: when most failed with network errors, the network is down.

    Each call costs the same however many hosts are remembered, but for the forgetting, which costs each poll once.
    """

    def __init__(self) -> None:
        # In the order in which they were recorded; the front of a plain dict grows slow as it is taken away.
        self._latest: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()
        self._failed = 0
        self._last: OrderedDict[str, tuple[datetime, bool]] = OrderedDict()
        self._down_since: datetime | None = None

    def record(self, host: str, *, at: datetime, failed: bool) -> None:
        """Remember a poll; `failed`: with an error of the network (no name, no connection, no answer in time)."""
        self._forget(host)
        self._latest[host] = at, failed
        self._failed += failed
        self._forget_old(at)
        self._last.pop(host, None)
        self._last[host] = at, failed
        if len(self._last) > HOSTS:
            self._last.popitem(last=False)

    def down_since(self, now: datetime) -> datetime | None:
        """Return from when on others may know better: five minutes before it first was down; None where it is not.

        What a process sees may be no more than a lane of feeds that hang.
        """
        if not self.is_down(now):
            self._down_since = None
        elif self._down_since is None or self._down_since > now:
            self._down_since = now - REMEMBERED_FOR
        return self._down_since

    def is_down(self, now: datetime) -> bool:
        """Whether of at least three hosts polled in the last five minutes more than two thirds failed so.

        Where there were not so many, whether the last three hosts of all did, in the last two hours.
        """
        self._forget_old(now)
        hosts = len(self._latest)
        if hosts >= HOSTS:
            return self._failed * 3 > hosts * 2
        lately = [failed for at, failed in self._last.values() if abs(now - at) <= LAST_REMEMBERED_FOR]
        return len(lately) == HOSTS and all(lately)

    def _forget_old(self, now: datetime) -> None:
        # A clock that was put back leaves moments that are yet to come; those are as far from now as old ones.
        while self._latest:
            host, (at, _) = next(iter(self._latest.items()))
            if abs(now - at) <= REMEMBERED_FOR:
                return
            self._forget(host)

    def _forget(self, host: str) -> None:
        _, failed = self._latest.pop(host, (None, False))
        self._failed -= failed
