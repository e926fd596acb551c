"""Deliveries in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import Address, DeliveryState, SubjectKind


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery this process sends now, under `token`.

    Attributes:
        attempts: This one counts too.
        sequence: Of an alert, 0 for its first message, else the number of the update.
        first_key, first_sent_at: Of an update: the key of the message that it follows at this channel, and when that
            was sent; None where it never was.
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


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """How an attempt ended. `disable_channel`: a reason, when the channel itself is gone."""

    delivery: int
    token: int
    at: datetime
    state: DeliveryState
    due_at: datetime | None
    error: str | None
    disable_channel: str | None = None
