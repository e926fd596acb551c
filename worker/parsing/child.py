"""The worker's end of one parser process: started, asked, ended."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from worker.errors import ParseError
from worker.parsing.crossing import LENGTH, LONGEST

if TYPE_CHECKING:
    from worker.parsing.limits import ParseLimits

_NEEDED = frozenset(
    {
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "PATH",
        "PYTHONHOME",
        "PYTHONNOUSERSITE",
        "PYTHONPATH",
        "PYTHONUSERBASE",
    }
)
"""What Python may need of the environment to find itself and us. Secrets stand in the rest (DESIGN 4.10)."""

_PIPE = 1 << 20
"""Bytes that a pipe should hold, so that a usual document passes at once; what Linux gives to anybody (pipe(7))."""

_AT_ONCE = 1 << 20


class Child:
    """One parser process; one question at a time. After a ParseError that is no answer of its own it has ended.

    Attributes:
        is_used: Whether it has been asked before.
    """

    def __init__(self, limits: ParseLimits) -> None:
        """Start it; OSError where the system has no room for another process."""
        self._limits = limits
        self.is_used = False
        # It dies with the thread that starts it (prctl(2)), so that thread must live as long: it waits for its end.
        started: Future[subprocess.Popen[bytes]] = Future()
        self._keeper = Thread(target=_keep, args=(limits, started), name="parser-keeper", daemon=True)
        self._keeper.start()
        try:
            self._process = started.result()
        except BaseException:
            started.add_done_callback(_kill_unasked)  # Ctrl-C, or a time limit: nobody would own it
            raise
        assert self._process.stdin is not None  # noqa: S101 - for mypy
        assert self._process.stdout is not None  # noqa: S101 - for mypy
        self._in, self._out = self._process.stdin, self._process.stdout
        for end in (self._in, self._out):
            os.set_blocking(end.fileno(), False)
            with suppress(OSError, AttributeError):  # the user's share of pipes is used up, or no Linux
                fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _PIPE)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it can be asked. Only while nobody asks it: then any sign of it is that of its end."""
        return not self._out.closed and not _ready(self._out.fileno(), select.POLLIN, seconds=0.0)

    def ask(self, question: bytes, body: bytes) -> bytearray:
        """Return the packed answer to a packed question about a document.

        Raises:
            ParseError: The limits, or the process itself, ended it first.
        """
        self.is_used = True
        deadline = time.monotonic() + self._limits.wall_seconds
        answer: bytearray | None = None
        try:
            answer = self._exchange((question, body), deadline)
        except TimeoutError:
            raise ParseError(f"the document took more than {self._limits.wall_seconds:g} s to read") from None
        except OSError:  # a broken pipe
            pass
        finally:
            if answer is None:
                self.end()
        if answer is None:
            raise ParseError(self._last_words())
        return answer

    def kill(self) -> None:
        """Have it end at once; whoever waits for its answer learns of it. Any thread may."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._keeper.join()

    def end(self) -> None:
        """Kill it, and close the pipes. Only while nobody else asks it."""
        self.kill()
        self._close()

    def disown(self) -> None:
        """Let go of it in a process that was forked off meanwhile: it is that one's parent that it belongs to."""
        self._close()
        self._process.returncode = 0  # nobody here could wait for it

    def _close(self) -> None:
        for end in (self._in, self._out):
            with suppress(OSError):
                end.close()

    def _exchange(self, frames: tuple[bytes, ...], deadline: float) -> bytearray | None:
        """Send, and receive; None where it ended or talks nonsense."""
        for frame in frames:
            self._send(LENGTH.pack(len(frame)), deadline)
            self._send(frame, deadline)
        head = self._receive(LENGTH.size, deadline)
        if head is None:
            return None
        (length,) = LENGTH.unpack(head)
        return self._receive(length, deadline) if length <= LONGEST else None

    def _send(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            _wait(self._in.fileno(), select.POLLOUT, deadline)
            with suppress(BlockingIOError):
                rest = rest[os.write(self._in.fileno(), rest[:_AT_ONCE]) :]

    def _receive(self, size: int, deadline: float) -> bytearray | None:
        data = bytearray()
        while len(data) < size:
            _wait(self._out.fileno(), select.POLLIN, deadline)
            with suppress(BlockingIOError):
                some = os.read(self._out.fileno(), min(size - len(data), _AT_ONCE))
                if not some:
                    return None
                data += some
        return data

    def _last_words(self) -> str:
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return f"the document took more than {self._limits.cpu_seconds} s of CPU to read"
        how = signal.Signals(-code).name if -code in set(signal.Signals) else f"exit code {code}"
        return f"the parser ended while it read the document ({how})"


def _keep(limits: ParseLimits, started: Future[subprocess.Popen[bytes]]) -> None:
    """Start the process and wait for its end."""
    try:
        process = _start(limits)
    except OSError as error:
        started.set_exception(error)
        return
    started.set_result(process)
    process.wait()


def _start(limits: ParseLimits) -> subprocess.Popen[bytes]:
    # -P: a folder of the user's named `config` must not stand for our package. Warnings are for those who write code.
    command = [sys.executable, "-P", "-W", "ignore", "-m", "worker.parsing"]
    bounds = [str(os.getpid()), str(limits.cpu_seconds), str(limits.memory)]
    return subprocess.Popen(  # noqa: S603 - our own command
        [*command, *bounds],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name in _NEEDED},
        start_new_session=True,  # a Ctrl-C meant for us does not reach it
    )


def _kill_unasked(started: Future[subprocess.Popen[bytes]]) -> None:
    if started.exception() is None:
        started.result().kill()


def _ready(end: int, event: int, *, seconds: float) -> bool:
    """Whether `end` of a pipe is ready for `event`, or dead, within so many seconds."""
    watched = select.poll()
    watched.register(end, event)
    return bool(watched.poll(max(0, seconds) * 1000))


def _wait(end: int, event: int, deadline: float) -> None:
    if not _ready(end, event, seconds=deadline - time.monotonic()):
        raise TimeoutError
