"""Feeds that fail in every way, among ten that do not: one clear row each, and nobody else waits."""

from __future__ import annotations

import json
import random
import socket
import struct
import subprocess
import threading
import time
from contextlib import closing
from datetime import datetime
from itertools import pairwise

import pytest
from servers.documents import items, rss
from servers.feeds import FeedServer
from servers.newsroom import Newsroom
from servers.tocsin import COMMAND, Home

from worker.store.engine import open_store

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

HEALTHY = 10
SLOWEST_S = 20.0  # the whole time that one exchange may take (worker.fetch.model.FetchLimits)


class Resetting:
    """Accepts, reads a little, and resets the connection."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1024)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def fifty_megabytes():
    item = b"<item><title>Ukraine again</title></item>\n"
    return b'<rss version="2.0"><channel><title>Flood</title>' + item * (50 * 1024 * 1024 // len(item))


@pytest.fixture
def faulty(feed_server):
    """Faulty feeds by name: their URL, and the row that each must come to: outcome, status, words of the error."""
    inside = FeedServer()
    resetting = Resetting()
    publish = feed_server.publish
    garbage = random.Random(2022).randbytes(4000)
    html = b"<!doctype html><html><head><title>Moved</title></head><body>Ukraine</body></html>"
    here = feed_server.address
    found = {
        "hangs": (publish("/hangs", b"", delay=120), "error", None, f"{here}: no whole answer within 20 s"),
        "missing": (feed_server.url("/missing"), "error", 404, "HTTP 404 Not Found"),
        "gone": (publish("/gone", b"", status=410), "gone", 410, "HTTP 410 Gone"),
        "busy": (publish("/busy", b"", status=503), "backoff", 503, "HTTP 503 Service Unavailable"),
        "page": (publish("/page", html, content_type="text/html"), "error", 200, "the document is an HTML page"),
        "garbage": (publish("/garbage", garbage), "error", 200, "is no feed"),
        "flood": (publish("/flood", fifty_megabytes(), etag=False), "error", None, f"{here}: the body is over 10 MB"),
        "cut": (publish("/cut", rss(items(50)), cut=True), "error", None, f"{here}: the body is cut short"),
        "empty": (publish("/empty", b""), "error", None, f"{here}: empty body (status 200)"),
        "resets": (
            f"http://{resetting.address}/",
            "error",
            None,
            f"{resetting.address}: the connection broke (Connection reset by peer)",
        ),
        "inside": (
            publish("/inside", b"", status=302, headers={"Location": inside.url("/secret")}),
            "blocked",
            None,
            f"{here}: redirected, but {inside.address} is not a public address",
        ),
    }
    with closing(inside), closing(resetting):
        yield found, [here, resetting.address]
        assert inside.requests() == []


def feeds(faulty, healthy):
    ours = [{"url": url, "name": name, "every": "1s"} for name, (url, *_) in faulty.items()]
    return [*ours, *({"url": url, "name": f"healthy {n}", "every": "1s"} for n, url in enumerate(healthy))]


def assert_rows(rows, faulty):
    by_name = {row["feed"]: row for row in rows}
    assert len(by_name) == len(rows)
    for name, (_, outcome, status, words) in faulty.items():
        row = by_name[name]
        assert (row["outcome"], row["status"], row["new_items"]) == (outcome, status, 0), row
        assert words in row["error"]
        assert "\n" not in row["error"]
        assert len(row["error"]) < 160
    for row in rows:
        if row["feed"] not in faulty:
            assert (row["outcome"], row["status"], row["new_items"], row["error"]) == ("new", 200, 3, None), row


def test_one_clear_row_each_and_nobody_waits(tmp_path, faulty, feed_server, receiver):
    faulty, allowed = faulty
    healthy = [feed_server.publish(f"/healthy/{n}", rss(items(3))) for n in range(HEALTHY)]
    by_hand = Home(tmp_path / "by hand", fetch_allow=allowed)
    by_hand.write("feeds", feeds=feeds(faulty, healthy))
    polling = subprocess.Popen(
        [COMMAND, "poll", "--json"], env=by_hand.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with closing(Newsroom(tmp_path / "service", feed_server, receiver)) as newsroom:
        newsroom.home.write("settings", settings={"min_interval": "1s", "fetch_allow": allowed})
        healthy_too = [feed_server.publish(f"/served/{n}", rss(items(3))) for n in range(HEALTHY)]
        newsroom.home.write("feeds", feeds=feeds(faulty, healthy_too))
        up = newsroom.start("up")
        feed_server.wait_for("/missing", 4, timeout=60)  # by hand, and three times by the service: 6 s
        time.sleep(SLOWEST_S)  # the time in which the slowest may hold others up
        up.stop()
    out, err = polling.communicate(timeout=60)
    assert polling.returncode == 1, err
    assert_rows(json.loads(out), faulty)

    # Healthy feeds were polled every second meanwhile, give or take what a busy machine takes.
    for number in range(HEALTHY):
        asked = [request.at for request in feed_server.requests(f"/served/{number}")]
        assert len(asked) >= SLOWEST_S / 2, (number, len(asked))
        assert max(b - a for a, b in pairwise(asked)) < SLOWEST_S / 2
    check_the_journal(newsroom.home, faulty)


def check_the_journal(home, faulty):
    """One row a kind of fault in the service's journal, however often it came; the gaps double, and are spread."""
    store = open_store(f"sqlite:///{home.env['TOCSIN_DATA_DIR']}/tocsin.db")
    try:
        rows = {row.name: row for row in store.feeds_list()}
        assert rows["healthy 0"].state == "ok"
        for name, (_, outcome, status, words) in faulty.items():
            (run,) = store.feed_history(rows[name].id)
            assert (run.outcome, run.status, run.new_items) == (outcome, status, 0)
            assert words in run.note
            assert rows[name].last_error == run.note
            gap = (rows[name].next_poll_at - rows[name].last_polled_at).total_seconds()
            week = 7 * 24 * 3600
            least, spread = (week, 0.05) if outcome == "gone" else (2.0**run.count, 0.1)
            assert least - 0.01 <= gap <= least * (1 + spread) + 0.01, name
            states = {"gone": {"gone"}, "page": {"html"}}.get(name, {"backing_off", "broken"})
            assert rows[name].state in states, name
            if name not in {"hangs", "gone"}:
                assert run.count in {3, 4, 5}, (name, run.count)  # of the 25 polls that a healthy feed had
    finally:
        store.close()


def test_an_error_does_not_outlast_its_cause(tmp_path, feed_server):
    home = Home(tmp_path, fetch_allow=[feed_server.address])
    url = feed_server.url("/feed")
    home.write("feeds", feeds=[{"url": url, "name": "Feed", "every": "1s"}])
    (row,) = home.json("poll")
    assert row["error"] == "HTTP 404 Not Found"
    feed_server.publish("/feed", rss(items(3)))
    (row,) = home.json("poll")
    assert (row["outcome"], row["error"], row["new_items"]) == ("new", None, 3)
    (feed,) = home.json("feeds", "list")
    assert (feed["state"], feed["last_error"]) == ("ok", None)
    gap = datetime.fromisoformat(feed["next_poll_at"]) - datetime.fromisoformat(feed["last_polled_at"])
    assert gap.total_seconds() <= 1
