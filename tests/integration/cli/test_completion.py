"""Completion, as shells ask for it: commands, options, and names that are in the database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers.terminal import Terminal
from servers.tocsin import COMMAND, Home

pytestmark = pytest.mark.long

HEAVY = (
    *("sqlalchemy", "alembic", "celery", "kombu", "redis", "rich", "httpx", "aiohttp", "pydantic", "lxml", "yaml"),
    *("structlog", "babel", "feedparser", "psycopg", "fastapi", "apprise", "asyncio", "ssl", "sqlite3"),
)
BASH = shutil.which("bash")


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.write(
        "feeds",
        feeds=[
            {"url": "https://one.example/feed", "name": "BBC World"},
            {"url": "https://user:secret@two.example/feed"},
        ],
    )
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
    notify = [{"subscriber": "desk"}]
    lists = [{"name": name, "keywords": [name.lower()], "notify": notify} for name in ("Ukraine", "Grain & corn")]
    home.write("watchlists", watch_lists=lists)
    return home


@pytest.fixture
def filled(home):
    home.run("apply")
    return home


def asked(home, line, **changed):
    """What bash is offered for the last word of a line; nothing may be said beside that."""
    words = line.split(" ")
    env = home.env | {"_TOCSIN_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [COMMAND], env=env | changed, cwd=home.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("tocsin fe", ["feeds"]),
        ("tocsin feeds re", ["remove"]),
        ("tocsin feeds list --js", ["--json"]),
        ("tocsin watch add a b --when da", [r"daily\ at\ 08:00"]),
        ("tocsin watch edit Ukraine --alert u", ["updates"]),
        ("tocsin alerts list --state h", ["held"]),
        ("tocsin deliveries list --state q", ["quarantined"]),
        ("tocsin deliveries replay --state a", ["ambiguous"]),
        ("tocsin alerts mark alt_1 n", ["noise"]),
        ("tocsin search x --by n", ["newest"]),
        ("tocsin subscribers add x --timezone Europe/Ky", ["Europe/Kyiv"]),
        ("tocsin feeds remove ", [r"BBC\ World", "https://two.example/feed"]),
        ("tocsin poll BB", [r"BBC\ World"]),
        ("tocsin feeds pause https", ["https://one.example/feed", "https://two.example/feed"]),
        ("tocsin watch remove ", [r"Grain\ \&\ corn", "Ukraine"]),
        ("tocsin alerts list --list U", ["Ukraine"]),
        ("tocsin subscribers test ", ["desk"]),
        ("tocsin why http://x --subscriber d", ["desk"]),
    ],
)
def test_values_are_completed(filled, line, offered):
    assert asked(filled, line) == offered


def test_names_are_read_while_a_service_writes(filled):
    with_service = filled.folder / "var" / "tocsin.db-wal"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(filled.folder / "var" / "tocsin.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert writer.stdout.readline() == b"written\n"
        assert with_service.exists()
        assert asked(filled, "tocsin watch remove ") == [r"Grain\ \&\ corn", "Newest", "Ukraine"]
    finally:
        writer.communicate()


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("UPDATE watch_lists SET name = 'Newest' WHERE name = 'Newer'")
columns = [row[1] for row in connection.execute("PRAGMA table_info(watch_lists)") if row[1] not in ("id", "name")]
listed = ", ".join(columns)
connection.execute(
    f"INSERT INTO watch_lists (name, {listed}) SELECT 'Newest', {listed} FROM watch_lists WHERE name = 'Ukraine'"
)
connection.commit()
print("written", flush=True)
sys.stdin.read()
"""


def test_where_nothing_is_there_nothing_is_offered_and_nothing_made(home):
    assert asked(home, "tocsin feeds remove ") == []
    assert not (home.folder / "var").exists()
    assert asked(home, "tocsin watch remove ", TOCSIN_CONFIG=str(home.folder / "nowhere")) == []
    assert asked(home, "tocsin watch remove ", TOCSIN_DATABASE_URL="nonsense") == []
    assert asked(home, "tocsin watch remove ", TOCSIN_DATABASE_URL="postgresql+psycopg://u:p@127.0.0.1:1/x") == []
    (home.folder / "var").mkdir()
    (home.folder / "var" / "tocsin.db").write_bytes(b"no database" * 100)
    assert asked(home, "tocsin watch remove ") == []
    assert [path.name for path in (home.folder / "var").iterdir()] == ["tocsin.db"]


def test_looking_changes_nothing(filled):
    database = filled.folder / "var"
    before = {path.name: path.stat().st_mtime_ns for path in database.iterdir()}
    assert asked(filled, "tocsin watch remove ")
    assert {path.name: path.stat().st_mtime_ns for path in database.iterdir()} == before


def test_the_folder_that_stands_in_the_line_counts(filled):
    other, elsewhere = filled.folder / "other", filled.folder / "elsewhere"
    other.mkdir()
    (filled.folder / "var").rename(elsewhere)
    (other / "settings.yaml").write_text(f"settings: {{data_dir: {elsewhere}}}")
    del filled.env["TOCSIN_DATA_DIR"]
    assert asked(filled, "tocsin watch remove ") == []
    assert asked(filled, "tocsin watch remove --config other ") == [r"Grain\ \&\ corn", "Ukraine"]


@pytest.mark.parametrize(
    ("shell", "offered"), [("zsh", '(("Grain & corn"\n"Ukraine"))\''), ("fish", "Grain & corn\nUkraine\n")]
)
def test_other_shells_ask_in_their_own_way(filled, shell, offered):
    env = filled.env | {
        "_TOCSIN_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "tocsin watch remove ",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run([COMMAND], env=env, cwd=filled.folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(offered.strip())


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("tocsin feeds remove BB", r"tocsin feeds remove BBC\ World "),
        ('tocsin feeds remove "BB', 'tocsin feeds remove "BBC World" '),
        ("tocsin feeds remove https://o", "tocsin feeds remove https://one.example/feed "),
        ("tocsin alerts list --list=Gr", r"tocsin alerts list --list=Grain\ \&\ corn "),
        ("tocsin subsc", "tocsin subscribers "),
    ],
)
def test_bash_itself_completes(filled, typed, becomes):
    script = subprocess.run(
        [COMMAND, "--show-completion"], env=shell_of(filled, "bash"), stdout=subprocess.PIPE, check=True
    )
    (filled.folder / "script").write_bytes(script.stdout)
    (filled.folder / "rc").write_text("PS1='$ '; source ./script; bind 'set enable-bracketed-paste off'; echo ready\n")
    env = filled.env | {"PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}", "HISTFILE": "", "INPUTRC": "/dev/null"}
    terminal = Terminal([BASH, "--noprofile", "--rcfile", "rc", "-i"], env=env, cwd=filled.folder, columns=200)
    try:
        terminal.wait_for("ready\r\n$ ")
        terminal.press(f"{typed}\t".encode())
        terminal.wait_for(lambda screen: screen.endswith(f"$ {becomes}"))
    finally:
        terminal.close()


def shell_of(home, name):
    """The environment of a command that runs in no shell that could be found out but by $SHELL."""
    return home.env | {"SHELL": f"/usr/bin/{name}", "HOME": str(home.folder)}


SHELL_LESS = """
import sys
import shellingham
import worker.cli.shells as shells
shells._get_shell_name = lambda: None
from worker.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_installs_itself(home, shell):
    command = [sys.executable, "-c", SHELL_LESS]
    script = subprocess.run(
        [*command, "--show-completion"], env=shell_of(home, shell), stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    assert f"_TOCSIN_COMPLETE=complete_{shell}" in script
    done = subprocess.run(
        [*command, "--install-completion"], env=shell_of(home, shell), stdout=subprocess.PIPE, text=True, check=True
    )
    place = Path(done.stdout.strip().rpartition(" by ")[2])
    assert place.is_relative_to(home.folder)
    assert place.read_text().strip() == script.strip()


@pytest.mark.parametrize(
    ("shell", "said"),
    [("", "it cannot be told which shell this is"), ("/bin/tcsh", "there is no completion for tcsh")],
)
def test_a_shell_that_is_not_known_is_told_what_to_write(home, shell, said):
    env = shell_of(home, "x") | {"SHELL": shell}
    done = subprocess.run(
        [sys.executable, "-c", SHELL_LESS, "--show-completion"], env=env, capture_output=True, text=True, check=False
    )
    advice = "for one of bash, zsh, fish write `SHELL=bash tocsin --show-completion`"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"tocsin: {said}; {advice}\n")


LOADED = """
import json, sys
from worker.cli import run
code = run(sys.argv[2:])
print()
print(json.dumps([code, [name for name in json.loads(sys.argv[1]) if name in sys.modules]]))
"""


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--help",), {}),
        (("--version",), {}),
        (("feeds", "--help"), {}),
        (("feeds", "add", "--help"), {}),
        ((), {"_TOCSIN_COMPLETE": "complete_bash", "COMP_WORDS": "tocsin ", "COMP_CWORD": "1"}),
        ((), {"_TOCSIN_COMPLETE": "complete_bash", "COMP_WORDS": "tocsin feeds re", "COMP_CWORD": "2"}),
        ((), {"_TOCSIN_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "tocsin "}),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else given.get("_TOCSIN_COMPLETE", ""),
)
def test_what_must_answer_at_once_loads_nothing_heavy(home, arguments, environment):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(HEAVY), *arguments],
        env=home.env | environment,
        cwd=home.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
    assert len(done.stdout.splitlines()) > 2


def test_names_are_read_without_the_store(filled):
    env = {"_TOCSIN_COMPLETE": "complete_bash", "COMP_WORDS": "tocsin watch remove ", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(["sqlalchemy", "rich", "babel", "structlog", "worker.store"])],
        env=filled.env | env,
        cwd=filled.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
    assert "Ukraine" in done.stdout
