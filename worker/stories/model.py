"""Values about identity: what the store remembers of an item, and what a poll decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.feeds.model import ItemData


@dataclass(frozen=True, slots=True)
class IdentifiedItem:
    """An item of one document with its hashes (BLAKE2b, 16 bytes each).

    Attributes:
        item: The item.
        identity: Hash of the rung of the identity ladder that names it in this document.
        content: Hash of canonical link, title and text: equal when nothing a reader sees has changed.
    """

    item: ItemData
    identity: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What the store remembers of an item of this feed."""

    id: int
    identity: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Revision:
    """A known item whose content changed: the new state to store over item `id`, keeping the old one as a revision."""

    id: int
    item: IdentifiedItem


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
        reidentified: item id -> the new identity, for items whose publisher changed the id and nothing else.
    """

    new: tuple[NewItem, ...]
    revised: tuple[Revision, ...]
    seen: tuple[int, ...]
    reidentified: tuple[tuple[int, bytes], ...] = ()
