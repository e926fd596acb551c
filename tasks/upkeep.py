"""What needs doing now and then."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine


@app.task(name="tocsin.upkeep")
def upkeep() -> None:
    """Forget what is over, and poll what no interval keeps waiting."""
    engine().upkeep()
