"""The files that come with an item: recordings, films, documents. PURE.

RSS 2.0 `enclosure`, RFC 4287 (4.2.7.2) `link rel="enclosure"`, Media RSS `media:content`, JSON Feed `attachments`.
Pictures are none: the first of them is the item's image.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from worker.feeds.limits import MAX_ENCLOSURES
from worker.feeds.links import absolute
from worker.feeds.model import Enclosure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_get = dict.get
_TYPE = re.compile(r"\s*([\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,100})\s*(?:;.*)?", re.ASCII | re.DOTALL)
_LENGTH = re.compile(r"\s*0*([1-9][0-9]{0,14})\s*", re.ASCII)
_PICTURE = re.compile(r"\.(?:avif|bmp|gif|jpe?g|png|svg|webp)(?:[?#]|\Z)", re.IGNORECASE)


def of_entry(entry: dict[str, Any], base: str) -> tuple[Enclosure, ...]:
    """The enclosures of an entry of feedparser's, links first; one of `SLIPS` where it holds something strange."""
    links = [link for link in _get(entry, "links", ()) if _get(link, "rel") == "enclosure"]
    media = _get(entry, "media_content", ())
    return _distinct(_named(links, media), base) if links or media else ()


def of_attachments(attachments: Iterable[Any], base: str) -> tuple[Enclosure, ...]:
    """The enclosures of a JSON Feed's item; what is no object among them is left out."""
    objects = (one for one in attachments if isinstance(one, dict))
    return _distinct(((one.get("url"), one.get("mime_type"), one.get("size_in_bytes")) for one in objects), base)


def _named(links: Iterable[dict[str, Any]], media: Iterable[dict[str, Any]]) -> Iterator[tuple[object, object, object]]:
    """Address, type and length of each."""
    for link in links:
        yield _get(link, "href"), _get(link, "type"), _get(link, "length")
    for one in media:
        url, kind, medium = _get(one, "url"), _get(one, "type"), _get(one, "medium")
        if medium != "image" and (kind or medium or not _PICTURE.search(str(url))):
            yield url, kind, _get(one, "filesize")


def _distinct(found: Iterable[tuple[object, object, object]], base: str) -> tuple[Enclosure, ...]:
    """The first of each address, in order, as many as are kept."""
    kept: dict[str, Enclosure] = {}
    for address, said, length in found:
        kind = _type(said)
        url = None if kind is not None and kind.startswith("image/") else absolute(address, base)
        if url is not None and url not in kept:
            kept[url] = Enclosure(url, kind, _bytes(length))
            if len(kept) == MAX_ENCLOSURES:
                break
    return tuple(kept.values())


def _type(said: object) -> str | None:
    """A media type in lower case without its parameters, or None for what cannot be one."""
    found = _TYPE.fullmatch(said) if isinstance(said, str) else None
    return found[1].lower() if found else None


def _bytes(said: object) -> int | None:
    """A length; None for what is none, and for 0, which publishers write who do not know it."""
    if isinstance(said, int | float) and not isinstance(said, bool) and 1 <= said < 10**15:
        return int(said)
    found = _LENGTH.fullmatch(said) if isinstance(said, str) else None
    return int(found[1]) if found else None
