"""Every real document is read as feedparser reads it, and kept as often as its items differ.

A document is read once in a process, by us and by feedparser: they are many, and some are large.
"""

from __future__ import annotations

import io
import warnings
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

import feedparser
import pytest
from golden.newsroom import Newsroom, migrated, opened

from config.values import Configuration, FeedLine
from worker.errors import ParseError
from worker.feeds.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from time import struct_time

    from worker.feeds.model import Document, ItemData, Known

pytestmark = pytest.mark.corpus


class Paper(NamedTuple):
    """A document of the corpus; `name` is its path there."""

    name: str
    body: bytes

    @property
    def url(self) -> str:
        """On a host of its own, so that none waits for another."""
        return f"https://{blake2b(self.name.encode(), digest_size=8).hexdigest()}.example/{quote(self.name)}"

    @property
    def for_feedparser(self) -> bytes:
        """The body; UTF-16 with neither mark nor declaration, which feedparser cannot tell, as UTF-8."""
        return self.body.decode("utf-16-le").encode() if self.body.startswith(b"<\0r\0") else self.body


class Entry(NamedTuple):
    """What is compared of an item that feedparser found."""

    id: str
    dated: struct_time | None
    created: bool


@pytest.fixture(scope="module")
def papers(corpus: Path) -> tuple[Paper, ...]:
    """The documents of `feeds`."""
    return tuple(documents(corpus, "feeds"))


def documents(corpus: Path, folder: str) -> Iterator[Paper]:
    for path in sorted((corpus / folder).rglob("*")):
        if path.is_file():
            yield Paper(path.relative_to(corpus).as_posix(), path.read_bytes())


@cache
def read(body: bytes, url: str) -> Document | ParseError:
    try:
        return parse(body, url=url)
    except ParseError as error:
        return error


def parsed(body: bytes, *, content_type: str, url: str, known: Known | None = None) -> Document:
    """As `parse`, which has done it already."""
    assert (content_type, known) == ("", None)
    document = read(body, url)
    if isinstance(document, ParseError):
        raise document
    return document


def items_of(paper: Paper) -> tuple[ItemData, ...]:
    document = read(paper.body, paper.url)
    return () if isinstance(document, ParseError) else document.items


def is_sitemap(paper: Paper) -> bool:
    document = read(paper.body, paper.url)
    return not isinstance(document, ParseError) and document.format == "sitemap"


@cache
def reference(body: bytes) -> tuple[Entry, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    return tuple(
        Entry(
            " ".join(str(dict.get(entry, "id") or "").replace("\ufeff", "").split()),
            dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed"),
            "created_parsed" in entry,
        )
        for entry in found.entries
    )


def test_as_many_items_as_feedparser_finds(papers: tuple[Paper, ...], manifest: list[dict[str, Any]]) -> None:
    json_items = {file["path"]: file.get("jsonfeed_items") for file in manifest}
    other: dict[str, tuple[int, int]] = {}
    for paper in papers:
        count = json_items[paper.name]
        expected = len(reference(paper.for_feedparser)) if count is None else count
        found = len(items_of(paper))
        if is_sitemap(paper):  # feedparser reads none
            expected = paper.body.count(b"<url>")
        if found != expected:
            other[paper.name] = (found, expected)
    assert other == {}


def test_ids_and_dates_are_feedparsers(papers: tuple[Paper, ...]) -> None:
    other: list[tuple[str, int]] = []
    for paper in papers:
        if paper.name.endswith(".json") or is_sitemap(paper):
            continue
        for number, (item, entry) in enumerate(zip(items_of(paper), reference(paper.for_feedparser), strict=True)):
            dated, ours = entry.dated, item.published or item.updated
            if (
                (item.id or "") != entry.id
                or (ours is None and dated and dated.tm_year >= 1990 and not entry.created)
                or (ours and dated and ours.timetuple()[:5] != dated[:5])
            ):
                other.append((paper.name, number))
    assert other == []


def test_none_is_refused(papers: tuple[Paper, ...]) -> None:
    assert [paper.name for paper in papers if isinstance(read(paper.body, paper.url), ParseError)] == []


TRACKED = {
    "fbclid",
    "gclid",
    "at_medium",
    "at_campaign",
    "cmp",
    "ocid",
    "smid",
    "ito",
    "xtor",
    "feedtype",
    "feedname",
    "cmpid",
}


def plain_link(link: str | None) -> str:
    """The canonical link, written a second time and slowly: only for telling links of one document apart."""
    if not link:
        return ""
    parts = urlsplit(link)
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in TRACKED and not key.lower().startswith(("utm_", "ns_"))
    ]
    return repr((parts.netloc.lower(), parts.path.replace("%20", " ") or "/", query))


def independent_count(items: tuple[ItemData, ...]) -> int:
    """How many items issue 2, paragraph 5 tells apart, by comparing each with each."""
    entries = list(dict.fromkeys((item.id or "", plain_link(item.link), item.title, item.text) for item in items))
    names = set()
    for entry in entries:
        identifier, link, title, text = entry
        others = [other for other in entries if other != entry]
        if identifier and all(other[0] != identifier for other in others):
            names.add(("id", identifier))
        elif not identifier and link and all(other[1] != link for other in others):
            names.add(("link", link))
        elif link and all(other[1:3] != (link, title) for other in others):
            names.add(("link and title", link, title))
        else:
            names.add(("title and text", title, text))
    return len(names)


def test_as_many_are_stored_as_an_independent_count_tells_apart(papers: tuple[Paper, ...], tmp_path: Path) -> None:
    with opened(migrated(tmp_path), tmp_path) as store:
        room = Newsroom(store, parse=parsed)
        room.apply(Configuration(feeds=tuple(FeedLine(paper.url, paper.name) for paper in papers)))
        for paper in papers:
            room.web.publish(paper.url, paper.body)
        results = {result.url: result for result in room.poll(force=True)}
        stored = {feed.name: feed.items for feed in store.feeds_list()}
    assert stored == {paper.name: independent_count(items_of(paper)) for paper in papers}
    for paper in papers:
        refused = isinstance(read(paper.body, paper.url), ParseError)
        result = results[paper.url]
        assert (result.outcome == "error") == refused, (paper.name, result)
        assert result.new_items == stored[paper.name], paper.name
