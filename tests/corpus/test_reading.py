"""Every real document is read as feedparser reads it, known slices change nothing, and none takes long.

A document is read once by us and once in each way by feedparser, for they are many, and some are large; all that
is found of it is looked at together with what is found of its share.
"""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass, field
from functools import cached_property
from resource import RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING, Any

import pytest
from corpus.comparison import converted, differences
from corpus.exceptions import OTHER_AUTHORS, OTHER_SUMMARIES, PLAINLY_OTHER, REFUSED
from corpus.independence import independent_count
from corpus.papers import SHARES, Paper, papers, reference, share, unsanitised
from golden.newsroom import Newsroom, migrated, opened

from config.values import Configuration, FeedLine
from worker.errors import ParseError
from worker.feeds.model import Known
from worker.feeds.parse import parse

if TYPE_CHECKING:
    from pathlib import Path

    from worker.feeds.model import Document, ItemData

pytestmark = pytest.mark.corpus

PARTS = ("feeds", "cases")
LONGEST_CPU = 10.0
NOT_FEEDPARSERS = ("json", "sitemap")
LEAST_READ = 500
LEAST_COMPARED = 2_000
"""Of each part: documents that can be read, and items that feedparser has too."""
LEAST_APART = {"feeds": (90, 90, 90, 90), "cases": (18, 26, 26, 15)}
"""Of each share: documents that come apart."""


@dataclass
class Reading:
    """A document as we read it, or why we refuse it; feedparser's readings are made when they are first asked for."""

    paper: Paper
    document: Document | ParseError

    @cached_property
    def raw(self) -> Any:
        return unsanitised(self.paper)

    @cached_property
    def plain(self) -> Any:
        return reference(self.paper.for_feedparser)

    @property
    def items(self) -> tuple[ItemData, ...]:
        return () if isinstance(self.document, ParseError) else self.document.items

    @property
    def is_sitemap(self) -> bool:
        return not isinstance(self.document, ParseError) and self.document.format == "sitemap"


@dataclass
class Findings:
    """What was found of one share: how much was looked at, and where we differ, by name."""

    read: int = 0  # documents
    compared: int = 0  # items
    apart: int = 0  # documents
    missed: dict[str, str] = field(default_factory=dict)  # refused though feedparser finds items: why
    raw_other: set[tuple[str, str]] = field(default_factory=set)
    plainly_other: set[tuple[str, str]] = field(default_factory=set)

    def add(self, reading: Reading) -> None:
        name, document = reading.paper.name, reading.document
        if isinstance(document, ParseError):
            if reference(reading.paper.body).entries:
                self.missed[name] = str(document)
            return
        self.read += 1
        self.apart += comes_apart(reading.paper, document)
        if not document.format.startswith(NOT_FEEDPARSERS):
            self._compare(name, reading)

    def _compare(self, name: str, reading: Reading) -> None:
        theirs = [one for one in converted(reading.raw, reading.paper.url) if one]
        assert len(theirs) == len(reading.items), name
        for ours, one in zip(reading.items, theirs, strict=True):
            for part in dataclasses.fields(one):
                if part.name != "slice" and getattr(ours, part.name) != getattr(one, part.name):
                    self.raw_other.add((name, part.name))
        found = reading.plain
        if len(found.entries) != len(reading.items):  # an item of ours could not be converted
            return
        self.compared += len(found.entries)
        atom = (found.version or "").startswith("atom")
        for ours, entry in zip(reading.items, found.entries, strict=True):
            self.plainly_other |= {(name, part) for part in differences(ours, entry, found.feed, atom=atom)}


def read(paper: Paper) -> Reading:
    """No other error than ParseError is met, and no document takes long."""
    began = cpu()
    try:
        return Reading(paper, parse(paper.body, url=paper.url))
    except ParseError as error:
        return Reading(paper, error)
    finally:
        assert cpu() - began < LONGEST_CPU, paper.name


def cpu() -> float:
    spent = getrusage(RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def comes_apart(paper: Paper, whole: Document) -> bool:
    """Whether it does; then what is known of it changes nothing, however much that is."""
    if whole.frame is None:
        assert whole.slices == ()
        assert {item.slice for item in whole.items} <= {None}
        return False
    distinct = list(dict.fromkeys(whole.slices))
    drawn = random.Random(paper.name)
    for count in {0, 1, 2, len(distinct) // 2, len(distinct) - 1}:
        unknown = set(drawn.sample(distinct, min(count, len(distinct) - 1)))
        known = Known(whole.frame, frozenset(distinct) - unknown)
        found = parse(paper.body, url=paper.url, known=known)
        assert found.skimmed, paper.name
        assert found.items == tuple(item for item in whole.items if item.slice in unknown), paper.name
        assert dataclasses.replace(found, items=whole.items, skimmed=False) == whole, paper.name
    return True


@pytest.mark.parametrize("part", PARTS)
def test_the_shares_are_the_whole(corpus: Path, manifest: list[dict[str, Any]], part: str) -> None:
    shares = [path for number in range(SHARES) for path in share(corpus, part, number)]
    assert sorted(shares) == sorted(path for path in (corpus / part).rglob("*") if path.is_file())
    files = [file.get("files", 1) for file in manifest if file["path"].startswith(f"{part}/")]
    assert len(shares) == sum(count if isinstance(count, int) else len(count) for count in files)
    named = {path.relative_to(corpus).as_posix() for path in shares}
    excepted = REFUSED.union(OTHER_AUTHORS, dict(OTHER_SUMMARIES), *PLAINLY_OTHER.values())
    assert {name for name in excepted if name.startswith(f"{part}/")} <= named


def assert_known(found: Findings, names: set[str], part: str, number: int) -> None:
    """What was found is what is excepted of these documents."""
    assert found.read * SHARES > LEAST_READ
    assert found.compared * SHARES > LEAST_COMPARED
    assert found.apart >= LEAST_APART[part][number]
    assert set(found.missed) == REFUSED & names
    assert all("declarations of its own" in why for why in found.missed.values())
    assert {name for name, what in found.raw_other if what == "authors"} <= OTHER_AUTHORS
    assert {pair for pair in found.raw_other if pair[1] != "authors"} <= OTHER_SUMMARIES
    excepted = (known for group in PLAINLY_OTHER.values() for known in group.items())
    assert sorted(found.plainly_other) == sorted(
        (name, what) for name, fields in excepted if name in names for what in fields
    )


@pytest.mark.parametrize("number", range(SHARES))
def test_cases_say_what_feedparser_makes_of_them(corpus: Path, number: int) -> None:
    found, dealt = Findings(), papers(corpus, "cases", number)
    for paper in dealt:
        found.add(read(paper))
    assert_known(found, {paper.name for paper in dealt}, "cases", number)


@pytest.mark.parametrize("number", range(SHARES))
def test_feeds_say_what_feedparser_makes_of_them_and_are_stored_item_by_item(
    corpus: Path, manifest: list[dict[str, Any]], tmp_path: Path, number: int
) -> None:
    json_items = {file["path"]: file.get("jsonfeed_items") for file in manifest}
    found, dealt = Findings(), papers(corpus, "feeds", number)
    documents: dict[str, Document | ParseError] = {}
    counts: dict[str, tuple[int, int]] = {}
    other: list[tuple[str, int]] = []
    for paper in dealt:
        reading = read(paper)
        documents[paper.url] = reading.document
        found.add(reading)
        if (pair := item_counts(reading, json_items[paper.name])) is not None:
            counts[paper.name] = pair
        other += [(paper.name, place) for place in other_ids_and_dates(reading)]
    assert_known(found, {paper.name for paper in dealt}, "feeds", number)
    assert counts == {}
    assert other == []
    assert [url for url, document in documents.items() if isinstance(document, ParseError)] == []
    assert_stored(dealt, documents, tmp_path)


def item_counts(reading: Reading, of_json: int | None) -> tuple[int, int] | None:
    """How many items we find and how many there are, where that is not the same."""
    if reading.is_sitemap:  # feedparser reads none
        expected = reading.paper.body.count(b"<url>")
    else:
        expected = len(reading.raw.entries) if of_json is None else of_json
    return None if len(reading.items) == expected else (len(reading.items), expected)


def other_ids_and_dates(reading: Reading) -> list[int]:
    """The places of the items whose id or date is not feedparser's."""
    if reading.paper.name.endswith(".json") or reading.is_sitemap:
        return []
    other = []
    for number, (item, entry) in enumerate(zip(reading.items, reading.raw.entries, strict=True)):
        identifier = " ".join(str(dict.get(entry, "id") or "").replace("\ufeff", "").split())
        dated, ours = (
            dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed"),
            item.published or item.updated,
        )
        if (
            (item.id or "") != identifier
            or (ours is None and dated and dated.tm_year >= 1990 and "created_parsed" not in entry)
            or (ours and dated and ours.timetuple()[:5] != dated[:5])
        ):
            other.append(number)
    return other


def assert_stored(dealt: list[Paper], documents: dict[str, Document | ParseError], folder: Path) -> None:
    """As many items are stored of each as an independent count tells apart."""

    def parsed(body: bytes, *, content_type: str, url: str, known: Known | None = None) -> Document:
        """As `parse`, which has done it already."""
        assert (content_type, known) == ("", None)
        document = documents[url]
        if isinstance(document, ParseError):
            raise document
        return document

    with opened(migrated(folder), folder) as store:
        room = Newsroom(store, parse=parsed)
        room.apply(Configuration(feeds=tuple(FeedLine(paper.url, paper.name) for paper in dealt)))
        for paper in dealt:
            room.web.publish(paper.url, paper.body)
        results = {result.url: result for result in room.poll(force=True)}
        stored = {feed.name: feed.items for feed in store.feeds_list()}
    read_items = {
        paper.name: () if isinstance(document, ParseError) else document.items
        for paper, document in zip(dealt, documents.values(), strict=True)
    }
    assert stored == {name: independent_count(items) for name, items in read_items.items()}
    for paper in dealt:
        refused = isinstance(documents[paper.url], ParseError)
        result = results[paper.url]
        assert (result.outcome == "error") == refused, (paper.name, result)
        assert result.new_items == stored[paper.name], paper.name
