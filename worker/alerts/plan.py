"""The plan: which alerts come of a set of matches, and which of them go out now. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from worker.alerts.holding import Holding
from worker.alerts.planned import PlannedAlert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from worker.alerts.planned import AlertState, Hold, Past, PastAlert, StoryMatch, Subscription

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
    """How one subscriber is told of one story.

    Attributes:
        due_at: When a message made now is due.
        joins: The alert whose message waits, and tells of what goes out now too.
        heard: The alert by which the subscriber heard of the story, where lists that tell it once are to be silent.
    """

    due_at: datetime
    joins: int | None = None
    heard: PastAlert | None = None

    def silences(self, candidate: _Candidate, hold: Hold | None) -> bool:
        """Whether the list says nothing more of the story.

        It does where that waits for a later hour of a schedule, or waits and this list lets it break through.
        """
        if self.heard is None or candidate.subscription.alert != "first":
            return False
        if self.heard.state == "held" and self.heard.waits and candidate.subscription.break_through is not None:
            return False
        waits_until = self.heard.due_at if self.heard.reason == "when" and self.heard.waits else None
        return waits_until is None or waits_until <= (self.due_at if hold is None else hold.due_at)


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
    2. Who has muted the story, or paused the list, is not told: "cancelled".
    3. A subscriber who heard of the story by another list hears no more of it ("merged"), unless the new list tells
       updates too (INTERFACE 8.1), or tells it sooner than the digest of a schedule will; while a message still waits
       for copies, the new list shares it.
    4. What has to wait (see `Holding.hold`) is "held" for its digest. But where a message, or an earlier digest, tells
       the story to that subscriber anyway, a list that tells it once says nothing more of it ("merged").
    5. What is merged knows whom it relies on, and takes its place should that be cancelled before it is told.
    6. The rest goes out ("new"), a subscriber's first message of a story after `group_wait`: lists that share story
       and subscriber share one message, which counts once for each of their subscriptions; the first by name leads.
    """
    heard = _heard(past.alerts)
    waiting = {(alert.story, alert.subscriber): alert.lead for alert in past.alerts if _can_be_joined(alert)}
    held = _absorbed(past.alerts)
    holding = Holding(past, now=now)
    planned: list[PlannedAlert] = []
    for told, group in groupby(_candidates(matches, subscriptions, past), key=lambda candidate: candidate.told):
        if told in waiting:
            going = _Going(now, joins=waiting[told])
        elif told in heard:
            going = _Going(now, heard=heard[told])
        else:
            going = _Going(now + group_wait)
        message = list(_message(list(group), going, holding))
        if told in held and any(one.state == "new" for one in message):
            message = [replace(one, absorbs=held[told]) if one.lead == one.watch_list else one for one in message]
        planned += message
    return planned


def _message(group: Sequence[_Candidate], going: _Going, holding: Holding) -> Iterator[PlannedAlert]:
    """Plan what one subscriber is told of one story."""
    ended = {one: why for one in group if (why := holding.ended(one.subscription, one.story)) is not None}
    holds = {one: holding.hold(one.subscription, one.story, due_at=going.due_at) for one in group if one not in ended}
    silent = {one for one, hold in holds.items() if going.silences(one, hold)}
    told = [one for one in holds if one not in silent]
    for one in told:
        if holds[one] is None:
            holding.count(one.subscription.id)
    lead = next((one.subscription.watch_list for one in told if holds[one] is None), None)
    held = [(hold.due_at, place) for place, one in enumerate(told) if (hold := holds[one]) is not None]
    first = told[min(held)[1]] if held else None
    for candidate in group:
        hold = holds.get(candidate)
        once = candidate.subscription.alert == "first"
        if candidate in ended:
            yield replace(_alert(candidate, "cancelled"), ended=ended[candidate])
        elif candidate in silent:
            yield _relying(candidate, going.heard)
        elif hold is None:
            yield replace(_alert(candidate, "new"), lead=lead, joins=going.joins, due_at=going.due_at)
        elif once and (lead is not None or going.joins is not None):
            yield replace(_alert(candidate, "merged"), lead=lead, joins=going.joins)
        elif once and first is not None and min(held)[0] < hold.due_at:
            yield replace(_alert(candidate, "merged"), lead=first.subscription.watch_list, hold=holds[first])
        else:
            yield replace(_alert(candidate, "held"), hold=hold)


def _relying(candidate: _Candidate, on: PastAlert | None) -> PlannedAlert:
    """Plan an alert whose story its subscriber heard, or hears, by another."""
    merged = _alert(candidate, "merged")
    if on is None or on.state == "merged":
        return merged
    return replace(merged, joins=on.id if on.lead is None else on.lead, digest=on.digest)


_RELIABLE = ("told", "new", "held", "merged")
"""States of an alert, that which told its story the most surely first."""


def _heard(alerts: Iterable[PastAlert]) -> dict[tuple[int, int], PastAlert]:
    """Return by which alert each (story, subscriber) was told, of several the surest."""
    heard: dict[tuple[int, int], PastAlert] = {}
    for alert in alerts:
        if alert.state != "cancelled":
            told = alert.story, alert.subscriber
            heard[told] = min(heard.get(told, alert), alert, key=lambda one: _RELIABLE.index(one.state))
    return heard


def _absorbed(alerts: Iterable[PastAlert]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return what of each (story, subscriber) needs no telling once a message tells it: held, by lists that tell once.

    What waits for the hour of a schedule is in that digest all the same: whoever reads it wants it whole.
    """
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for alert in alerts:
        if alert.state == "held" and alert.waits and alert.once and alert.reason != "when":
            told = alert.story, alert.subscriber
            found[told] = (*found.get(told, ()), alert.id)
    return found


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
