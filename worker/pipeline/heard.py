"""What was told of an item and its story, by which messages, and why not more. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.pipeline.steps import Step, counted, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from worker.records.trail import Trail, TrailAlert, TrailDelivery, TrailDigest, TrailUpdate

_DEVELOPED = {
    "corrected": "the item was corrected",
    "reported": "the item is a further report",
    "independent": "the item is an independent report",
}
_HELD_BY = {"spill": "limit", "quiet": "quiet", "scheduled": "when"}
_SUREST = ("told", "new", "held", "merged", "cancelled")
"""States of alerts, that by which somebody heard the most surely first."""


def heard(trail: Trail) -> Iterator[Step]:
    """Yield what was told: alerts, updates, the digests that hold them, the messages."""
    digests = {digest.id: digest for digest in trail.digests}
    for alert in trail.alerts:
        yield Step("alert", alert.created_at, alert.state, _alert(trail, alert))
    if trail.more_alerts:
        more = f"{counted(trail.more_alerts, 'more alert')} of the story: --list NAME tells those of one list"
        yield Step("alert", trail.alerts[-1].created_at, "more", more)
    names = {alert.id: alert for alert in trail.alerts}
    for update in trail.updates:
        yield _update(update, names[update.alert], digests)
    for digest in trail.digests:
        yield _digest(digest)
    for delivery in trail.deliveries:
        yield _delivery(delivery)


def surest(alerts: Iterable[TrailAlert]) -> TrailAlert:
    """Return of some alerts, one at least, the first by which somebody heard, or will hear, the most surely."""
    return min(alerts, key=lambda alert: _SUREST.index(alert.state))


def digest_of(trail: Trail, alert: TrailAlert) -> TrailDigest | None:
    """Return the digest that tells of an alert, None where none does."""
    # A merged one knows digest and lead of the alert that it relies on.
    if alert.lead is not None:
        return None
    return next((digest for digest in trail.digests if digest.id == alert.digest), None)


def held_by(alert: TrailAlert, digest: TrailDigest) -> str:
    """Say in a word why a digest tells of an alert: the digest's own kind is that of what was the first to be in it."""
    return alert.reason or _HELD_BY.get(digest.kind, digest.kind)


def in_digest(alert: TrailAlert, digest: TrailDigest) -> str:
    """Say why a digest tells of an alert, and when that is due."""
    by = held_by(alert, digest)
    if by == "limit":
        limit = "" if alert.at_most is None else f" ({alert.at_most} per hour)"
        return f"more than at_most{limit}, so it spills into the digest due {moment(digest.due_at)}"
    quiet = f"quiet hours {'hold' if digest.closed_at is None else 'held'} it for"
    why = {"quiet": quiet, "when": "the list is told at set times, in"}
    return f"{why.get(by, 'it is in')} the digest due {moment(digest.due_at)}"


def cancelled(alert: TrailAlert) -> str:
    """Say that an alert was cancelled, why, and when, as far as that is known."""
    since = "" if alert.ended_at is None else f" {moment(alert.ended_at)}"
    return f"cancelled, for {alert.ended or 'there was nobody left to tell'}{since}"


def _alert(trail: Trail, alert: TrailAlert) -> str:
    whose = f"alt_{alert.id}: {alert.name} tells {alert.subscriber}"
    if alert.item != trail.item.id:
        whose += f" of the story by another report, itm_{alert.item}"
    return f"{whose}; {_how(alert, digest_of(trail, alert))}"


def _how(alert: TrailAlert, digest: TrailDigest | None) -> str:
    if alert.state == "merged":
        by = "" if alert.lead is None else f" (alt_{alert.lead})"
        return f"{alert.subscriber} hears of the story by another list{by}, so this one says nothing more"
    if alert.state == "cancelled":
        return cancelled(alert)
    if digest is not None:
        return in_digest(alert, digest)
    shared = f", with those of alt_{alert.lead}" if alert.lead not in (None, alert.id) else ""
    return f"in a message of its own{shared}" if not shared else f"in one message{shared}"


def _update(update: TrailUpdate, alert: TrailAlert, digests: dict[int, TrailDigest]) -> Step:
    said = (
        f"{_DEVELOPED[update.kind]}: update {update.sequence} of alt_{alert.id} ({alert.name} for {alert.subscriber})"
    )
    digest = digests.get(update.digest or 0)
    where = "in a message" if digest is None else f"in the digest due {moment(digest.due_at)}"
    if digest is None and update.lead is None:
        where = "to nobody, who muted the story or paused the list since"
    return Step("update", update.created_at, update.kind, f"{said}, {where}")


def _digest(digest: TrailDigest) -> Step:
    if digest.closed_at is None:
        return Step("digest", digest.due_at, "open", f"dig_{digest.id} ({digest.kind}) is due then")
    return Step(
        "digest", digest.closed_at, "closed", f"dig_{digest.id} ({digest.kind}) was made, due {moment(digest.due_at)}"
    )


def _delivery(delivery: TrailDelivery) -> Step:
    whom = "" if delivery.subscriber is None else f" to {delivery.subscriber}"
    return Step("delivery", delivery.sent_at or delivery.due_at, delivery.state, delivered(delivery, whom=whom))


def delivered(delivery: TrailDelivery, *, whom: str = "") -> str:
    """Say how a message goes, or went, through its channel; `whom`: to whom, where that has not been said."""
    what = f"dlv_{delivery.id}{whom} by {delivery.channel}"
    tried = counted(delivery.attempts, "attempt")
    error = f"; the last failed: {delivery.last_error}" if delivery.last_error else ""
    if delivery.state == "sent":
        return f"{what}: sent {moment(delivery.sent_at or delivery.due_at)} ({tried})"
    if delivery.state == "pending":
        so_far = f" ({tried} so far{error})" if delivery.attempts else ""
        return f"{what}: due {moment(delivery.due_at)}{so_far}"
    if delivery.state == "held":
        return f"{what}: held until {moment(delivery.due_at)}"
    gone = delivery.channel_removed_at if delivery.state == "cancelled" else None
    why = "" if gone is None else f", for the channel was removed {moment(gone)}"
    return f"{what}: {delivery.state} ({tried}{error}){why}"
