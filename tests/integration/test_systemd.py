"""The units of deploy/systemd: systemd finds nothing wrong with them, and what they start does its work."""

from __future__ import annotations

import http.client
import os
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers.above import ServiceManager
from servers.documents import Item, rss
from servers.newsroom import FEED, Newsroom
from servers.receiver import SECRET
from servers.tocsin import Running
from servers.units import PROGRAMS, SHIPPED, Units

from worker.service.newswire import free_port

QUEUES = ["poll", "new,slow", "deliver", "tick,upkeep"]
MOST_EXPOSED = 20
"""Tenths of what `systemd-analyze security` calls the exposure of a service: 100 is one that may do everything."""
PARSED_BESIDE = 70_000
"""Bytes of a document that is read in a process of its own."""


@pytest.fixture
def units(tmp_path):
    return Units(tmp_path / "root")


def names():
    return ["tocsin.service", "tocsin-beat.service", "tocsin-web.service", *map(worker, QUEUES)]


def worker(queues):
    """The name of the unit for a worker, as `systemctl` makes it of what an operator writes."""
    return said("systemd-escape", "--template", "tocsin-worker@.service", queues).strip()


def said(*command, folder=None):
    """What a program of systemd says, on either stream; it finds our units beside its own."""
    place = {} if folder is None else {"SYSTEMD_UNIT_PATH": f"{folder}:"}
    done = subprocess.run(
        command,
        env={**os.environ, **place},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_systemd_finds_nothing_wrong(units):
    paths = [str(units.folder / name) for name in names()]
    assert said("systemd-analyze", "verify", "--man=no", *paths, folder=units.folder) == ""


def test_systemd_would_have_found_it(units):
    with (units.folder / "tocsin-.service.d" / "common.conf").open("a") as file:
        file.write("ProtectEverything=yes\n")
    found = said(
        "systemd-analyze", "verify", "--man=no", str(units.folder / "tocsin-beat.service"), folder=units.folder
    )
    assert "'ProtectEverything'" in found


def test_they_may_do_little(units):
    for name in names():
        said(
            "systemd-analyze",
            "security",
            "--offline=true",
            f"--threshold={MOST_EXPOSED}",
            str(units.folder / name),
            folder=units.folder,
        )


def test_what_they_share_reaches_all_of_them(units):
    """systemd itself, unlike its tools, does not look into a folder of drop-ins that is a link."""
    for folder in units.folder.glob("*.d"):
        assert not folder.is_symlink()
        assert (folder / "common.conf").read_text() == (SHIPPED / "tocsin-.service.d" / "common.conf").read_text()
    assert {folder.name for folder in units.folder.glob("*.d")} == {"tocsin.service.d", "tocsin-.service.d"}


def test_their_program_lies_where_it_is_installed():
    starts = [
        line for unit in SHIPPED.glob("*.service") for line in unit.read_text().splitlines() if "ExecStart=" in line
    ]
    assert len(starts) == 4
    assert all(line.startswith(f"ExecStart={PROGRAMS}tocsin ") for line in starts)


def test_the_user_is_made(units, tmp_path):
    root = tmp_path / "root"
    said("systemd-sysusers", f"--root={root}", str(SHIPPED / "sysusers.d" / "tocsin.conf"))
    user = (root / "etc" / "passwd").read_text().strip().split(":")
    unit = units.read("tocsin.service", of={"S": "/var/lib", "E": "/etc"})
    assert (user[0], user[5], user[6]) == (unit.one("User"), unit.one("WorkingDirectory"), "/usr/sbin/nologin")


class Started:
    """Processes as systemd starts them: with what the unit gives them, and nothing of ours."""

    def __init__(self, newsroom, units, state):
        self._newsroom = newsroom
        self._units = units
        self._of = {"S": str(state / "lib"), "E": str(state / "etc")}
        (state / "etc").mkdir(parents=True)
        (state / "etc" / "tocsin").symlink_to(newsroom.home.config)
        (state / "lib" / "tocsin").mkdir(parents=True)
        secrets = newsroom.home.config / "tocsin.env"
        secrets.write_text(f"RECEIVER_SECRET={SECRET}\n")

    def __call__(self, name, options="", *, manager=None, jailed=False):
        unit = self._units.read(name, of=self._of)
        kept = {name: os.environ[name] for name in ("PATH", "SSL_CERT_FILE")}
        env = {**kept, **unit.environment(), "OPTIONS": options}
        if manager is not None:
            env |= {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "2000000"}
        command = unit.command(env)
        process = Running(unit.jailed(command) if jailed else command, env=env, cwd=Path(unit.one("WorkingDirectory")))
        self._newsroom.started.append(process)
        return process


@pytest.mark.long
def test_the_whole_service_under_its_restrictions(tmp_path, units, feed_server, receiver):
    """It says when it is up, that it is alive, and that it stops; children cannot speak for it; an alert arrives.

    What is compiled and what starts processes is in use: regular expressions, the telling of languages, the parser's process.
    """
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom, closing(ServiceManager()) as manager:
        notify = [{"subscriber": "desk"}]
        watch_list = {"name": "List", "query": r"/ukrain\w+/", "languages": ["en"], "notify": notify}
        newsroom.home.write("watchlists", watch_lists=[watch_list])
        up = Started(newsroom, units, tmp_path / "state")("tocsin.service", "--no-web", manager=manager, jailed=True)
        manager.wait_for("READY=1")
        assert manager.said[0] == "READY=1"
        long = Item(
            "n",
            "Ukraine begins to speak of a new harvest",
            "The grain is late. " * (PARSED_BESIDE // 19),
            "http://127.0.0.1/n",
            datetime.now(UTC),
        )
        short = Item(
            "m",
            "Ukrainian grain is late again this year",
            "The harvest begins.",
            "http://127.0.0.1/m",
            datetime.now(UTC),
        )
        feed_server.publish(FEED, rss([long, short], title="Stream", language=None))
        newsroom.wait_until_told(short.title, 60)
        manager.wait_for("WATCHDOG=1", 3)
        status = Path(f"/proc/{up.pid}/status").read_text()
        assert "\nSeccomp:\t2\n" in status
        for pid in up.descendants():
            environ = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"NOTIFY_SOCKET=" not in environ
            assert b"WATCHDOG_USEC=" not in environ
        up.stop()
        assert up.returncode == 0
        manager.wait_for("STOPPING=1")
        assert manager.said.count("READY=1") == manager.said.count("STOPPING=1") == 1
        assert manager.said[-1] == "STOPPING=1"


@pytest.mark.long
def test_each_role_by_its_unit(tmp_path, units, feed_server, receiver, redis_url):
    with closing(Newsroom(tmp_path, feed_server, receiver, broker_url=redis_url)) as newsroom:
        start = Started(newsroom, units, tmp_path / "state")
        newsroom.home.env["TOCSIN_DATA_DIR"] = str(tmp_path / "state" / "lib" / "tocsin")
        newsroom.home.run("apply")
        port = free_port()
        # One for all queues: this is about the units, and each process takes a while to come up.
        roles = [start(worker(",".join(QUEUES)), "--concurrency 1"), start("tocsin-beat.service")]
        roles += [start("tocsin-web.service", f"--port {port}")]
        newsroom.publish_and_wait("Ukraine begins", 60)
        roles[-1].wait_for(lambda: answers(port), "the web role")
        for role in roles:
            role.stop()


def answers(port):
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
    except OSError:
        return False
