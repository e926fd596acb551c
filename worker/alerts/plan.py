"""The plan: which alerts come of a set of matches, and which of them go out now. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from worker.alerts.model import PlannedAlert
from worker.alerts.throttle import Counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from worker.alerts.model import AlertState, Past, PastAlert, StoryMatch, Subscription

AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A subscription that has not been told of this story by its list yet."""

    subscription: Subscription
    story: int
    item: int

    @property
    def told(self) -> tuple[int, int]:
        """Story and subscriber: what one message is about, and for whom."""
        return self.story, self.subscription.subscriber

    @property
    def order(self) -> tuple[int, int, str]:
        """The order of the plan."""
        return self.story, self.subscription.subscriber, self.subscription.watch_list_name


@dataclass(frozen=True, slots=True)
class _Going:
    """How what goes out now goes out: in the waiting message of the alert `joins`, or in one that is due then."""

    joins: int | None
    due_at: datetime


def plan(
    matches: Sequence[StoryMatch],
    subscriptions: Sequence[Subscription],
    past: Past,
    *,
    now: datetime,
    group_wait: timedelta = AT_ONCE,
) -> list[PlannedAlert]:
    """Plan the alerts of these matches, ordered by story, subscriber and watch list name.

    1. One alert per (watch list, story, subscriber) for ever: those of `past` are left out, and of several items of
       one story the first in `matches` is told.
    2. A subscriber who heard of the story by another list hears no more of it ("merged"), unless the new list tells
       updates too (INTERFACE 8.1); while that message still waits for copies, the new list shares it.
    3. What exceeds a subscription's `at_most` is "held" for the digest at its slot. With `at_most` 0 that is
       everything, told at each whole hour of UTC.
    4. The rest goes out ("new"), a subscriber's first message of a story after `group_wait`: lists that share story
       and subscriber share one message, which counts once for each of their subscriptions; the first by name leads.
    """
    heard = {(alert.story, alert.subscriber) for alert in past.alerts if alert.state != "cancelled"}
    waiting = {(alert.story, alert.subscriber): alert.lead for alert in past.alerts if _can_be_joined(alert)}
    counted = Counted(past.messaged, now=now)
    planned: list[PlannedAlert] = []
    for told, group in groupby(_candidates(matches, subscriptions, past), key=lambda candidate: candidate.told):
        going = _Going(waiting.get(told), now if told in heard else now + group_wait)
        silent = told in heard and told not in waiting
        planned += _message(group, going, counted, silent=silent)
    return planned


def _message(group: Iterable[_Candidate], going: _Going, counted: Counted, *, silent: bool) -> Iterator[PlannedAlert]:
    """Plan what one subscriber is told of one story; `silent`: lists that tell a story once say nothing more of it."""
    lead: int | None = None
    for candidate in group:
        subscription = candidate.subscription
        if silent and subscription.alert == "first":
            yield _alert(candidate, "merged")
            continue
        slot = counted.slot(subscription)
        if slot is not None:
            yield replace(_alert(candidate, "held"), slot=slot)
            continue
        lead = subscription.watch_list if lead is None else lead
        yield replace(_alert(candidate, "new"), lead=lead, joins=going.joins, due_at=going.due_at)


def _can_be_joined(alert: PastAlert) -> bool:
    return alert.state == "new" and alert.waits


def _candidates(matches: Iterable[StoryMatch], subscriptions: Iterable[Subscription], past: Past) -> list[_Candidate]:
    """Every subscription met by a match for the first time, in the order of the plan."""
    subscribed: dict[int, list[Subscription]] = {}
    for subscription in subscriptions:
        subscribed.setdefault(subscription.watch_list, []).append(subscription)
    known = {(alert.watch_list, alert.story, alert.subscriber) for alert in past.alerts}
    found: dict[tuple[int, int, int], _Candidate] = {}
    for match in matches:
        for subscription in subscribed.get(match.watch_list, ()):
            key = (match.watch_list, match.story, subscription.subscriber)
            if key not in known and key not in found:
                found[key] = _Candidate(subscription, match.story, match.item)
    return sorted(found.values(), key=lambda candidate: candidate.order)


def _alert(candidate: _Candidate, state: AlertState) -> PlannedAlert:
    return PlannedAlert(
        subscription=candidate.subscription.id,
        watch_list=candidate.subscription.watch_list,
        story=candidate.story,
        subscriber=candidate.subscription.subscriber,
        item=candidate.item,
        state=state,
    )
