"""RSS, Atom, RDF and CDF: a document whole, or as much of it as is not known. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from worker.errors import HtmlPage, ParseError
from worker.feeds.apart import read_apart
from worker.feeds.body import title
from worker.feeds.entries import Inheritance, authors_of, date_of, item_of, link_of, text_of, tried
from worker.feeds.hints import hints
from worker.feeds.links import absolute, as_base
from worker.feeds.model import Document
from worker.feeds.names import language
from worker.feeds.newest import newest
from worker.feeds.reader import read
from worker.feeds.skim import Pieces, digest, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.feeds.model import Known
    from worker.feeds.reader import Reading
    from worker.feeds.sniff import Markup

_get = dict.get
_CHANNEL_DEFINITION = re.compile(r"<(?:channel|item)\s[^<>]*?\b(?:href|lastmod)\s*+=", re.IGNORECASE)
"""Microsoft's format (https://www.w3.org/TR/NOTE-CDFsubmit.html) keeps addresses and dates in attributes."""
_PREVIOUS = ("prev-archive", "next")
"""Relations of the document before this one: RFC 5005, section 4 and, where that is missing, section 3."""


def document(markup: Markup, url: str, *, count: int, known: Known | None = None) -> Document:
    """Read RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, or CDF; ParseError where the document is none of them.

    `url` is the document's own. Relative links count from `xml:base`, else from the site that an RSS channel names,
    else from `url`. An item that cannot be converted is left out. `count` is how many start tags of items there are;
    `known` are the slices that need not be read again, if the rest still says the same of them.
    """
    apart = pieces(markup.text, count, known.slices if known is not None else ())
    if known is not None and apart is not None and not known.slices.isdisjoint(apart.digests):
        skimmed = _skimmed(markup, url, apart, known)
        if skimmed is not None:
            return skimmed
    return _whole(markup, url, apart)


def _skimmed(markup: Markup, url: str, apart: Pieces, known: Known) -> Document | None:
    """Read the slices that are not known and what stands around them; None where that is not the whole truth."""
    unknown = [place for place, one in enumerate(apart.digests) if one not in known.slices]
    reading = read_apart(apart, unknown)
    if reading is None:
        return None
    feed = _Feed.of(reading, markup, url)
    if feed.frame(reading) != known.frame:
        return None
    found = feed.document(reading, reading.entries, [apart.digests[place] for place in unknown])
    return replace(found, frame=known.frame, slices=apart.digests, skimmed=True)


def _whole(markup: Markup, url: str, apart: Pieces | None) -> Document:
    reading = (None if apart is None else read_apart(apart, range(len(apart.slices)))) or read(markup.text)
    if not reading.entries and not (_version(reading, markup) and markup.is_feed):
        what = f"begins with <{markup.root[:40]}> and is no feed"
        raise HtmlPage("the document is an HTML page") if markup.is_page else ParseError(f"the document {what}")
    feed = _Feed.of(reading, markup, url)
    if apart is None or reading.inherited is None or len(apart.digests) != len(reading.entries):
        entries = newest(reading.entries, date_of)
        return feed.document(reading, entries, [None] * len(entries))
    return replace(
        feed.document(reading, reading.entries, apart.digests), frame=feed.frame(reading), slices=apart.digests
    )


@dataclass(frozen=True, slots=True)
class _Feed:
    """What a document says of itself."""

    format: str
    url: str
    link: str | None
    items: Inheritance

    @classmethod
    def of(cls, reading: Reading, markup: Markup, url: str) -> _Feed:
        version = _version(reading, markup) or "rss"
        atom = version.startswith("atom")
        link = tried(link_of, reading.feed, url)
        return cls(
            format="rss091n" if markup.netscape and version.startswith("rss") else version,
            url=url,
            link=link,
            items=Inheritance(
                atom=atom,
                base=url if atom or link is None else as_base(link) or url,
                language=language(_get(reading.feed, "language")),
                authors=(tried(authors_of, reading.feed) or ()) if atom else (),
            ),
        )

    def frame(self, reading: Reading) -> bytes:
        """A digest of everything that may colour an item from outside."""
        return digest(repr((reading.inherited, self.items)))

    def document(self, reading: Reading, entries: Sequence[dict[str, Any]], slices: Sequence[bytes | None]) -> Document:
        """The document with these of its entries, each with the digest of its slice."""
        items = (tried(item_of, entry, self.items, one) for entry, one in zip(entries, slices, strict=True))
        return Document(
            format=self.format,
            title=title(tried(text_of, reading.feed, "title") or ""),
            link=self.link,
            language=self.items.language,
            items=tuple(filter(None, items)),
            hints=hints(reading.feed, reading.hours, reading.days),
            previous=tried(_previous, reading.feed, url=self.url),
        )


def _version(reading: Reading, markup: Markup) -> str:
    if not reading.version and markup.root == "channel" and _CHANNEL_DEFINITION.search(markup.text):
        return "cdf"
    return reading.version


def _previous(feed: dict[str, Any], url: str) -> str | None:
    links = [link for link in _get(feed, "links", ()) if _get(link, "rel") in _PREVIOUS]
    links.sort(key=lambda link: _PREVIOUS.index(_get(link, "rel")))
    found = filter(None, (absolute(_get(link, "href"), url) for link in links))
    return next((address for address in found if address != url), None)
