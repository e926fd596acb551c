"""The servers that other tests rely on keep their word."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import shutil
import signal
import smtplib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
import pytest
import redis.exceptions
import sqlalchemy as sa
from servers.documents import Item, atom, dated, items, jsonfeed, rss
from servers.feeds import Answer, FeedServer
from servers.process import CannotStart, Process
from servers.tocsin import Running
from standardwebhooks.webhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.mail import MailSink
    from servers.postgres_server import PostgresServer
    from servers.receiver import Receiver
    from servers.redis_server import RedisServer

TESTS = Path(__file__).parents[1]


def exchange(url: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by lower-case name, body; no redirect is followed."""
    _, _, host, path = url.split("/", 3)
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET" if body is None else "POST", f"/{path}", body, named)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
    finally:
        connection.close()


# Feeds


def test_a_published_document_is_served_with_validators(feed_server: FeedServer) -> None:
    url = feed_server.publish("/a", b"<rss/>", last_modified="Sun, 01 Mar 2026 12:00:00 GMT")
    status, headers, body = exchange(url)
    assert (status, body, headers["content-type"]) == (200, b"<rss/>", "application/rss+xml; charset=utf-8")
    assert exchange(url, if_none_match=headers["etag"])[0] == 304
    assert exchange(url, if_modified_since=headers["last-modified"])[0] == 304
    assert exchange(url, if_none_match='"other"', if_modified_since=headers["last-modified"])[0] == 200
    feed_server.publish("/a", b"<rss></rss>")
    assert exchange(url, if_none_match=headers["etag"])[::2] == (200, b"<rss></rss>")


def test_a_callable_is_asked_each_time(feed_server: FeedServer) -> None:
    answers = iter([b"one", b"two"])
    url = feed_server.publish("/a", lambda: next(answers), etag=False)
    assert [exchange(url)[2], exchange(url)[2]] == [b"one", b"two"]
    assert "etag" not in feed_server.requests("/a")[0].headers


def test_answers_are_as_told(feed_server: FeedServer) -> None:
    zipped = gzip.compress(b"<rss/>")
    feed_server.publish("/gz", zipped, headers={"Content-Encoding": "gzip"}, etag='W/"mine"')
    assert exchange(feed_server.url("/gz"))[1:] == (
        {**exchange(feed_server.url("/gz"))[1], "content-encoding": "gzip", "etag": 'W/"mine"'},
        zipped,
    )
    feed_server.publish("/moved", status=301, headers={"Location": "/gz"})
    assert exchange(feed_server.url("/moved"))[0] == 301
    assert exchange(feed_server.url("/none"))[0] == 404
    feed_server.answer_next("/gz", Answer(status=503, headers={"Retry-After": "7"}), Answer(status=410))
    assert [exchange(feed_server.url("/gz"))[0] for _ in range(3)] == [503, 410, 200]


def test_a_cut_body_is_cut(feed_server: FeedServer) -> None:
    with pytest.raises(http.client.IncompleteRead):
        exchange(feed_server.publish("/a", b"x" * 1000, cut=True))


def test_requests_are_kept_with_their_headers_and_times(feed_server: FeedServer) -> None:
    url = feed_server.publish("/a?b=c", b"x", delay=0.05)
    before = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        assert {status for status, _, _ in pool.map(lambda _: exchange(url, x_who="me"), range(4))} == {200}
    seen = feed_server.wait_for("/a?b=c", 4)
    assert all(one.headers["x-who"] == "me" and one.status == 200 and one.method == "GET" for one in seen)
    assert all(before <= one.at <= time.monotonic() for one in seen)
    assert feed_server.requests("/a") == []
    with pytest.raises(AssertionError, match=r"5 requests of /a\?b=c"):
        feed_server.wait_for("/a?b=c", 5, timeout=0.01)


def test_closing_does_not_wait_for_a_slow_answer_or_an_idle_connection() -> None:
    server = FeedServer()
    slow = server.publish("/slow", b"x", delay=60)
    idle = http.client.HTTPConnection(server.address, timeout=10)
    idle.request("GET", "/")
    idle.getresponse().read()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(exchange, slow)
        began = time.monotonic()
        server.close()
        assert time.monotonic() - began < 5
        with pytest.raises((http.client.HTTPException, OSError)):
            waiting.result()
    idle.close()


def test_a_mistake_in_a_document_is_not_lost() -> None:
    server = FeedServer()
    with pytest.raises(http.client.RemoteDisconnected):
        exchange(server.publish("/a", lambda: bytes("é", "ascii")))
    with pytest.raises(UnicodeEncodeError):
        server.close()
    server.close()


# Documents

NEWEST = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("write", "version"), [(rss, "rss20"), (atom, "atom10")])
def test_written_feeds_are_read_back(write: Callable[..., bytes], version: str) -> None:
    given = dated(items(3, title="<{}> & Київ", link="http://127.0.0.1/{}?a=1&b=2"), NEWEST)
    parsed = feedparser.parse(write(given, title="A & B", language="uk"))
    assert (parsed.bozo, parsed.version, parsed.feed.title, parsed.feed.language) == (False, version, "A & B", "uk")
    read = [(one.id, one.link, one.published_parsed[:6]) for one in parsed.entries]
    assert read == [(one.id, one.link, one.published.timetuple()[:6]) for one in given if one.published]
    assert [one.published for one in given] == [NEWEST - index * timedelta(minutes=1) for index in range(3)]


def test_a_written_json_feed_is_read_back() -> None:

    document = json.loads(
        jsonfeed([("1", "Title", "Text"), Item("2", "Київ", link="http://127.0.0.1/2", published=NEWEST)])
    )
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["items"] == [
        {"id": "1", "title": "Title", "content_html": "Text"},
        {
            "id": "2",
            "title": "Київ",
            "content_html": "",
            "url": "http://127.0.0.1/2",
            "date_published": "2026-03-01T12:00:00+00:00",
        },
    ]


def test_plain_tuples_will_do_and_none_is_left_out() -> None:
    (one,) = feedparser.parse(rss([(None, "Title", "Text")])).entries
    assert (one.title, one.summary, "id" in one, "link" in one, "published" in one) == (
        "Title",
        "Text",
        False,
        False,
        False,
    )
    (one,) = feedparser.parse(atom([(None, "Title", "<p>Text</p>")])).entries
    assert (one.content[0].value, "id" in one, "link" in one) == ("<p>Text</p>", False, False)


# Webhooks


def post(receiver: Receiver, body: bytes = b"{}", *, key: str = "msg_1", secret: str | None = None) -> int:
    at = datetime.now(UTC)
    signature = Webhook(secret or receiver.secret).sign(key, at, body.decode())
    headers = {"webhook-id": key, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    return exchange(receiver.url("/hook"), body, **headers)[0]


def test_signatures_are_checked(receiver: Receiver) -> None:
    assert post(receiver, b'{"type": "alert.created"}') == 200
    assert post(receiver, key="msg_2", secret="whsec_b3RoZXI=") == 200
    assert exchange(receiver.url("/hook"), b"{}")[0] == 200
    assert exchange(receiver.url(), b"\xff", webhook_id="1", webhook_timestamp="x", webhook_signature="v1,%")[0] == 200
    received = receiver.wait_for(4)
    assert [one.signed for one in received] == [True, False, False, False]
    assert (received[0].key, received[0].json, received[0].path, received[0].method) == (
        "msg_1",
        {"type": "alert.created"},
        "/hook",
        "POST",
    )


def test_it_refuses_as_told(receiver: Receiver) -> None:
    receiver.answer_with(429, times=2, retry_after="2")
    receiver.answer_with(302, times=1, location="/elsewhere")
    receiver.answer_with(410, times=1)
    assert [post(receiver) for _ in range(5)] == [429, 429, 302, 410, 200]
    receiver.answer_with(500)
    assert [post(receiver), post(receiver)] == [500, 500]
    assert [one.status for one in receiver.accepted] == [200]
    receiver.answer_with(429, times=1, retry_after="2")
    assert exchange(receiver.url(), b"")[1]["retry-after"] == "2"


def test_it_hangs_until_released(receiver: Receiver) -> None:
    receiver.answer_with(hang=True, times=1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(post, receiver)
        (one,) = receiver.wait_for(1)
        assert (one.status, one.signed) == (0, True)
        assert post(receiver) == 200
        receiver.wait_for(1, accepted=True)
        assert not waiting.done()
        receiver.release()
        with pytest.raises(http.client.RemoteDisconnected):
            waiting.result(timeout=10)


# Mail


def send_mail(sink: MailSink, body: bytes = b"Subject: =?utf-8?b?0JrQuNGX0LI=?=\r\n\r\nText\r\n") -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as smtp:
        smtp.sendmail("from@example.org", ["a@example.org", "b@example.org"], body)


def test_mail_is_kept(mail_sink: MailSink) -> None:
    send_mail(mail_sink)
    (mail,) = mail_sink.wait_for(1)
    assert (mail.sender, mail.recipients) == ("from@example.org", ("a@example.org", "b@example.org"))
    assert (mail.message["subject"], mail.message.get_content()) == ("Київ", "Text\r\n")
    assert mail_sink.url == f"smtp://127.0.0.1:{mail_sink.port}"
    with pytest.raises(AssertionError, match="2 mails not within"):
        mail_sink.wait_for(2, timeout=0.01)


def test_mail_is_refused_as_told(mail_sink: MailSink) -> None:
    mail_sink.refuse_with("451 4.3.0 later", times=1)
    with pytest.raises(smtplib.SMTPDataError, match="later"):
        send_mail(mail_sink)
    send_mail(mail_sink)
    mail_sink.refuse_with("550 5.7.1 never")
    with pytest.raises(smtplib.SMTPDataError, match="never"):
        send_mail(mail_sink)
    mail_sink.refuse_with(None)
    send_mail(mail_sink)
    assert len(mail_sink.mails) == 2


def test_a_mail_server_closes_with_a_client_still_there(mail_sink: MailSink) -> None:
    smtp = smtplib.SMTP("127.0.0.1", mail_sink.port, timeout=10)
    smtp.ehlo()
    mail_sink.close()
    smtp.close()


# Redis


def test_redis_is_empty_for_each_test(redis_server: RedisServer, redis_url: str) -> None:
    assert redis_url == redis_server.url
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")
    redis_server.clear()
    with redis_server.client() as client:
        assert client.dbsize() == 0


def test_redis_keeps_its_address_and_data(redis_server: RedisServer, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("key", "value")
    pid = redis_server.pid
    redis_server.restart()
    redis_server.kill()
    with pytest.raises(redis.exceptions.ConnectionError), redis_server.client() as client:
        client.ping()
    redis_server.start()
    assert (redis_server.url, redis_server.pid != pid) == (redis_url, True)
    with redis.Redis.from_url(redis_url) as client:
        assert client.get("key") == b"value"


def test_redis_hangs_as_told(redis_server: RedisServer, redis_url: str) -> None:
    redis_server.pause()
    with (
        pytest.raises(redis.exceptions.TimeoutError),
        redis.Redis.from_url(redis_url, socket_timeout=0.1, retry=None) as client,
    ):
        client.ping()
    redis_server.resume()
    redis_server.clear()


# PostgreSQL


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    return sa.inspect(engine).get_table_names()


def execute(url: str, statement: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_databases_are_new_and_apart(postgres: PostgresServer, postgres_url: str) -> None:
    other = postgres.create()
    execute(postgres_url, "CREATE TABLE here (id int)")
    assert tables(postgres_url) == ["here"]
    assert tables(postgres.url(other)) == []
    postgres.drop(other)
    with pytest.raises(sa.exc.OperationalError, match="does not exist"):
        tables(postgres.url(other))


def test_postgres_knows_letters_of_other_scripts(postgres_url: str) -> None:
    execute(postgres_url, "CREATE TABLE here AS SELECT lower('КИЇВ') AS name")
    execute(postgres_url, "DO $$ BEGIN ASSERT (SELECT name FROM here) = 'київ'; END $$")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_postgres_keeps_its_address_and_data(postgres: PostgresServer, postgres_url: str, end: str) -> None:
    execute(postgres_url, "CREATE TABLE here (id int)")
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        pid = postgres.pid
        getattr(postgres, end)()
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("SELECT 1"))
    engine.dispose()
    postgres.start()
    assert postgres.pid != pid
    assert tables(postgres_url) == ["here"]


# Processes


def test_a_server_that_cannot_start_fails_and_says_why(tmp_path: Path) -> None:
    process = Process([sys.executable, "-c", "print('no room'); raise SystemExit(7)"], log=tmp_path / "log")
    with pytest.raises(CannotStart, match="exit code 7; it said:\nno room"):
        process.wait_until(lambda: False)
    process = Process([sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "log")
    with pytest.raises(CannotStart, match="exit code -9"):
        process.wait_until(lambda: False, timeout=0.05)


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = Process([sys.executable, "-c", deaf], log=tmp_path / "log")
    process.wait_until(lambda: "deaf" in (tmp_path / "log").read_text())
    assert process.stop(timeout=0.05) == -signal.SIGKILL
    assert process.stop() == -signal.SIGKILL


def alive(stat: Path) -> bool:
    """Whether the process of this /proc file runs; one that nobody has reaped yet (Z) does not."""
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
@pytest.mark.parametrize("server", ["redis", "postgres"])
def test_servers_die_with_the_test_process(tmp_path: Path, server: str) -> None:
    parent = (
        "import sys, time\n"
        f"from servers.{server}_server import {server}_server\n"
        f"with {server}_server() as server:\n"
        "    print(server.pid, server._folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
        "TMPDIR": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        pid, folder = process.stdout.readline().split()
        process.kill()
    try:
        deadline = time.monotonic() + 20
        while alive(Path("/proc", pid, "stat")):
            assert time.monotonic() < deadline, "the server outlived its test process"
            time.sleep(0.02)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Tocsin itself


@pytest.mark.parametrize("end", ["stopped", "killed", "killed by somebody else"])
def test_a_descendant_that_lives_on_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr("servers.tocsin.ORPHANS_WITHIN", 0.1)
    parent = Running(["/bin/sh", "-c", "sleep 60 & wait"], env={}, cwd=tmp_path)
    parent.wait_for(lambda: "sleep 60" in parent.descendants().values(), "the child")
    if end == "killed by somebody else":
        os.kill(parent.pid, signal.SIGKILL)
        os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)
    finish = {"stopped": parent.stop, "killed": parent.kill}.get(end, parent.close)
    with pytest.raises(AssertionError, match=r"left behind: \{\d+: 'sleep 60'\}"):
        finish()
    assert parent.left() == {}
    parent.close()


# What is collected


def collected(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(
        "import os\nimport pytest\n"
        "@pytest.mark.corpus\ndef test_reading() -> None: ...\n"
        "def test_other() -> None: assert 'TOCSIN_DATA_DIR' not in os.environ\n"
    )
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = corpus\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "PYTEST_", "COV_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "conftest", "-q", str(folder)],
        env={**kept, "PYTHONPATH": str(TESTS), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_corpus_tests_are_left_out_where_there_is_none(tmp_path: Path) -> None:
    done = collected(tmp_path, TOCSIN_DATA_DIR="/nowhere")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 deselected" in done.stdout


def test_corpus_tests_run_where_there_is_one(tmp_path: Path) -> None:
    assert "2 passed" in collected(tmp_path, TOCSIN_CORPUS=str(tmp_path)).stdout


def test_a_corpus_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = collected(tmp_path, TOCSIN_CORPUS=str(tmp_path / "none"))
    assert done.returncode == 4
    assert "TOCSIN_CORPUS names no folder" in done.stderr
