from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from config.values import FeedLine
from worker.errors import Unreachable
from worker.feeds import opml
from worker.pipeline.opml import LONGEST_WAIT, READ_EVERY, Keeping, export, feed_lines, keep_in_step
from worker.records import Fetched, FetchResponse, Validators

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LIST = "https://lists.example/ours.opml"
PATH = "/srv/ours.opml"
NEW = Validators(LIST, b'"2"')
OLD = Validators(LIST, b'"1"')


def document(*names):
    feeds = [opml.OpmlFeed(f"https://{name}.example/feed", name, ("list",)) for name in names]
    return opml.write(feeds, title="Ours", created=NOW)


@dataclass
class Due:
    id: int = 1
    source: str = LIST
    feeds: int = 0
    validators: Validators | None = None
    last_read_at: datetime | None = None
    next_read_at: datetime = NOW
    last_error: str | None = None
    doubted_at: datetime | None = None


@dataclass
class Changes:
    added: int
    removed: int


@dataclass
class Office:
    """Store, network and disk: one list, read again and again; keeps what it was told."""

    due: Due
    answer: object = b""
    names: frozenset[str] = frozenset()
    synced: int = 0
    begun: int = 0
    elsewhere: bool = False
    lines: list[FeedLine] = field(default_factory=list)
    asked: list[object] = field(default_factory=list)

    def opml_lists_list(self):
        return [self.due]

    def opml_due(self, *, now):
        return [self.due]

    def begin_opml(self, lists, *, now, until):
        assert now < until < now + READ_EVERY
        self.begun += 1
        return [] if self.elsewhere else lists

    def sync_opml(self, opml, lines, *, now):
        assert opml == self.due.id
        self.synced += 1
        self.lines = list(lines)
        before, self.names = self.names, frozenset(line.name for line in lines)
        self.due.feeds = len(self.names)
        return Changes(len(self.names - before), len(before - self.names))

    def record_opml(self, reading):
        assert (reading.opml, reading.source) == (self.due.id, self.due.source)
        if not reading.keep_validators:
            self.due.validators = reading.validators
        self.due.last_read_at, self.due.next_read_at = reading.at, reading.next_read_at
        self.due.last_error, self.due.doubted_at = reading.error, reading.doubted_at

    def fetch(self, requests, *, in_flight, stop, idle=None):
        for request in requests:
            if stop():
                return
            self.asked.append((request.url, request.validators, request.purpose))
            yield Fetched(request.key, self.answer, 0.1)

    def read_file(self, path):
        assert path == self.due.source
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def read(self, answer, now=None, **given):
        """Read once, when it is due; return what became of it."""
        if isinstance(answer, bytes) and self.due.source == LIST:
            answer = response(answer)
        self.answer = answer
        now = now or self.due.next_read_at
        (reading,) = keep_in_step(Keeping(self, self, self.read_file), now=now, **given)
        return reading


def response(body=b"", *, status=200, validators=NEW, retry_after=None):
    return FetchResponse(status, LIST, body, "text/x-opml", validators, retry_after, len(body))


def wait(reading):
    return reading.next_read_at - reading.at


@pytest.fixture(params=[LIST, PATH])
def office(request):
    return Office(Due(source=request.param))


@pytest.fixture
def asked():
    return Office(Due())


def test_the_feeds_of_a_list_are_taken_in(office):
    reading = office.read(document("a", "b"))
    assert office.lines == [
        FeedLine("https://a.example/feed", "a", ("list",)),
        FeedLine("https://b.example/feed", "b", ("list",)),
    ]
    assert (reading.added, reading.removed, reading.error, wait(reading)) == (2, 0, None, READ_EVERY)


def test_what_is_gone_from_the_list_is_removed_and_what_is_new_added(office):
    office.read(document("a", "b", "c"))
    reading = office.read(document("a", "b", "d"))
    assert (reading.added, reading.removed, office.names) == (1, 1, {"a", "b", "d"})


def test_it_is_asked_with_the_validators_of_the_last_good_answer(asked):
    asked.read(document("a"))
    reading = asked.read(response(status=304, validators=None))
    assert asked.asked == [(LIST, None, "any"), (LIST, NEW, "any")]
    assert (reading.error, asked.due.validators, asked.synced, wait(reading)) == (None, NEW, 1, READ_EVERY)
    asked.read(response(status=304, validators=OLD))
    assert asked.due.validators == OLD
    asked.read(response(document("a"), validators=None))
    assert asked.due.validators is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (document("a", "b")[:-20], "cut off"),
        (document(), "names no feed"),
        (b"<html><body>Sign in</body></html>", "an HTML page"),
        (b"", "empty"),
    ],
)
def test_a_list_that_cannot_be_read_changes_nothing_and_is_asked_less_often(office, answer, said):
    office.read(document("a", "b"))
    validators = office.due.validators
    waits = []
    for _ in range(7):
        reading = office.read(answer)
        assert said in reading.error
        waits.append(wait(reading))
    assert waits == [timedelta(hours=hours) for hours in (1, 2, 4, 8, 16, 24, 24)]
    assert (office.names, office.synced, office.due.validators) == ({"a", "b"}, 1, validators)
    assert wait(office.read(document("a", "b", "c"))) == READ_EVERY


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Unreachable("lists.example: no connection"), "no connection"),
        (response(status=404), "lists.example answered 404"),
        (response(status=304), "lists.example answered 304"),
    ],
)
def test_so_is_one_that_does_not_answer(asked, answer, said):
    reading = asked.read(answer)
    assert (said in reading.error, wait(reading), asked.synced) == (True, READ_EVERY, 0)


@pytest.mark.parametrize(("retry_after", "hours"), [(1, 1), (7, 7), (9 * 24, 24)])
def test_a_server_says_when_to_come_back(asked, retry_after, hours):
    reading = asked.read(response(status=503, retry_after=timedelta(hours=retry_after)))
    assert wait(reading) == timedelta(hours=hours) <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("error", "said"), [(FileNotFoundError(2, "No such file"), "No such file"), (OSError("odd"), "it cannot be read")]
)
def test_a_file_that_is_not_there_changes_nothing(error, said):
    office = Office(Due(source=PATH, feeds=3))
    assert (office.read(error).error, office.synced) == (said, 0)


def test_a_list_that_shrinks_by_more_than_half_is_believed_when_it_says_so_twice(office):
    office.read(document("a", "b", "c", "d", "e"))
    doubted = office.read(document("a", "f"))
    assert doubted.error == "it names 2 feeds where it named 5; nothing changes before it says so again"
    assert (doubted.removed, wait(doubted), office.synced) == (0, READ_EVERY, 1)
    believed = office.read(document("a", "f"))
    assert (believed.added, believed.removed, believed.error) == (1, 4, None)
    assert office.names == {"a", "f"}


def test_the_second_word_counts_when_so_much_time_lies_between_that_it_may_have_been_mended(office):
    office.read(document("a", "b", "c", "d", "e"))
    first = office.read(document("a"))
    until = first.at + READ_EVERY
    for early in (first.at, first.at + READ_EVERY / 2, until - timedelta(seconds=1)):
        again = office.read(document("a"), now=early)
        assert (again.removed, again.error, again.doubted_at, again.next_read_at) == (
            *(0, first.error, first.at, until),
        )
    other = office.read(document("b"), now=first.at + READ_EVERY / 2)
    assert (other.error, other.doubted_at) == (first.error, first.at)
    changed = office.read(document("a", "b"), now=until)
    assert (changed.removed, changed.doubted_at) == (0, until)
    believed = office.read(document("a", "b"), now=until + READ_EVERY)
    assert (believed.removed, believed.error, believed.doubted_at) == (3, None, None)


def test_one_in_doubt_is_asked_for_the_whole_document(asked):
    for names in ("abc", "a", "a"):
        asked.read(document(*names))
    assert [validators for _, validators, _ in asked.asked] == [None, NEW, None]


@pytest.mark.parametrize("between", [b"", document("a", "b")])
def test_what_says_something_else_between_leaves_the_doubt(office, between):
    office.read(document(*"abcdefg"))
    office.read(document("a"))
    office.read(between)
    assert office.read(document("a")).error is not None
    assert office.names == frozenset("abcdefg")


def test_a_list_that_is_whole_again_loses_nothing(office):
    for names in ("abc", "a", "abc"):
        reading = office.read(document(*names))
    assert (reading.removed, reading.error, office.names) == (0, None, frozenset("abc"))


def test_half_is_not_less_than_half(office):
    office.read(document("a", "b"))
    assert office.read(document("a")).removed == 1


@pytest.mark.parametrize("due_at", [NOW, NOW + LONGEST_WAIT])
def test_for_paths_only_nothing_goes_out_to_the_network_and_those_on_this_disk_are_read_due_or_not(due_at):
    for source, read in ((LIST, 0), (PATH, 1)):
        office = Office(Due(source=source, next_read_at=due_at), answer=document("a"), elsewhere=True)
        assert len(keep_in_step(Keeping(office, office, office.read_file), now=NOW, paths_only=True)) == read
        assert (office.asked, office.synced) == ([], read)


def test_a_list_that_somebody_else_began_is_left_to_them(office):
    office.answer, office.elsewhere = document("a"), True
    assert keep_in_step(Keeping(office, office, office.read_file), now=NOW) == []
    assert (office.asked, office.synced) == ([], 0)


def test_what_was_not_asked_in_time_stays_due(asked):
    assert keep_in_step(Keeping(asked, asked, asked.read_file), now=NOW, stop=lambda: True) == []
    assert asked.due.last_read_at is None


def test_lines_hold_each_address_and_each_name_once():
    found = [
        opml.OpmlFeed("https://a.example/f", "News", ("x",)),
        opml.OpmlFeed("HTTPS://A.example:443/f#top", "Other"),
        opml.OpmlFeed("https://b.example/f", "news", ("y", "x")),
        opml.OpmlFeed("https://c.example/f"),
    ]
    assert feed_lines(found, tags=["x"]) == [
        FeedLine("https://a.example/f", "News", ("x",)),
        FeedLine("https://b.example/f", None, ("x", "y")),
        FeedLine("https://c.example/f", None, ("x",)),
    ]


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://a.example/f", "https://a.example/f"),
        ("https://a.example/f", "HTTPS://A.example:443/f#top"),
        ("https://u:pw@a.example/f?token=abc", "https://a.example/f?token=***"),
        (f"https://a.example/{'f' * 300}", f"https://a.example/{'f' * 300}"[:200]),
        ("https://a.example/f", ""),
    ],
)
def test_a_name_that_only_repeats_the_address_is_none(url, title):
    assert feed_lines([opml.OpmlFeed(url, title)]) == [FeedLine(url)]


def test_a_name_that_holds_an_address_is_one():
    named = opml.OpmlFeed("https://a.example/f", "https://a.example/")
    assert feed_lines([named]) == [FeedLine(named.url, named.title)]


def test_how_feeds_are_polled_is_taken_over_from_lists_at_hand_only():
    found = [opml.OpmlFeed("https://a.example/f", "A", ("x",), timedelta(seconds=1), full_text=True, ignore_hints=True)]
    line = FeedLine("https://a.example/f", "A", ("x",))
    assert feed_lines(found) == [line]
    assert feed_lines(found, options=True) == [
        replace(line, every=timedelta(seconds=1), full_text=True, ignore_hints=True)
    ]


FEEDS = [
    FeedLine("https://a.example/f?page=2", "Open", ("x",)),
    FeedLine("https://u:pw@b.example/f?token=abc&page=2", "Closed"),
]


def test_an_export_holds_no_secrets_and_can_be_imported():
    done = export(FEEDS, now=NOW)
    assert done.bared == ("Closed",)
    assert [(one.title, one.url, one.tags) for one in opml.parse(done.document).feeds] == [
        ("Open", "https://a.example/f?page=2", ("x",)),
        ("Closed", "https://b.example/f?page=2", ()),
    ]


def test_with_secrets_it_is_whole():
    done = export(FEEDS, now=NOW, secrets=True)
    assert done.bared == ()
    assert feed_lines(opml.parse(done.document).feeds) == FEEDS


def test_a_feed_without_a_name_is_exported_and_imported_without_one():
    done = export([FeedLine("https://u:pw@b.example/f?token=abc")], now=NOW)
    assert done.bared == ("https://b.example/f?token=***",)
    assert b"title=" not in done.document
    assert feed_lines(opml.parse(done.document).feeds) == [FeedLine("https://b.example/f")]


def test_an_export_brings_back_all_that_was_configured():
    feeds = [
        FeedLine("https://a.example/f", "A", ("en, uk", "/Politics/", "100 %"), timedelta(minutes=90)),
        FeedLine("https://b.example/f", None, ("plain",), full_text=True),
        FeedLine("https://c.example/f", "C & D", ignore_hints=True),
    ]
    assert feed_lines(opml.parse(export(feeds, now=NOW).document).feeds, options=True) == feeds
