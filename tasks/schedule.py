"""The timetable: what beat sends, and how often. Time and truth live in the database; this is only the pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import timedelta

TICK_EXPIRES_S = 5
"""A tick that waited longer is worth nothing: the next one does the same work."""

LISTS_EVERY_S = 5.0
"""How often to look whether an OPML list is due: so long a new one, or the feeds of a changed file, may wait."""

BURSTS_EVERY_S = 600.0
"""How often to look for watch lists that match far more than usual."""

HEARTBEATS_EVERY_S = 60.0
"""How often to look whether a digest must be opened for who wants to hear when nothing matched."""

INDEX_EVERY_S = 5.0
"""How often new items go into the archive's index; until then a search looks at each of them."""

UPKEEP_EVERY_S = 3600.0


def timetable(tick: timedelta) -> dict[str, dict[str, Any]]:
    """Return Celery's beat schedule for ticks this far apart."""
    return {
        "tick": {
            "task": "tocsin.tick",
            "schedule": tick,
            "options": {"queue": "tick", "expires": TICK_EXPIRES_S},
        },
        "lists": {
            "task": "tocsin.lists",
            "schedule": LISTS_EVERY_S,
            "options": {"queue": "upkeep", "expires": LISTS_EVERY_S},
        },
        "bursts": {
            "task": "tocsin.bursts",
            "schedule": BURSTS_EVERY_S,
            "options": {"queue": "upkeep", "expires": BURSTS_EVERY_S},
        },
        "heartbeats": {
            "task": "tocsin.heartbeats",
            "schedule": HEARTBEATS_EVERY_S,
            "options": {"queue": "upkeep", "expires": HEARTBEATS_EVERY_S},
        },
        "index": {
            # It may take seconds, for which no tick shall wait.
            "task": "tocsin.index",
            "schedule": INDEX_EVERY_S,
            "options": {"queue": "slow", "expires": INDEX_EVERY_S},
        },
        "upkeep": {
            "task": "tocsin.upkeep",
            "schedule": UPKEEP_EVERY_S,
            "options": {"queue": "upkeep", "expires": UPKEEP_EVERY_S},
        },
    }
