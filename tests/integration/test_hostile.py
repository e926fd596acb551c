"""A hostile server, polled by the real service: nothing reaches inside, nothing stops, swells or delays the worker."""

from __future__ import annotations

import re
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers.canary import Canary
from servers.documents import items, rss
from servers.hostile.doors import AT_TLS
from servers.hostile.server import HostileServer
from servers.hostile.visit import MOST, PIECE
from servers.tocsin import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.feeds import FeedServer
    from servers.hostile.endpoint import Endpoint
    from servers.tocsin import Running

FEWEST = 80  # endpoints (issue 3)
HEALTHY = 20
EVERY = 2.0  # seconds between two polls of a healthy feed
TICK = 1.0  # the setting's default
CALM = 15.0  # seconds in which the usual delay is measured
OWN_REQUEST = 30.0  # seconds from an endpoint's request to its outcome (issue 3)
SLOWEST = 20.0  # seconds that one exchange may take (worker.fetch.model.FetchLimits)
SWELL = 64 << 10  # kB by which a process of the service may grow (issue 3)
PARSER = 320 << 10  # kB of a parser beside a worker: the largest document, 20 MB, some ten times over, and the program
IS_PARSER = " -m worker.parsing "
PATIENCE = 75.0  # seconds for all of them to be polled


@pytest.fixture
def canary() -> Iterator[Canary]:
    with closing(Canary()) as canary:
        yield canary


@pytest.fixture
def hostile(canary: Canary) -> Iterator[HostileServer]:
    with closing(HostileServer(canary.port)) as server:
        yield server


# The servers themselves


def said(server: HostileServer, path: str, most: int = 1 << 20, within: float = 10.0, *, door: str = "") -> bytes:
    """What the server says at `path`, as far as it comes in time; ends early where the server does."""
    host, _, port = (door or server.places.here).rpartition(":")
    heard = bytearray()
    deadline = time.monotonic() + within
    with socket.create_connection((host, int(port)), timeout=within) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        while len(heard) < most and (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            try:
                piece = connection.recv(1 << 16)
            except TimeoutError:
                break
            if not piece:
                break
            heard += piece
    return bytes(heard)


def by_request(server: HostileServer) -> list[str]:
    """Paths that are met by a plain request."""
    return [path for path, one in server.endpoints.items() if one.seen and one.template.startswith("http://{here}")]


def test_there_are_enough_endpoints_of_every_outcome(hostile: HostileServer) -> None:
    assert len(hostile.endpoints) >= FEWEST
    outcomes = {word for one in hostile.endpoints.values() for word in one.ending.outcome.split("|")}
    assert outcomes == {"new", "unchanged", "error", "backoff", "gone", "blocked"}
    # Whatever is stored comes of a document that was read, and nothing else is without a word of explanation.
    for one in hostile.endpoints.values():
        read = one.ending.outcome.startswith("new")
        assert read or not one.ending.items, one.path
        assert read == (one.ending.error is None), one.path


def test_every_endpoint_is_met_and_ends_when_the_visitor_goes(hostile: HostileServer) -> None:
    paths = by_request(hostile)
    with ThreadPoolExecutor(48) as pool:
        heard = dict(zip(paths, pool.map(partial(_brief, hostile), paths), strict=True))
    mute = {path for path, answer in heard.items() if answer == b""}
    assert mute == {"/drips/silence", "/drips/redirects", "/resets/before-the-answer", "/ends/before-the-answer"}
    hostile.wait_until(lambda: all(one.ended for path in paths for one in hostile.asked(path)), 10, hostile.unfinished)
    assert [path for path in paths if len(hostile.asked(path)) != 1] == []
    assert hostile.strays == []
    assert hostile.faults == []


def _brief(server: HostileServer, path: str) -> bytes:
    try:
        return said(server, path, most=1 << 16, within=1.0)
    except ConnectionError:
        # Broken off, which takes with it what had not been read: ask whether anything came before.
        return b"" if path == "/resets/before-the-answer" else b"broken off"


def test_lengths_and_ends_are_as_wrong_as_they_claim(hostile: HostileServer) -> None:
    head, body = said(hostile, "/framing/length-one-too-long").split(b"\r\n\r\n", 1)
    assert b"Content-Length: %d\r\n" % (len(body) + 1) in head + b"\r\n"
    both = said(hostile, "/framing/length-and-chunked")
    assert b"Content-Length: " in both
    assert b"Transfer-Encoding: chunked" in both
    assert said(hostile, "/framing/length-and-chunked").endswith(b"0\r\n\r\n")
    assert not said(hostile, "/framing/chunk-last-missing").endswith(b"0\r\n\r\n")
    assert said(hostile, "/heads/no-head").startswith(b"<?xml")
    assert said(hostile, "/bombs/gzip").partition(b"\r\n\r\n")[2].startswith(b"\x1f\x8b")


def test_resets_are_resets(hostile: HostileServer) -> None:
    for path in ("/resets/before-the-answer", "/resets/in-the-body"):
        with pytest.raises(ConnectionResetError):
            said(hostile, path)
    with pytest.raises(ConnectionError):
        said(hostile, "/", door=hostile.places.slam)
    assert len(hostile.asked("/resets/at-accept")) == 1
    assert said(hostile, "/ends/before-the-answer") == b""


def test_a_handshake_meets_a_plain_answer(hostile: HostileServer) -> None:
    host, _, port = hostile.places.here.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01\x00\x05hello")
        assert connection.recv(1024).startswith(b"HTTP/1.1 400 ")
    assert len(hostile.asked(AT_TLS)) == 1


def test_drips_are_slow_and_the_endless_end_after_all(hostile: HostileServer) -> None:
    assert 0 < len(said(hostile, "/drips/head", within=1.0)) < 20
    assert MOST - PIECE <= len(said(hostile, "/endless/plain", most=2 * MOST)) <= MOST


def test_redirects_know_the_places(hostile: HostileServer, canary: Canary) -> None:
    answer = said(hostile, "/targets/userinfo").decode()
    assert f"Location: http://{hostile.places.here}@127.0.0.1:{canary.port}/x\r\n" in answer
    assert "Location: /redirects/11-hops/4\r\n" in said(hostile, "/redirects/11-hops/3").decode()
    assert "Location" not in said(hostile, "/redirects/10-hops/10").decode()


def test_closing_does_not_wait_for_visitors(canary: Canary) -> None:
    server = HostileServer(canary.port)
    host, _, port = server.places.here.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /drips/silence HTTP/1.1\r\n\r\n")
        server.wait_until(lambda: bool(server.asked("/drips/silence")), 10, lambda: "no visitor")
        began = time.monotonic()
        server.close()
        assert time.monotonic() - began < 5
        assert connection.recv(1) == b""


def test_the_canary_sees_whoever_comes_at_any_of_its_addresses(canary: Canary) -> None:
    assert canary.seen == []
    forms = [*canary.addresses, "localhost", "0.0.0.0", "2130706433", "127.1"]
    for form in forms:
        with socket.create_connection((form, canary.port), timeout=10) as connection:
            connection.sendall(b"GET /secret HTTP/1.1\r\n\r\n")
            connection.recv(1)
    seen = canary.wait_for(len(forms))
    assert [one.address for one in seen[: len(canary.addresses)]] == canary.addresses
    assert {one.said.partition(b" ")[0] for one in seen} == {b"GET"}


# The service


@dataclass(frozen=True, slots=True)
class Service:
    """An installation, its process tree, and the lines of the healthy feeds, which it polls from the beginning."""

    home: Home
    running: Running
    lines: list[dict[str, str]]


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer, feed_server: FeedServer) -> Iterator[Service]:
    """The whole service, which may reach the hostile server's doors and the healthy feeds, and nothing else."""
    home = Home(tmp_path, fetch_allow=[*hostile.allowed, feed_server.address])
    lines = healthy(feed_server)
    home.write("feeds", feeds=lines)
    with closing(home.start("up")) as running:
        yield Service(home, running, lines)


def healthy(feed_server: FeedServer) -> list[dict[str, str]]:
    """Publish the healthy feeds, each of which gains an item every five seconds; return their lines."""
    began = time.monotonic()

    def document(number: int) -> bytes:
        count = 3 + int(time.monotonic() - began) // 5
        return rss(items(count, title=f"Market {number}, day {{}}"), title=f"Market {number}")

    return [
        {
            "url": feed_server.publish(f"/healthy/{number}", partial(document, number)),
            "name": f"healthy {number}",
            "every": f"{EVERY:g}s",
        }
        for number in range(HEALTHY)
    ]


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.unmeasured
def test_nothing_reaches_inside_or_stops_swells_or_delays_the_worker(
    service: Service, hostile: HostileServer, canary: Canary, feed_server: FeedServer
) -> None:
    home, up = service.home, service.running
    for number in range(HEALTHY):  # every process of the pool has polled, parsed and stored
        feed_server.wait_for(f"/healthy/{number}", 4, timeout=60)
    calm_from = time.monotonic()
    time.sleep(CALM)
    memory = Memory(up)
    workers = worker_pids(up)
    assert workers

    calm_until = time.monotonic()
    endpoints = list(hostile.endpoints.values())
    ours = [{"url": hostile.url(one), "name": one.name, "every": one.every, **one.settings} for one in endpoints]
    home.write("feeds", feeds=[*service.lines, *ours])
    deadline = time.monotonic() + PATIENCE
    while (left := hostile.unfinished()) and time.monotonic() < deadline:
        memory.look()
        time.sleep(0.25)
    done = time.monotonic()
    assert left == [], up.complaints[-40:]

    rows = {row["name"]: row for row in settled(home, endpoints)}
    memory.look()
    usual = delays(feed_server, calm_from, calm_until)
    meanwhile = delays(feed_server, calm_until, done)
    shown = [f"{most(found):.2f} (at most {max(found):.2f})" for found in (usual, meanwhile)]
    print(
        f"{len(endpoints)} endpoints in {done - calm_until:.0f} s; delay usually {shown[0]} s, meanwhile {shown[1]} s"
    )
    print("kB grown:", *sorted(memory.grown().items(), key=lambda one: -one[1]), sep="\n")

    wrong = [fault for one in endpoints if (fault := difference(one, rows[one.name], hostile))]
    assert wrong == [], "\n".join(wrong)
    assert canary.seen == []
    assert worker_pids(up) == workers
    assert {name: kb for name, kb in memory.grown().items() if kb > (PARSER if IS_PARSER in name else SWELL)} == {}
    # A tick more: a feed that falls due just behind a tick waits for the next, and which of the two it is, is chance.
    assert most(meanwhile) <= 2 * most(usual) + TICK
    # And nobody, ever, has waited for a server that says nothing.
    assert max(meanwhile) < SLOWEST / 2
    for number in range(HEALTHY):
        row = rows[f"healthy {number}"]
        assert (row["state"], row["last_error"]) == ("ok", None)
        assert row["items"] > 3
    up.stop()


def settled(home: Home, endpoints: list[Endpoint], within: float = 15.0) -> list[dict[str, object]]:
    """The rows of `feeds list`, once every endpoint has been polled: the last outcomes may not be written yet."""
    names = {one.name for one in endpoints}
    deadline = time.monotonic() + within
    while True:
        rows = home.json("feeds", "list")
        waiting = sorted(row["name"] for row in rows if row["name"] in names and row["last_polled_at"] is None)
        if not waiting and names <= {row["name"] for row in rows}:
            return rows
        assert time.monotonic() < deadline, f"never polled: {waiting}"
        time.sleep(0.5)


def difference(one: Endpoint, row: dict, server: HostileServer) -> str:
    """What is not as documented of an endpoint's row; "" where all is."""
    ending, error = one.ending, row["last_error"]
    explained = error is None if ending.error is None else re.search(ending.error, error or "") is not None
    asked = [visit.at for visit in server.asked(one.path)]
    polled = datetime.fromisoformat(row["last_polled_at"]).timestamp()
    began = asked[0] if one.polls == 1 and asked else max((at for at in asked if at <= polled), default=polled)
    as_documented = (
        re.fullmatch(ending.outcome, row["last_outcome"])
        and row["last_status"] == ending.status
        and re.fullmatch(ending.state, row["state"])
        and row["items"] == ending.items
        and explained
        and polled - began <= OWN_REQUEST
    )
    if as_documented:
        return ""
    told = {key: row[key] for key in ("last_outcome", "last_status", "state", "items", "last_error")}
    return f"{one.path} after {polled - began:.1f} s: {told} instead of {ending}"


def delays(feed_server: FeedServer, since: float, until: float) -> list[float]:
    """By how many seconds each poll of a healthy feed came later than its interval, the one outstanding at the end too."""
    found = []
    for number in range(HEALTHY):
        asked = [request.at for request in feed_server.requests(f"/healthy/{number}") if request.at <= until]
        found += [max(0.0, b - a - EVERY) for a, b in pairwise([*asked, until]) if b > since]
    return found


def most(found: list[float]) -> float:
    """The delay that nineteen in twenty do not exceed."""
    return statistics.quantiles(found, n=20, method="inclusive")[-1]


def worker_pids(running: Running) -> set[int]:
    """The workers' main processes and their pools; not the processes beside them, which exist to be stopped."""
    return {pid for pid, line in running.descendants().items() if " worker " in line and " -Q " in line}


class Memory:
    """How far the processes of a service have grown since now. Kilobytes, from proc_pid_status(5)."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._level: dict[int, int] = {}
        self._line: dict[int, str] = {}
        self._peak: dict[int, int] = {}
        for pid in running.descendants():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew (proc_pid_clear_refs(5))
        self.look()
        self._level = dict(self._peak)

    def look(self) -> None:
        """Take the peaks of all processes; one that ends leaves its last."""
        for pid, line in self._running.descendants().items():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                self._line[pid] = line
                self._peak[pid] = max(self._peak.get(pid, 0), int(found[1]))

    def grown(self) -> dict[str, int]:
        """PID and command line of every process that there was, and by how many kB it had grown at its largest.

        One that was not there at the beginning counts from nothing.
        """
        return {f"{pid} {self._line[pid]}": peak - self._level.get(pid, 0) for pid, peak in self._peak.items()}
