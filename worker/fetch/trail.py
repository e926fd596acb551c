"""The redirects of one fetch, from the address that was asked for to where they have led so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.errors import BadResponse
from worker.fetch.target import redirect_target

if TYPE_CHECKING:
    from worker.fetch.target import Target

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


class Trail:
    """Follows redirects one by one (RFC 9110 section 15.4), at most `longest`, and never in a circle.

    Attributes:
        target: Where to ask next.
        moved_to: The address that permanent redirects (RFC 9110 sections 15.4.2 and 15.4.9) have put in the place of
            the first; what comes after one that is not permanent does not count. None without any.
    """

    def __init__(self, configured: Target, *, longest: int) -> None:
        self.target = configured
        self.moved_to: str | None = None
        self._configured = configured
        self._longest = longest
        self._passed: set[str] = set()
        self._all_permanent = True

    def follow(self, status: int, location: bytes) -> None:
        """Go on to `location`; Refused where we do not go, BadResponse for a maze (RFC 9110 section 15.4, cycles)."""
        self._passed.add(str(self.target.wire))
        target = redirect_target(location, base=self.target, configured=self._configured)
        if str(target.wire) in self._passed:
            raise BadResponse(f"{self._configured.place}: the redirects lead in a circle")
        if len(self._passed) > self._longest:
            raise BadResponse(f"{self._configured.place}: more than {self._longest} redirects")
        self._all_permanent = self._all_permanent and status in PERMANENT
        if self._all_permanent:
            self.moved_to = target.url
        self.target = target
