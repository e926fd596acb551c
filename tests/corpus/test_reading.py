"""Every real document says what feedparser, as it comes, makes of it; known slices change nothing, and none takes long."""

from __future__ import annotations

import dataclasses
import html
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


PLAINLY_OTHER: dict[str, dict[str, tuple[str, ...]]] = {
    "what stands in iframe, noscript, script, svg or title is not what an item says": {
        "feeds/feedjira__feedjira__Pastieampampltampampltself.xml": ("text",),
        "feeds/feedjira__feedjira__RegatorBlog.xml": ("text",),
        "feeds/feedjira__feedjira__SignalvsNoise.xml": ("summary", "text"),
        "feeds/feedjira__feedjira__oneszerosmajorsandminors.xml": ("summary", "text"),
        "cases/feedparser/wellformed/namespace/atomsvgdctitle.xml": ("summary", "text"),
        "cases/feedparser/wellformed/namespace/atomsvgdesc.xml": ("summary", "text"),
        "cases/feedparser/wellformed/namespace/atomsvgtitle.xml": ("summary", "text"),
        "cases/feedparser/wellformed/namespace/rss2.0svgtitle.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/entry_content_crazy.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/entry_content_iframe.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/entry_summary_crazy.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/entry_summary_iframe.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/entry_title_crazy.xml": ("title",),
        "cases/feedparser/wellformed/sanitize/item_content_encoded_crazy.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/item_description_crazy.xml": ("summary", "text"),
        "cases/feedparser/wellformed/sanitize/item_fullitem_crazy.xml": ("summary", "text"),
        "cases/feedvalidator/atom/3.1.1.3/bogus_svg_attr.xml": ("summary", "text"),
        "cases/feedvalidator/atom/3.1.1.3/bogus_svg_element.xml": ("summary", "text"),
        "cases/feedvalidator/atom/4.1.3.1/type-text-html.xml": ("text",),
        "cases/feedvalidator/atom/should/content_contains_base64_script.xml": ("text",),
    },
    "a tag that is not closed goes to the end of the text, as HTML has it": {
        "feeds/newsboat__newsboat__rss091_1.xml": ("summary", "text"),
        "feeds/newsboat__newsboat__rss092_1.xml": ("summary", "text"),
        "cases/feedparser/wellformed/rss/item_description_not_a_doctype2.xml": ("summary", "text"),
        "cases/feedvalidator/atom/3.1.1.2/invalid_html.xml": ("summary", "text"),
        "cases/feedvalidator/atom/must/entry_content_not_html.xml": ("summary", "text"),
        "cases/feedvalidator/atom/must/entry_summary_not_html.xml": ("summary", "text"),
        "cases/feedvalidator/atom/must/entry_title_not_html.xml": ("title",),
        "cases/feedvalidator/ext/media/invalid_description_html.xml": ("summary", "text"),
    },
    "what escapes have hidden, and looks like a tag or an entity, counts as one": {
        "feeds/danmactough__node-feedparser__intertwingly.atom": ("summary", "text"),
        "feeds/feedjira__feedjira__Jickstacom.xml": ("text",),
        "feeds/feedjira__feedjira__RubyonWindows.xml": ("summary", "text"),
        "feeds/nicolus__picoFeed__planete-jquery.xml": ("text",),
    },
    "a person's name is plain text, told from the mail address by another expression": {
        "feeds/Ranchero-Software__RSParser__bio.rdf": ("authors",),
        "cases/feed-rs/rss2/rss_2.0_relurl_1.xml": ("authors",),
        "cases/feedvalidator/atom/must/entry_author_name_contains_html.xml": ("authors",),
        "cases/feedvalidator/atom/must/entry_author_name_contains_html_cdata.xml": ("authors",),
    },
    "the channel has two descriptions, which feedparser lets colour its first item": {
        "cases/feed-rs/rss2/rss_2.0_ch9.xml": ("summary",),
    },
}
"""Where our title, summary, text or authors have other letters than feedparser's own sanitised ones: why, where and in what."""
REFUSED = {
    "cases/feedparser/wellformed/rss/entity_in_doctype.xml",
    "cases/feedvalidator/rss/should/system_entity.xml",
    "cases/feedvalidator/rss/should/system_entity_http.xml",
}
"""Documents that feedparser finds items in and we do not: they declare entities of their own."""

LIMITS = {"title": 1_000, "summary": 200_000, "text": 200_000}
EARLIEST = 1990
MARKUP = re.compile(r"<!--.*?-->|<[a-zA-Z/!?][^>]*>", re.DOTALL)


class Paper(NamedTuple):
    """A document of the corpus as we read it; `name` is its path there."""

    name: str
    body: bytes
    url: str
    document: Document

    @property
    def for_feedparser(self) -> bytes:
        """The body; UTF-16 with neither mark nor declaration, which feedparser cannot tell, as UTF-8."""
        return self.body.decode("utf-16-le").encode() if self.body.startswith(b"<\0r\0") else self.body


class Shelf(NamedTuple):
    """A part of the corpus: what can be read of it, and name, body and error of what cannot."""

    papers: list[Paper]
    refused: list[tuple[str, bytes, str]]


@pytest.fixture(scope="module", params=PARTS)
def shelf(corpus: Path, request: pytest.FixtureRequest) -> Shelf:
    """A part of the corpus, read; no other error than ParseError is met, and no document takes long."""
    read, refused = [], []
    for name, body in bodies(corpus / request.param):
        url = f"https://corpus.example/{quote(name)}"
        began = cpu()
        try:
            document = parse(body, url=url)
        except ParseError as error:
            refused.append((f"{request.param}/{name}", body, str(error)))
            continue
        finally:
            assert cpu() - began < LONGEST_CPU, name
        read.append(Paper(f"{request.param}/{name}", body, url, document))
    assert len(read) > 500
    return Shelf(read, refused)


@pytest.fixture(scope="module")
def papers(shelf: Shelf) -> list[Paper]:
    """What can be read."""
    return shelf.papers


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


def test_only_documents_that_declare_entities_are_refused_though_feedparser_reads_them(
    shelf: Shelf, request: pytest.FixtureRequest
) -> None:
    missed = {name: why for name, body, why in shelf.refused if reference(body).entries}
    assert set(missed) == {name for name in REFUSED if name.startswith(f"{request.node.callspec.params['shelf']}/")}
    assert all("declarations of its own" in why for why in missed.values())


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
            for one in converted(
                reference(paper.for_feedparser, sanitize_html=False, resolve_relative_uris=False), paper.url
            )
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


def letters(text: str) -> str:
    return "".join(re.findall(r"\w+", clean(text)))


def readings(value: object, kind: str = "text/html") -> set[str]:
    """The letters of a text construct of feedparser's, tags and entities read once, and once more as they are escaped
    twice as often as not; of plain text as it stands too, for nobody knows whether it is."""
    text = value if isinstance(value, str) else ""
    found = {letters(text)} if kind == "text/plain" else set()
    for _ in range(2):
        text = html.unescape(MARKUP.sub(" ", text))
        found |= {letters(text), letters(html.unescape(text))}
    return found


def constructs(entry: Any) -> dict[str, set[str]]:
    """What may be our title, summary and text of an entry that feedparser has sanitised, letters only."""
    summary = readings(dict.get(entry, "summary"), kind_of(entry, "summary"))
    contents: list[tuple[str, ...]] = [("",)]
    for part in dict.get(entry, "content") or ():
        if re.match(r"text/|.*(?:html|/xml)$", dict.get(part, "type") or ""):
            read = readings(dict.get(part, "value"), dict.get(part, "type"))
            contents = [(*before, one) for before in contents for one in read]
    full = {"".join(dict.fromkeys(parts)) for parts in contents}
    return {
        "title": readings(dict.get(entry, "title"), kind_of(entry, "title")),
        "summary": summary,
        "text": {f"{one}{rest}" for one in ("", *summary) for rest in full if rest}
        | (summary if "" in full else set()),
    }


def kind_of(entry: Any, construct: str) -> str:
    kind: str = dict.get(dict.get(entry, f"{construct}_detail") or {}, "type", "text/html")
    return kind


def people(entry: Any) -> list[str]:
    """The names, else mail addresses, of an entry's authors, each once."""
    found = (dict.get(author, "name") or dict.get(author, "email") or "" for author in dict.get(entry, "authors") or ())
    return list(filter(None, dict.fromkeys(letters(html.unescape(one)) for one in found)))


def moment(entry: Any, *kinds: str) -> tuple[int, ...] | None:
    """The first of these dates that there is, to the second, from 1990 on."""
    dates = (dict.get(entry, f"{kind}_parsed") for kind in kinds)
    found = next((date for date in dates if date and date.tm_year >= EARLIEST), None)
    return None if found is None else tuple(found[:6])


def differences(ours: ItemData, entry: Any, feed: Any, *, atom: bool) -> Iterator[str]:
    """The fields in which an item is not what feedparser, as it comes, says of it."""
    identifier = " ".join(str(dict.get(entry, "id") or "").split()).translate({0xFEFF: None})
    if (ours.id or "") != identifier:
        yield "id"
    link = dict.get(entry, "link") or ""
    if link.startswith(("http://", "https://")) and ours.link != absolute(link):
        yield "link"
    for name, allowed in constructs(entry).items():
        text = getattr(ours, name)
        found = letters(text)
        cut = len(text) >= LIMITS[name] - 1  # a space at the very end is dropped
        if found not in allowed and not (cut and any(one.startswith(found) for one in allowed)):
            yield name
    dates = {
        "published": ("published", "created") if atom else ("published", "created", "updated"),
        "updated": ("updated",),
    }
    for name, kinds in dates.items():
        date = getattr(ours, name)
        if (None if date is None else tuple(date.timetuple()[:6])) != moment(entry, *kinds):
            yield name
    if [letters(one) for one in ours.authors] != (people(entry) or (people(feed) if atom else [])):
        yield "authors"


def test_plain_feedparser_says_the_same(papers: list[Paper]) -> None:
    other: set[tuple[str, str]] = set()
    compared = 0
    for paper in papers:
        if paper.document.format.startswith(NOT_FEEDPARSERS):
            continue
        found = reference(paper.for_feedparser)
        if len(found.entries) != len(paper.document.items):  # an item of ours could not be converted
            continue
        atom = (found.version or "").startswith("atom")
        for ours, entry in zip(paper.document.items, found.entries, strict=True):
            compared += 1
            other |= {(paper.name, field) for field in differences(ours, entry, found.feed, atom=atom)}
    assert compared > 2_000
    names = {paper.name for paper in papers}
    excepted = (known for group in PLAINLY_OTHER.values() for known in group.items())
    assert sorted(other) == sorted((name, field) for name, fields in excepted if name in names for field in fields)


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
