"""How long alerts took, by a sample that stays small."""

from dataclasses import replace
from datetime import timedelta

import pytest
from contract.store.conftest import NOW, digest, item
from sqlalchemy import select

from worker.records import DeliveryRecord
from worker.store import latency, tables
from worker.stories.model import NewItem

SECOND = timedelta(seconds=1)


def told(two, name, *, published, seen, at, **more):
    """Tell of an item that was published, seen and told at these moments."""
    (feed, *_) = two.store.feeds_list()
    made = item(name)
    made = replace(made, item=replace(made.item, published=published), content=digest(name))
    (leased,) = two.begin(feed.id, now=seen, force=True)
    added = (NewItem(made, news=True, fold=True),)
    items = [*two.written(two.record(leased, added=added, at=seen))[feed.id].unmatched]
    return two.told(items, now=at, **more)


def test_an_alert_is_measured_from_its_publication_to_its_delivery(two):
    (first, _) = told(two, "one", published=NOW + SECOND, seen=NOW + 41 * SECOND, at=NOW + 41.5 * SECOND)
    store = two.store
    (begun,) = store.begin_deliveries([first], owner="h:1:1", now=NOW + 42 * SECOND, lease=timedelta(seconds=30))
    record = DeliveryRecord(begun.id, begun.token, NOW + 43 * SECOND, "sent", due_at=None, error=None)
    store.record_delivery(record)
    (found,) = store.latencies(now=NOW + timedelta(minutes=1))
    assert (found.feed, found.watch_list) == ("A", "Ukraine")
    assert found.published_to_seen_s == 40.0
    assert found.seen_to_alert_s == 0.5
    assert found.alert_to_delivered_s == 1.5


@pytest.mark.parametrize(
    ("published", "known"), [(None, None), (NOW - SECOND, None), (NOW + timedelta(days=9), None), (NOW, 10.0)]
)
def test_a_publication_counts_only_where_anybody_could_have_seen_it(two, published, known):
    told(two, "one", published=published, seen=NOW + 10 * SECOND, at=NOW + 10 * SECOND)
    (found,) = two.store.latencies(now=NOW + timedelta(minutes=1))
    assert found.published_to_seen_s == known
    assert found.alert_to_delivered_s is None


def test_only_the_last_day_counts(two):
    for number, at in enumerate((NOW, NOW + timedelta(hours=2), NOW + timedelta(hours=25))):
        told(two, f"n{number}", published=None, seen=at, at=at, lists=("Kyiv", "Ukraine"))
    assert len(two.store.latencies(now=NOW)) == 6
    assert len(two.store.latencies(now=NOW + timedelta(hours=25))) == 4
    assert two.store.latencies(now=NOW + timedelta(days=9)) == []


def test_of_many_alerts_an_even_sample_is_taken(two, monkeypatch):
    monkeypatch.setattr(latency, "SAMPLE", 4)
    for number in range(9):
        told(two, f"n{number}", published=None, seen=NOW, at=NOW + number * SECOND)
    assert [found.seen_to_alert_s for found in two.store.latencies(now=NOW)] == [0.0, 3.0, 6.0]


def test_the_figures_of_metrics(two):
    told(two, "one", published=None, seen=NOW, at=NOW, lists=("Kyiv", "Ukraine"))
    two.polled(two.store.feeds_list()[1].id, "two")
    two.store.mark_alert(1, 1, "noise", now=NOW)
    figures = two.store.figures(now=NOW)
    assert figures.unended == figures.deliveries_24h == {("log", "pending"): 1, ("webhook", "pending"): 1}
    assert (figures.alerts, figures.alerts_24h, figures.items_24h, figures.unmatched_items) == (2, 2, 2, 1)
    assert figures.marks == {"Kyiv": (0, 1), "Ukraine": (0, 1)}
    later = two.store.figures(now=NOW + timedelta(days=2))
    assert (later.alerts, later.alerts_24h, later.items_24h, later.deliveries_24h, later.took) == (2, 0, 0, {}, [])
    with two.store._transaction("read") as connection:
        assert len(connection.execute(select(tables.alerts.c.id)).all()) == 2
