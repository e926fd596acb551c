"""A backup is taken while the service runs, the service is lost, and the backup goes on elsewhere.

Nothing is lost, and nothing is told twice under a new key: what was told after the backup is told again, under the key
that it had.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest
from servers.newsroom import Newsroom

pytestmark = pytest.mark.long

WITHIN_S = 60.0
EDITIONS = 12
PACE_S = 0.3
KINDS = [("embedded", "embedded"), ("servers", "servers"), ("embedded", "servers"), ("servers", "embedded")]


class Press:
    """Publishes an edition of two every moment, one of them about Ukraine, until it is told to stop."""

    def __init__(self, newsroom):
        self._newsroom = newsroom
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._print)
        self.titles = []

    def _print(self):
        while not self._ended.is_set():
            number = len(self.titles)
            self._newsroom.publish(f"Ukraine dispatch {number}", f"Weather bulletin {number}")
            self.titles.append(f"Ukraine dispatch {number}")
            self._ended.wait(PACE_S)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def wait_for(self, editions):
        deadline = time.monotonic() + WITHIN_S
        while len(self.titles) < editions and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.titles) >= editions


@pytest.fixture
def settings_of(request, postgres):
    """The settings of an installation of its own on either kind of database."""
    made = []

    def settings(kind, broker_number):
        # Retries must fit into a test: the waits are short, the number of tries is the usual one.
        more = {"retry_schedule": ["0s", *["1s"] * 9]}
        if kind == "servers":
            made.append(postgres.create())
            redis = request.getfixturevalue("redis_url").removesuffix("/0")
            more |= {"database_url": postgres.url(made[-1]), "broker_url": f"{redis}/{broker_number}"}
        return more

    yield settings
    for name in made:
        postgres.drop(name)


@pytest.mark.parametrize("kinds", KINDS, ids=" to ".join)
def test_what_was_told_after_a_backup_is_told_again_under_the_same_keys(
    tmp_path, feed_server, receiver, settings_of, kinds
):
    file = tmp_path / "tocsin-backup.db"
    kind, other = kinds
    with closing(Newsroom(tmp_path / "here", feed_server, receiver, **settings_of(kind, 0))) as here:
        up = here.start("up")
        up.wait_for(lambda: feed_server.requests("/stream.xml"), "a first poll")
        with Press(here) as press:
            press.wait_for(EDITIONS // 2)
            receiver.answer_with(500, times=5)  # some messages wait for another try while the backup is taken
            here.home.run("db", "backup", str(file))
            backed_up = set(here.told())
            press.wait_for(len(press.titles) + EDITIONS // 2)
        here.wait_until_told(press.titles[-1], WITHIN_S)
        before = here.told()
        up.kill()

    assert before.keys() - backed_up, "nothing was told after the backup"
    with closing(Newsroom(tmp_path / "there", feed_server, receiver, **settings_of(other, 1))) as there:
        printed = there.home.run("db", "restore", str(file)).stdout
        assert "restored from" in printed
        there._items = here._items  # the publisher is the same
        again = there.start("up")
        there.publish("Ukraine afterwards")
        wanted = {*press.titles, "Ukraine afterwards"}
        there.wait_until_told("Ukraine afterwards", WITHIN_S)
        receiver.wait_until(lambda: wanted <= there.told().keys(), WITHIN_S, what="what is missing")
        again.wait_for(lambda: is_settled(there), "an end of all deliveries")
        told = there.told()
        assert told.keys() == wanted
        assert {title: len({one.key for one in found}) for title, found in told.items()} == dict.fromkeys(wanted, 1)
        assert len({one.key for found in told.values() for one in found}) == len(wanted), "two titles share a key"
        repeated = {title for title, found in told.items() if len(found) > len(before.get(title, ()))}
        print("told again under its key:", len(repeated & before.keys()), "of", len(before))
        assert before.keys() - backed_up <= repeated
        assert there.home.json("db", "check")["problems"] == []
        again.kill()


def is_settled(newsroom):
    status = newsroom.home.json("status")
    return status["deliveries"].keys() == {"sent"} and status["oldest_unmatched_s"] is None


def test_nothing_is_restored_under_a_service_that_runs(tmp_path, feed_server, receiver):
    file = tmp_path / "b.db"
    with closing(Newsroom(tmp_path / "here", feed_server, receiver)) as here:
        up = here.start("up")
        here.publish_and_wait("Ukraine one", WITHIN_S)
        here.home.run("db", "backup", str(file))
        done = here.home.run("db", "restore", str(file), "--force", check=False)
        assert done.returncode == 3
        assert "another `tocsin up` runs" in done.stderr
        up.stop()
        done = here.home.run("db", "restore", str(file), "--force")
        assert "the database that was there before is" in done.stderr
        again = here.start("up")
        here.publish_and_wait("Ukraine two", WITHIN_S)
        again.kill()
