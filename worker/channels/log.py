"""The log: one structured line for each story and notice. Where the line goes is the business of `config.logging`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from config.redaction import TOLD_WHOLE
from worker.alerts.channel_notice import channel_news_of
from worker.alerts.channel_notice import headline as channel_headline
from worker.alerts.grouping import by_story
from worker.alerts.lines import one_line
from worker.alerts.list_notice import headline, list_news_of
from worker.alerts.notice import trouble_of
from worker.alerts.reports import also_by
from worker.alerts.snippets import snippets
from worker.alerts.times import to_the_minute
from worker.alerts.told import coverage_of, marked
from worker.alerts.tongues import PLAIN
from worker.alerts.words import TITLE_LIMIT

if TYPE_CHECKING:
    from worker.alerts.model import Address, AlertFacts, Message, ReportFacts


class Log(Protocol):
    """The one method of a structlog logger that is needed here."""

    def info(self, event: str, **values: object) -> object:
        """Write one line."""
        ...


class LogChannel:
    """Writes a line for each story of a message (a digest's too), and one for a notice.

    The lines are `alert`, `update` (of a story told before), `digest` (how well the feeds were read, or that nothing
    matched) and `notice`.
    """

    def __init__(self, log: Log | None = None) -> None:
        self._log: Log = log if log is not None else structlog.get_logger(TOLD_WHOLE)

    def send(self, message: Message, address: Address) -> None:
        """Write the lines."""
        self.tell(message, address)

    def tell(self, message: Message, address: Address) -> str:  # noqa: ARG002 - the log has none
        """Write the lines, and say so."""
        to = {"subscriber": message.subscriber, "key": message.key}
        for story in by_story(message.alerts):
            for facts in story.updates or (story.told,):
                told = facts if facts.update is None else facts.update.report
                self._log.info(
                    "alert" if facts.update is None else "update",
                    list=", ".join(story.lists),
                    **({} if facts.update is None else {"kind": facts.update.kind}),
                    title=one_line(told.title, TITLE_LIMIT),
                    link=told.link,
                    **_reporting(facts, told),
                    **_why(facts),
                    **to,
                )
        if message.type == "digest.created":
            self._digest(message, to)
        elif not message.alerts:
            self._log.info("notice", type=message.type, **_about(message), **to)
        return "written"

    def _digest(self, message: Message, to: dict[str, str]) -> None:
        coverage = coverage_of(message)
        said = {} if message.alerts else {"said": "nothing matched"}
        if said or coverage:
            self._log.info("digest", **said, **({"coverage": coverage} if coverage else {}), **to)


def _about(message: Message) -> dict[str, str | None]:
    """What a notice tells."""
    if trouble := trouble_of(message):
        return {"feed": trouble.name, "state": trouble.state, "error": trouble.error}
    if news := list_news_of(message):
        return {"watch_list": news.name, "said": headline(news), "reason": news.reason}
    if gone := channel_news_of(message):
        return {"said": channel_headline(gone), "reason": gone.reason}
    return {}


def _reporting(facts: AlertFacts, told: AlertFacts | ReportFacts) -> dict[str, str]:
    """Whose report it is, where and when from, and who else has it; what is not known is left out."""
    known = {
        "source": told.source and one_line(told.source, TITLE_LIMIT),
        "wire": told.wire,
        "dateline": told.dateline and one_line(told.dateline, TITLE_LIMIT),
        "published": told.published and to_the_minute(told.published),
        "also": also_by(facts),
    }
    return {key: value for key, value in known.items() if value}


def _why(facts: AlertFacts) -> dict[str, str]:
    """Which words matched, and the first place where."""
    found = snippets(facts)
    known = {
        "why": one_line(", ".join(facts.terms), TITLE_LIMIT),
        "where": PLAIN.line(marked(found[0])) if found else "",
    }
    return {key: value for key, value in known.items() if value}
