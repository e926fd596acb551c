"""What the newswire answers to one request at one moment. PURE.

/ lists the outlets, /{outlet} is its page, /{outlet}/feed its feed, /{outlet}/{slug} the page of one item.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING

from worker.service.newswire import documents, pages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from worker.service.newswire.script import Script

_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; Content-Length and Date are the server's to add."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def answer(
    script: Script, path: str, request: Mapping[str, str], *, elapsed: float, start: datetime, base: str
) -> Answer:
    """Answer a GET of `path` with the lower-case `request` headers, `elapsed` seconds after `start`.

    Documents carry ETag and Last-Modified and answer 304 to whoever holds them; If-None-Match goes before
    If-Modified-Since (RFC 9110, 13.2.2), which is compared as the text that we sent.
    """
    parts = path.partition("?")[0].strip("/").split("/")
    if parts == [""]:
        return Answer(200, {"Content-Type": _HTML}, pages.front_page(script.outlets.values(), base=base))
    outlet = script.outlets.get(parts[0])
    if outlet is None:
        return _missing()
    edition = script.edition(outlet.slug, elapsed)
    match parts[1:]:
        case []:
            return Answer(200, {"Content-Type": _HTML}, pages.outlet_page(outlet, edition, base=base))
        case ["feed"]:
            body = documents.feed(outlet, edition, start=start, base=base)
            headers = {
                "Content-Type": documents.feed_type(outlet),
                "ETag": f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"',
                "Last-Modified": format_datetime(documents.changed_at(edition, start=start), usegmt=True),
            }
            return Answer(304, headers) if _held(headers, request) else Answer(200, headers, body)
        case [slug]:
            for published in edition:
                if published.slug == slug:
                    body = pages.item_page(outlet, published, start=start, base=base)
                    return Answer(200, {"Content-Type": _HTML}, body)
    return _missing()


def _held(headers: Mapping[str, str], request: Mapping[str, str]) -> bool:
    if "if-none-match" in request:
        # Weak comparison (RFC 9110, 13.1.2): a cache on the way may have marked ours as weak.
        tags = {tag.strip().removeprefix("W/") for tag in request["if-none-match"].split(",")}
        return headers["ETag"] in tags or "*" in tags
    return request.get("if-modified-since") == headers["Last-Modified"]


def _missing() -> Answer:
    return Answer(404, {"Content-Type": "text/plain; charset=utf-8"}, b"There is no such page.\n")
