"""The broker is away: said once, not at every retry of celery and kombu."""

from __future__ import annotations

import logging
import mmap
import re
import struct
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGAIN_AFTER: Final = 600.0
"""Seconds after which a complaint that lasts is repeated."""

_SPEAKERS: Final = ("celery.worker.consumer", "celery.beat", "kombu", "redis", "amqp")
"""Not celery.app.trace: a task whose database is away has an OperationalError too."""

_COMPLAINT: Final = re.compile(
    r"connection to broker lost|cannot connect to|connection (?:error|refused|reset|closed|aborted|lost)"
    r"|error \S+ (?:while )?(?:connecting|reading|writing)|timeout (?:connecting|reading|writing)|broken pipe"
    r"|server closed (?:the )?connection|no such file or directory\. .*socket|\bloading the dataset in memory",
    re.IGNORECASE,
)
_TROUBLE: Final = frozenset(
    {"OperationalError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError"}
    | {"BusyLoadingError", "TimeoutError"}
)
_INSTANT: Final = struct.Struct("d")
_SUCCESS: Final = re.compile(r"^Connected to |\breceived$|\bsucceeded in |\bsent\.(?: id->|$)")


class BrokerComplaints(logging.Filter):
    """Lets the first complaint about the broker through, as one line, and drops its repeats.

    Silence ends when something succeeded (a record that says so, or `broker_answered`), or after AGAIN_AFTER seconds.
    One for all threads of a process and for the processes that it forks: at worst two of them complain once each.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._shared = mmap.mmap(-1, _INSTANT.size)  # anonymous memory stays shared over a fork

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` is shown; a complaint that is shown loses its traceback and the later lines."""
        if not record.name.startswith(("celery", *_SPEAKERS)):
            return True
        message = record.getMessage()
        if not _is_complaint(record, message):
            if _SUCCESS.search(message):
                self._complained_at = 0.0
            return True
        if not self.broker_is_away():
            return False
        record.msg = f"{message.partition(chr(10))[0]} (said once; trying again until the broker is back)"
        record.args, record.exc_info, record.exc_text, record.stack_info = (), None, None, None
        return True

    def broker_is_away(self) -> bool:
        """Tell that the broker did not answer; whether that is news (the caller may say so)."""
        now, before = self._monotonic(), self._complained_at
        if before and now - before < AGAIN_AFTER:
            return False
        self._complained_at = now
        return True

    def broker_answered(self) -> bool:
        """Tell that a message went through; whether that ends a complaint (the caller may say so)."""
        ended = self._complained_at > 0
        self._complained_at = 0.0
        return ended

    @property
    def _complained_at(self) -> float:
        """On the monotonic clock, which all processes share; 0: no complaint stands."""
        instant: float = _INSTANT.unpack_from(self._shared)[0]
        return instant

    @_complained_at.setter
    def _complained_at(self, instant: float) -> None:
        _INSTANT.pack_into(self._shared, 0, instant)


def _is_complaint(record: logging.LogRecord, message: str) -> bool:
    if record.levelno < logging.WARNING or not record.name.startswith(_SPEAKERS):
        return False
    error = record.exc_info[1] if record.exc_info else None
    return bool(_COMPLAINT.search(message)) or any(type(cause).__name__ in _TROUBLE for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from; at most ten, for a chain may be a ring."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
