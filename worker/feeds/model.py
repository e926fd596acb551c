"""What one document says, as frozen values. Text is clean (`worker.text.clean`) and plain: markup is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with an item: a recording, a film, a document.

    Attributes:
        url: Absolute, http or https only.
        type: Media type as declared, lower case, without parameters, or None.
        length: Bytes as declared, or None.
    """

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class ItemData:
    """One entry of a document, as it came over the wire, cleaned.

    Attributes:
        id: The publisher's id (guid, atom:id, JSON Feed id), or None. Not yet an identity: see `stories.identity`.
        link: Absolute URL as given, http or https only, or None.
        title: Plain text, one line, "" where absent.
        summary: Plain text of the summary or description, "" where absent.
        text: Plain text to match: the full content where there is one (with the summary before it where the content
            does not hold it already), else the summary.
        authors, categories: Plain text, in document order, without repeats.
        source: Name of the outlet that an aggregated item credits (RSS `source`, Atom `source`), or None.
        language: BCP 47 tag of the item or its feed, lower case, or None.
        published, updated: Aware UTC, or None where absent or outside 1990..: the caller judges the future.
        image: Absolute URL of the item's picture, or None.
        enclosures: The files that come with it, no two with one URL; no pictures. They tell no item from another.
        slice: Digest (BLAKE2b, 16 bytes) of the stretch of the document that says the item; None where the document
            does not come apart into its items.
    """

    id: str | None
    link: str | None
    title: str
    summary: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    source: str | None = None
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    slice: bytes | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """What a document says of when to come back.

    Attributes:
        at_least: The longer of RSS `ttl` and `sy:updatePeriod` by `sy:updateFrequency`; None where neither stands.
        skip_hours: Hours of the day, 0 to 23 GMT, at which not to ask (RSS `skipHours`).
        skip_days: Days of the week, 0 for Monday, on which not to ask, GMT (RSS `skipDays`).
    """

    at_least: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a feed's last document, so that the next one need not be read whole.

    Attributes:
        frame: Digest of what its items inherited from it: base, language, authors, namespaces, format.
        slices: Digests of its items' slices.
    """

    frame: bytes
    slices: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed feed document.

    Attributes:
        format: Like "rss20", "atom10", "json11", "sitemap", "sitemapindex", "cdf".
        items: In document order; where `skimmed`, only those of slices that were not known.
        hints: When the document asks us to come back.
        previous: Absolute URL of the document with the items before these (RFC 5005: `prev-archive`, else `next`).
        parts: Absolute URLs of the documents that hold the items, latest first; only of a sitemap index.
        frame, slices: What to remember as `Known`; slices in document order, with repeats. None and () where the
            document does not come apart into its items, and must be read whole each time.
        skimmed: Only unknown slices were read.
    """

    format: str
    title: str
    link: str | None
    language: str | None
    items: tuple[ItemData, ...]
    hints: Hints = Hints()
    previous: str | None = None
    parts: tuple[str, ...] = ()
    frame: bytes | None = None
    slices: tuple[bytes, ...] = ()
    skimmed: bool = False
