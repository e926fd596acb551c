"""Deliver: claim, commit the attempt, send with the fixed key, commit the result."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.alerts.model import Message
from worker.alerts.retry import after_failure
from worker.errors import ChannelError
from worker.pipeline.claim import DELIVERIES_A_BATCH, LEASE
from worker.pipeline.leases import RENEW_EVERY_S, Renewal
from worker.records import DeliveryRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from worker.clock import Clock
    from worker.pipeline.ports import Channel, DeliverStore
    from worker.records import Outgoing


@dataclass(frozen=True, slots=True)
class Delivering:
    """The parts that delivering works with. `jitter` returns a number in [0, 1)."""

    store: DeliverStore
    channels: Mapping[str, Channel]
    clock: Clock
    retry_schedule: Sequence[timedelta]
    jitter: Callable[[], float]
    owner: str
    renew_every_s: float = RENEW_EVERY_S


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one delivery ended in this run; `written` is False where somebody else owned it by then."""

    record: DeliveryRecord
    channel: str
    written: bool


def deliver(parts: Delivering, deliveries: Sequence[int]) -> list[Delivered]:
    """Send these deliveries now, side by side, and return how each attempt ended.

    1. Begin: those that are due and free become "sending", each attempt counted and committed before the work.
    2. Load what each message says, and send it with its fixed key.
    3. Record the end of each attempt as soon as it is known, under its token.
    """
    outgoing = parts.store.begin_deliveries(deliveries, owner=parts.owner, now=parts.clock.now(), lease=LEASE)
    if not outgoing:
        return []

    def renew(tokens: Mapping[int, int]) -> None:
        parts.store.renew_delivery_leases(tokens, now=parts.clock.now(), lease=LEASE)

    with (
        Renewal(renew, {one.id: one.token for one in outgoing}, every_s=parts.renew_every_s) as renewal,
        ThreadPoolExecutor(max_workers=min(len(outgoing), DELIVERIES_A_BATCH), thread_name_prefix="deliver") as pool,
    ):
        return list(pool.map(lambda one: _deliver(parts, one, renewal), outgoing))


def _deliver(parts: Delivering, outgoing: Outgoing, renewal: Renewal) -> Delivered:
    record = _attempt(parts, outgoing)
    written = parts.store.record_delivery(record)
    renewal.drop(outgoing.id)
    return Delivered(record=record, channel=outgoing.channel.kind, written=written)


def _attempt(parts: Delivering, outgoing: Outgoing) -> DeliveryRecord:
    message = _notice(parts, outgoing) if outgoing.subject_kind == "notice" else _alerts(parts, outgoing)
    if message is None:
        # All of it was cancelled between planning and sending: there is nothing left to say.
        return DeliveryRecord(outgoing.id, outgoing.token, parts.clock.now(), "cancelled", due_at=None, error=None)
    try:
        parts.channels[outgoing.channel.kind].send(message, outgoing.channel)
    except ChannelError as error:
        now = parts.clock.now()
        decision = after_failure(
            outgoing.attempts, error, now=now, schedule=parts.retry_schedule, jitter=parts.jitter()
        )
        return DeliveryRecord(
            outgoing.id,
            outgoing.token,
            now,
            decision.state,
            due_at=decision.due_at,
            error=str(error),
            disable_channel=str(error) if error.disable else None,
        )
    return DeliveryRecord(outgoing.id, outgoing.token, parts.clock.now(), "sent", due_at=None, error=None)


def _alerts(parts: Delivering, outgoing: Outgoing) -> Message | None:
    alerts = parts.store.alerts_of(outgoing, now=parts.clock.now())
    if not alerts:
        return None
    told = "alert.updated" if outgoing.sequence else "alert.created"
    return Message(
        key=outgoing.key,
        type="digest.created" if outgoing.subject_kind == "digest" else told,
        created_at=min(facts.told_at for facts in alerts),
        subscriber=alerts[0].subscriber,
        alerts=tuple(alerts),
        first_key=outgoing.first_key,
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
