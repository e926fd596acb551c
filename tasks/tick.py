"""The tick: claim what is due and send the wake-ups."""

from __future__ import annotations

from tasks.app import app
from tasks.runtime import engine, reload_changed_files, send
from worker.pipeline.claim import QUEUED


@app.task(name="tocsin.tick")
def tick() -> None:
    """Claim due feeds, deliveries and lost items, and send one message a batch, then apply changed files. Idempotent.

    Files come last: whatever is wrong with them keeps nothing else from its time (INTERFACE 8.3).
    """
    wakeups = engine().tick()
    # What waits longer than its lease is announced again, so an older message is worth nothing (and a queue that
    # nobody empties does not grow).
    for feeds in wakeups.new:
        send("tocsin.poll", feeds, queue="new", expires=QUEUED)
    for feeds in wakeups.polls:
        send("tocsin.poll", feeds, queue="poll", expires=QUEUED)
    for feeds in wakeups.slow:
        send("tocsin.poll", feeds, queue="slow", expires=QUEUED)
    for deliveries in wakeups.deliveries:
        send("tocsin.deliver", deliveries, queue="deliver", expires=QUEUED)
    for items in wakeups.unmatched:
        send("tocsin.match", items, queue="upkeep", expires=QUEUED)
    reload_changed_files()
