"""Deliver a batch."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine


@app.task(name="tocsin.deliver")
def deliver(deliveries: list[int]) -> None:
    """Send these deliveries; those that are not due, or somebody else's, are left out."""
    engine().deliver(deliveries)
