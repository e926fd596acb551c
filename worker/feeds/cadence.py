"""When to poll a feed next. Durations in, a moment out. PURE.

The interval between two good polls is learned: half the time between two items, so that news is seen while it is new,
less where documents overlap little, and ever more the longer a feed stays silent. The publisher's wishes are floors
under it, the setting max_interval is the roof over everything (INTERFACE 8.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from worker.feeds.model import Hints
from worker.feeds.welcome import when_welcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DEFAULT_INTERVAL = timedelta(minutes=15)
"""The rhythm of a feed of which nothing is known yet."""

SLOW_LANE = timedelta(days=1)
"""A broken feed is tried daily."""

GONE_INTERVAL = timedelta(days=7)
"""A feed that answered 410 is tried weekly, whatever `max_interval` says (INTERFACE 8.9)."""

_MOST_DOUBLINGS = 16  # past it every gap is over any cap, and a timedelta ends before 2 ** 30 days

_LONGEST_AT_FIRST = timedelta(hours=1)
"""One document says little of a rhythm: a feed is looked at so often at first, however rare its items seem."""

_DATES = 10
"""So many of the newest dates say how often a feed has items now."""

_GAP_MEMORY = 0.75
"""What the mean time between items keeps of itself when news comes."""

_LONGEST_GAP = 4
"""One gap counts for no more than so many usual ones: a night's rest says nothing of the day."""

_AFTER_GAP, _LOW_OVERLAP, _HIGH_OVERLAP, _NOTHING_NEW = 0.25, 0.5, 1.1, 1.25
"""What the interval is multiplied by; the last two at most."""

_SPREAD = 0.05
"""Learned intervals vary by so much to both sides, so that feeds do not stay together."""

_LATER = 0.1
"""Tries after a failure come later by up to so much."""

_WHOLE_AT_MOST = timedelta(days=1)
_WHOLE_AT_LEAST = timedelta(days=7)
_STUMBLES = 3
"""So many failures in a row may be the fault of the conditions that come with the request."""

_OVERDUE = 3
"""News is overdue after so many usual gaps between items ..."""

_OVERDUE_UNKNOWN = timedelta(days=1)
"""... or, where these are not known, after so long."""

_SILENCE_SHARE = 4
"""A silence counts for so much of an interval: a quarter."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The settings min_interval and max_interval."""

    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a feed's rhythm; kept with the feed.

    Attributes:
        interval: The gap between two good polls as learned so far, None before the first.
        item_gap: The mean time between two new items, None where that is not known yet.
        last_new_at: When the latest news came: the time of the poll that brought it, on a first poll the latest date
            among the items; None where nothing is known.
    """

    interval: timedelta | None = None
    item_gap: timedelta | None = None
    last_new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What the items of one document were to us.

    Attributes:
        new: Items never seen before.
        known: Items that we held (seen, revised or under another id).
        dates: Trusted dates (`feeds.dates.trusted`) of the document's items, in any order, as far as they have any.
        whole: False for a document of new items alone (226), which says nothing of overlap.
    """

    new: int
    known: int
    dates: tuple[datetime, ...] = ()
    whole: bool = True


_NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Wishes:
    """When the publisher wants us back.

    Attributes:
        fresh_for: Of the response (RFC 9111, 4.2), or None.
        retry_after: Of the response, with whatever status it came (RFC 9110, 10.2.3), or None.
        hints: Of the document.
        ignored: The feed's `ignore_hints`: only `retry_after` holds.
    """

    fresh_for: timedelta | None = None
    retry_after: timedelta | None = None
    hints: Hints = _NO_HINTS
    ignored: bool = False


def paced(pace: Pace, brought: Brought | None, *, now: datetime, last_good_at: datetime | None, bounds: Bounds) -> Pace:
    """Return what is known of the rhythm after a good poll; `brought` None: nothing had changed (304, same body).

    The more of a document was known, the longer the interval becomes: none of it quarters, less than a half halves it.
    Else it moves towards the time between two items: from above as fast as by halves, from below gently, to half of it.
    """
    if pace.interval is None:
        return _first(brought, now=now, bounds=bounds)
    if brought is None or not brought.new:
        return Pace(_slower(pace, pace.interval, now=now, bounds=bounds), pace.item_gap, pace.last_new_at)
    item_gap = _mean_gap(pace, pace.interval, brought, now=now, since=pace.last_new_at or last_good_at)
    if brought.whole and not brought.known:
        interval = pace.interval * _AFTER_GAP
    elif brought.whole and brought.known < brought.new:
        interval = pace.interval * _LOW_OVERLAP
    elif item_gap is None:
        interval = pace.interval
    elif pace.interval > item_gap:
        interval = max(item_gap, pace.interval * _LOW_OVERLAP)
    else:
        interval = max(pace.interval, min(pace.interval * _HIGH_OVERLAP, item_gap / 2))
    return Pace(interval=_within(interval, bounds), item_gap=item_gap, last_new_at=now)


def is_gap(brought: Brought, *, listed: int) -> bool:
    """Whether items may have come and gone unseen.

    Nothing of a whole document was known, although the one before had items (`listed`), and this one has some.
    """
    return brought.whole and brought.new > 0 and not brought.known and listed > 0


def interval(every: timedelta | None, pace: Pace, bounds: Bounds) -> timedelta:
    """Return the gap between two good polls: `every`, at most the longest; without it the learned one within bounds."""
    if every is not None:
        return min(every, bounds.longest)
    return _within(DEFAULT_INTERVAL if pace.interval is None else pace.interval, bounds)


def after_good(
    *,
    began: datetime,
    now: datetime,
    every: timedelta | None,
    pace: Pace,
    bounds: Bounds,
    wishes: Wishes,
    jitter: float,
    first: bool,
) -> datetime:
    """Return the next poll after a good one. `jitter` lies in [0, 1). `first`: this was the feed's first good poll.

    One interval after the poll began (of a batch: the first of it, so that `every` is kept to the second), never in
    the past, and no sooner after the answer (`now`) than the shortest interval or the publisher wishes. The poll after
    the first comes sooner by up to a half, so that feeds added together do not stay together; later ones keep `every`
    exactly and spread the learned interval a little.
    """
    gap = interval(every, pace, bounds)
    if first:
        soonest = gap / 2 if every is not None else max(gap / 2, min(bounds.shortest, bounds.longest))
        # Where half an interval would be under the shortest one, the spread goes the other way.
        latest = gap if every is not None else min(max(gap, soonest * 1.5), bounds.longest)
        gap = latest - (latest - soonest) * jitter
    elif every is None:
        soonest, latest = _within(gap * (1 - _SPREAD), bounds), _within(gap * (1 + _SPREAD), bounds)
        gap = soonest + (latest - soonest) * jitter
    due = max(began + gap, now)
    if every is None:
        due = max(due, now + min(bounds.shortest, bounds.longest))
    if wishes.fresh_for is not None and not wishes.ignored:
        due = max(due, now + min(wishes.fresh_for, bounds.longest))
    return _as_wished(due, now=now, bounds=bounds, wishes=wishes, jitter=jitter)


def after_failure(
    *,
    now: datetime,
    every: timedelta | None,
    pace: Pace,
    failures: int,
    bounds: Bounds,
    wishes: Wishes,
    jitter: float,
) -> datetime:
    """Return the next poll after the `failures`-th failure in a row: the gap doubles each time (RELIABILITY 28).

    `failures` 0: nobody is to blame (the network is down); one plain interval. The publisher's wishes hold here too,
    save `fresh_for`: an error page is nothing to keep.
    """
    gap: timedelta = interval(every, pace, bounds) * 2 ** min(failures, _MOST_DOUBLINGS)
    return _later(gap, now=now, bounds=bounds, wishes=wishes, jitter=jitter)


def after_broken(*, now: datetime, bounds: Bounds, wishes: Wishes, jitter: float) -> datetime:
    """Return the next try of a broken feed: in a day, or the longest interval if that is shorter; wishes as above."""
    return _later(SLOW_LANE, now=now, bounds=bounds, wishes=wishes, jitter=jitter)


def after_gone(*, now: datetime, jitter: float) -> datetime:
    """Return the next try of a feed that is gone (410)."""
    return now + GONE_INTERVAL * (1 + _SPREAD * jitter)


def wants_whole(
    pace: Pace, *, now: datetime, last_whole_at: datetime | None, last_good_at: datetime | None, failures: int
) -> bool:
    """Whether to ask without validators: the server's 304s may lie, or it may stumble over the conditions.

    At most once a day, and only where news is overdue by the feed's own rhythm, or weekly. The longer a feed is silent
    although whole documents were asked for, the more its 304s are believed; and where no good poll came after the last
    whole document, no 304 can have lied. From a few `failures` in a row on, and a day after the last whole document,
    each try asks so until one comes.
    """
    if last_whole_at is None or last_good_at is None:
        return False
    trusting = now - last_whole_at
    if failures >= _STUMBLES:
        return trusting >= _WHOLE_AT_MOST
    if last_good_at <= last_whole_at:
        return False
    if trusting >= _WHOLE_AT_LEAST:
        return True
    if pace.last_new_at is None:
        return False
    silence = now - pace.last_new_at
    overdue = _OVERDUE_UNKNOWN if pace.item_gap is None else pace.item_gap * _OVERDUE
    return silence > overdue and trusting >= max(_WHOLE_AT_MOST, silence / _SILENCE_SHARE)


def _within(gap: timedelta, bounds: Bounds) -> timedelta:
    return min(max(gap, bounds.shortest), bounds.longest)


def _first(brought: Brought | None, *, now: datetime, bounds: Bounds) -> Pace:
    """What the first document says by its dates."""
    if brought is None or not brought.new + brought.known:
        return Pace(interval=_within(DEFAULT_INTERVAL, bounds))
    item_gap = _gap_of(brought.dates, now)
    interval = DEFAULT_INTERVAL if item_gap is None else min(item_gap / 2, _LONGEST_AT_FIRST)
    return Pace(_within(interval, bounds), item_gap, last_new_at=min(max(brought.dates, default=now), now))


def _gap_of(dates: Iterable[datetime], now: datetime) -> timedelta | None:
    """The mean time between the newest dates; None where there are not two.

    Equal dates are one: they were published together. The longest gap does not count where there are others: an item
    pinned to the top, or one with a date that is off, makes a long one.
    """
    newest = sorted({min(date, now) for date in dates}, reverse=True)[:_DATES]
    gaps = sorted(later - earlier for later, earlier in pairwise(newest))
    usual = gaps[:-1] or gaps
    return sum(usual, timedelta(0)) / len(usual) if usual else None


def _mean_gap(
    pace: Pace, interval: timedelta, brought: Brought, *, now: datetime, since: datetime | None
) -> timedelta | None:
    """The mean time between two items, moved by the news that came after `since`."""
    if since is None:
        return pace.item_gap if pace.item_gap is not None else _gap_of(brought.dates, now)
    gap = max(now - since, timedelta(0)) / brought.new
    if pace.item_gap is None:
        return gap
    gap = min(gap, max(pace.item_gap, interval) * _LONGEST_GAP)
    return pace.item_gap * _GAP_MEMORY + gap * (1 - _GAP_MEMORY)


def _slower(pace: Pace, interval: timedelta, *, now: datetime, bounds: Bounds) -> timedelta:
    """The interval after a poll that brought nothing: as long as the rhythm and the silence so far allow."""
    target = bounds.longest if pace.last_new_at is None else (now - pace.last_new_at) / _SILENCE_SHARE
    if pace.item_gap is not None:
        target = max(target, pace.item_gap / 2)
    return _within(max(interval, min(interval * _NOTHING_NEW, target)), bounds)


def _later(gap: timedelta, *, now: datetime, bounds: Bounds, wishes: Wishes, jitter: float) -> datetime:
    """The next try after a failure: `gap` and a little more; what reaches the longest interval is spread below it."""
    if gap < bounds.longest:
        gap = min(gap * (1 + _LATER * jitter), bounds.longest)
    else:
        gap = bounds.longest * (1 - _SPREAD * jitter)
    return _as_wished(now + gap, now=now, bounds=bounds, wishes=wishes, jitter=jitter)


def _as_wished(due: datetime, *, now: datetime, bounds: Bounds, wishes: Wishes, jitter: float) -> datetime:
    """`due`, put off as the publisher wishes; no later than the longest interval from `now`."""
    if wishes.retry_after is not None:
        due = max(due, now + min(wishes.retry_after, bounds.longest))
    if not wishes.ignored:
        if wishes.hints.at_least is not None:
            due = max(due, now + min(wishes.hints.at_least, bounds.longest))
        due = when_welcome(due, wishes.hints, jitter)
    return min(due, now + bounds.longest)
