"""What a document is, told from its first element, before a parser sees it. PURE.

Whatever stands before the root element is dropped here. A parser needs none of it, and there hostile documents keep
entity declarations (XML 1.0, section 2.8) and careless servers their warnings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.errors import ParseError

_PROLOG = re.compile(
    r"\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+(?:>\s*+|(?=\[)))*+",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(r"<(?:[\w.-]{1,100}:)?([\w.-]{1,100})")
_FEED_ROOT = re.compile(r"<(?:[\w.-]{1,100}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "entry"})
_STRANGERS = {
    "html": "an HTML page",
    "urlset": "a sitemap, which cannot be read yet",
    "sitemapindex": "a sitemap index, which cannot be read yet",
    "opml": "an OPML list of feeds",
}
_BINARY = {"\x1f\x8b": "gzip data", "PK": "a ZIP archive", "%PDF": "a PDF"}


@dataclass(frozen=True, slots=True)
class Markup:
    """A document that begins with its root element, named `root` (lower case, no prefix).

    `netscape`: its document type is Netscape's, which is how RSS 0.91 tells its two kinds apart.
    """

    text: str
    root: str
    netscape: bool

    @property
    def is_feed(self) -> bool:
        """Whether feeds begin so."""
        return self.root in _ROOTS


def looks_like_json(text: str) -> bool:
    """Whether the document can only be JSON."""
    return text[:256].lstrip().startswith(("{", "["))


def markup(text: str) -> Markup:
    """Return the document from its root element on, or raise ParseError saying what the document is instead."""
    if not text.strip():
        raise ParseError("the document is empty")
    opening = _PROLOG.match(text)
    prolog = opening.end() if opening else 0
    head = text[:prolog]
    if text.startswith("[", prolog):
        raise ParseError("the document type has declarations of its own, which feeds need not and attackers do")
    start, root = _root(text, prolog)
    if root in _STRANGERS:
        raise ParseError(f"the document is {_STRANGERS[root]}")
    return Markup(text[start:], root, "netscape" in head.lower())


def _root(text: str, prolog: int) -> tuple[int, str]:
    """Where the root element begins, and its name; behind junk it is the first element that begins a feed."""
    found = _NAME.search(text, prolog)
    if found is None:
        raise ParseError(f"the document is {_without_elements(text)}")
    name = found[1].lower()
    if name not in _ROOTS and name not in _STRANGERS and (behind := _FEED_ROOT.search(text, found.start())):
        found = _NAME.search(text, behind.start()) or found
        name = found[1].lower()
    return found.start(), name


def _without_elements(text: str) -> str:
    """What a document without a single element is."""
    for start, kind in _BINARY.items():
        if text.startswith(start):
            return kind
    return "plain text" if text[:200].isprintable() or "\0" not in text[:200] else "binary data"
