"""An item of RSS, Atom, RDF or CDF: from feedparser's dictionary to our value. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from worker.feeds import enclosures
from worker.feeds.body import body, title
from worker.feeds.dates import from_struct
from worker.feeds.elements import SLIPS
from worker.feeds.limits import MAX_ADDRESS, MAX_TEXT
from worker.feeds.links import absolute
from worker.feeds.model import ItemData
from worker.feeds.names import distinct, language, name
from worker.text.clean import one_line
from worker.text.markup import plain_to_text, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_FEEDBURNER = re.compile(r"/~[r\d]/")
"""Stands in the addresses that Feedburner, under whichever host, puts in a publisher's place."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

_get = dict.get
"""feedparser's own `get` tries synonyms, slowly and with warnings; the keys below are the real ones."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What items inherit of their feed.

    Attributes:
        atom: Whether the rules are Atom's.
        base: What relative links count from.
        language, authors: Of items that name none of their own.
    """

    atom: bool
    base: str
    language: str | None
    authors: tuple[str, ...]


def tried(convert: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | None:
    """What `convert` returns, or None where feedparser's dictionary holds something strange.

    An element that feedparser does not know, but that is named like one of its keys, puts its attributes there.
    """
    try:
        return convert(*args, **kwargs)
    except SLIPS:
        return None


def item_of(entry: dict[str, Any], feed: Inheritance, slice_: bytes | None = None) -> ItemData:
    """Convert an entry of feedparser's; one of `SLIPS` where it cannot be converted."""
    summary = text_of(entry, "summary")
    contents = [summary if value == _get(entry, "summary") else _plain(value, kind) for value, kind in _contents(entry)]
    published, updated = from_struct(_get(entry, "published_parsed")), from_struct(_get(entry, "updated_parsed"))
    if published is None:
        published = from_struct(_get(entry, "created_parsed")) or (None if feed.atom else updated)
    identifier = one_line(_get(entry, "id") or "")
    return ItemData(
        id=identifier if 0 < len(identifier) <= MAX_ADDRESS else None,
        link=link_of(entry, feed.base),
        title=title(text_of(entry, "title")),
        summary=summary[:MAX_TEXT],
        text=body(summary, contents),
        authors=authors_of(entry) or feed.authors,
        categories=distinct(_categories(entry)),
        source=name(_get(_get(entry, "source", {}), "title")) or None,
        language=language(_spoken(entry)) or feed.language,
        published=published,
        updated=updated,
        image=next(filter(None, (absolute(found, feed.base) for found in _images(entry))), None),
        enclosures=enclosures.of_entry(entry, feed.base),
        slice=slice_,
    )


def date_of(entry: dict[str, Any]) -> datetime | None:
    """When an entry was published, else updated."""
    return from_struct(_get(entry, "published_parsed")) or from_struct(_get(entry, "updated_parsed"))


def text_of(of: dict[str, Any], key: str) -> str:
    """A text construct's plain text."""
    value = _get(of, key)
    if not isinstance(value, str) or not value:
        return ""
    return _plain(value, _get(_get(of, f"{key}_detail", {}), "type", "text/html"))


def link_of(of: dict[str, Any], base: str) -> str | None:
    """The page behind a feed or an entry; a guid counts where it is said to be a permanent link and can be one."""
    return next(filter(None, (absolute(found, base) for found in _links(of))), None)


def authors_of(of: dict[str, Any]) -> tuple[str, ...]:
    """Names, else mail addresses, of the people behind a feed or an entry."""
    return distinct(name(_get(author, "name")) or name(_get(author, "email")) for author in _get(of, "authors", ()))


def _contents(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Value and type of the contents that are text."""
    for part in _get(entry, "content", ()):
        kind = _get(part, "type", "text/html")
        if kind.startswith("text/") or kind.endswith(("html", "/xml")):
            yield _get(part, "value", ""), kind


def _plain(value: str, kind: str) -> str:
    return plain_to_text(value) if kind == "text/plain" else to_text(value)


def _links(of: dict[str, Any]) -> Iterator[object]:
    """Candidates, the best first; Feedburner counts who follows its own address, and says where it leads."""
    link = _get(of, "link")
    origin = _get(of, "feedburner_origlink")
    if origin and (not link or _FEEDBURNER.search(str(link))):
        yield str(origin)
    if link and (not _get(of, "guidislink") or "/" in link):
        yield str(link)
    for found in _get(of, "links", ()):
        if _get(found, "rel") == "alternate":
            yield _get(found, "href")


def _spoken(entry: dict[str, Any]) -> object:
    own = _get(entry, "language")
    return own or next(
        (found for key in ("title_detail", "summary_detail") if (found := _get(_get(entry, key, {}), "language"))), None
    )


def _categories(entry: dict[str, Any]) -> Iterator[str]:
    for tag in _get(entry, "tags", ()):
        term = _get(tag, "label") or _get(tag, "term")
        if term and not term.startswith(("http://", "https://")):
            yield name(term)


def _images(entry: dict[str, Any]) -> Iterator[object]:
    for media in _get(entry, "media_content", ()):
        if _get(media, "medium") == "image" or str(_get(media, "type", "")).startswith("image/"):
            yield _get(media, "url")
    for media in _get(entry, "media_thumbnail", ()):
        yield _get(media, "url")
    for link in _get(entry, "links", ()):
        if _get(link, "rel") == "enclosure" and str(_get(link, "type", "")).startswith("image/"):
            yield _get(link, "href")
    image = _get(entry, "image")
    if isinstance(image, dict):
        yield _get(image, "href")
