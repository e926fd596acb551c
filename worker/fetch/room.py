"""Where one body is gathered: its share of the budget, and the deadline that waiting for it must not use up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from worker.fetch.budget import Share
    from worker.fetch.deadline import Deadline


class Room(NamedTuple):
    """Grows as its share lets it; the deadline's clock stands still meanwhile."""

    share: Share
    deadline: Deadline

    async def grow(self, size: int) -> None:
        """Return once there is room for `size` bytes."""
        with self.deadline.paused():
            await self.share.grow(size)
