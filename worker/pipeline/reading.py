"""From a good answer to what it means for the items we hold: parse what is unknown, and decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from worker.feeds.dates import trusted
from worker.feeds.model import Known
from worker.feeds.newest import newest
from worker.records import SliceRecord
from worker.stories.decide import decide_poll
from worker.stories.identity import collides, identify, names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.feeds.model import Document, ItemData
    from worker.pipeline.ports import Parse
    from worker.records import FetchResponse, LeasedFeed, Memory, Remembered
    from worker.stories.model import IdentifiedItem, KnownItem, PollDecision


class ReadingStore(Protocol):
    """What reading needs of the store; a part of `ports.PollStore`."""

    def memory(self, feed: int) -> Memory | None:
        """See `ports.PollStore`."""

    def known_items(
        self, feed: int, identities: Sequence[bytes], contents: Sequence[bytes]
    ) -> tuple[list[KnownItem], list[KnownItem]]:
        """See `ports.PollStore`."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document, and what it means.

    Attributes:
        listed: Items in the whole document, read or not.
        dates: Trusted dates of the items that were read.
        slices: What to remember of the document's slices, in order.
    """

    response: FetchResponse
    document: Document
    decision: PollDecision
    listed: int
    dates: tuple[datetime, ...]
    slices: tuple[SliceRecord, ...]


class Reader:
    """Reads documents by what the store remembers of the last ones."""

    def __init__(self, store: ReadingStore, parse: Parse, settings: Settings) -> None:
        self._store = store
        self._parse = parse
        self._settings = settings

    def read(self, feed: LeasedFeed, response: FetchResponse, *, now: datetime) -> Read:
        """Parse and decide; ParseError where the document cannot be read.

        1. Parse the slices that are unknown, or all of it.
        2. Where an item that was not read might be one with an item that was, parse all of it after all.
        3. Look the items up, and decide.
        """
        memory = self._store.memory(feed.id) if feed.listed and not response.partial else None
        remembered = {one.slice: one for one in memory.slices} if memory is not None else {}
        document = self._parsed(response, Known(memory.frame, frozenset(remembered)) if memory is not None else None)
        unread = _unread(document, remembered)
        if unread and collides(document.items, [one.names for one in unread]):
            document, unread = self._parsed(response, None), []
        return self.decide(feed, response, document, unread, now=now)

    def decide(
        self,
        feed: LeasedFeed,
        response: FetchResponse,
        document: Document,
        unread: Sequence[Remembered] = (),
        *,
        now: datetime,
    ) -> Read:
        """Decide what a parsed document means; `unread` are its slices that stand as they stood."""
        identified = identify(document.items)
        by_identity, by_content = self._store.known_items(
            feed.id, [item.identity for item in identified], [item.content for item in identified]
        )
        decision = decide_poll(
            identified,
            by_identity,
            by_content,
            now=now,
            last_good_at=feed.last_good_at,
            fresh_for=self._settings.fresh_for,
            story_window=self._settings.story_window,
            unchanged=[one.item for one in unread],
        )
        dates = (trusted(item.published, now) or trusted(item.updated, now) for item in document.items)
        return Read(
            response=response,
            document=document,
            decision=decision,
            listed=len(document.slices) if document.skimmed else len(document.items),
            dates=tuple(date for date in dates if date is not None),
            slices=_to_remember(document, identified, unread),
        )

    def _parsed(self, response: FetchResponse, known: Known | None) -> Document:
        return self._parse(response.body, content_type=response.content_type, url=response.url, known=known)


def gathered(index: Document, parts: Sequence[Document]) -> Document:
    """Return one document with the items of all `parts` of a sitemap index, the newest where there are too many."""
    items = [replace(item, slice=None) for part in parts for item in part.items]
    return replace(index, items=tuple(newest(items, _date)), frame=None, slices=())


def _date(item: ItemData) -> datetime | None:
    return item.published or item.updated


def _unread(document: Document, remembered: dict[bytes, Remembered]) -> list[Remembered]:
    """What is remembered of the slices of the document that were not read."""
    if not document.skimmed:
        return []
    return [remembered[one] for one in dict.fromkeys(document.slices) if one in remembered]


def _to_remember(
    document: Document, identified: Sequence[IdentifiedItem], unread: Sequence[Remembered]
) -> tuple[SliceRecord, ...]:
    kept = {one.slice: SliceRecord(one.slice, one.names, item=one.item) for one in unread}
    for one in identified:
        if one.item.slice is not None:
            kept[one.item.slice] = SliceRecord(one.item.slice, names(one.item), identity=one.identity)
    return tuple(kept[one] for one in dict.fromkeys(document.slices) if one in kept)
