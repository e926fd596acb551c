"""One attempt at a delivery: what its message says, the sending, and how it ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from worker.alerts import breaker
from worker.alerts.links import with_links
from worker.alerts.local_time import quiet_until
from worker.alerts.model import Message
from worker.alerts.retry import after_failure
from worker.errors import ChannelError, StoreUnavailable
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

RECORD_FOR_S = 120.0
"""Seconds for which the end of an attempt is written again where the database is away."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
"""Between two tries to write it; each is twice as long as the one before."""


@dataclass(frozen=True, slots=True)
class Delivering:
    """The parts that delivering works with.

    Attributes:
        jitter: Returns a number in [0, 1).
        told: The subscriber who is told of channels that are turned off, by name; None: the first.
        signer: Signs the links of messages; None while no web role runs, which would answer them.
        record_for_s: How long the end of an attempt is tried to be written, and `pause` waits in between.
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
    record_for_s: float = RECORD_FOR_S
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one delivery ended in this run; `written` is False where somebody else owned it by then."""

    record: DeliveryRecord
    channel: str
    channel_id: int
    written: bool


def attempt(parts: Delivering, outgoing: Outgoing, *, is_closed: Callable[[], bool]) -> Delivered:
    """Send a delivery that was begun, with its fixed key, and record at once how that ended, under its token.

    1. In quiet hours nothing is sent that does not break through them: it waits for their end, uncounted.
    2. Load what the message says, with its links; where all of it was cancelled meanwhile nothing is left to say.
    3. Send it. What follows a failure is for `worker.alerts.retry`, what becomes of the channel for `breaker`.
    4. Where the database is away, try to write the end again, for a time or until `is_closed`: what was sent must not
       go out twice. The caller renews the lease meanwhile, and the token keeps a late result from being written.
    """
    record, health = _attempt(parts, outgoing)
    written = _written(parts, record, health, is_closed=is_closed)
    return Delivered(record, outgoing.channel.kind, outgoing.channel.id, written)


def _written(parts: Delivering, record: DeliveryRecord, health: Health, *, is_closed: Callable[[], bool]) -> bool:
    until, pause_s = time.monotonic() + parts.record_for_s, FIRST_PAUSE_S
    while True:
        try:
            return parts.store.record_delivery(record, health=health, owner=parts.told)
        except StoreUnavailable:
            if is_closed() or time.monotonic() >= until:
                raise
        parts.pause(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


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
    return _ended(outgoing, "sent", now), lambda health: breaker.after_sent(kind, health, now=now)


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
    return message if to is None else with_links(message, parts.signer, to, now=parts.clock.now())


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
    subscriber = alerts[0].subscriber if alerts else parts.store.heartbeat_of(outgoing, now=now)
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
