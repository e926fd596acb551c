"""What keeps the house in order, by the timetable."""

from __future__ import annotations

import time
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

from worker.feeds.cadence import GONE_INTERVAL
from worker.pipeline.indexing import keep_index
from worker.store.pruning import WALKS, Kept, Pruned
from worker.watchlists.volume import FEWEST, burst

if TYPE_CHECKING:
    from config.values import Settings
    from worker.clock import Clock
    from worker.store.store import Store

HOUR = timedelta(hours=1)

INDEXED_FOR_S = 2.0
"""So long a call brings the archive's index up to what there is; half of it is spent in leaving others their turn."""

PRUNED_FOR_S = 0.4
"""So long each walk for what is kept no longer goes on, for ticks wait meanwhile; that is a million rows a day."""

PULLED_IN_FROM = 1.1
"""So many of the longest waits there are, spread included: who is due later has that from a clock that was ahead."""


class Upkeep:
    """What is forgotten, brought up to date and looked over, each by a task of its own."""

    def __init__(self, store: Store, settings: Settings, *, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    def tidy(self) -> None:
        """Forget what is over: processes, pages' hosts, copy keys, index parts, and some of what is kept no longer.

        Poll what no interval keeps waiting.
        """
        now = self._clock.now()
        turn = int(now.timestamp() // HOUR.total_seconds())
        self._store.prune_copy_keys(turn=turn, now=now, window=self._settings.story_window)
        self._store.forget_heartbeats(now=now)
        self._store.forget_page_hosts(now=now)
        self.prune(seconds=PRUNED_FOR_S)
        self._store.retire_index()
        longest = max(self._settings.max_interval, GONE_INTERVAL)
        self._store.pull_in_feeds(now=now, beyond=now + longest * PULLED_IN_FROM)

    def prune(self, *, seconds: float = inf) -> Pruned:
        """Remove what is kept no longer (`retention`), and return how much that was.

        Each walk goes on for so many seconds from where the last call left it; without a bound, from its beginning to
        its end. After each step as long a pause as it took: on SQLite others write only then.
        """
        settings = self._settings
        kept = Kept.at(self._clock.now(), retention=settings.retention, story_window=settings.story_window)
        pruned = Pruned()
        for walk in WALKS:
            began = time.monotonic()
            ends, anew, ended = began + seconds, seconds == inf, False
            while not ended and began < ends:
                some, ended = self._store.prune(walk, kept, anew=anew)
                pruned, anew = pruned + some, False
                time.sleep(time.monotonic() - began)
                began = time.monotonic()
        return pruned

    def index(self) -> int:
        """Bring the archive's index up to what there is, for a few seconds at most; return how many items that were."""
        return keep_index(self._store, seconds=INDEXED_FOR_S, clock=time.monotonic, pause=time.sleep)

    def open_heartbeats(self) -> None:
        """See to it that who wants to hear when nothing matched hears it at the next time."""
        self._store.open_heartbeats(now=self._clock.now())

    def tell_bursts(self) -> None:
        """Tell the owner of watch lists that match far more than usual; their deliveries are due at once."""
        now = self._clock.now()
        bursts = [
            found for volume in self._store.volumes(now=now, at_least=FEWEST) if (found := burst(volume, now=now))
        ]
        if bursts:
            self._store.tell_bursts(bursts, owner=self._settings.owner, now=now)
