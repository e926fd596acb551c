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
from worker.stories.ladder import TRUSTED, Standing
from worker.stories.model import IdentifiedItem, KnownItem, RecalledItem

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
    """A store of one feed: remembers its last document, and knows its items by number."""

    remembered: Memory | None = None
    said: dict[int, IdentifiedItem] = field(default_factory=dict)
    recalled: list[set[int]] = field(default_factory=list)

    def memory(self, feed: int) -> Memory | None:
        return self.remembered

    def known_items(self, feed, identities, contents):
        known = [self.known(number) for number in self.said]
        by_identity = [one for one in known if one.identity in identities]
        return by_identity, [one for one in known if one.content in contents and one not in by_identity]

    def recalled_items(self, feed, ids):
        self.recalled.append({*ids})
        return {one: RecalledItem(self.known(one), self.said[one].item.title, self.said[one].item.text) for one in ids}

    def known(self, number):
        one = self.said[number]
        return KnownItem(number, one.identity, one.content, one.item.link, one.item.published, one.item.updated)

    def keep(self, read) -> LeasedFeed:
        """What the store makes of a read document; the feed as it is leased next."""
        decision = read.decision
        for number, identity in decision.reidentified:
            self.said[number] = replace(self.said[number], identity=identity)
        for revision in decision.revised:
            self.said[revision.id] = revision.item
        for new in decision.new:
            self.said[len(self.said) + 1] = new.item
        ids = {one.identity: number for number, one in self.said.items()}
        slices = tuple(Remembered(one.slice, one.item or ids[one.identity], one.names) for one in read.slices)
        self.remembered = Memory(read.document.frame, slices)
        return replace(FEED, standing=read.standing)


@dataclass
class Parser:
    """Parses, and notes whether it was told what is known."""

    whole: list[bool] = field(default_factory=list)
    as_read: Callable = parse

    def __call__(self, body, *, content_type, url, known=None):
        self.whole.append(known is None)
        return self.as_read(body, content_type=content_type, url=url, known=known)


def linked(count):
    return dated(items(count, link="https://news.example/{}"), BEGIN)


@pytest.fixture
def archive():
    return Archive()


@pytest.fixture
def parser():
    return Parser()


@pytest.fixture
def reader(archive, parser):
    return Reader(archive, parser, Settings())


def read(reader, given, feed=FEED, **more):
    return reader.read(feed, response(rss(given), url=URL, **more), now=BEGIN)


def told(archive):
    return {number: one.item.title for number, one in archive.said.items()}


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


def test_where_nothing_was_read_nothing_is_judged(archive, parser, reader):
    given = [item._replace(id=None) for item in linked(5)]
    feed = archive.keep(read(reader, given))
    assert feed.standing == Standing("link")
    assert read(reader, given, FEED).standing == TRUSTED
    assert parser.whole == [True, False]


def test_a_feed_without_ids_is_known_by_its_links_from_the_first_document(archive, parser, reader):
    first = read(reader, [item._replace(id=None) for item in linked(5)])
    assert (first.standing, first.step) == (
        Standing("link"),
        "items are known by link from now on: 5 of 5 have no id",
    )
    assert parser.whole == [True]
    archive.keep(first)
    assert [one.rung for one in archive.said.values()] == ["link"] * 5


def test_ids_that_change_with_every_fetch_and_a_headline_with_them_make_nothing_new(archive, parser, reader):
    given = linked(6)
    feed = archive.keep(read(reader, given))
    steps = []
    for fetch in range(3):
        given = [item._replace(id=f"{fetch}-{n}") for n, item in enumerate(given)]
        given[fetch] = given[fetch]._replace(title=f"Nobody expected a headline such as number {fetch}")
        found = read(reader, given, feed)
        assert found.decision.new == ()
        assert [revision.id for revision in found.decision.revised] == [fetch + 1]
        assert sorted(found.decision.seen) == [1, 2, 3, 4, 5, 6]
        feed = archive.keep(found)
        steps.append((feed.standing, found.step))
    assert steps == [
        (Standing("id", 1), None),
        (Standing("link"), "items are known by link from now on: 6 of 6 ids changed"),
        (Standing("link"), None),
    ]
    assert len(told(archive)) == 6


def test_a_step_reads_the_whole_document_and_gives_all_their_new_names(archive, parser, reader):
    given = linked(9)
    feed = archive.keep(read(reader, given))
    same = [item._replace(id="same", link=f"https://news.example/same/{n}") for n, item in enumerate(linked(12)[9:])]
    found = read(reader, [*same, *given], feed)
    assert parser.whole == [True, False, True]
    assert found.step == "items are known by link from now on: 3 of 12 share their id"
    assert len(found.decision.new) == 3
    assert sorted(found.decision.seen) == [*range(1, 10)]
    assert {one for one, _ in found.decision.reidentified} == {*range(1, 10)}
    feed = archive.keep(found)
    again = read(reader, [*same, *given], feed)
    assert (again.decision.new, again.decision.revised, again.decision.reidentified) == ((), (), ())


def test_an_edited_headline_in_a_step_makes_nothing_new(archive, parser, reader):
    given = linked(9)
    feed = archive.keep(read(reader, given))
    wrong = [item._replace(id="same") for item in given[:4]]
    wrong[0] = wrong[0]._replace(title="Nobody expected a headline such as this one")
    found = read(reader, [*wrong, *given[4:]], feed)
    assert found.step == "items are known by link from now on: 4 of 9 share their id"
    assert found.decision.new == ()
    assert [revision.id for revision in found.decision.revised] == [1]
    archive.keep(found)
    assert told(archive)[1] == wrong[0].title


def test_places_in_a_list_are_no_articles(archive, parser, reader):
    titles = ["Alps", "Baku", "Cork", "Delhi", "Essen", "Fiji", "Graz", "Haifa", "Izmir"]

    def listing(first):
        return [
            Item(
                None,
                f"{title} {title}land",
                "Read more",
                f"https://news.example/{n}",
                BEGIN - timedelta(hours=ord(title[0])),
            )
            for n, title in enumerate(titles[first : first + 6])
        ]

    feed = archive.keep(read(reader, listing(3)))
    assert feed.standing == Standing("link")
    found = read(reader, listing(2), feed)
    assert found.step == "items are known by title and text from now on: 6 of 6 links mean another article now"
    assert [new.item.item.title for new in found.decision.new] == ["Cork Corkland"]
    assert sorted(found.decision.seen) == [1, 2, 3, 4, 5]
    feed = archive.keep(found)
    titles[3] = "Dublin"  # another headline, in the same second
    found = read(reader, listing(1), feed)
    assert (found.step, [new.item.item.title for new in found.decision.new]) == (None, ["Baku Bakuland"])
    assert "Dublin Dublinland" in [revision.item.item.title for revision in found.decision.revised]
    archive.keep(found)
    assert len(told(archive)) == 8
