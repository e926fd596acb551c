"""What a process knows of robots.txt: which rules it has read, and for how long it believes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from worker.feeds.robots import Rules, address_of

if TYPE_CHECKING:
    from datetime import datetime

RULES_LAST = timedelta(hours=24)
"""How long a robots.txt is believed (RFC 9309, 2.4)."""

DOUBT_LASTS = timedelta(hours=1)
"""How long a site that could not say what it allows is left alone."""

SITES = 2_000
"""So many are remembered; those whose rules were read the longest ago are forgotten."""

RULES_ROOM = 8_000_000
"""Characters of rules that are remembered in all."""


@dataclass(slots=True)
class SiteRules:
    """The rules of the sites whose pages are read; the engine keeps one. For one thread at a time."""

    _rules: dict[str, tuple[Rules, datetime]] = field(default_factory=dict)

    def learn(self, url: str, found: Rules, *, now: datetime) -> None:
        """Remember what the origin of `url` allows."""
        origin = address_of(url)
        self._rules.pop(origin, None)
        self._rules[origin] = (found, now + (DOUBT_LASTS if found.undecided else RULES_LAST))
        while len(self._rules) > SITES or sum(len(kept.group) for kept, _ in self._rules.values()) > RULES_ROOM:
            del self._rules[next(iter(self._rules))]

    def of(self, url: str, *, now: datetime) -> Rules | None:
        """What the origin of `url` allows, or None where it must be asked."""
        known = self._rules.get(address_of(url))
        return known[0] if known is not None and now < known[1] else None
