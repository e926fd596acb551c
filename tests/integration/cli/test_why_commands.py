"""`tocsin why` and `tocsin watch explain`: what they print of items that a real feed and a real receiver dealt with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from servers.documents import Item, rss
from servers.receiver import SECRET

TEXT = "They went on until the morning, and nobody would say what had been agreed on by then, if anything was."
STEPS = {"step", "at", "result", "detail"}


@pytest.fixture
def desk(prompt, feed_server, receiver):
    """A prompt with one feed, one webhook, and two lists of which one takes a single message an hour."""
    url = feed_server.publish("/world", rss([]))
    prompt.write(
        "settings",
        {
            "min_interval": "1s",
            "fetch_allow": [feed_server.address],
            "deliver_allow": [receiver.address],
            "contact_url": "https://d.example",
        },
    )
    prompt.write("feeds", [{"url": url, "name": "World", "tags": ["world"], "every": "1s"}])
    prompt.write("subscribers", [{"name": "desk", "channels": [{"webhook": receiver.url("/hook"), "secret": SECRET}]}])
    told = [{"subscriber": "desk", "at_most": "1 per hour"}]
    prompt.write(
        "watch_lists",
        [
            {"name": "Kyiv", "keywords": ["Kyiv", "Kiev"], "exclude": ["football"], "notify": told},
            {"name": "Talks", "query": "talks (Minsk OR Geneva)", "notify": told},
            {"name": "Sport", "keywords": ["football"], "feeds": {"tags": ["sport"]}, "notify": told},
        ],
    )
    assert prompt("poll").code == 0
    return prompt


@pytest.fixture
def said(desk, feed_server):
    """Publish items at the feed, poll it, and return their links."""

    def publish(*given, code=0):
        feed_server.publish("/world", rss(given))
        assert desk("poll", "World").code == code

    return publish


def an_item(number, title, *, age=timedelta(minutes=5)):
    link = f"https://world.example/2026/{number}-{title.lower().replace(' ', '-')}"
    return Item(f"urn:{number}", title, TEXT, link, datetime.now(UTC) - age)


def test_a_sent_and_a_thinned_alert(desk, said):
    first, second = an_item(1, "Talks in Kyiv"), an_item(2, "Kiev holds a fair", age=timedelta(minutes=6))
    said(first, second)
    by_reason = {}
    for item in (first, second):
        document = desk.json("why", item.link)
        by_reason[document["reason"]] = document
        assert {frozenset(step) for step in document["trail"]} == {frozenset(STEPS)}
        assert document["others"] == []
    told, thinned = by_reason["told"], by_reason["thinned"]
    assert told["item"]["link"] in (first.link, second.link)
    assert [(step["step"], step["result"]) for step in told["trail"]][-2:] == [("alert", "told"), ("delivery", "sent")]
    assert told["trail"][-1]["at"].endswith("Z")
    assert ("digest", "open") in [(step["step"], step["result"]) for step in thinned["trail"]]
    assert "more than at_most (1 per hour), so it spills into the digest due" in thinned["verdict"]
    for link, reason in ((told["item"]["link"], "told"), (thinned["item"]["link"], "thinned")):
        kyiv = desk.json("why", link, "--list", "Kyiv")
        assert (kyiv["reason"], len([step for step in kyiv["trail"] if step["step"] == "alert"])) == (reason, 1)
        assert desk.json("why", link, "--list", "Sport")["verdict"] == "Sport: football: not in it"
    lines = desk("why", f"{first.link}?utm_source=rss").out.splitlines()
    assert lines[:3] == ["Talks in Kyiv", first.link, "itm_1 of World, sty_1"]
    assert any(line.startswith("told: ") for line in lines)


def test_an_item_that_was_old_and_one_that_was_told_before(desk, said):
    old, first = an_item(1, "Kyiv in winter", age=timedelta(days=30)), an_item(2, "Talks in Kyiv")
    said(old, first)
    archived = desk.json("why", old.link)
    assert archived["reason"] == "archived"
    assert "more than 1d before" in archived["verdict"]
    copy = first._replace(id="urn:3", link="https://world.example/again")
    said(old, first, copy)
    known = desk.json("why", first.link)
    assert [step["result"] for step in known["trail"] if step["step"] == "item"] == ["news", "known"]


def test_a_failed_clause(desk, said):
    item = an_item(1, "Talks in Vienna")
    said(item)
    document = desk.json("why", item.link)
    assert document["reason"] == "no_match"
    lists = [step["detail"] for step in document["trail"] if step["step"] == "watch_list"]
    assert lists == [
        "Kyiv: Kyiv OR Kiev: none of these is met (the other 1 clause met)",
        "Sport: football: not in it",
        "Talks: Minsk OR Geneva: none of these is met (the other 1 clause met)",
    ]
    assert lists[0] == desk.json("why", item.link, "--list", "Kyiv")["verdict"]
    only = desk.json("why", item.link, "--list", "Sport")
    assert only["reason"] == "no_match"
    assert [step["detail"] for step in only["trail"] if step["step"] == "watch_list"] == ["Sport: football: not in it"]


def test_a_list_that_was_made_or_changed_after_the_item(desk, said):
    item = an_item(1, "Talks in Vienna")
    assert desk("watch", "add", "Q4", "vienna football").code == 0
    said(item)
    assert desk("watch", "add", "Q5", "rose").code == 0
    for name in ("Q4", "Q5"):
        assert desk("watch", "edit", name, "--query", "tulip").code == 0
    first_seen = desk.json("why", item.link)["item"]["first_seen"]
    for name, reason, begins in (
        ("Q4", "asked_later", "Q4: the list was changed, resumed or brought back later, "),
        ("Q5", "made_later", "Q5: the list was made later, "),
    ):
        document = desk.json("why", item.link, "--list", name)
        assert document["reason"] == reason
        assert document["verdict"].startswith(begins)
        assert document["verdict"].endswith("; as the query is now: tulip: not in it")
        (step,) = [step for step in document["trail"] if step["step"] == "watch_list"]
        assert (step["result"], step["detail"]) == (reason, document["verdict"])
        assert step["at"] > first_seen
    assert desk.json("why", item.link)["reason"] == "no_match"


def test_an_item_of_a_feed_that_fails(desk, said, feed_server):
    said(an_item(1, "Talks in Kyiv"))
    feed_server.publish("/world", b"no", status=500)
    assert desk("poll", "World").code == 1
    url = feed_server.url("/2026/2-kyiv")
    document = desk.json("why", url)
    assert (document["item"], document["reason"]) == (None, "feed_backing_off")
    assert document["verdict"].endswith("HTTP 500 Internal Server Error")
    assert [(step["step"], step["result"]) for step in document["trail"]] == [
        ("item", "unknown"),
        ("feed", "backing_off"),
        ("item", "near"),
    ]
    said_so = desk("why", url)
    assert said_so.code == 0
    assert said_so.out.startswith("feed backing off: World may have had it, but brings nothing: its last polls failed")
    assert desk.json("why", "https://nobody.example/1")["reason"] == "no_feed"


def test_a_message_that_nobody_took(desk, said, receiver):
    receiver.answer_with(500)
    item = an_item(1, "Talks in Kyiv")
    said(item, code=1)
    document = desk.json("why", item.link)
    assert document["reason"] == "waiting_to_be_sent"
    assert "webhook http://127.0.0.1" in document["verdict"]
    assert SECRET not in desk("why", item.link).out


def test_a_query_is_explained_clause_by_clause(desk, said):
    item = an_item(1, "Talks in Kyiv")
    said(item)
    document = desk.json("watch", "explain", "kyiv (minsk OR talks) -football", item.link)
    assert (document["matches"], document["query"], document["watch_list"]) == (
        True,
        "kyiv (minsk OR talks) -football",
        None,
    )
    kyiv, either, no_football = document["clauses"]
    assert (kyiv["clause"], kyiv["met"], kyiv["where"]) == ("kyiv", True, ["title"])
    assert kyiv["snippets"] == [{"field": "title", "text": "Talks in Kyiv", "spans": [[9, 13]]}]
    assert [(part["clause"], part["met"]) for part in either["parts"]] == [("minsk", False), ("talks", True)]
    assert (no_football["met"], no_football["where"]) == (True, [])
    assert desk("watch", "explain", "kyiv (minsk OR talks) -morning", "itm_1").out.splitlines() == [
        "kyiv (minsk OR talks) -morning",
        "",
        "Talks in Kyiv",
        item.link,
        "itm_1 of World, sty_1",
        "it does not match",
        "yes kyiv",
        "  title: Talks in *Kyiv*",
        "yes minsk OR talks",
        "  no  minsk: not in it",
        "  yes talks",
        "    title: *Talks* in Kyiv",
        "no  -morning: morning is in it, and excluded",
        f"  text: {TEXT.replace('morning', '*morning*')}",
    ]


def test_a_watch_list_is_explained_with_its_scope(desk, said):
    item = an_item(1, "Football in Kyiv")
    said(item)
    sport = desk.json("watch", "explain", "Sport", item.link)
    assert (sport["matches"], sport["watch_list"]["name"], sport["watch_list"]["state"]) == (False, "Sport", "active")
    assert [(one["clause"], one["reason"]) for one in sport["scope"]] == [
        ("feeds: tags [sport]", "its feed has the tags world")
    ]
    assert sport["clauses"][0]["met"]
    assert desk("watch", "explain", "Sport", item.link).out.startswith("Sport: football\n")


@pytest.mark.parametrize(
    ("command", "said_so"),
    [
        (["watch", "explain", "(kyiv", "itm_1"], "  (kyiv\n  ^"),
        (
            ["watch", "explain", "kyiv", "itm_9"],
            "the archive has no item itm_9; `tocsin why` tells what is known of it",
        ),
        (["why", "itm_1", "--list", "Nobody"], "there is no watch list 'Nobody'"),
    ],
)
def test_what_cannot_be_asked_is_said(desk, said, command, said_so):
    said(an_item(1, "Talks in Kyiv"))
    done = desk(*command)
    assert (done.code, done.out) == (2, "")
    assert said_so in done.err
