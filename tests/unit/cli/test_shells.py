"""What is put into a line of bash, whatever has been typed of it."""

from __future__ import annotations

import pytest
from typer._click.shell_completion import CompletionItem

from worker.cli import completing
from worker.cli.shells import Bash, Fish, Zsh, rejoined, typed
from worker.service.queues import QUEUES
from worker.store.deliveries import REPLAYABLE


@pytest.mark.parametrize(
    ("value", "so_far", "put"),
    [
        ("Ukraine", "", "Ukraine"),
        ("Україна", "Укр", "Україна"),
        ("BBC World", "BB", r"BBC\ World"),
        ("BBC World", '"BB', "BBC World"),
        ("BBC World", "'BB", "BBC World"),
        ('a $5 "b"', '"a', r"a \$5 \"b\""),
        ("It's", "'It", r"It'\''s"),
        ("It's", "It", r"It\'s"),
        ("https://one.example/feed", "https:", "//one.example/feed"),
        ("https://one.example/feed", "https://o", "//one.example/feed"),
        ("https://one.example/feed", '"https://o', "https://one.example/feed"),
        ("Grain & corn", "--list=Gr", r"Grain\ \&\ corn"),
        ("--list", "--li", "--list"),
    ],
)
def test_a_value_is_put_into_the_line_as_the_shell_takes_it(value, so_far, put):
    assert typed(value, so_far) == put


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (["tocsin", "feeds", "remove", "https", ":", "//o"], ["tocsin", "feeds", "remove", "https://o"]),
        (["tocsin", "alerts", "list", "--list", "=", "Gr"], ["tocsin", "alerts", "list", "--list=Gr"]),
        (["tocsin", "search", "title", ":", ""], ["tocsin", "search", "title:", ""]),
        (["tocsin", ""], ["tocsin", ""]),
        (["tocsin", ":", "x"], ["tocsin", ":x"]),
    ],
)
def test_what_bash_has_parted_is_put_together_again(words, whole):
    assert rejoined(words) == whole


@pytest.mark.parametrize(
    ("words", "at", "asked"),
    [
        ("tocsin\nfeeds\nremove\n", 3, (["feeds", "remove"], "")),
        ("tocsin\nfeeds\nremove", 3, (["feeds", "remove"], "")),
        ('tocsin\nfeeds\nremove\n"BBC W', 3, (["feeds", "remove"], "BBC W")),
        ("tocsin\nfeeds\nremove\nBBC\\ W\nbehind", 3, (["feeds", "remove"], "BBC W")),
        ("tocsin fe", 1, ([], "fe")),
    ],
)
def test_bash_says_what_stands_before_the_cursor(monkeypatch, words, at, asked):
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(at))
    assert Bash(None, {}, "tocsin", "").get_completion_args() == asked


def test_other_shells_show_help_beside_the_value():
    item, bare = CompletionItem("up", help="Run the\nservice: all."), CompletionItem("BBC World")
    assert Zsh(None, {}, "tocsin", "").format_completion(item) == '"up":"Run the\nservice\\\\: all."'
    assert Zsh(None, {}, "tocsin", "").format_completion(bare) == '"BBC World"'
    assert Fish(None, {}, "tocsin", "").format_completion(item) == "up\tRun the service: all."
    assert Fish(None, {}, "tocsin", "").format_completion(bare) == "BBC World"


def test_queues_are_completed_one_by_one():
    assert completing.queues("") == [*QUEUES]
    first, second, *others = QUEUES
    assert completing.queues(f"{first},") == [f"{first},{other}" for other in (second, *others)]


def test_words_are_those_that_commands_take():
    assert completing.REPLAYED == REPLAYABLE
    assert set(completing.replayed_states()) < set(completing.delivery_states())
    assert "held" in completing.alert_states()
    assert "Europe/Kyiv" in completing.zones()
    assert (completing.orders(), completing.limits()) == (["newest", "relevance"], ["30 per hour", "none"])
