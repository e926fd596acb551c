from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from golden.newsroom import BEGIN, response
from servers.documents import Item, dated, items, rss

from config.values import Settings
from worker.errors import ParseError
from worker.feeds.cadence import Pace
from worker.feeds.health import Condition
from worker.feeds.model import Hints
from worker.feeds.parse import parse
from worker.pipeline.reading import Reader
from worker.records import LeasedFeed, Memory, Remembered
from worker.stories.identity import names
from worker.stories.model import KnownItem

URL = "https://news.example/feed"
FEED = LeasedFeed(
    id=1,
    token=7,
    url=URL,
    polled_url=URL,
    name=None,
    validators=None,
    body_hash=None,
    every=None,
    ignore_hints=False,
    full_text=False,
    condition=Condition("ok"),
    pace=Pace(),
    hints=Hints(),
    candidate=None,
    last_good_at=BEGIN - timedelta(hours=1),
    last_parsed_at=BEGIN - timedelta(hours=1),
    last_whole_at=BEGIN - timedelta(hours=1),
    listed=5,
)


@dataclass
class Archive:
    """A store that remembers one document, and knows its items by number."""

    remembered: Memory | None = None
    ids: dict[bytes, int] = field(default_factory=dict)

    def memory(self, feed: int) -> Memory | None:
        return self.remembered

    def known_items(self, feed, identities, contents):
        return [KnownItem(self.ids[one], one, b"as it was") for one in identities if one in self.ids], []

    def keep(self, read) -> None:
        """What the store makes of a read document."""
        for new in read.decision.new:
            self.ids.setdefault(new.item.identity, len(self.ids) + 1)
        slices = tuple(Remembered(one.slice, one.item or self.ids[one.identity], one.names) for one in read.slices)
        self.remembered = Memory(read.document.frame, slices)


@dataclass
class Parser:
    """Parses, and notes whether it was told what is known."""

    whole: list[bool] = field(default_factory=list)
    as_read: Callable = parse

    def __call__(self, body, *, content_type, url, known=None):
        self.whole.append(known is None)
        return self.as_read(body, content_type=content_type, url=url, known=known)


@pytest.fixture
def archive():
    return Archive()


@pytest.fixture
def parser():
    return Parser()


@pytest.fixture
def reader(archive, parser):
    return Reader(archive, parser, Settings())


def read(reader, given, **more):
    return reader.read(FEED, response(rss(given), url=URL, **more), now=BEGIN)


def test_of_a_known_document_only_what_is_new_is_read(archive, parser, reader):
    given = dated(items(5), BEGIN - timedelta(minutes=5))
    first = read(reader, given)
    assert (first.listed, len(first.decision.new), len(first.dates), len(first.slices)) == (5, 5, 5, 5)
    archive.keep(first)
    second = read(reader, [Item("id-9", "Ninth", published=BEGIN), *given[:4]])
    assert parser.whole == [True, False]
    assert [new.item.item.title for new in second.decision.new] == ["Ninth"]
    assert second.decision.seen == (1, 2, 3, 4)
    assert (second.listed, len(second.dates)) == (5, 1)
    assert [one.item for one in second.slices] == [None, 1, 2, 3, 4]
    assert second.slices[0].identity == second.decision.new[0].item.identity
    assert second.slices[0].names == names(second.decision.new[0].item.item)


def test_an_item_that_shares_a_name_with_one_not_read_has_the_whole_document_read(archive, parser, reader):
    given = dated(items(5), BEGIN - timedelta(minutes=5))
    archive.keep(read(reader, given))
    second = read(reader, [given[1]._replace(title="The same id, another item"), *given[:4]])
    assert parser.whole == [True, False, True]
    assert second.listed == 5
    assert len(second.document.items) == 5


def test_a_feed_that_listed_nothing_so_far_is_read_whole(archive, parser, reader):
    archive.remembered = Memory(b"frame", ())
    reader.read(replace(FEED, listed=0), response(rss(items(2)), url=URL), now=BEGIN)
    assert parser.whole == [True]


def test_new_items_alone_are_read_whole(archive, parser, reader):
    archive.keep(read(reader, items(5)))
    read(reader, items(2), partial=True)
    assert parser.whole == [True, True]


def test_what_cannot_be_read_says_so(reader):
    with pytest.raises(ParseError):
        reader.read(FEED, response(b"this is no feed", url=URL), now=BEGIN)


def test_a_document_that_does_not_come_apart_is_not_remembered(reader):
    read_one = read(reader, items(1))
    assert read_one.slices == ()
    assert read_one.listed == 1


def test_a_date_that_is_not_believed_says_nothing_of_the_rhythm(reader):
    given = [Item("1", "One", published=BEGIN), Item("2", "Two", published=BEGIN + timedelta(days=9))]
    assert read(reader, given).dates == (BEGIN,)
