"""Which items of one document are one item, and what names each from poll to poll. PURE."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from worker.stories.canonical import canonical_url, fold_id
from worker.stories.model import IdentifiedItem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from worker.feeds.model import ItemData

_DIGEST = 16
_SHORT = 8
_ABSENT = bytes(_SHORT)
_Name = TypeVar("_Name")

Rung = Literal["id", "link", "link+title", "title+text"]
"""The identity ladder (issue 2, paragraph 5), highest first."""


class _Self(NamedTuple):
    """What makes an item itself: two that differ here are different. `id` and `link` are folded, "" where absent."""

    id: str
    link: str
    title: str
    text: str


def identify(items: Sequence[ItemData]) -> list[IdentifiedItem]:
    """Return the document's distinct items, in order of first appearance, each with its hashes.

    An item's identity is its id, else its canonical link, else title and text. An id or a link that two different
    items of this document share is no identity in this document: all who bear it step down to link and title, and
    from there, where that is shared too or there is no link, to title and text. Exact repeats are one item; of items
    that the last rung cannot tell apart the first stays.
    """
    selves: dict[_Self, ItemData] = {}
    for item in items:
        selves.setdefault(_self(item), item)
    ids = _shared(one.id for one in selves)
    links = _shared(one.link for one in selves)
    titles = _shared((one.link, one.title) for one in selves)
    identified: dict[bytes, IdentifiedItem] = {}
    for one, item in selves.items():
        if one.id and one.id not in ids:
            identity = _hash("id", one.id)
        elif one.link and not one.id and one.link not in links:
            identity = _hash("link", one.link)
        elif one.link and (one.link, one.title) not in titles:
            identity = _hash("link+title", one.link, one.title)
        else:
            identity = _hash("title+text", one.title, one.text)
        identified.setdefault(identity, IdentifiedItem(item, identity, _content(one)))
    return list(identified.values())


def names(item: ItemData) -> tuple[bytes, bytes, bytes]:
    """Return short digests of what the ladder may know an item by: its id, its link, and its link with its title.

    Each is 8 bytes, all zero where the item has none. Ids and links are folded as `identify` folds them.
    """
    one = _self(item)
    return (
        _short(one.id) if one.id else _ABSENT,
        _short(one.link) if one.link else _ABSENT,
        _short(one.link, one.title) if one.link else _ABSENT,
    )


def collides(items: Sequence[ItemData], names_of_known: Collection[tuple[bytes, bytes, bytes]]) -> bool:
    """Whether other items of the same document, known by their `names` alone, could change what names these `items`.

    Where it is False, `identify` gives each of `items` the identity that it would have in the whole document. Two
    digests that are equal by chance only make it True.
    """
    ids, links, titles = (
        {name for name in column if name != _ABSENT}
        for column in (zip(*names_of_known, strict=True) if names_of_known else ((), (), ()))
    )
    mine = [names(item) for item in {_self(item): item for item in items}.values()]
    stepped_down = _shared(identifier for identifier, _, _ in mine if identifier != _ABSENT)
    return any(
        link in links
        if identifier == _ABSENT
        else identifier in ids or (identifier in stepped_down and title in titles)
        for identifier, link, title in mine
    )


def _self(item: ItemData) -> _Self:
    return _Self(
        id=fold_id(item.id) if item.id else "",
        link=canonical_url(item.link) if item.link else "",
        title=item.title,
        text=item.text,
    )


def _shared(names: Iterable[_Name]) -> set[_Name]:
    """Names that two different items bear, given the name of each."""
    return {name for name, bearers in Counter(names).items() if bearers > 1}


def _content(one: _Self) -> bytes:
    """A hash of what a reader sees; case and white space do not count as changes."""
    return _hash("content", one.link, *(" ".join(part.casefold().split()) for part in (one.title, one.text)))


def _hash(rung: Rung | Literal["content"], *parts: str) -> bytes:
    """Clean text holds no NUL, so parts cannot run into each other; the rung's name keeps rungs apart."""
    return blake2b("\0".join((rung, *parts)).encode("utf-8", "replace"), digest_size=_DIGEST).digest()


def _short(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=_SHORT).digest()
