"""Read the pages behind new items."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine, is_stopping, send_deliveries


@app.task(name="tocsin.pages")
def pages(items: list[int]) -> None:
    """Read the pages behind these items, match them, and wake deliveries up. If this is lost the sweep matches them."""
    engine().read_pages(items, stop=is_stopping, wake=send_deliveries)
