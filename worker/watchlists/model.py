"""What watch lists look at and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchList:
    """A watch list ready to compile. `query` holds everything: keywords and exclusions are already part of it."""

    id: int
    name: str
    query: str
    feed_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Matchable:
    """The view of an item that a query looks at; all strings are plain text as stored."""

    title: str
    text: str
    categories: tuple[str, ...] = ()
    feed_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """Where something matched: characters `start` to `end` of `field` ("title", "text" or "category")."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One watch list met one item.

    `terms` are the query's positive terms that were met, as the query writes them, without repeats, in query order.
    `spans` are all their places, ordered by field (title, text, category) and start, not overlapping; at most 50.
    """

    watch_list: int
    terms: tuple[str, ...]
    spans: tuple[Span, ...]
