"""An item's way, and a query's clauses, as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from worker.cli.clause_rows import PLAIN, Marks, can_show, explained_lines, explained_row
from worker.cli.trail_rows import account_lines, accounts_row
from worker.pipeline.explain import Explained, Explanation
from worker.pipeline.steps import Step
from worker.pipeline.verdict import Verdict
from worker.pipeline.why import Account
from worker.records.trail import AskedList, TrailItem
from worker.watchlists.explaining import explain
from worker.watchlists.grammar import parse
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.reading import Reading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEEN = Matchable("Talks in Kyiv", "They went on.", categories=("World",), link="https://north.example/1")
ITEM = TrailItem(
    id=1,
    feed=1,
    feed_name="North",
    story=None,
    title="Talks in \x1b[31mKyiv",
    link=None,
    language=None,
    published=None,
    updated=None,
    first_seen=NOW,
    last_seen=NOW,
    news=True,
    matchable=SEEN,
)
STEPS = (
    Step("watch_list", NOW - timedelta(minutes=3), "not_met", "Kyiv: football: not in it, and " + "more " * 12),
    Step("item", None, "unknown", ""),
)


def explained(query, watch_list=None):
    clauses = explain(parse(query), Reading(SEEN), {})
    return Explained(query, watch_list, (Explanation(ITEM, clauses),))


def test_a_piped_way_has_a_line_a_step():
    account = Account(ITEM, Verdict("no_match", "no watch list met it"), STEPS)
    more = ("more " * 12).strip()
    assert account_lines(account, width=None, now=NOW) == [
        "Talks in [31mKyiv",
        "itm_1 of North",
        "",
        "no match: no watch list met it",
        "",
        f"2026-03-01T11:57:00Z  watch list  not met  Kyiv: football: not in it, and {more}",
        "-                     item        unknown  ",
    ]


def test_on_a_terminal_details_go_on_below_themselves():
    account = Account(None, Verdict("no_feed", "none"), STEPS)
    assert account_lines(account, width=60, now=NOW) == [
        "no feed: none",
        "",
        "3 min ago  watch list  not met  Kyiv: football: not in it, and more more",
        "                                more more more more more more more more",
        "                                more more",
        "-          item        unknown  ",
    ]


def test_copies_stand_beside_the_first():
    account = Account(None, Verdict("no_feed", "none"), ())
    document = accounts_row([Account(ITEM, Verdict("told", "so"), STEPS), account])
    assert document["others"] == [{"item": None, "reason": "no_feed", "verdict": "none", "trail": []}]
    assert document["trail"][1] == {"step": "item", "at": None, "result": "unknown", "detail": ""}


def test_marks_are_those_that_the_terminal_can_show():
    assert Marks.of_terminal(styled=False) == PLAIN
    assert (can_show("✓", "utf-8"), can_show("✓", "ascii"), can_show("✓", "none such")) == (True, False, False)
    assert Marks.of_terminal(styled=True) in (
        PLAIN,
        Marks("\x1b[32m✓\x1b[0m", "\x1b[31m✗\x1b[0m", "\x1b[1m", "\x1b[0m"),
    )


def test_of_large_groups_what_tells_most_is_shown():
    many = [f"word{number}" for number in range(20)]
    unmet = list(explained_lines(explained(" OR ".join(many)), PLAIN))
    assert unmet[5:8] == ["no  " + " OR ".join(many), "  no  word0: not in it", "  no  word1: not in it"]
    assert unmet[-1] == "  ... and 8 more, not met"
    met = list(explained_lines(explained(" OR ".join([*many, "kyiv"])), PLAIN))
    assert met[6:] == ["  yes kyiv", "    title: Talks in *Kyiv*", "  ... and 20 more, not met"]


def test_a_list_that_is_not_active_says_so():
    def head(state, why=None):
        asked = AskedList(WatchList(1, "Peace", "kyiv"), state, NOW, broken_why=why)
        return list(explained_lines(explained("kyiv", asked), PLAIN))[:2]

    assert head("active") == ["Peace: kyiv", ""]
    assert head("paused") == ["Peace: kyiv", "the list is paused, and meets nothing now"]
    assert head("broken", "too slow")[1] == "the list is broken, and meets nothing now: too slow"
    row = explained_row(explained("kyiv", AskedList(WatchList(1, "Peace", "kyiv"), "paused", NOW)))
    assert row["watch_list"] == {"name": "Peace", "state": "paused", "broken_why": None}
    assert (row["matches"], row["others"]) == (True, [])
