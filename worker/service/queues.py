"""The queues of the service (DESIGN 6)."""

from __future__ import annotations

QUEUES = ("tick", "poll", "new", "slow", "deliver", "upkeep")
"""A worker started without -Q takes all of them."""
