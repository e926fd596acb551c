"""An output feed as JSON Feed 1.1 (jsonfeed.org/version/1.1). PURE."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from worker.alerts.outfeed import address_of, html_of, names_of, text_of, title_of, xml_text
from worker.alerts.payload import utc_text

if TYPE_CHECKING:
    from worker.alerts.outfeed import Entry, OutFeed

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: OutFeed, *, address: str) -> bytes:
    """Return the document, UTF-8; `address` is where it is had. The same feed gives the same bytes."""
    document = {
        "version": VERSION,
        "title": xml_text(feed.title),
        "feed_url": address,
        "authors": [{"name": "Tocsin"}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, object]:
    link = address_of(entry.link)
    return {
        "id": f"urn:uuid:{entry.id}",
        **({} if link is None else {"url": link}),
        "title": title_of(entry),
        "content_html": html_of(entry),
        "content_text": text_of(entry),
        "date_published": utc_text(entry.published or entry.told_at),
        "date_modified": utc_text(entry.updated),
        "authors": [{"name": name} for name in names_of(entry)],
        "tags": [xml_text(name) for name in entry.watch_lists],
        **({} if entry.language is None else {"language": xml_text(entry.language)}),
    }
