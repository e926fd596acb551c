"""Feeds that a poll by hand did not get at once: they are waited for, with patience that ends."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from config.rules import is_public
from worker.cli.rows import elsewhere_row, feed_note, poll_row
from worker.pipeline.claim import manners_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from worker.cli.output import Row
    from worker.store.rows import FeedRow
    from worker.wiring import Engine

LOOK_EVERY_S = 0.25

REMOVED = "removed meanwhile"
HELD = "held by a running poll"
RESTING = "its host is resting: it bears no more polls at the moment"


def poll_left_out(
    engine: Engine,
    feeds: Sequence[FeedRow],
    wake: Callable[[Sequence[int]], None],
    answered: Callable[[], None],
    *,
    force: bool,
    held_s: float,
) -> dict[str, Row]:
    """Return the rows, by URL, of feeds that were left out of the batch.

    Another process has a poll of them under way: then how that ends is told, for a second one would only burden the
    server. Or their host bears no more at the moment: they wait for their turn, however many take theirs before. Or
    they must travel alone, and do so now.

    It gives a feed up when `held_s` seconds have passed in which none was polled; where hosts rest between polls, that
    rest and `held_s`.
    """
    rows: dict[str, Row] = {}
    waiting = list(feeds)
    since = time.monotonic()
    while waiting:
        looked = time.monotonic()
        known = {feed.id: feed for feed in engine.store.feeds_list()}
        rows |= _ended(waiting, known, answered, now=engine.clock.now())
        waiting = [feed for feed in waiting if feed.url not in rows]
        for batch in _batches(known[feed.id] for feed in waiting):
            results = engine.poll(batch, wake=wake, answered=answered, force=force)
            rows |= {result.url: poll_row(result) for result in results}
            since = time.monotonic() if results else since
        waiting = [feed for feed in waiting if feed.url not in rows]
        for feed in waiting:
            now = known[feed.id]
            if time.monotonic() - since >= held_s + (0 if now.in_hand else _rest_s(engine, now)):
                rows[feed.url] = elsewhere_row(now, HELD if now.in_hand else RESTING, polled=False)
                answered()
        waiting = [feed for feed in waiting if feed.url not in rows]
        if waiting:
            # Where there are very many, a look takes longer; no more than half of the time goes into looking.
            time.sleep(max(LOOK_EVERY_S, time.monotonic() - looked))
    return rows


def _ended(
    waiting: Iterable[FeedRow], known: dict[int, FeedRow], answered: Callable[[], None], *, now: datetime
) -> dict[str, Row]:
    """Rows of the feeds that need no poll of ours any more, or take none."""
    rows: dict[str, Row] = {}
    for feed in waiting:
        there = known.get(feed.id)
        if there is None:
            rows[feed.url] = elsewhere_row(feed, REMOVED, polled=False)
        elif there.last_polled_at != feed.last_polled_at:
            rows[feed.url] = elsewhere_row(there, "polled by another process just now", polled=True)
        elif there.paused or there.merged_into is not None:
            rows[feed.url] = elsewhere_row(there, feed_note(there, now=now) or there.state, polled=False)
        else:
            continue
        answered()
    return rows


def _batches(feeds: Iterable[FeedRow]) -> Iterator[list[int]]:
    """One batch of those that may travel together, then the lone ones."""
    company: list[int] = []
    lone: list[int] = []
    for feed in feeds:
        (lone if feed.alone else company).append(feed.id)
    if company:
        yield company
    for one in lone:
        yield [one]


def _rest_s(engine: Engine, feed: FeedRow) -> float:
    """Seconds between two polls of the feed's host."""
    manners = manners_of(engine.settings)
    gap: timedelta = manners.gap if is_public(feed.polled_url) else manners.private_gap
    return gap.total_seconds()
