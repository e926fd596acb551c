"""Which of the reasons is the one to tell. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.pipeline.arrival import silence
from worker.pipeline.heard import delivered, thinned
from worker.pipeline.steps import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from worker.pipeline.steps import Step
    from worker.records.trail import Trail, TrailAlert, TrailDelivery, TrailItem


class Verdict(NamedTuple):
    """Why somebody heard, or did not hear, of an item: a word for programs, a sentence without its stop for people."""

    reason: str
    text: str


_ENDED_BADLY = ("failed", "quarantined", "ambiguous")
_ORDER = ("told", "thinned", "waiting_to_be_sent", "not_sent", "merged", "cancelled", "no_channel")
"""Of an item's alerts, that is told of which the most came."""

_TOO_LATE = ("made_later", "changed", "broken", "paused", "removed")
_NEAREST = (*_TOO_LATE, "scope", "nearly", "not_met")
"""What lists that did not meet an item say of it: first those that would have."""


def verdict(trail: Trail, lists: Sequence[Step], *, fresh_for: timedelta) -> Verdict:
    """Choose the reason to tell of an item's way; `lists` are the steps of watch lists."""
    item = trail.item
    mine = [alert for alert in trail.alerts if alert.item == item.id]
    if mine:
        return min((_of_alert(trail, alert) for alert in mine), key=lambda one: _ORDER.index(one.reason))
    if not item.news:
        return Verdict("archived", f"it went into the archive silently: {silence(trail, fresh_for=fresh_for)}")
    return _unseen(item) or _told_before(trail) or _not_met(trail, lists)


def _unseen(item: TrailItem) -> Verdict | None:
    if item.gave_up:
        return Verdict("quarantined", "matching it was tried again and again in vain, so no watch list has seen it")
    if item.waits_since is not None:
        return Verdict("unmatched", f"it waits since {moment(item.waits_since)} for watch lists to look at it")
    return None


def _of_alert(trail: Trail, alert: TrailAlert) -> Verdict:
    """Say what came of an alert of this very item."""
    whom = f"{alert.subscriber}, by {alert.name}"
    if alert.state == "merged":
        return Verdict("merged", f"{alert.subscriber} hears of its story by another list than {alert.name}")
    if alert.state == "cancelled":
        return Verdict(
            "cancelled", f"the alert for {whom} was cancelled, for {alert.ended or 'nothing was left to tell'}"
        )
    digest = next((one for one in trail.digests if one.id == alert.digest), None)
    why = thinned(alert, digest)
    kind, subject = ("digest", alert.digest) if why is not None else ("alert", alert.lead)
    messages = [one for one in trail.deliveries if (one.kind, one.subject, one.sequence) == (kind, subject, 0)]
    sent = [one for one in messages if one.state == "sent"]
    if why is not None:
        told = f"; {delivered(sent[0])}" if sent else ""
        return Verdict("thinned", f"the alert for {whom}: {why}{told}")
    if sent:
        return Verdict("told", f"the alert for {whom}: {delivered(sent[0])}")
    return _unsent(whom, messages)


def _unsent(whom: str, messages: Sequence[TrailDelivery]) -> Verdict:
    if not messages:
        return Verdict("no_channel", f"the alert for {whom}: there was no channel to send it by")
    bad = [one for one in messages if one.state in _ENDED_BADLY]
    waits = [one for one in messages if one.state in ("pending", "sending")]
    if waits:
        return Verdict("waiting_to_be_sent", f"the alert for {whom}: {delivered(waits[0])}")
    if bad:
        return Verdict("not_sent", f"the alert for {whom}: {delivered(bad[0])}")
    return Verdict("cancelled", f"the alert for {whom}: {delivered(messages[0])}")


def _told_before(trail: Trail) -> Verdict | None:
    # A list that the item itself did not meet has another reason to say nothing of it.
    met = {one.watch_list for one in trail.matches}
    alert = next((one for one in trail.alerts if one.state != "cancelled" and one.watch_list in met), None)
    if alert is None:
        return None
    story = trail.story
    report = (
        next((one for one in (story.first, story.text_of) if one and one.id == alert.item), None) if story else None
    )
    of = f"itm_{alert.item}" if report is None else f"itm_{alert.item} of {report.feed}"
    when = f"told {moment(alert.created_at)} (alt_{alert.id})"
    also = [f"{update.kind} update {update.sequence}" for update in trail.updates]
    later = f"; it is told as {', '.join(also)} of that" if also else ""
    return Verdict("told_before", f"it is a copy in a story that {alert.name} tells by {of}, {when}{later}")


def _not_met(trail: Trail, lists: Sequence[Step]) -> Verdict:
    """Tell of the list that came nearest."""
    if trail.matches:
        return Verdict("nobody", f"{trail.matches[0].name} met it, but nobody was to hear of that")
    told = [step for step in lists if step.result in _NEAREST]
    if not told:
        return Verdict("no_match", "there is no watch list that could have met it")
    nearest = min(told, key=lambda step: _NEAREST.index(step.result))
    reason = nearest.result if nearest.result in _TOO_LATE else "no_match"
    return Verdict(reason, f"no watch list met it; {nearest.detail}")
