"""Escape codes go to terminals that take them, and to nobody else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
import typer.main
from servers.documents import Item, rss
from servers.feeds import FeedServer
from servers.terminal import Terminal
from servers.tocsin import Home

from worker.cli.app import app

pytestmark = pytest.mark.long

MOVES = re.compile(r"\x1b\[(\?25[hl]|\d*[AK])")
"""How a progress bar goes where it was."""

PLAIN = {"NO_COLOR": {"NO_COLOR": "1"}, "dumb": {"TERM": "dumb"}}


def commands(command=None, path=()):
    """All commands and groups, as the words that call them."""
    command = command or typer.main.get_command(app)
    yield path
    for name, under in sorted(getattr(command, "commands", {}).items()):
        yield from commands(under, (*path, name))


def test_help_is_plain_for_whoever_wants_it_so(prompt, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for path in commands():
        done = prompt(*path, "--help")
        assert (done.code, done.err) == (0, ""), path
        assert done.out.startswith("Usage: tocsin"), path
        assert "\x1b" not in done.out, path
        assert "─" not in done.out, path


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with closing(FeedServer()) as server:
        home = Home(tmp_path_factory.mktemp("home"), fetch_allow=[server.address])
        story = Item("1", "Grain ships leave Ukraine", "Text.", "http://127.0.0.1/1", datetime.now(UTC))
        home.write("feeds", feeds=[{"url": server.publish("/grain", rss([story])), "name": "North"}])
        home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
        notify = [{"subscriber": "desk"}]
        home.write("watchlists", watch_lists=[{"name": "Grain", "keywords": ["grain"], "notify": notify}])
        home.run("poll")
        yield home


SHOWN = [
    ("--help",),
    ("feeds", "add", "--help"),
    ("nonsense",),
    ("feeds", "list"),
    ("feeds", "history", "North"),
    ("feeds", "list", "--json"),
    ("watch", "list"),
    ("watch", "preview", "grain"),
    ("watch", "explain", "Grain", "http://127.0.0.1/1"),
    ("watch", "lint"),
    ("subscribers", "list"),
    ("subscribers", "test", "desk"),
    ("subscribers", "preview", "desk"),
    ("subscribers", "coverage"),
    ("alerts", "list"),
    ("alerts", "show", "alt_1"),
    ("alerts", "tail", "--no-follow"),
    ("stories", "list"),
    ("stories", "show", "sty_1"),
    ("deliveries", "list"),
    ("output", "list"),
    ("search", "grain"),
    ("why", "http://127.0.0.1/1"),
    ("poll",),
    ("status",),
    ("check",),
    ("plan",),
]


ALL = """
import json, sys
from worker.cli import run
for arguments in json.loads(sys.argv[1]):
    print("$", *arguments, flush=True)
    run(arguments)
"""
"""Runs one command after the other, which takes a tenth of the time of as many processes."""

COMMAND_LINE = [sys.executable, "-c", ALL, json.dumps(SHOWN)]


def shown_by(written):
    """What each command wrote."""
    first, *parts = written.replace("\r\n", "\n").split("\n$ ")
    return dict(part.split("\n", 1) for part in [first.removeprefix("$ "), *parts])


def test_piped_all_is_plain(home):
    done = subprocess.run(
        COMMAND_LINE,
        env=home.env,
        cwd=home.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    assert not [command for command, text in shown_by(done.stdout).items() if "\x1b" in text]


@pytest.mark.parametrize("how", PLAIN)
def test_a_terminal_is_spared_them_where_that_is_wanted(home, how):
    terminal = Terminal(COMMAND_LINE, env=home.env, cwd=home.folder, changed=PLAIN[how])
    assert terminal.end() == 0
    shown = shown_by(terminal.screen)
    assert [*shown] == [" ".join(arguments) for arguments in SHOWN]
    assert not [command for command, text in shown.items() if "\x1b" in MOVES.sub("", text)]
    assert all(shown.values())


def test_any_other_terminal_gets_them(home):
    terminal = Terminal(COMMAND_LINE, env=home.env, cwd=home.folder)
    assert terminal.end() == 0
    shown = shown_by(terminal.screen)
    assert all("\x1b[" in shown[command] for command in ("--help", "nonsense", "alerts show alt_1", "feeds list"))
    assert "\x1b" not in shown["feeds list --json"]
