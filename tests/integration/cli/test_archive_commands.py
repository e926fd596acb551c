"""`tocsin search` and `tocsin watch preview`: what they print, page by page, and what they refuse (issue 5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from servers.documents import Item, dated, rss

from worker.cli import preview_rows
from worker.cli.clause_rows import PLAIN, Marks
from worker.pipeline import effects
from worker.pipeline.search import Effort, search

SAID = ["Kyiv speaks", "Troops near Kyiv", "Football in Kyiv", "Weather", "Grain from Odesa", "Ukraine and Kyiv talk"]


@pytest.fixture
def desk(prompt, feed_server):
    """A prompt that has polled one feed of six items, from a minute ago on."""
    items = [
        Item(str(number), title, f"{title}, it is said. " * 3, f"https://one.example/{number}")
        for number, title in enumerate(SAID)
    ]
    url = feed_server.publish("/one", rss(dated(items, datetime.now(UTC) - timedelta(minutes=1)), title="One"))
    prompt.write(
        "settings", {"min_interval": "1s", "fetch_allow": [feed_server.address], "contact_url": "https://d.example"}
    )
    prompt.write("feeds", [{"url": url, "name": "One", "tags": ["world"]}])
    assert prompt("poll").code == 0
    return prompt


def titles(rows):
    return [row["title"] for row in rows]


def test_a_search_goes_on_from_any_row(desk):
    rows = desk.json("search", "kyiv")
    assert len(rows) == 4
    assert set(rows[0]) == {
        *("title", "link", "feed", "published", "first_seen", "story", "language", "snippets", "cursor"),
        "reached",
    }
    assert {row["reached"] for row in rows} == {None}
    first = desk("search", "kyiv", "--limit", "2", "--json")
    assert f"there may be more: --after {rows[1]['cursor']}" in first.err
    rest = desk.json("search", "kyiv", "--limit", "2", "--after", rows[1]["cursor"])
    assert titles(rest) == titles(rows[2:])
    assert desk.json("search", "kyiv", "--after", rows[3]["cursor"]) == []
    head, *lines = desk("search", "kyiv").table
    assert (head, len(lines)) == (["first seen", "feed", "title", "link"], 4)


def test_a_search_by_relevance_has_the_title_first(desk):
    assert titles(desk.json("search", "weather OR grain odesa", "--by", "relevance"))[0] == "Grain from Odesa"
    rows = desk.json("search", "kyiv", "--by", "relevance", "--limit", "3")
    last = desk.json("search", "kyiv", "--by", "relevance", "--after", rows[2]["cursor"])
    assert len({*titles(rows), *titles(last)}) == 4


def test_a_page_that_ends_early_says_so_to_programs_and_people(desk, monkeypatch):
    monkeypatch.setitem(search.__kwdefaults__, "effort", Effort(read=1))
    last = desk("search", "/weather/", "--json")
    (row,) = json.loads(last.out)
    assert (row["title"], row["reached"]) == ("Weather", row["first_seen"])
    assert f"--after {row['cursor']}\n" in last.err
    assert desk.json("search", "/weather/", "--after", row["cursor"]) == [], "none is the end, however much was read"
    first = desk("search", "/weather/")
    assert (first.code, first.out) == (0, "")
    assert first.err.startswith("nothing found so far\nlooked back to 20")
    cursor = first.err.split()[-1]
    assert desk.json("search", "/weather/", "--after", cursor) == [row]
    ranked = desk("search", "/weather/", "--by", "relevance")
    assert ranked.err.startswith("nothing found so far\nlooked back to 20")
    monkeypatch.setitem(search.__kwdefaults__, "effort", Effort())
    (whole,) = desk.json("search", "/weather/")
    assert whole | {"reached": row["reached"], "cursor": row["cursor"]} == row


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "kyiv", "--by", "age"], "write newest or relevance"),
        (["search", "kyiv", "--after", "x"], "no cursor"),
        (["search", "kyiv AND"], "\n  kyiv AND\n"),
        (["watch", "preview", "kyiv AND"], "\n  kyiv AND\n"),
        (["watch", "preview", "kyiv", "--against", "(kyiv"], "\n  (kyiv\n"),
        (["watch", "preview", "list:Nobody"], "Nobody"),
        (["watch", "preview", "kyiv", "--language", "ua"], "`uk`"),
        (["watch", "preview", "kyiv", "--days", "0"], "--days"),
    ],
)
def test_what_is_wrong_is_refused(desk, arguments, said):
    answer = desk(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_cursor_of_another_search_is_refused(desk):
    cursor = desk.json("search", "kyiv")[0]["cursor"]
    answer = desk("search", "grain", "--after", cursor)
    assert (answer.code, "another search" in answer.err) == (2, True)


def test_a_plan_says_of_how_many_lists_more_the_effect_is_not_told(desk, monkeypatch):
    monkeypatch.setattr(effects, "MOST", 1)
    notify = [{"subscriber": "desk"}]
    for more, said in ((1, "what 1 list more would"), (2, "what 2 lists more would")):
        names = ["A", "B", "C"][: 1 + more]
        desk.write("watch_lists", [{"name": name, "query": "kyiv", "notify": notify} for name in names])
        plan = desk("plan", "--json")
        details = {row["name"]: row["detail"] for row in json.loads(plan.out) if row["action"] == "add"}
        assert details == dict.fromkeys(names, "") | {"A": "in 7 days 4 items, 4.0 alerts a day"}
        assert said in plan.err


def test_a_preview_counts_and_shows(desk):
    found = desk.json("watch", "preview", "kyiv -football")
    assert (found["items"], found["stories"], found["query"], found["alert"]) == (3, 3, "kyiv -football", "first")
    assert found["alerts_per_day"] == 3.0
    assert sum(day["items"] for day in found["per_day"]) == 3
    assert found["feeds"] == [{"feed": "One", "items": 3}]
    assert sorted(titles(found["samples"])) == ["Kyiv speaks", "Troops near Kyiv", "Ukraine and Kyiv talk"]
    assert all(snippet["spans"] for sample in found["samples"] for snippet in sample["snippets"])
    assert [(miss["clause"], miss["items"], titles(miss["samples"])) for miss in found["near_misses"]] == [
        ("-football", 1, ["Football in Kyiv"])
    ]
    assert (found["estimated"], found["candidates"], found["difference"]) == (False, 3, None)


def test_a_list_is_previewed_by_its_name_within_its_scope(desk):
    found = desk.json("watch", "preview", "Ukraine")
    assert (found["items"], found["query"], found["feeds_tagged"], found["languages"]) == (
        4,
        "Ukraine OR Kyiv",
        None,
        None,
    )
    assert desk.json("watch", "preview", "Ukraine", "--tag", "sport")["items"] == 0
    found = desk.json("watch", "preview", "kyiv", "--tag", "world", "--language", "en")
    assert (found["items"], found["feeds_tagged"], found["languages"]) == (4, ["world"], ["en"])
    found = desk.json("watch", "preview", "kyiv OR grain", "--against", "Ukraine")["difference"]
    assert {side: found[side]["items"] for side in ("only_this", "only_other", "both")} == {
        "only_this": 1,
        "only_other": 0,
        "both": 4,
    }
    assert titles(found["only_this"]["samples"]) == ["Grain from Odesa"]


def test_people_get_bars_samples_and_what_was_nearly_met(desk):
    out = desk("watch", "preview", "kyiv -football", "--against", "grain").out
    first, scope, _, counted, *_ = out.splitlines()
    assert first == "kyiv -football"
    assert scope.startswith("all feeds, from 20")
    assert counted == "3 items of 3 stories; alerts to expect: 3 a day (alert: first)"
    assert f"\nOne       3   100%  {'█' * 40}\n" in out
    assert "\n  *Kyiv* speaks\n    One, 20" in out
    assert "\n    text: *Kyiv* speaks, it is said." in out
    assert "  1 item met all but one clause: -football\n    Football in Kyiv\n" in out
    assert "compared with grain\n  only this query: 3 items of 3 stories\n" in out
    assert "  only the other: 1 item of 1 story\n    Grain from Odesa\n  both: 0 items of 0 stories\n" in out


def test_where_nothing_is_found_it_says_so(desk):
    hinted = desk("watch", "preview", "Ukrane")
    assert "there is no watch list 'Ukrane', so it was taken for a query; did you mean `Ukraine`?" in hinted.err
    found = desk("watch", "preview", "nothing")
    assert found.err == ""
    out = found.out
    assert out.splitlines()[3:] == ["0 items of 0 stories; alerts to expect: 0 a day (alert: first)"]


def test_an_estimate_says_that_it_is_one():
    from worker.pipeline.preview import Difference, NearMiss, Preview, Side  # noqa: PLC0415 - here only
    from worker.pipeline.tally import Day  # noqa: PLC0415
    from worker.records.archive import ArchivedItem, ListScope  # noqa: PLC0415
    from worker.watchlists.model import Hit, Matchable, Span  # noqa: PLC0415

    now = datetime(2022, 2, 12, 17, tzinfo=UTC)
    days = [Day((now - timedelta(days=back)).date(), back * 1_000, back) for back in (1, 0)]
    item = ArchivedItem(
        1, Matchable("A title", "", link="https://x.example"), "A title", None, "One", None, None, None, now
    )
    found = Preview(
        query="/x/",
        begin=now - timedelta(days=1),
        end=now,
        scope=ListScope("/x/", frozenset({"world", "ours"}), frozenset({"uk"}), "every"),
        items=1_000,
        stories=900,
        per_day=days,
        alerts_per_day=912.35,
        feeds=[(f"A feed with quite a long name, number {number:,}", 1_000 - number) for number in range(12)],
        samples=[(item, Hit(0, ("x",), (Span("link", 8, 9),)))],
        near_misses=[NearMiss("kyiv", 12, estimated=True, samples=[])],
        difference=None,
        estimated=True,
        read=9_000,
        candidates=300_000,
    )
    lines = [*preview_rows.preview_lines(found, PLAIN, blocks=preview_rows.PLAIN_BLOCKS, width=60)]
    assert lines[1] == "feeds tagged ours, world, languages uk, from 2022-02-11 17:…"
    assert lines[3] == "about 1,000 items of about 900 stories; alerts to expect: a…"
    assert lines[4] == "an estimate: 9,000 were read of 300,000 items that may match"
    assert lines[7] == f"2022-02-11   1,000        1  {'#' * 28}"
    assert lines[8] == "2022-02-12       0        0"
    assert "A feed with quite a long name…" in "\n".join(lines)
    assert "and 2 more" in lines
    assert lines[lines.index("the newest, one a story") :][1:4] == [
        "  A title",
        "    One, 2022-02-12 17:00",
        "    link: https://*x*.example",
    ]
    assert lines[-1] == "  about 12 items met all but one clause: kyiv"
    side = Side(items=0, stories=0, samples=[], estimated=True)
    silent = replace(
        found, alerts_per_day=0, near_misses=[NearMiss("kyiv", 1, estimated=False, samples=[replace(item, title="")])]
    )
    lines = [*preview_rows.preview_lines(silent, PLAIN, blocks=preview_rows.PLAIN_BLOCKS, width=None)]
    assert lines[4] == "none of them was news when it came: what a feed already held is kept, and told to nobody"
    assert lines[-1] == "    (no title)"
    none = replace(found, items=0, stories=0, near_misses=[], difference=Difference("kyiv", side, side, side))
    assert [*preview_rows.preview_lines(none, PLAIN, blocks=preview_rows.PLAIN_BLOCKS, width=None)][3:] == [
        "no item met it: 9,000 were read of 300,000 items that may match, so most likely fewer than 100 do",
        "",
        "compared with kyiv",
        "  only this query: none of those read",
        "  only the other: none of those read",
        "  both: none of those read",
    ]
    bright = Marks("y", "n", "\x1b[1m", "\x1b[0m")
    shown = preview_rows.marked({"field": "text", "text": "in Kyiv today", "spans": [[3, 7]]}, bright)
    assert shown == "in \x1b[1mKyiv\x1b[0m today"
