"""Watch lists: edit and import."""

from __future__ import annotations

import io
import json
import sys

import pytest

ALERTS = "https://www.google.com/alerts/feeds/1"


@pytest.fixture
def grain(prompt):
    """A prompt with a list made by command, beside that of the files, and two subscribers."""
    prompt.write("subscribers", [{"name": name, "channels": [{"log": True}]} for name in ("desk", "night")])
    made = prompt(
        *("watch", "add", "Grain", "grain OR wheat", "--notify", "desk", "--at-most", "5 per hour"),
        *("--exclude", "beer", "--tag", "world", "--language", "uk", "--language", "en"),
    )
    assert (made.code, made.err) == (0, "")
    return prompt


def row(prompt, name):
    (found,) = [found for found in prompt.json("watch", "list") if found["name"] == name]
    return found


def test_a_list_is_limited_to_languages(grain):
    assert row(grain, "Grain")["languages"] == ["en", "uk"]
    assert row(grain, "Ukraine")["languages"] is None
    wrong = grain("watch", "add", "X", "x", "--notify", "desk", "--language", "ua")
    assert (wrong.code, wrong.err) == (2, "tocsin: --language: there is no language 'ua'; did you mean `uk`?\n")


def test_what_a_list_excludes_and_looks_at_is_shown(grain):
    lists = [{"name": "Wheat", "keywords": ["wheat"], "exclude": ["rye"], "notify": [{"subscriber": "desk"}]}]
    grain.write("watch_lists", lists)
    assert (row(grain, "Grain")["query"], row(grain, "Grain")["exclude"]) == ("grain OR wheat", ["beer"])
    assert (row(grain, "Wheat")["query"], row(grain, "Wheat")["exclude"]) == ("wheat -rye", [])
    (shown,) = [line for line in grain("watch", "list").out.splitlines() if line.startswith("Grain")]
    assert "world" in shown
    assert "beer" in shown


def test_a_list_whose_query_is_wrong_is_not_resumed(grain):
    from worker.cli.session import session  # noqa: PLC0415 - as commands load it

    grain("watch", "edit", "Grain", "--pause")
    with session(grain.config) as engine:
        engine.store.edit_watch_list("Grain", lambda line: (line, "barley ("), now=engine.clock.now())
    done = grain("watch", "edit", "Grain", "--resume")
    assert (done.code, done.out) == (2, "")
    assert done.err == 'tocsin: write a ")" for this "("\n  barley (\n         ^\n'
    assert row(grain, "Grain")["state"] == "paused"
    done = grain("watch", "edit", "Grain", "--resume", "--query", "rye")
    assert (done.code, row(grain, "Grain")["state"]) == (0, "active")


def test_an_edit_changes_what_it_names(grain):
    done = grain("watch", "edit", "Grain", "--query", "wheat", "--alert", "every", "--notify", "night")
    assert (done.code, done.err) == (0, "")
    assert done.out == "changed Grain, which tells night: wheat -beer\n"
    found = row(grain, "Grain")
    assert (found["query"], found["alert"], found["subscribers"]) == ("wheat", "every", ["night"])
    assert (found["feeds"], found["languages"]) == ({"tags": ["world"]}, ["en", "uk"])


def test_an_edit_takes_away_too(grain):
    done = grain("watch", "edit", "Grain", "--no-exclude", "--no-tag", "--no-language")
    assert done.out == "changed Grain, which tells desk: grain OR wheat\n"
    assert (row(grain, "Grain")["feeds"], row(grain, "Grain")["languages"]) == (None, None)
    done = grain("watch", "edit", "Grain", "--exclude", "oats", "--tag", "en", "--language", "pt-BR")
    assert done.out == "changed Grain, which tells desk: (grain OR wheat) -oats\n"
    assert (row(grain, "Grain")["feeds"], row(grain, "Grain")["languages"]) == ({"tags": ["en"]}, ["pt-br"])


def test_a_limit_stays_with_whoever_had_it(grain):
    grain("watch", "edit", "Grain", "--notify", "desk", "--notify", "night")
    assert limits(grain) == {"desk": 5, "night": 30}
    grain("watch", "edit", "Grain", "--at-most", "none")
    assert limits(grain) == {"desk": None, "night": None}


def limits(prompt):
    """How many messages of the list Grain each subscriber gets an hour."""
    from worker.cli.session import session  # noqa: PLC0415 - as commands load it

    with session(prompt.config) as engine:
        line, _ = engine.store.edit_watch_list("Grain", now=engine.clock.now())
    return {one.subscriber: one.at_most for one in line.notify}


def test_a_list_gets_another_name_and_what_refers_to_it_follows(grain):
    assert grain("watch", "add", "Bread", "bread list:Grain", "--notify", "desk").code == 0
    done = grain("watch", "edit", "Grain", "--rename", "The grain deal")
    assert done.out.startswith("changed Grain, now The grain deal, which tells desk: (grain OR wheat) -beer\n")
    assert row(grain, "Bread")["query"] == 'bread list:"The grain deal"'
    refused = grain("watch", "remove", "The grain deal")
    assert (refused.code, "is part of what 'Bread' looks for" in refused.err) == (2, True)
    assert grain("watch", "edit", "Grain", "--pause").code == 2


def test_a_list_is_paused_and_resumed_whoever_manages_it(grain):
    assert grain("watch", "edit", "Grain", "--pause", "--alert", "updates").out.startswith("paused Grain, which tells")
    assert row(grain, "Grain")["state"] == "paused"
    assert grain("watch", "edit", "Ukraine", "--pause").out.startswith("paused Ukraine, which tells desk")
    assert row(grain, "Ukraine")["state"] == "paused"
    assert grain("watch", "edit", "Ukraine", "--resume").out.startswith("resumed Ukraine")
    assert row(grain, "Ukraine")["state"] == "active"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Grain"], "say what to change, such as --query or --pause"),
        (["Grian", "--pause"], "there is no watch list 'Grian'; did you mean `Grain`?"),
        (["Grain", "--pause", "--resume"], "--pause or --resume, not both"),
        (["Grain", "--tag", "x", "--no-tag"], "--tag is in place of those so far; leave --no-tag out"),
        (["Grain", "--query", "a OR"], "\n  a OR\n    ^^\n"),
        (["Grain", "--query", ""], "--query: the query is empty"),
        (["Grain", "--query", "list:Nothing"], "there is no watch list 'Nothing'"),
        (["Grain", "--exclude", "b OR c"], "\n  b OR c\n    ^^\n"),
        (["Grain", "--rename", ""], "--rename: this is empty"),
        (["Grain", "--rename", "Ukraine"], "watch list 'Ukraine' is there already (managed by file)"),
        (["Grain", "--alert", "update"], "--alert: write 'first', 'updates' or 'every'"),
        (["Grain", "--at-most", "5"], "--at-most: write `30 per hour`"),
        (["Grain", "--language", "en_US"], "--language: 'en_US' is written with a dash: `en-US`"),
        (["Grain", "--notify", "nigth"], "there is no subscriber 'nigth'; did you mean `night`?"),
        (["Ukraine", "--query", "x"], "Ukraine is managed by file: change it in config/watchlists.yaml\n"),
        (["Ukraine", "--rename", "X"], "watchlists.yaml; `renamed_from: Ukraine` keeps its alerts\n"),
    ],
)
def test_a_wrong_edit_says_what_to_write_and_changes_nothing(grain, arguments, said):
    before = grain.json("watch", "list")
    done = grain("watch", "edit", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert grain.json("watch", "list") == before


QUERIES = [
    {"name": "War", "search": "intitle:war OR /^Battle/i"},
    {"name": "Ukraine", "search": "other"},
    {"name": "Old", "search": "date:P1W war"},
    {"name": "Mine", "search": "war", "get": "c_2"},
    {"name": "n" * 300, "search": "long"},
]


def test_searches_of_freshrss_become_lists(prompt):
    file = prompt.folder / "queries.json"
    file.write_text(json.dumps(QUERIES), encoding="utf-8")
    shown = prompt.json("watch", "import", "queries.json", "--dry-run")
    assert [found["name"] for found in prompt.json("watch", "list")] == ["Ukraine"], "it only shows"
    done = prompt("watch", "import", "queries.json")
    assert (done.code, done.err) == (0, "")
    assert [(one["action"], one["name"][:9], one["detail"]) for one in shown] == [
        ("add", "War", "title:war OR /^Battle/"),
        ("keep", "Ukraine", "there already, and stays as it is"),
        ("add", "n" * 9, "long"),
        ("left out", "Old", "Tocsin has no counterpart of FreshRSS's `date:`"),
        (
            "left out",
            "Mine",
            "it looks at its category 2 of FreshRSS only; to watch for it: tocsin watch add Mine war",
        ),
    ]
    assert row(prompt, "War")["query"] == "title:war OR /^Battle/"
    assert row(prompt, "Ukraine")["managed_by"] == "file"
    again = prompt.json("watch", "import", "queries.json", "--tag", "world")
    assert {one["action"] for one in again} == {"keep", "left out"}


def test_the_configuration_of_freshrss_comes_by_standard_input(prompt, monkeypatch):
    php = "<?php\nreturn array (\n  'queries' => array (array ('name' => 'A', 'search' => '#war'),),\n);"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(php.encode())))
    assert prompt("watch", "import", "-", "--tag", "world").code == 0
    assert (row(prompt, "A")["query"], row(prompt, "A")["feeds"]) == ("category:war", {"tags": ["world"]})


def test_google_alerts_become_feeds_and_lists_of_one_tag(prompt):
    prompt("feeds", "add", f"{ALERTS}/2", "--no-check")
    document = f"""<opml version="2.0"><body>
<outline text="Google Alert - &quot;grain deal&quot;" xmlUrl="{ALERTS}/1"/>
<outline text="Google Alert - war" xmlUrl="{ALERTS}/2"/>
<outline text="Peace" xmlUrl="{ALERTS}/3"/></body></opml>"""
    (prompt.folder / "alerts.opml").write_text(document, encoding="utf-8")
    shown = prompt.json("watch", "import", "alerts.opml")
    assert [(one["action"], one["kind"], one["name"], one["detail"]) for one in shown] == [
        ("add", "feed", f"{ALERTS}/1", ""),
        (
            "keep",
            "feed",
            f"{ALERTS}/2",
            "there already, and stays as it is, without the tag google-alerts of the lists",
        ),
        ("add", "feed", f"{ALERTS}/3", ""),
        ("add", "watch_list", '"grain deal"', '"grain deal"'),
        ("add", "watch_list", "war", "war"),
        ("left out", "watch_list", "Peace", "its title does not say what it looks for; it is a feed only"),
    ]
    assert row(prompt, "war")["feeds"] == {"tags": ["google-alerts"]}
    tags = {feed["url"]: feed["tags"] for feed in prompt.json("feeds", "list")}
    assert (tags[f"{ALERTS}/1"], tags[f"{ALERTS}/2"]) == (["google-alerts"], [])


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("hello", 2, "import.txt: this is none of: FreshRSS's data/users/NAME/config.php"),
        ("[{", 2, "import.txt: it begins as JSON, but is none"),
        (json.dumps([QUERIES[2]]), 1, ""),
        ("[]", 1, "there is nothing in it"),
    ],
)
def test_a_file_with_nothing_for_us_is_no_success(prompt, content, code, said):
    (prompt.folder / "import.txt").write_text(content, encoding="utf-8")
    done = prompt("watch", "import", "import.txt")
    assert (done.code, said in done.err) == (code, True)


def test_a_file_that_is_not_there_is_said(prompt):
    done = prompt("watch", "import", "nowhere.json")
    assert (done.code, done.err) == (2, "tocsin: nowhere.json cannot be read: No such file or directory\n")
    wrong = prompt("watch", "import", "nowhere.json", "--tag", "")
    assert (wrong.code, wrong.err) == (2, "tocsin: --tag: this is empty; write something or remove the line\n")
