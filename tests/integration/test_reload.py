"""Watch lists and settings are edited while a service runs: one for all of it, for to start one takes longer."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from servers.newsroom import Newsroom

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

EFFECT_WITHIN = 5.0  # seconds from an edit to the first item that it holds for (issue 5)
WORKERS = 4  # that `up` starts


@pytest.fixture
def newsroom(tmp_path, feed_server, receiver):
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom:
        up = newsroom.start("up")
        newsroom.publish_and_wait("Ukraine first", 60)
        yield newsroom
        up.stop()
        assert not any("Traceback" in line for line in up.complaints)


def seconds_to_effect(newsroom, word):
    """Publish items with `word`, one after the other, from now on; return when the first one that was told appeared."""
    began = time.monotonic()
    published = {}
    while not (told := [when for title, when in published.items() if title in newsroom.told()]):
        title = f"{word} {len(published)}"
        published[title] = time.monotonic() - began
        newsroom.publish(title)
        assert len(published) < 4 * 3 * EFFECT_WITHIN, newsroom.said()
        time.sleep(0.25)
    return min(told)


def eventually(ready, what, timeout=10.0):
    deadline = time.monotonic() + timeout
    while not ready():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


def test_files_are_edited(newsroom):
    edits_take_effect_and_broken_ones_do_no_harm(newsroom)
    what_exceeds_a_limit_waits_for_one_digest(newsroom)
    workers_started_anew_have_the_settings_that_were_good(newsroom)


def edits_take_effect_and_broken_ones_do_no_harm(newsroom):
    home, (up,) = newsroom.home, newsroom.started
    newsroom.watch("grain")
    took = [seconds_to_effect(newsroom, "Grain")]
    newsroom.publish("Ukraine is no longer looked for")
    newsroom.publish_and_wait("Dear grain")

    (home.config / "watchlists.yaml").write_text("watch_lists:\n  - name: List\n    keyword: [wheat]\n")
    up.wait_for(lambda: any("the files are wrong" in line for line in up.complaints), "a complaint", EFFECT_WITHIN)
    newsroom.publish_and_wait("Cheap grain")
    status = home.run("status", check=False)
    assert status.returncode == 1
    assert "watchlists.yaml:3:5: " in status.stdout
    assert not home.json("status")["healthy"]

    newsroom.watch("wheat")
    took.append(seconds_to_effect(newsroom, "Wheat"))
    print("seconds from an edit to its effect:", [round(one, 1) for one in took])
    assert max(took) <= EFFECT_WITHIN
    status = home.run("status", check=False)
    assert status.returncode == 0, status.stdout
    assert "Ukraine is no longer looked for" not in newsroom.told()


def what_exceeds_a_limit_waits_for_one_digest(newsroom):
    newsroom.watch("barley", name="Barley", at_most=2)
    eventually(lambda: [one["name"] for one in newsroom.home.json("watch", "list")] == ["Barley"], newsroom.said)
    before = datetime.now(UTC)
    newsroom.publish(*(f"Barley {number}" for number in range(6)))

    def states():
        alerts = newsroom.home.json("alerts", "list")
        return sorted(alert["state"] for alert in alerts if alert["watch_list"] == "Barley")

    eventually(lambda: states() == ["held"] * 4 + ["told"] * 2, states)
    assert len([title for title in newsroom.told() if title.startswith("Barley")]) == 2
    (digest,) = [one for one in newsroom.home.json("deliveries", "list") if one["kind"] == "digest"]
    assert digest["state"] == "pending"
    assert timedelta(minutes=55) <= datetime.fromisoformat(digest["due_at"]) - before <= timedelta(minutes=62)


def workers_started_anew_have_the_settings_that_were_good(newsroom):
    home = newsroom.home

    def workers():
        return {role["pid"] for role in home.json("status")["roles"] if role["role"] == "worker"}

    newsroom.watch()
    seconds_to_effect(newsroom, "Ukraine again")
    before = workers()
    assert len(before) == WORKERS
    settings = home.config / "settings.yaml"
    good = settings.read_text()
    settings.write_text("settings:\n  tick: never\n")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    newsroom.publish_and_wait("Ukraine all the same", 30)
    settings.write_text(good)
    eventually(lambda: len(workers()) == WORKERS and not workers() & before, workers, 20)
