"""feedparser's two parsers, driven by hand: strict first, then lenient, as `feedparser.parse` does. PURE.

`feedparser.parse` itself is left out because it opens files and URLs, decodes what is decoded already, and searches
the prolog in time that grows with its square. Its results are the reference: the corpus tests hold both together.
"""

from __future__ import annotations

import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Self

from feedparser import FeedParserDict
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.exceptions import UndeclaredNamespace

from worker.errors import ParseError
from worker.feeds.limits import MAX_DEPTH
from worker.feeds.mend import mend
from worker.feeds.names import person

_TRIPS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What feedparser and its SGML parser let through on some broken documents."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What feedparser makes of a document: its own dictionaries, nothing cleaned yet."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]


_KEYS = frozenset(
    {"authors", "author_detail", "contributors", "guidislink", "links", "publishers", "publisher_detail"}
    | {f"{construct}_detail" for construct in ("title", "summary", "subtitle", "content", "rights", "info")}
    | {f"{date}_parsed" for date in ("published", "updated", "created", "expired")}
)
"""Keys of feedparser's dictionaries that an element of that name, which feedparser does not know, would overwrite."""


class _Params(FeedParserDict):  # type: ignore[misc]
    """Parameters of a text construct, which feedparser looks at for each piece of text and copies for each value.

    They are flat and none has a synonym, so plain look-ups and shallow copies do.
    """

    get = dict.get
    __getitem__ = dict.__getitem__
    __setitem__ = dict.__setitem__
    __contains__ = dict.__contains__

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(self)


class _Bounded:
    """Both parsers' bounds on what grows with its square, beyond `worker.feeds.bounds`."""

    resolve_relative_uris = False
    sanitize_html = False
    _get_context: Any

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - feedparser's own arguments, handed on
        super().__init__(*args)
        self.contentparams = _Params()

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        super().unknown_starttag(_harmless(tag), attrs)  # type: ignore[misc]

    def unknown_endtag(self, tag: str) -> None:
        super().unknown_endtag(_harmless(tag))  # type: ignore[misc]

    def push_content(self, *args: Any) -> None:  # noqa: ANN401 - feedparser's own arguments, handed on
        super().push_content(*args)  # type: ignore[misc]
        self.contentparams = _Params(self.contentparams)

    def _sync_author_detail(self, key: str = "author") -> None:
        """Tell a person's name from a mail address, in linear time; feedparser's own takes 20 s for 200 KB."""
        context = self._get_context()
        people = dict.get(context, f"{key}s")
        if isinstance(people, list) and people and not people[-1]:
            people[-1]["name"] = person(dict.get(context, key))


def _harmless(tag: str) -> str:
    return f"{tag}_element" if tag.rpartition(":")[2] in _KEYS else tag


class _Strict(_Bounded, StrictFeedParser):  # type: ignore[misc]
    """Well-formed XML."""

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        if self.depth >= MAX_DEPTH:
            raise ParseError(f"elements stand in each other more than {MAX_DEPTH} deep")
        super().unknown_starttag(tag, attrs)


class _Lenient(_Bounded, LooseFeedParser):  # type: ignore[misc]
    """Everything else."""


def read(text: str) -> Reading:
    """Read `text`, which begins with its root element; ParseError where feedparser gives up.

    No base is set, so that ids stay as the publisher wrote them wherever the document came from.
    """
    parser = _strictly(text)
    if parser is None:
        mended = mend(text)
        if mended != text:
            parser = _strictly(mended)
        if parser is None:
            parser = _leniently(mended)
    return Reading(parser.version, parser.feeddata, parser.entries)


def _strictly(text: str) -> Any | None:  # noqa: ANN401 - feedparser has no types
    """The strict parser after reading, or None where the document is not well-formed."""
    parser = _Strict("", None, "utf-8")
    sax = xml.sax.make_parser()  # noqa: S317 - the prolog, where entities are declared, is gone
    sax.setFeature(xml.sax.handler.feature_namespaces, 1)
    sax.setFeature(xml.sax.handler.feature_external_ges, 0)
    sax.setContentHandler(parser)
    sax.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(BytesIO(text.encode("utf-8", "replace")))
    try:
        sax.parse(source)
    except (xml.sax.SAXException, UndeclaredNamespace, *_TRIPS):
        return None
    return parser


def _leniently(text: str) -> Any:  # noqa: ANN401 - as above
    parser = _Lenient("", None, "utf-8", {})
    try:
        parser.feed(text)
    except _TRIPS as error:
        raise ParseError(f"the document's markup cannot be read ({type(error).__name__})") from error
    return parser
