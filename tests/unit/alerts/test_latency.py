import pytest

from worker.alerts.latency import WORST_FEEDS, Took, latency_of, percentiles


def took(feed="A", watch_list="Ukraine", seen=1.0, alert=0.5, delivered=2.0):
    return Took(feed, watch_list, seen, alert, delivered)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([None], None),
        ([3.0], (3.0, 3.0, 3.0, 1)),
        ([None, 2.0, 1.0], (1.0, 2.0, 2.0, 2)),
        (map(float, range(1, 101)), (50.0, 95.0, 99.0, 100)),
        (map(float, range(200, 0, -1)), (100.0, 190.0, 198.0, 200)),
    ],
)
def test_percentiles_are_values_that_there_were(values, expected):
    assert percentiles(values) == expected


def test_of_no_alerts_nothing_is_known():
    latency = latency_of([])
    assert set(latency.overall.values()) == {None}
    assert (latency.feeds, latency.watch_lists) == ((), ())


def test_feeds_come_slowest_first_and_lists_by_name():
    sample = [
        took("A", seen=1.0),
        took("B", seen=60.0),
        took("C", "Kyiv", seen=None, alert=5.0),
        took("D", seen=None, alert=None),
    ]
    latency = latency_of(sample)
    assert [name for name, _ in latency.feeds] == ["B", "C", "A", "D"]
    assert [name for name, _ in latency.watch_lists] == ["Kyiv", "Ukraine"]
    assert latency.overall["published_to_seen_s"][:3] == (1.0, 60.0, 60.0)
    assert dict(latency.watch_lists)["Kyiv"]["published_to_seen_s"] is None


def test_only_so_many_feeds_are_named():
    assert len(latency_of([took(f"F{number:02}") for number in range(30)]).feeds) == WORST_FEEDS
