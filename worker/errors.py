"""The error tree. Each error knows where it rose (its class) and whether trying again can help (`permanent`).

TocsinError
├── ConfigurationError      the files, the environment or the command line are wrong   exit 2
│   └── QueryError          ... a query is, at an offset
├── Unavailable             a needed service cannot be reached                         exit 3
│   ├── StoreUnavailable    the database
│   └── BrokerUnavailable   the message broker
├── FetchError              nothing usable came back from a server
│   ├── Refused             our own policy refused the address or scheme; nothing was sent
│   │   └── NotPublic       ... an address of no public network, which no setting allows
│   ├── Unreachable         connect, TLS, reset
│   │   └── NameNotFound    DNS knows no such host, or does not answer
│   ├── DeadlineExceeded    the whole exchange took too long
│   └── BadResponse         truncated, over a cap, contradictory, redirect maze
├── ParseError              the document is no feed
│   └── HtmlPage            ... it is a web page
└── ChannelError            a message did not go through
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from config.values import Problem

_BEFORE = 60
_SHOWN = 120
"""Characters of a query that a picture shows before the mistake at most, and in all."""

_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})
_WIDE = frozenset({"W", "F"})


class TocsinError(Exception):
    """Root of all errors of our own; `permanent` says that the same attempt can never succeed."""

    permanent: bool = False


class ConfigurationError(TocsinError):
    """The configuration is wrong; `problems` lists every place, so that one run shows them all."""

    permanent = True

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([message, *map(str, self.problems)]) if self.problems else message)


class QueryError(ConfigurationError):
    """A query is wrong at `offset`, over `length` characters; `reason` says what to write instead."""

    def __init__(self, reason: str, query: str, offset: int, length: int = 1) -> None:
        self.reason = reason
        self.query = query
        self.offset = offset
        self.length = length
        super().__init__(f"{reason}\n{self.picture()}")

    def picture(self) -> str:
        """The query's line, or the part of it around the mistake, with carets under that: two lines of text."""
        start = self.query.rfind("\n", 0, self.offset) + 1
        end = self.query.find("\n", self.offset)
        line = self.query[start : end if end >= 0 else None].replace("\t", " ")
        column = self.offset - start
        first = max(0, column - _BEFORE)
        shown = line[first : first + _SHOWN]
        mistake = shown[column - first :][: self.length]
        blank = _columns(shown[: column - first])
        return f"  {shown}\n  {' ' * blank}{'^' * max(1, _columns(mistake))}"


class Unavailable(TocsinError):
    """A needed service cannot be reached."""


class StoreUnavailable(Unavailable):
    """The database cannot be reached, or its schema is not there."""


class BrokerUnavailable(Unavailable):
    """The message broker cannot be reached."""


class FetchError(TocsinError):
    """Nothing usable came back from a server.

    `redirected`: not from the one asked, but from one that it led to. `sent`: of a delivery, that it had gone out, or
    had begun to, so that it may have arrived.
    """

    redirected: bool = False
    sent: bool = False


class Refused(FetchError):
    """Our own egress policy refused an address, host form or scheme; no byte was sent there."""

    permanent = True


class NotPublic(Refused):
    """The address is none of the public Internet, and the settings do not allow it by name."""


class Unreachable(FetchError):
    """No exchange took place: name resolution, connection or TLS failed, or the peer hung up."""


class NameNotFound(Unreachable):
    """The name of the host could not be resolved; `known`: because there is none, said the system, not for a while."""

    known: bool = False


class DeadlineExceeded(FetchError):
    """The whole exchange took longer than it may."""


class BadResponse(FetchError):
    """The server answered, but the answer cannot be trusted: truncated, over a cap, contradictory, a redirect maze."""


class ParseError(TocsinError):
    """The document is no feed that we can read."""


class HtmlPage(ParseError):
    """The document is a web page where a feed was asked for."""


class ChannelError(TocsinError):
    """A message did not go through a channel.

    `permanent`: no later attempt can succeed. `disable`: the channel itself is gone (HTTP 410, a mailbox that there is
    not). `retry_after`: the receiver asked for at least this long. `ambiguous`: it may have arrived all the same (no
    answer came, after it was sent).
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        disable: bool = False,
        retry_after: timedelta | None = None,
        ambiguous: bool = False,
    ) -> None:
        self.permanent = permanent
        self.disable = disable
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        super().__init__(message)


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes: two for a wide character (Unicode, annex 11), none for a mark."""
    visible = (char for char in text if unicodedata.category(char) not in _WITHOUT_WIDTH)
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in visible)


def place_of(error: Exception) -> str:
    """Name the fault and where in the code it is; not what the error says, which may be the document's words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__name__}{where}"
