"""The web role as a process: alone, and as one of `up`."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import threading
import time
from contextlib import closing

import pytest
from servers.newsroom import Newsroom
from servers.tocsin import COMMAND

from worker.service.listening import listen, port_of
from worker.service.newswire import free_port
from worker.web.__main__ import main, serve

pytestmark = pytest.mark.long


@pytest.fixture
def newsroom(tmp_path, feed_server, receiver):
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom:
        yield newsroom


def ask(port, path, method="GET", body=None, timeout=20):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as connection:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read().decode()


def answers(port, path="/healthz"):
    try:
        return ask(port, path)[0] == 200
    except OSError:
        return False


def web_of(process):
    return next((pid for pid, line in process.descendants().items() if "worker.web" in line), None)


def test_up_runs_it_brings_it_back_and_stops_it(newsroom):
    port = free_port()
    up = newsroom.start("up", "--port", str(port))
    up.wait_for(lambda: answers(port), "an answer")
    newsroom.publish_and_wait("Ukraine begins", 60)
    up.wait_for(lambda: "web" in {role["role"] for role in newsroom.home.json("status")["roles"]}, "its heartbeat")
    assert ask(port, "/readyz")[0] == 200
    assert "tocsin_alerts_total 1.0" in ask(port, "/metrics")[1]

    made = newsroom.home.json("output", "add", "--list", "List")
    assert made["atom"].startswith(f"http://127.0.0.1:{port}/out/")
    path = made["json_feed"].removeprefix(f"http://127.0.0.1:{port}")
    assert "Ukraine begins" in ask(port, path)[1]

    victim = web_of(up)
    os.kill(victim, signal.SIGKILL)
    # Who asks meanwhile is answered when it is back: the socket stays open.
    assert ask(port, "/healthz", timeout=30)[0] == 200
    assert web_of(up) != victim
    refused = newsroom.home.run("up", "--port", str(port), check=False)
    assert (refused.returncode, "another `tocsin up`" in refused.stderr) == (3, True)
    assert up.stop(20) < 20
    assert up.returncode == 0
    assert not answers(port)
    said = "\n".join(up.complaints)
    assert "Traceback" not in said
    assert path.split("/")[2].partition(".")[0] not in said


def test_up_without_it(newsroom):
    port = free_port()
    up = newsroom.start("up", "--port", str(port), "--no-web")
    newsroom.publish_and_wait("Ukraine begins", 60)
    assert not answers(port)
    assert web_of(up) is None


@pytest.mark.parametrize("command", ["up", "web"])
def test_a_port_that_is_taken_stops_before_anything_starts(newsroom, tmp_path, command):
    with closing(listen("127.0.0.1", 0)) as taken:
        refused = newsroom.home.run(command, "--port", str(port_of(taken)), check=False)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "; --port names another" in refused.stderr
    assert "started" not in refused.stderr
    assert {path.name for path in tmp_path.glob("var/*")} <= {"up.lock"}


def test_a_host_that_is_none_is_wrong_usage(newsroom):
    refused = newsroom.home.run("web", "--host", "no.such.host.invalid", check=False)
    assert (refused.returncode, "--host no.such.host.invalid" in refused.stderr) == (2, True)


def test_a_wrong_configuration_stops_it_before_it_listens(newsroom, tmp_path):
    newsroom.home.write("feeds", feeds=[{"uri": newsroom.url}])
    done = subprocess.run([COMMAND, "web"], env=newsroom.home.env, cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          check=False)  # fmt: skip
    assert (done.returncode, "feeds.yaml:2:3: " in done.stderr) == (2, True)
    assert not (tmp_path / "var").exists()


def test_alone_it_answers_what_is_under_way_before_it_stops(newsroom):
    port = free_port()
    web = newsroom.start("web", "--port", str(port))
    web.wait_for(lambda: answers(port), "an answer")
    assert newsroom.home.json("output", "add", "--subscriber", "desk")["atom"].startswith(f"http://127.0.0.1:{port}/")
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.putrequest("POST", "/links/x")
        connection.putheader("Content-Length", "3")
        connection.endheaders()
        connection.send(b"a")
        time.sleep(0.5)
        os.kill(web.pid, signal.SIGTERM)
        time.sleep(0.5)
        connection.send(b"=1")
        assert connection.getresponse().status == 404
    web._child.wait(20)
    assert web.returncode == 0


def test_it_waits_for_the_schema_and_the_database_may_go_away(tmp_path, feed_server, receiver, postgres, postgres_url):
    with closing(Newsroom(tmp_path, feed_server, receiver, database_url=postgres_url)) as newsroom:
        port = free_port()
        web = newsroom.start("web", "--port", str(port))
        web.wait_for(lambda: "waiting for the database" in "".join(web.complaints), "its wait")
        newsroom.home.run("apply")
        web.wait_for(lambda: answers(port, "/readyz"), "an answer")
        postgres.stop()
        try:
            web.wait_for(lambda: ask(port, "/readyz")[0] == 503, "an answer that it is away")
            assert ask(port, "/healthz")[0] == 200
            status, said = ask(port, "/out/x.atom")
            assert (status, "postgres" in said) == (503, False)
        finally:
            postgres.start()
        web.wait_for(lambda: answers(port, "/readyz"), "an answer that it is back")
        web.stop()
        assert web.returncode == 0
        assert "Traceback" not in "\n".join(web.complaints)


def test_without_a_schema_it_gives_up_in_the_end(tmp_path, postgres_url, monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", postgres_url)
    monkeypatch.setenv("_TOCSIN_HANDED_DOWN", "1")
    monkeypatch.setattr("worker.web.__main__.PATIENCE_S", 0.1)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert main(["--fd", str(listen("127.0.0.1", 0).detach())]) == 3
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert "`tocsin db upgrade` makes it so" in capsys.readouterr().err


def test_told_to_stop_while_it_waits_it_does(tmp_path, postgres_url, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", postgres_url)
    monkeypatch.setenv("_TOCSIN_HANDED_DOWN", "1")
    ordered = threading.Event()
    ordered.set()
    assert serve(listen("127.0.0.1", 0).detach(), ordered.wait, patience_s=60) == 0
