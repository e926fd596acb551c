"""One attempt at a delivery: what its message says, the sending, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from worker.alerts import breaker
from worker.alerts.links import with_links
from worker.alerts.local_time import quiet_until
from worker.alerts.model import Message
from worker.alerts.retry import after_failure
from worker.errors import ChannelError
from worker.pipeline.leases import RENEW_EVERY_S
from worker.records import DeliveryRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.alerts.breaker import ChannelHealth
    from worker.alerts.links import Signer
    from worker.alerts.model import AlertFacts, DeliveryState
    from worker.clock import Clock
    from worker.pipeline.ports import Channel, DeliverStore
    from worker.records import Outgoing

    Health = Callable[[ChannelHealth], ChannelHealth]


@dataclass(frozen=True, slots=True)
class Delivering:
    """The parts that delivering works with.

    Attributes:
        jitter: Returns a number in [0, 1).
        told: The subscriber who is told of channels that are turned off, by name; None: the first.
        signer: Signs the links of messages; None while no web role runs, which would answer them.
    """

    store: DeliverStore
    channels: Mapping[str, Channel]
    clock: Clock
    retry_schedule: Sequence[timedelta]
    jitter: Callable[[], float]
    owner: str
    told: str | None = None
    signer: Signer | None = None
    renew_every_s: float = RENEW_EVERY_S


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one delivery ended in this run; `written` is False where somebody else owned it by then."""

    record: DeliveryRecord
    channel: str
    channel_id: int
    written: bool


def attempt(parts: Delivering, outgoing: Outgoing) -> Delivered:
    """Send a delivery that was begun, with its fixed key, and record at once how that ended, under its token.

    1. In quiet hours nothing is sent that does not break through them: it waits for their end, uncounted.
    2. Load what the message says, with its links; where all of it was cancelled meanwhile nothing is left to say.
    3. Send it. What follows a failure is for `worker.alerts.retry`, what becomes of the channel for `breaker`.
    """
    record, health = _attempt(parts, outgoing)
    written = parts.store.record_delivery(record, health=health, owner=parts.told)
    return Delivered(record, outgoing.channel.kind, outgoing.channel.id, written)


def _attempt(parts: Delivering, outgoing: Outgoing) -> tuple[DeliveryRecord, Health]:
    over = _quiet_until(outgoing, parts.clock.now())
    if over is not None:
        waits = DeliveryRecord(outgoing.id, outgoing.token, parts.clock.now(), "pending", over, None, attempted=False)
        return waits, _unchanged
    message = _notice(parts, outgoing) if outgoing.subject_kind == "notice" else _linked(parts, outgoing)
    if message is None:
        return _ended(outgoing, "cancelled", parts.clock.now()), _unchanged
    kind = outgoing.channel.kind
    try:
        parts.channels[kind].send(message, outgoing.channel)
    except ChannelError as error:
        return _failed(parts, outgoing, error)
    now = parts.clock.now()
    return _ended(outgoing, "sent", now), lambda _: breaker.after_sent(kind, now=now)


def _failed(parts: Delivering, outgoing: Outgoing, error: ChannelError) -> tuple[DeliveryRecord, Health]:
    now, schedule, jitter = parts.clock.now(), parts.retry_schedule, parts.jitter()
    decision = after_failure(
        outgoing.attempts,
        error,
        now=now,
        schedule=schedule,
        jitter=jitter,
        at_most_once=outgoing.channel.at_most_once,
    )
    record = DeliveryRecord(
        outgoing.id,
        outgoing.token,
        now,
        decision.state,
        due_at=decision.due_at,
        error=str(error),
        disable_channel=str(error) if error.disable else None,
    )
    return record, lambda health: breaker.after_trouble(health, error, now=now, schedule=schedule, jitter=jitter)


def _ended(outgoing: Outgoing, state: DeliveryState, now: datetime) -> DeliveryRecord:
    return DeliveryRecord(outgoing.id, outgoing.token, now, state, due_at=None, error=None)


def _unchanged(health: ChannelHealth) -> ChannelHealth:
    return health


def _quiet_until(outgoing: Outgoing, now: datetime) -> datetime | None:
    """When what would be sent now may be; None: now.

    It was planned for another hour: a retry, or what waited for the service, must not wake anybody either.
    """
    if outgoing.quiet is None or outgoing.breaks_through:
        return None
    return quiet_until(outgoing.quiet, now, ZoneInfo(outgoing.timezone))


def _linked(parts: Delivering, outgoing: Outgoing) -> Message | None:
    """Say what is told of alerts, with the links by which their subscriber may answer."""
    message = _alerts(parts, outgoing)
    if message is None or parts.signer is None:
        return message
    to = parts.store.addressee(outgoing.channel.id)
    return message if to is None else with_links(message, parts.signer, to)


def _alerts(parts: Delivering, outgoing: Outgoing) -> Message | None:
    now = parts.clock.now()
    alerts = parts.store.alerts_of(outgoing, now=now)
    if outgoing.subject_kind == "digest":
        return _digest(parts, outgoing, alerts, now=now)
    if not alerts:
        return None
    return Message(
        key=outgoing.key,
        type="alert.updated" if outgoing.sequence else "alert.created",
        created_at=min(facts.told_at for facts in alerts),
        subscriber=alerts[0].subscriber,
        alerts=tuple(alerts),
        first_key=outgoing.first_key,
    )


def _digest(parts: Delivering, outgoing: Outgoing, alerts: Sequence[AlertFacts], *, now: datetime) -> Message | None:
    """Say what a digest says; with nothing in it, that nothing matched, where its subscriber wants to know."""
    subscriber = alerts[0].subscriber if alerts else parts.store.heartbeat_of(outgoing)
    if subscriber is None:
        return None
    return Message(
        key=outgoing.key,
        type="digest.created",
        created_at=min((facts.told_at for facts in alerts), default=now),
        subscriber=subscriber,
        alerts=tuple(alerts),
        coverage=parts.store.coverage_of(outgoing, now=now),
    )


def _notice(parts: Delivering, outgoing: Outgoing) -> Message | None:
    facts = parts.store.notice_of(outgoing)
    if facts is None:
        return None
    return Message(
        key=outgoing.key,
        type=facts.type,
        created_at=facts.created_at,
        subscriber=facts.subscriber,
        alerts=(),
        data=facts.data,
    )
