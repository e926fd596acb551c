"""Which items of an overlong document are kept. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from worker.feeds.limits import MAX_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

_T = TypeVar("_T")


def newest(items: Sequence[_T], date: Callable[[_T], datetime | None], limit: int = MAX_ITEMS) -> Sequence[_T]:
    """Return at most `limit` items, in document order: undated ones first of all, then the latest.

    Feeds put what is new on top, so that of equals the upper ones stay.
    """
    if len(items) <= limit:
        return items
    dates = [date(item) for item in items]
    order = sorted(
        range(len(items)),
        key=lambda n: ((moment := dates[n]) is None, moment.timestamp() if moment else 0),
        reverse=True,
    )
    return [items[n] for n in sorted(order[:limit])]
