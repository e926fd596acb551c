"""The parser that verbs are given: what may be costly is read in a process beside, under a limit (RELIABILITY 25).

Works wherever a process may be started: in Celery's pool children, which are daemonic and may have no multiprocessing
ones, in threads, at a Python prompt.
"""

from __future__ import annotations

import os
import threading
import weakref

from worker.errors import ParseError
from worker.feeds.model import Document, Known
from worker.feeds.parse import parse
from worker.parsing.child import Child
from worker.parsing.crossing import Answer, Question, packed, unpacked
from worker.parsing.limits import LARGE, ParseLimits

_UNREADABLE = "the parser's answer cannot be read"


class ParserProcess:
    """Fulfils `pipeline.ports.Parse`, and with `read_page` `ReadPage`. Any number of threads may share one.

    The process is started when it is first needed, and anew when it has died or has given its memory back. A forked
    process gets one of its own. `close` ends it.
    """

    def __init__(self, limits: ParseLimits | None = None) -> None:
        self._limits = limits or ParseLimits()
        self._lock = threading.Lock()
        self._child: Child | None = None
        _ALL.add(self)

    def __call__(self, body: bytes, *, content_type: str, url: str, known: Known | None = None) -> Document:
        """Read a feed as `worker.feeds.parse.parse` does, here where it is small.

        Raises:
            ParseError: It is no feed, or reading it took more time or memory than it may.
        """
        if len(body) <= self._limits.in_process:
            return parse(body, content_type=content_type, url=url, known=known)
        found = self._ask(Question("feed", content_type, url, known), body)
        if not isinstance(found, Document):
            raise ParseError(_UNREADABLE)
        return found

    def read_page(self, body: bytes, *, content_type: str, url: str) -> str:
        """Return a web page's main text, plain and clean, "" where there is none.

        Raises:
            ParseError: It cannot be read, or reading it took more time or memory than it may.
        """
        found = self._ask(Question("page", content_type, url), body)
        if not isinstance(found, str):
            raise ParseError(_UNREADABLE)
        return found

    @property
    def pid(self) -> int | None:
        """The process beside, None where none has been started."""
        child = self._child
        return None if child is None else child.pid

    def close(self) -> None:
        """End the process; whoever waits for it gets a ParseError at once."""
        child = self._child
        if child is not None:
            child.kill()
        with self._lock:
            self._drop()

    def _ask(self, question: Question, body: bytes) -> Document | str:
        with self._lock:
            if self._child is None or not self._child.is_alive() or (len(body) > LARGE and self._child.is_used):
                self._replace()
            assert self._child is not None  # noqa: S101 - for mypy
            reply = self._child.ask(packed(question), body)
            answer = _understood(reply)
            if answer is None or answer.last:
                self._drop()
        if answer is None:
            raise ParseError(_UNREADABLE)
        if isinstance(answer.result, ParseError):
            raise answer.result
        return answer.result

    def _replace(self) -> None:
        self._drop()
        try:
            self._child = Child(self._limits)
        except OSError as error:
            raise ParseError(f"no process could be started to read the document: {error.strerror}") from error

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _disown(self) -> None:
        child, self._child = self._child, None
        self._lock = threading.Lock()  # its holder, if any, is a thread of the other process
        if child is not None:
            child.disown()


def _understood(reply: bytearray) -> Answer | None:
    try:
        answer = unpacked(reply)
    except ValueError:
        return None
    return answer if isinstance(answer, Answer) else None


_ALL: weakref.WeakSet[ParserProcess] = weakref.WeakSet()


def _disown_all() -> None:
    """In a process just forked off: what was started belongs to the other one."""
    for one in tuple(_ALL):
        one._disown()  # noqa: SLF001 - a function of this module


os.register_at_fork(after_in_child=_disown_all)
