"""ETag and Last-Modified: kept and given back byte for byte (RFC 9110 section 13, RELIABILITY 12)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.records import Validators

if TYPE_CHECKING:
    from worker.fetch.head import Head

LONGEST = 4096
# What can be sent again as it came. Bytes above ASCII reach some servers changed, and a changed validator is a lie.
_PLAIN = re.compile(rb"[\t\x20-\x7e]+")


def received_validators(head: Head, url: str) -> Validators | None:
    """Those of a response from `url` (RFC 9110 section 8.8), None where it has none that can be echoed."""
    etag = next(filter(_echoable, head.values(b"etag")), None)
    last_modified = next(filter(_echoable, head.values(b"last-modified")), None)
    return Validators(url, etag, last_modified) if etag or last_modified else None


def conditions(validators: Validators | None, url: str) -> list[tuple[str, bytes]]:
    """The request headers that ask `url` whether it has changed; none if the validators belong to another URL.

    Both go, byte for byte, whatever their form (RFC 9110 sections 13.1.2 and 13.1.3).
    """
    if validators is None or validators.url != url:
        return []
    pairs = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return [(name, value) for name, value in pairs if value is not None and _echoable(value)]


def freshened(asked: Validators, said: Validators | None) -> Validators | None:
    """What to store after a 304 (RFC 9111 section 4.3.4): `asked` with what it `said` anew; None if that is nothing."""
    if said is None:
        return None
    merged = Validators(asked.url, said.etag or asked.etag, said.last_modified or asked.last_modified)
    return None if merged == asked else merged


def _echoable(value: bytes) -> bool:
    return len(value) <= LONGEST and _PLAIN.fullmatch(value) is not None
