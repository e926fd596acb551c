"""The log channel's lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from golden.facts import INDEPENDENT

from worker.alerts.coverage import coverage_line
from worker.alerts.model import Address, Coverage
from worker.channels.log import LogChannel

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message


@dataclass
class Lines:
    """Keeps what is logged."""

    written: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def info(self, event: str, **values: object) -> None:
        self.written.append((event, values))


def test_an_alert_is_one_line(facts: Callable[..., AlertFacts], message: Callable[..., Message]) -> None:
    lines = Lines()
    told = message(facts(title="Talks\nover"))
    LogChannel(lines).send(told, Address(3, "log", ""))
    assert lines.written == [
        (
            "alert",
            {
                "list": "Kyiv, Ukraine",
                "title": "Talks over",
                "link": "https://news.example.org/a",
                "source": "Example News",
                "published": "2022-02-12 17:01 UTC",
                "why": "Ukraine",
                "subscriber": "desk",
                "key": told.key,
            },
        )
    ]


def test_a_notice_is_one_line(message: Callable[..., Message]) -> None:
    lines = Lines()
    feed = {"name": "Example\nWorld", "url": "https://news.example.org/world.xml"}
    broken = replace(message(type="feed.broken"), data={"feed": feed, "state": "broken", "error": "HTTP 404"})
    test = message(type="channel.test")
    for told in (broken, test):
        LogChannel(lines).send(told, Address(3, "log", ""))
    common = {"subscriber": "desk", "key": test.key}
    assert lines.written == [
        (
            "notice",
            {"type": "feed.broken", "feed": "Example World", "state": "broken", "error": "HTTP 404", **common},
        ),
        ("notice", {"type": "channel.test", **common}),
    ]


def test_it_takes_the_configured_logger(facts: Callable[..., AlertFacts], message: Callable[..., Message]) -> None:
    with structlog.testing.capture_logs() as lines:
        LogChannel().send(message(facts()), Address(3, "log", ""))
    assert [(line["event"], line["list"], line["log_level"]) for line in lines] == [("alert", "Kyiv, Ukraine", "info")]


def test_what_is_known_of_the_reports_stands_in_the_line(
    facts: Callable[..., AlertFacts], message: Callable[..., Message]
) -> None:
    lines = Lines()
    others = tuple(replace(facts().story_items[0], item=9 + number, source=name) for number, name in enumerate("ABC"))
    told = facts(wire="Reuters", dateline="Kyiv\n", reports=3, story_items=others)
    LogChannel(lines).send(message(told), Address(3, "log", ""))
    ((event, line),) = lines.written
    assert event == "alert"
    assert (line["wire"], line["dateline"], line["also"]) == ("Reuters", "Kyiv", "A, B and 1 more")


def test_an_update_is_a_line_about_the_report_concerned(
    facts: Callable[..., AlertFacts], message: Callable[..., Message]
) -> None:
    lines = Lines()
    told = message(facts(update=INDEPENDENT), type="alert.updated")
    LogChannel(lines).send(told, Address(3, "log", ""))
    assert lines.written == [
        (
            "update",
            {
                "list": "Kyiv, Ukraine",
                "kind": "independent",
                "title": "Talks end",
                "link": "https://b.example/1",
                "source": "B",
                "wire": "Reuters",
                "dateline": "Kyiv",
                "published": "2022-02-12 17:02 UTC",
                "why": "Ukraine",
                "where": "Talks around *Ukraine* over",
                "subscriber": "desk",
                "key": told.key,
            },
        )
    ]


LATELY = Coverage({"ok": 3}, timedelta(minutes=4), "Example World")


def test_a_digest_tells_each_story_once_and_then_how_well_the_feeds_were_read(
    facts: Callable[..., AlertFacts], message: Callable[..., Message]
) -> None:
    lines = Lines()
    told = message(
        facts(watch_lists=("Ukraine",)),
        facts(alert=8, watch_lists=("War",)),
        facts(alert=9, story=4, update=INDEPENDENT),
        facts(alert=10, story=4, update=replace(INDEPENDENT, sequence=3), watch_lists=("War",)),
        type="digest.created",
        coverage=LATELY,
    )
    LogChannel(lines).send(told, Address(3, "log", ""))
    assert [(event, values.get("list")) for event, values in lines.written] == [
        ("alert", "Ukraine, War"),
        ("update", "Kyiv, Ukraine, War"),
        ("digest", None),
    ]
    assert lines.written[2][1] == {"coverage": coverage_line(LATELY), "subscriber": "desk", "key": told.key}


def test_a_heartbeat_is_no_notice(message: Callable[..., Message]) -> None:
    lines = Lines()
    told = message(type="digest.created", coverage=LATELY)
    LogChannel(lines).send(told, Address(3, "log", ""))
    common = {"subscriber": "desk", "key": told.key}
    assert lines.written == [("digest", {"said": "nothing matched", "coverage": coverage_line(LATELY), **common})]


@pytest.mark.parametrize(
    ("type_", "data", "about"),
    [
        (
            "channel.disabled",
            {"channel": "webhook d.example", "subscriber": "editor", "reason": "410"},
            {"said": "webhook d.example of editor is turned off", "reason": "410"},
        ),
        (
            "watchlist.broken",
            {"watch_list": {"name": "A", "query": "a"}, "reason": "no"},
            {"watch_list": "A", "said": "watch list A is broken", "reason": "no"},
        ),
    ],
)
def test_other_notices(message: Callable[..., Message], type_: str, data: dict[str, object], about: object) -> None:
    lines = Lines()
    LogChannel(lines).send(replace(message(type=type_), data=data), Address(3, "log", ""))
    ((event, values),) = lines.written
    assert event == "notice"
    assert {key: values[key] for key in values if key not in {"type", "subscriber", "key"}} == about


def test_what_matched_nowhere_any_more_is_left_out(
    facts: Callable[..., AlertFacts], message: Callable[..., Message]
) -> None:
    lines = Lines()
    LogChannel(lines).send(message(facts(spans=(), terms=())), Address(3, "log", ""))
    assert not {"why", "where"} & lines.written[0][1].keys()
