"""Messages that hang, that come in quiet hours, that may have arrived; channels that fail, turn off and rest."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from math import inf

import pytest
import structlog
from golden.newsroom import BEGIN
from servers.documents import Item, rss

from config.values import (
    ChannelLine,
    Configuration,
    FeedLine,
    NotifyLine,
    QuietHours,
    Schedule,
    SubscriberLine,
    WatchListLine,
)
from worker.alerts.breaker import AT_ONCE, TRIPS_AT
from worker.alerts.links import Signer
from worker.errors import ChannelError, StoreUnavailable
from worker.pipeline.claim import LEASE
from worker.pipeline.courier import Courier
from worker.pipeline.deliver import Delivering

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NORTH, SOUTH = "https://north.example/feed", "https://south.example/feed"
LOG = ChannelLine("log")
HOOK = ChannelLine("webhook", "https://desk.example/hook", "whsec_x")


def newsdesk(room, *channels, quiet=None, at_once=None, **notify):
    """A desk that hears of Ukraine through these channels."""
    desk = SubscriberLine("desk", "UTC", channels, quiet_hours=quiet)
    line = WatchListLine("Ukraine", ("Ukraine",), notify=(NotifyLine("desk", **({"at_most": None} | notify)),))
    feeds = (FeedLine(NORTH, "north"), FeedLine(SOUTH, "south"))
    room.apply(Configuration(feeds=feeds, watch_lists=(line,), subscribers=(desk,)))
    room.run()
    return room


def found(room, count=1, *, title="Ukraine {}"):
    """Let the feed bring so many items, and match them; return the deliveries, sent by nobody."""
    room.deliver, deliver = lambda *_: [], room.deliver
    room.clock.move(15 * MINUTE)
    news = [
        Item(f"{title} {number}", title.format(number), f"{title} {number} {room.clock.now()}.", None, room.clock.now())
        for number in range(1, count + 1)
    ]
    room.web.publish(NORTH, rss(news))
    room.poll(force=True)
    room.deliver = deliver
    return [row.id for row in reversed(room.store.deliveries_list(limit=9_999))]


def parts(room):
    return Delivering(
        store=room.store,
        channels=room.boxes,
        clock=room.clock,
        retry_schedule=room.settings.retry_schedule,
        jitter=lambda: 0.0,
        owner="here:1:1",
    )


def states(room):
    return [row.state for row in reversed(room.store.deliveries_list(limit=9_999))]


class Hanging:
    """A channel that hangs until it is let go, as often as it is asked to."""

    def __init__(self):
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def send(self, message, address):
        self.begun.release()
        assert self.go.wait(30)


@pytest.fixture
def hanging():
    box = Hanging()
    yield box
    box.go.set()


def test_a_receiver_that_hangs_holds_up_nobody(newsroom, hanging):
    room = newsdesk(newsroom, LOG, HOOK)
    due = found(room)
    room.boxes["webhook"] = hanging
    with Courier(lambda: parts(room)) as courier:
        (told,) = courier.deliver(due, patience_s=0.2)
        assert (told.channel, told.record.state) == ("log", "sent")
        assert sorted(states(room)) == ["sending", "sent"]
        more = found(room, title="Ukraine again {}")
        (told,) = courier.deliver(more, patience_s=0.2)
        assert (told.channel, told.record.state) == ("log", "sent")
        hanging.go.set()
    assert states(room) == ["sent"] * 4, "who closes waits for what is under way"


def test_no_more_is_begun_than_there_is_room_for(newsroom, hanging):
    room = newsdesk(newsroom, LOG, HOOK)
    room.boxes["webhook"] = hanging
    due = found(room, 4)
    hooks = [row.id for row in room.store.deliveries_list() if row.channel.startswith("webhook")]
    with Courier(lambda: parts(room), under_way=2) as courier:
        assert courier.deliver(hooks, patience_s=0.1) == []
        assert courier.deliver(due, patience_s=0.1) == []
        assert sorted(states(room)).count("sending") == 2
        hanging.go.set()
    with Courier(lambda: parts(room)) as courier:
        courier.deliver_on(due)
    assert states(room) == ["sent"] * 8


def test_what_hangs_when_a_process_stops_is_left(newsroom, hanging):
    room = newsdesk(newsroom, HOOK)
    due = found(room)
    room.boxes["webhook"] = hanging
    courier = Courier(lambda: parts(room))
    courier.deliver(due, patience_s=0.1)
    courier.close(patience_s=0.1)
    assert states(room) == ["sending"]
    hanging.go.set()


def test_who_goes_on_sends_all_that_is_due_at_the_channel(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room, 3 * AT_ONCE["log"])
    with Courier(lambda: parts(room)) as courier:
        assert len(courier.deliver_on(due[:1])) == len(due)
        assert courier.deliver_on(due) == []
    assert set(states(room)) == {"sent"}


def test_who_has_no_time_left_stops(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room, 3)
    with Courier(lambda: parts(room)) as courier:
        assert len(courier.deliver_on(due[:1], for_s=0)) == 1


def test_nobody_goes_on_where_nothing_goes_through(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room, 2)
    room.boxes["log"].refusals.append(ChannelError("no"))
    with Courier(lambda: parts(room)) as courier:
        assert [one.record.state for one in courier.deliver_on(due[:1])] == ["pending"]


class Away:
    """A store in which no end of a delivery can be written for so many times."""

    def __init__(self, store, times=inf):
        self.store = store
        self.times = times

    def __getattr__(self, name):
        return getattr(self.store, name)

    def record_delivery(self, record, **more):
        if self.times:
            self.times -= 1
            raise StoreUnavailable("no database")
        return self.store.record_delivery(record, **more)


def test_what_was_sent_while_the_database_was_away_is_written_later_and_not_sent_again(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room)
    store, room.store, pauses = room.store, Away(room.store, 8), []
    with (
        structlog.testing.capture_logs() as logs,
        Courier(lambda: replace(parts(room), pause=pauses.append)) as courier,
    ):
        (told,) = courier.deliver(due)
    assert (told.record.state, told.written) == ("sent", True)
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert logs == []
    room.store = store
    room.clock.move(LEASE)
    room.run()
    assert len(room.boxes["log"].got) == 1


def test_its_lease_is_renewed_until_the_end_is_written(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room)
    renewed = threading.Semaphore(0)

    class Watched(Away):
        def renew_delivery_leases(self, tokens, **more):
            self.store.renew_delivery_leases(tokens, **more)
            renewed.release()

    def pause(_):
        room.clock.move(LEASE / 2)
        for _ in range(2):  # the first may have read the clock before
            assert renewed.acquire(timeout=10)
        assert room.store.release_lost(now=room.clock.now()) == 0

    room.store = Watched(room.store, 3)
    with Courier(lambda: replace(parts(room), pause=pause), renew_every_s=0.01) as courier:
        (told,) = courier.deliver(due)
    assert told.written
    assert states(room) == ["sent"]


def test_who_closes_waits_no_longer_than_asked_for_an_end_to_be_written(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room)
    room.store, paused, go = Away(room.store), threading.Event(), threading.Event()

    def pause(_):
        paused.set()
        assert go.wait(10)

    with structlog.testing.capture_logs() as logs:
        courier = Courier(lambda: replace(parts(room), record_for_s=inf, pause=pause))
        courier.deliver(due, patience_s=0)
        assert paused.wait(10)
        courier.close(patience_s=0)
        assert logs == []
        go.set()
        courier.close()
    assert len(logs) == 1


def test_an_end_that_cannot_be_written_for_long_is_said_and_the_lease_runs_out(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room)
    store, room.store = room.store, Away(room.store)
    with (
        structlog.testing.capture_logs() as logs,
        Courier(lambda: replace(parts(room), record_for_s=0)) as courier,
        pytest.raises(StoreUnavailable),
    ):
        courier.deliver(due)
    assert [(line["event"], line["delivery"]) for line in logs] == [
        ("the end of a delivery could not be recorded", due[0])
    ]
    room.store = store
    room.clock.move(LEASE)
    room.run()
    assert states(room) == ["sent"]


def test_a_channel_that_fails_again_and_again_is_asked_with_one_message(newsroom):
    room = newsdesk(newsroom, LOG)
    due = found(room, 2 * TRIPS_AT)
    room.boxes["log"].refusals.extend(ChannelError("HTTP 500") for _ in range(TRIPS_AT + 2))
    for delivery in due[:TRIPS_AT]:
        room.deliver(delivery)
    assert room.deliver(*due) == [], "it rests"
    assert room.tick().deliveries == ()
    (failing,) = room.store.failing_channels(now=room.clock.now())
    assert (failing.subscriber, failing.kind, failing.failures) == ("desk", "log", TRIPS_AT)
    room.clock.move(timedelta(seconds=6))
    assert len(room.deliver(*due)) == 1
    room.clock.move(5 * MINUTE)
    assert [one.record.state for one in room.deliver(*due)] == ["pending"]
    room.clock.move(5 * MINUTE)
    assert [one.record.state for one in room.deliver(*due)] == ["sent"]
    room.run()
    room.clock.move(HOUR)
    room.run()
    assert set(states(room)) == {"sent"}
    assert room.store.failing_channels(now=room.clock.now()) == []


def test_a_receiver_that_asks_for_patience_gets_it_for_every_message(newsroom):
    room = newsdesk(newsroom, LOG)
    first, second = found(room, 2)
    room.boxes["log"].refusals.append(ChannelError("HTTP 429", retry_after=10 * MINUTE))
    room.deliver(first)
    assert room.deliver(second) == []
    room.clock.move(10 * MINUTE)
    room.run()
    assert states(room) == ["sent", "sent"]


NOON = QuietHours(12 * 60 + 20, 13 * 60)


def test_what_comes_late_waits_for_the_end_of_quiet_hours(newsroom):
    room = newsdesk(newsroom, LOG, quiet=NOON)
    (due,) = found(room)  # 12:15
    room.clock.move(10 * MINUTE)
    (one,) = room.deliver(due)
    assert (one.record.state, one.record.due_at) == ("pending", BEGIN + HOUR)
    (row,) = room.store.deliveries_list()
    assert (row.attempts, row.last_error, row.due_at) == (0, None, BEGIN + HOUR)
    room.clock.moment = BEGIN + HOUR
    room.run()
    assert states(room) == ["sent"]


def test_a_retry_wakes_nobody(newsroom):
    room = newsdesk(newsroom, LOG, quiet=NOON)
    (due,) = found(room)
    room.boxes["log"].refusals.append(ChannelError("HTTP 500"))
    room.deliver(due)
    room.clock.move(10 * MINUTE)
    room.run()
    (row,) = room.store.deliveries_list()
    assert (row.state, row.attempts, row.last_error, row.due_at) == ("pending", 1, "HTTP 500", BEGIN + HOUR)


def test_so_many_report_it_that_it_is_told_in_quiet_hours(newsroom):
    room = newsdesk(newsroom, LOG, quiet=QuietHours(12 * 60, 13 * 60), break_through=2)
    found(room)
    assert [row.subject_kind for row in room.store.deliveries_list()] == ["digest"]
    headline = "Grain ships leave Ukraine for Istanbul"
    text = "Four ships with grain left the port at dawn, the ministry said. They are bound for Istanbul."
    room.clock.move(MINUTE)
    room.web.publish(NORTH, rss([Item("n", headline, text, "https://north.example/1", BEGIN)]))
    room.poll(room.feeds()["north"], force=True)
    assert room.boxes["log"].got == []
    room.clock.move(MINUTE)
    room.web.publish(SOUTH, rss([Item("s", headline, "", "https://south.example/1", BEGIN)]))
    room.poll(room.feeds()["south"], force=True)
    room.run()
    told = [(message.type, [alert.title for alert in message.alerts]) for message in room.boxes["log"].got]
    assert told == [("alert.created", [headline])]
    room.clock.moment = BEGIN + HOUR
    room.run()
    (_, digest) = room.boxes["log"].got
    assert [alert.title for alert in digest.alerts] == ["Ukraine 1"], "what broke out is not told again"


def test_what_may_have_arrived_is_left_to_a_person_by_a_channel_that_sends_at_most_once(newsroom):
    room = newsdesk(newsroom, replace(HOOK, at_most_once=True))
    first, second, third = found(room, 3)
    room.boxes["webhook"].refusals.append(ChannelError("took too long", ambiguous=True))
    room.boxes["webhook"].refusals.append(ChannelError("HTTP 500"))
    assert [room.deliver(one)[0].record.state for one in (first, second)] == ["ambiguous", "pending"]
    room.store.begin_deliveries([third], owner="gone:1:1", now=room.clock.now(), lease=LEASE)
    room.clock.move(LEASE)
    room.store.release_lost(now=room.clock.now())
    assert states(room) == ["ambiguous", "pending", "ambiguous"]
    assert room.store.retry_delivery(third, now=room.clock.now())
    room.run()
    assert states(room) == ["ambiguous", "sent", "sent"]


def test_what_ended_is_replayed_under_the_same_keys(newsroom):
    room = newsdesk(newsroom, LOG)
    before = found(room)
    room.run()
    room.clock.move(HOUR)
    since = room.clock.now()
    found(room, 2, title="Ukraine later {}")
    room.boxes["log"].refusals.append(ChannelError("no such place", permanent=True))
    room.run()
    assert sorted(states(room)) == ["failed", "sent", "sent"]
    first = {message.key for message in room.boxes["log"].got}
    now = room.clock.now()
    assert room.store.replay_deliveries(since=since, states=("failed",), subscriber="nobody", now=now) == {}
    told_at = {row.id: row.sent_at for row in room.store.deliveries_list() if row.state == "sent"}
    room.clock.move(MINUTE)
    now = room.clock.now()
    assert room.store.replay_deliveries(since=since, now=now) == {"sent": 1, "failed": 1}
    room.run()
    again = [message.key for message in room.boxes["log"].got[2:]]
    assert len(again) == 2
    assert len({*first, *again}) == 3
    assert told_at.items() <= {row.id: row.sent_at for row in room.store.deliveries_list()}.items(), "told when it was"
    (row,) = room.store.deliveries_list(only=before[0])
    assert row.key not in again


def test_when_nothing_matched_that_is_said_with_how_the_feeds_were_read(newsroom):
    desk = SubscriberLine("desk", "UTC", (LOG,), heartbeat=Schedule(13 * 60))
    line = WatchListLine("Ukraine", ("Ukraine",), notify=(NotifyLine("desk", None),))
    newsroom.apply(Configuration(feeds=(FeedLine(NORTH, "north"),), watch_lists=(line,), subscribers=(desk,)))
    newsroom.web.publish(NORTH, rss([Item("w", "Weather", "Rain.", published=BEGIN)]))
    newsroom.run()
    assert newsroom.store.open_heartbeats(now=newsroom.clock.now()) == 1
    assert newsroom.store.open_heartbeats(now=newsroom.clock.now()) == 0
    newsroom.clock.move(HOUR)
    newsroom.boxes["log"].refusals.append(ChannelError("HTTP 500"))
    newsroom.run()
    newsroom.clock.move(MINUTE)
    newsroom.run()
    (message,) = newsroom.boxes["log"].got
    assert (message.type, message.subscriber, message.alerts) == ("digest.created", "desk", ())
    assert message.coverage.feeds == {"ok": 1}
    assert message.coverage.worst_feed == "north"

    assert newsroom.store.open_heartbeats(now=newsroom.clock.now()) == 1
    newsroom.web.publish(NORTH, rss([Item("u", "Ukraine votes", "Polls open.")]))
    newsroom.clock.move(24 * HOUR)
    newsroom.run()
    newsroom.clock.move(MINUTE)
    newsroom.run()
    assert [message.type for message in newsroom.boxes["log"].got] == ["digest.created", "alert.created"]


def test_messages_have_links_while_there_is_somebody_to_answer_them(newsroom):
    room = newsdesk(newsroom, LOG)
    signer = Signer("https://news.example", b"k" * 32)
    (due,) = found(room)
    with Courier(lambda: replace(parts(room), signer=signer)) as courier:
        courier.deliver([due])
    (message,) = room.boxes["log"].got
    assert message.links.unsubscribe.startswith("https://news.example/links/")
    assert message.alerts[0].links.useful.startswith("https://news.example/links/")


def test_a_channel_that_is_gone_by_then_gets_none(newsroom):
    room = newsdesk(newsroom, LOG)
    (due,) = found(room)

    class Unknown:
        def __getattr__(self, name):
            return getattr(store, name)

        def addressee(self, channel):
            return None

    store, room.store = room.store, Unknown()
    with Courier(lambda: replace(parts(room), signer=Signer("https://news.example", b"k" * 32))) as courier:
        courier.deliver([due])
    (message,) = room.boxes["log"].got
    assert message.links is None


def test_what_is_cancelled_while_it_is_begun_is_not_sent(newsroom):
    room = newsdesk(newsroom, LOG)
    (due,) = found(room)

    class Emptied:
        def __getattr__(self, name):
            return getattr(store, name)

        def alerts_of(self, outgoing, *, now):
            return []

    store, room.store = room.store, Emptied()
    with Courier(lambda: parts(room)) as courier:
        (one,) = courier.deliver([due])
    assert (one.record.state, room.boxes["log"].got) == ("cancelled", [])
