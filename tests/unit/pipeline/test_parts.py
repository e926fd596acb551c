from dataclasses import replace
from datetime import timedelta

import pytest
from golden.newsroom import BEGIN, NOT_MODIFIED, MovedClock, Web, response
from servers.documents import Item, rss

from worker.errors import ParseError, Unreachable
from worker.feeds.model import Document
from worker.feeds.parse import parse
from worker.pipeline.judge import body_hash
from worker.pipeline.parts import PARTS, Asking, Index, chosen, follow_parts
from worker.records import Fetched, Manners, Part, Validators

INDEX = "https://news.example/sitemap.xml"
ONE, TWO, THREE = (f"https://news.example/{number}" for number in (1, 2, 3))
GAP = timedelta(seconds=5)
MANNERS = Manners(concurrency=2, gap=GAP)
SAYS = Document("sitemapindex", "", None, None, ())
TAG = Validators(ONE, etag=b'"a"')


def index(*urls, at=BEGIN, url=INDEX, key=8, answer=None, **more):
    answer = answer or response(url=url, raw_bytes=100)
    parts = tuple(one if isinstance(one, Part) else Part(one) for one in urls)
    values = {"document": SAYS} | more
    return Index(Fetched(key=key, result=answer, seconds=0.1), answer, parts, at, **values)


def part(*titles):
    return rss([Item(title, title) for title in titles])


class Desk:
    """Who asks, with a clock that waiting moves; notes when each address was asked.

    `others`: moments at which somebody else begins to ask the hosts that bear only so much.
    """

    def __init__(self):
        self.others = []
        self.turns = []
        self.clock = MovedClock()
        self.naps = []
        self.times = []
        self.web = self
        self.answers = Web()

    def publish(self, url, *answers, **more):
        self.answers.publish(url, *answers, **more)

    def fetch(self, requests, *, in_flight, stop, idle=None):
        assert len(requests) <= in_flight
        self.times += [(self.clock.now() - BEGIN, request.url) for request in requests]
        yield from self.answers.fetch(requests, in_flight=in_flight, stop=stop, idle=idle)

    def wait(self, seconds):
        self.naps.append(seconds)
        self.clock.move(timedelta(seconds=seconds))

    def take_turns(self, feeds, now):
        self.turns.append((now - BEGIN, *feeds))
        return {7} if any(other <= now < other + GAP for other in self.others) else set(feeds)

    def follow(self, *indexes, stop=lambda: False, manners=MANNERS):
        asking = Asking(self, parse, manners=manners, clock=self.clock, take_turns=self.take_turns, wait=self.wait)
        return list(follow_parts(asking, indexes, stop=stop))

    def follow_until(self, gaps, *indexes, **more):
        """Follow until so many gaps are over."""
        return self.follow(*indexes, stop=lambda: self.clock.now() >= BEGIN + gaps * GAP, **more)


@pytest.fixture
def desk():
    return Desk()


def test_the_items_of_all_parts_are_one_document_in_order(desk):
    desk.publish(ONE, part("a", "b"))
    desk.publish(TWO, part("c"), etag=b'"2"')
    (found,) = desk.follow(index(ONE, TWO))
    document = found.document
    assert (found.fetched.key, found.error, found.note) == (8, None, None)
    assert document.format == "sitemapindex"
    assert [item.title for item in document.items] == ["a", "b", "c"]
    assert (document.frame, document.slices) == (None, ())
    assert [item.slice for item in document.items] == [None] * 3
    assert (found.response.partial, found.whole) == (False, True)
    assert found.response.raw_bytes == 100 + len(part("a", "b")) + len(part("c"))
    assert found.parts == (
        Part(ONE, None, body_hash(part("a", "b"))),
        Part(TWO, Validators(TWO, etag=b'"2"'), body_hash(part("c"))),
    )


def test_the_time_that_an_index_took_counts_from_its_request_with_all_waits(desk):
    desk.clock.move(timedelta(seconds=3))
    (found,) = desk.follow(index(ONE, TWO))
    assert found.fetched.seconds == 0.1 + 2 * GAP.total_seconds()


# --- what has not changed --------------------------------------------------------------------------------------------


def test_each_part_is_asked_with_its_own_validators_and_costs_nothing_where_it_has_not_changed(desk):
    known = (Part(ONE, TAG, b"1" * 16), Part(TWO, None, body_hash(part("c"))))
    desk.publish(TWO, part("c"), etag=b'"2"')
    (found,) = desk.follow(index(*known, document=None))
    assert [request.validators for request in desk.answers.asked] == [TAG, None]
    assert (found.document, found.error, found.note) == (None, None, None)
    assert found.parts == (known[0], replace(known[1], validators=Validators(TWO, etag=b'"2"')))
    assert not found.whole


def test_a_304_may_bring_newer_validators(desk):
    newer = Validators(ONE, etag=b'"b"')
    desk.publish(ONE, replace(NOT_MODIFIED, validators=newer))
    (found,) = desk.follow(index(Part(ONE, TAG, b"1" * 16)))
    assert found.parts == (Part(ONE, newer, b"1" * 16),)


def test_everything_is_asked_for_without_validators(desk):
    desk.publish(ONE, part("a"))
    desk.follow(index(Part(ONE, TAG, b"1" * 16), everything=True))
    assert [request.validators for request in desk.answers.asked] == [None]


def test_beside_a_part_that_has_not_changed_the_rest_is_a_difference(desk):
    desk.publish(TWO, part("c"))
    (found,) = desk.follow(index(Part(ONE, TAG, b"1" * 16), TWO, document=None))
    assert [item.title for item in found.document.items] == ["c"]
    assert (found.response.partial, found.whole, found.note) == (True, False, None)


def test_a_difference_of_a_part_is_one_of_the_whole_and_leaves_the_hash_of_its_body(desk):
    newer = Validators(ONE, etag=b'"b"')
    desk.publish(ONE, response(part("a"), status=226, partial=True, validators=newer))
    (found,) = desk.follow(index(Part(ONE, TAG, b"1" * 16)))
    assert [item.title for item in found.document.items] == ["a"]
    assert found.response.partial
    assert found.parts == (Part(ONE, newer, b"1" * 16),)


# --- what cannot be had ----------------------------------------------------------------------------------------------

BROKEN = [
    (Unreachable("no\nconnection"), "no connection"),
    (ValueError("secret"), "ValueError"),
    (response(b"no", status=404), "HTTP 404"),
    (NOT_MODIFIED, "HTTP 304"),
    (b"this is no feed", "plain text"),
]


@pytest.mark.parametrize(("broken", "reason"), BROKEN)
def test_a_part_that_cannot_be_had_costs_only_its_own_items_and_is_told(desk, broken, reason):
    desk.publish(ONE, broken)
    desk.publish(TWO, part("c"))
    (found,) = desk.follow(index(ONE, TWO))
    assert [item.title for item in found.document.items] == ["c"]
    assert (found.response.partial, found.whole, found.error) == (True, True, None)
    assert found.note.startswith("1 of 2 sitemaps could not be read: ")
    assert reason in found.note
    assert "secret" not in found.note


@pytest.mark.parametrize(("broken", "reason"), BROKEN)
def test_an_index_without_any_part_is_a_failed_poll_that_says_why(desk, broken, reason):
    desk.publish(ONE, broken)
    desk.publish(TWO, response(b"", status=500))
    (found,) = desk.follow(index(ONE, TWO))
    assert isinstance(found.error, ParseError)
    assert reason in str(found.error)
    assert "HTTP 500" in str(found.error)
    assert "secret" not in str(found.error)


ANSWERS = {
    "new": response(part("a"), validators=TAG),
    "difference": response(part("a"), status=226, partial=True, validators=TAG),
    "not modified": NOT_MODIFIED,
    "failed": response(b"", status=503),
    "refused": NOT_MODIFIED,
}


@pytest.mark.parametrize(
    ("status", "everything", "answers", "whole"),
    [
        (200, False, ["new", "new"], True),
        (200, False, ["new", "failed"], True),
        (200, False, ["new", "refused"], True),
        (200, False, ["new", "not modified"], False),
        (200, False, ["new", "difference"], False),
        (200, True, ["new", "failed"], True),
        (200, True, ["new", "not modified"], True),
        (304, False, ["new", "failed"], False),
        (304, True, ["new", "new"], False),
        (226, False, ["new", "new"], False),
    ],
)
def test_an_index_is_whole_where_no_304_was_believed_of_all_that_was_had(desk, status, everything, answers, whole):
    known = [
        Part(url, TAG, None if answer == "refused" else b"1" * 16)
        for url, answer in zip((ONE, TWO), answers, strict=True)
    ]
    for one, answer in zip(known, answers, strict=True):
        desk.publish(one.url, ANSWERS[answer])
    said = response(url=INDEX, status=status, partial=status == 226)
    (found,) = desk.follow(index(*known, answer=said, everything=everything))
    assert found.whole is whole


MINUTES = [timedelta(minutes=number) for number in range(6)]


@pytest.mark.parametrize(
    ("own", "of_parts", "before", "longest"),
    [
        (response(fresh_for=MINUTES[2]), [MINUTES[4], None], None, MINUTES[4]),
        (response(fresh_for=MINUTES[5]), [MINUTES[2], MINUTES[3]], MINUTES[1], MINUTES[5]),
        (response(), [None, MINUTES[0]], MINUTES[5], MINUTES[0]),
        (response(), [None, None], MINUTES[5], None),
        (NOT_MODIFIED, [None, None], MINUTES[5], MINUTES[5]),
        (NOT_MODIFIED, [None, MINUTES[2]], MINUTES[5], MINUTES[2]),
    ],
)
def test_what_stays_fresh_the_longest_says_how_long_all_does(desk, own, of_parts, before, longest):
    for url, fresh_for in zip((ONE, TWO), of_parts, strict=True):
        desk.publish(url, response(part("a"), fresh_for=fresh_for))
    desk.publish(THREE, response(b"", status=404, fresh_for=timedelta(days=1)))
    (found,) = desk.follow(index(ONE, TWO, THREE, answer=replace(own, url=INDEX), fresh_for=before))
    assert found.response.fresh_for == longest, "an error page is nothing to keep"


def test_a_part_that_failed_is_asked_in_full_next_time(desk):
    known = Part(ONE, TAG, b"1" * 16)
    desk.publish(ONE, response(b"", status=412), part("a"))
    (found,) = desk.follow(index(known))
    assert found.parts == (Part(ONE, None, b"1" * 16),)
    (found,) = desk.follow(index(*found.parts))
    assert [request.validators for request in desk.answers.asked] == [TAG, None]
    assert [item.title for item in found.document.items] == ["a"]


def test_a_host_that_asks_us_to_wait_is_asked_for_nothing_more(desk):
    desk.publish(ONE, part("a"))
    desk.publish(TWO, response(b"", status=503, retry_after=timedelta(hours=1)))
    (found,) = desk.follow(index(ONE, TWO, THREE))
    assert [request.url for request in desk.answers.asked] == [ONE, TWO]
    assert found.response.retry_after == timedelta(hours=1)
    assert found.note == "2 of 3 sitemaps could not be read: HTTP 503"


# --- manners ---------------------------------------------------------------------------------------------------------


def test_parts_are_asked_for_one_after_another_with_the_host_s_gap_before_each(desk):
    desk.follow(index(ONE, TWO, THREE))
    assert desk.times == [(GAP, ONE), (2 * GAP, TWO), (3 * GAP, THREE)]
    assert max(desk.naps) <= 1.0, "an order to stop must not wait"


def test_what_has_passed_since_the_index_was_asked_counts(desk):
    desk.clock.move(timedelta(seconds=4))
    desk.follow(index(ONE))
    assert desk.times == [(GAP, ONE)]


def test_hosts_are_asked_side_by_side_and_one_host_s_indexes_in_turn(desk):
    south = "https://south.example/index"
    mine, other, again = (
        index(ONE),
        index("https://south.example/1", "https://south.example/2", url=south),
        index(TWO, url="https://news.example/other.xml", at=BEGIN + timedelta(seconds=1)),
    )
    desk.follow(again, mine, other)
    assert desk.times == [
        (GAP, "https://south.example/1"),
        (GAP + timedelta(seconds=1), TWO),
        (2 * GAP, "https://south.example/2"),
        (2 * GAP + timedelta(seconds=1), ONE),
    ]


def test_a_host_that_somebody_else_has_asked_is_asked_when_the_gap_after_that_is_over(desk):
    desk.others = [BEGIN + timedelta(seconds=8)]
    desk.follow(index(ONE, TWO))
    assert desk.times == [(GAP, ONE), (timedelta(seconds=13), TWO)]
    assert [seconds for seconds, *_ in desk.turns] == [timedelta(seconds=second) for second in (5, 10, 11, 12, 13)]


def test_others_at_one_host_keep_no_other_host_waiting(desk):
    desk.others = [BEGIN + GAP]
    south = index("https://south.example/1", url="https://south.example/index", key=7)
    desk.follow(index(ONE), south)
    assert desk.turns[0] == (GAP, 8, 7)
    assert desk.times == [(GAP, "https://south.example/1"), (2 * GAP, ONE)]


@pytest.mark.parametrize("gap", [timedelta(0), timedelta(seconds=2)])
def test_a_host_of_our_own_bears_what_it_is_said_to(desk, gap):
    urls = [f"http://127.0.0.1:8801/{number}" for number in range(2)]
    desk.follow(index(*urls, url="http://127.0.0.1:8801/sitemap.xml"), manners=replace(MANNERS, private_gap=gap))
    assert desk.times == [(gap, urls[0]), (2 * gap, urls[1])]
    assert desk.turns == ([(gap, 8), (2 * gap, 8)] if gap else [])


# --- which ones ------------------------------------------------------------------------------------------------------


def says(*urls):
    return replace(SAYS, parts=urls)


def test_only_the_latest_parts_are_asked_for_as_they_are_known():
    urls = [f"https://news.example/{number}" for number in range(PARTS + 5)]
    known = Part(urls[1], TAG, b"1" * 16)
    found = chosen(response(url=INDEX), says(*urls), [known, Part("https://news.example/gone")])
    assert found == (Part(urls[0]), known, *map(Part, urls[2:PARTS]))


@pytest.mark.parametrize(
    "url",
    [
        "https://stranger.example/1",
        "https://www.news.example/1",
        "https://news.example@stranger.example/1",
        "http://127.0.0.1:8801/1",
        "http://127.0.0.1:port/1",
        INDEX,
    ],
)
def test_an_index_names_only_other_documents_of_its_own_host(url):
    assert chosen(response(url=INDEX), says(url, "http://NEWS.example./1"), []) == (Part("http://NEWS.example./1"),)


def test_on_loopback_a_host_is_address_and_port():
    ours, other = "http://127.0.0.1:8801/1", "http://127.0.0.1:8802/1"
    assert chosen(response(url="http://127.0.0.1:8801/index"), says(other, ours), []) == (Part(ours),)


def test_a_difference_of_an_index_leaves_the_parts_that_it_does_not_name():
    known = Part(ONE, TAG, b"1" * 16)
    found = chosen(response(url=INDEX, status=226, partial=True), says(TWO), [known])
    assert found == (Part(TWO), known)


def test_parts_that_were_not_reached_come_first_in_the_order_in_which_they_wait():
    one, two, three = Part(ONE, TAG), Part(TWO, late=True), Part(THREE, late=True)
    known = [three, two, Part("https://news.example/gone", late=True), one]
    found = chosen(response(url=INDEX), says("https://news.example/new", ONE, TWO, THREE), known)
    assert found == (three, two, Part("https://news.example/new"), one)


# --- an order to stop ------------------------------------------------------------------------------------------------


def test_what_was_not_asked_for_in_time_stays_as_it_was_and_comes_first_next_time(desk):
    desk.publish(ONE, part("a"))
    late = Part(TWO, Validators(TWO, etag=b'"2"'), b"2" * 16)
    (found,) = desk.follow_until(1.5, index(ONE, late))
    assert [request.url for request in desk.answers.asked] == [ONE]
    assert [item.title for item in found.document.items] == ["a"]
    assert found.parts == (replace(late, late=True), Part(ONE, None, body_hash(part("a"))))
    assert found.note == "no time was left for 1 of 2 sitemaps"
    assert (found.response.partial, found.whole) == (True, False)


def test_where_time_is_short_all_parts_have_their_turn(desk):
    parts, asked = (Part(ONE), Part(TWO), Part(THREE)), []
    for _ in range(3):
        desk = Desk()
        (found,) = desk.follow_until(2.5, index(*parts, document=None))
        asked += [request.url for request in desk.answers.asked]
        parts = found.parts
    assert asked == [ONE, TWO, THREE, ONE, TWO, THREE]


def test_an_index_of_which_nothing_was_had_in_time_brought_nothing_and_has_not_failed(desk):
    known = (Part(ONE, TAG, b"1" * 16), Part(TWO))
    (found,) = desk.follow(index(*known), stop=lambda: True)
    assert desk.answers.asked == []
    assert (found.document, found.error, found.note) == (None, None, "no time was left for 2 of 2 sitemaps")
    assert found.parts == tuple(replace(one, late=True) for one in known)
    assert (found.response.partial, found.whole) == (True, False)


def test_what_failed_and_what_was_not_reached_are_told_apart(desk):
    desk.publish(ONE, response(b"", status=404))
    (found,) = desk.follow_until(1.5, index(ONE, TWO))
    assert (found.document, found.error) == (None, None)
    assert found.note == "1 of 2 sitemaps could not be read: HTTP 404; no time was left for 1 of 2 sitemaps"
    assert found.parts == (Part(TWO, late=True), Part(ONE))


@pytest.mark.parametrize(("everything", "whole"), [(True, True), (False, False)])
def test_what_was_to_be_asked_for_in_full_and_was_not_reached_still_is(desk, everything, whole):
    desk.publish(ONE, part("a"))
    late = Part(TWO, TAG, b"2" * 16)
    (found,) = desk.follow_until(1.5, index(ONE, late, everything=everything))
    assert found.whole is whole
    assert found.parts[0] == Part(TWO, None if everything else TAG, b"2" * 16, late=True)


def test_what_comes_when_it_is_too_late_is_not_read(desk):
    desk.publish(ONE, part("a"))
    orders = iter([False, False, True, True])
    desk.clock.move(GAP)
    (found,) = desk.follow(index(ONE), stop=lambda: next(orders))
    assert len(desk.answers.asked) == 1
    assert (found.document, found.note) == (None, "no time was left for 1 of 1 sitemaps")
