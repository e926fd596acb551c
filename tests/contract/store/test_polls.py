from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from contract.store.conftest import begun
from sqlalchemy import event, func, select

from config.values import FeedLine
from worker.feeds.cadence import Pace
from worker.feeds.health import Condition
from worker.feeds.model import Enclosure, Hints
from worker.feeds.moves import Candidate
from worker.records import Manners, RecordedPoll
from worker.store import tables
from worker.stories.identity import parked
from worker.stories.ladder import TRUSTED, Standing
from worker.stories.model import KnownItem, NewItem, PollDecision, RecalledItem, Revision

if TYPE_CHECKING:
    from worker.store import Store
    from worker.stories.model import IdentifiedItem


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


def rows(store: Store, table: Any) -> Any:
    with store._transaction("read") as connection:
        return connection.execute(select(table).order_by(*table.primary_key.columns)).all()


def known(number: int, item: IdentifiedItem) -> KnownItem:
    return KnownItem(number, item.identity, item.content, item.item.link)


def test_new_items_wait_for_matching_as_they_should(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    added = make("news") + make("silent", news=False) + make("old", news=False, fold=False)
    record = world.record(leased, added=added, title="Feed", link="https://l", language="en")
    written = world.written(record)
    stored = rows(world.store, tables.items)
    assert [row.title for row in stored] == ["news", "silent", "old"]
    assert written == {feed: RecordedPoll((stored[0].id, stored[1].id))}
    assert [row.unmatched_since for row in stored] == [NOW, NOW, None]
    assert stored[0].first_seen == stored[0].last_seen == NOW
    (shown,) = world.store.feeds_list()
    assert (shown.items, shown.state, shown.last_polled_at) == (3, "ok", NOW)


def test_known_items_are_found_by_identity_and_by_content(world: Any, make: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    (a, b) = world.polled(feed, "a", "b")
    one, two = identified("a"), identified("b")
    found = world.store.known_items(feed, [one.identity], [one.content, two.content])
    assert found == ([known(a, one)], [known(b, two)])
    assert world.store.known_items(feed + 1, [one.identity], [one.content]) == ([], [])


def test_known_items_come_with_the_dates_they_last_had_and_are_recalled_with_their_words(
    world: Any, identified: Any
) -> None:
    (feed, other) = world.feeds(2)
    (leased,) = world.begin(feed)
    dated = identified("a", title="Title", text="Said.", published=NOW, updated=NOW + timedelta(hours=1))
    world.written(world.record(leased, added=(NewItem(dated, news=True, fold=True),)))
    ((held,), _) = world.store.known_items(feed, [dated.identity], [])
    assert (held.published, held.updated, held.revisions) == (NOW, NOW + timedelta(hours=1), 0)
    assert world.store.recalled_items(feed, {held.id, held.id + 1}) == {held.id: RecalledItem(held, "Title", "Said.")}
    assert world.store.recalled_items(other, {held.id}) == world.store.recalled_items(feed, ()) == {}


def test_a_change_that_is_no_more_kept_or_of_no_words_is_stored_and_waits_for_nothing(
    world: Any, make: Any, identified: Any
) -> None:
    (feed,) = world.feeds(1)
    names = ("worn", "dated", "moved", "said")
    ids = world.polled(feed, *names)
    with world.store.matching() as transaction:
        begun(transaction, transaction.unmatched(ids))
    (leased,) = world.begin(feed, force=True)
    changed = [identified(name, title=f"{name} now") for name in names]
    revised = tuple(
        Revision(id_, item, words=words, kept=kept)
        for id_, item, words, kept in zip(
            ids, changed, (True, False, False, True), (False, True, False, True), strict=True
        )
    )
    later = NOW + timedelta(hours=1)
    written = world.written(world.record(leased, decision=PollDecision((), revised, (*ids,)), at=later))
    assert written[feed].unmatched == (ids[3],)
    stored = rows(world.store, tables.items)
    assert [row.title for row in stored] == [f"{name} now" for name in names]
    assert [row.revisions for row in stored] == [0, 1, 0, 1]
    assert [row.unmatched_since for row in stored] == [None, None, None, later]
    assert [row.item_id for row in rows(world.store, tables.item_revisions)] == [ids[1], ids[3]]


def test_where_a_feed_stands_on_the_ladder_is_kept_with_it(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    assert leased.standing == TRUSTED
    for standing in (Standing("id", 1), Standing("title+text", 0), None):
        world.written(world.record(leased, standing=standing, note="a step" if standing else None))
        (leased,) = world.begin(feed, force=True)
        assert leased.standing == (standing or Standing("title+text"))
    (row,) = rows(world.store, tables.feeds)
    assert (row.identity_rung, row.identity_doubts) == ("title+text", 0)
    assert {run.note for run in world.store.feed_history(feed)} == {None, "a step"}


def test_an_item_makes_room_for_the_one_that_took_its_link(world: Any, make: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    a, b = world.polled(feed, "a", "b")
    (leased,) = world.begin(feed, force=True)
    mine, theirs = identified("a").identity, identified("b").identity
    swapped = ((a, parked(a)), (b, parked(b)), (a, theirs))
    decision = PollDecision(make("a", "c"), (), (a,), swapped)
    (fresh, _) = world.written(world.record(leased, decision=decision))[feed].unmatched
    stored = {row.id: bytes(row.identity) for row in rows(world.store, tables.items)}
    assert (stored[a], stored[b], stored[fresh]) == (theirs, parked(b), mine)


def test_a_repeated_item_is_kept_once_and_waits_for_nothing(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    world.polled(feed, "a")
    (leased,) = world.begin(feed, force=True)
    (written,) = world.written(world.record(leased, added=make("a", "b", "b"))).values()
    assert len(written.unmatched) == 1
    assert [row.title for row in rows(world.store, tables.items)] == ["a", "b"]


def test_a_revision_keeps_the_old_state_and_waits_again_if_it_is_news(world: Any, make: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    world.written(world.record(leased, added=make("a") + make("b", news=False)))
    a, b = rows(world.store, tables.items)
    with world.store.matching() as transaction:
        begun(transaction, transaction.unmatched([a.id, b.id]))
    later = NOW + timedelta(hours=1)
    (leased,) = world.begin(feed, force=True)
    changed = [identified(name, title=f"{name} corrected", text="Other.") for name in "ab"]
    decision = PollDecision((), (Revision(a.id, changed[0]), Revision(b.id, changed[1])), (a.id, b.id))
    written = world.written(world.record(leased, decision=decision, at=later))
    assert written[feed].unmatched == (a.id,)
    new_a, new_b = rows(world.store, tables.items)
    assert (new_a.title, new_a.text, new_a.revisions, new_a.last_seen) == ("a corrected", "Other.", 1, later)
    assert (new_a.unmatched_since, new_b.unmatched_since, new_a.first_seen) == (later, None, NOW)
    kept = rows(world.store, tables.item_revisions)
    assert [(row.item_id, row.title, row.text, row.replaced_at) for row in kept] == [
        (a.id, "a", "Some text.", later),
        (b.id, "b", "Some text.", later),
    ]


def test_enclosures_are_kept_and_follow_a_revision(world: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    mp3, pdf = Enclosure("https://a.example/1.mp3", "audio/mpeg", 1024), Enclosure("https://a.example/2.pdf")
    first = (identified("a", enclosures=(mp3,)), identified("b"))
    world.written(world.record(leased, added=tuple(NewItem(one, news=True, fold=True) for one in first)))
    a, b = rows(world.store, tables.items)
    said = [{"url": mp3.url, "type": "audio/mpeg", "length": 1024}, {"url": pdf.url, "type": None, "length": None}]
    assert (a.enclosures, b.enclosures) == (said[:1], None)
    (leased,) = world.begin(feed, force=True)
    revised = (
        Revision(a.id, identified("a", title="a corrected")),
        Revision(b.id, identified("b", title="b corrected", enclosures=(mp3, pdf))),
    )
    decision = PollDecision((), revised, (a.id, b.id))
    world.written(world.record(leased, decision=decision, at=NOW + timedelta(hours=1)))
    assert [row.enclosures for row in rows(world.store, tables.items)] == [None, said]


def test_an_item_with_another_id_keeps_its_row_unless_the_id_is_taken(world: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    a, b = world.polled(feed, "a", "b")
    (leased,) = world.begin(feed, force=True)
    fresh, taken = identified("c").identity, identified("b").identity
    decision = PollDecision((), (), (a,), ((a, fresh),))
    world.written(world.record(leased, decision=decision))
    assert world.store.known_items(feed, [fresh], [])[0][0].id == a
    (leased,) = world.begin(feed, force=True)
    world.written(world.record(leased, decision=replace(decision, reidentified=((a, taken),))))
    found = world.store.known_items(feed, [fresh, taken], [])[0]
    assert found == [replace(known(a, identified("a")), identity=fresh), known(b, identified("b"))]


def test_last_seen_follows_the_feed(world: Any) -> None:
    (feed,) = world.feeds(1)
    a, _ = world.polled(feed, "a", "b")
    later = NOW + timedelta(days=1)
    (leased,) = world.begin(feed, force=True)
    world.written(world.record(leased, decision=PollDecision((), (), (a,)), at=later))
    assert [row.last_seen for row in rows(world.store, tables.items)] == [later, NOW]


def test_one_bad_feed_falls_alone(world: Any, make: Any, identified: Any) -> None:
    feeds = world.feeds(5)
    leased = world.begin(*feeds)
    records = [world.record(feed, added=make("a", "b")) for feed in leased]
    # The one thing both databases refuse: an item without a title. The border never lets it through.
    bad = replace(identified("c"), item=replace(identified("c").item, title=None))
    records[2] = replace(records[2], decision=PollDecision((*make("a"), NewItem(bad, news=True, fold=True)), (), ()))
    written = world.written(*records)
    assert [len(poll.unmatched) for poll in written.values()] == [2, 2, 0, 2, 2]
    refusals = [poll.refusal for poll in written.values() if poll.refusal]
    assert refusals == [written[feeds[2]].refusal]
    assert refusals[0].startswith("the database refused what the feed says (")
    assert [feed.items for feed in world.store.feeds_list()] == [2, 2, 0, 2, 2]
    assert world.store.feeds_list()[2].state == "new"
    assert len(world.begin(*feeds, force=True)) == 4, "whoever polled it says what becomes of it, under its lease"
    written = world.written(
        world.record(leased[2], condition=Condition("backing_off"), outcome="error", error="Refused")
    )
    assert written == {feeds[2]: RecordedPoll()}
    assert world.store.feeds_list()[2].state == "backing_off"


def test_text_of_all_scripts_comes_back_as_it_was(world: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    text = "Київ 乌克兰 𝔘𝔫𝔦 e\u0301 \u200f \U0001f1fa\U0001f1e6 'quoted' \"%s\" :name \\"
    (leased,) = world.begin(feed)
    full = identified("i", title=text, text=text, authors=(text,), categories=(text, "b"), language="uk", published=NOW)
    world.written(world.record(leased, decision=PollDecision((NewItem(full, news=True, fold=True),), (), ())))
    (found,) = world.store.items_since(NOW)
    assert (found.title, found.matchable.text, found.matchable.categories) == (text, text, (text, "b"))
    assert (found.language, found.published, found.feed) == ("uk", NOW, "F0000")


def test_the_archive_is_read_newest_first_in_pages(world: Any, make: Any) -> None:
    one, two = world.feeds(2)
    (leased,) = world.begin(one)
    world.written(world.record(leased, added=make(*(f"i{n}" for n in range(700)))))
    world.polled(two, "newest", at=NOW + timedelta(hours=1))
    found = list(world.store.items_since(NOW))
    assert found[0].title == "newest"
    assert [item.title for item in found[1:]] == [f"i{n}" for n in reversed(range(700))]
    assert len(list(world.store.items_since(NOW + timedelta(minutes=1)))) == 1


def test_the_journal_joins_equal_polls_and_keeps_two_hundred_runs(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    for number in range(300):
        (leased,) = world.begin(feed, force=True)
        at = NOW + timedelta(minutes=number)
        world.written(world.record(leased, at=at, note="slow" if number % 300 > 290 else None))
    quiet_, quiet = world.store.feed_history(feed)
    assert (quiet.count, quiet.at, quiet.until) == (291, NOW, NOW + timedelta(minutes=290))
    assert (quiet_.count, quiet_.note, quiet.bytes, quiet.status) == (9, "slow", 29_100, 304)
    for number in range(300):
        (leased,) = world.begin(feed, force=True)
        at = NOW + timedelta(hours=10, minutes=number)
        added = () if number % 2 else make(f"n{number}")
        world.written(world.record(leased, at=at, added=added))
    history = world.store.feed_history(feed)
    assert len(history) == 200
    assert [run.at for run in history] == sorted((run.at for run in history), reverse=True)
    assert (history[0].outcome, history[1].outcome, history[1].new_items) == ("not_modified", "new", 1)
    with world.store._transaction("read") as connection:
        assert connection.scalar(select(func.count()).select_from(tables.poll_journal)) == 200


def test_plain_polls_of_many_feeds_are_written_together(world: Any) -> None:
    leased = world.begin(*world.feeds(250), now=NOW + timedelta(seconds=2))
    assert len(leased) == 250
    at = NOW + timedelta(seconds=9)
    stale = replace(leased[7], token=99)
    written = world.written(*(world.record(feed, at=at) for feed in [*leased[:7], stale, *leased[8:]]))
    assert [feed.id for feed in leased if feed.id not in written] == [stale.id]
    assert sum(feed.last_polled_at == at for feed in world.store.feeds_list()) == 249
    assert world.written() == {}


def test_all_that_a_poll_says_of_a_feed_comes_back_with_the_next_lease(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    assert (leased.condition, leased.pace, leased.hints, leased.candidate) == (Condition(), Pace(), Hints(), None)
    assert (leased.listed, leased.last_whole_at, leased.last_parsed_at) == (0, None, None)
    later = NOW + timedelta(hours=1)
    said = {
        "condition": Condition("stale", 2, 1.25, told_at=NOW),
        "pace": Pace(timedelta(minutes=7), timedelta(hours=2), NOW - timedelta(hours=3)),
        "hints": Hints(timedelta(minutes=90), frozenset({3, 4}), frozenset({6})),
        "candidate": Candidate("https://new.example/rss", 2, NOW),
        "next_poll_at": later,
        "at": NOW,
    }
    document = {"decision": PollDecision((), (), ()), "whole": True, "listed": 30}
    world.written(world.record(leased, **said, **document, gap=(NOW - timedelta(hours=5), NOW)))
    (leased,) = world.begin(feed, now=later)
    for name in ("condition", "pace", "hints", "candidate"):
        assert getattr(leased, name) == said[name]
    assert (leased.listed, leased.last_whole_at, leased.last_parsed_at) == (30, NOW, NOW)
    (shown,) = world.store.feeds_list()
    assert (shown.gap_from, shown.gap_until) == (NOW - timedelta(hours=5), NOW)
    assert (shown.interval, shown.failures, shown.told_at) == (timedelta(minutes=7), 2, NOW)
    world.written(world.record(leased, **said | {"at": later}))
    (leased,) = world.begin(feed, now=later)
    assert (leased.condition, leased.pace, leased.hints, leased.candidate) == tuple(
        said[name] for name in ("condition", "pace", "hints", "candidate")
    )
    assert (leased.listed, leased.last_whole_at, leased.last_good_at) == (30, NOW, later), "a 304 is no document"
    world.written(world.record(leased, at=later, hints=Hints(), pace=Pace()))
    (leased,) = world.begin(feed, force=True)
    assert (leased.condition, leased.pace, leased.hints, leased.candidate) == (Condition("ok"), Pace(), Hints(), None)


def test_a_whole_document_that_did_not_change_is_remembered_as_sent(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    world.written(world.record(leased, outcome="unchanged", status=200, whole=True))
    (leased,) = world.begin(feed, force=True)
    assert (leased.last_whole_at, leased.last_parsed_at, leased.listed) == (NOW, None, 0)


def test_a_gap_is_shown_until_there_is_another(world: Any) -> None:
    (feed,) = world.feeds(1)
    for gap in ((NOW - timedelta(hours=2), NOW), None, (NOW, NOW + timedelta(hours=1))):
        (leased,) = world.begin(feed, force=True)
        world.written(world.record(leased, gap=gap))
        (shown,) = world.store.feeds_list()
        assert gap is None or (shown.gap_from, shown.gap_until) == gap
        assert shown.gap_from is not None


def test_a_good_poll_takes_a_feed_out_of_quarantine(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    world.written(world.record(leased, condition=Condition("quarantined")))
    (leased,) = world.begin(feed, force=True)
    assert leased.condition.state == "quarantined"
    world.written(world.record(leased, condition=Condition("ok")))
    assert world.store.feeds_list()[0].state == "ok"


def test_polls_that_changed_nothing_write_no_more_than_they_must(world: Any) -> None:
    feeds = world.feeds(50)
    for minutes in (0, 15):
        leased = world.begin(*feeds, now=NOW + timedelta(minutes=minutes))
        world.written(*(world.record(feed, at=NOW + timedelta(minutes=minutes)) for feed in leased))
    leased = world.begin(*feeds, now=NOW + timedelta(minutes=30))
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(world.store._engine, "before_cursor_execute", listen)
    world.written(*(world.record(feed, at=NOW + timedelta(minutes=30)) for feed in leased))
    event.remove(world.store._engine, "before_cursor_execute", listen)
    (update,) = (statement for statement in said if statement.startswith("UPDATE feeds"))
    columns = update.partition(" WHERE ")[0]
    assert not [name for name in ("etag", "body_hash", "hints", "host", "polled_url", "title") if name in columns]
    assert "documents" not in " ".join(said)
    work = [statement for statement in said if statement.split()[0] in {"SELECT", "UPDATE", "INSERT", "DELETE"}]
    assert len(work) == 3, "look, journal, feeds"


def test_a_batch_of_single_feeds_begins_in_a_statement_a_step(world: Any) -> None:
    feeds = world.feeds(100)
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(world.store._engine, "before_cursor_execute", listen)
    assert len(world.begin(*feeds, manners=Manners(2, timedelta(seconds=5)))) == 100
    event.remove(world.store._engine, "before_cursor_execute", listen)
    work = [statement.split()[0] for statement in said if statement.split()[0] in {"SELECT", "UPDATE", "WITH"}]
    locks = world.store._engine.dialect.name == "postgresql"
    assert len(work) == 2 + locks, "look; lock the hosts where that is not one lock; begin"


def test_whether_anybody_gets_answers_is_known_to_all(world: Any) -> None:
    feeds = [
        world.store.add_feed(FeedLine(f"https://{host}/rss"), now=NOW)
        for host in ("a.example", "b.example", "c.example", "10.1.2.3")
    ]
    one, two, three, ours = (world.begin(feed)[0] for feed in feeds)
    late = NOW + timedelta(minutes=5)
    failed: dict[str, Any] = {
        "at": late,
        "status": None,
        "error": "no answer",
        "condition": Condition("backing_off", 1),
    }
    world.written(world.record(one, at=NOW), world.record(two, **failed), world.record(ours, at=late))
    world.written(world.record(three, **failed | {"status": 500}))
    assert world.store.polled_since(NOW) == (3, 2)
    assert world.store.polled_since(late) == (2, 1)
    assert world.store.polled_since(late + timedelta(seconds=1)) == (0, 0)
