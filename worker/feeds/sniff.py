"""What a document is, told from its first element, before a parser sees it. PURE.

Whatever stands before the root element is dropped here. A parser needs none of it, and there hostile documents keep
entity declarations (XML 1.0, section 2.8) and careless servers their warnings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.errors import HtmlPage, ParseError

_PROLOG = re.compile(
    r"\s*+(?><\?.*?\?>\s*+|<!--.*?-->\s*+|<!DOCTYPE(?>[^\[>\"']|\"[^\"]*\"|'[^']*')*+(?:>\s*+|(?=\[)))*+",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(r"<(?:[\w.-]{1,100}:)?([\w.-]{1,100})")
_LATER_ROOT = re.compile(
    r"<(?:[\w.-]{1,100}:)?(?:rss|feed|rdf|channel|urlset|sitemapindex|html|opml)[\s>]", re.IGNORECASE
)
_JSON = re.compile(r"""\s*+(?:(\{)\s*+(?:["}]|\Z)|\[)""")
_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "entry"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})
_KNOWN = _ROOTS | _SITEMAPS | {"html", "opml"}
_OF_PAGES = frozenset(
    {"html", "head", "body", "meta", "title", "link", "base", "script", "style", "noscript", "iframe", "img", "form"}
    | {"div", "span", "p", "a", "b", "i", "br", "hr", "h1", "h2", "h3", "center", "font", "pre", "table", "ul", "ol"}
)
"""Elements with which web pages begin that leave out `html`, or have something before it."""
_PAGE_TYPE = re.compile(r"<!DOCTYPE\s++html\b", re.IGNORECASE)
_BINARY = {"\x1f\x8b": "gzip data", "PK": "a ZIP archive", "%PDF": "a PDF"}


@dataclass(frozen=True, slots=True)
class Markup:
    """A document that begins with its root element, named `root` (lower case, no prefix).

    `netscape`: its document type is Netscape's, which is how RSS 0.91 tells its two kinds apart. `is_page`: web pages
    begin so, though `html` itself is no root that comes here.
    """

    text: str
    root: str
    netscape: bool
    is_page: bool = False

    @property
    def is_sitemap(self) -> bool:
        """Whether it is a sitemap, or an index of sitemaps."""
        return self.root in _SITEMAPS

    @property
    def is_feed(self) -> bool:
        """Whether feeds begin so."""
        return self.root in _ROOTS


def looks_like_json(text: str) -> bool:
    """Whether the document can only be JSON. A bracket may begin a server's warning, with a feed behind it."""
    found = _JSON.match(text)
    return found is not None and (found[1] == "{" or _LATER_ROOT.search(text) is None)


def markup(text: str) -> Markup:
    """Return the document from its root element on, or raise ParseError saying what the document is instead.

    Raises:
        HtmlPage: The document is a web page.
    """
    if not text.strip():
        raise ParseError("the document is empty")
    opening = _PROLOG.match(text)
    prolog = opening.end() if opening else 0
    head = text[:prolog]
    if text.startswith("[", prolog) and head.strip() and not head.rstrip().endswith(">"):
        raise ParseError("the document type has declarations of its own, which feeds need not and attackers do")
    start, root = _root(text, prolog)
    if root == "html":
        raise HtmlPage("the document is an HTML page")
    if root == "opml":
        raise ParseError("the document is an OPML list of feeds")
    page = root in _OF_PAGES or _PAGE_TYPE.search(head) is not None
    return Markup(text[start:], root, netscape="netscape" in head.lower(), is_page=page)


def _root(text: str, prolog: int) -> tuple[int, str]:
    """Where the root element begins, and its name; behind junk it is the first element that documents begin with."""
    found = _NAME.search(text, prolog)
    if found is None:
        raise ParseError(f"the document is {_without_elements(text)}")
    name = found[1].lower()
    if name not in _KNOWN and (behind := _LATER_ROOT.search(text, found.start())):
        found = _NAME.search(text, behind.start()) or found
        name = found[1].lower()
    return found.start(), name


def _without_elements(text: str) -> str:
    """What a document without a single element is."""
    for start, kind in _BINARY.items():
        if text.startswith(start):
            return kind
    return "plain text" if text[:200].isprintable() or "\0" not in text[:200] else "binary data"
