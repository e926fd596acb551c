"""Progress bars: on a terminal only, and the terminal is left in order."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from servers.documents import Item, dated, rss
from servers.terminal import CTRL_C, HIDDEN, SHOWN, Terminal
from servers.tocsin import COMMAND, Home

pytestmark = pytest.mark.long

OPML = '<opml version="2.0"><body><outline type="rss" text="A" xmlUrl="https://a.example/feed"/></body></opml>'
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def home(tmp_path, feed_server):
    home = Home(tmp_path, fetch_allow=[feed_server.address])
    body = rss(dated([Item("1", "Ukraine", "Text", "http://127.0.0.1/1")], datetime.now(UTC)), title="One")
    urls = [feed_server.publish("/one.xml", body), feed_server.publish("/two.xml", rss([], title="Two"))]
    home.write("feeds", feeds=[{"url": url} for url in urls])
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
    home.write(
        "watchlists", watch_lists=[{"name": "Ukraine", "keywords": ["Ukraine"], "notify": [{"subscriber": "desk"}]}]
    )
    (tmp_path / "list.opml").write_text(OPML)
    (tmp_path / "queries.json").write_text(json.dumps([{"name": "Corn", "search": "corn"}]))
    home.run("apply")
    return home


@pytest.fixture
def at_terminal(home):
    opened = []

    def start(*arguments, **options):
        opened.append(Terminal([COMMAND, *arguments], env=home.env, cwd=home.folder, **options))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def held_up(feed_server):
    """A server whose second feed answers once this is set."""
    answers = threading.Event()

    def body():
        answers.wait(60)
        return rss([], title="Two")

    feed_server.publish("/two.xml", body)
    yield answers
    answers.set()


def is_in_order(screen):
    return HIDDEN in screen and screen.rindex(SHOWN) > screen.rindex(HIDDEN)


@pytest.mark.parametrize("columns", [80, 40])
def test_a_poll_shows_how_many_feeds_are_through(at_terminal, held_up, columns):
    terminal = at_terminal("poll", columns=columns)
    terminal.wait_for("1/2")
    held_up.set()
    assert terminal.end() == 0
    assert "polling" in terminal.screen
    assert is_in_order(terminal.screen)
    assert "outcome" in terminal.screen[terminal.screen.rindex(SHOWN) :], "the table comes when the bar is gone"


def test_ctrl_c_leaves_the_terminal_in_order(at_terminal, held_up):
    terminal = at_terminal("poll")
    terminal.wait_for("1/2")
    terminal.press(CTRL_C)
    assert terminal.end() == 130
    assert is_in_order(terminal.screen)
    assert "Traceback" not in terminal.screen


def test_without_colours_there_is_a_bar_without_colours(at_terminal, held_up):
    terminal = at_terminal("poll", changed={"NO_COLOR": "1"})
    terminal.wait_for("1/2")
    held_up.set()
    assert terminal.end() == 0
    assert not {code for code in COLOUR.findall(terminal.screen) if re.search(r"\[(3|4|9)\d|;(3|4|9)\d", code)}


def test_a_terminal_that_can_only_write_shows_none(at_terminal):
    terminal = at_terminal("poll", changed={"TERM": "dumb"})
    assert terminal.end() == 0
    assert "\x1b" not in terminal.screen
    assert "polling" not in terminal.screen
    assert "outcome" in terminal.screen


SLOW = [
    (("feeds", "import", "list.opml"), "adding feeds"),
    (("watch", "import", "queries.json", "--notify", "desk"), "adding watch lists"),
    (("deliveries", "replay", "--since", "1h"), "making messages due again"),
    (("apply",), "applying the files"),
]


@pytest.mark.parametrize(("arguments", "said"), SLOW, ids=lambda given: given[0] if isinstance(given, tuple) else "")
def test_what_waits_for_another_writer_says_what_it_is_at(home, at_terminal, arguments, said):
    if arguments == ("apply",):
        home.write("feeds", feeds=[])
    with closing(sqlite3.connect(home.folder / "var" / "tocsin.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        terminal = at_terminal(*arguments)
        terminal.wait_for(said)
        other.execute("ROLLBACK")
    assert terminal.end() == 0
    assert is_in_order(terminal.screen)


@pytest.mark.parametrize(
    "arguments",
    [*(arguments for arguments, _ in SLOW), ("poll",), ("watch", "preview", "Ukraine"), ("search", "ukraine")],
    ids=lambda given: " ".join(given[:2]),
)
def test_piped_there_are_the_results_only(home, arguments):
    done = home.run(*arguments)
    assert "\x1b" not in done.stdout + done.stderr
    assert not [said for said in ("polling", "archive", "adding", "making", "applying") if said in done.stderr]


LATE = """
import sys
from worker.cli.progress import progress
with progress("looking", {count}, late=True) as step:
    step(2)
    sys.stdin.readline()
    with progress("within", None) as inner:
        inner()
print("done")
"""


@pytest.mark.parametrize("count", [None, 1])
def test_what_seldom_takes_long_shows_a_bar_once_it_does(home, count):
    command = [sys.executable, "-c", LATE.format(count=count)]
    terminal = Terminal(command, env=home.env, cwd=home.folder)
    terminal.wait_for("looking")
    terminal.press(b"\n")
    assert terminal.end() == 0
    assert is_in_order(terminal.screen)
    assert "within" not in terminal.screen
    assert " 2 " in COLOUR.sub("", terminal.screen)


LOGGED = """
import logging, sys
from config.logging import configure
from worker.cli.progress import progress
configure("INFO", stream=sys.stderr, json=False)
with progress("looking", None):
    sys.stdin.readline()
    logging.getLogger("x").warning("beside it")
    sys.stdin.readline()
logging.getLogger("x").warning("afterwards")
"""


def test_what_is_logged_meanwhile_stands_above_the_bar(home):
    terminal = Terminal([sys.executable, "-c", LOGGED], env=home.env, cwd=home.folder)
    terminal.wait_for("looking")
    terminal.press(b"\n")
    terminal.wait_for("beside it")
    before = terminal.screen.partition("beside it")[0]
    assert "\x1b[2K" in before[before.rindex("looking") :], "the bar is taken away first"
    terminal.press(b"\n")
    assert terminal.end() == 0
    assert "afterwards" in terminal.screen[terminal.screen.rindex(SHOWN) :]
