"""Subscribers: add and remove."""

from __future__ import annotations

import base64
import io
import sys

import pytest

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
HOOK = "https://hooks.example/hunter2"


def names(prompt):
    return [(row["name"], row["channels"], row["managed_by"]) for row in prompt.json("subscribers", "list")]


def test_a_subscriber_is_added_and_hears_of_lists(prompt):
    done = prompt(
        *("subscribers", "add", "night", "--timezone", "Europe/Kyiv"),
        *("--email", "a@example.org", "--email", "b@example.org", "--email", "a@example.org", "--log"),
    )
    assert (done.code, done.out, done.err) == (0, "added night, who hears by email, log\n", "")
    assert names(prompt) == [
        ("desk", ["log"], "file"),
        ("night", ["email a@example.org", "email b@example.org", "log"], "command"),
    ]
    assert prompt("watch", "add", "Grain", "grain", "--notify", "night").code == 0
    again = prompt("subscribers", "add", "desk", "--log")
    assert (again.code, again.err) == (2, "tocsin: subscriber 'desk' is there already (managed by file)\n")


def test_a_secret_comes_from_the_environment_and_is_never_shown(prompt, monkeypatch):
    monkeypatch.setenv("DESK_SECRET", SECRET)
    monkeypatch.setenv("HOOK", HOOK)
    options = ["--webhook", "${HOOK}", "--secret-env", "DESK_SECRET", "--webhook", f"{HOOK}/2", "--secret-env"]
    done = prompt("subscribers", "add", "hook", *options, "DESK_SECRET")
    assert (done.code, done.out) == (0, "added hook, who hears by webhook\n")
    shown = [f"webhook https://hooks.example/... #{number}" for number in (1, 2)]
    assert names(prompt)[1] == ("hook", shown, "command")


def test_secrets_come_by_standard_input(prompt, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{SECRET}\n"))
    assert prompt("subscribers", "add", "hook", "--webhook", HOOK, "--secret-stdin").code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    done = prompt("subscribers", "add", "other", "--webhook", HOOK, "--secret-stdin")
    assert (done.code, "the webhook's secret: a secret is `whsec_`" in done.err) == (2, True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_secret_is_asked_for(prompt, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal())
    asked = []
    monkeypatch.setattr("typer.prompt", lambda text, **how: asked.append((text, how["hide_input"])) or SECRET)
    assert prompt("subscribers", "add", "hook", "--webhook", HOOK).code == 0
    assert asked == [("the webhook's secret", True)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["night"], "say how to reach it: --email ADDRESS, --webhook URL, --apprise URL or --log"),
        (["night", "--email", "nobody"], "--email: write one bare address, like desk@example.org"),
        (["night", "--log", "--timezone", "Europe/Kiyv"], "--timezone: unknown time zone 'Europe/Kiyv'; did you mean"),
        (["", "--log"], "NAME: this is empty"),
        (["night", "--webhook", HOOK], "--secret-env NAME: write one for each webhook, which are 1, not 0"),
        (["night", "--log", "--secret-env", "X"], "--secret-env NAME: write one for each webhook, which are 0, not 1"),
        (["night", "--webhook", HOOK, "--secret-env", "NOWHERE"], "the environment has no `NOWHERE`: set it"),
        (["night", "--webhook", "${NOWHERE}", "--secret-env", "S"], "--webhook: the environment has no `NOWHERE`"),
        (["night", "--webhook", "hunter2", "--secret-env", "S"], "--webhook: write the whole address, beginning"),
        (["night", "--webhook", HOOK, "--secret-env", "BAD"], "and give its name"),
        (["night", "--webhook", HOOK, "--secret-env", "S", "--secret-stdin"], "--secret-env or --secret-stdin"),
    ],
)
def test_a_wrong_subscriber_says_what_to_write_and_shows_no_secret(prompt, monkeypatch, arguments, said):
    monkeypatch.setenv("S", SECRET)
    monkeypatch.setenv("BAD", "hunter2")
    done = prompt("subscribers", "add", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "hunter2" not in done.err
    assert SECRET not in done.err
    assert len(names(prompt)) == 1


def test_a_subscriber_is_removed_with_what_it_hears_of(prompt):
    prompt("subscribers", "add", "night", "--log")
    prompt("watch", "add", "Both", "x", "--notify", "night", "--notify", "desk")
    prompt("watch", "add", "One", "x", "--notify", "night")
    refused = prompt("subscribers", "remove", "night")
    assert (refused.code, "night alone hears of 'One': `tocsin watch edit NAME --notify" in refused.err) == (2, True)
    prompt("watch", "edit", "One", "--notify", "desk")
    done = prompt("subscribers", "remove", "night")
    assert (done.code, done.out) == (0, "removed night\n")
    assert done.err == "it hears no more of Both, which tell others still\n"
    assert names(prompt) == [("desk", ["log"], "file")]


def test_what_a_file_manages_or_nobody_has_is_not_removed(prompt):
    refused = prompt("subscribers", "remove", "desk")
    assert (refused.code, "take it out of config/subscribers.yaml" in refused.err) == (2, True)
    unknown = prompt("subscribers", "remove", "dsk")
    assert (unknown.code, "did you mean `desk`?" in unknown.err) == (2, True)
