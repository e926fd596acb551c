"""What a doubt is. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from worker.watchlists.tree import Node


class Doubt(NamedTuple):
    """One thing that is hardly meant: what to write instead, and the characters of the query that it is about."""

    message: str
    offset: int
    length: int


def doubt_of(message: str, node: Node) -> Doubt:
    """Return the doubt about a part of a query."""
    return Doubt(message, node.offset, node.length)
