from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.store.conftest import begun

from worker.records import PageToRead
from worker.store.full_texts import whole_text
from worker.stories.model import NewItem, PollDecision, Revision

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
WAIT = timedelta(seconds=20)


def test_the_pages_of_waiting_news_are_read_latest_first(world: Any, make: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    early = identified("early", published=NOW - timedelta(hours=3))
    late = identified("late", published=NOW - timedelta(hours=1))
    bare = replace(identified("bare"), item=replace(identified("bare").item, link=None))
    news = [NewItem(item, news=True, fold=True) for item in (early, late, bare)]
    record = world.record(leased, added=(*news, *make("undated"), *make("silent", news=False)))
    ids = list(world.written(record)[feed].unmatched)
    (matched,) = world.polled(feed, "matched")
    with world.store.matching() as transaction:
        begun(transaction, transaction.unmatched([matched]))
    pages = world.store.pages_of([*ids, matched, 999])
    assert [page.link.rpartition("/")[2] for page in pages] == ["undated", "late", "early"]
    assert pages[1] == PageToRead(ids[1], "https://a.example/late")
    assert world.store.pages_of([]) == []


def test_a_full_text_is_matched_after_the_items_own_and_shown_where_it_was_met(two: Any) -> None:
    a, _ = (feed.id for feed in two.store.feeds_list())
    one, other = two.polled(a, "x", "y")
    two.store.add_full_texts({one: "What the page says of Ukraine."})
    two.store.add_full_texts({})
    with two.store.matching() as transaction:
        x, y = transaction.unmatched([one, other])
    whole = "Some text.\n\nWhat the page says of Ukraine."
    assert (x.text, x.full_text, x.matchable.text) == ("Some text.", "What the page says of Ukraine.", whole)
    assert (y.text, y.full_text, y.matchable.text) == ("Some text.", "", "Some text.")
    assert {item.title: item.matchable.text for item in two.store.items_since(NOW)} == {"x": whole, "y": "Some text."}
    due = two.told([one])
    outgoing = two.store.begin_deliveries(due, owner="h:1:1", now=NOW, lease=WAIT)[0]
    (facts,) = two.store.alerts_of(outgoing, now=NOW)
    assert (facts.text, facts.summary) == (whole, "Some text.")


def test_an_item_without_text_of_its_own_has_the_pages() -> None:
    assert whole_text("", "page") == "page"
    assert whole_text("own", None) == whole_text("own", "") == "own"
    assert whole_text("", None) == ""


def test_items_wait_for_their_full_texts_but_not_for_ever(world: Any, make: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    (old,) = world.polled(feed, "old")
    (leased,) = world.begin(feed, force=True)
    revision = Revision(old, identified("old", title="New title"))
    decision = PollDecision(make("new"), (revision,), (old,))
    found = world.written(world.record(leased, decision=decision, match_later=WAIT))[feed].unmatched
    assert len(found) == 2

    def lost(seconds: float) -> list[int]:
        claimed = world.store.claim_unmatched(
            now=NOW + timedelta(seconds=seconds), older_than=timedelta(0), lease=timedelta(seconds=10), limit=9
        )
        return [item.id for item in claimed]

    assert lost(19.9) == []
    assert lost(20) == sorted(found)
    begun = world.store.begin_matching(found, now=NOW, lease=WAIT, max_attempts=2)
    assert begun == sorted(found), "whoever has the texts need not wait"


def test_items_from_before_are_kept_silently(world: Any, identified: Any) -> None:
    (feed,) = world.feeds(1)
    (known,) = world.polled(feed, "known")
    found = [identified(name) for name in ("older", "known", "oldest", "older")]
    assert world.store.archive_items(feed, found, now=NOW) == 2
    assert world.store.archive_items(feed, found, now=NOW) == world.store.archive_items(feed, [], now=NOW) == 0
    assert [item.title for item in world.store.items_since(NOW)] == ["oldest", "older", "known"]
    with world.store.matching() as transaction:
        assert [item.id for item in transaction.unmatched(range(99))] == [known]
