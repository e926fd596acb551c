"""What both of feedparser's parsers do differently for us: an item can neither harm nor colour another. PURE.

feedparser keeps what it knows of the document in some thirty attributes of one parser, and much of it outlives the
item that set it: a language or base in the middle of markup, a namespace prefix, a picture or author left open. Here
each item begins with what stands around the items, and leaves nothing behind. So one bad item costs only itself, and
an item reads alone as it reads among others, which is what lets `worker.feeds.skim` leave the known ones out.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from feedparser import FeedParserDict
from feedparser.urls import _urljoin, make_safe_absolute_uri

from worker.errors import ParseError
from worker.feeds.limits import MAX_NAMESPACES, MAX_TERMS
from worker.feeds.links import as_base
from worker.feeds.names import person

if TYPE_CHECKING:
    from collections.abc import Callable

SLIPS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What feedparser's handlers let through on some broken elements."""

_KEYS = frozenset(
    {"authors", "author_detail", "contributors", "guidislink", "links", "publishers", "publisher_detail"}
    | {f"{construct}_detail" for construct in ("title", "summary", "subtitle", "content", "rights", "info")}
    | {f"{date}_parsed" for date in ("published", "updated", "created", "expired")}
)
"""Keys of feedparser's dictionaries that an element of that name, which feedparser does not know, would overwrite."""

_BASES = frozenset({"base", "xml:base"})

_FLAGS = (
    *("incontent", "intextinput", "inimage", "inauthor", "incontributor", "inpublisher", "insource"),
    *("svgOK", "hasContent"),
)
"""What a parser is in the middle of: nothing, where an item begins."""

_NO_FLAGS = dict.fromkeys(_FLAGS, 0)
_STATE = (*_FLAGS, "depth", "infeed", "title_depth", "elementstack", "sourcedata", "contentparams")
_state_of = attrgetter(*_STATE)


class Plain(FeedParserDict):  # type: ignore[misc]
    """feedparser's dictionary without its synonyms, which are slow: none of them is a key that we read."""

    get = dict.get
    setdefault = dict.setdefault
    __getitem__ = dict.__getitem__
    __setitem__ = dict.__setitem__
    __contains__ = dict.__contains__

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Parameters of a text construct are flat, and the only dictionaries that feedparser copies."""
        return type(self)(self)


def harmless(tag: str) -> str:
    """The name of an element that may stand in feedparser's dictionaries as a key."""
    return f"{tag}_element" if tag.rpartition(":")[2] in _KEYS else tag


class Inherited(NamedTuple):
    """What may colour an item from outside.

    Attributes:
        version: Of the format, like "rss20".
        base, language: As elements around it declare them.
        depth: How many of these there are.
        in_feed: Whether one is a channel or feed.
        prefixes: Declared ones, each with feedparser's prefix of the same namespace.
        namespaces: All of them, by prefix.
        pictured: Whether the feed has a picture, to which pictures of items may be added.
    """

    version: str
    base: str
    language: str | None
    depth: int
    in_feed: bool
    prefixes: tuple[tuple[str, str], ...]
    namespaces: tuple[tuple[str, str], ...]
    pictured: bool


@dataclass(frozen=True, slots=True)
class _Around:
    """A parser's state where an item begins, which comes back behind it."""

    values: dict[str, Any]
    bases: int
    languages: int


class Isolated:
    """Both parsers' bounds, beyond `worker.feeds.bounds`, and the wall around each item.

    Attributes:
        inherited: What the first item inherited of the elements around it; None where there was no item, or nobody
            had said what the document is.
        depths: How deep the elements stood that the present item's values were taken from.
        hours, days: The texts of RSS `hour` and `day` where an RSS channel says when not to ask.
    """

    resolve_relative_uris = False
    sanitize_html = False

    if TYPE_CHECKING:  # feedparser's own attributes
        version: str
        baseuri: str
        lang: str | None
        depth: int
        inentry: int
        insource: int
        inimage: int
        intextinput: int
        incontent: int
        basestack: list[str]
        langstack: list[str | None]
        namespacemap: dict[str | None, str]
        namespaces_in_use: dict[str, str]

        push: Callable[[str, int], None]
        pop: Callable[[str], str | None]

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - feedparser's own arguments, handed on
        super().__init__(*args)
        self.feeddata: dict[str, Any] = Plain()
        self.sourcedata: dict[str, Any] = Plain()
        self.contentparams: dict[str, Any] = Plain()
        self.elementstack: list[list[Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.inherited: Inherited | None = None
        self.hours: list[object] = []
        self.days: list[object] = []
        self.depths: dict[str, int] = {}
        self._around: _Around | None = None
        self._within = 0
        self._aside: dict[str, Any] = Plain()

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Take an element's beginning."""
        bases = {name.lower(): value for name, value in attrs if name.lower() in _BASES}
        if bases and not self.resolved_base(bases.get("xml:base") or bases.get("base", "")):
            attrs = [(name, value) for name, value in attrs if name.lower() not in _BASES]
        try:
            super().unknown_starttag(harmless(tag), attrs)  # type: ignore[misc]
        except SLIPS:
            if not self.inentry:
                raise

    def unknown_endtag(self, tag: str) -> None:
        """Take an element's end."""
        try:
            super().unknown_endtag(harmless(tag))  # type: ignore[misc]
        except SLIPS:
            if not self.inentry:
                raise

    def resolved_base(self, said: str) -> str:
        """The base that an element declares, resolved as feedparser does; "" where it counts as absent."""
        if not as_base(said):
            return ""
        return as_base(make_safe_absolute_uri(self.baseuri, said) if self.baseuri else _urljoin("", said))

    def push_content(self, tag: str, attrs_d: dict[str, str], default: str, expecting_text: int) -> None:
        """Begin a text construct."""
        self.incontent += 1
        if self.lang:
            self.lang = self.lang.replace("_", "-")
        kind = self.map_content_type(attrs_d.get("type", default))  # type: ignore[attr-defined]
        params: dict[str, Any] = Plain()
        params.update({"type": kind, "language": self.lang, "base": self.baseuri})
        self.contentparams = params
        params["base64"] = self._is_base64(attrs_d, params)  # type: ignore[attr-defined]
        self.push(tag, expecting_text)

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Take a namespace declaration; ParseError where there are too many."""
        super().track_namespace(prefix, uri)  # type: ignore[misc]
        if len(self.namespacemap) + len(self.namespaces_in_use) > MAX_NAMESPACES:
            raise ParseError(f"the document declares more than {MAX_NAMESPACES} namespaces")

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        """Keep a category; repeats are dropped later, all at once."""
        tags = self._get_context().setdefault("tags", [])
        if (term or scheme or label) and len(tags) < MAX_TERMS:
            tags.append({"term": term, "scheme": scheme, "label": label})

    def _start_item(self, attrs_d: dict[str, str]) -> None:
        if self._around is not None:
            self._within += 1
        else:
            self._around = self._surroundings()
            if not self.entries and self._around.values["version"]:  # else an item may say what the document is
                self.inherited = self._inherited(self._around)
        vars(self).update(_NO_FLAGS)
        self.elementstack = []
        self.sourcedata, self.contentparams, self._aside = Plain(), Plain(), Plain()
        self._summaryKey: str | None = None
        self.depths = {}
        self.entries.append(Plain())
        self.push("item", 0)
        self.inentry = 1
        self.guidislink = False
        self.title_depth = -1
        about = self._get_attribute(attrs_d, "rdf:about")  # type: ignore[attr-defined]
        if about:
            self.entries[-1]["id"] = about
        self._cdf_common(attrs_d)  # type: ignore[attr-defined]

    _start_entry = _start_item

    def _end_item(self) -> None:
        self.inentry = 0
        around = self._around
        if self._within:
            self._within -= 1
        elif around is not None:
            version = self.version
            vars(self).update(around.values)
            self.version = self.version or version
            del self.basestack[around.bases :], self.langstack[around.languages :]
            self._around = None

    _end_entry = _end_item

    def _surroundings(self) -> _Around:
        """What stands around the item whose start tag is being read."""
        values: dict[str, Any] = dict(zip(_STATE, _state_of(self), strict=True))
        values["baseuri"] = self.basestack[-2] if len(self.basestack) > 1 else ""
        values |= self._declared()
        return _Around(values, len(self.basestack), len(self.langstack))

    def _declared(self) -> dict[str, Any]:
        """What namespaces have been declared, and what they say of the document; the item's own may be among them."""
        return {
            "version": self.version,
            "namespacemap": dict(self.namespacemap),
            "namespaces_in_use": dict(self.namespaces_in_use),
        }

    def _inherited(self, around: _Around) -> Inherited:
        return Inherited(
            version=around.values["version"],
            base=around.values["baseuri"],
            language=self.langstack[-2] if len(self.langstack) > 1 else None,
            depth=around.values["depth"],
            in_feed=bool(around.values["infeed"]),
            prefixes=tuple(sorted((prefix or "", known) for prefix, known in around.values["namespacemap"].items())),
            namespaces=tuple(sorted(around.values["namespaces_in_use"].items())),
            pictured="image" in self.feeddata,
        )

    def _get_context(self) -> dict[str, Any]:
        """Where an element's text goes. What an item says of a picture's or input field's own goes nowhere."""
        if self.inentry and not self.insource and (self.intextinput or (self.inimage and "image" in self.feeddata)):
            return self._aside
        found: dict[str, Any] = super()._get_context()  # type: ignore[misc]
        return found

    def _end_source(self) -> None:
        self.insource = 0
        value = self.pop("source")
        if value:
            self.sourcedata["title"] = value
        self._get_context()["source"] = self.sourcedata
        self.sourcedata = Plain()

    def _start_hour(self, _attributes: dict[str, str]) -> None:
        self.push("hour", 1)

    def _end_hour(self) -> None:
        self._skipped("hour", self.hours)

    def _start_day(self, _attributes: dict[str, str]) -> None:
        self.push("day", 1)

    def _end_day(self) -> None:
        self._skipped("day", self.days)

    def _skipped(self, unit: str, found: list[object]) -> None:
        value = self.pop(unit)
        if not self.inentry and self.elementstack and self.elementstack[-1][0] == f"skip{unit}s":
            found.append(value)

    def _sync_author_detail(self, key: str = "author") -> None:
        """Tell a person's name from a mail address, in linear time; feedparser's own takes 20 s for 200 KB."""
        context = self._get_context()
        people = context.get(f"{key}s")
        if isinstance(people, list) and people and not people[-1]:
            people[-1]["name"] = person(context.get(key))
