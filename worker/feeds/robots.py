"""What a site lets crawlers read: robots.txt, RFC 9309. PURE.

The rules themselves are protego's. The groups are picked here, because its time grows with agents times rules: half a
megabyte of many of both would keep it busy for minutes. So is the product, which it compares otherwise than section
2.2.1 asks: to it a group for `Toc` is one for `Tocsin` too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from protego import Protego

from worker.feeds.links import without_userinfo

PRODUCT = "Tocsin"
"""The product token of our User-Agent (section 2.2.1)."""

LONGEST = 500 * 1024
"""Bytes that are read of a robots.txt (section 2.5)."""

LONGEST_DELAY = timedelta(minutes=1)
"""A site that asks for longer pauses between two requests is given this one."""

_ANYBODY = "*"
_AGENT = re.compile(r"user[\s-]*+agent(?![\w-])[\s:]*+(\*(?!\S)|[\w.-]*+)", re.IGNORECASE)
"""All ways of saying `User-agent` that protego knows, and some more. What a product of its own would be called is read
whole, letters that no product token has included: `tocsin2` is somebody else."""
_LINE_END = re.compile(r"\r\n?|\n")
_NO_LINE_END = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What ends a line to Python, and so to protego, but not to section 2.2."""
_SITE_WIDE = re.compile(r"(?:site-?map|host)s?\b", re.IGNORECASE)
"""Lines that stand for themselves, and end no group's list of agents."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin lets us read.

    Attributes:
        group: The lines of its robots.txt that hold for us; "" where there are none. Kept as text, because in pieces it
            takes thirty times the room.
        delay: The pause it asks for between two requests (Crawl-delay, in no RFC), at most `LONGEST_DELAY`; or None.
        undecided: Nobody knows: the site does not say for now, and is to be asked again soon (section 2.3.1.4).
    """

    group: str = ""
    delay: timedelta | None = None
    undecided: bool = False

    def allow(self, url: str) -> bool:
        """Whether the page at `url`, on this origin, may be read."""
        return not self.undecided and (not self.group or _read(self.group).can_fetch(url, PRODUCT))


def address_of(url: str) -> str:
    """Return where the rules for `url` stand (section 2.3); they hold for its scheme, host and port."""
    parts = urlsplit(without_userinfo(url))
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}/robots.txt"


def rules(body: bytes | None, status: int | None) -> Rules:
    """Return what a site's answer about /robots.txt means.

    A site that has none (4xx) lets everything be read. Where it cannot say (5xx, 429, no answer at all), or answers in
    a way that no rule foresees, nothing may be, for now (sections 2.3.1.2 to 2.3.1.4).

    Args:
        body: What came with a 2xx, else of no account.
        status: That of the answer, redirects followed; None where there was none.
    """
    if status is None or status == HTTPStatus.TOO_MANY_REQUESTS:
        return Rules(undecided=True)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Rules()
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Rules(undecided=True)
    text = _beginning(body or b"").decode("utf-8-sig", "replace")
    group = "\n".join(_group(text))
    seconds = _read(group).crawl_delay(PRODUCT)
    delay = timedelta(seconds=min(seconds, LONGEST_DELAY.total_seconds())) if seconds else None
    return Rules(group, delay)


@lru_cache(maxsize=1)  # of a site several pages are read in a row; more would be room that strangers fill
def _read(group: str) -> Protego:
    return Protego.parse(f"User-agent: {_ANYBODY}\n{group}")


def _beginning(body: bytes) -> bytes:
    """As much as is read; a line cut in two would forbid more than the whole one, and is left out."""
    if len(body) <= LONGEST:
        return body
    return body[: max(body.rfind(b"\n", 0, LONGEST), body.rfind(b"\r", 0, LONGEST)) + 1]


def _group(text: str) -> list[str]:
    """Return the rules of the groups for us, or else of those for anybody.

    Section 2.2.1: the product is compared without regard to case, groups for the same one are taken together, and those
    for anybody hold only where none names us.
    """
    found: dict[str, list[str]] = {}
    agents: set[str] = set()
    naming = False  # between the agents of a group and its first rule
    for line in _LINE_END.split(text):
        said = _NO_LINE_END.sub(lambda one: quote(one[0]), line.partition("#")[0].strip())
        if not said or _SITE_WIDE.match(said):
            continue
        agent = _AGENT.match(said)
        if agent is None:
            naming = False
            for one in agents:
                found[one].append(said)
            continue
        if not naming:
            agents = set()
        naming = True
        name = agent[1].lower()
        if name in {_ANYBODY, PRODUCT.lower()}:
            agents.add(name)
            found.setdefault(name, [])
    return found.get(PRODUCT.lower(), found.get(_ANYBODY, []))
