"""Held alerts that are told after all at once: so many report their story by now (INTERFACE 8.5). PURE."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from worker.alerts.holding import Holding
from worker.alerts.planned import PlannedBreak

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from worker.alerts.planned import Past, PastAlert, Subscription


def plan_breaks(subscriptions: Sequence[Subscription], past: Past, *, now: datetime) -> list[PlannedBreak]:
    """Plan which alerts leave their digests: those held by quiet hours or a limit that their story passes now.

    1. What waits for the hour of its schedule stays there.
    2. Lists of one subscriber share one message, under the alert of the first by name.
    3. What other lists hold of the story for that subscriber needs no telling later: it is merged, unless its list
       tells more than the first, or its digest has another hour.
    """
    of = {(one.watch_list, one.subscriber): one for one in subscriptions}
    holding = Holding(past, now=now)
    held = [alert for alert in past.alerts if alert.state == "held" and alert.waits and alert.reason != "when"]
    held.sort(key=_whose)
    breaks: list[PlannedBreak] = []
    for _, group in groupby(held, key=_whose):
        breaks += _message(list(group), of, holding)
    return breaks


def _whose(alert: PastAlert) -> tuple[int, int]:
    return alert.story, alert.subscriber


def _message(
    group: Sequence[PastAlert], of: dict[tuple[int, int], Subscription], holding: Holding
) -> Iterator[PlannedBreak]:
    """Plan what one subscriber is told at once of one story."""
    known = {alert.id: of.get((alert.watch_list, alert.subscriber)) for alert in group}
    passing = {
        id_: subscription.watch_list_name
        for id_, subscription in known.items()
        if subscription is not None and _passes(subscription, group[0].story, holding)
    }
    if not passing:
        return
    lead = min(passing, key=lambda id_: passing[id_])
    for alert in group:
        if alert.id in passing or alert.once:
            yield PlannedBreak(alert.id, alert.subscriber, lead, shares=alert.id in passing)


def _passes(subscription: Subscription, story: int, holding: Holding) -> bool:
    return holding.breaks_through(subscription, story) and holding.ended(subscription, story) is None
