"""Alerts as they come, and one alert as lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from golden.facts import FACTS

from worker.alerts.model import ReportFacts
from worker.cli.alert_rows import alert_lines, told_line, whole_alert
from worker.cli.tailing import tail
from worker.store.alert_pages import AlertPage, UpdateRow
from worker.store.rows import AlertRow, DeliveryRow

AT = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)


def row(id_=7, **changes):
    given = {
        "id": id_,
        "watch_list": "Ukraine",
        "subscriber": "desk",
        "story": 3,
        "title": "Talks over",
        "link": "https://news.example.org/a",
        "reports": 2,
        "independent_reports": 1,
        "wire": "Reuters",
        "created_at": AT,
        "state": "told",
    }
    return AlertRow(**given | changes)


@dataclass
class Alerts:
    """A store that gets one alert more each time that somebody waits."""

    rows: list = field(default_factory=list)

    def alerts_list(self, *, watch_list=None, subscriber=None, limit=100):
        return [one for one in reversed(self.rows) if watch_list in {None, one.watch_list}][:limit]

    def alerts_since(self, alert, *, watch_list=None, subscriber=None, limit=1000):
        return [one for one in self.rows if one.id > alert and watch_list in {None, one.watch_list}][:limit]

    def last_alert(self):
        return max((one.id for one in self.rows), default=0)


def test_what_was_there_comes_first_then_what_comes():
    store = Alerts([row(n) for n in range(1, 6)])
    coming = iter([[row(6), row(7)], [], [row(8, watch_list="Other"), row(9)]])

    def wait():
        found = next(coming, None)
        store.rows += found or []
        return found is not None

    found = tail(store, watch_list="Ukraine", subscriber=None, lines=2, wait=wait)
    assert [one.id for one in found] == [4, 5, 6, 7, 9]


def test_without_lines_only_what_comes():
    store = Alerts([row(1)])
    waits = iter([True, False])

    def wait():
        store.rows.append(row(2))
        return next(waits)

    assert [one.id for one in tail(store, watch_list=None, subscriber=None, lines=0, wait=wait)] == [2]
    assert list(tail(Alerts(), watch_list=None, subscriber=None, lines=5, wait=None)) == []


@pytest.mark.parametrize(
    ("alert", "line"),
    [
        (row(), "2022-02-12T17:02:11Z alt_7 Ukraine > desk: Talks over https://news.example.org/a"),
        (
            row(link="https://bank.example@alpha.example/x"),
            "2022-02-12T17:02:11Z alt_7 Ukraine > desk: Talks over https://alpha.example/x",
        ),
        (row(state="held", link=None), "2022-02-12T17:02:11Z alt_7 Ukraine > desk: Talks over (held)"),
        (
            row(title="\x1b[31m\u202e", watch_list="A\nB", link="http://\x1b]0;x\x07"),
            "2022-02-12T17:02:11Z alt_7 A B > desk: [31m http:// ]0;x",
        ),
        (
            row(title="", state="new"),
            "2022-02-12T17:02:11Z alt_7 Ukraine > desk: (no title) https://news.example.org/a",
        ),
    ],
)
def test_a_line_moves_no_cursor(alert, line):
    assert told_line(alert) == line


DELIVERY = DeliveryRow(
    12, "k", "alert", 7, 0, "desk", "webhook https://d.example/...", "failed", 3, AT, None, "d.example answered 500"
)
PAGE = AlertPage(
    alert=row(),
    facts=FACTS,
    reason=None,
    mark="useful",
    lead=None,
    updates=(UpdateRow(1, "corrected", "Talks go on", None, AT),),
    deliveries=(DELIVERY,),
)


def test_an_alert_for_people():
    lines = alert_lines(PAGE, now=AT, width=None, styled=False)
    assert lines[:8] == [
        "Talks over",
        "https://news.example.org/a",
        "alt_7 of Ukraine to desk, told, marked useful, 2022-02-12T17:02:11Z",
        "sty_3: 2 reports, 1 independent, Reuters",
        "",
        "why: Ukraine (Kyiv, Ukraine)",
        "  title: Talks around [Ukraine] over",
        "",
    ]
    assert any("Example News" in line and "Talks around Ukraine over" in line for line in lines)
    assert any("corrected" in line and "Talks go on" in line for line in lines)
    assert any("dlv_12" in line and "failed" in line and "d.example answered 500" in line for line in lines)
    styled = alert_lines(PAGE, now=AT, width=80, styled=True)
    assert "  title: Talks around \x1b[1mUkraine\x1b[0m over" in styled


def test_links_lose_user_and_password():
    link = "https://bank.example@alpha.example/x"
    page = replace(
        PAGE,
        alert=row(link=link),
        facts=replace(FACTS, story_items=(replace(FACTS.story_items[0], link=link),)),
        updates=(replace(PAGE.updates[0], link=link),),
    )
    shown = "\n".join(alert_lines(page, now=AT, width=None, styled=False))
    assert shown.count("https://alpha.example/x") == 3
    assert "bank.example" not in shown


def test_an_alert_of_which_little_is_left():
    bare = AlertPage(
        row(link=None, independent_reports=None, wire=None, reports=1, state="merged", title=""),
        None,
        "muted",
        None,
        5,
        (),
        (),
    )
    assert alert_lines(bare, now=AT, width=None, styled=False) == [
        "(no title)",
        "alt_7 of Ukraine to desk, merged (muted), told with alt_5, 2022-02-12T17:02:11Z",
        "sty_3: 1 report",
        "",
        "no message was made for it",
    ]
    document = whole_alert(bare)
    assert (document["says"], document["lead"], document["deliveries"]) == (None, "alt_5", [])
    untold = replace(
        bare, facts=replace(FACTS, terms=(), spans=(), story_items=(ReportFacts(1, "x", None, None, None),))
    )
    assert not any(line.startswith("why") for line in alert_lines(untold, now=AT, width=None, styled=False))


def test_an_alert_for_programs():
    document = whole_alert(PAGE)
    assert (document["id"], document["mark"], document["state"]) == ("alt_7", "useful", "told")
    assert document["says"]["match"]["snippets"][0]["spans"] == [[13, 20]]
    assert document["updates"] == [
        {"sequence": 1, "kind": "corrected", "title": "Talks go on", "link": None, "created_at": AT}
    ]
    assert document["deliveries"][0]["last_error"] == "d.example answered 500"
