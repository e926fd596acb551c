"""What a file of another reader holds for us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worker.errors import TocsinError

Reader = Literal["FreshRSS", "Google Alerts"]


class NoCounterpart(TocsinError):
    """A search asks for something that our language has no way to say; the message says what. It stays in this room."""

    permanent = True


@dataclass(frozen=True, slots=True)
class FoundList:
    """A saved search; `query` is in our language and can be read."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed, and what the file calls it, or ""."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that becomes neither feed nor list, and why.

    `query`: what it looks for in our language, where only the rest has no counterpart.
    """

    name: str
    reason: str
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All that a file holds, in its order.

    `lists` of Google Alerts look at `feeds` only: theirs.
    """

    reader: Reader
    lists: tuple[FoundList, ...] = ()
    feeds: tuple[FoundFeed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
