"""Settings from the file and the environment."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.entries import SettingsEntry
from config.settings import CONTACT_WARNING, ConfigurationError, as_environment, load_settings, settings_in
from config.values import DEFAULT_HOST_CONCURRENCY, DEFAULT_HOST_GAP, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_PAGE = {"TOCSIN_CONTACT_URL": "https://news.example/bot"}
KNOWN = replace(Settings(), contact_url="https://news.example/bot")


def write(folder: Path, text: str) -> Path:
    (folder / "settings.yaml").write_text(text, encoding="utf-8")
    return folder


def test_defaults_and_the_reminder(tmp_path: Path) -> None:
    settings, warnings = load_settings(tmp_path, {})
    assert settings == Settings()
    assert [str(warning) for warning in warnings] == [f"{tmp_path}/settings.yaml:1:1: {CONTACT_WARNING}"]


def test_every_setting_has_a_key() -> None:
    assert list(SettingsEntry.model_fields) == [field.name for field in fields(Settings)]


def test_the_file(tmp_path: Path) -> None:
    text = """\
settings:
  data_dir: /srv/tocsin
  database_url: postgresql+psycopg://u:${PASSWORD}@db/tocsin
  owner: desk
  broker_url: redis+socket:///run/redis.sock
  contact_url: https://news.example/bot
  smtp_url: smtps://mail.example
  mail_from: tocsin@news.example
  min_interval: 1s
  max_interval: 60 s
  fresh_for: 0s
  story_window: 0s
  tick: 2s
  group_wait: 0s
  retry_schedule: [0s, 1s]
  fetch_allow: [127.0.0.1:8801, 10.1.0.0/16, "fd00::/8", "[::1]:80", feeds.local:8080]
  deliver_allow:
"""
    settings, warnings = load_settings(write(tmp_path, text), {"PASSWORD": "p"})
    assert warnings == ()
    assert settings == Settings(
        data_dir=Path("/srv/tocsin"),
        database_url="postgresql+psycopg://u:p@db/tocsin",
        owner="desk",
        broker_url="redis+socket:///run/redis.sock",
        contact_url="https://news.example/bot",
        smtp_url="smtps://mail.example",
        mail_from="tocsin@news.example",
        min_interval=timedelta(seconds=1),
        max_interval=timedelta(seconds=60),
        fresh_for=timedelta(0),
        story_window=timedelta(0),
        tick=timedelta(seconds=2),
        retry_schedule=(timedelta(0), timedelta(seconds=1)),
        fetch_allow=("127.0.0.1:8801", "10.1.0.0/16", "fd00::/8", "[::1]:80", "feeds.local:8080"),
    )


def test_the_environment_wins_and_is_yaml(tmp_path: Path) -> None:
    write(tmp_path, "settings:\n  tick: wrong, but never looked at\n  max_interval: 1h\n")
    environ = OWN_PAGE | {
        "TOCSIN_TICK": "3s",
        "TOCSIN_FETCH_ALLOW": '["127.0.0.1:8801", 10.0.0.0/8]',
        "TOCSIN_BROKER_URL": "redis://localhost:6379/0",
        "TOCSIN_OWNER": "  ",
        "TOCSIN_DATA_DIR": "state/${NOT_FILLED}",
    }
    settings, warnings = load_settings(tmp_path, environ)
    assert warnings == ()
    assert settings == replace(
        KNOWN,
        tick=timedelta(seconds=3),
        max_interval=timedelta(hours=1),
        fetch_allow=("127.0.0.1:8801", "10.0.0.0/8"),
        broker_url="redis://localhost:6379/0",
        data_dir=Path("state/${NOT_FILLED}"),
    )


def test_the_database_lies_in_the_data_folder() -> None:
    settings = replace(Settings(), data_dir=Path("/srv/tocsin"))
    assert settings.resolved_database_url == "sqlite:////srv/tocsin/tocsin.db"


def test_a_tilde_is_the_home_folder(tmp_path: Path) -> None:
    settings, _ = load_settings(tmp_path, {"TOCSIN_DATA_DIR": "~/tocsin"})
    assert settings.data_dir == Path.home() / "tocsin"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("database_url", "sqlite:////srv/tocsin.db"),
        ("database_url", "sqlite:///{data_dir}/other.db"),
        ("broker_url", "embedded"),
        ("broker_url", "rediss://:p@h:6380/1"),
        ("smtp_url", "smtp://u:p@h:587"),
        ("database_url", "postgresql+psycopg:///tocsin?host=/run/postgresql"),
    ],
)
def test_servers(tmp_path: Path, key: str, value: str) -> None:
    settings, _ = load_settings(tmp_path, OWN_PAGE | {f"TOCSIN_{key.upper()}": value})
    assert getattr(settings, key) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host_concurrency: 3", []),
        ("host_gap: 5s", []),
        ("redirect_after: 1h", []),
        ("group_wait: 1s", []),
        ("base_url: https://tocsin.example", []),
    ],
)
def test_no_effect_yet(tmp_path: Path, text: str, expected: list[str]) -> None:
    _, warnings = load_settings(write(tmp_path, f"settings:\n  {text}\n"), OWN_PAGE)
    assert [f"{w.mark.line}:{w.mark.column}: {w.message}" for w in warnings] == expected


@pytest.mark.parametrize(
    ("text", "expected", "public"),
    [
        ("tick: 1s", (None, None), (2, timedelta(seconds=5))),
        ("host_concurrency: 2", (2, None), (2, timedelta(seconds=5))),
        ("host_gap: 0s", (None, timedelta(0)), (2, timedelta(0))),
    ],
)
def test_manners_know_whether_somebody_set_them(tmp_path: Path, text: str, expected: object, public: object) -> None:
    settings, _ = load_settings(write(tmp_path, f"settings:\n  {text}\n"), OWN_PAGE)
    assert (settings.host_concurrency, settings.host_gap) == expected
    assert (settings.public_host_concurrency, settings.public_host_gap) == public


def test_a_misspelt_variable(tmp_path: Path) -> None:
    environ = OWN_PAGE | {"TOCSIN_FETCH_ALOW": "x", "TOCSIN_CONFIG": "y", "TOCSIN_LOG": "json", "FETCH_ALLOW": "z"}
    _, warnings = load_settings(tmp_path, environ)
    assert [str(w) for w in warnings] == [
        "$TOCSIN_FETCH_ALOW:1:1: this is no setting; did you mean TOCSIN_FETCH_ALLOW?"
    ]


NO_DURATION = "is no duration; write a whole number and its unit, like 30s, 5m, 24h or 90d (3650d at most)"
NO_BROKER = "write `embedded`, redis://HOST:6379/0, rediss://... for TLS, or redis+socket:///PATH for a unix socket"
NO_DATABASE = "write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
NO_SMTP = "write smtp://HOST:PORT, or smtps://HOST:PORT for TLS from the start"
NO_FILE = "several processes share the database, so name a file: sqlite:///{data_dir}/tocsin.db"
NO_ALLOWED = "write ADDRESS:PORT, HOST:PORT, [IPV6 ADDRESS]:PORT or a network like 10.1.0.0/16"

WRONG: list[tuple[str, dict[str, str], list[str]]] = [
    ("settings: 5\n", {}, ["1:11: write lines of `key: value` under `settings:`"]),
    ("setings: {}\n", {}, ["1:1: unknown key `setings`; did you mean `settings`?"]),
    (
        "settings:\n  min_intervall: 5m\n  tick: 0s\n",
        {},
        ["2:3: unknown key `min_intervall`; did you mean `min_interval`?", "3:9: `0s` is too short; 1s is the least"],
    ),
    ("settings:\n  min_interval: 0s\n", {}, ["2:17: `0s` is too short; 1s is the least"]),
    ("settings:\n  fresh_for: 90\n", {}, [f"2:14: `90` {NO_DURATION}"]),
    (
        "settings:\n  min_interval: 2h\n  max_interval: 1h\n",
        {},
        ["3:17: min_interval (2h) is longer than max_interval (1h); change one of them"],
    ),
    (
        "settings:\n  min_interval: 2d\n",
        {},
        ["2:17: min_interval (2d) is longer than max_interval (1d); change one of them"],
    ),
    ('settings:\n  host_concurrency: "2"\n', {}, ["2:21: `host_concurrency` takes a whole number, without quotes"]),
    (
        "settings:\n  host_concurrency: 0\n",
        {},
        ["2:21: `host_concurrency`: input should be greater than or equal to 1"],
    ),
    ("settings:\n  retry_schedule: []\n", {}, ["2:19: `retry_schedule` is empty; write one entry at least"]),
    ("settings:\n  retry_schedule: [0s, x]\n", {}, [f"2:24: `x` {NO_DURATION}"]),
    (
        "settings:\n  database_url: ${DB}\n",
        {"DB": "postgres://u:hunter2@h"},
        ["2:17: write postgresql+psycopg:// in front: the driver is psycopg 3"],
    ),
    (
        "settings:\n  database_url: ${NO_DB}\n",
        {},
        ["2:17: the environment has no `NO_DB`: set it, as `export NO_DB=...`, before starting"],
    ),
    *(
        (f"settings:\n  database_url: '{url}'\n", {}, [f"2:17: {message}"])
        for url, message in (
            ("postgresql://h/db", "write postgresql+psycopg:// in front: the driver is psycopg 3"),
            ("postgresql+psycopg2://h/db", "write postgresql+psycopg:// in front: the driver is psycopg 3"),
            ("mysql://h/db", NO_DATABASE),
            ("sqlite://", NO_FILE),
            ("sqlite:///", NO_FILE),
            ("sqlite:///:memory:", NO_FILE),
            ("sqlite:tocsin.db", NO_FILE),
        )
    ),
    *(
        (f"settings:\n  broker_url: '{url}'\n", {}, [f"2:15: {message}"])
        for url, message in (
            ("amqp://u:hunter2@h", NO_BROKER),
            ("unix:///run/redis.sock", NO_BROKER),
            ("redis://", NO_BROKER),
            ("redis://h:0", NO_BROKER),
            ("redis+socket://run/redis.sock", "write the socket's whole path, like redis+socket:///run/redis.sock"),
        )
    ),
    ("settings:\n  smtp_url: localhost:25\n", {}, [f"2:13: {NO_SMTP}"]),
    (
        "settings:\n  mail_from: Tocsin <tocsin@news.example>\n",
        {},
        ["2:14: write one bare address, like desk@example.org (a domain in other letters in its xn-- form)"],
    ),
    ("settings:\n  smtp_url: smtp://h:x\n", {}, [f"2:13: {NO_SMTP}"]),
    ("settings:\n  base_url: here\n", {}, ["2:13: write the whole address, beginning with https:// or http://"]),
    (
        "settings:\n  fetch_allow: [localhost, 10.1.0.3/16, 127.0.0.1:0, '::1:80']\n",
        {},
        [
            f"2:17: `localhost`: {NO_ALLOWED}",
            "2:28: `10.1.0.3/16` is no network; write its first address and its length, like 10.1.0.0/16 or fd00::/8",
            f"2:41: `127.0.0.1:0`: {NO_ALLOWED}",
            f"2:54: `::1:80`: {NO_ALLOWED}",
        ],
    ),
    ("", {"TOCSIN_TICK": "fast"}, [f"1:1: `fast` {NO_DURATION}"]),
    (
        "",
        {"TOCSIN_OWNER": "yes"},
        ['1:1: `yes` is true or false to YAML, and a text belongs here; write "yes" in quotes'],
    ),
    (
        "",
        {"TOCSIN_SMTP_URL": "smtp://u:hunter2@h: x"},
        ["1:1: `smtp_url` takes one text here, no list and no mapping"],
    ),
    ("", {"TOCSIN_DATABASE_URL": "*hunter2"}, ["1:1: this is not YAML: put text that begins with * in quotes"]),
    ("", {"TOCSIN_RETRY_SCHEDULE": "[0s, 1w]"}, [f"1:6: `1w` {NO_DURATION}"]),
    ("", {"TOCSIN_FETCH_ALLOW": "127.0.0.1:80"}, ["1:1: `fetch_allow` is a list; write `fetch_allow: [127.0.0.1:80]`"]),
    (
        "",
        {"TOCSIN_TICK": "{a: 1, a: 2}"},
        [f"1:1: this {NO_DURATION}", "1:8: `a` stands here already, in line 1; keep one of them"],
    ),
]


@pytest.mark.parametrize(("text", "environ", "expected"), WRONG)
def test_problems(tmp_path: Path, text: str, environ: Mapping[str, str], expected: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(write(tmp_path, text), OWN_PAGE | environ)
    assert "hunter2" not in str(caught.value)
    assert [f"{p.mark.line}:{p.mark.column}: {p.message}" for p in caught.value.problems] == expected


def test_a_variable_is_named_as_the_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path, {"TOCSIN_TICK": "0s"})
    assert str(caught.value.problems[0]) == "$TOCSIN_TICK:1:1: `0s` is too short; 1s is the least"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        replace(
            KNOWN,
            data_dir=Path("/srv/Київ \U0001f1fa: #1"),
            owner="yes",
            mail_from="tocsin@news.example",
            broker_url='redis://:pass"word\\@h:6379/1',
            host_concurrency=7,
            host_gap=timedelta(0),
            tick=timedelta(seconds=90),
            retry_schedule=(timedelta(0), timedelta(days=2)),
            fetch_allow=("127.0.0.1:8801", "[::1]:80", "10.1.0.0/16"),
        ),
        replace(Settings(), host_concurrency=DEFAULT_HOST_CONCURRENCY, host_gap=DEFAULT_HOST_GAP),
    ],
    ids=["defaults", "others", "defaults said aloud"],
)
def test_settings_go_through_the_environment(settings: Settings) -> None:
    assert settings_in(as_environment(settings)) == settings


def test_a_wrong_environment_alone_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"TOCSIN_TICK:1:1: `0s` is too short"):
        settings_in({"TOCSIN_TICK": "0s"})
