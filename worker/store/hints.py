"""When a document asks us to come back, as the database keeps it: JSON, or NULL where it asks nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from worker.feeds.model import Hints

NONE = Hints()


def hints_of(stored: dict[str, Any] | None) -> Hints:
    """Read what `kept` made."""
    if not stored:
        return NONE
    at_least = stored["at_least"]
    return Hints(
        at_least=None if at_least is None else timedelta(seconds=at_least),
        skip_hours=frozenset(stored["skip_hours"]),
        skip_days=frozenset(stored["skip_days"]),
    )


def kept(hints: Hints) -> dict[str, Any] | None:
    """Return plain values for JSON: seconds, and sorted numbers of hours and days."""
    if hints == NONE:
        return None
    return {
        "at_least": None if hints.at_least is None else hints.at_least.total_seconds(),
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }
