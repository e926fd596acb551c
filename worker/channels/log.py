"""The log: one structured line for each alert and notice. Where the line goes is the business of `config.logging`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from config.redaction import TOLD_WHOLE
from worker.alerts.lines import one_line
from worker.alerts.list_notice import headline, list_news_of
from worker.alerts.notice import trouble_of
from worker.alerts.reports import also_by

if TYPE_CHECKING:
    from worker.alerts.model import Address, AlertFacts, Message, ReportFacts

TITLE_LIMIT = 300


class Log(Protocol):
    """The one method of a structlog logger that is needed here."""

    def info(self, event: str, **values: object) -> object:
        """Write one line."""
        ...


class LogChannel:
    """Writes a line for each alert of a message (a digest's too), and one for a notice.

    The lines are `alert`, `update` (of a story told before) and `notice`.
    """

    def __init__(self, log: Log | None = None) -> None:
        self._log: Log = log if log is not None else structlog.get_logger(TOLD_WHOLE)

    def send(self, message: Message, address: Address) -> None:  # noqa: ARG002 - the log has no address
        """Write the lines."""
        for facts in message.alerts:
            told = facts if facts.update is None else facts.update.report
            self._log.info(
                "alert" if facts.update is None else "update",
                list=", ".join(facts.watch_lists),
                **({} if facts.update is None else {"kind": facts.update.kind}),
                title=one_line(told.title, TITLE_LIMIT),
                link=told.link,
                **_reporting(facts, told),
                subscriber=message.subscriber,
                key=message.key,
            )
        if not message.alerts:
            trouble = trouble_of(message)
            news = list_news_of(message)
            about = {"feed": trouble.name, "state": trouble.state, "error": trouble.error} if trouble else {}
            about |= {"watch_list": news.name, "said": headline(news), "reason": news.reason} if news else {}
            self._log.info("notice", type=message.type, **about, subscriber=message.subscriber, key=message.key)


def _reporting(facts: AlertFacts, told: AlertFacts | ReportFacts) -> dict[str, str]:
    """Whose report it is, where from, and who else has it; what is not known is left out."""
    known = {
        "wire": told.wire,
        "dateline": told.dateline and one_line(told.dateline, TITLE_LIMIT),
        "also": also_by(facts),
    }
    return {key: value for key, value in known.items() if value}
