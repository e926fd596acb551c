"""A walk through the pages as a new user: from an empty folder, each command that they show, and what it prints."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from servers.documents import Item, rss
from servers.machine import Machine
from servers.transcript import File, read

from worker.service.newswire import free_port

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
NOT_TYPED = {"make test": "this test is one of those that it runs"}


@pytest.fixture
def wire(feed_server):
    """A feed as a publisher has it, with news of this moment about Ukraine, and its OPML list."""
    link = "http://127.0.0.1/grain-corridor"
    now = datetime.now(UTC)
    items = [
        Item("corridor", "Ukraine opens a new grain corridor", "Kyiv says that ships sail on Monday.", link, now),
        Item("match", "A football match was played", "Nobody won.", "http://127.0.0.1/match", now),
    ]
    feed = feed_server.publish("/world.xml", rss(items, title="World"))
    other = feed_server.publish("/ours.xml", rss([], title="Ours"))
    outline = f'<opml version="2.0"><body><outline type="rss" text="Ours" xmlUrl="{other}"/></body></opml>'
    return {
        "https://news.example/world.xml": feed,
        "https://feeds.bbci.co.uk/news/world/rss.xml": feed,
        "https://example.org/our-feeds.opml": feed_server.publish("/ours.opml", outline.encode()),
        "https://news.example/grain-corridor": link,
    }


@pytest.fixture
def given(feed_server, receiver, mail_sink):
    """What lets processes of this test reach its servers, and nothing else."""
    return {
        "TOCSIN_FETCH_ALLOW": f'["{feed_server.address}"]',
        "TOCSIN_DELIVER_ALLOW": f'["{receiver.address}"]',
        "TOCSIN_SMTP_URL": mail_sink.url,
    }


def walk(machine, page):
    """Follow the page; return how many commands were typed."""
    typed = 0
    for step in read(page):
        if isinstance(step, File):
            machine.write(step)
        elif step.command not in NOT_TYPED:
            print("$", step.command)
            print(machine.type(step), end="")
            typed += 1
    return typed


def release(folder):
    """Build what a release consists of, with its sums."""
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    made = (one for kind in ("*.tar.gz", "*.whl") for one in folder.glob(kind))
    sums = [f"{sha256(one.read_bytes()).hexdigest()}  {one.name}\n" for one in made]
    (folder / "SHA256SUMS").write_text("".join(sums))


def test_operating(tmp_path, wire, given, receiver):
    port = str(free_port())
    said = {
        **wire,
        "https://hooks.example/desk": receiver.url("/desk"),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{port}",
    }
    with closing(Machine(tmp_path / "machine", said=said, environment=given, options=f"--port {port}")) as machine:
        release(machine.home)
        assert walk(machine, (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")) > 50
    told = [one for one in receiver.accepted if one.json["type"] == "alert.created"]
    assert {one.json["data"]["item"]["title"] for one in told} == {"Ukraine opens a new grain corridor"}
    # Three installations told it: one after a restore, an upgrade and a replay, still under one key, and two of Compose.
    assert len({one.key for one in told}) == 3
    assert len(told) > 3


def test_readme(tmp_path, wire, given, receiver, mail_sink):
    """In the checkout, as it is meant to be read; what is written goes to a home of its own."""
    port = str(free_port())
    kyiv = datetime.now(ZoneInfo("Europe/Kyiv"))
    quiet = "-".join(f"{kyiv + timedelta(hours=hours):%H:00}" for hours in (4, 6))
    said = {
        **wire,
        "https://example.org/hook": receiver.url("/hook"),
        "ntfy://ntfy.sh/": f"ntfy://{receiver.address}/",
        "quiet_hours: 22:00-07:00": f"quiet_hours: {quiet}",
        "tocsin up": f"tocsin up --port {port}",
    }
    home = tmp_path / "machine" / "home" / "operator"
    environment = {**given, "TOCSIN_DATA_DIR": str(tmp_path / "var"), "ARGS": f"--port {free_port()}"}
    with closing(Machine(tmp_path / "machine", said=said, environment=environment)) as machine:
        machine.enter(ROOT)
        page = (ROOT / "README.md").read_text(encoding="utf-8").replace("~/", f"{home}/")
        assert walk(machine, page) >= 5
    assert {one.path for one in receiver.accepted} == {"/hook", "/"}
    mail_sink.wait_for(1)
