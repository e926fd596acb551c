"""Watch lists are edited while items stream in: real workers, PostgreSQL, Redis (issue 5)."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from bench.prose import Prose
from servers.documents import Item, rss
from servers.tocsin import Home

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.unmeasured]

EFFECT_WITHIN = timedelta(seconds=5)
FEEDS, WORKERS = 40, 4
EVERY_S = 0.5  # each feed has one item more
MOST = 300  # items a feed


def watching(home, **queries):
    told = [{"subscriber": "desk", "at_most": "none"}]
    lists = [{"name": name, "query": query, "notify": told} for name, query in queries.items()]
    home.write("watchlists", watch_lists=lists)
    home.run("apply")


def test_an_edit_holds_in_every_worker_and_no_item_is_matched_by_half_of_it(
    tmp_path, feed_server, postgres_url, redis_url
):
    """Two lists change places in one edit: every item is for exactly one of them, and soon for the other only."""
    seed = random.randrange(2**32)
    print("seed", seed)
    home = Home(
        tmp_path,
        fetch_allow=[feed_server.address],
        database_url=postgres_url,
        broker_url=redis_url,
        host_concurrency=FEEDS,
    )
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
    prose = Prose(seed)
    published = [[] for _ in range(FEEDS)]
    stopped = threading.Event()

    def stream():
        while not stopped.wait(EVERY_S) and len(published[0]) < MOST:
            for feed, items in enumerate(published):
                title = f"Grain {prose.text(6)}"
                items.append(Item(f"{feed}-{len(items)}", title, prose.text(40), None, datetime.now(UTC)))
                feed_server.publish(f"/{feed}.xml", rss(items, title=f"Outlet {feed}"))

    urls = [feed_server.publish(f"/{feed}.xml", rss([], title=f"Outlet {feed}")) for feed in range(FEEDS)]
    home.write("feeds", feeds=[{"url": url, "every": "1s"} for url in urls])
    watching(home, Left="grain", Right="timber")
    with ExitStack() as closing:
        started = [home.start("worker", "--concurrency", "1") for _ in range(WORKERS)]
        for process in started:
            closing.callback(process.close)
        started[0].wait_for(lambda: _workers(home) == WORKERS, "all workers")
        beat = home.start("beat")
        closing.callback(beat.close)
        streaming = threading.Thread(target=stream, daemon=True)
        streaming.start()
        closing.callback(stopped.set)
        beat.wait_for(lambda: _alerts(home, "Left") >= FEEDS, "alerts before the edit", timeout=90)
        watching(home, Left="timber", Right="grain")
        edited = datetime.now(UTC)
        beat.wait_for(lambda: _alerts(home, "Right") >= FEEDS, "alerts after the edit", timeout=90)
        time.sleep(EFFECT_WITHIN.total_seconds())
        stopped.set()
        streaming.join()
        sent = sum(map(len, published))
        beat.wait_for(lambda: len(home.json("alerts", "list", "--limit", "100000")) >= sent, "all items", timeout=90)
    alerts = home.json("alerts", "list", "--limit", "100000")
    assert len(alerts) == len({alert["title"] for alert in alerts}) == sent
    at = {alert["title"]: datetime.fromisoformat(alert["created_at"]) for alert in alerts}
    late = [alert for alert in alerts if alert["watch_list"] == "Left" and at[alert["title"]] > edited + EFFECT_WITHIN]
    assert late == []


def _alerts(home, name):
    return len(home.json("alerts", "list", "--list", name, "--limit", "100000"))


def _workers(home):
    return sum(role["role"] == "worker" for role in home.json("status")["roles"])
