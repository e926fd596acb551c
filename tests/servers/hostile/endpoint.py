"""One endpoint of the hostile server: where it is, what it does, and how polling it must end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from servers.hostile.feed import RSS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from servers.hostile.visit import Visit

ONCE = "1h"
AGAIN = "1s"


@dataclass(frozen=True, slots=True)
class Ending:
    """The row of `tocsin poll` and of `feeds list` to which one poll leads (INTERFACE 7).

    Attributes:
        outcome, state: One of INTERFACE 7's words; several, apart by "|", where what the documents say allows them.
        status: Of the last hop, None where no trustworthy answer came.
        items: How many are stored.
        error: A regular expression for a word that the error must hold, or None: there must be none.
    """

    outcome: str
    status: int | None
    state: str
    items: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is served at `path`, whatever the query, and at all paths below it.

    Attributes:
        url: The address of the feed; {here}, {slam} and {canary} stand for the doors and the canary's port.
        polls: So many polls must have come before `ending` is looked at; with more than one `every` is short.
        settings: More keys of its line in feeds.yaml.
        seen: Whether polling it must lead to a request at all.
    """

    path: str
    serve: Callable[[Visit], Awaitable[None]]
    ending: Ending
    url: str = ""
    polls: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    seen: bool = True

    @property
    def name(self) -> str:
        """The feed's name in the configuration: all of ours begin with "hostile"."""
        return f"hostile{self.path}"

    @property
    def template(self) -> str:
        """The address, places still open."""
        return self.url or "http://{here}" + self.path

    @property
    def every(self) -> str:
        """The feed's interval."""
        return ONCE if self.polls == 1 else AGAIN


def new(items: int = 3, *, state: str = "ok") -> Ending:
    """A document that was read, however odd: `items` stored."""
    return Ending("new", 200, state, items)


def error(words: str, status: int | None = None, *, state: str = "backing_off") -> Ending:
    """A failed poll; `status` None: nothing that came can be trusted."""
    return Ending("error", status, state, 0, words)


def blocked(words: str = "refused|public") -> Ending:
    """Our own policy stopped it, before a byte went there."""
    return Ending("blocked", None, "backing_off", 0, words)


def backoff(status: int) -> Ending:
    """The server asks us to wait."""
    return Ending("backoff", status, "backing_off", 0, str(status))


def serves(
    path: str, body: bytes, ending: Ending, *lines: str, status: str = "200 OK", kind: str = RSS, **more: Any
) -> Endpoint:
    """An endpoint that gives `body` in perfect HTTP, with `lines` as further headers; `kind`: the Content-Type."""

    async def serve(visit: Visit) -> None:
        await visit.answer(body, *lines, status=status, kind=kind)

    return Endpoint(path, serve, ending, **more)


def says(path: str, raw: bytes, ending: Ending, **more: Any) -> Endpoint:
    """An endpoint that gives these very bytes and hangs up; it may not be HTTP at all."""

    async def serve(visit: Visit) -> None:
        await visit.send(raw)

    return Endpoint(path, serve, ending, **more)
