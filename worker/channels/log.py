"""The log: one structured line for each alert and notice. Where the line goes is the business of `config.logging`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from config.redaction import TOLD_WHOLE
from worker.alerts.lines import one_line
from worker.alerts.notice import trouble_of

if TYPE_CHECKING:
    from worker.alerts.model import Address, Message

TITLE_LIMIT = 300


class Log(Protocol):
    """The one method of a structlog logger that is needed here."""

    def info(self, event: str, **values: object) -> object:
        """Write one line."""
        ...


class LogChannel:
    """Writes a line `alert` for each alert of a message (a digest's too); for a notice, a line `notice`."""

    def __init__(self, log: Log | None = None) -> None:
        self._log: Log = log if log is not None else structlog.get_logger(TOLD_WHOLE)

    def send(self, message: Message, address: Address) -> None:  # noqa: ARG002 - the log has no address
        """Write the lines."""
        for facts in message.alerts:
            self._log.info(
                "alert",
                list=", ".join(facts.watch_lists),
                title=one_line(facts.title, TITLE_LIMIT),
                link=facts.link,
                subscriber=message.subscriber,
                key=message.key,
            )
        if not message.alerts:
            trouble = trouble_of(message)
            about = {"feed": trouble.name, "state": trouble.state, "error": trouble.error} if trouble else {}
            self._log.info("notice", type=message.type, **about, subscriber=message.subscriber, key=message.key)
