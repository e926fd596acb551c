"""Values about identity: what the store remembers of an item, and what a poll decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.model import ItemData

Rung = Literal["id", "link", "link+date", "link+title", "title+text"]
"""The identity ladder (issue 4, paragraph 1), highest first."""

Names = tuple[bytes, bytes, bytes, bytes]
"""Digests, 8 bytes each, of what the ladder may know an item by: see `worker.stories.identity.names`."""


@dataclass(frozen=True, slots=True)
class IdentifiedItem:
    """An item of one document with its hashes (BLAKE2b, 16 bytes each).

    Attributes:
        item: The item.
        identity: Hash of what names it in this document.
        content: Hash of title and text: equal when no word that a reader sees has changed.
        rung: The rung of the identity ladder that `identity` stands on.
    """

    item: ItemData
    identity: bytes
    content: bytes
    rung: Rung = "id"


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What the store remembers of an item of this feed; dates and link as the item last said them."""

    id: int
    identity: bytes
    content: bytes
    link: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    revisions: int = 0


@dataclass(frozen=True, slots=True)
class RecalledItem:
    """A known item with its words, looked up where its hashes do not tell whether it is the one that is met."""

    known: KnownItem
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A known item that changed: the state to store over item `id`.

    Attributes:
        words: Words of title or text changed, not dates or link alone.
        kept: The old state is kept as a revision. One that is not kept is one too many, or no revision at all (only
            the link changed). Watch lists look again where both are so.
    """

    id: int
    item: IdentifiedItem
    words: bool = True
    kept: bool = True


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to insert.

    `news` says whether watch lists look at it (DESIGN 4.5) or the archive takes it silently; `fold` whether it is
    recent enough to join or begin a story. News is always folded. Neither: it is stored as matched.
    """

    item: IdentifiedItem
    news: bool
    fold: bool


@dataclass(frozen=True, slots=True)
class PollDecision:
    """What one good document means for what we hold.

    Attributes:
        new: Items to insert, in document order.
        revised: Known items that changed.
        seen: Ids of all known items present in the document (revised and reidentified ones too).
        reidentified: (item id, new identity), to be stored in this order: an item that makes room for others comes
            before them, and may come twice.
        worn: So many items have used up their revisions with this poll.
    """

    new: tuple[NewItem, ...]
    revised: tuple[Revision, ...]
    seen: tuple[int, ...]
    reidentified: tuple[tuple[int, bytes], ...] = ()
    worn: int = 0
