"""A process killed at every step: nothing lost, nothing doubled for who goes by the key."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from itertools import zip_longest

import pytest
from servers import faulty
from servers.chance import is_long
from servers.faulty import AFTER, BEFORE, DELIVERING, MATCHING, POLLING, TICKING, Faults
from servers.newsroom import Newsroom
from servers.tocsin import Running

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

HOOKS = ("/desk", "/wall")
WITHIN = 60.0

FAULTS = {
    "matched by nobody and killed again": ((AFTER, "record_polls", False), (AFTER, "begin_matching", True)),
    "polled and killed again in the match": ((AFTER, "record_polls", False), (BEFORE, "matching", False)),
    "matched by nobody and claimed in vain": ((AFTER, "record_polls", False), (AFTER, "claim_unmatched", True)),
    "told by nobody and claimed in vain": ((AFTER, "matching", False), (AFTER, "claim_due_deliveries", True)),
    "sent and killed again when recorded": ((AFTER, "send", False), (BEFORE, "record_delivery", False)),
    "claimed and no message sent": ((AFTER, "claim_due_feeds", True),),
}
"""What is killed while one item is told, by the words of its title: (when, step, only where something is in hand)."""

# The kinds of steps take turns, so that no item or delivery is killed again and again.
FAULTS |= {
    f"{when} {step}": ((when, step, False),)
    for steps in zip_longest(POLLING, MATCHING, TICKING, DELIVERING)
    for when in (BEFORE, AFTER)
    for step in steps
    if step is not None
}


OWN = {f"{BEFORE} {step}" for step in ("record_polls", "matching", "send", "record_delivery")}
"""Before most steps all is as it is after the one that they follow."""


def share(database):
    """Half of the faults for each database; every one for both where there is time."""
    titles = [words for words in FAULTS if is_long() or not words.startswith(BEFORE) or words in OWN]
    return titles if is_long() else titles[database == "postgresql" :: 2]


@pytest.fixture(params=["sqlite", "postgresql"])
def newsroom(request, tmp_path, feed_server, receiver, redis_url):
    settings = {"broker_url": redis_url, "retry_schedule": ["0s", *["1s"] * 9]}
    if request.param == "postgresql":
        settings["database_url"] = request.getfixturevalue("postgres_url")
    with closing(Newsroom(tmp_path, feed_server, receiver, **settings)) as newsroom:
        newsroom.tell(*({"webhook": receiver.url(hook), "secret": "${RECEIVER_SECRET}"} for hook in HOOKS))
        newsroom.home.run("apply")
        yield newsroom, share(request.param)


def start(newsroom, folder):
    """Beat, and a worker that is at fault."""
    newsroom.start("beat")
    command = [sys.executable, "-P", faulty.__file__, str(folder), "worker", "-n", "faulty@%h", "--concurrency", "2"]
    worker = Running(command, env=newsroom.home.env, cwd=newsroom.home.folder)
    newsroom.started.append(worker)
    return worker


@pytest.mark.timeout(300 if not is_long() else 1200)
def test_a_kill_at_every_step_loses_nothing_and_doubles_nothing(newsroom, tmp_path, receiver):
    newsroom, titles = newsroom
    faults = Faults(tmp_path / "faults")
    worker = start(newsroom, tmp_path / "faults")
    newsroom.publish("Ukraine begins")
    newsroom.wait_until_told("Ukraine begins", WITHIN)
    took = {}
    for words in titles:
        for when, step, full in FAULTS[words]:
            faults.give(when, step, full=full)
        began = time.monotonic()
        newsroom.publish(f"Ukraine {words}")
        worker.wait_for(lambda: not faults.waiting(), f"a kill at {words}; there waits {faults.waiting()}", WITHIN)
        # Else others are killed while this one is made good; but a feed that killed three workers in a row would rest.
        if is_long() or FAULTS[words][-1][1] in POLLING:
            worker.wait_for(lambda words=words: is_told(receiver, words), f"what was {words}", WITHIN)
        took[words] = round(time.monotonic() - began, 1)

    print("seconds for each:", took)
    worker.wait_for(lambda: is_settled(newsroom, len(titles) + 1), f"all results; {newsroom.said()}", WITHIN)
    told = newsroom.told()
    assert told.keys() == {"Ukraine begins", *(f"Ukraine {words}" for words in titles)}
    for title, found in told.items():
        keys = {hook: {one.key for one in found if one.path == hook} for hook in HOOKS}
        assert [len(keys[hook]) for hook in HOOKS] == [1, 1], title
    # Of a batch, which is sent side by side, a kill between the sending and the record repeats what it meets there.
    repeats = len(receiver.accepted) - len(HOOKS) * len(told)
    print("kills", sum(len(FAULTS[words]) for words in titles), "repeats under the same keys", repeats)


def is_told(receiver, words):
    heard = {one.path for one in receiver.accepted if one.json["data"]["item"]["title"] == f"Ukraine {words}"}
    return heard == {*HOOKS}


def is_settled(newsroom, items):
    status = newsroom.home.json("status")
    return status["deliveries"] == {"sent": len(HOOKS) * items} and status["oldest_unmatched_s"] is None
