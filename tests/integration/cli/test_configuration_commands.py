"""init, check, plan, apply, db: the files and the schema."""

import json

import pytest
import yaml

STARTER = ["feeds.yaml", "settings.yaml", "subscribers.yaml", "watchlists.yaml"]


@pytest.fixture
def prompt(new_prompt):
    """Without a database: what makes one is tried here."""
    return new_prompt


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_init_writes_a_good_configuration_and_never_overwrites(bare):
    first = bare("init")
    assert (first.code, names(bare.config)) == (0, STARTER)
    assert "`tocsin check` and `tocsin up`" in first.err
    (bare.config / "feeds.yaml").write_text("feeds: []\n")
    again = bare("init")
    assert again.code == 0
    assert all(line.startswith("kept ") for line in again.out.splitlines())
    assert (bare.config / "feeds.yaml").read_text() == "feeds: []\n"
    assert bare("check").code == 0


@pytest.mark.parametrize("arguments", [["init", "news"], ["init", "--config", "news"]])
def test_init_writes_where_it_is_told(bare, arguments):
    done = bare(*arguments)
    assert names(bare.folder / "news") == STARTER
    assert "tocsin up --config news" in done.err


def test_init_writes_where_the_environment_says(bare, monkeypatch):
    monkeypatch.setenv("TOCSIN_CONFIG", str(bare.folder / "elsewhere"))
    bare("init")
    assert names(bare.folder / "elsewhere") == STARTER


def test_init_into_a_file_is_refused(bare):
    (bare.folder / "config").write_text("")
    done = bare("init")
    assert (done.code, done.err) == (2, "tocsin: config cannot be written: File exists\n")


def test_check_counts_what_is_good(prompt):
    assert prompt("check").out == "1 feed, 1 watch list, 1 subscriber: no mistakes\n"
    assert prompt.json("check") == {
        "feeds": 1,
        "opml_lists": 0,
        "watch_lists": 1,
        "subscribers": 1,
        "warnings": [],
    }
    assert names(prompt.folder) == ["config"]


def test_check_refuses_what_would_stop_the_start(bare):
    bare.write("settings", {"smtp_url": "smtp://mail.example?starttls=bogus"})
    done = bare("check")
    assert (done.code, done.err) == (2, "tocsin: smtp_url: starttls is auto, always or never, not 'bogus'\n")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_cannot_be_read_stop_whatever_would_start(prompt, monkeypatch, name):
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv(name, str(prompt.folder / "none"))
    if name == "SSL_CERT_DIR":
        assert prompt("check").code == 0  # OpenSSL looks into it when a certificate is to be checked
        return
    for command in ("check", "up"):
        done = prompt(command)
        said = f"tocsin: SSL_CERT_FILE={prompt.folder / 'none'}: no certificates can be read there: No such file or directory"
        assert (done.code, done.err) == (2, f"{said}\n")
    (prompt.folder / "none").write_text("no certificate")
    assert prompt("check").code == 2


def test_check_warns(prompt):
    prompt.write("settings", "settings:\n  base_url: http://127.0.0.1:9\n")
    prompt.write("subscribers", [{"name": "desk", "channels": [{"log": True}]}, {"name": "idle"}])
    done = prompt("check")
    assert done.code == 0
    warnings = [line for line in done.out.splitlines() if line.startswith("warning  ")]
    assert any("contact_url is still the project's page" in line for line in warnings)
    assert any("no watch list of the files tells 'idle'" in line for line in warnings)
    assert prompt.json("check")["warnings"] == [line.removeprefix("warning  ") for line in warnings]


def test_check_alone_warns_of_mails_that_nobody_is_named_to_send(prompt, monkeypatch):
    assert "mail_from" not in prompt("check").out
    prompt.write("subscribers", [{"name": "desk", "channels": [{"log": True}, {"email": "desk@example.org"}]}])
    (warning,) = (line for line in prompt("check").out.splitlines() if "mail_from is not set" in line)
    assert warning.startswith("warning  config/subscribers.yaml:")
    assert "mail_from" not in prompt("apply").err
    monkeypatch.setenv("TOCSIN_MAIL_FROM", "tocsin@example.org")
    assert "mail_from" not in prompt("check").out


def test_other_commands_warn_on_standard_error_of_all_but_the_contact_page(prompt):
    prompt.write("settings", "settings:\n  base_url: http://127.0.0.1:9\n")
    prompt.write("subscribers", [{"name": "desk", "channels": [{"log": True}]}, {"name": "idle"}])
    done = prompt("apply", "--json")
    assert "`idle` has no channel, so no message goes out" in done.err
    assert "contact_url" not in done.err
    assert [change["action"] for change in json.loads(done.out)] == ["add"] * 4


def test_the_schema_is_for_editors(bare):
    schema = bare.json("check", "--schema")
    assert schema["title"] == "Tocsin configuration"


@pytest.mark.parametrize(
    "command", [["check"], ["plan"], ["apply"], ["feeds", "list"], ["poll"], ["beat"], ["worker"], ["up"]]
)
def test_all_mistakes_of_all_files_are_shown_at_once_and_nothing_starts(prompt, command):
    prompt.write("settings", "settings:\n  min_intervall: 5m\n")
    prompt.write("feeds", "feeds:\n  - url: ftp://one.example\n")
    prompt.write("subscribers", "subscribers:\n  - name: desk\n    quiet_hours: late\n")
    prompt.write(
        "watch_lists",
        "watch_lists:\n  - name: A\n    query: ukraine AND (b\n    notify: [{subscriber: dsk}]\n",
    )
    done = prompt(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "tocsin: the configuration has 5 problems:",
        "config/feeds.yaml:2:10: write the whole address, beginning with https:// or http://",
        "config/settings.yaml:2:3: unknown key `min_intervall`; did you mean `min_interval`?",
        "config/subscribers.yaml:3:18: `late`: write `22:00-07:00`, from when to when, two different times of the day",
        'config/watchlists.yaml:3:24: watch list \'A\': write a ")" for this "("',
        "  ukraine AND (b",
        "              ^",
        "config/watchlists.yaml:4:27: unknown subscriber `dsk`; did you mean `desk`?",
    ]
    assert names(prompt.folder) == ["config"]


def test_wrong_settings_alone_are_said_where_there_is_no_folder(bare, monkeypatch):
    monkeypatch.setenv("TOCSIN_TICK", "soon")
    done = bare("alerts", "list")
    assert done.code == 2
    assert "$TOCSIN_TICK:1:1: `soon` is no duration" in done.err


def test_plan_makes_no_database_and_apply_does(prompt):
    planned = prompt.json("plan")
    assert [(change["action"], change["kind"], change["name"]) for change in planned] == [
        ("add", "feed", "One"),
        ("add", "watch_list", "Ukraine"),
        ("add", "subscriber", "desk"),
    ]
    assert names(prompt.folder) == ["config"]
    assert prompt.json("apply") == planned
    for command in ("plan", "apply"):
        done = prompt(command)
        assert (done.code, done.out, done.err) == (0, "", "no changes\n")


def test_plan_shows_what_changed_and_what_is_removed(prompt):
    prompt("apply")
    prompt.write("feeds", [{"url": "https://one.example/feed", "name": "One", "every": "5m"}])
    prompt.write("watch_lists", [])
    assert prompt("plan").table[1:] == [
        ["change", "feed", "One", "tags, every"],
        ["remove", "watch_list", "Ukraine", "-"],
    ]


def test_plan_on_a_database_without_schema_says_how_to_get_one(prompt):
    (prompt.folder / "var").mkdir()
    (prompt.folder / "var" / "tocsin.db").touch()
    done = prompt("plan")
    assert done.code == 3
    assert "`tocsin db upgrade` makes it so" in done.err


def test_db_upgrade_says_whether_there_was_anything_to_do(prompt):
    assert prompt("db", "upgrade").out == "the schema is up to date now\n"
    assert prompt("db", "upgrade").out == "the schema was up to date already\n"


def test_any_file_may_be_missing(bare):
    bare.config.mkdir()
    assert bare("check").out.splitlines()[-1] == "0 feeds, 0 watch lists, 0 subscribers: no mistakes"
    assert bare("feeds", "list").code == 0


def test_changed_files_are_applied_by_the_next_command(prompt):
    assert [feed["name"] for feed in prompt.json("feeds", "list")] == ["One"]
    prompt.write("feeds", [{"url": "https://two.example/feed", "name": "Two"}])
    assert [feed["name"] for feed in prompt.json("feeds", "list")] == ["Two"]


def test_a_secret_of_the_files_is_printed_by_no_command(prompt, monkeypatch):
    secret = "whsec_dG9jc2luLXRlc3RzLXNpZ25pbmcta2V5LTAwMQ=="
    monkeypatch.setenv("DESK_SECRET", secret)
    hook = {"webhook": "https://u:hunter2@desk.example/hook/token", "secret": "${DESK_SECRET}"}
    prompt.write("subscribers", yaml.safe_dump({"subscribers": [{"name": "desk", "channels": [hook]}]}))
    prompt.write("feeds", [{"url": "https://u:hunter2@one.example/feed"}])
    for command in (["plan"], ["apply"], ["subscribers", "list"], ["feeds", "list"], ["status"], ["check"]):
        for form in ([], ["--json"]):
            done = prompt(*command, *form)
            assert not any(word in done.out + done.err for word in ("hunter2", secret[6:], "/hook/token"))


WRONG_QUERY = "watch_lists:\n  - name: Ukraine\n    query: kyiv AND (\n    notify: [{subscriber: desk}]\n"
BROKEN_YAML = "watch_lists:\n  - name: 'Ukraine\n"
WARNING = "warning  the files are wrong; what was last applied of them is used: `tocsin check` says more"


@pytest.mark.parametrize("text", [WRONG_QUERY, BROKEN_YAML])
@pytest.mark.parametrize(
    "command",
    [
        ["feeds", "list"],
        ["watch", "list"],
        ["alerts", "list"],
        ["deliveries", "list"],
        ["subscribers", "list"],
        ["stories", "list"],
        ["search", "kyiv"],
        ["watch", "preview", "kyiv"],
        ["watch", "lint"],
        ["watch", "edit", "Ukraine", "--pause"],
    ],
)
def test_wrong_files_stop_no_command_that_needs_them_not(prompt, command, text):
    prompt("apply")
    good = prompt(*command)
    prompt.write("watch_lists", text)
    done = prompt(*command)
    assert (done.code, done.out) == (good.code, good.out) == (0, good.out)
    assert done.err.splitlines() == [WARNING, *good.err.splitlines()]


def test_wrong_files_leave_standard_output_to_the_rows_and_the_last_good_ones_in_place(prompt):
    prompt("apply")
    prompt.write("watch_lists", WRONG_QUERY)
    prompt.write("feeds", [{"url": "https://two.example/feed", "name": "Two"}])
    assert [found["name"] for found in prompt.json("watch", "list")] == ["Ukraine"]
    assert [feed["name"] for feed in prompt.json("feeds", "list")] == ["One"]
    for command in ("check", "plan", "apply", "up"):
        done = prompt(command)
        assert (done.code, done.out) == (2, "")
        assert "config/watchlists.yaml:3:" in done.err
    prompt.write("watch_lists", [])
    assert [feed["name"] for feed in prompt.json("feeds", "list")] == ["Two"]
    assert prompt.json("watch", "list") == []


def test_wrong_files_stop_the_command_that_would_make_the_database(new_prompt):
    new_prompt.write("watch_lists", WRONG_QUERY)
    done = new_prompt("feeds", "list")
    assert (done.code, names(new_prompt.folder)) == (2, ["config"])
    assert "config/watchlists.yaml:3:" in done.err


def test_files_that_take_away_what_a_list_made_by_command_refers_to_are_told_of(prompt):
    prompt("apply")
    assert prompt("watch", "add", "Both", "list:Ukraine", "--notify", "desk").code == 0
    prompt.write("watch_lists", [])
    done = prompt("watch", "list", "--json")
    assert [found["name"] for found in json.loads(done.out)] == ["Both", "Ukraine"]
    assert done.err == WARNING.replace("check", "apply") + "\n"
    assert prompt("apply").code == 2


def test_check_tells_wrong_queries_and_wrong_references_at_once_and_each_once(prompt):
    told = "    notify: [{subscriber: desk}]\n"
    prompt.write(
        "watch_lists",
        "watch_lists:\n"
        f"  - name: Open\n    query: kyiv AND (\n{told}"
        f"  - name: Refers to what is wrong\n    query: list:Open list:Both list:Odd\n{told}"
        f"  - name: Lost\n    query: list:Nowhere\n{told}"
        f"  - name: Round\n    query: list:About\n{told}"
        f"  - name: About\n    query: list:Round\n{told}"
        f"  - name: Both\n    keywords: [a]\n    query: b\n{told}"
        f"  - name: Odd\n    colour: red\n    query: (c\n{told}"
        f"  - name: None\n{told}"
        f'  - name: Unset\n    query: "${{NOBODY}} AND ("\n{told}',
    )
    done = prompt("check")
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert [line.removeprefix("config/watchlists.yaml:") for line in lines if line.startswith("config/")] == [
        '3:21: watch list \'Open\': write a ")" for this "("',
        "9:12: watch list 'Lost': there is no watch list 'Nowhere' (did you mean 'None'?)",
        "12:12: watch list 'Round': this leads back to itself: Round -> About -> Round",
        "15:12: watch list 'About': this leads back to itself: About -> Round -> About",
        "19:12: a list has either `keywords` or `query`, not both",
        "22:5: unknown key `colour`; there are alert, exclude, feeds, keywords, languages, name, notify, query, renamed_from",
        '23:12: watch list \'Odd\': write a ")" for this "("',
        "25:5: a list needs `keywords: [...]` or `query: ...`",
        "28:12: the environment has no `NOBODY`: set it, as `export NOBODY=...`, before starting",
    ]
