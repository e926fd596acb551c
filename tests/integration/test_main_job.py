"""The main job as a user sees it: two feeds, a webhook, `tocsin up`; and the same on PostgreSQL and Redis."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from servers.documents import Item, atom, dated, rss
from servers.tocsin import Home

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.unmeasured]

NOISE = ["Football results", "Weather for the week", "A cat in a tree", "Bread is dearer", "Tram line closed"]
ABOUT = [
    "Kyiv hosts talks on Ukraine",
    "Ukraine's grain leaves port",
    "Aid for Ukraine",
    "UKRAINE: a long night",
    "Украина и Ukraine",
]


def publish(feed_server, extra=()):
    """20 items in two feeds, 5 of them about Ukraine; `extra` go on top of the first feed."""
    now = datetime.now(UTC)
    titles = [f"{title} {number}" for number in range(3) for title in NOISE]
    first = [
        Item(f"a{n}", title, f"Text a{n}.", f"http://127.0.0.1/a/{n}")
        for n, title in enumerate([*ABOUT[:3], *titles[:7]])
    ]
    second = [
        Item(f"b{n}", title, f"Text b{n}.", f"http://127.0.0.1/b/{n}")
        for n, title in enumerate([*ABOUT[3:], *titles[7:]])
    ]
    return [
        feed_server.publish("/first.xml", rss(dated([*extra, *first], now), title="First")),
        feed_server.publish(
            "/second.atom", atom(dated(second, now), title="Second"), content_type="application/atom+xml"
        ),
    ]


def configure(home, feeds, receiver, every="1s"):
    home.write("feeds", feeds=[{"url": url, "every": every} for url in feeds])
    home.write(
        "watchlists",
        watch_lists=[
            {"name": "Ukraine", "keywords": ["Ukraine"], "notify": [{"subscriber": "desk", "at_most": "none"}]}
        ],
    )
    home.write(
        "subscribers",
        subscribers=[
            {
                "name": "desk",
                "channels": [{"webhook": receiver.url("/hook"), "secret": "${RECEIVER_SECRET}"}, {"log": True}],
            }
        ],
    )


@pytest.fixture(params=["embedded", "servers"])
def running(request, tmp_path, feed_server, receiver):
    """A home, and how to start the service in it: one process tree, or beat and two workers on real servers.

    On servers beat and one worker are Celery's own commands with nothing added, so its defaults hold: every queue,
    gossip and mingle, a process per core.
    """
    settings = {"fetch_allow": [f"127.0.0.1:{feed_server.port}"], "deliver_allow": [f"127.0.0.1:{receiver.port}"]}
    if request.param == "servers":
        settings |= {
            "database_url": request.getfixturevalue("postgres_url"),
            "broker_url": request.getfixturevalue("redis_url"),
        }
    home = Home(tmp_path, **settings)
    started = []

    def start():
        if request.param == "embedded":
            now = [home.start("up")]
        else:
            home.run("apply")
            now = [home.start_celery("beat"), home.start_celery("worker"), home.start("worker", "--concurrency", "2")]
        started.extend(now)
        return now

    yield home, start
    with ExitStack() as closing:
        for process in started:
            closing.callback(process.close)


def is_up(processes):
    """Whether one process tree is all there is."""
    return len(processes) == 1


def wait_until_complete(home, processes):
    """Wait until every worker is there: who delivers may come up last."""

    def workers():
        return [role for role in home.json("status")["roles"] if role["role"] == "worker"]

    processes[0].wait_for(lambda: len(workers()) == (4 if is_up(processes) else 2), "all workers")


def polled_again(feed_server, times=3):
    wanted = {path: len(feed_server.requests(path)) + times for path in ("/first.xml", "/second.atom")}
    for path, count in wanted.items():
        feed_server.wait_for(path, count, timeout=60)


def test_exactly_the_matching_items_are_delivered_signed_and_once(running, feed_server, receiver):
    home, start = running
    configure(home, publish(feed_server), receiver)
    processes = start()
    receiver.wait_for(5, timeout=60, accepted=True)
    polled_again(feed_server)
    assert sorted(one.json["data"]["item"]["title"] for one in receiver.received) == sorted(ABOUT)
    assert all(one.signed for one in receiver.received)
    assert len({one.key for one in receiver.received}) == 5
    if is_up(processes):
        up_prints_one_flushed_line_per_alert_and_has_its_data_folder_to_itself(home, *processes)
    for process in processes:
        assert process.stop(timeout=20) < 20
    assert not is_up(processes) or processes[0].returncode == 0

    # A restart and more polls tell nothing again; a sixth item does, within one interval and two seconds.
    before = len(receiver.received)
    processes = start()
    wait_until_complete(home, processes)  # what is promised is promised of a service that runs
    polled_again(feed_server)
    assert len(receiver.received) == before
    published = time.monotonic()
    publish(feed_server, extra=[Item("a-new", "Breaking: Ukraine", "New text.", "http://127.0.0.1/a/new")])
    sixth = receiver.wait_for(6, timeout=3)[-1]
    assert sixth.at - published <= 1 + 2
    assert sixth.json["data"]["item"]["title"] == "Breaking: Ukraine"
    assert sixth.json["data"]["match"]["terms"] == ["Ukraine"]

    def states():
        return [alert["state"] for alert in home.json("alerts", "list")]

    # A receiver has a message a moment before its sender knows, and writes, that it has.
    processes[0].wait_for(lambda: states() == ["told"] * 6, "all alerts to be told", timeout=10)
    for process in processes:
        process.stop(timeout=20)


def up_prints_one_flushed_line_per_alert_and_has_its_data_folder_to_itself(home, process):
    lines = process.wait_for_alerts(5)
    assert len(lines) == 5
    assert min(lines) == "ALERT Ukraine: Aid for Ukraine http://127.0.0.1/a/2"
    refused = home.run("up", check=False)
    assert refused.returncode == 3
    assert "another `tocsin up`" in refused.stderr
