"""Moments as people write them on the command line. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from config.duration import parse_duration
from worker.errors import ConfigurationError

HELP = "A duration back from now, such as 24h, or a time, such as 2022-02-12T17:00Z; without a zone it is UTC."


def moment(text: str, *, now: datetime) -> datetime:
    """Return the moment that `text` names: so long before `now`, or an ISO 8601 time or date.

    Raises:
        ConfigurationError: It is neither.
    """
    back = parse_duration(text)
    return _time(text, "how long ago") if back is None else now - back


def ahead(text: str, *, now: datetime) -> datetime:
    """Return the moment that `text` names: so long after `now`, or an ISO 8601 time or date.

    Raises:
        ConfigurationError: It is neither.
    """
    on = parse_duration(text)
    return _time(text, "how long from now") if on is None else now + on


def _time(text: str, otherwise: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{text!r} is no time; write {otherwise}, such as 24h or 7d, or a time such as 2022-02-12T17:00Z"
        ) from None
