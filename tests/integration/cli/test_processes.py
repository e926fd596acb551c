"""The command as a process: terminals, pipes, signals, database servers, a service beside it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import termios
import time
from datetime import UTC, datetime

import pytest
from servers.documents import Item, dated, rss
from servers.tocsin import COMMAND, Home

from worker.store import open_store


@pytest.fixture
def home(tmp_path, feed_server):
    home = Home(tmp_path, fetch_allow=[feed_server.address])
    fill(home, feed_server)
    return home


def fill(home, feed_server):
    now = datetime.now(UTC)
    given = [
        Item(f"id-{n}", f"Ukraine, part {n}" + " and so on" * 12, f"Text {n}", f"http://127.0.0.1/{n}")
        for n in range(3)
    ]
    url = feed_server.publish("/one.xml", rss(dated(given, now), title="One"))
    home.write("feeds", feeds=[{"url": url}, {"url": feed_server.publish("/slow.xml", rss([]), delay=0.5)}])
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
    notify = [{"subscriber": "desk", "at_most": "none"}]
    home.write("watchlists", watch_lists=[{"name": "Ukraine", "keywords": ["Ukraine"], "notify": notify}])


def on_a_terminal(home, *arguments, columns=80):
    """Run a command on a pseudo terminal; return its exit code and everything it wrote there."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    environment = {name: value for name, value in home.env.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    with subprocess.Popen(
        [COMMAND, *arguments],
        env=environment | {"TERM": "xterm"},
        cwd=home.folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        written = b""
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    return process.returncode, written.decode()


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # EIO: the last process has closed its side (pty(7))
        return b""


def test_a_terminal_shows_progress_and_a_table_that_fits(home):
    code, screen = on_a_terminal(home, "poll")
    assert code == 0
    assert "polling" in screen
    assert "\x1b[1mfeed" in screen
    code, screen = on_a_terminal(home, "alerts", "list")
    assert code == 0
    lines = screen.split("\r\n")
    assert all(len(line.replace("\x1b[1m", "").replace("\x1b[32m", "").replace("\x1b[0m", "")) <= 80 for line in lines)
    assert "ago" in lines[1]
    assert "…" in lines[1]


def test_a_terminal_shows_that_feeds_and_older_documents_are_looked_for(home, feed_server):
    url = feed_server.url("/slow.xml")
    code, screen = on_a_terminal(home, "feeds", "discover", url)
    assert (code, "looking for feeds" in screen) == (0, True)
    code, screen = on_a_terminal(home, "feeds", "add", url, "--history")
    assert (code, "reading older documents" in screen) == (0, True)
    assert "looking for feeds" not in home.run("feeds", "discover", url).stderr


def test_on_a_terminal_status_says_first_in_colour_what_is_wrong(home):
    home.run("apply")
    home.write("feeds", feeds=[{"url": "nowhere"}])
    code, screen = on_a_terminal(home, "status")
    plain = re.sub(r"\x1b\[\d+m", "", screen).split("\r\n")
    assert (code, screen.startswith("\x1b[31m\x1b[1mNOT HEALTHY\x1b[0m\r\n")) == (1, True)
    assert plain[1] == "  no service runs; `tocsin up` starts one"
    assert all(len(line) <= 80 for line in plain if "/" not in line)  # a path is not broken
    assert plain[plain.index("") + 1].startswith("waiting ")
    code, screen = on_a_terminal(home, "status", "--role", "beat")
    assert (code, screen.startswith("\x1b[31m\x1b[1mNOT HEALTHY\x1b[0m: no beat runs on this machine; ")) == (1, True)


def test_piped_nothing_is_cut_or_coloured(home, prompt_in):
    done = home.run("poll")
    assert "\x1b" not in done.stdout + done.stderr
    prompt = prompt_in(home)
    assert prompt.json("alerts", "list")[0]["title"] in prompt("alerts", "list").out


def test_ctrl_c_ends_a_poll_at_once_without_a_word(home, feed_server, prompt_in):
    prompt = prompt_in(home)
    feed_server.publish("/slow.xml", b"", delay=60)
    with subprocess.Popen(
        [COMMAND, "poll"], env=home.env, cwd=home.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not prompt.json("alerts", "list"):  # the other feed is through, so this one is under way
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    # The lease was given back: nobody waits for it to run out.
    feed_server.publish("/slow.xml", rss([], title="Slow"))
    rows = {row["url"]: row for row in prompt.json("poll")}
    assert rows[feed_server.url("/slow.xml")]["outcome"] == "unchanged"


def test_a_reader_that_leaves_is_no_error(home):
    with subprocess.Popen(
        [COMMAND, "check", "--schema"], env=home.env, cwd=home.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, b"")


def test_a_letter_that_the_terminal_lacks_is_no_error(home):
    home.env |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    home.write("feeds", feeds=[{"url": "https://one.example/", "name": "Українська правда"}])
    assert "\\u0423" in home.run("feeds", "list").stdout


@pytest.mark.parametrize(
    "command", [["feeds", "list"], ["status"], ["up", "--no-web"], ["poll"], ["db", "upgrade"], ["apply"]]
)
def test_a_database_that_is_away_is_one_line_without_the_password(home, prompt_in, command):
    home.env["TOCSIN_DATABASE_URL"] = "postgresql+psycopg://tocsin:hunter2@127.0.0.1:1/news"
    done = prompt_in(home)(*command)
    assert (done.code, done.out, len(done.err.splitlines())) == (3, "", 1)
    assert "hunter2" not in done.err
    assert "news at 127.0.0.1" in done.err


def test_on_postgresql_commands_take_the_database_as_it_is(home, prompt_in, postgres_url):
    home.env["TOCSIN_DATABASE_URL"] = postgres_url
    prompt = prompt_in(home)
    for command in (["feeds", "list"], ["plan"], ["status"]):
        bare = prompt(*command)
        assert (bare.code, bare.out) == (3, "")
        assert "`tocsin db upgrade` makes it so" in bare.err
    assert prompt("db", "upgrade").out == "the schema is up to date now\n"
    assert prompt.json("feeds", "list") == []
    assert len(prompt.json("apply")) == 4
    assert len(prompt.json("feeds", "list")) == 2
    assert prompt("plan").out == ""
    polled = prompt("poll", "--json")
    assert (polled.code, polled.err.splitlines()[-1]) == (0, "3 messages sent")
    assert {alert["state"] for alert in prompt.json("alerts", "list")} == {"told"}
    assert prompt("watch", "add", "Part", "part").code == 0
    assert prompt("watch", "remove", "Part").code == 0
    assert len(prompt.json("search", "part -whole")) == 3
    assert prompt.json("status")["troubles"] == ["no service runs; `tocsin up` starts one"]
    missing = prompt("feeds", "list", "--config", "nowhere")
    assert (missing.code, "there is no folder nowhere" in missing.err) == (2, True)


@pytest.mark.long
def test_status_beside_a_service_and_after_it(home, feed_server, prompt_in):
    prompt = prompt_in(home)
    service = home.start("up", "--no-web", "--port", "8001")
    try:
        feed_server.wait_for("/one.xml", 1, timeout=60)
        service.wait_for(lambda: prompt("status").code == 0, "a healthy service")
        told = prompt.json("status")
        assert told["healthy"] is True
        assert {role["role"] for role in told["roles"]} >= {"up", "beat", "worker", "broker"}
        assert {role["pid"] for role in told["roles"]} <= {service.pid, *service.descendants()}
        assert prompt("status").out.startswith("healthy\n")
        # A poll by hand beside the service has a row for every feed.
        assert len(prompt.json("poll")) == 2
        home.write("feeds", feeds=[{"url": "nowhere"}])
        wrong = prompt("status")
        assert wrong.code == 1
        assert "feeds.yaml:2:8: write the whole address" in wrong.out
        fill(home, feed_server)
        service.stop()
    finally:
        service.close()
    # Heartbeats are fresh still, and yet nothing runs.
    after = prompt.json("status")
    assert (after["roles"], after["troubles"][0]) == ([], "no service runs; `tocsin up` starts one")


@pytest.mark.long
def test_the_demonstration_tells_its_dispatch_once_and_again_when_it_is_begun_anew(home, prompt_in):
    demo = home.folder / "var" / "demo"
    (demo / "config").mkdir(parents=True)
    (demo / "old.db").touch()
    first = home.start("up", "--demo", "--no-web")
    try:
        first.wait_for_alerts(1, timeout=60)
        # While it runs, a second one neither starts nor wipes it.
        second = prompt_in(home)("up", "--demo")
        assert second.code == 3
        assert "another `tocsin up`" in second.err
        assert not (demo / "old.db").exists()
        assert (demo / "tocsin.db").exists()
        # The exact copy of the dispatch comes and is not told; the next dispatch is.
        first.wait_for(lambda: grain_reports(demo) == 2, "the copy", 60)
        told = first.wait_for_alerts(2)
        first.stop(20)
    finally:
        first.close()
    titles = [line.split(" http://")[0] for line in told]
    assert titles == [
        "ALERT Ukraine: Ukraine and neighbours agree on new grain corridor",
        "ALERT Ukraine: Україна та сусідні країни домовилися про новий зерновий коридор",
    ]

    again = home.start("up", "--demo", "--no-web")
    try:
        assert again.wait_for_alerts(1, timeout=60)[0].startswith(titles[0])
        again.stop(20)
    finally:
        again.close()


def grain_reports(demo):
    """The reports of the first alert's story."""
    store = open_store(f"sqlite:///{demo}/tocsin.db")
    try:
        return store.alerts_list()[-1].reports
    finally:
        store.close()
