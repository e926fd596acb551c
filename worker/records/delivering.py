"""Deliveries in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import Address, DeliveryState, SubjectKind


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery this process sends now, under `token`; `attempts` counts this one too."""

    id: int
    token: int
    key: str
    subject_kind: SubjectKind
    subject: int
    attempts: int
    channel: Address


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
