"""RSS, Atom and RDF: from feedparser's dictionaries to our values. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from worker.errors import ParseError
from worker.feeds.body import body, title
from worker.feeds.dates import from_struct
from worker.feeds.limits import MAX_ADDRESS, MAX_TEXT
from worker.feeds.links import absolute
from worker.feeds.model import Document, ItemData
from worker.feeds.names import distinct, language, name
from worker.feeds.newest import newest
from worker.feeds.reader import read
from worker.text.clean import one_line
from worker.text.markup import plain_to_text, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from worker.feeds.sniff import Markup

_P = ParamSpec("_P")
_T = TypeVar("_T")

_get = dict.get
"""feedparser's own `get` tries synonyms, slowly and with warnings; the keys below are the real ones."""


def document(markup: Markup, url: str) -> Document:
    """Read RSS 0.9x to 2.0, RDF or Atom 0.3 and 1.0; ParseError where the document is none of them.

    `url` is the document's own. Relative links count from `xml:base`, else from the site that an RSS channel names,
    else from `url`. An item that cannot be converted is left out.
    """
    reading = read(markup.text)
    if not reading.entries and not (reading.version and markup.is_feed):
        raise ParseError(f"the document begins with <{markup.root[:40]}> and is no feed")
    version = "rss091n" if markup.netscape and reading.version.startswith("rss") else reading.version or "rss"
    atom = version.startswith("atom")
    link = absolute(_tried(_link, reading.feed), url)
    feed = _Feed(
        atom=atom,
        link=link,
        base=url if atom or link is None else link,
        language=language(_get(reading.feed, "language")),
        authors=(_tried(_authors, reading.feed) or ()) if atom else (),
    )
    items = (_tried(_item, entry, feed) for entry in newest(reading.entries, _date))
    return Document(
        format=version,
        title=title(_tried(_text, reading.feed, "title") or ""),
        link=feed.link,
        language=feed.language,
        items=tuple(filter(None, items)),
    )


@dataclass(frozen=True, slots=True)
class _Feed:
    """What items inherit."""

    atom: bool
    link: str | None
    base: str
    language: str | None
    authors: tuple[str, ...]


def _tried(convert: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | None:
    """What `convert` returns, or None where feedparser's dictionary holds something strange.

    An element that feedparser does not know, but that is named like one of its keys, puts its attributes there.
    """
    try:
        return convert(*args, **kwargs)
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _item(entry: dict[str, Any], feed: _Feed) -> ItemData:
    summary = _text(entry, "summary")
    contents = [summary if value == _get(entry, "summary") else _plain(value, kind) for value, kind in _contents(entry)]
    published, updated = from_struct(_get(entry, "published_parsed")), from_struct(_get(entry, "updated_parsed"))
    if published is None:
        published = from_struct(_get(entry, "created_parsed")) or (None if feed.atom else updated)
    identifier = one_line(_get(entry, "id") or "")
    return ItemData(
        id=identifier if 0 < len(identifier) <= MAX_ADDRESS else None,
        link=absolute(_link(entry), feed.base),
        title=title(_text(entry, "title")),
        summary=summary[:MAX_TEXT],
        text=body(summary, contents),
        authors=_authors(entry) or feed.authors,
        categories=distinct(_categories(entry)),
        source=name(_get(_get(entry, "source", {}), "title")) or None,
        language=language(_spoken(entry)) or feed.language,
        published=published,
        updated=updated,
        image=next(filter(None, (absolute(found, feed.base) for found in _images(entry))), None),
    )


def _date(entry: dict[str, Any]) -> datetime | None:
    return from_struct(_get(entry, "published_parsed")) or from_struct(_get(entry, "updated_parsed"))


def _text(of: dict[str, Any], key: str) -> str:
    """A text construct's plain text."""
    value = _get(of, key)
    if not isinstance(value, str) or not value:
        return ""
    return _plain(value, _get(_get(of, f"{key}_detail", {}), "type", "text/html"))


def _contents(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Value and type of the contents that are text."""
    for part in _get(entry, "content", ()):
        kind = _get(part, "type", "text/html")
        if kind.startswith("text/") or kind.endswith(("html", "/xml")):
            yield _get(part, "value", ""), kind


def _plain(value: str, kind: str) -> str:
    return plain_to_text(value) if kind == "text/plain" else to_text(value)


def _link(of: dict[str, Any]) -> str | None:
    """The page behind a feed or an entry; a guid counts where it is said to be a permanent link and can be one."""
    link = _get(of, "link")
    if link and (not _get(of, "guidislink") or "/" in link):
        return str(link)
    links = [found for found in _get(of, "links", ()) if _get(found, "href")]
    return next((found["href"] for found in links if _get(found, "rel") == "alternate"), None)


def _spoken(entry: dict[str, Any]) -> object:
    own = _get(entry, "language")
    return own or next(
        (found for key in ("title_detail", "summary_detail") if (found := _get(_get(entry, key, {}), "language"))), None
    )


def _authors(of: dict[str, Any]) -> tuple[str, ...]:
    return distinct(name(_get(author, "name")) or name(_get(author, "email")) for author in _get(of, "authors", ()))


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
