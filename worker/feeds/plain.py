"""Items as most publishers write them, read without a parser, as feedparser would. PURE.

An item is *plain* where it is a row of elements that hold text or nothing, all of them known here. To read one so takes
a fraction of the time. What is in doubt is not plain: markup in markup, references that XML does not know, characters
that it forbids, an element twice whose repeats count. What the prefixes stand for, and what items inherit, only the
rest of the document says; `worker.feeds.apart` therefore lets feedparser read a sample of the plain ones too.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from feedparser.datetimes import _parse_date
from feedparser.urls import _urljoin

from worker.feeds.elements import harmless
from worker.feeds.links import is_usual
from worker.feeds.names import person
from worker.feeds.strict import HANDLED, Strict, followed, repaired

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from worker.feeds.elements import Inherited

_NAME = r"[A-Za-z_][\w.-]{0,99}+"
_VALUE = r"""(?:"[^"<]*+"|'[^'<]*+')"""
_LEAF = re.compile(
    rf"[ \t\n]*+<(?>({_NAME}):)?+({_NAME})((?>[ \t\n]++{_NAME}={_VALUE}){{0,20}}+)[ \t\n]*+"
    r"(?:/>|>([^<]*+)(?><!\[CDATA\[([^\]]*+(?>\](?!\]>)[^\]]*+)*+)\]\]>([^<]*+))?+</(?(1)\1:)\2[ \t\n]*+>)",
    re.ASCII,
)
_ATTRIBUTE = re.compile(rf"({_NAME})=({_VALUE})", re.ASCII)
_DECLARATION = re.compile(rf"\sxmlns:({_NAME})\s*+=\s*+[\"']([^\"'<>]*+)[\"']", re.ASCII)
_BEGIN = re.compile(r"<[\w.:-]++[ \t\n]*+>", re.ASCII)
_SPACE = re.compile(r"[ \t\n]*+", re.ASCII)
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
_NONCHARACTERS = ("\ufffe", "\uffff")
_REFERENCE = re.compile(r"&(?:#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}))|(lt|gt|quot|apos|amp));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_MAX_LEAVES = 100
_MAX_ATTRIBUTES = 200
_LONGEST = 65_536
"""Characters of an item. What is larger would be held several times over, and gains little."""
_NO_ATTRIBUTES: dict[str, str] = {}
_COLOURING = frozenset({"base", "lang", "xmlns"})
"""Attributes that change what an element, and perhaps what follows it, means."""
_RELATIVE = frozenset(Strict.can_be_relative_uri)
_PREFIXES = {uri.lower(): prefix for uri, prefix in Strict.namespaces.items()}


class Kind(NamedTuple):
    """How elements of one name are read.

    Attributes:
        read: Adds one to an entry, as feedparser's handlers do.
        once: Whether a second of them is not plain.
        bare: Whether one with attributes is not.
        void: Whether one with text is not.
    """

    read: Callable[[_Entry, Leaf], None]
    once: bool = False
    bare: bool = False
    void: bool = False


class Leaf(NamedTuple):
    """An element with text or nothing in it.

    Attributes:
        name: As it is written, with its prefix.
        key: Under which feedparser keeps it, and has its handlers.
        kind: How it is read.
        attributes: By lower-case name.
        text: Without white space around it.
    """

    name: str
    key: str
    kind: Kind
    attributes: dict[str, str]
    text: str


def prefixes(before: str) -> dict[str, str]:
    """The prefixes declared in this text, as far as can be seen, each with feedparser's for the same namespace."""
    return {prefix: _PREFIXES.get(uri.lower(), prefix) for prefix, uri in _DECLARATION.findall(before)}


def leaves(piece: str, name: str, declared: Mapping[str, str]) -> list[Leaf] | None:
    """Take apart the text of an item that ends with `</name>`; None where it is not plain.

    `declared` are the `prefixes` of its document. Whether they are right only a parser can tell; but elements of one
    name, as it is written, are alike in all items, for these have no declarations of their own.
    """
    if len(piece) > _LONGEST:
        return None
    if "\r" in piece:
        piece = piece.replace("\r\n", "\n").replace("\r", "\n")  # XML 1.0, section 2.11
    opening = _BEGIN.match(piece)
    if opening is None or not _is_xml(piece):
        return None
    found: list[Leaf] = []
    met = set()
    place = opening.end()
    room = _MAX_ATTRIBUTES
    while len(found) < _MAX_LEAVES and (match := _LEAF.match(piece, place)):
        place = match.end()
        prefix, local, said, before, within, behind = match.groups()
        if prefix and prefix not in declared:
            return None
        key, kind = _kind(declared[prefix] if prefix else "", local)
        text = _text(before) if before else ""
        if within is not None:
            after = _text(behind) if behind else ""
            text = None if text is None or after is None else f"{text}{within}{after}"
        attributes = _attributes(said) if said else _NO_ATTRIBUTES
        if kind is None or text is None or attributes is None or key in met:
            return None
        text = text.strip()
        room -= len(attributes)
        if room < 0 or (kind.bare and attributes) or (kind.void and text):
            return None
        if kind.once:
            met.add(key)
        found.append(Leaf(f"{prefix}:{local}" if prefix else local, key, kind, attributes, text))
    gap = _SPACE.match(piece, place)
    is_whole = gap is not None and gap.end() == len(piece) - len(name) - len("</>")
    return found if is_whole else None


def entry(found: list[Leaf], inherited: Inherited) -> dict[str, Any]:
    """What feedparser makes of an item of these leaves in RSS."""
    language = inherited.language
    being = _Entry(language.replace("_", "-") if language else language, inherited.base)
    for leaf in found:
        leaf.kind.read(being, leaf)
    return being.values


def _is_xml(text: str) -> bool:
    """Whether all its characters are such of XML 1.0 (section 2.2)."""
    try:
        written = text.encode()
    except UnicodeEncodeError:
        return False
    # Five times quicker than to search for them.
    return len(written) == len(written.translate(None, _CONTROLS)) and not any(one in text for one in _NONCHARACTERS)


def _text(written: str) -> str | None:
    """Character data with its references resolved; None where XML or we do not know one."""
    if "]]>" in written:
        return None
    if "&" not in written:
        return written
    if "&#" in written:
        if written.count("&") != sum(1 for _ in _REFERENCE.finditer(written)):
            return None
        text = _REFERENCE.sub(_resolved, written)
        return text if _is_xml(text) else None
    text = written.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    return text.replace("&amp;", "&") if text.count("&") == text.count("&amp;") else None


def _resolved(reference: re.Match[str]) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if number <= sys.maxunicode else "\0"


def _attributes(written: str) -> dict[str, str] | None:
    """Attributes by lower-case name; None where one is there twice, or may colour more than its element."""
    found: dict[str, str] = {}
    for name, quoted in _ATTRIBUTE.findall(written):
        key, value = name.lower(), _text(quoted[1:-1])
        if value is None or key in found or key in _COLOURING or not value.isprintable():
            return None
        found[key] = value.lower() if key in {"rel", "type"} else value
    return found


class _Entry:
    """An entry in the making.

    Attributes:
        language, base: What it inherits, as feedparser's details of a text have it.
        values: feedparser's own dictionary.
    """

    __slots__ = ("base", "language", "values")

    def __init__(self, language: str | None, base: str) -> None:
        self.language = language
        self.base = base
        self.values: dict[str, Any] = {}

    def detail(self, kind: str, text: str) -> dict[str, Any]:
        """What feedparser says of a text construct."""
        return {"type": kind, "language": self.language, "base": self.base, "value": text}

    def listed(self, key: str) -> list[Any]:
        """The list under `key`."""
        found: list[Any] = self.values.setdefault(key, [])
        return found

    def joined(self, address: str) -> str:
        """The address, resolved as feedparser does."""
        if not address or (not self.base and is_usual(address)):
            return address
        return _urljoin(self.base, address)  # type: ignore[no-any-return]


def _title(being: _Entry, leaf: Leaf) -> None:
    kind = "text/html" if Strict.looks_like_html(leaf.text) else "text/plain"
    text = being.values["title"] = repaired(leaf.text)
    being.values["title_detail"] = being.detail(kind, text)


def _description(being: _Entry, leaf: Leaf) -> None:
    text = being.values["summary"] = repaired(leaf.text)
    being.values["summary_detail"] = being.detail("text/html", text)


def _content(being: _Entry, leaf: Leaf) -> None:
    text = repaired(leaf.text)
    being.listed("content").append(being.detail("text/html", text))
    being.values.setdefault("summary", text)


def _link(being: _Entry, leaf: Leaf) -> None:
    text = being.values["link"] = followed(repaired(being.joined(leaf.text)))
    link = {"rel": "alternate", "type": "text/html"}
    being.listed("links").append(link | {"href": text} if text else link)


def _guid(being: _Entry, leaf: Leaf) -> None:
    is_link = leaf.attributes.get("ispermalink", "true") == "true"
    text = being.values["id"] = repaired(being.joined(leaf.text) if is_link else leaf.text)
    being.values["guidislink"] = is_link and "link" not in being.values
    if is_link:
        being.values.setdefault("link", text)


def _published(being: _Entry, leaf: Leaf) -> None:
    text = being.values["published"] = repaired(leaf.text)
    being.values["published_parsed"] = _parse_date(text)


def _updated(being: _Entry, leaf: Leaf) -> None:
    text = being.values["updated"] = repaired(leaf.text)
    being.values["updated_parsed"] = _parse_date(text)


def _author(being: _Entry, leaf: Leaf) -> None:
    text = being.values["author"] = repaired(leaf.text)
    being.listed("authors").append({"name": person(text)})


def _category(being: _Entry, leaf: Leaf) -> None:
    tags = being.listed("tags")
    said = leaf.attributes.get
    tag = {"term": said("term"), "scheme": said("scheme", said("domain")), "label": said("label")}
    if any(tag.values()):
        tags.append(tag)
    text = repaired(leaf.text)
    if text and tags and not tags[-1]["term"]:
        tags[-1]["term"] = text
    elif text:
        tags.append({"term": text, "scheme": None, "label": None})


def _source(being: _Entry, leaf: Leaf) -> None:
    source = {"href": leaf.attributes["url"]} if "url" in leaf.attributes else {}
    text = repaired(leaf.text)
    being.values["source"] = source | {"title": text} if text else source


def _enclosure(being: _Entry, leaf: Leaf) -> None:
    said = leaf.attributes
    if href := said.get("url", said.get("uri", said.get("href"))):
        said = {name: value for name, value in said.items() if name not in {"url", "uri"}} | {"href": href}
    being.listed("links").append(said | {"rel": "enclosure"})


def _media(being: _Entry, leaf: Leaf) -> None:
    being.listed(leaf.key).append(leaf.attributes)


def _thumbnail(being: _Entry, leaf: Leaf) -> None:
    being.values["url"] = ""
    _media(being, leaf)


def _other(being: _Entry, leaf: Leaf) -> None:
    """An element that feedparser has no handler for: it keeps attributes, else text."""
    text = being.joined(leaf.text) if leaf.key in _RELATIVE else leaf.text
    being.values[leaf.key] = leaf.attributes or repaired(text)


_KINDS = {
    "title": Kind(_title, once=True, bare=True),
    "description": Kind(_description, once=True, bare=True),
    "content_encoded": Kind(_content, bare=True),
    "link": Kind(_link, once=True, bare=True),
    "guid": Kind(_guid, once=True),
    "pubdate": Kind(_published),
    "updated": Kind(_updated),
    "dc_date": Kind(_updated),
    "author": Kind(_author),
    "dc_creator": Kind(_author),
    "category": Kind(_category),
    "dc_subject": Kind(_category),
    "source": Kind(_source),
    "enclosure": Kind(_enclosure, void=True),
    "media_content": Kind(_media, void=True),
    "media_thumbnail": Kind(_thumbnail, void=True),
}
_OTHER = Kind(_other)


@lru_cache(maxsize=1_000)
def _kind(prefix: str, local: str) -> tuple[str, Kind | None]:
    """Under which name feedparser knows an element, and how it is read; None where it is not plain."""
    tag = (f"{prefix}:{local}" if prefix else local).lower()
    key = tag.replace(":", "_")
    if harmless(tag) != tag:
        return key, None
    return key, _KINDS.get(key) or (None if key in HANDLED else _OTHER)
