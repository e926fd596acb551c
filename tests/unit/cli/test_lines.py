from datetime import timedelta

import pytest

from config.values import Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.cli.doubts import doubts
from worker.cli.lines import feed_line, watch_list_line
from worker.cli.rows import number
from worker.errors import ConfigurationError


def watch(name="A", query="a", subscribers=("desk",), **options):
    given = {"exclude": [], "tags": [], "when": "immediately", "at_most": None}
    return watch_list_line(name, query, subscribers, **given | options)


def test_a_feed_is_held_to_the_rules_of_the_files():
    assert feed_line(" https://a.example/f ", name="A ", tags=["x", "x", "y"], every="5m") == FeedLine(
        "https://a.example/f", "A", ("x", "y"), timedelta(minutes=5)
    )
    assert feed_line("https://a.example/f", name=None, tags=[], every=None) == FeedLine("https://a.example/f")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "a.example"}, "URL: write the whole address, beginning with https:// or http://"),
        ({"every": "5"}, "--every: '5' is no duration; write a whole number and its unit, like 30s, 5m, 24h or 90d"),
        ({"name": "two\nlines"}, "--name: this must be one line of text"),
        ({"tags": [""]}, "--tag: this is empty"),
    ],
)
def test_a_wrong_feed_says_what_to_write(given, said):
    line = {"url": "https://a.example/f", "name": None, "tags": [], "every": None} | given
    with pytest.raises(ConfigurationError) as caught:
        feed_line(line.pop("url"), **line)
    assert str(caught.value).startswith(said)


def test_a_wrong_address_is_not_repeated_for_it_may_hold_a_password():
    with pytest.raises(ConfigurationError) as caught:
        feed_line("ftp://u:hunter2@a.example/f", name=None, tags=[], every="x")
    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_a_watch_list_is_held_to_the_rules_of_the_files():
    assert watch(exclude=["x"], tags=["t"], subscribers=["desk", "desk"], at_most="none") == WatchListLine(
        name="A", query="a", exclude=("x",), feed_tags=("t",), notify=(NotifyLine("desk", None),)
    )
    assert watch(languages=["uk", "EN", "uk"]).languages == ("en", "uk")
    assert watch().notify == (NotifyLine("desk"),)
    assert (watch().alert, watch(alert="every").alert) == ("first", "every")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"when": "never"},
            "--when: 'never': write `immediately`, `hourly`, `daily at 08:00` or `weekly on monday at 08:00`",
        ),
        ({"at_most": "5"}, "--at-most: write `30 per hour` (1 at least), or `none` for no limit"),
        ({"alert": "update"}, "--alert: write 'first', 'updates' or 'every'"),
        ({"languages": ["ua"]}, "--language: there is no language 'ua'; did you mean `uk`?"),
        ({"name": " ", "options": {"name": "--rename"}}, "--rename: this is empty"),
        ({"name": " "}, "NAME: this is empty"),
        ({"query": " "}, "QUERY: the query is empty"),
    ],
)
def test_a_wrong_watch_list_says_what_to_write(given, said):
    with pytest.raises(ConfigurationError) as caught:
        watch(**given)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(("text", "found"), [("dlv_12", 12), ("12", 12), ("_12", 12), ("dlv_007", 7)])
def test_a_public_id_has_a_number(text, found):
    assert number(text, "dlv") == found


@pytest.mark.parametrize("text", ["", "dlv_", "alt_12", "dlv_x", "dlv_١", "dlv_-1", "9" * 19, "1" * 5000])
def test_another_text_is_no_id(text):
    with pytest.raises(ConfigurationError, match="it looks like dlv_12"):
        number(text, "dlv")


def test_what_is_hardly_meant_is_doubted():
    found = Configuration(
        feeds=(FeedLine("https://a.example/f", tags=("world",)),),
        watch_lists=(
            WatchListLine("A", keywords=("x",), feed_tags=("world", "wrld"), notify=(NotifyLine("desk"),)),
            WatchListLine("B", keywords=("x",), notify=(NotifyLine("desk"),)),
        ),
        subscribers=(SubscriberLine("desk"), SubscriberLine("idle")),
    )
    assert [problem.message for problem in doubts(found)] == [
        "watch list 'A' looks at feeds tagged 'wrld', and no feed is; did you mean `world`?",
        "no watch list of the files tells 'idle'",
    ]
