"""Feed documents written from plain tuples, apart from the code under test."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

LONG_AGO = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


class Item(NamedTuple):
    """One item to publish. A None is left out of the document."""

    id: str | None
    title: str
    text: str = ""
    link: str | None = None
    published: datetime | None = None


def items(
    count: int, *, title: str = "Item {}", text: str = "Text of item {}.", link: str | None = None, start: int = 1
) -> list[Item]:
    """`count` items numbered from `start`, newest first, without a date; `{}` in the texts stands for the number."""
    return [
        Item(f"item-{number}", title.format(number), text.format(number), link.format(number) if link else None)
        for number in range(start + count - 1, start - 1, -1)
    ]


def dated(given: Iterable[Item], newest: datetime, *, apart: timedelta = timedelta(minutes=1)) -> list[Item]:
    """The same items, dated downwards from `newest`."""
    return [item._replace(published=newest - index * apart) for index, item in enumerate(given)]


def rss(
    given: Iterable[Item | tuple[str | None, ...]],
    *,
    title: str = "A feed",
    link: str = "http://127.0.0.1/",
    language: str = "en",
) -> bytes:
    """An RSS 2.0 document."""
    slices = "\n".join(
        "<item>"
        + _element("title", item.title)
        + _element("link", item.link)
        + ('<guid isPermaLink="false">' + escape(item.id) + "</guid>" if item.id is not None else "")
        + _element("pubDate", format_datetime(item.published, usegmt=True) if item.published else None)
        + _element("description", item.text)
        + "</item>"
        for item in _read(given)
    )
    head = _element("title", title) + _element("link", link) + _element("language", language)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{head}\n{slices}\n</channel></rss>\n'.encode()


def atom(given: Iterable[Item | tuple[str | None, ...]], *, title: str = "A feed", language: str = "en") -> bytes:
    """An Atom 1.0 document; `updated`, which Atom asks for, is `published`, or long ago."""
    slices = "\n".join(
        "<entry>"
        + _element("id", item.id)
        + _element("title", item.title)
        + (f'<link rel="alternate" href="{escape(item.link)}"/>' if item.link else "")
        + _element("published", item.published.isoformat() if item.published else None)
        + _element("updated", (item.published or LONG_AGO).isoformat())
        + f'<content type="html">{escape(item.text)}</content>'
        + "</entry>"
        for item in _read(given)
    )
    head = _element("id", f"urn:tocsin:{title}") + _element("title", title) + _element("updated", LONG_AGO.isoformat())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">{head}\n{slices}\n</feed>\n'.encode()


def jsonfeed(given: Iterable[Item | tuple[str | None, ...]], *, title: str = "A feed", language: str = "en") -> bytes:
    """A JSON Feed 1.1 document."""
    listed = [
        {
            "id": item.id,
            "url": item.link,
            "title": item.title,
            "content_html": item.text,
            "date_published": item.published.isoformat() if item.published else None,
        }
        for item in _read(given)
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "language": language,
        "items": [{key: value for key, value in one.items() if value is not None} for one in listed],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _read(given: Iterable[Item | tuple[str | None, ...]]) -> list[Item]:
    return [item if isinstance(item, Item) else Item(*item) for item in given]  # type: ignore[arg-type]


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{escape(text)}</{name}>"
