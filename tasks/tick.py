"""The tick: claim what is due and send the wake-ups."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine, reload_changed_files, send


@app.task(name="tocsin.tick")
def tick() -> None:
    """Claim due feeds, deliveries and lost items, and send one message a batch. Idempotent."""
    reload_changed_files()
    wakeups = engine().tick()
    for feeds in wakeups.new:
        send("tocsin.poll", feeds, queue="new")
    for feeds in wakeups.polls:
        send("tocsin.poll", feeds, queue="poll")
    for deliveries in wakeups.deliveries:
        send("tocsin.deliver", deliveries, queue="deliver")
    for items in wakeups.unmatched:
        send("tocsin.match", items, queue="upkeep")
