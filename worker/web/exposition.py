"""Figures in the format of Prometheus. They come from the database: of the service's processes none keeps any."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder

from worker.alerts.latency import STAGES, latency_of
from worker.feeds.health import FeedState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from prometheus_client.core import Metric

    from worker.alerts.latency import Stages
    from worker.store.rows import RoleRow, StatusRow
    from worker.store.web_rows import FiguresRow

QUANTILES = (("0.5", 0), ("0.95", 1), ("0.99", 2))
"""Each with its place among the percentiles."""


def exposed(status: StatusRow, figures: FiguresRow, *, now: datetime, accept: str) -> tuple[bytes, str]:
    """Return all figures as text, and its media type, in the format that `accept` asks for."""
    encode, media_type = choose_encoder(accept)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told([*_of_status(status, now), *_of_figures(figures)]))
    return encode(registry), media_type


class _Told:
    """What a registry takes: here the metrics are made already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _of_status(status: StatusRow, now: datetime) -> Iterator[Metric]:
    states = dict.fromkeys(get_args(FeedState), 0) | dict(status.feeds)
    yield _counted("tocsin_feeds", "Feeds by state.", "state", states)
    yield _counted("tocsin_watch_lists", "Watch lists by state.", "state", status.watch_lists)
    yield _counted("tocsin_deliveries", "Deliveries by state.", "state", status.deliveries)
    for name, text, age in (
        ("tocsin_oldest_due_feed_seconds", "How long the oldest due feed has waited.", status.oldest_due_feed_s),
        ("tocsin_oldest_pending_delivery_seconds", "The same of deliveries.", status.oldest_pending_delivery_s),
        ("tocsin_oldest_unmatched_item_seconds", "The same of items to match.", status.oldest_unmatched_s),
    ):
        yield GaugeMetricFamily(name, text, value=age or 0.0)
    if status.last_tick_at is not None:
        age = (now - status.last_tick_at).total_seconds()
        yield GaugeMetricFamily("tocsin_last_tick_age_seconds", "Since the timetable last ticked.", value=max(0.0, age))
    yield GaugeMetricFamily("tocsin_quarantined_items", "Items put aside.", value=status.quarantined_items)
    yield _heartbeats(status.roles, now)


def _heartbeats(roles: Iterable[RoleRow], now: datetime) -> Metric:
    labels = ("role", "host", "pid")
    found = GaugeMetricFamily("tocsin_heartbeat_age_seconds", "Since a process was last heard of.", labels=labels)
    for role in roles:
        age = max(0.0, (now - role.heartbeat_at).total_seconds())
        found.add_metric((role.role, role.host, str(role.pid)), age)
    return found


def _of_figures(figures: FiguresRow) -> Iterator[Metric]:
    for name, text, counts in (
        ("tocsin_unended_deliveries", "Deliveries that have not ended well, or not at all.", figures.unended),
        ("tocsin_deliveries_24h", "Deliveries made within the last day.", figures.deliveries_24h),
    ):
        deliveries = GaugeMetricFamily(name, text, labels=("channel", "state"))
        for key, count in sorted(counts.items()):
            deliveries.add_metric(key, count)
        yield deliveries
    yield CounterMetricFamily("tocsin_alerts", "Alerts made.", value=figures.alerts)
    for name, text, count in (
        ("tocsin_alerts_24h", "Alerts made within the last day.", figures.alerts_24h),
        ("tocsin_items_24h", "Items first seen within the last day.", figures.items_24h),
        ("tocsin_unmatched_items", "Items that wait for matching.", figures.unmatched_items),
    ):
        yield GaugeMetricFamily(name, text, value=count)
    precision = GaugeMetricFamily("tocsin_watch_list_marked_30d", "Alerts marked.", labels=("watch_list", "mark"))
    for watch_list, marks in sorted(figures.marks.items()):
        for mark, count in zip(("useful", "noise"), marks, strict=True):
            precision.add_metric((watch_list, mark), count)
    yield precision
    latency = latency_of(figures.took)
    yield from _latency("tocsin_latency_seconds", "of alerts of the last day", None, [("", latency.overall)])
    yield from _latency("tocsin_feed_latency_seconds", "of the slowest feeds", "feed", latency.feeds)
    yield from _latency("tocsin_watch_list_latency_seconds", "of watch lists", "watch_list", latency.watch_lists)


def _latency(name: str, text: str, label: str | None, of: Iterable[tuple[str, Stages]]) -> Iterator[Metric]:
    """Tell percentiles, as a gauge: a summary's counters would have to grow for ever."""
    own = () if label is None else (label,)
    found = GaugeMetricFamily(name, f"Percentiles {text}, by stage.", labels=(*own, "stage", "quantile"))
    for owner, stages in of:
        for stage in STAGES:
            known = stages[stage]
            for quantile, place in QUANTILES if known is not None else ():
                values = known or ()
                found.add_metric((*([owner] if own else []), stage.removesuffix("_s"), quantile), values[place])
    yield found


def _counted(name: str, text: str, label: str, counts: Mapping[str, int]) -> Metric:
    found = GaugeMetricFamily(name, text, labels=(label,))
    for value, count in sorted(counts.items()):
        found.add_metric((value,), count)
    return found
