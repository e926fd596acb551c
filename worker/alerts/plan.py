"""The plan: which alerts come of a set of matches, and which of them go out now. PURE."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from worker.alerts.model import PlannedAlert
from worker.alerts.throttle import freed_at, recent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from worker.alerts.model import AlertState, Past, StoryMatch, Subscription


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


def plan(
    matches: Sequence[StoryMatch], subscriptions: Sequence[Subscription], past: Past, *, now: datetime
) -> list[PlannedAlert]:
    """Plan the alerts of these matches, ordered by story, subscriber and watch list name.

    1. One alert per (watch list, story, subscriber) for ever: those of `past` are left out, and of several items of
       one story the first in `matches` is told.
    2. A subscriber who heard of the story by another list hears no more of it: "merged".
    3. What exceeds a subscription's `at_most` is "held" for the digest at its slot. With `at_most` 0 that is
       everything, told at each whole hour of UTC.
    4. The rest goes out now ("new"): lists that share story and subscriber share one message, which counts once for
       each of their subscriptions; the first by name leads.
    """
    heard = {(story, subscriber) for _, story, subscriber in past.alerts - past.cancelled}
    counted = {subscription: recent(times, now=now) for subscription, times in past.messaged}
    planned: list[PlannedAlert] = []
    for told, group in groupby(_candidates(matches, subscriptions, past), key=lambda candidate: candidate.told):
        if told in heard:
            planned.extend(_alert(candidate, "merged") for candidate in group)
            continue
        lead: int | None = None
        for candidate in group:
            subscription = candidate.subscription
            messages = counted.setdefault(subscription.id, [])
            slot = freed_at(messages, subscription.at_most, now=now)
            if slot is not None:
                planned.append(replace(_alert(candidate, "held"), slot=slot))
                continue
            insort(messages, now)
            lead = subscription.watch_list if lead is None else lead
            planned.append(replace(_alert(candidate, "new"), lead=lead))
    return planned


def _candidates(matches: Iterable[StoryMatch], subscriptions: Iterable[Subscription], past: Past) -> list[_Candidate]:
    """Every subscription met by a match for the first time, in the order of the plan."""
    subscribed: dict[int, list[Subscription]] = {}
    for subscription in subscriptions:
        subscribed.setdefault(subscription.watch_list, []).append(subscription)
    found: dict[tuple[int, int, int], _Candidate] = {}
    for match in matches:
        for subscription in subscribed.get(match.watch_list, ()):
            key = (match.watch_list, match.story, subscription.subscriber)
            if key not in past.alerts and key not in found:
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
