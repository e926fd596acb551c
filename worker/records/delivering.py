"""Deliveries in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from config.values import QuietHours
    from worker.alerts.model import Address, DeliveryState, SubjectKind


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery this process sends now, under `token`.

    Attributes:
        attempts: This one counts too.
        sequence: Of an alert, 0 for its first message, else the number of the update.
        first_key, first_sent_at: Of an update: the key of the message that it follows at this channel, and when that
            was sent; None where it never was.
        timezone, quiet: The subscriber's; what `breaks_through` passes its quiet hours.
    """

    id: int
    token: int
    key: str
    subject_kind: SubjectKind
    subject: int
    attempts: int
    channel: Address
    sequence: int = 0
    first_key: str | None = None
    first_sent_at: datetime | None = None
    timezone: str = "UTC"
    quiet: QuietHours | None = None
    breaks_through: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """How an attempt ended.

    Attributes:
        disable_channel: A reason, when the channel itself is gone.
        attempted: Whether it was one: what came in quiet hours waits for their end, and nothing was tried.
    """

    delivery: int
    token: int
    at: datetime
    state: DeliveryState
    due_at: datetime | None
    error: str | None
    disable_channel: str | None = None
    attempted: bool = True
