"""Poll a batch of feeds."""

from __future__ import annotations

import time

from tasks.app import app
from tasks.runtime import engine, is_stopping, send_deliveries

BATCH_S = 40.0
"""Seconds after which a batch begins no further feed; what is left is handed back (DESIGN 3.2)."""


@app.task(name="tocsin.poll")
def poll(feeds: list[int]) -> None:
    """Poll these feeds, store and match what is new, and wake deliveries up."""
    until = time.monotonic() + BATCH_S
    engine().poll(feeds, stop=lambda: is_stopping() or time.monotonic() > until, wake=send_deliveries)
