"""One structured log format for our own loggers and everybody else's; secrets never pass it.

Our rooms log through `structlog.get_logger(__name__)`, libraries through the standard `logging`; both end in one
handler of the root logger. Safe to call again, after a fork too. In Celery, call it from a receiver of the
`setup_logging` signal: having a receiver is what keeps Celery from adding handlers of its own.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final, TextIO

import structlog

from config.complaints import BrokerComplaints
from config.redaction import redact_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from structlog.typing import Processor

QUIET: Final = ("httpx", "httpcore", "urllib3", "apprise")
"""Loggers kept at WARNING: they log whole URLs below it (RELIABILITY 20)."""


class _OurHandler(logging.StreamHandler[TextIO]):
    """Marks the handler that a later `configure` replaces."""


def configure(level: str | int, *, stream: TextIO, json: bool) -> BrokerComplaints:
    """Send all records from `level` up to `stream`, as JSON lines or as `key=value` (coloured on a terminal).

    Returns the filter that keeps complaints about the broker short: tell it `broker_answered()` where no log record
    would, as after beat's messages.

    Raises:
        ValueError: for an unknown level.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _OurHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                redact_event,
                _renderer(stream, json=json),
            ],
        )
    )
    complaints = BrokerComplaints()
    handler.addFilter(complaints)

    root = logging.getLogger()
    root.setLevel(level)
    for old in [old for old in root.handlers if isinstance(old, _OurHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return complaints


def wants_json(environ: Mapping[str, str]) -> bool:
    """Whether the environment asks for JSON lines: TOCSIN_LOG=json."""
    return environ.get("TOCSIN_LOG", "").strip().lower() == "json"


def wants_colours(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether lines may be coloured: on a terminal that can, and unless nobody wants that (no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _renderer(stream: TextIO, *, json: bool) -> Processor:
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=wants_colours(stream, os.environ),
        exception_formatter=structlog.dev.plain_traceback,
        pad_event_to=0,
        pad_level=False,
    )
