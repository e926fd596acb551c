"""From a good answer to what it means for the items we hold: parse what is unknown, and decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from worker.feeds.dates import trusted
from worker.feeds.model import Known
from worker.feeds.newest import newest
from worker.records import SliceRecord
from worker.stories import ladder
from worker.stories.decide import decide_poll
from worker.stories.identity import aliases, collides, identify, names
from worker.stories.ladder import Evidence, headlines
from worker.stories.outlet import country
from worker.stories.recognition import Asked, Recognition
from worker.stories.stamps import stamps
from worker.stories.wire import credit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.feeds.model import Document, ItemData
    from worker.pipeline.ports import Parse
    from worker.records import FetchResponse, LeasedFeed, Memory, Remembered
    from worker.stories.ladder import Standing
    from worker.stories.model import IdentifiedItem, KnownItem, Names, PollDecision, RecalledItem
    from worker.stories.recognition import Recognised


class ReadingStore(Protocol):
    """What reading needs of the store; a part of `ports.PollStore`."""

    def memory(self, feed: int) -> Memory | None:
        """See `ports.PollStore`."""

    def known_items(
        self, feed: int, identities: Sequence[bytes], contents: Sequence[bytes]
    ) -> tuple[list[KnownItem], list[KnownItem]]:
        """See `ports.PollStore`."""

    def recalled_items(self, feed: int, ids: Collection[int]) -> dict[int, RecalledItem]:
        """See `ports.PollStore`."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document, and what it means.

    Attributes:
        listed: Items in the whole document, read or not.
        dates: Trusted dates of the items that were read.
        slices: What to remember of the document's slices, in order.
        standing: Where the feed stands on the identity ladder from now on.
        step: One line for the journal where that is a lower rung than before, else None.
    """

    response: FetchResponse
    document: Document
    decision: PollDecision
    listed: int
    dates: tuple[datetime, ...]
    slices: tuple[SliceRecord, ...]
    standing: Standing
    step: str | None = None


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
        4. Where that shows that the feed's names are not what they seemed, do so anew with all of it on a lower rung.
        """
        memory = self._store.memory(feed.id) if feed.listed and not response.partial else None
        remembered = {one.slice: one for one in memory.slices} if memory is not None else {}
        document = self._parsed(response, Known(memory.frame, frozenset(remembered)) if memory is not None else None)
        unread = _unread(document, remembered)
        if unread and collides(document.items, [one.names for one in unread], feed.standing.rung):
            document = self._parsed(response, None)
        read = self.decide(feed, response, document, remembered, now=now)
        if read.step is not None and document.skimmed:
            return self.decide(feed, response, self._parsed(response, None), remembered, now=now)
        return read

    def decide(
        self,
        feed: LeasedFeed,
        response: FetchResponse,
        document: Document,
        remembered: Mapping[bytes, Remembered] = MappingProxyType({}),
        *,
        now: datetime,
    ) -> Read:
        """Decide what a parsed document means; `remembered` are the slices of the last one, by their digests.

        Items to which the feed gives no date have those that their own text says, where it says any.
        """
        document = _dated(document, feed, now)
        unread = _unread(document, remembered)
        stood = set(document.slices)
        gone = {one.item: one.names for one in remembered.values() if one.slice not in stood}
        found = self._found(feed.id, document, feed.standing, unread, gone)
        standing, step = found.judged(unread)
        if step is not None:
            found = self._found(feed.id, document, standing, unread, gone)
        decision = decide_poll(
            found.recognised,
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
            slices=_to_remember(document, found, unread),
            standing=standing,
            step=step,
        )

    def _found(
        self,
        feed: int,
        document: Document,
        standing: Standing,
        unread: Sequence[Remembered],
        gone: Mapping[int, Names],
    ) -> _Found:
        """Look the items up as the feed's standing has it."""
        items = identify(document.items, standing.rung)
        identities = [item.identity for item in items]
        if standing.rung != "id":
            identities += [alias for item in items for alias in aliases(item.item)]
        known = self._store.known_items(feed, identities, [item.content for item in items])
        items_names = [names(item.item) for item in items]
        asked = Asked(items, items_names, [*known[0], *known[1]], standing, {one.item for one in unread}, gone)
        recognition = Recognition(asked)
        ids = recognition.wanted()
        recalled = self._store.recalled_items(feed, ids) if ids else {}
        return _Found(standing, items, items_names, recognition.recognised(recalled))

    def _parsed(self, response: FetchResponse, known: Known | None) -> Document:
        return self._parse(response.body, content_type=response.content_type, url=response.url, known=known)


@dataclass(frozen=True, slots=True)
class _Found:
    """A document's items as they are named on one rung, with their names, and which of them are known."""

    standing: Standing
    items: list[IdentifiedItem]
    names: list[Names]
    recognised: Recognised

    def judged(self, unread: Sequence[Remembered]) -> tuple[Standing, str | None]:
        """Where the feed stands after this document (`ladder.judge`); one of which nothing was read says nothing."""
        if not self.items:
            return self.standing, None
        stood = {one.item: one.names for one in unread}
        return ladder.judge(
            self.standing,
            Evidence(
                listed=[*self.names, *stood.values()],
                headlines=headlines(item.item for item in self.items) if self.standing.rung == "id" else 0,
                met=self.recognised.met,
                unread=len(stood),
                reused=len(self.recognised.robbed),
            ),
        )


def gathered(index: Document, parts: Sequence[Document]) -> Document:
    """Return one document with the items of all `parts` of a sitemap index, the newest where there are too many."""
    items = [replace(item, slice=None) for part in parts for item in part.items]
    return replace(index, items=tuple(newest(items, _date)), frame=None, slices=())


def _dated(document: Document, feed: LeasedFeed, now: datetime) -> Document:
    if all(map(_date, document.items)):
        return document
    of_feed = country(feed.polled_url, document.language)
    return replace(
        document, items=tuple(item if _date(item) else _stamped(item, of_feed, now) for item in document.items)
    )


def _stamped(item: ItemData, of_feed: str | None, now: datetime) -> ItemData:
    said = credit(title=item.title, text=item.text, source=item.source, authors=item.authors, link=item.link)
    found = stamps(item.text, wire=said.wire, country=of_feed, now=now)
    if found.published is found.updated is None:
        return item
    return replace(item, published=found.published, updated=found.updated)


def _date(item: ItemData) -> datetime | None:
    return item.published or item.updated


def _unread(document: Document, remembered: Mapping[bytes, Remembered]) -> list[Remembered]:
    """What is remembered of the slices of the document that were not read."""
    if not document.skimmed:
        return []
    return [remembered[one] for one in dict.fromkeys(document.slices) if one in remembered]


def _to_remember(document: Document, found: _Found, unread: Sequence[Remembered]) -> tuple[SliceRecord, ...]:
    kept = {one.slice: SliceRecord(one.slice, one.names, item=one.item) for one in unread}
    for one, its_names in zip(found.items, found.names, strict=True):
        if one.item.slice is not None:
            kept[one.item.slice] = SliceRecord(one.item.slice, its_names, identity=one.identity)
    return tuple(kept[one] for one in dict.fromkeys(document.slices) if one in kept)
