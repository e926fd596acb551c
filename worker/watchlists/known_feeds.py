"""The feeds that there are, as queries tell them apart: what is said of no feed is never met. PURE."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from config.nearest import did_you_mean
from worker.text.tokens import fold
from worker.watchlists.reading import of_feed
from worker.watchlists.sought import sought
from worker.watchlists.tree import Label, ListRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from worker.watchlists.reading import Reading
    from worker.watchlists.tree import Leaf


class KnownFeed(NamedTuple):
    """A feed as configured; `name` is None where it goes by its own title, which is not known yet."""

    name: str | None
    url: str
    tags: Collection[str] = ()


class KnownFeeds:
    """All feeds that there are. Where there are none yet, nothing is said of the queries."""

    def __init__(self, feeds: Iterable[KnownFeed]) -> None:
        self._feeds = tuple(feeds)
        self._tags = {tag for feed in self._feeds for tag in feed.tags}
        self._told: dict[Leaf, str | None] = {}

    def missing(self, leaf: Leaf) -> str | None:
        """Say why no feed is so as `leaf` asks, and what may be meant, in words that follow "for".

        None: one is, or may be, or it does not ask for a feed.
        """
        if leaf not in self._told:
            self._told[leaf] = self._missing(leaf) if self._feeds else None
        return self._told[leaf]

    def without(self, tags: Iterable[str]) -> list[str]:
        """Say of each of a watch list's tags that no feed has, that it is so, in words that follow the list's name."""
        return [
            f"looks at feeds tagged {tag!r}, and no feed is{did_you_mean(tag, self._tags)}"
            for tag in tags
            if tag not in self._tags
        ]

    def _missing(self, leaf: Leaf) -> str | None:
        if isinstance(leaf, Label):
            return self._missing_tag(leaf.value) if leaf.kind == "tag" else None
        if isinstance(leaf, ListRef) or leaf.field != "feed" or any(feed.name is None for feed in self._feeds):
            return None
        looked_for = sought(leaf)
        if any(looked_for.met(reading) for reading in self._readings):
            return None
        names = {feed.name for feed in self._feeds if feed.name is not None}
        return f"no feed has that in its name or address{did_you_mean(looked_for.shown, names)}"

    def _missing_tag(self, tag: str) -> str | None:
        if not self._tags:
            return "no feed has any tag: write tags at the feeds that are meant, or leave it out"
        return f"no feed has this tag{did_you_mean(tag, self._tags)}" if fold(tag) not in self._folded_tags else None

    @cached_property
    def _folded_tags(self) -> frozenset[str]:
        return frozenset(map(fold, self._tags))

    @cached_property
    def _readings(self) -> Sequence[Reading]:
        return [of_feed(feed.name or "", feed.url, feed.tags) for feed in self._feeds]
