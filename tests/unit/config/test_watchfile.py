"""What right files say, as values with their places."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import pytest

from config.duration import parse_duration
from config.marks import mark_at
from config.rules import is_public
from config.values import (
    PROJECT_URL,
    ChannelLine,
    Configuration,
    FeedLine,
    NotifyLine,
    OpmlLine,
    Settings,
    SubscriberLine,
)
from config.watchfile import ConfigurationError, json_schema, load_all, load_configuration

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
ENVIRON = {"SECRET": SECRET, "OTHER": OTHER, "TOPIC": "t0pic"}


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_no_files(tmp_path: Path) -> None:
    assert load_configuration(tmp_path, {}) == Configuration()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "feeds:\n", "feeds: []\n", "{}\n"])
def test_an_empty_file(tmp_path: Path, text: str) -> None:
    assert load_configuration(write(tmp_path, feeds=text), {}) == Configuration()


def test_feeds(tmp_path: Path) -> None:
    text = """\
feeds:
  - &first
    url: https://feeds.example/world.xml
    name: " World "
    tags: [world, en, world]
    every: 5m
    full_text: false
    ignore_hints: false
    opml:
  - <<: *first
    url: https://USER:${PASSWORD}@feeds.example/private?key=1
    name: 2022-02-24
  - {url: "http://[::1]:8801/feed"}
"""
    found = load_configuration(write(tmp_path, feeds=text), {"PASSWORD": "pass"}).feeds
    every = timedelta(minutes=5)
    assert found == (
        FeedLine("https://feeds.example/world.xml", "World", ("world", "en"), every),
        FeedLine("https://USER:pass@feeds.example/private?key=1", "2022-02-24", ("world", "en"), every),
        FeedLine("http://[::1]:8801/feed"),
    )
    assert [str(feed.mark).rpartition("/")[2] for feed in found] == [
        "feeds.yaml:2:5",
        "feeds.yaml:10:5",
        "feeds.yaml:13:5",
    ]


def test_opml_lists_stand_among_the_feeds(tmp_path: Path) -> None:
    text = """\
feeds:
  - opml: https://${USER_NAME}@feeds.example/ours.opml
    tags: [ours, ours]
  - url: https://feeds.example/world.xml
  - opml: lists/desk.opml
  - opml: /srv/all.opml
    tags:
"""
    found = load_configuration(write(tmp_path, feeds=text), {"USER_NAME": "desk"})
    assert [feed.url for feed in found.feeds] == ["https://feeds.example/world.xml"]
    assert found.opml == (
        OpmlLine("https://desk@feeds.example/ours.opml", ("ours",)),
        OpmlLine(str(tmp_path / "lists" / "desk.opml")),
        OpmlLine("/srv/all.opml"),
    )
    assert [line.mark.line for line in found.opml if line.mark] == [2, 5, 6]


def test_the_path_of_a_list_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, feeds="feeds:\n  - opml: ours.opml\n  - opml: ~/ours.opml\n  - opml: ~nobody/ours.opml\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/desk")
    found = load_configuration(FilePath(), {})
    here = FilePath.cwd()
    places = [str(here / "ours.opml"), "/home/desk/ours.opml", str(here / "~nobody" / "ours.opml")]
    assert [line.source for line in found.opml] == places


@pytest.mark.parametrize("folder", ["conf", "./conf", "x/../conf", "conf/."])
def test_the_path_of_a_list_is_one_however_the_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "x").mkdir()
    write(tmp_path / "conf", feeds="feeds:\n  - opml: ./lists/../ours.opml\n")
    monkeypatch.chdir(tmp_path)
    (line,) = load_configuration(FilePath(folder), {}).opml
    assert line.source == str(FilePath.cwd() / "conf" / "ours.opml")


@pytest.mark.parametrize(
    ("url", "doubted"),
    [
        ("https://feeds.example.org/world.xml", True),
        ("https://93.184.216.34/feed", True),
        ("https://user@FEEDS.example.org.:8080/", True),
        ("http://127.0.0.1:8801/feed", False),
        ("http://[::1]:8801/feed", False),
        ("http://10.1.2.3/feed", False),
        ("http://localhost/feed", False),
        ("http://wiki/feed", False),
        ("http://feeds.newsroom.internal/all", False),
    ],
)
def test_the_wishes_of_others_are_not_ignored_without_a_word(tmp_path: Path, url: str, doubted: bool) -> None:
    text = f"feeds:\n  - url: {url}\n    ignore_hints: true\n    full_text: true\n"
    found = load_configuration(write(tmp_path, feeds=text), {})
    assert found.feeds == (FeedLine(url, full_text=True, ignore_hints=True),)
    assert ["ignore_hints is for feeds of your own" in problem.message for problem in found.warnings] == [
        True
    ] * doubted


def test_an_address_that_cannot_be_read_is_nobodys() -> None:
    assert not is_public("http://[::1")


def test_watch_lists_and_subscribers(tmp_path: Path) -> None:
    lists = """\
watch_lists:
  - name: Ukraine
    keywords: [Ukraine, "Київ", Ukraine]
    exclude: [football]
    feeds: {tags: [world]}
    languages: []
    alert: every
    renamed_from: null
    notify:
      - {subscriber: desk, when: immediately, at_most: 5 per hour}
      - {subscriber: newsroom, at_most: none}
  - name: Grain
    query: grain OR wheat
    feeds: {}
    notify: [{subscriber: desk}]
"""
    subscribers = """\
subscribers:
  - name: desk
    timezone: Europe/Kyiv
    channels:
      - webhook: https://hooks.example/x
        secret: ${SECRET}
        at_most_once: true
      - webhook: https://hooks.example/y
        secret: ["${OTHER}", "${SECRET}"]
      - email: desk@example.org
        template: |
          {{ story.headline }}
      - apprise: ntfy://ntfy.example/${TOPIC}?priority=high
        template: "{{ text }}"
      - log: true
  - name: newsroom
"""
    found = load_configuration(write(tmp_path, watchlists=lists, subscribers=subscribers), ENVIRON)
    ukraine, grain = found.watch_lists
    assert (ukraine.keywords, ukraine.exclude, ukraine.query) == (("Ukraine", "Київ"), ("football",), None)
    assert (ukraine.feed_tags, ukraine.query_mark) == (("world",), None)
    assert (ukraine.alert, grain.alert) == ("every", "first")
    assert ukraine.notify == (NotifyLine("desk", 5), NotifyLine("newsroom", None))
    assert (grain.query, grain.feed_tags, grain.notify) == ("grain OR wheat", (), (NotifyLine("desk", 30),))
    assert found.subscribers == (
        SubscriberLine(
            "desk",
            "Europe/Kyiv",
            (
                ChannelLine("webhook", "https://hooks.example/x", SECRET, at_most_once=True),
                ChannelLine("webhook", "https://hooks.example/y", f"{OTHER} {SECRET}"),
                ChannelLine("email", "desk@example.org", template="{{ story.headline }}\n"),
                ChannelLine("apprise", "ntfy://ntfy.example/t0pic?priority=high", template="{{ text }}"),
                ChannelLine("log"),
            ),
        ),
        SubscriberLine("newsroom"),
    )
    assert not [secret for secret in ENVIRON.values() if secret in repr(found)]
    marks = [found.subscribers[0].channels[0].mark, ukraine.notify[1].mark, ukraine.mark, grain.query_mark]
    assert [str(mark).rpartition("/")[2] for mark in marks] == [
        "subscribers.yaml:5:9",
        "watchlists.yaml:11:9",
        "watchlists.yaml:2:5",
        "watchlists.yaml:13:12",
    ]
    assert [problem.message for problem in found.warnings] == ["`newsroom` has no channel, so no message goes out"]


def test_languages_are_codes_in_one_case_and_in_no_order(tmp_path: Path) -> None:
    lists = """\
watch_lists:
  - name: A
    query: a
    languages: [uk, pt-BR, EN, " uk ", zh-Hans, yue]
    notify: [{subscriber: desk}]
"""
    folder = write(tmp_path, watchlists=lists, subscribers="subscribers: [{name: desk}]\n")
    (found,) = load_configuration(folder, {}).watch_lists
    assert found.languages == ("en", "pt-br", "uk", "yue", "zh-hans")


def test_a_list_may_have_had_another_name_and_another_list_that_one(tmp_path: Path) -> None:
    lists = """\
watch_lists:
  - {name: C, query: c, renamed_from: " B", notify: [{subscriber: desk}]}
  - {name: B, query: b, renamed_from: A, notify: [{subscriber: desk}]}
  - {name: D, query: d, renamed_from: null, notify: [{subscriber: desk}]}
"""
    folder = write(tmp_path, watchlists=lists, subscribers="subscribers: [{name: desk}]\n")
    lines = load_configuration(folder, {}).watch_lists
    assert [(line.name, line.renamed_from) for line in lines] == [("C", "B"), ("B", "A"), ("D", None)]
    assert lines[2] == replace(lines[2], renamed_from="E"), "what it was called is nothing of what it is"


@pytest.mark.parametrize(
    ("written", "query", "offset", "place"),
    [
        ("query: grain AND bogus", "grain AND bogus", 10, "3:22"),
        ("query: 'grain AND bogus'", "grain AND bogus", 10, "3:23"),
        ('query: "  grain AND bogus"', "grain AND bogus", 10, "3:25"),
        ("query: &q grain AND bogus", "grain AND bogus", 10, "3:25"),
        ('query: !!str "grain AND bogus"', "grain AND bogus", 10, "3:29"),
        ("query: |\n      grain\n      AND bogus", "grain\nAND bogus", 10, "5:11"),
        ("query: |-\n\n      grain AND bogus\n\n", "grain AND bogus", 10, "5:17"),
        ("query: >  # folded\n      grain AND bogus", "grain AND bogus", 10, "4:17"),
        ("query: '\n      grain AND bogus'", "grain AND bogus", 10, "4:17"),
    ],
)
def test_where_a_query_stands(tmp_path: Path, written: str, query: str, offset: int, place: str) -> None:
    lists = f"watch_lists:\n  - name: Grain\n    {written}\n    notify: [{{subscriber: desk}}]\n"
    folder = write(tmp_path, watchlists=lists, subscribers="subscribers: [{name: desk}]\n")
    line = load_configuration(folder, {}).watch_lists[0]
    assert line.query == query
    assert line.query_mark
    assert str(mark_at(line.query_mark, query, offset)) == f"{tmp_path}/watchlists.yaml:{place}"


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_bytes(b"\xef\xbb\xbffeeds:\r\n  - url: https://x/\r\n    every: 5m\r\n")
    assert load_configuration(tmp_path, {}).feeds == (FeedLine("https://x/", every=timedelta(minutes=5)),)


def test_files_that_nobody_reads(tmp_path: Path) -> None:
    for name in ("feeds.yml", "watch_lists.yaml", "docker.yaml", "subscribers.txt"):
        (tmp_path / name).touch()
    (tmp_path / "feeds.yaml").touch()
    warnings = load_configuration(tmp_path, {}).warnings
    assert [str(warning) for warning in warnings] == [
        f"{tmp_path}/feeds.yml:1:1: nobody reads this file; did you mean `feeds.yaml`?",
        f"{tmp_path}/watch_lists.yaml:1:1: nobody reads this file; did you mean `watchlists.yaml`?",
    ]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (warning,) = load_configuration(tmp_path / "conf", {}).warnings
    advice = f"there is no such folder; `tocsin init {tmp_path}/conf` writes a starter configuration"
    assert str(warning) == f"{tmp_path}/conf:1:1: {advice}"


def test_load_all_tells_every_problem(tmp_path: Path) -> None:
    write(tmp_path, feeds="feeds: 1\n", settings="settings:\n  tick: fast\n")
    with pytest.raises(ConfigurationError) as caught:
        load_all(tmp_path, {"TOCSIN_BROKER_URL": "amqp://x"})
    assert [problem.mark.file.rpartition("/")[2] for problem in caught.value.problems] == [
        "$TOCSIN_BROKER_URL",
        "feeds.yaml",
        "settings.yaml",
    ]


def test_load_all_joins_warnings_and_knows_the_owner(tmp_path: Path) -> None:
    write(tmp_path, subscribers="subscribers: [{name: desk, channels: [{log: true}]}]\n")
    write(tmp_path, settings="settings:\n  owner: dsek\n  contact_url: https://news.example/bot\n")
    settings, configuration = load_all(tmp_path, {})
    assert settings.owner == "dsek"
    assert [str(warning) for warning in configuration.warnings] == [
        f"{tmp_path}/settings.yaml:2:10: the owner is no subscriber of subscribers.yaml; did you mean `desk`?"
    ]
    settings, configuration = load_all(tmp_path, {"TOCSIN_OWNER": "desk"})
    assert (settings.owner, configuration.warnings) == ("desk", ())


def test_the_schema_is_for_editors() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {"feeds", "watch_lists", "subscribers", "settings"}
    assert schema["additionalProperties"] is False
    parts = schema["$defs"]
    assert parts["FeedEntry"]["required"] == ["url"]
    assert parts["FeedEntry"]["properties"]["full_text"]["type"] == "boolean"
    assert (parts["OpmlEntry"]["required"], set(parts["OpmlEntry"]["properties"])) == (["opml"], {"opml", "tags"})
    assert parts["NotifyEntry"]["properties"]["at_most"]["default"] == "30 per hour"
    shown = {key: value["default"] for key, value in parts["SettingsEntry"]["properties"].items()}
    defaults = Settings()
    assert shown["retry_schedule"] == ["0s", "5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "1d"]
    assert parse_duration(shown["max_interval"]) == defaults.max_interval
    assert (shown["host_concurrency"], shown["host_gap"]) == (2, "5s")
    assert shown["contact_url"] == PROJECT_URL
