"""Sitemaps with Google's news extension, plain ones, and their indexes. PURE.

https://www.sitemaps.org/protocol.html and https://developers.google.com/search/docs/crawling-indexing/sitemaps.
No XML parser: the format is flat, its writers are careless, and one bad `url` may cost only itself. Time is linear in
the document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.sax.saxutils import unescape

from worker.feeds.body import title
from worker.feeds.dates import from_text
from worker.feeds.links import absolute
from worker.feeds.model import Document, ItemData
from worker.feeds.names import distinct, language, name
from worker.feeds.newest import newest
from worker.feeds.skim import FEWEST, digest
from worker.text.markup import to_text

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.model import Known
    from worker.feeds.sniff import Markup

MAX_PARTS = 50
"""Of an index, the latest."""

_COMMENT = re.compile(r"<!--[^-]*+(?>-(?!->)[^-]*+)*+(?:-->|\Z)")
_ROOT_PREFIX = re.compile(r"<((?:[\w.-]{1,100}:)?)")
_CDATA = r"<!\[CDATA\[[^\]]*+(?>\](?!\]>)[^\]]*+)*+(?:\]\]>|\Z)"
_TAG = re.compile(rf"<(/?)(?:[\w.-]{{1,100}}:)?([\w.-]{{1,100}})([^<>]*+)>([^<]*+(?>{_CDATA}[^<]*+)*+)")
_SECTIONS = frozenset({"publication", "image", "video"})
"""Elements with children that bear the same names as others."""
_QUOTES = {"&quot;": '"', "&apos;": "'"}


def document(markup: Markup, url: str, known: Known | None = None) -> Document:
    """Read a sitemap, or an index of sitemaps; relative addresses count from `url`, that of the document.

    An item's slice is its `url` element; `known` as in `worker.feeds.parse`.
    """
    blocks = _blocks(markup)
    if markup.root == "sitemapindex":
        return Document("sitemapindex", "", None, None, (), parts=_parts(blocks, url))
    kept = newest(blocks, _date)
    slices = tuple(map(digest, kept))
    frame = digest(url)
    apart = len(kept) == len(blocks) >= FEWEST
    unread = known.slices if known is not None and apart and known.frame == frame else frozenset()
    items = (
        _item(_fields(block), url, one if apart else None)
        for block, one in zip(kept, slices, strict=True)
        if one not in unread
    )
    first = _fields(blocks[0]) if blocks else {}
    return Document(
        format="sitemap",
        title=name(to_text(first.get("publication/name", ""))),
        link=None,
        language=language(first.get("publication/language")),
        items=tuple(filter(None, items)),
        frame=frame if apart else None,
        slices=slices if apart else (),
        skimmed=not unread.isdisjoint(slices),
    )


def _blocks(markup: Markup) -> list[str]:
    """Each `url`, or `sitemap`, as far as it goes; one that is not closed ends where the next begins."""
    text = _COMMENT.sub("", markup.text)
    prefix = _ROOT_PREFIX.match(text)
    name = f"{re.escape(prefix[1] if prefix else '')}(?:url|sitemap)"
    stretches = re.split(rf"<{name}(?=[\s>])", text, flags=re.IGNORECASE)[1:]
    return [re.split(rf"</{name}\s*+>", stretch, maxsplit=1, flags=re.IGNORECASE)[0] for stretch in stretches]


def _parts(blocks: list[str], url: str) -> tuple[str, ...]:
    """The addresses of an index: the latest first, and of equal dates those that are called news."""
    found: dict[str, tuple[float, bool]] = {}
    for block in blocks:
        fields = _fields(block)
        address = _address(fields.get("loc", ""), url)
        if address is not None:
            moment = from_text(fields.get("lastmod"))
            found.setdefault(address, (moment.timestamp() if moment else 0, "news" in urlsplit(address).path.lower()))
    return tuple(sorted(found, key=found.__getitem__, reverse=True))[:MAX_PARTS]


def _date(block: str) -> datetime | None:
    fields = _fields(block)
    return from_text(fields.get("publication_date")) or from_text(fields.get("lastmod"))


def _fields(block: str) -> dict[str, str]:
    """Local name, behind that of its section and a slash, -> text as it stands there; of repeats the first."""
    found: dict[str, str] = {}
    section = ""
    for closing, element, rest, text in _TAG.findall(block):
        local = element.lower()
        if rest.endswith("/"):
            continue
        if local in _SECTIONS:
            section = "" if closing else f"{local}/"
        elif not closing:
            found.setdefault(f"{section}{local}", text)
    return found


def _item(fields: dict[str, str], url: str, slice_: bytes | None) -> ItemData | None:
    """An item, or None where there is no page that it could be of."""
    link = _address(fields.get("loc", ""), url)
    if link is None:
        return None
    return ItemData(
        id=None,
        link=link,
        title=title(to_text(fields.get("title", ""))),
        categories=distinct(name(to_text(word)) for word in fields.get("keywords", "").split(",")),
        source=name(to_text(fields.get("publication/name", ""))) or None,
        language=language(fields.get("publication/language")),
        published=from_text(fields.get("publication_date")),
        updated=from_text(fields.get("lastmod")),
        image=_address(fields.get("image/loc", ""), url),
        slice=slice_,
    )


def _address(raw: str, url: str) -> str | None:
    text = raw.strip()
    if text.startswith("<![CDATA["):
        text = text.removeprefix("<![CDATA[").removesuffix("]]>")
    else:
        text = unescape(text, _QUOTES)
    return absolute(text, url)
