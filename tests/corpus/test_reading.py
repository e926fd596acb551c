"""Every real document says what feedparser, as it comes, makes of it; known slices change nothing, and none takes long."""

from __future__ import annotations

import dataclasses
import io
import random
import re
import warnings
from resource import RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import feedparser
import pytest

from worker.errors import ParseError
from worker.feeds import entries
from worker.feeds.links import absolute
from worker.feeds.model import Known
from worker.feeds.names import language
from worker.feeds.parse import parse
from worker.text.clean import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worker.feeds.model import Document, ItemData

pytestmark = pytest.mark.corpus

PARTS = ("feeds", "cases")
LONGEST_CPU = 10.0
NOT_FEEDPARSERS = ("json", "sitemap")

DELIBERATE = {
    "authors": "the mail address in an author is found in linear time, by another expression",
    "summary, text": "of feeds/nicolus__picoFeed__next_inpact_full.xml: a reference to a control character is dropped,"
    " so that the strict parser reads what feedparser leaves to its lenient one, which keeps the escape;"
    " of cases/feed-rs/rss2/rss_2.0_ch9.xml: the channel has two descriptions, after which feedparser takes the first"
    " item's second description for its first",
}
"""Where we differ from feedparser, and why; nowhere else."""
OTHER_SUMMARIES = {
    ("feeds/nicolus__picoFeed__next_inpact_full.xml", "summary"),
    ("feeds/nicolus__picoFeed__next_inpact_full.xml", "text"),
    ("cases/feed-rs/rss2/rss_2.0_ch9.xml", "summary"),
}
OTHER_AUTHORS = {
    "cases/feed-rs/rss1/rss_1.0_spec_2.xml",
    "cases/feed-rs/rss2/rss_2.0_relurl_1.xml",
    "cases/feedvalidator/rss20/data-types-email/jumbled2.xml",
    "feeds/Ranchero-Software__RSParser__bio.rdf",
    "feeds/nicolus__picoFeed__xakep.ru.xml",
}


class Paper(NamedTuple):
    """A document of the corpus as we read it; `name` is its path there."""

    name: str
    body: bytes
    url: str
    document: Document


@pytest.fixture(scope="module", params=PARTS)
def papers(corpus: Path, request: pytest.FixtureRequest) -> list[Paper]:
    """What can be read of a part of the corpus; no other error than ParseError is met, and none takes long."""
    read = []
    for name, body in bodies(corpus / request.param):
        url = f"https://corpus.example/{quote(name)}"
        began = cpu()
        try:
            document = parse(body, url=url)
        except ParseError:
            continue
        finally:
            assert cpu() - began < LONGEST_CPU, name
        read.append(Paper(f"{request.param}/{name}", body, url, document))
    assert len(read) > 500
    return read


def bodies(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def cpu() -> float:
    spent = getrusage(RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def reference(body: bytes, **options: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(io.BytesIO(body), **options)


def converted(found: Any, url: str) -> list[ItemData | None]:
    """Our values of feedparser's own reading, raw."""
    version = found.version or "rss"
    atom = version.startswith("atom")
    link = entries.tried(entries.link_of, found.feed, url)
    feed = entries.Inheritance(
        atom=atom,
        base=url if atom or link is None else link,
        language=language(dict.get(found.feed, "language")),
        authors=(entries.tried(entries.authors_of, found.feed) or ()) if atom else (),
    )
    return [entries.tried(entries.item_of, entry, feed) for entry in found.entries]


def test_items_are_feedparsers_in_everything(papers: list[Paper]) -> None:
    other: set[tuple[str, str]] = set()
    compared = 0
    for paper in papers:
        if paper.document.format.startswith(NOT_FEEDPARSERS):
            continue
        theirs = [
            one
            for one in converted(reference(paper.body, sanitize_html=False, resolve_relative_uris=False), paper.url)
            if one
        ]
        assert len(theirs) == len(paper.document.items), paper.name
        for ours, one in zip(paper.document.items, theirs, strict=True):
            compared += 1
            for field in dataclasses.fields(one):
                if field.name != "slice" and getattr(ours, field.name) != getattr(one, field.name):
                    other.add((paper.name, field.name))
    assert compared > 2_000
    assert {name for name, field in other if field == "authors"} <= OTHER_AUTHORS
    assert {pair for pair in other if pair[1] != "authors"} <= OTHER_SUMMARIES


def words(text: str) -> list[str]:
    return re.findall(r"\w+", clean(text))


def test_plain_feedparser_gives_the_same_ids_links_titles_and_dates(papers: list[Paper]) -> None:
    other: list[tuple[str, str, object, object]] = []
    for paper in papers:
        if paper.document.format.startswith(NOT_FEEDPARSERS):
            continue
        found = reference(paper.body)
        if len(found.entries) != len(paper.document.items):  # an item of ours could not be converted
            continue
        for ours, entry in zip(paper.document.items, found.entries, strict=True):
            identifier = " ".join(str(dict.get(entry, "id") or "").split())
            if (ours.id or "") != identifier.translate({0xFEFF: None}):
                other.append((paper.name, "id", ours.id, identifier))
            link = dict.get(entry, "link") or ""
            if link.startswith(("http://", "https://")) and ours.link != absolute(link):
                other.append((paper.name, "link", ours.link, link))
            title = dict.get(entry, "title") or ""
            if "<" not in title and "&" not in title and words(ours.title) != words(title)[: len(words(ours.title))]:
                other.append((paper.name, "title", ours.title, title))
            dated = dict.get(entry, "published_parsed")
            if (
                dated
                and dated.tm_year >= 1990
                and (ours.published is None or ours.published.timetuple()[:5] != dated[:5])
            ):
                other.append((paper.name, "published", ours.published, dated))
    assert other == [], [str(one)[:300] for one in other]


def test_known_slices_change_nothing(papers: list[Paper]) -> None:
    apart = 0
    for paper in papers:
        whole = paper.document
        if whole.frame is None:
            assert whole.slices == ()
            assert {item.slice for item in whole.items} <= {None}
            continue
        apart += 1
        distinct = list(dict.fromkeys(whole.slices))
        drawn = random.Random(paper.name)
        for count in {0, 1, 2, len(distinct) // 2, len(distinct) - 1}:
            unknown = set(drawn.sample(distinct, min(count, len(distinct) - 1)))
            known = Known(whole.frame, frozenset(distinct) - unknown)
            found = parse(paper.body, url=paper.url, known=known)
            assert found.skimmed, paper.name
            assert found.items == tuple(item for item in whole.items if item.slice in unknown), paper.name
            assert dataclasses.replace(found, items=whole.items, skimmed=False) == whole, paper.name
    assert apart > 80
