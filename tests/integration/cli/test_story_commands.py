"""`tocsin stories`: what it prints, and how it puts right what was folded wrongly (issue 4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from servers.dispatch import HEADLINE, bare_headline, edits
from servers.documents import rss

OUTLETS = ("ani", "retitled", "shortened")


@pytest.fixture
def told(prompt, feed_server):
    """A prompt where one dispatch was polled at three outlets, and a bare headline at a fourth; all on loopback."""
    now = datetime.now(UTC)
    said = {outlet: edits(now)[outlet] for outlet in OUTLETS} | {"bare": bare_headline(now)}
    urls = {outlet: feed_server.publish(f"/{outlet}", rss([item], title=outlet)) for outlet, item in said.items()}
    prompt.write(
        "settings", {"min_interval": "1s", "fetch_allow": [feed_server.address], "contact_url": "https://d.example"}
    )
    for outlet, url in urls.items():
        prompt.write("feeds", [{"url": urls[one], "name": one} for one in list(urls)[: list(urls).index(outlet) + 1]])
        assert prompt("poll", outlet).code == 0, url
    return prompt, feed_server


def test_stories_are_listed_and_shown(told):
    prompt, _ = told
    [row] = prompt.json("stories", "list")
    assert (row["id"], row["title"], row["state"], row["wire"]) == ("sty_1", HEADLINE, "reported", "ANI")
    assert (row["reports"], row["independent_reports"], row["alerts"]) == (4, 2, 1)
    assert prompt.json("stories", "list", "--reports", "5") == []
    head, line = prompt("stories", "list").table
    assert (head[:3], line[:3]) == (["id", "state", "reports"], ["sty_1", "reported", "4"])

    whole = prompt.json("stories", "show", "sty_1")
    assert [(item["feed"], item["folded"], item["head"]) for item in whole["items"]] == [
        ("ani", None, True),
        ("retitled", "text", False),
        ("shortened", "text", False),
        ("bare", "headline", False),
    ]
    assert (whole["items"][0]["dateline"], whole["items"][0]["wire"]) == ("Washington", "ANI")
    assert {item["text_of"] for item in whole["items"]} == {None, "itm_1"}
    shown = prompt("stories", "show", "1").out.splitlines()
    assert shown[0] == HEADLINE
    assert shown[2] == "sty_1, reported, 4 reports, 2 independent, by ANI, 1 alert"
    assert len(shown) == 9


def test_a_correction_is_shown_word_by_word(told):
    prompt, feed_server = told
    item = edits(datetime.now(UTC))["ani"]
    changed = item._replace(text=item.text.replace("could begin any day", "could begin any hour"))
    feed_server.publish("/ani", rss([changed], title="ani"))
    assert prompt("poll", "ani").code == 0
    assert prompt.json("stories", "list")[0]["state"] == "corrected"
    *_, changed_at, text = prompt("stories", "show", "sty_1").out.splitlines()
    assert changed_at.startswith("itm_1, changed 20")
    assert "begin any [-day-] {+hour+} and that" in text.replace(",", "")


def test_reports_are_taken_out_and_stories_joined(told):
    prompt, _ = told
    link = prompt.json("stories", "show", "sty_1")["items"][1]["link"]
    assert prompt("stories", "split", "sty_1", link, "itm_4").out == "sty_2 has 2 reports of sty_1 now\n"
    rows = {row["id"]: row for row in prompt.json("stories", "list")}
    assert [(rows[one]["reports"], rows[one]["split_from"]) for one in ("sty_1", "sty_2")] == [(2, None), (2, "sty_1")]
    assert "taken out of sty_1 by hand" in prompt("stories", "show", "sty_2").out
    assert prompt("stories", "merge", "sty_2", "sty_1").out == "sty_2 has 4 reports now\n"
    [row] = prompt.json("stories", "list")
    assert (row["id"], row["reports"]) == ("sty_2", 4)
    gone = prompt.json("stories", "show", "sty_1")
    assert (gone["state"], gone["merged_into"], gone["items"]) == ("merged", "sty_2", [])
    assert prompt("stories", "show", "sty_1").out.endswith("joined with sty_2, which has its reports now\n")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["show", "sty_9"], "there is no story sty_9; `tocsin stories list` shows them"),
        (["show", "alt_1"], "'alt_1' is no id of this kind; it looks like sty_12"),
        (["split", "sty_1", "itm_9"], "no report of sty_1: itm_9"),
        (["split", "sty_1", "https://nowhere.example/"], "no report of sty_1 has the link https://nowhere.example/"),
        (["split", "sty_1", "itm_1", "itm_2", "itm_3", "itm_4"], "these are all reports of sty_1"),
        (["merge", "sty_1", "sty_1"], "sty_1 cannot be joined with itself"),
        (["merge", "sty_1", "sty_9"], "there is no story sty_9"),
    ],
)
def test_what_cannot_be_done_is_said(told, command, said):
    done = told[0]("stories", *command)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_before_any_story_there_is_none(prompt):
    done = prompt("stories", "list")
    assert (done.code, done.out, done.err) == (0, "", "no stories yet\n")
