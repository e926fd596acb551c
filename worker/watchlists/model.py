"""What watch lists look at and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class WatchList:
    """A watch list ready to compile. `query` holds everything: keywords and exclusions are already part of it.

    Attributes:
        feed_tags: Only items of feeds with one of these tags; empty: of all feeds.
        languages: Only items in one of these ("pt" holds for "pt-br" too), and those whose language nobody knows: a
            limit that cannot be judged hides no news. Empty: all.
        asked: False where the list tells nobody at the moment, and others refer to it (`list:Name`).
    """

    id: int
    name: str
    query: str
    feed_tags: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Matchable:
    """The view of an item that a query looks at; all strings are plain text as stored.

    Attributes:
        language: A lower-case BCP 47 code ("uk", "pt-br"), or None where nobody knows.
        source: Of whom the feed says that the item is.
        feed_name, feed_url: What `feed:` looks at.
    """

    title: str
    text: str
    categories: tuple[str, ...] = ()
    feed_tags: frozenset[str] = frozenset()
    language: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    link: str | None = None
    feed_name: str = ""
    feed_url: str = ""


class Span(NamedTuple):
    """Where something matched: characters `start` to `end` of `field`.

    Fields are "title", "text", "author", "source", "category", "link" and "feed". Several categories or authors count
    as one text, joined by newlines; "feed" is the feed's name, a newline, and its address.
    """

    field: str
    start: int
    end: int


class Hit(NamedTuple):
    """One watch list met one item.

    `terms` are the query's positive terms that were met, as the query writes them, without repeats, in query order.
    `spans` are all their places, ordered by field (title, text, category) and start, not overlapping; at most 50.
    """

    watch_list: int
    terms: tuple[str, ...]
    spans: tuple[Span, ...]
