"""When a document asks us to come back: RSS 2.0 `ttl`, `skipHours` and `skipDays`, and the syndication module. PURE.

https://www.rssboard.org/rss-specification and https://web.resource.org/rss/1.0/modules/syndication/. What makes no
sense counts as absent.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from worker.feeds.model import Hints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NUMBER = re.compile(r"[0-9]{1,6}")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = 24
_UNSAID = "daily"
"""The period that `updateFrequency` counts in where none is given, says the module."""


def hints(feed: Mapping[str, object], hours: Sequence[object], days: Sequence[object]) -> Hints:
    """Read the hints of a feed's own elements, as feedparser names them, and the texts of its `hour`s and `day`s.

    To skip every hour, or every day, makes no sense either.
    """
    spans = [span for span in (_ttl(feed.get("ttl")), _rhythm(feed)) if span is not None]
    skipped = frozenset(hour % _HOURS for text in hours if (hour := _number(text)) is not None and hour <= _HOURS)
    named = frozenset(_DAYS.index(day) for text in days if (day := _word(text)) in _DAYS)
    return Hints(
        at_least=max(spans, default=None),
        skip_hours=skipped if len(skipped) < _HOURS else frozenset(),
        skip_days=named if len(named) < len(_DAYS) else frozenset(),
    )


def _ttl(value: object) -> timedelta | None:
    minutes = _number(value)
    return timedelta(minutes=minutes) if minutes else None


def _rhythm(feed: Mapping[str, object]) -> timedelta | None:
    period, times = feed.get("sy_updateperiod"), _number(feed.get("sy_updatefrequency"))
    if period is None and times:
        period = _UNSAID
    span = _PERIODS.get(_word(period))
    return span / (times or 1) if span is not None else None


def _number(value: object) -> int | None:
    text = _word(value)
    return int(text) if _NUMBER.fullmatch(text) else None


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""
