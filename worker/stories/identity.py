"""Which items of one document are one item, and what names each from poll to poll. PURE."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from worker.stories.canonical import canonical_url, fold_id
from worker.stories.likeness import is_retitled, looked_at
from worker.stories.model import IdentifiedItem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from worker.feeds.model import ItemData
    from worker.stories.model import Names, Rung

_DIGEST = 16
_SHORT = 8
ABSENT = bytes(_SHORT)
"""The name of what an item does not have."""
_PAIR = 2
_Name = TypeVar("_Name")


class _Self(NamedTuple):
    """What makes an item itself: two that differ here are different.

    `id` and `link` are folded, "" where absent or below the feed's rung, that is of no weight.
    """

    id: str
    link: str
    title: str
    text: str


def identify(items: Iterable[ItemData], rung: Rung = "id") -> list[IdentifiedItem]:
    """Return the document's distinct items, in order of first appearance, each with its hashes.

    `rung` is the highest that the feed can be trusted on (`worker.stories.ladder`). From there an item's identity is
    its id, else its canonical link. An id or a link that two different items of this document share is no identity in
    this document: all who bear it step down to link and title, and from there, where that is shared too or there is no
    link, to title and text. On the rung of link and date those two stand for the link. Exact repeats are one item, and
    so are two without ids that differ in a word of the headline only; of items that the last rung cannot tell apart the
    first stays.
    """
    selves: dict[_Self, ItemData] = {}
    for item in items:
        selves.setdefault(_self(item, rung), item)
    if rung == "id" and "" not in (ids := {one.id for one in selves}) and len(ids) == len(selves):  # most documents
        return [IdentifiedItem(item, _hash("id", one.id), _content(one)) for one, item in selves.items()]
    return _distinct(_without_retitled(selves), rung)


def _distinct(selves: dict[_Self, ItemData], rung: Rung) -> list[IdentifiedItem]:
    ids = _shared(one.id for one in selves)
    links = _shared(_place(one, item, rung) for one, item in selves.items())
    titles = _shared((one.link, one.title) for one in selves)
    identified: dict[bytes, IdentifiedItem] = {}
    for one, item in selves.items():
        place = _place(one, item, rung)
        if one.id and one.id not in ids:
            named: tuple[Rung, bytes] = "id", _hash("id", one.id)
        elif place and not one.id and place not in links:
            named = _placed(rung), _hash(_placed(rung), *place)
        elif one.link and (one.link, one.title) not in titles:
            named = "link+title", _hash("link+title", one.link, one.title)
        else:
            named = "title+text", _hash("title+text", one.title, one.text)
        identified.setdefault(named[1], IdentifiedItem(item, named[1], _content(one), named[0]))
    return list(identified.values())


def _without_retitled(selves: dict[_Self, ItemData]) -> dict[_Self, ItemData]:
    """Leave out one of two items without ids that stand in one place, and differ in a word of the headline.

    The place is a link, or a second of publication, that the two of them alone have. Whatever their order, the same of
    the two stays.
    """
    places: dict[str | bytes, list[_Self]] = {}
    for one, item in selves.items():
        if not one.id:
            for place in (one.link, moment(item.published)):
                if place not in {"", ABSENT}:
                    places.setdefault(place, []).append(one)
    pairs = [pair for pair in places.values() if len(pair) == _PAIR and pair[0].text == pair[1].text]
    limit = looked_at(one.title for pair in pairs for one in pair) if pairs else 0
    again = {
        max(pair)
        for pair in pairs
        if max(len(one.title) for one in pair) <= limit and is_retitled(pair[0].title, pair[1].title)
    }
    return {one: item for one, item in selves.items() if one not in again} if again else selves


def aliases(item: ItemData) -> list[bytes]:
    """Return all identities that an item can have, on whichever rung: under one of them it may be known from before."""
    one = _self(item, "id")
    found = [_hash("title+text", one.title, one.text)]
    if one.id:
        found.append(_hash("id", one.id))
    if one.link:
        found += [_hash("link", one.link), _hash("link+title", one.link, one.title)]
        if item.published is not None:
            found.append(_hash("link+date", *_dated(one.link, item.published)))
    return found


def identity_of_id(identifier: str) -> bytes:
    """Return the identity of an item that is known by its publisher's id, from that id alone."""
    return _hash("id", fold_id(identifier))


def parked(item: int) -> bytes:
    """Return the identity of a known item that no longer owns its own, because its link now means another article."""
    return _hash("parked", str(item))


def names(item: ItemData) -> Names:
    """Return short digests of what the ladder may know an item by: id, link, link with title, and date.

    Each is 8 bytes, all zero where the item has none. Ids and links are folded as `identify` folds them. A date that
    tells no time of day is none: too many items share it.
    """
    identifier = fold_id(item.id) if item.id else ""
    link = canonical_url(item.link) if item.link else ""
    return (
        _short(identifier) if identifier else ABSENT,
        _short(link) if link else ABSENT,
        _short(link, item.title) if link else ABSENT,
        moment(item.published),
    )


def moment(published: datetime | None) -> bytes:
    """Return the digest of a date for `names`."""
    if published is None or not (published.second or published.minute or published.hour):
        return ABSENT
    return int(published.timestamp()).to_bytes(_SHORT, "big")


def collides(items: Iterable[ItemData], names_of_known: Collection[Names], rung: Rung = "id") -> bool:
    """Whether other items of the same document, known by their `names` alone, could change what names these `items`.

    Where it is False, `identify` gives each of `items` the identity that it would have in the whole document. Two
    digests that are equal by chance only make it True.
    """
    if not names_of_known:
        return False
    mine = [names(item) for item in {_self(item, rung): item for item in items}.values()]
    if _may_be_retitled(mine, names_of_known, rung):
        return True
    ids, links, titles, _ = (
        {name for name in column if name != ABSENT} for column in zip(*names_of_known, strict=True)
    )
    if rung == "title+text":
        return False
    if rung == "link":
        return any(link in links for _, link, _, _ in mine)
    if rung != "id":
        places = {(link, date) for _, link, _, date in names_of_known} if rung == "link+date" else set()
        return any(title in titles or (link, date) in places for _, link, title, date in mine)
    stepped_down = _shared(identifier for identifier, *_ in mine if identifier != ABSENT)
    return any(
        link in links if identifier == ABSENT else identifier in ids or (identifier in stepped_down and title in titles)
        for identifier, link, title, _ in mine
    )


def _may_be_retitled(mine: Iterable[Names], known: Iterable[Names], rung: Rung) -> bool:
    """Whether one of `mine` and one of those known have a place to themselves, and no ids (see `_without_retitled`)."""
    nameless = [names for names in mine if rung != "id" or names[0] == ABSENT]
    if not nameless:  # most documents
        return False
    others = [names for names in known if rung != "id" or names[0] == ABSENT]
    return any(
        {names[place] for names in nameless}
        & {name for name, bearers in Counter(column).items() if bearers == 1} - {ABSENT}
        for place, column in ((1, [names[1] for names in others]), (3, [names[3] for names in others]))
    )


def _self(item: ItemData, rung: Rung) -> _Self:
    return _Self(
        id=fold_id(item.id) if item.id and rung == "id" else "",
        link=canonical_url(item.link) if item.link and rung != "title+text" else "",
        title=item.title,
        text=item.text,
    )


def _place(one: _Self, item: ItemData, rung: Rung) -> tuple[str, ...]:
    """What names an item without an id on this rung of its feed; () where nothing does."""
    if not one.link or rung == "link+title":
        return ()
    if rung != "link+date":
        return (one.link,)
    return () if item.published is None else _dated(one.link, item.published)


def _placed(rung: Rung) -> Rung:
    return "link+date" if rung == "link+date" else "link"


def _dated(link: str, published: datetime) -> tuple[str, ...]:
    return link, str(int(published.timestamp()))


def _shared(found: Iterable[_Name]) -> set[_Name]:
    """Names that two different items bear, given the name of each."""
    return {name for name, bearers in Counter(found).items() if bearers > 1}


def _content(one: _Self) -> bytes:
    """A hash of what a reader sees; case and white space do not count as changes."""
    return _hash("said", *(" ".join(part.casefold().split()) for part in (one.title, one.text)))


def _hash(kind: Rung | Literal["said", "parked"], *parts: str) -> bytes:
    """Clean text holds no NUL, so parts cannot run into each other; the rung's name keeps rungs apart."""
    return blake2b("\0".join((kind, *parts)).encode("utf-8", "replace"), digest_size=_DIGEST).digest()


def _short(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=_SHORT).digest()
