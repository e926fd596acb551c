"""Search: a query over the archive, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from worker.watchlists.compiled import compile_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from worker.watchlists.model import Hit, Matchable


class Archived(Protocol):
    """An item of the archive, as far as a query looks at it; the rest of the store's row travels along."""

    @property
    def matchable(self) -> Matchable:
        """What the query sees."""
        ...


Item = TypeVar("Item", bound=Archived)


def search(items: Iterable[Item], query: str, *, limit: int) -> Iterator[tuple[Item, Hit]]:
    """Yield the first `limit` of `items` that the query matches, with where it does; raise QueryError first."""
    compiled = compile_query(query)
    found = ((item, hit) for item in items if (hit := compiled.hit(item.matchable)) is not None)
    return (pair for _, pair in zip(range(limit), found, strict=False))
