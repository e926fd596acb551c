"""An output feed as Atom (RFC 4287). PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from worker.alerts.outfeed import address_of, html_of, names_of, title_of, xml_text
from worker.alerts.payload import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.alerts.outfeed import Entry, OutFeed

MEDIA_TYPE = "application/atom+xml"


def atom(feed: OutFeed, *, address: str) -> bytes:
    """Return the document, UTF-8; `address` is where it is had.

    The same feed gives the same bytes.
    """
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        _element("id", f"urn:uuid:{feed.id}"),
        _element("title", xml_text(feed.title)),
        _element("updated", utc_text(feed.updated)),
        "<author><name>Tocsin</name></author>",
        "<generator>Tocsin</generator>",
        f'<link rel="self" type="{MEDIA_TYPE}" href={quoteattr(address)}/>',
    ]
    for entry in feed.entries:
        lines += ["<entry>", *_entry(entry), "</entry>"]
    return "\n".join([*lines, "</feed>", ""]).encode()


def _entry(entry: Entry) -> Iterator[str]:
    yield _element("id", f"urn:uuid:{entry.id}")
    yield _element("title", title_of(entry))
    yield _element("updated", utc_text(entry.updated))
    yield _element("published", utc_text(entry.published or entry.told_at))
    for name in names_of(entry):
        yield f"<author>{_element('name', name)}</author>"
    if (link := address_of(entry.link)) is not None:
        yield f'<link rel="alternate" href={quoteattr(link)}/>'
    for name in entry.watch_lists:
        yield f"<category term={quoteattr(xml_text(name))}/>"
    yield f"<source>{_element('title', xml_text(entry.source))}</source>"
    yield f'<content type="html">{escape(html_of(entry))}</content>'


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
