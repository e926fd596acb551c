"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), read leniently. PURE.

A value of the wrong type counts as absent; numbers serve as ids and titles, since publishers write them so. What is no
object among the items is left out.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from worker.errors import ParseError
from worker.feeds.body import body, title
from worker.feeds.dates import from_text
from worker.feeds.enclosures import of_attachments
from worker.feeds.limits import MAX_ADDRESS, MAX_ITEMS_IN_ALL, MAX_TEXT
from worker.feeds.links import absolute
from worker.feeds.model import Document, ItemData
from worker.feeds.names import distinct, language, name
from worker.feeds.newest import newest
from worker.feeds.skim import FEWEST, digest
from worker.text.clean import lines, one_line
from worker.text.markup import plain_to_text, to_text

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.model import Known

_DIGITS = 1_000
_MARKS = ("id", "url", "external_url", "content_html", "content_text", "title")
"""Members that tell an item, where the document does not say what it is."""


def document(text: str, url: str, known: Known | None = None) -> Document:
    """Read a JSON Feed; ParseError where it is other JSON or none. Relative links count from `url`.

    An item's slice is its object, written anew; `known` as in `worker.feeds.parse`.
    """
    try:
        feed = json.loads(text, strict=False, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ParseError("the document begins like JSON and is none") from error
    if not isinstance(feed, dict):
        raise ParseError("the document is a JSON array, not a JSON Feed")
    version = feed.get("version")
    declared = isinstance(version, str) and "jsonfeed.org" in version
    items = feed.get("items", [] if declared else None)
    if not isinstance(items, list):
        raise ParseError("the document is JSON, not a JSON Feed")
    objects = [item for item in items if isinstance(item, dict)]
    if not declared and not any(mark in item for item in objects for mark in _MARKS):
        raise ParseError("the document is JSON, not a JSON Feed")
    if len(objects) > MAX_ITEMS_IN_ALL:
        raise ParseError(f"the document has more than {MAX_ITEMS_IN_ALL:,} items")
    spoken = language(feed.get("language"))
    people = _authors(feed)
    kept = newest(objects, _date)
    frame = digest(repr((url, spoken, people)))
    slices = [digest(json.dumps(item)) for item in kept]
    apart = len(kept) == len(objects) >= FEWEST
    unread = known.slices if known is not None and apart and known.frame == frame else frozenset()
    return Document(
        format="json11" if declared and "1.1" in str(version) else "json10",
        title=title(plain_to_text(_text(feed.get("title")))),
        link=absolute(feed.get("home_page_url"), url),
        language=spoken,
        items=tuple(
            _item(item, url, spoken, people, one if apart else None)
            for item, one in zip(kept, slices, strict=True)
            if one not in unread
        ),
        previous=previous if (previous := absolute(feed.get("next_url"), url)) != url else None,
        frame=frame if apart else None,
        slices=tuple(slices) if apart else (),
        skimmed=not unread.isdisjoint(slices),
    )


def _item(
    item: dict[str, Any], url: str, spoken: str | None, people: tuple[str, ...], slice_: bytes | None
) -> ItemData:
    identifier = one_line(_text(item.get("id")))
    summary = plain_to_text(_text(item.get("summary")))
    markup, plain = item.get("content_html"), item.get("content_text")
    full = to_text(markup) if isinstance(markup, str) and markup else lines(plain if isinstance(plain, str) else "")
    pictures = (absolute(item.get(key), url) for key in ("image", "banner_image"))
    return ItemData(
        id=identifier if 0 < len(identifier) <= MAX_ADDRESS else None,
        link=absolute(item.get("url"), url) or absolute(item.get("external_url"), url),
        title=title(plain_to_text(_text(item.get("title")))),
        summary=summary[:MAX_TEXT],
        text=body(summary, [full]),
        authors=_authors(item) or people,
        categories=distinct(map(name, _list(item.get("tags")))),
        language=language(item.get("language")) or spoken,
        published=from_text(item.get("date_published")),
        updated=from_text(item.get("date_modified")),
        image=next(filter(None, pictures), None),
        enclosures=of_attachments(_list(item.get("attachments")), url),
        slice=slice_,
    )


def _date(item: dict[str, Any]) -> datetime | None:
    return from_text(item.get("date_published")) or from_text(item.get("date_modified"))


def _authors(of: dict[str, Any]) -> tuple[str, ...]:
    """Names by 1.1's `authors`, else by 1.0's `author`."""
    people = [person for person in (*_list(of.get("authors")), of.get("author")) if isinstance(person, dict)]
    return distinct(name(person.get("name")) for person in people)


def _integer(digits: str) -> int | None:
    """An integer, or None for one longer than any id: for 4,300 digits Python would refuse the whole document."""
    return int(digits) if len(digits) <= _DIGITS else None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
