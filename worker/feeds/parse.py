"""From the bytes of a response to what the document says. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.feeds import jsonfeed, sitemaps, syndication
from worker.feeds.bounds import refuse_crowded
from worker.feeds.decode import decode
from worker.feeds.links import without_userinfo
from worker.feeds.sniff import looks_like_json, markup

if TYPE_CHECKING:
    from worker.feeds.model import Document, Known


def parse(body: bytes, *, content_type: str = "", url: str = "", known: Known | None = None) -> Document:
    """Read a feed of any kind; a feed without items is a Document too.

    Args:
        body: The decoded response, at most as long as the fetch lets through.
        content_type: The Content-Type header as received; its charset counts as in RFC 7303.
        url: Where the document is; relative links count from there. Its userinfo goes into no link.
        known: What is remembered of the feed's last document. Items whose slices are known are not read again, where
            the document comes apart and nothing that they inherit has changed (`Document.skimmed`); those that are
            read, and all else, are what reading the whole document gives.

    Raises:
        HtmlPage: The document is a web page.
        ParseError: The document is no feed, or is made to harm; one line says which.
    """
    url = without_userinfo(url)
    text = decode(body, content_type)
    if looks_like_json(text):
        return jsonfeed.document(text, url, known)
    feed = markup(text)
    count = refuse_crowded(feed.text)
    if feed.is_sitemap:
        return sitemaps.document(feed, url, known)
    return syndication.document(feed, url, count=count, known=known)
