"""Receivers that fail in every way, side by side in one service: each gets what is documented, and nobody waits."""

from __future__ import annotations

from contextlib import ExitStack, closing

import pytest
from servers.flood import Flood
from servers.newsroom import Newsroom
from servers.receiver import Receiver

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

DAY = ["0s", "1s", "1s", "2s", "3s", "3s"]
"""The tries of a day, which lasts ten seconds here."""
TOLD = 2
AT_ONCE_S = 10.0  # far less than one that hangs is given
ENDED_S = 60.0
MUCH = 32 * 2**20  # what kernels and libraries may hold of an answer of which 64 KB are read
PATIENCE_S = 4.0


@pytest.fixture
def receivers():
    """By what each does."""
    with ExitStack() as stack:
        found = {
            name: stack.enter_context(closing(Receiver())) for name in ("well", "down", "gone", "moved", "busy", "mute")
        }
        found["down"].answer_with(500)
        found["gone"].answer_with(410)
        found["moved"].answer_with(302, location=found["well"].url("/followed"))
        found["busy"].answer_with(429, times=1, retry_after=str(int(PATIENCE_S)))
        found["mute"].answer_with(hang=True)
        yield found | {"flood": stack.enter_context(closing(Flood()))}


@pytest.fixture
def newsroom(tmp_path, feed_server, receivers):
    with closing(Newsroom(tmp_path, feed_server, receivers["well"])) as newsroom:
        settings = {
            "min_interval": "1s",
            "fetch_allow": [feed_server.address],
            "deliver_allow": [server.address for server in receivers.values()],
            "retry_schedule": DAY,
            "owner": "desk",
        }
        newsroom.home.write("settings", settings=settings)
        of_each = [
            {"name": name, "channels": [{"webhook": server.url(f"/{name}"), "secret": "${RECEIVER_SECRET}"}]}
            for name, server in receivers.items()
            if name != "well"
        ]
        desk = {"webhook": receivers["well"].url("/desk"), "secret": "${RECEIVER_SECRET}"}
        newsroom.home.write("subscribers", subscribers=[{"name": "desk", "channels": [desk]}, *of_each])
        notify = [{"subscriber": name, "at_most": "none"} for name in ("desk", *receivers) if name != "well"]
        newsroom.home.write("watchlists", watch_lists=[{"name": "List", "keywords": ["Ukraine"], "notify": notify}])
        yield newsroom


def test_each_receiver_gets_what_is_documented_and_holds_up_nobody(newsroom, receivers):
    newsroom.start("up")
    took = []
    for number in range(TOLD):
        newsroom.publish(f"Ukraine dispatch {number}")
        took.append(newsroom.wait_until_told(f"Ukraine dispatch {number}", AT_ONCE_S if number else ENDED_S))
    print("seconds to the one that is well:", [round(one, 1) for one in took])

    # Busy: it gets the time it asked for, and then each message once.
    busy = receivers["busy"]
    assert_told_once(busy.wait_for(TOLD, ENDED_S, accepted=True))
    assert busy.received[0].status == 429
    assert busy.received[1].at - busy.received[0].at >= PATIENCE_S - 1  # the header counts in whole seconds

    # A flood is a success by its status, and hardly anything of it is taken.
    flood = receivers["flood"]
    flood.wait_until(lambda: len(flood.sent) == TOLD, ENDED_S, what=f"the end of its answers; {flood.sent}")
    assert max(flood.sent) < MUCH
    print("bytes that a flood could send:", max(flood.sent))

    # Gone: asked once and turned off, and its owner hears of that once; what comes for it fails, visibly.
    (disabled,) = [one.json for one in receivers["well"].accepted if "item" not in one.json["data"]]
    assert disabled["type"] == "channel.disabled"
    assert "410" in disabled["data"]["reason"]
    assert [one.status for one in receivers["gone"].received] == [410]

    # Down, or elsewhere: as often as the schedule says, then visible until somebody sends it, under the same key.
    up = newsroom.started[0]
    up.wait_for(lambda: states(newsroom, "down", "moved") == {"quarantined"}, "the end of all tries", ENDED_S)
    wrong = {"gone": "410", "down": "500", "moved": "redirect"}
    rows = newsroom.home.json("deliveries", "list")
    for row in rows:
        if row["state"] in {"failed", "quarantined"}:
            assert wrong[row["subscriber"]] in row["last_error"] or row["last_error"] == "the channel is turned off"
    assert {row["attempts"] for row in rows if row["state"] == "quarantined"} == {len(DAY)}
    assert not [one for one in receivers["well"].received if one.path == "/followed"]
    for name in ("down", "moved", "gone", "mute"):
        receivers[name].answer_with(200)
    for row in rows:
        if row["state"] in {"failed", "quarantined"}:
            newsroom.home.run("deliveries", "retry", str(row["id"]))
    receivers["mute"].release()
    for name in ("down", "moved", "gone", "mute"):
        told = receivers[name].wait_for(TOLD, ENDED_S, accepted=True)
        assert_told_once(told)
        assert {one.key for one in told} == {row["key"] for row in rows if row["subscriber"] == name}
        assert {one.key for one in receivers[name].received} == {one.key for one in told}
    everyone = {name for name in receivers if name != "well"} | {"desk"}
    up.wait_for(lambda: states(newsroom, *everyone) == {"sent"}, "the last result", ENDED_S)


def assert_told_once(accepted):
    assert sorted(one.json["data"]["item"]["title"] for one in accepted) == [
        f"Ukraine dispatch {n}" for n in range(TOLD)
    ]
    assert len({one.key for one in accepted}) == TOLD


def states(newsroom, *subscribers):
    return {row["state"] for row in newsroom.home.json("deliveries", "list") if row["subscriber"] in subscribers}
