"""Feeds, watch lists, subscribers, alerts, deliveries, search, status: what they print, and what they refuse."""

import os
import sqlite3
from datetime import timedelta

import pytest

from worker.cli.session import session

SHAPES = {
    ("feeds", "list"): "name url tags state last_outcome last_error last_polled_at next_poll_at items managed_by",
    ("watch", "list"): "name query subscribers feeds languages alert state matches_7d managed_by",
    ("subscribers", "list"): "name timezone channels managed_by",
}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["alerts", "list"], "no alerts yet"),
        (["alerts", "list", "--list", "Ukraine", "--since", "24h", "--state", "told"], "no such alert"),
        (["deliveries", "list"], "no deliveries yet"),
        (["deliveries", "list", "--state", "failed"], "no delivery is failed"),
        (["search", "ukraine"], "nothing found"),
    ],
)
def test_on_a_fresh_folder_every_list_answers_at_once(new_prompt, command, said):
    done = new_prompt(*command)
    assert (done.code, done.out, done.err) == (0, "", f"{said}\n")
    assert new_prompt.json(*command) == []


@pytest.mark.parametrize("command", SHAPES)
def test_the_json_shapes_hold_what_was_agreed(prompt, command):
    done = prompt(*command)
    assert (done.code, done.err, len(done.table)) == (0, "", 2)
    (row,) = prompt.json(*command)
    assert set(SHAPES[command].split()) <= set(row)


@pytest.mark.parametrize("command", [["feeds", "list"], ["status"], ["poll"], ["apply"], ["watch", "add", "a", "b"]])
def test_without_a_configuration_folder_nothing_is_made(bare, command):
    done = bare(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err == "tocsin: there is no folder config; `tocsin init config` makes one, --config names another\n"
    assert list(bare.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["feds"], "Did you mean 'feeds'"),
        (["feeds", "lst"], "Did you mean 'list'"),
        (["alerts", "list", "--jsn"], "--json"),
        (["alerts", "list", "--limit", "0"], "--limit"),
        (["search"], "QUERY"),
        (["deliveries", "list", "--state", "snt"], "there is no state 'snt'; did you mean `sent`?"),
        (["worker", "--queues", "poll,pol"], "there is no queue 'pol'; did you mean `poll`?"),
        (["poll", "on"], "there is no feed 'on'; did you mean `One`?"),
        (["watch", "remove", "ukrain"], "there is no watch list 'ukrain'; did you mean `Ukraine`?"),
        (["alerts", "list", "--state", "tld"], "there is no state 'tld'; did you mean `told`?"),
        (["alerts", "list", "--list", "ukrain"], "there is no watch list 'ukrain'; did you mean `Ukraine`?"),
        (["alerts", "list", "--subscriber", "desks"], "there is no subscriber 'desks'; did you mean `desk`?"),
        (["alerts", "list", "--since", "yesterday"], "'yesterday' is no time; write how long ago, such as 24h"),
        (["search", "a OR (b"], "\n  a OR (b\n       ^\n"),
        (["watch", "add", "x", "a OR"], "\n  a OR\n    ^^\n"),
        (["watch", "add", "x", "a", "--exclude", "b OR c"], "\n  b OR c\n    ^^\n"),
    ],
)
def test_a_wrong_word_is_exit_2_with_the_right_one(prompt, command, said):
    done = prompt(*command)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_no_command_at_all_is_help(bare):
    done = bare()
    assert done.code == 2
    assert "init         Write a commented starter configuration; never overwrite." in done.out + done.err


def test_help_and_version(bare):
    assert "Exit codes" in bare("-h").out
    assert bare("--version").out.startswith("tocsin ")


def test_feeds_are_added_and_removed(prompt):
    options = ["--name", "Two", "--tag", "a", "--every", "2m", "--no-check"]
    added = prompt("feeds", "add", "https://u:pw@two.example/f", *options)
    assert (added.code, added.out, added.err) == (0, "added https://two.example/f\n", "")
    assert added.code == 0
    row = next(feed for feed in prompt.json("feeds", "list") if feed["name"] == "Two")
    assert (row["url"], row["tags"], row["every"]) == ("https://two.example/f", ["a"], 120.0)
    assert (row["state"], row["managed_by"]) == ("new", "command")
    assert prompt("feeds", "remove", "https://two.example/f").out == "removed Two\n"
    assert [feed["name"] for feed in prompt.json("feeds", "list")] == ["One"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://one.example/feed"], "this feed is there already: One (managed by file)"),
        (["HTTPS://ONE.example:443/feed"], "this feed is there already: One (managed by file)"),
        (["https://two.example/feed", "--name", "one"], "another feed is called One already; give a different --name"),
        (["two.example"], "URL: write the whole address, beginning with https:// or http://"),
        (["https://two.example/feed", "--every", "5"], "--every: '5' is no duration"),
    ],
)
def test_a_feed_that_is_there_or_wrong_is_refused(prompt, arguments, said):
    done = prompt("feeds", "add", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_what_a_file_manages_is_not_removed_by_command(prompt):
    assert "One is managed by file and would come back" in prompt("feeds", "remove", "One").err
    refused = prompt("watch", "remove", "Ukraine")
    assert (refused.code, "managed by file and would come back" in refused.err) == (2, True)
    assert len(prompt.json("feeds", "list")) == len(prompt.json("watch", "list")) == 1


def test_a_watch_list_tells_the_only_subscriber(prompt):
    added = prompt(
        "watch", "add", "Grain", "grain OR wheat", "--exclude", "beer", "--tag", "world", "--at-most", "none"
    )
    assert (added.code, added.out) == (0, "added Grain, which tells desk: (grain OR wheat) -beer\n")
    row = next(found for found in prompt.json("watch", "list") if found["name"] == "Grain")
    assert (row["query"], row["subscribers"], row["feeds"]) == ("grain OR wheat", ["desk"], {"tags": ["world"]})
    assert (row["managed_by"], row["alert"], row["languages"]) == ("command", "first", None)
    again = prompt("watch", "add", "Grain", "x")
    assert (again.code, again.err) == (2, "tocsin: watch list 'Grain' is there already (managed by command)\n")
    assert prompt("watch", "remove", "Grain").out == "removed Grain\n"


def test_with_several_subscribers_it_asks_whom_to_tell(prompt):
    prompt.write("subscribers", [{"name": name, "channels": [{"log": True}]} for name in ("desk", "night")])
    refused = prompt("watch", "add", "Grain", "grain")
    assert (refused.code, refused.err) == (2, "tocsin: say who hears of it: --notify NAME; there are desk, night\n")
    unknown = prompt("watch", "add", "Grain", "grain", "--notify", "nigth")
    assert (unknown.code, "did you mean `night`?" in unknown.err) == (2, True)
    assert prompt("watch", "add", "Grain", "grain", "--notify", "night", "--notify", "desk").code == 0
    later = prompt("watch", "add", "Bread", "bread", "--notify", "night", "--when", "now and then")
    assert (later.code, "--when: 'now and then': write `immediately`, `hourly`" in later.err) == (2, True)


def test_with_no_subscriber_nobody_can_be_told(bare):
    bare.config.mkdir()
    done = bare("watch", "add", "Grain", "grain")
    assert (done.code, "nobody can be told yet" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("dlv_12", "there is no delivery dlv_12; `tocsin deliveries list` shows them"),
        ("alt_12", "'alt_12' is no id of this kind; it looks like dlv_12"),
    ],
)
def test_an_unknown_delivery_is_not_sent_again(prompt, id_, said):
    done = prompt("deliveries", "retry", id_)
    assert (done.code, done.out, done.err) == (2, "", f"tocsin: {said}\n")


def test_status_says_that_no_service_runs(prompt):
    done = prompt("status")
    assert done.code == 1
    assert done.out.startswith("NOT HEALTHY\n  no service runs; `tocsin up` starts one\n")
    assert "feeds       1: 1 new" in done.out
    told = prompt.json("status")
    assert (told["healthy"], told["roles"], told["feeds"]["new"]) == (False, [], 1)
    assert told["oldest_due_feed_s"] >= 0
    assert set(told) >= {"oldest_pending_delivery_s", "latency"}


def test_status_shows_processes_and_feeds_in_trouble(prompt):
    prompt.write("feeds", [{"url": f"http://127.0.0.1:{9000 + n}/feed", "name": f"Feed {n}"} for n in range(12)])
    assert prompt("poll").code == 1  # all are refused: nothing allows these addresses
    with session(prompt.config) as engine:
        now = engine.clock.now()
        engine.store.heartbeat("beat", pid=os.getpid(), now=now)
        engine.store.heartbeat("worker", pid=7, host="elsewhere", now=now - timedelta(minutes=5))
    done = prompt("status")
    lines = done.out.splitlines()
    assert (done.code, lines[:2]) == (1, ["NOT HEALTHY", "  no worker runs"])
    assert any(line.split()[:3] == ["beat", "runs", str(os.getpid())] for line in lines)
    assert any(line.split()[:4] == ["worker", "silent", "7", "elsewhere"] for line in lines)
    assert sum("is not a public address" in line for line in lines) == 10
    assert lines[-1] == "... and 2 more; `tocsin feeds list` shows them all"


def test_status_shows_wrong_files_and_all_the_rest(prompt):
    prompt("apply")
    prompt.write("feeds", "feeds:\n  - url: nowhere\n")
    done = prompt("status")
    assert done.code == 1
    assert "config/feeds.yaml:2:10: write the whole address" in done.out
    assert "feeds       1: 1 new" in done.out
    assert "feeds.yaml:2:10" in prompt.json("status")["troubles"][1]


def test_a_database_that_is_none_is_exit_3(new_prompt):
    (new_prompt.folder / "var").mkdir()
    (new_prompt.folder / "var" / "tocsin.db").write_bytes(b"no database " * 400)
    done = new_prompt("feeds", "list")
    assert (done.code, done.out) == (3, "")
    assert "tocsin.db: file is not a database; it is damaged, or no database of Tocsin: " in done.err
    assert len(done.err.splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_exit_3(new_prompt, monkeypatch):
    (new_prompt.folder / "file").touch()
    monkeypatch.setenv("TOCSIN_DATA_DIR", str(new_prompt.folder / "file" / "var"))
    for command in (["feeds", "list"], ["up"]):
        done = new_prompt(*command)
        assert (done.code, len(done.err.splitlines())) == (3, 1)
        assert "Not a directory" in done.err


def test_a_command_that_only_looks_writes_nothing(prompt):
    prompt("apply")
    database = prompt.folder / "var" / "tocsin.db"
    with sqlite3.connect(database) as connection:
        before = connection.execute("PRAGMA data_version").fetchone()
        for command in (
            ["feeds", "list"],
            ["watch", "list"],
            ["alerts", "list"],
            ["status"],
            ["search", "x"],
            ["plan"],
        ):
            prompt(*command)
        assert connection.execute("PRAGMA data_version").fetchone() == before
    connection.close()
