"""Match items that lost their worker."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine, send_deliveries


@app.task(name="tocsin.match")
def match(items: list[int]) -> None:
    """Fold and match these items; those matched meanwhile are left out."""
    send_deliveries(engine().rematch(items).deliveries)
