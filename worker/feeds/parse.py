"""From the bytes of a response to what the document says. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.feeds import jsonfeed, syndication
from worker.feeds.bounds import refuse_hostile
from worker.feeds.decode import decode
from worker.feeds.links import without_userinfo
from worker.feeds.sniff import looks_like_json, markup

if TYPE_CHECKING:
    from worker.feeds.model import Document


def parse(body: bytes, *, content_type: str = "", url: str = "") -> Document:
    """Read a feed of any kind; a feed without items is a Document too.

    Args:
        body: The decoded response, at most as long as the fetch lets through.
        content_type: The Content-Type header as received; its charset counts as in RFC 7303.
        url: Where the document is; relative links count from there. Its userinfo goes into no link.

    Raises:
        ParseError: The document is no feed, or is made to harm; one line says which.
    """
    url = without_userinfo(url)
    text = decode(body, content_type)
    if looks_like_json(text):
        return jsonfeed.document(text, url)
    feed = markup(text)
    refuse_hostile(feed.text)
    return syndication.document(feed, url)
