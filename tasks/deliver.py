"""Deliver a batch."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine, is_stopping


@app.task(name="tocsin.deliver")
def deliver(deliveries: list[int]) -> None:
    """Send these deliveries; those that are not due, or somebody else's, are left out.

    A worker that was ordered to stop sends none: one that hangs would outlast the time it has, and the tick finds them.
    """
    if not is_stopping():
        engine().deliver_quickly(deliveries)
