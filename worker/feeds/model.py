"""What one document says, as frozen values. Text is clean (`worker.text.clean`) and plain: markup is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed feed document. `format` is like "rss20", "atom10", "json11"; items in document order."""

    format: str
    title: str
    link: str | None
    language: str | None
    items: tuple[ItemData, ...]
