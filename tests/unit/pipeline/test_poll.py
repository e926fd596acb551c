import threading
import weakref
from dataclasses import fields, replace
from datetime import timedelta
from itertools import count

import pytest
from golden.newsroom import BEGIN, NOT_MODIFIED, Web, response
from servers.documents import Item, dated, items, rss

from config.values import FeedLine, Settings
from worker.errors import ParseError, Unreachable
from worker.feeds.parse import parse
from worker.pipeline.claim import LEASE, manners_of
from worker.pipeline.poll import READ_ON, UNCHANGED_AT_ONCE
from worker.records import FetchResponse

QUARTER = timedelta(minutes=15)
MANNERS = manners_of(Settings())
NORTH = "https://north.example/feed"


def news(number, title="Ukraine {}", published=BEGIN):
    return Item(f"id-{number}", title.format(number), f"Text of {number}.", published=published)


def titles(room):
    return sorted(row.title for row in room.store.alerts_list())


def test_on_a_first_poll_only_fresh_items_are_news(open_newsroom):
    room = open_newsroom("north")
    fresh_for = Settings().fresh_for
    room.web.publish(
        NORTH,
        rss(
            [
                news(1, published=BEGIN - fresh_for),
                news(2, published=BEGIN - fresh_for - timedelta(seconds=1)),
                news(3, published=None),
                news(4, published=BEGIN.replace(year=1970)),
            ]
        ),
    )
    (polled,) = room.run()
    assert (polled.outcome, polled.new_items, polled.alerts) == ("new", 4, 1)
    assert titles(room) == ["Ukraine 1"]


def test_later_an_undated_item_is_news_and_an_old_one_is_not(open_newsroom):
    room = open_newsroom("north")
    room.web.publish(NORTH, rss([news(1)]))
    room.run()
    room.clock.move(QUARTER)
    room.web.publish(NORTH, rss([news(2, published=None), news(3, published=BEGIN - timedelta(days=2)), news(1)]))
    (polled,) = room.run()
    assert (polled.new_items, polled.known_items, polled.alerts) == (2, 1, 1)
    assert titles(room) == ["Ukraine 1", "Ukraine 2"]


def test_validators_are_asked_back_once_their_items_are_stored(open_newsroom):
    room = open_newsroom("north")
    room.web.publish(NORTH, rss([news(1)]), NOT_MODIFIED, etag=b'W/"\xfc"')
    room.run()
    room.clock.move(QUARTER)
    (polled,) = room.run()
    first, second = room.web.asked
    assert first.validators is None
    assert second.validators.etag == b'W/"\xfc"'
    assert polled.outcome == "not_modified"


def test_the_same_body_again_is_unchanged(open_newsroom):
    room = open_newsroom("north")
    room.web.publish(NORTH, rss([news(1)]))
    room.run()
    room.clock.move(QUARTER)
    (polled,) = room.run()
    assert (polled.outcome, polled.new_items, polled.known_items) == ("unchanged", 0, 0)


def test_a_poll_whose_lease_was_taken_over_writes_nothing(open_newsroom):
    room = open_newsroom("north")
    (feed,) = room.feeds().values()
    later = BEGIN + LEASE
    taken = []

    class TakenOver(Web):
        def fetch(self, requests, *, in_flight, stop, idle=None):
            for fetched in super().fetch(requests, in_flight=in_flight, stop=stop, idle=idle):
                assert room.store.release_lost(now=later) == 1
                taken.extend(room.store.begin_polls([feed], owner="other:2:2", now=later, lease=LEASE, manners=MANNERS))
                yield fetched

    room.web = TakenOver()
    room.web.publish(NORTH, rss([news(1)]), etag=b'"a"')
    assert room.poll() == []
    (row,) = room.store.feeds_list()
    assert (row.items, row.last_outcome) == (0, None)
    room.store.hand_back_feeds({feed: taken[0].token})
    later += room.settings.public_host_gap
    assert room.store.begin_polls([feed], owner="x:3:3", now=later, lease=LEASE, manners=MANNERS)[0].validators is None


def test_leases_are_renewed_while_feeds_take_their_time(open_newsroom):
    room = open_newsroom("north")
    room.renew_every_s = 0.01
    renewed = threading.Event()

    class Watched:
        def __getattr__(self, name):
            return getattr(store, name)

        def renew_feed_leases(self, tokens, *, now, lease):
            store.renew_feed_leases(tokens, now=now, lease=lease)
            if now > BEGIN:
                renewed.set()

    class Slow(Web):
        def fetch(self, requests, *, in_flight, stop, idle=None):
            room.clock.move(LEASE - timedelta(seconds=1))
            assert renewed.wait(10)
            assert store.release_lost(now=BEGIN + LEASE) == 0
            yield from super().fetch(requests, in_flight=in_flight, stop=stop, idle=idle)

    store, room.store, room.web = room.store, Watched(), Slow()
    assert [polled.outcome for polled in room.poll()] == ["not_modified"]


def test_polls_without_news_are_written_together(open_newsroom, store):
    room = open_newsroom(*(f"f{number}" for number in range(UNCHANGED_AT_ONCE + 2)))
    sizes = []

    class Counted:
        def __getattr__(self, name):
            return getattr(store, name)

        def record_polls(self, records, *, owner):
            sizes.append(len(records))
            return store.record_polls(records, owner=owner)

    room.store = Counted()
    assert len(room.poll(force=True)) == UNCHANGED_AT_ONCE + 2
    assert sizes == [UNCHANGED_AT_ONCE, 2]


def test_what_the_database_refuses_is_a_failed_poll_in_the_table(open_newsroom):
    room = open_newsroom("north", "south")
    room.web.publish("https://south.example/feed", rss([news(1)]))
    room.web.publish(NORTH, rss([news(2)]))

    store = room.store

    class Spoiled:
        """Spoils the first item of what the feed north says."""

        def __getattr__(self, name):
            return getattr(store, name)

        def record_polls(self, records, *, owner):
            return store.record_polls([self._spoiled(record) for record in records], owner=owner)

        def _spoiled(self, record):
            if record.decision is None or not record.decision.new or record.decision.new[0].item.item.id != "id-2":
                return record
            new = record.decision.new[0]
            item = replace(new.item, item=replace(new.item.item, title=None))
            return replace(record, decision=replace(record.decision, new=(replace(new, item=item),)))

    room.store = Spoiled()
    refused, told = sorted(room.run(), key=lambda polled: polled.feed)
    assert (refused.feed, refused.outcome, refused.new_items, refused.alerts) == ("north", "error", 0, 0)
    assert refused.error.startswith("the database refused what the feed says")
    assert (told.feed, told.outcome, told.alerts) == ("south", "new", 1)
    waits = []
    for _ in range(4):
        north = next(feed for feed in room.store.feeds_list() if feed.name == "north")
        waits.append(north.next_poll_at - room.clock.now())
        room.clock.moment = north.next_poll_at
        room.run()
    assert waits == [QUARTER * 2 ** (n + 1) for n in range(4)], "it backs off like any failing feed"
    assert {feed.name: feed.state for feed in room.store.feeds_list()}["north"] == "broken"


def test_what_did_not_begin_is_handed_back(open_newsroom):
    room = open_newsroom("north", "south", "west")
    asked = count()
    (polled,) = room.poll(stop=lambda: next(asked) == 1)
    assert polled.feed == "north"
    room.clock.move(room.settings.public_host_gap)  # nobody knows whether a request was under way
    wakeups = room.tick()
    assert wakeups.new == ((room.feeds()["south"], room.feeds()["west"]),)
    assert len(room.poll()) == 2


class Costly:
    """Feeds whose documents take their time to read, by a clock that reading moves; others' are read at once."""

    def __init__(self, room, seconds):
        self.room = room
        self.seconds = seconds
        self.read = []

    def __call__(self, body, *, content_type, url, known=None):
        self.read.append(url)
        if url.startswith("https://costly"):
            self.room.clock.move(timedelta(seconds=self.seconds))
            raise ParseError("the document took more than 10 s of CPU to read")
        return parse(body, content_type=content_type, url=url, known=known)


def costly_batch(open_newsroom, *healthy, seconds=10):
    """Ten costly feeds and healthy ones, in the order of their names, all answered at once; stops after 40 s."""
    names = [f"costly{number}" for number in range(10)]
    room = open_newsroom(*names, *healthy)
    room.parse = Costly(room, seconds)
    for number, name in enumerate((*names, *healthy)):
        room.web.publish(f"https://{name}.example/feed", rss([news(number)]))
    room.web = AllAtOnce(room.web.answers)
    return room, lambda: room.clock.now() > BEGIN + timedelta(seconds=40)


class AllAtOnce(Web):
    """Has every answer before the first one is taken, as a fast network has."""

    def fetch(self, requests, *, in_flight, stop, idle=None):
        yield from list(super().fetch(requests, in_flight=in_flight, stop=stop))


@pytest.mark.parametrize("seconds", [10, 20])
def test_after_the_order_to_stop_no_costly_document_is_begun(open_newsroom, seconds):
    room, stop = costly_batch(open_newsroom, "north", seconds=seconds)
    polled = room.poll(stop=stop)
    assert room.clock.now() - BEGIN <= timedelta(seconds=40) + READ_ON + timedelta(seconds=seconds)
    assert {row.outcome for row in polled} == {"error"}
    left = 11 - len(polled)
    assert left >= 6
    room.clock.move(room.settings.public_host_gap)
    wakeups = room.tick()
    assert sum(map(len, wakeups.new)) == left, "what is left is due at once, and nothing is counted"
    assert not [feed for feed in room.store.feeds_list() if feed.state == "quarantined"]


def test_answers_that_need_no_reading_are_taken_however_late(open_newsroom):
    room, stop = costly_batch(open_newsroom, "dead", "same")
    room.web.publish("https://same.example/feed", NOT_MODIFIED)
    room.web.publish("https://dead.example/feed", response(b"no", status=404))
    polled = {row.feed: row.outcome for row in room.poll(stop=stop)}
    assert (polled["same"], polled["dead"]) == ("not_modified", "error")


def test_documents_that_come_just_after_the_order_to_stop_are_read(open_newsroom):
    room = open_newsroom("north", "south")
    stopped = []

    class Stopping(Web):
        def fetch(self, requests, *, in_flight, stop, idle=None):
            assert not stop()
            for fetched in list(super().fetch(requests, in_flight=in_flight, stop=stop)):
                stopped.append(True)
                room.clock.move(READ_ON)
                yield fetched

    room.web = Stopping()
    room.web.publish(NORTH, rss([news(1)]))
    room.web.publish("https://south.example/feed", rss([news(2)]))
    assert [row.feed for row in room.poll(stop=lambda: bool(stopped))] == ["north"]


def test_news_waits_for_one_costly_document_and_no_more(open_newsroom):
    room = open_newsroom("north", *(f"costly{number}" for number in range(3)))
    room.parse = Costly(room, 10)
    for name in ("north", "costly0", "costly1", "costly2"):
        room.web.publish(f"https://{name}.example/feed", rss([news(1)]))
    room.web = AllAtOnce(room.web.answers)
    store, told_at = room.store, []

    class Watched:
        def __getattr__(self, name):
            return getattr(store, name)

        def record_polls(self, records, *, owner):
            told_at.extend(room.clock.now() - BEGIN for record in records if record.outcome == "new")
            return store.record_polls(records, owner=owner)

    room.store = Watched()
    assert len(room.poll()) == 4
    assert told_at == [timedelta(seconds=10)]


def test_whoever_interrupts_a_poll_at_a_prompt_leaves_no_lease_behind(open_newsroom):
    room = open_newsroom("north", "south")

    class Interrupted(Web):
        def fetch(self, requests, *, in_flight, stop, idle=None):
            raise KeyboardInterrupt

    room.web, web = Interrupted(), room.web
    with pytest.raises(KeyboardInterrupt):
        room.poll()
    room.web = web
    room.clock.move(room.settings.public_host_gap)
    assert len(room.poll()) == 2


def test_feeds_that_are_not_due_are_left_out_unless_a_person_asks(open_newsroom):
    room = open_newsroom("north")
    assert len(room.poll()) == 1
    room.clock.move(room.settings.public_host_gap)
    assert room.poll() == []
    assert len(room.poll(force=True)) == 1


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        (Unreachable("connection refused"), "backing_off", "connection refused"),
        (response(b"no", status=404), "backing_off", "HTTP 404 Not Found"),
        (response(b"<html><body>Hello</body></html>"), "html", None),
    ],
)
def test_a_failing_feed_delays_nobody(open_newsroom, answer, state, error):
    room = open_newsroom("bad", "north")
    room.web.publish("https://bad.example/feed", answer)
    room.web.publish(NORTH, rss([news(1)]))
    bad, north = room.run()
    # The failure waited for company, which came with the news.
    assert (bad.feed, bad.outcome, bad.new_items) == ("bad", "error", 0)
    assert bad.error
    assert error in (None, bad.error)
    assert (north.feed, north.outcome, north.alerts) == ("north", "new", 1)
    assert len(room.boxes["log"].got) == 1
    rows = {row.name: row for row in room.store.feeds_list()}
    assert rows["bad"].state == state
    assert rows["bad"].next_poll_at == BEGIN + 2 * QUARTER
    assert rows["north"].next_poll_at == BEGIN + QUARTER


def test_an_unreadable_document_drops_the_validators(open_newsroom):
    room = open_newsroom("north")
    room.web.publish(NORTH, rss([news(1)]), b"<html><body>Sorry</body></html>", NOT_MODIFIED, etag=b'"a"')
    room.run()
    room.clock.move(QUARTER)
    assert room.run()[0].outcome == "error"
    room.clock.move(2 * QUARTER)
    room.run()
    assert [request.validators is None for request in room.web.asked] == [True, False, True]


def test_a_feed_without_a_name_goes_by_its_title(newsroom):
    feed = newsroom.store.add_feed(FeedLine("https://nameless.example/feed"), now=BEGIN)
    newsroom.web.publish("https://nameless.example/feed", rss(dated(items(1), BEGIN), title="The Herald"))
    (polled,) = newsroom.poll(feed)
    assert (polled.feed, polled.url) == ("The Herald", "https://nameless.example/feed")


def test_a_feed_that_says_nothing_of_itself_goes_by_its_url(newsroom):
    feed = newsroom.store.add_feed(FeedLine("https://nameless.example/feed"), now=BEGIN)
    (polled,) = newsroom.poll(feed)
    assert polled.feed == "https://nameless.example/feed"


class Watched(FetchResponse):
    """Known to be held or not."""

    __slots__ = ("__weakref__",)


def test_no_body_is_held_while_its_poll_waits_for_company(open_newsroom):
    room = open_newsroom("first", "same", "broken", "last")
    room.web.publish("https://same.example/feed", rss([news(0)]))
    room.poll()
    room.clock.move(timedelta(days=1))
    bodies = {"first": rss([news(1)]), "same": rss([news(0)]), "broken": b"no feed", "last": rss([news(2)])}
    for name, body in bodies.items():
        room.web.publish(f"https://{name}.example/feed", body)
    held = []

    class Watching(Web):
        def fetch(self, requests, *, in_flight, stop, idle=None):
            for fetched in super().fetch(requests, in_flight=in_flight, stop=stop):
                given = fetched.result
                watched = Watched(**{one.name: getattr(given, one.name) for one in fields(given)})
                reference = weakref.ref(watched)
                whole = replace(fetched, result=watched)
                del watched, fetched, given
                yield whole
                del whole
                held.append(reference() is not None)

    room.web = Watching(room.web.answers)
    polled = {row.feed: row.outcome for row in room.poll(force=True)}
    assert polled == {"first": "new", "same": "unchanged", "broken": "error", "last": "new"}
    assert held == [False] * 4
