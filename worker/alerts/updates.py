"""Updates: who hears what has become of a story that they were told of. PURE."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from worker.alerts.holding import Holding
from worker.alerts.planned import PlannedUpdate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from worker.alerts.planned import Development, Past, PastAlert, PlannedAlert, Subscription


class _Hearer(NamedTuple):
    """A subscription that hears more of a story, and the alert that told it."""

    subscription: Subscription
    alert: PastAlert

    def hears(self, development: Development) -> bool:
        """Whether the list tells this.

        Of corrections only those of the report it told and of the one that stands for the story: a desk that retouches
        its copy of a dispatch corrects nothing.
        """
        if development.kind == "corrected":
            return development.item in {self.alert.item, self.alert.head}
        return development.kind == "independent" or self.subscription.alert == "every"

    def hears_of(self, developments: Sequence[Development]) -> list[Development]:
        """Pick what it is told: with `every` each by itself, with `updates` one at once, a correction first."""
        heard = [development for development in developments if self.hears(development)]
        if self.subscription.alert == "every" or not heard:
            return heard
        return [min(heard, key=lambda development: development.kind != "corrected")]


def plan_updates(
    developments: Sequence[Development],
    subscriptions: Sequence[Subscription],
    past: Past,
    *,
    planned: Iterable[PlannedAlert] = (),
    now: datetime,
) -> list[PlannedUpdate]:
    """Plan who hears of these developments, ordered by story, subscriber, development and watch list name.

    1. A subscription hears more of a story that its list told (`PastAlert.told`): with `updates` that it is corrected
       or gains an independent report, once in one go; with `every` of each further report too, one by one.
    2. Lists of one subscriber that tell one development share one message, under the alert of the first by name.
    3. Where a list newly tells the very report to that subscriber at the same time (`planned`), its message is enough.
    4. They wait as alerts do (`Holding.hold`), after the alerts that are `planned` at the same time, for a digest that
       tells the story as it is then. Who has muted the story, or paused the list, hears nothing of them.
    """
    holding = Holding(past, now=now)
    newly: set[tuple[int, int]] = set()
    for alert in planned:
        if alert.state == "new":
            holding.count(alert.subscription)
            newly.add((alert.subscriber, alert.item))
    of_story: defaultdict[int, list[Development]] = defaultdict(list)
    for development in developments:
        of_story[development.story].append(development)
    updates: list[PlannedUpdate] = []
    for (story, subscriber), hearers in sorted(_hearers(subscriptions, past).items()):
        told = [(hearer, hearer.hears_of(of_story[story])) for hearer in hearers]
        for development in of_story[story]:
            if (subscriber, development.item) not in newly:
                sharing = [hearer for hearer, heard in told if development in heard]
                updates += _message(development, sharing, holding, now=now)
    return updates


def _hearers(subscriptions: Iterable[Subscription], past: Past) -> dict[tuple[int, int], list[_Hearer]]:
    """Return who hears more: (story, subscriber) -> the lists, by name.

    Where two stories that a list told were merged, updates follow the alert that was first.
    """
    first: dict[tuple[int, int, int], PastAlert] = {}
    for alert in past.alerts:
        if alert.told:
            first.setdefault((alert.watch_list, alert.story, alert.subscriber), alert)
    of = {(one.watch_list, one.subscriber): one for one in subscriptions if one.alert != "first"}
    hearers: defaultdict[tuple[int, int], list[_Hearer]] = defaultdict(list)
    for (watch_list, story, subscriber), alert in first.items():
        if (watch_list, subscriber) in of:
            hearers[story, subscriber].append(_Hearer(of[watch_list, subscriber], alert))
    for found in hearers.values():
        found.sort(key=lambda hearer: hearer.subscription.watch_list_name)
    return hearers


def _message(
    development: Development, sharing: Iterable[_Hearer], holding: Holding, *, now: datetime
) -> Iterator[PlannedUpdate]:
    """Plan the message that tells one subscriber one development."""
    lead: int | None = None
    for subscription, alert in sharing:
        if holding.ended(subscription, development.story) is not None:
            continue
        update = PlannedUpdate(
            alert=alert.id,
            subscription=subscription.id,
            subscriber=subscription.subscriber,
            item=development.item,
            kind=development.kind,
        )
        hold = holding.hold(subscription, development.story, due_at=now)
        if hold is not None:
            yield replace(update, hold=hold)
            continue
        holding.count(subscription.id)
        lead = alert.id if lead is None else lead
        yield replace(update, lead=lead)
