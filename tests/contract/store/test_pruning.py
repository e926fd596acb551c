"""What is kept no longer goes, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contract.store.conftest import NOW, begun, item
from contract.store.desk import desk
from sqlalchemy import func, select

from worker.store import tables
from worker.store.pruning import SEEN_FOR, WALKS, Kept, Pruned

__all__ = ["desk"]

DAY = timedelta(days=1)
RETENTION = 90 * DAY
WINDOW = 5 * DAY


def prune(world: Any, now: datetime, *, retention: timedelta = RETENTION, limit: int = 2) -> Pruned:
    """All walks from their beginnings to their ends, in the smallest steps that there are."""
    kept = Kept.at(now, retention=retention, story_window=WINDOW)
    pruned = Pruned()
    for walk in WALKS:
        anew, ended = True, False
        while not ended:
            some, ended = world.store.prune(walk, kept, anew=anew, limit=limit)
            pruned, anew = pruned + some, False
    return pruned


def rows(world: Any, *columns: Any) -> list[tuple[Any, ...]]:
    with world.store._transaction("read") as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


def count(world: Any, table: Any) -> int:
    return int(rows(world, func.count().label("n")).pop()[0]) if table is None else len(rows(world, table.c[0]))


def execute(world: Any, statement: Any) -> None:
    with world.store._transaction("write") as connection:
        connection.execute(statement)


def texts(world: Any) -> dict[str, str]:
    return dict(rows(world, tables.items.c.title, tables.items.c.text))


@pytest.fixture
def feed(two: Any) -> int:
    """A feed whose item "told" was told and whose item "kept" was not; both were in it for one poll only."""
    feed = int(two.store.feeds_list()[0].id)
    two.told(two.polled(feed, "told"))
    untold(two, feed, "kept", at=NOW + timedelta(hours=1))
    untold(two, feed, "last", at=NOW + timedelta(hours=2))
    return feed


def untold(world: Any, feed: int, name: str, *, at: datetime) -> None:
    """An item that no list meets, the only one of its document."""
    items = world.polled(feed, name, at=at)
    with world.store.matching() as transaction:
        begun(transaction, transaction.unmatched(items), now=at)
    execute(world, tables.feeds.update().where(tables.feeds.c.id == feed).values(last_parsed_at=at, last_good_at=at))


def index(world: Any) -> None:
    while world.store.index_items(limit=100):
        pass


def test_texts_go_first_and_titles_stay(two: Any, feed: int) -> None:
    before = NOW + RETENTION
    assert prune(two, before) == Pruned()
    assert texts(two) == dict.fromkeys(("told", "kept", "last"), "Some text.")

    # What is in the feed still stays, however long it has been known: the feed was last good when "last" was seen.
    after = NOW + RETENTION + timedelta(hours=1, minutes=1)
    assert prune(two, after) == Pruned(texts=2)
    assert texts(two) == {"told": "", "kept": "", "last": "Some text."}
    assert prune(two, after) == Pruned()
    assert [row.title for row in two.store.alerts_list()] == ["told"]


def test_items_go_when_they_would_be_news_again_but_for_those_that_alerts_tell_of(two: Any, feed: int) -> None:
    index(two)
    assert prune(two, NOW + SEEN_FOR) == Pruned(texts=3)
    assert two.store.unindexed() == 3
    pruned = prune(two, NOW + SEEN_FOR + DAY)
    assert (pruned.items, pruned.stories) == (1, 1)
    assert texts(two) == {"told": "", "last": ""}, "the last of all keeps its number from being given again"
    assert two.store.unindexed() == 2
    assert [title for (_, title) in rows(two, tables.stories.c.id, tables.stories.c.title)] == ["told", "last"]
    index(two)
    assert count(two, tables.indexed_items) == 2


def test_what_a_feed_says_has_not_changed_is_in_it_still(two: Any, feed: int) -> None:
    (leased,) = two.begin(feed, now=NOW + 200 * DAY, force=True)
    two.written(two.record(leased, at=NOW + 200 * DAY))  # 304
    assert prune(two, NOW + 201 * DAY).items == 1
    assert texts(two) == {"told": "", "last": "Some text."}


def test_what_waits_is_left_alone(two: Any, feed: int) -> None:
    (waiting,) = two.polled(feed, "waits", at=NOW + timedelta(hours=3))
    two.polled(feed, "later", at=NOW + timedelta(hours=4))
    prune(two, NOW + 2 * SEEN_FOR)
    assert texts(two)["waits"] == "Some text."
    assert two.store.claim_unmatched(now=NOW + 2 * SEEN_FOR, older_than=DAY, lease=DAY, limit=9)[0].id == waiting


def test_what_a_digest_is_to_tell_keeps_its_text(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    two.told(two.polled(feed, "held"), state="held", slot=NOW + DAY)
    untold(two, feed, "last", at=NOW + timedelta(hours=1))
    assert prune(two, NOW + RETENTION + DAY).texts == 1
    assert texts(two) == {"held": "Some text.", "last": ""}


def test_revisions_go_with_time(desk: Any) -> None:
    world = desk.world
    desk.tell("dispatch", "Kyiv")
    for number in (1, 2):
        desk.correct("dispatch", f"Corrected {number}", at=NOW + number * 60 * DAY)
    assert prune(world, NOW + 155 * DAY) == Pruned(revisions=1), "the item is in its feed still"
    assert count(world, tables.item_revisions) == 1
    assert prune(world, NOW + 120 * DAY + RETENTION + DAY).revisions == 1
    assert prune(world, NOW + 365 * DAY) == Pruned()


def test_matches_and_revisions_go_with_their_item(two: Any, feed: int) -> None:
    execute(two, tables.alerts.delete())
    assert count(two, tables.matches) == 1
    pruned = prune(two, NOW + SEEN_FOR + DAY)
    assert (pruned.items, pruned.stories) == (2, 2)
    assert count(two, tables.matches) == 0


def test_stories_that_others_refer_to_stay(two: Any, feed: int) -> None:
    s = tables.stories.c
    execute(two, tables.alerts.delete())
    (first, second, last) = (row[0] for row in rows(two, s.id))
    execute(two, tables.stories.update().where(s.id == last).values(split_from=first))
    (subscriber,) = (row[0] for row in rows(two, tables.subscribers.c.id))
    execute(two, tables.story_mutes.insert().values(subscriber_id=subscriber, story_id=second, muted_at=NOW))
    assert prune(two, NOW + SEEN_FOR + DAY).stories == 0


def test_reasons_are_forgotten_and_what_nobody_sent_again_is_given_up(two: Any, feed: int) -> None:
    d = tables.deliveries.c
    webhook, log = (row[0] for row in rows(two, d.id))
    execute(two, tables.deliveries.update().where(d.id == webhook).values(state="quarantined", last_error="HTTP 500"))
    execute(two, tables.deliveries.update().where(d.id == log).values(state="sent", last_error="it was full"))
    assert prune(two, NOW + RETENTION - DAY) == Pruned()
    pruned = prune(two, NOW + RETENTION + timedelta(seconds=1))
    assert (pruned.errors, pruned.given_up) == (1, 1)
    said = {row[0]: row[1:] for row in rows(two, d.id, d.state, d.last_error)}
    assert said == {webhook: ("cancelled", "quarantined for longer than what is kept"), log: ("sent", None)}
    assert prune(two, NOW + RETENTION + timedelta(seconds=1)) == Pruned()
    assert two.store.retry_delivery(webhook, now=NOW + 2 * RETENTION)


def test_notices_go_with_their_deliveries_once_none_waits(two: Any) -> None:
    n, d = tables.notices.c, tables.deliveries.c
    (subscriber,) = (row[0] for row in rows(two, tables.subscribers.c.id))
    channel = rows(two, tables.channels.c.id)[0][0]
    for number in (1, 2, 3):
        said = {"type": "feed.broken", "subscriber_id": subscriber, "data": {}, "created_at": NOW}
        execute(two, tables.notices.insert().values(id=number, **said))
        told = {"subject_kind": "notice", "subject_id": number, "sequence": 0, "channel_id": channel, "due_at": NOW}
        state = "pending" if number == 1 else "sent"
        execute(two, tables.deliveries.insert().values(key=f"k{number}", state=state, created_at=NOW, **told))
    assert prune(two, NOW + RETENTION + DAY) == Pruned(notices=1)
    assert [row[0] for row in rows(two, n.id)] == [1, 3]
    assert [row[0] for row in rows(two, d.subject_id)] == [1, 3]


def test_texts_are_kept_for_as_long_as_copies_may_come(two: Any, feed: int) -> None:
    assert prune(two, NOW + timedelta(hours=3), retention=timedelta(0)) == Pruned()
    assert prune(two, NOW + WINDOW + DAY, retention=timedelta(0)) == Pruned(texts=3)


def test_a_walk_goes_on_where_it_was_left_and_begins_again_at_its_end(two: Any, feed: int) -> None:
    kept = Kept.at(NOW + RETENTION + DAY, retention=RETENTION, story_window=WINDOW)
    steps = [two.store.prune("items", kept, limit=1) for _ in range(5)]
    assert [(pruned.texts, ended) for pruned, ended in steps] == [
        (1, False),
        (1, False),
        (1, False),
        (0, True),
        (0, False),
    ]


def test_it_leaves_out_what_somebody_is_writing(two: Any, feed: int) -> None:
    if two.store.dialect == "sqlite":
        return  # there one waits for the other
    (first, *_) = (row[0] for row in rows(two, tables.items.c.id))
    with two.store._transaction("write") as connection:
        connection.execute(select(tables.items.c.id).where(tables.items.c.id == first).with_for_update())
        assert prune(two, NOW + RETENTION + DAY).texts == 2
    assert prune(two, NOW + RETENTION + DAY).texts == 1


def test_an_item_that_comes_back_in_time_is_known(two: Any, feed: int, make: Any) -> None:
    prune(two, NOW + SEEN_FOR - DAY)
    known, _ = two.store.known_items(feed, [item("kept").identity], [])
    assert [one.identity for one in known] == [item("kept").identity]


def test_times_are_utc() -> None:
    kept = Kept.at(datetime(2026, 1, 1, tzinfo=UTC), retention=400 * DAY, story_window=WINDOW)
    assert kept.texts == kept.identities, "an item is never forgotten before its text"
