"""Which of the reasons is the one to tell. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.pipeline.arrival import silence
from worker.pipeline.heard import cancelled, delivered, digest_of, held_by, in_digest, surest
from worker.pipeline.steps import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from worker.alerts.model import SubjectKind
    from worker.pipeline.asked_lists import ListStep
    from worker.records.trail import Trail, TrailAlert, TrailDelivery, TrailItem


class Verdict(NamedTuple):
    """Why somebody heard, or did not hear, of an item: a word for programs, a sentence without its stop for people."""

    reason: str
    text: str


_FATES = {
    "told": ("sent",),
    "waiting_to_be_sent": ("pending", "sending"),
    "held": ("held",),
    "not_sent": ("failed", "quarantined", "ambiguous"),
    "cancelled": ("cancelled",),
}
"""Reason -> states of deliveries; of a message that goes through several channels, the first of these counts."""

_WAITS = ("waiting_to_be_sent", "held")

_ORDER = (
    "told",
    "thinned",
    "waiting_to_be_sent",
    "held",
    "not_sent",
    "merged",
    "muted",
    "paused",
    "cancelled",
    "no_channel",
)
"""Of an item's alerts, that is told of which the most came."""

_TOO_LATE = ("made_later", "asked_later", "changed", "broken", "paused", "removed")
_NEAREST = (*_TOO_LATE, "scope", "nearly", "not_met")
"""What lists that did not meet an item say of it: first those that would have."""


def verdict(trail: Trail, lists: Sequence[ListStep], *, fresh_for: timedelta, named: bool = False) -> Verdict:
    """Choose the reason to tell of an item's way; `lists` are the steps of watch lists, or of the one `named`."""
    item = trail.item
    mine = [alert for alert in trail.alerts if alert.item == item.id]
    if mine:
        return min((_of_alert(trail, alert) for alert in mine), key=lambda one: _ORDER.index(one.reason))
    if not item.news:
        return Verdict("archived", f"it went into the archive silently: {silence(trail, fresh_for=fresh_for)}")
    return _unseen(item) or _copied(trail) or _not_met(trail, lists, named=named)


def _unseen(item: TrailItem) -> Verdict | None:
    if item.gave_up:
        return Verdict("quarantined", "matching it was tried again and again in vain, so no watch list has seen it")
    if item.waits_since is not None:
        return Verdict("unmatched", f"it waits since {moment(item.waits_since)} for watch lists to look at it")
    return None


def _of_alert(trail: Trail, alert: TrailAlert) -> Verdict:
    """Say what came of an alert."""
    whom = f"the alert for {alert.subscriber}, by {alert.name}"
    if alert.state == "merged":
        return Verdict("merged", f"{alert.subscriber} hears of its story by another list than {alert.name}")
    if alert.state == "cancelled":
        return Verdict(alert.reason or "cancelled", f"{whom} was {cancelled(alert)}")
    digest = digest_of(trail, alert)
    if digest is None:
        fate = _fate(trail, "alert", alert.lead)
        return fate._replace(text=f"{whom}: {fate.text}")
    fate, why = _fate(trail, "digest", digest.id), f"{whom}: {in_digest(alert, digest)}"
    if held_by(alert, digest) == "limit":
        return Verdict("thinned", why if fate.reason in _WAITS else f"{why}; {fate.text}")
    # A digest that was made waits for its channel, no more for its hour.
    if fate.reason in _WAITS and digest.closed_at is None:
        return Verdict("held", why)
    return fate._replace(text=f"{why}; {fate.text}")


def _fate(trail: Trail, kind: SubjectKind, subject: int | None) -> Verdict:
    """Say what came of the messages that tell an alert, or a digest, for the first time."""
    messages = _messages(trail, kind, subject)
    for reason, states in _FATES.items():
        found = next((one for one in messages if one.state in states), None)
        if found is not None:
            return Verdict(reason, delivered(found))
    return Verdict("no_channel", "there was no channel to send it by")


def _messages(trail: Trail, kind: SubjectKind, subject: int | None) -> list[TrailDelivery]:
    return [one for one in trail.deliveries if (one.kind, one.subject, one.sequence) == (kind, subject, 0)]


def _copied(trail: Trail) -> Verdict | None:
    """Say what came of the alerts that its story has already, where its own lists tell the story."""
    # A list that the item itself did not meet has another reason to say nothing of it.
    met = trail.met
    alerts = [one for one in trail.alerts if one.watch_list in met]
    if not alerts:
        return None
    alert, story = surest(alerts), trail.story
    report = (
        next((one for one in (story.first, story.text_of) if one and one.id == alert.item), None) if story else None
    )
    of = f"itm_{alert.item}" if report is None else f"itm_{alert.item} of {report.feed}"
    if alert.state != "told":
        fate = _of_alert(trail, alert)
        return fate._replace(text=f"it is a copy in a story that {alert.name} was to tell by {of}: {fate.text}")
    when = f"told {moment(_told_at(trail, alert))} (alt_{alert.id})"
    also = [f"{update.kind} update {update.sequence}" for update in trail.updates]
    later = f"; it is told as {', '.join(also)} of that" if also else ""
    return Verdict("told_before", f"it is a copy in a story that {alert.name} tells by {of}, {when}{later}")


def _told_at(trail: Trail, alert: TrailAlert) -> datetime:
    digest = digest_of(trail, alert)
    messages = _messages(trail, "alert", alert.lead) if digest is None else _messages(trail, "digest", digest.id)
    return min((one.sent_at for one in messages if one.sent_at is not None), default=alert.created_at)


def _not_met(trail: Trail, lists: Sequence[ListStep], *, named: bool) -> Verdict:
    """Tell of the list that came nearest."""
    if trail.matches:
        return Verdict("nobody", f"{trail.matches[0].name} met it, but nobody was to hear of that")
    told = [step for step in lists if step.result in _NEAREST]
    if not told:
        return Verdict("no_match", "there is no watch list that could have met it")
    # That a list came too late is no reason for what it would not meet now either, unless one asks of that very list.
    nearest = min(told, key=lambda step: (step.far, _NEAREST.index(step.result)))
    late = nearest.result in _TOO_LATE and (named or not nearest.far)
    reason = nearest.result if late else "no_match"
    return Verdict(reason, nearest.detail if named else f"no watch list met it; {nearest.detail}")
