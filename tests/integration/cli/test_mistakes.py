"""The mistakes that operators are likeliest to make: each ends with its exit code, and says what to do next."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import closing

import pytest
from servers.receiver import SECRET
from servers.tocsin import COMMAND, Home

DAMAGED, FOLDER = "`tocsin db restore FILE`", "$TOCSIN_DATA_DIR"
HTML = "text/html"


def mistake(done, code, *said):
    """Hold what a command answered against what it should have."""
    assert (done.code, "Traceback" in done.err) == (code, False), done
    assert [part for part in said if part not in done.err] == [], done.err
    return done


AS_IS = [
    ((), 2, "tocsin init"),
    (("up",), 2, "there is no folder config; `tocsin init config` makes one, --config names another"),
    (("poll",), 2, "`tocsin init config`"),
    (("check", "--config", "nowhere"), 2, "`tocsin init nowhere`"),
    (("stat",), 2, "Did you mean 'status'?"),
    (("feds", "list"), 2, "Did you mean 'feeds'?"),
    (("feeds", "lst"), 2, "Did you mean 'list'?"),
    (("feeds", "list", "--jsn"), 2, "Possible options: --json"),
    (("--config", "x", "check"), 2, "--config belongs behind the command: `tocsin check ... --config`"),
    (("feeds", "--json", "list"), 2, "--json belongs behind the command: `tocsin feeds list ... --json`"),
    (("--nonsense", "check"), 2, "--nonsense belongs behind the command"),
    (("--nonsense",), 2, "No such option: --nonsense"),
    (("--verison",), 2, "Possible options: --version"),
    (("feeds", "add"), 2, "Missing argument 'URL'"),
    (("up", "--port", "99999"), 2, "less than or equal to 65535"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), AS_IS, ids=lambda given: str(given)[:30])
def test_in_an_empty_folder(bare, arguments, code, said):
    done = bare(*arguments)
    assert (done.code, said in done.out + done.err, [*bare.folder.iterdir()]) == (code, True, [])


FILES = [
    ("feeds", "feeds:\n  - url: x\n   name: y\n", "config/feeds.yaml:3:4: this is not YAML"),
    ("feeds", "feeds:\n  - url: https://a.example/\n    nmae: x\n", "unknown key `nmae`; did you mean `name`?"),
    (
        "subscribers",
        "subscribers: [{name: desk, timezone: Europe/Kiyv, channels: [{log: true}]}]",
        "did you mean `Europe/K",
    ),
    (
        "subscribers",
        "subscribers: [{name: desk, channels: [{webhook: 'https://h.example/'}]}]",
        "write `secret: ${NAME}`",
    ),
    (
        "subscribers",
        "subscribers: [{name: desk, channels: [{webhook: 'https://h.example/', secret: '${NOPE}'}]}]",
        "the environment has no `NOPE`: set it, as `export NOPE=...`",
    ),
    (
        "watch_lists",
        "watch_lists: [{name: U, keywords: [u], notify: [{subscriber: desk, when: dayly}]}]",
        "write `immediately`, `hourly`, `daily at 08:00`",
    ),
    ("settings", "settings: {database_url: 'mysql://x/y'}", "write sqlite:///FILE or postgresql+psycopg://"),
    ("settings", "settings: {broker_url: 'amqp://x/y'}", "write `embedded`, redis://"),
]


@pytest.mark.parametrize(("name", "text", "said"), FILES, ids=lambda given: given[:24])
def test_in_the_files(new_prompt, name, text, said):
    new_prompt.write(name, text)
    mistake(new_prompt("check"), 2, f"config/{name.replace('_', '')}.yaml:", said)
    mistake(new_prompt("up", "--no-web"), 2, said)
    assert not (new_prompt.folder / "var").exists()


NAMES = [
    (("feeds", "remove", "Oen"), "did you mean `One`?"),
    (("poll", "Oen"), "did you mean `One`?"),
    (("watch", "remove", "Ukrane"), "did you mean `Ukraine`?"),
    (("subscribers", "test", "dsk"), "did you mean `desk`?"),
    (("why", "https://x.example/", "--subscriber", "dsk"), "did you mean `desk`?"),
    (("deliveries", "list", "--state", "hold"), "did you mean `held`?"),
    (("deliveries", "retry", "dlv_99"), "`tocsin deliveries list` shows them"),
    (("alerts", "show", "x"), "it looks like alt_12"),
    (("watch", "add", "U", "(ukraine"), 'write a ")" for this "("'),
    (("watch", "add", "U", "u", "--when", "dayly"), "--when: 'dayly': write `immediately`"),
    (("subscribers", "add", "x", "--log", "--timezone", "Europe/Kiyv"), "--timezone: unknown time zone"),
    (("subscribers", "add", "x", "--webhook", "https://h.example/"), "--secret-env NAME"),
    (("subscribers", "add", "x"), "--email ADDRESS, --webhook URL, --apprise URL or --log"),
    (("feeds", "add", "one.example/feed"), "beginning with https:// or http://"),
    (("feeds", "import", "nothing.opml"), "nothing.opml cannot be read: No such file or directory"),
]


@pytest.mark.parametrize(("arguments", "said"), NAMES, ids=lambda given: " ".join(given)[:36])
def test_on_the_command_line(prompt, arguments, said):
    mistake(prompt(*arguments), 2, said)


def test_addresses_that_are_no_feed(prompt, feed_server):
    prompt.write("settings", {"fetch_allow": [feed_server.address]})
    page = feed_server.publish("/page", b"<html><title>x</title></html>", content_type=HTML)
    mistake(prompt("feeds", "add", page), 1, "is a web page that names no feed", "`--no-check`")
    absent = prompt("feeds", "add", feed_server.url("/nothing"))
    mistake(absent, 0, "warning: it cannot be read at the moment", "404")
    unknown = prompt("feeds", "discover", "http://nowhere.invalid/feed")
    mistake(unknown, 1, "nowhere.invalid:80: name not found")
    private = prompt("feeds", "add", "http://127.0.0.1:1/feed")
    mistake(private, 0, "not a public address", "`fetch_allow` of settings.yaml")
    polled = prompt("poll", "http://127.0.0.1:1/feed")
    mistake(polled, 1, "private addresses must be named in `fetch_allow` of settings.yaml")


def test_a_receiver_that_is_refused(prompt, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    hook = ("--webhook", "http://127.0.0.1:1/hook", "--secret-env", "HOOK_SECRET")
    added = prompt("subscribers", "add", "hook", *hook)
    mistake(added, 0, 'refused until deliver_allow in settings.yaml names it: deliver_allow: ["127.0.0.1:1"]')
    tried = prompt("subscribers", "test", "hook")
    assert (tried.code, "the setting deliver_allow can allow it" in tried.out) == (1, True)
    channel = {"webhook": "http://[::1]:2/hook", "secret": SECRET}
    prompt.write("subscribers", [{"name": "desk", "channels": [channel]}])
    prompt.write("feeds", [{"url": "http://localhost:3/feed"}])
    checked = prompt("check")
    assert checked.code == 0
    assert "feeds.yaml:2:3: localhost:3 is not public" in checked.out
    assert "subscribers.yaml:3:5: [::1]:2 is not public" in checked.out


def test_a_database_that_cannot_be_used(prompt):
    database = prompt.folder / "var" / "tocsin.db"
    database.write_bytes(b"this is no database" * 1_000)
    for command in (("feeds", "list"), ("poll",), ("up", "--no-web")):
        mistake(prompt(*command), 3, f"database {database}: file is not a database", DAMAGED)
    database.unlink()
    database.mkdir()
    mistake(prompt("feeds", "list"), 3, "Is a directory", FOLDER)


def test_a_database_that_is_damaged_inside(prompt):
    prompt("apply")
    database = prompt.folder / "var" / "tocsin.db"
    whole = database.read_bytes()
    database.write_bytes(whole[:4096] + bytes(255 - byte for byte in whole[4096:]))
    mistake(prompt("feeds", "list"), 3, "malformed", DAMAGED)


def test_a_data_folder_that_cannot_be_made(prompt, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATA_DIR", "/proc/none")
    mistake(prompt("feeds", "list"), 3, "database /proc/none/tocsin.db: ", FOLDER)
    mistake(prompt("up", "--no-web"), 3, "/proc/none: ", FOLDER)


PRIVILEGES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
"""Takes from root what lets it read and write whatever the modes of files say."""


@pytest.fixture
def unprivileged():
    """What runs a command as somebody for whom modes of files hold."""
    if os.geteuid() != 0:
        return []
    return PRIVILEGES


@pytest.mark.parametrize(("file", "folder"), [(0o000, 0o700), (0o400, 0o700), (0o600, 0o500), (0o600, 0o000)])
def test_a_database_of_somebody_else(tmp_path, template, unprivileged, file, folder):
    home = Home(tmp_path, contact_url="https://desk.example/bot")
    (tmp_path / "var").mkdir()
    database = shutil.copy(template, tmp_path / "var" / "tocsin.db")
    database.chmod(file)
    (tmp_path / "var").chmod(folder)
    try:
        done = subprocess.run(
            [*unprivileged, COMMAND, "subscribers", "add", "x", "--log"],
            env=home.env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (tmp_path / "var").chmod(0o700)
    assert (done.returncode, FOLDER in done.stderr, "Traceback" in done.stderr) == (3, True, False), done.stderr


def test_a_port_that_is_taken(new_prompt):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        mistake(new_prompt("up", "--port", port), 3, f"port {port} of 127.0.0.1 cannot be had", "--port names another")
        mistake(new_prompt("web", "--port", port), 3, "--port names another")


def test_a_second_service_on_one_data_folder(tmp_path, prompt_in):
    home = Home(tmp_path)
    first = home.start("up")
    try:
        first.wait_for(lambda: any("Tocsin watches" in line for line in first.complaints), "its greeting")
        mistake(
            prompt_in(home)("up", "--no-web"), 3, "another `tocsin up` runs with the data folder", "TOCSIN_DATA_DIR"
        )
        first.stop()
    finally:
        first.close()


def test_a_database_server_that_is_down_or_empty(new_prompt, monkeypatch, postgres):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql+psycopg://tocsin:hidden@127.0.0.1:1/tocsin")
    for command in (("feeds", "list"), ("up", "--no-web"), ("plan",)):
        done = mistake(new_prompt(*command), 3, "127.0.0.1", "Connection refused", "$TOCSIN_DATABASE_URL")
        assert "hidden" not in done.err
    name = postgres.create()
    monkeypatch.setenv("TOCSIN_DATABASE_URL", postgres.url(name))
    mistake(new_prompt("feeds", "list"), 3, "`tocsin db upgrade`")
    postgres.drop(name)
