"""Poll a batch of feeds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tasks.app import app
from tasks.runtime import engine, is_stopping, send, send_deliveries
from worker.records import MatchOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH_S = 40.0
"""Seconds after which a batch begins no further feed; what is left is handed back (DESIGN 3.2)."""


@app.task(name="tocsin.poll")
def poll(feeds: list[int]) -> None:
    """Poll these feeds, store and match what is new, and wake deliveries up."""
    until = time.monotonic() + BATCH_S
    engine().poll(
        feeds,
        stop=lambda: is_stopping() or time.monotonic() > until,
        wake=send_deliveries,
        read_pages=_later,
    )


def _later(items: Sequence[int]) -> MatchOutcome:
    """Have pages read by a task of their own: the other feeds of the batch do not wait for them."""
    send("tocsin.pages", items, queue="slow")
    return MatchOutcome(items=0, alerts=0, deliveries=())
