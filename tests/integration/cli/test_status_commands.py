"""`tocsin status` and its health checks: of nothing, of a service at work, and of one of which a part has stopped."""

from __future__ import annotations

import os
import platform
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from servers.newsroom import Newsroom

from worker.service.newswire import free_port
from worker.store import open_store
from worker.store.tables import feeds

pytestmark = pytest.mark.long

NOTICED_S = 60.0  # seconds within which a part that has stopped is noticed: 20 of silence, and the looks at it


def store_of(prompt):
    return closing(open_store(f"sqlite:///{prompt.folder}/var/tocsin.db"))


def heard(prompt, *roles, seconds=0.0, host=None):
    with store_of(prompt) as store:
        at = datetime.now(UTC) - timedelta(seconds=seconds)
        for role in roles:
            store.heartbeat(role, pid=1, now=at, host=host)
        store.record_tick(now=at)


def test_without_a_database_it_is_unhealthy_and_none_is_made(new_prompt):
    for role in ("up", "beat", "worker", "web"):
        told = new_prompt("status", "--role", role)
        assert (told.code, told.err) == (1, "")
        assert told.out == f"NOT HEALTHY: database {new_prompt.folder}/var/tocsin.db: there is none yet\n"
    assert new_prompt.json("status", "--role", "up")["healthy"] is False
    assert not (new_prompt.folder / "var").exists()


def test_without_a_schema_it_is_unhealthy_and_none_is_made(new_prompt):
    database = new_prompt.folder / "var" / "tocsin.db"
    database.parent.mkdir(mode=0o700)
    database.touch()
    told = new_prompt("status", "--role", "beat")
    assert (told.code, "the database's schema is not of this version" in told.out) == (1, True)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def test_who_was_heard_of_a_moment_ago_is_well(prompt):
    heard(prompt, "up", "beat", "worker", "web")
    for role in ("up", "beat", "worker", "web"):
        told = prompt("status", "--role", role)
        assert (told.code, told.err) == (0, "")
        assert told.out.startswith(f"healthy: heard of {role} ")
        assert len(told.out.splitlines()) == 1
    told = prompt.json("status", "--role", "beat")
    assert (told["healthy"], told["role"], told["troubles"], list(told["heartbeats"])) == (True, "beat", [], ["beat"])


def test_an_old_heartbeat_and_those_of_other_machines_do_not_count(prompt):
    heard(prompt, "beat", seconds=40)
    assert prompt("status", "--role", "beat").out.startswith(
        "NOT HEALTHY: no beat has been heard of on this machine for 4"
    )
    heard(prompt, "web", host=f"not-{platform.node()}")
    assert prompt("status", "--role", "web").out == "NOT HEALTHY: no web runs on this machine\n"
    heard(prompt, "web")
    assert prompt("status", "--role", "web").code == 0


def test_a_worker_answers_for_the_work_of_its_queues(prompt):
    prompt("apply")
    heard(prompt, "worker")
    with store_of(prompt) as store, store._transaction("write") as connection:
        connection.execute(feeds.update().values(next_poll_at=datetime(2022, 2, 12, 17, 0, tzinfo=UTC)))
    late = prompt("status", "--role", "worker")
    assert (late.code, late.out.startswith("NOT HEALTHY: a feed has been due for ")) == (1, True)
    assert prompt("status", "--role", "worker", "--queues", "poll").code == 1
    assert prompt("status", "--role", "worker", "--queues", "deliver, upkeep").code == 0


def test_what_is_wrong_with_the_files_is_not_the_roles_fault(prompt):
    heard(prompt, "up", "beat", "worker")
    for name in ("settings", "feeds", "watch_lists", "subscribers"):
        prompt.write(name, "{")
    assert prompt("status", "--role", "up").code == 0
    (prompt.folder / "var" / "tocsin.db").unlink()
    told = prompt("status", "--role", "up")  # nobody can tell whether this is the database that is meant
    assert (told.code, told.out.startswith("NOT HEALTHY: config/settings.yaml:")) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--role", "webb"], "there is no role 'webb'; did you mean `web`?"),
        (["--role", "worker", "--queues", "polls"], "there is no queue 'polls'; did you mean `poll`?"),
        (["--role", "beat", "--queues", "poll"], "--queues goes with --role worker"),
        (["--queues", "poll"], "--queues goes with --role worker"),
    ],
)
def test_wrong_words_are_refused(prompt, options, said):
    told = prompt("status", *options)
    assert (told.code, told.out, told.err) == (2, "", f"tocsin: {said}\n")


def test_a_database_that_is_away_is_one_line_without_the_password(prompt, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql+psycopg://tocsin:hunter2@127.0.0.1:1/news")
    told = prompt("status", "--role", "web")
    assert (told.code, told.err, len(told.out.splitlines())) == (1, "", 1)
    assert told.out.startswith("NOT HEALTHY: database news at 127.0.0.1")
    assert "hunter2" not in told.out


def test_it_looks_at_a_database_server_too(prompt, monkeypatch, postgres_url):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", postgres_url)
    assert "`tocsin db upgrade` makes it so" in prompt("status", "--role", "web").out
    prompt("db", "upgrade")
    assert prompt("status", "--role", "web").out == "NOT HEALTHY: no web runs on this machine\n"
    with closing(open_store(postgres_url)) as store:
        store.heartbeat("web", pid=1, now=store.current_time())
    assert prompt("status", "--role", "web").code == 0


@pytest.mark.long
def test_a_part_that_has_stopped_is_noticed(tmp_path, feed_server, receiver, prompt_in):
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom:
        prompt = prompt_in(newsroom.home)

        def code(*role):
            return prompt("status", "--role", *role).code

        up = newsroom.start("up")
        newsroom.publish_and_wait("Ukraine begins", 60)
        for role in ("up", "beat", "worker"):
            up.wait_for(lambda role=role: code(role) == 0, f"a healthy {role}")
        assert code("web") == 1  # it runs without

        # Whoever would start it anew stands still, and it is gone.
        beat = next(pid for pid, line in up.descendants().items() if "-m tasks beat" in line)
        os.kill(up.pid, signal.SIGSTOP)
        os.kill(beat, signal.SIGKILL)
        up.wait_for(lambda: code("beat") == code("up") == 1, "its absence", NOTICED_S)
        assert "no beat has been heard of on this machine for " in prompt("status", "--role", "up").out
        assert code("worker", "--queues", "deliver") == 0

        os.kill(up.pid, signal.SIGCONT)
        up.wait_for(lambda: code("beat") == code("up") == 0, "its return", NOTICED_S)
        up.stop(20)


@pytest.mark.long
def test_up_listens_where_it_is_told(tmp_path, feed_server, receiver):
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom:
        refused = newsroom.home.run("up", "--host", "no.such.host.invalid", check=False)
        assert (refused.returncode, "no.such.host.invalid" in refused.stderr) == (2, True)
        port = free_port()
        up = newsroom.start("up", "--host", "127.0.0.2", "--port", str(port))
        up.wait_for(
            lambda: f"The web role answers at http://127.0.0.2:{port}. " in "".join(up.complaints), "its greeting"
        )
