import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from golden.newsroom import BEGIN, Box, MovedClock
from servers.documents import Item, items, rss

from config.values import ChannelLine
from worker.alerts.model import Address, Message, NoticeFacts
from worker.errors import ChannelError
from worker.pipeline.claim import LEASE
from worker.pipeline.courier import Courier, deliver
from worker.pipeline.deliver import Delivering
from worker.records import Outgoing

NORTH = "https://north.example/feed"
WEBHOOK = ChannelLine("webhook", "https://desk.example/hook", "whsec_x")
BOTH = (ChannelLine("log"), WEBHOOK)


@pytest.fixture
def told(open_newsroom):
    """Polls so many items about Ukraine; returns the newsroom and the deliveries that are due."""

    def publish(count=1, *, title="Ukraine {}", **more):
        room = open_newsroom("north", **more)
        room.web.publish(NORTH, rss([item._replace(published=BEGIN) for item in items(count, title=title)]))
        room.poll(*room.feeds().values())
        return room, [row.id for row in reversed(room.store.deliveries_list())]

    return publish


def rows(room):
    return list(reversed(room.store.deliveries_list()))


def test_a_message_goes_through_each_channel_once(told):
    room, due = told(channels=BOTH)
    delivered = room.deliver(*due)
    assert sorted((one.channel, one.record.state, one.written) for one in delivered) == [
        ("log", "sent", True),
        ("webhook", "sent", True),
    ]
    (to_log,), (to_hook,) = room.boxes["log"].got, room.boxes["webhook"].got
    assert to_log.key != to_hook.key
    assert {to_log.key, to_hook.key} == {row.key for row in rows(room)}
    assert (to_log.type, to_log.subscriber, to_log.created_at) == ("alert.created", "desk", BEGIN)
    assert room.deliver(*due) == []
    assert room.store.alerts_list()[0].state == "told"


def test_retries_follow_the_schedule_under_the_same_key(told):
    room, due = told()
    room.jitter = 0.5
    schedule = room.settings.retry_schedule
    room.boxes["log"].refusals.extend(ChannelError("HTTP 500") for _ in schedule[1:])
    key = rows(room)[0].key
    for attempt, wait in enumerate(schedule[1:], start=1):
        assert [one.record.state for one in room.deliver(*due)] == ["pending"]
        (row,) = rows(room)
        assert (row.attempts, row.last_error) == (attempt, "HTTP 500")
        assert row.due_at == room.clock.now() + wait * 1.05
        assert room.deliver(*due) == []  # not yet
        room.clock.move(row.due_at - room.clock.now())
    assert [one.record.state for one in room.deliver(*due)] == ["sent"]
    (message,) = room.boxes["log"].got
    assert (message.key, rows(room)[0].attempts) == (key, len(schedule))


def test_past_the_last_try_it_is_quarantined_and_can_be_sent_again(told):
    room, due = told()
    room.boxes["log"].refusals.extend(ChannelError("HTTP 500") for _ in room.settings.retry_schedule)
    for _ in room.settings.retry_schedule:
        room.deliver(*due)
        room.clock.move(timedelta(days=2))
    (row,) = rows(room)
    assert row.state == "quarantined"
    assert room.store.retry_delivery(row.id, now=room.clock.now())
    room.run()
    assert [message.key for message in room.boxes["log"].got] == [row.key]


def test_a_receiver_may_ask_for_patience(told):
    room, due = told()
    room.boxes["log"].refusals.append(ChannelError("HTTP 429", retry_after=timedelta(hours=3)))
    room.deliver(*due)
    assert rows(room)[0].due_at == BEGIN + timedelta(hours=3)


def test_a_permanent_error_fails_at_once(told):
    room, due = told()
    room.boxes["log"].refusals.append(ChannelError("no such mailbox", permanent=True))
    (one,) = room.deliver(*due)
    assert (one.record.state, rows(room)[0].last_error) == ("failed", "no such mailbox")
    assert room.store.subscribers_list()[0].channels[0].state == "enabled"


def test_410_turns_the_channel_off_and_nothing_more_is_tried(told):
    room, _ = told(2, channels=BOTH)
    gone = ChannelError("HTTP 410 Gone", permanent=True, disable=True)
    room.boxes["webhook"].refusals.append(gone)
    hooks = [row.id for row in rows(room) if row.channel.startswith("webhook")]
    room.deliver(hooks[0])
    assert [(c.kind, c.state, c.disabled_reason) for c in room.store.subscribers_list()[0].channels] == [
        ("log", "enabled", None),
        ("webhook", "disabled", "HTTP 410 Gone"),
    ]
    room.run()
    assert room.boxes["webhook"].got == []
    told = [message for message in room.boxes["log"].got if message.type == "channel.disabled"]
    assert [message.data for message in told] == [
        {"channel": "webhook https://desk.example/...", "subscriber": "desk", "reason": "HTTP 410 Gone"}
    ]
    assert len(room.boxes["log"].got) == 3
    assert {row.state for row in rows(room) if row.id in hooks} == {"failed"}
    room.clock.move(timedelta(hours=1))
    room.web.publish(NORTH, rss([Item("new", "Ukraine anew", "Text.")]))
    room.run()
    assert len(room.boxes["log"].got) == 4
    # What is made for it later fails too, where a person sees it and can send it again.
    assert {row.state for row in rows(room) if row.channel.startswith("webhook")} == {"failed"}


def test_what_was_cancelled_before_it_began_is_not_sent(told, open_newsroom):
    room, due = told()
    open_newsroom("north", Other="Moldova")
    assert room.deliver(*due) == []
    assert rows(room)[0].state == "cancelled"


def test_a_digest_whose_alerts_were_cancelled_under_way_ends_as_cancelled(told):
    """Between the begin and the loading the list went."""
    room, due = told(2, Ukraine=("Ukraine", 1))
    room.deliver(*due)
    room.clock.move(timedelta(hours=1))

    class Vanishing:
        def __getattr__(self, name):
            return getattr(store, name)

        def alerts_of(self, outgoing, *, now):
            return []

    store, room.store = room.store, Vanishing()
    (one,) = room.deliver(*due)
    room.store = store
    assert (one.record.state, one.written) == ("cancelled", True)
    assert {row.subject_kind: row.state for row in rows(room)} == {"alert": "sent", "digest": "cancelled"}
    assert len(room.boxes["log"].got) == 1


def test_leases_are_renewed_while_a_receiver_takes_its_time(told):
    room, due = told()
    room.renew_every_s = 0.01
    renewed = threading.Event()

    class Watched:
        def __getattr__(self, name):
            return getattr(store, name)

        def renew_delivery_leases(self, tokens, *, now, lease):
            store.renew_delivery_leases(tokens, now=now, lease=lease)
            renewed.set()

    class Patient:
        def send(self, message, address):
            room.clock.move(LEASE / 2)
            assert renewed.wait(10)

    store, room.store, room.boxes = room.store, Watched(), {"log": Patient()}
    (one,) = room.deliver(*due)
    assert (one.record.state, one.written) == ("sent", True)


def test_a_result_that_comes_too_late_is_not_written(told):
    room, due = told()
    box = room.boxes["log"]
    later = BEGIN + LEASE

    class Slow:
        def send(self, message, address):
            box.send(message, address)
            assert room.store.release_lost(now=later) == 1
            room.store.begin_deliveries(due, owner="other:2:2", now=later, lease=LEASE)

    room.boxes = {"log": Slow()}
    (one,) = room.deliver(*due)
    assert not one.written
    assert rows(room)[0].state == "sending"


def test_one_dead_receiver_delays_no_other(told):
    room, due = told(3, channels=BOTH)
    room.boxes["webhook"].refusals.extend(ChannelError("refused") for _ in range(3))
    room.deliver(*due)
    assert len(room.boxes["log"].got) == 3
    assert [row.state for row in rows(room)].count("pending") == 3


def test_nothing_due_opens_nothing(newsroom):
    assert newsroom.deliver() == []


class Told:
    """A DeliverStore with one notice to deliver."""

    def __init__(self, facts):
        self.facts = facts
        self.outgoing = Outgoing(
            id=4,
            token=2,
            key="0c1f0a1e-3f0f-5d7e-9f0e-5a1d3c2b1a00",
            subject_kind="notice",
            subject=9,
            channel=Address(3, "log", ""),
            attempts=1,
        )
        self.recorded = []

    def begin_deliveries(self, deliveries, *, owner, now, lease):
        return [self.outgoing]

    def renew_delivery_leases(self, tokens, *, now, lease):
        pass

    def notice_of(self, outgoing):
        assert outgoing is self.outgoing
        return self.facts

    def record_delivery(self, record, *, health, owner):
        self.recorded.append(record)
        return True


def delivered(store, box):
    parts = Delivering(
        store=store,
        channels={"log": box},
        clock=MovedClock(),
        retry_schedule=(timedelta(0), timedelta(minutes=5)),
        jitter=lambda: 0.0,
        owner="here:1:1",
        renew_every_s=600.0,
    )
    (one,) = deliver(parts, [4])
    assert [one.record] == store.recorded
    return one.record


def test_the_end_of_a_lost_attempt_leaves_the_lease_of_the_next_one_renewed():
    renewed, ended, go = [], threading.Event(), [threading.Event(), threading.Event()]

    class Again(Told):
        def begin_deliveries(self, deliveries, *, owner, now, lease):
            self.outgoing = replace(self.outgoing, token=self.outgoing.token + 1)
            return [self.outgoing]

        def renew_delivery_leases(self, tokens, *, now, lease):
            renewed.append(dict(tokens))

        def notice_of(self, outgoing):
            assert go[outgoing.token - 3].wait(10)

        def record_delivery(self, record, *, health, owner):
            ended.set()
            return False

    parts = Delivering(Again(BROKEN), {}, MovedClock(), (timedelta(0),), lambda: 0.0, "here:1:1")
    with Courier(lambda: parts, renew_every_s=0.001) as courier:
        assert [courier.deliver([4], patience_s=0) for _ in go] == [[], []]
        go[0].set()
        assert ended.wait(10)
        renewed.clear()
        for _ in range(1000):
            if renewed.count({4: 4}) >= 50:
                break
            threading.Event().wait(0.01)
        go[1].set()
    assert renewed.count({4: 4}) >= 50


BROKEN = NoticeFacts("feed.broken", "desk", BEGIN, {"feed": {"name": "North", "url": NORTH}, "state": "broken"})


def test_a_notice_goes_out_as_it_is():
    store, box = Told(BROKEN), Box()
    assert delivered(store, box).state == "sent"
    assert box.got == [Message(store.outgoing.key, "feed.broken", BEGIN, "desk", (), BROKEN.data)]


def test_a_notice_that_fails_is_tried_again_like_an_alert():
    store, box = Told(BROKEN), Box()
    box.refusals.append(ChannelError("HTTP 500"))
    record = delivered(store, box)
    assert (record.state, record.due_at) == ("pending", BEGIN + timedelta(minutes=5))


def test_a_notice_that_is_not_there_any_more_ends_as_cancelled():
    store, box = Told(None), Box()
    assert delivered(store, box).state == "cancelled"
    assert box.got == []
