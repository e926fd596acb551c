"""What needs doing now and then."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine


@app.task(name="tocsin.upkeep")
def upkeep() -> None:
    """Forget what is over, and poll what no interval keeps waiting."""
    engine().upkeep.tidy()


@app.task(name="tocsin.heartbeats")
def heartbeats() -> None:
    """See to the digests that are sent when nothing matched."""
    engine().upkeep.open_heartbeats()


@app.task(name="tocsin.bursts")
def bursts() -> None:
    """Tell of watch lists that match far more than usual."""
    engine().upkeep.tell_bursts()


@app.task(name="tocsin.index")
def index() -> None:
    """Bring the archive's index up to what there is."""
    engine().upkeep.index()
