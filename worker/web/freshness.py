"""Whether a reader has a document already: ETag and Last-Modified, and what asks by them (RFC 9110, 8 and 13)."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = 2_000
"""Documents whose states are remembered, those asked for last."""

_TAGS = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_SECOND = timedelta(seconds=1)


class State(NamedTuple):
    """A document as it is: its strong entity tag, and the whole second in which it was first seen so."""

    etag: str
    modified: datetime


class Freshness:
    """Since when documents are as they are, as far as this process knows.

    What stands in a feed changes in more ways than have a time of their own (a list gets another name, a report leaves
    a story). So it is the bytes that tell. A process that has just begun takes them for new, which costs a reader that
    goes by times alone one answer too many.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, State] = OrderedDict()

    def state_of(self, document: str, body: bytes, *, now: datetime) -> State:
        """Return the state of a document that reads `body` now."""
        etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        with self._lock:
            known = self._known.pop(document, None)
            if known is None or known.etag != etag:
                # Two states of one second have different times: who has the first must not take it for the second.
                earliest = now.replace(microsecond=0) if known is None else known.modified + _SECOND
                known = State(etag, max(now.replace(microsecond=0), earliest))
            self._known[document] = known
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known


def validators(state: State, *, now: datetime) -> dict[str, str]:
    """Return the header fields that tell a state; a time that is to come is no Last-Modified (RFC 9110, 8.8.2.1)."""
    moment = min(state.modified, now.replace(microsecond=0)).astimezone(UTC)
    return {"ETag": state.etag, "Last-Modified": format_datetime(moment, usegmt=True)}


def is_fresh(headers: Mapping[str, str], state: State) -> bool:
    """Say whether who asks has this state: by If-None-Match, and only without it by If-Modified-Since (13.2.2)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or state.etag in _TAGS.findall(tags)
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    return moment.tzinfo is not None and state.modified <= moment
