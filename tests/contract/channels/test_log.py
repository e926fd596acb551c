"""The log channel's lines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog
from golden.facts import INDEPENDENT

from worker.alerts.model import Address
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
                "wire": "Reuters",
                "dateline": "Kyiv",
                "subscriber": "desk",
                "key": told.key,
            },
        )
    ]
