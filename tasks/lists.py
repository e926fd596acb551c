"""Follow OPML lists."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine, is_stopping
from worker.wiring.files import log_troubles


@app.task(name="tocsin.lists")
def lists() -> None:
    """Read the OPML lists that are due, and make their feeds what they say."""
    log_troubles(engine().files.keep_lists(stop=is_stopping))
