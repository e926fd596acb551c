"""Permanent redirects: when to believe one (INTERFACE 8.8). PURE."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worker.feeds.limits import MAX_ADDRESS

if TYPE_CHECKING:
    from datetime import datetime, timedelta

SIGHTINGS = 3
"""A redirect is stored at the first poll that is at least so manieth in a row to agree."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a permanent redirect points that is not believed yet: seen `count` times in a row, first at `since`."""

    url: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """What became of a redirect: the candidate to keep, or the address to poll from now on."""

    candidate: Candidate | None
    moved_to: str | None = None


def after_good(
    before: Candidate | None, moved_to: str | None, *, polled_url: str, now: datetime, redirect_after: timedelta
) -> Move:
    """Judge the redirect of a good poll: `moved_to` is where its permanent hops led, None where there were none.

    It is believed at once where it leads from http to https on the same host, and never from https to http. Else it
    is believed once it was seen often and long enough; a poll that leads elsewhere, or nowhere, ends that count. An
    address longer than any that we keep leads nowhere.
    """
    if moved_to is None or moved_to == polled_url or len(moved_to) > MAX_ADDRESS:
        return Move(None)
    old, new = _place(polled_url), _place(moved_to)
    if old is None or new is None or (old.scheme, new.scheme) == ("https", "http"):
        return Move(None)
    if (old.scheme, new.scheme) == ("http", "https") and old.host == new.host and _ports_agree(old, new):
        return Move(None, moved_to)
    if before is None or before.url != moved_to:
        return Move(Candidate(moved_to, 1, now))
    seen = Candidate(moved_to, before.count + 1, before.since)
    if seen.count >= SIGHTINGS and now - seen.since >= redirect_after:
        return Move(None, moved_to)
    return Move(seen)


def where_gone(
    before: Candidate | None, status: int | None, *, nameless: bool = False, redirected: bool = False
) -> str | None:
    """Return where to go when a poll failed: the candidate, if the old address is gone (410, 404, or its name).

    `nameless`: the name of its host does not exist. `redirected`: what failed is not the old address but one that it
    led to, which says nothing of the old one.
    """
    if before is None or redirected:
        return None
    return before.url if nameless or status in {HTTPStatus.GONE, HTTPStatus.NOT_FOUND} else None


@dataclass(frozen=True, slots=True)
class _Place:
    scheme: str
    host: str
    port: int


def _place(url: str) -> _Place | None:
    """Where a URL leads; None where that is no http(s) URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return _Place(parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port)


def _ports_agree(old: _Place, new: _Place) -> bool:
    """Whether both have the port that their scheme has anyway, or the same one."""
    usual = all(place.port == _PORTS[place.scheme] for place in (old, new))
    return usual or old.port == new.port
