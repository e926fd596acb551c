"""Beat, worker, broker and database come and go: nothing is lost, and what is said about it is short."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
from servers.documents import Item, rss
from servers.newsroom import FEED, Newsroom
from servers.tocsin import CELERY, COMMAND

from tasks.app import settings
from tasks.start import begin_beat, begin_worker

pytestmark = pytest.mark.long

WITHIN = 20.0  # seconds in which alerts flow again: our own bound, for issue 6 grants 60 after the worst of outages


@pytest.fixture
def newsroom(tmp_path, feed_server, receiver):
    """One process tree on the embedded broker and SQLite."""
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom:
        yield newsroom


@pytest.fixture
def on_redis(tmp_path, feed_server, receiver, redis_server, redis_url):
    """Beat and worker on Redis and SQLite."""
    with closing(Newsroom(tmp_path, feed_server, receiver, broker_url=redis_url)) as newsroom:
        newsroom.home.run("apply")
        yield newsroom


@pytest.fixture
def on_servers(tmp_path, feed_server, receiver, redis_url, postgres_url):
    """Beat and worker on Redis and PostgreSQL; nobody has made the schema yet."""
    settings = {"broker_url": redis_url, "database_url": postgres_url}
    with closing(Newsroom(tmp_path, feed_server, receiver, **settings)) as newsroom:
        yield newsroom


def roles(newsroom):
    return newsroom.start("beat"), newsroom.start("worker", "--concurrency", "2")


def talk(process):
    """What was said, but for what is told at every start and of every alert."""
    usual = ("files applied", "[tocsin.alerts]")
    return [line for line in process.complaints if not any(word in line for word in usual)]


# --- a wrong configuration -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([COMMAND, "up"], id="up"),
        pytest.param([COMMAND, "beat"], id="beat"),
        pytest.param([COMMAND, "worker"], id="worker"),
        pytest.param([CELERY, "-A", "tasks", "worker"], id="celery worker"),
        pytest.param([CELERY, "-A", "tasks", "beat"], id="celery beat"),
    ],
)
def test_a_wrong_configuration_stops_before_anything_starts(newsroom, tmp_path, command):
    watch_list = {"name": "List", "query": "ukraine AND (kyiv", "notify": [{"subscriber": "desk"}]}
    newsroom.home.write("watchlists", watch_lists=[watch_list])
    newsroom.home.write("feeds", feeds=[{"uri": newsroom.url}])
    done = subprocess.run(
        command, env=newsroom.home.env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "feeds.yaml:2:3: " in done.stderr
    assert "watchlists.yaml:3:22: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"conf"}


# --- the broker is away ----------------------------------------------------------------------------------------------


def test_the_broker_comes_late_and_goes_away(on_redis, redis_server):
    redis_server.stop()
    try:
        beat, worker = roles(on_redis)
        on_redis.publish("Ukraine one")
        for process in (beat, worker):
            process.wait_for(lambda process=process: "said once" in "".join(process.complaints), "a complaint")
    finally:
        redis_server.start()
    took = [on_redis.wait_until_told("Ukraine one", WITHIN)]

    redis_server.stop()
    try:
        on_redis.publish("Ukraine two")
        time.sleep(10)  # the outage itself
    finally:
        redis_server.start()
    took.append(on_redis.wait_until_told("Ukraine two", WITHIN))

    redis_server.pause()
    try:
        on_redis.publish("Ukraine three")
        time.sleep(3)
    finally:
        redis_server.resume()
    took.append(on_redis.wait_until_told("Ukraine three", WITHIN))
    print("seconds to recover from a late, a stopped and a hanging broker:", [round(one, 1) for one in took])

    for process in (beat, worker):
        process.stop()
        said = talk(process)
        absences = [line for line in said if "said once" in line]
        assert 2 <= len(absences) <= 3, said
        assert len(said) <= 2 * len(absences), said  # each with its "the broker is back" at the most
        assert sum("the broker is back" in line for line in said) >= 2, said


def test_the_broker_goes_while_a_feed_is_polled(on_redis, feed_server, redis_server):
    beat, worker = roles(on_redis)
    on_redis.publish_and_wait("Ukraine one")
    stopped = threading.Event()

    def go_away() -> bytes:
        if not stopped.is_set():
            redis_server.stop()
            stopped.set()
        return rss([Item("n", "Ukraine two", "Text.", "http://127.0.0.1/n", datetime.now(UTC))], title="Stream")

    feed_server.publish(FEED, go_away)
    try:
        assert stopped.wait(WITHIN)
        worker.wait_for(lambda: "said once" in "".join(worker.complaints), "a complaint")
        time.sleep(5)  # the outage itself, which the worker's main process notices too
    finally:
        redis_server.start()
    on_redis.wait_until_told("Ukraine two", WITHIN)
    for process in (beat, worker):
        process.stop()
    away, back = talk(worker)
    assert "said once" in away
    assert "the broker is back" in back


def test_kill_9_of_each_role_then_of_up(newsroom):
    up = newsroom.start("up")
    newsroom.publish_and_wait("Ukraine begins", 60)
    took = {}
    for role, pick in VICTIMS.items():
        up.wait_for(lambda pick=pick: pick(up.descendants()), role)
        victim = pick(up.descendants())
        os.kill(victim, signal.SIGKILL)
        took[role] = round(newsroom.publish_and_wait(f"Ukraine without {role}", WITHIN), 1)
        up.wait_for(lambda pick=pick, victim=victim: pick(up.descendants()) not in {None, victim}, f"a new {role}")
    print("seconds to the next alert after kill -9:", took)
    said = "\n".join(up.complaints)
    assert "Traceback" not in said
    assert "Warning" not in said

    up.kill()
    assert up.left() == {}
    newsroom.publish("Ukraine while nobody looks")
    again = newsroom.start("up")
    newsroom.wait_until_told("Ukraine while nobody looks", WITHIN)
    again.stop()
    assert {title: len({one.key for one in found}) for title, found in newsroom.told().items()} == dict.fromkeys(
        newsroom.told(), 1
    )


def _one(words, *, child=False):
    """Find a process by its command line: the main one (the lowest PID), or one of its pool."""

    def pick(family):
        found = sorted(pid for pid, line in family.items() if words in line)
        return (found[-1] if child else found[0]) if found else None

    return pick


VICTIMS = {
    "the poll worker": _one("-Q poll "),
    "a pool child": _one("-Q poll ", child=True),
    "the deliver worker": _one("-Q deliver"),
    "the tick worker": _one("-Q tick,upkeep"),
    "beat": _one("-m tasks beat"),
    "the broker": _one("broker.sock"),
}


# --- the database is away --------------------------------------------------------------------------------------------


def test_the_schema_comes_late_and_the_database_goes_away(on_servers, postgres):
    beat, worker = roles(on_servers)
    for process in (beat, worker):
        process.wait_for(lambda process=process: "waiting for the database" in "".join(process.complaints), "its wait")
    on_servers.publish("Ukraine one")
    on_servers.home.run("apply")
    on_servers.wait_until_told("Ukraine one", WITHIN)

    postgres.stop()
    try:
        on_servers.publish("Ukraine two")
        time.sleep(5)  # the outage itself
    finally:
        postgres.start()
    took = on_servers.wait_until_told("Ukraine two", 40)  # a lease may have to run out first
    print("seconds to recover from PostgreSQL's absence:", round(took, 1))
    on_servers.publish_and_wait("Ukraine three")
    for process in (beat, worker):
        process.stop()
        said = talk(process)
        # One process of beat, two of the worker's pool: each says it once, after the one line of the schema.
        assert sum("the database is away" in line for line in said) <= 2, said
        assert not any("Traceback" in line for line in said), said
    assert len({one.key for found in on_servers.told().values() for one in found}) == 3


@pytest.mark.parametrize("begin", [begin_beat, begin_worker])
def test_without_a_schema_a_role_gives_up_in_the_end(on_servers, monkeypatch, capsys, begin):
    for name, value in on_servers.home.env.items():
        if name.startswith(("TOCSIN_", "RECEIVER_")):
            monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        with pytest.raises(SystemExit) as ended:
            begin(patience_s=0.1)
    finally:
        settings.cache_clear()
    assert ended.value.code == 3
    assert "`tocsin db upgrade` makes it so" in capsys.readouterr().err


# --- orders to stop --------------------------------------------------------------------------------------------------


def test_a_stop_while_a_feed_and_a_receiver_hang(newsroom, feed_server, receiver):
    slow = feed_server.publish("/slow.xml", b"", delay=120)
    newsroom.home.write(
        "feeds",
        feeds=[{"url": newsroom.url, "name": "Stream", "every": "1s"}, {"url": slow, "name": "Slow", "every": "1h"}],
    )
    up = newsroom.start("up")
    newsroom.publish_and_wait("Ukraine begins", 60)
    receiver.answer_with(hang=True)
    newsroom.publish("Ukraine hangs")
    receiver.wait_until(lambda: receiver.received[-1].status == 0, 20, what="a request that hangs")
    print("seconds to stop:", round(up.stop(20), 1))
    assert up.returncode == 0

    (row,) = [row for row in newsroom.home.json("feeds", "list") if row["name"] == "Slow"]
    assert (row["state"], row["last_polled_at"], row["last_error"]) == ("new", None, None)
    assert row["next_poll_at"] <= newsroom.home.json("status")["last_tick_at"]
    receiver.release()
    receiver.answer_with(200)
    feed_server.publish("/slow.xml", rss([]))
    again = newsroom.start("up")
    newsroom.wait_until_told("Ukraine hangs", 40)
    again.stop()
    tried = [one for one in receiver.received if one.json["data"]["item"]["title"] == "Ukraine hangs"]
    assert len(tried) >= 2
    assert len({one.key for one in tried}) == 1
