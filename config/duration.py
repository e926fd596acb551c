"""Durations as people write them: `30s 5m 24h 90d` (INTERFACE section 2)."""

from __future__ import annotations

import re
from datetime import timedelta

PATTERN = r"^([0-9]{1,9})\s?([smhd])$"
LONGEST = timedelta(days=3650)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta | None:
    """Read one whole number with its unit s, m, h or d, at most ten years; None if `text` is anything else."""
    found = re.match(PATTERN, text.strip())
    if not found:
        return None
    seconds = int(found[1]) * _SECONDS[found[2]]
    return timedelta(seconds=seconds) if seconds <= LONGEST.total_seconds() else None


def write_duration(value: timedelta) -> str:
    """Write `value` (whole seconds) in the largest unit that takes it without rest."""
    seconds = int(value.total_seconds())
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0 and (seconds or unit == "s"))
    return f"{seconds // _SECONDS[unit]}{unit}"
