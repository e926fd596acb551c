"""New items alone in place of the whole document: RFC 3229 with the instance manipulation "feed"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.fetch.head import Head

IM_USED = 226
"""The status of a difference (RFC 3229 section 10.4.1)."""
ASKING = ("A-IM", "feed")
"""Says that a difference is welcome (RFC 3229 section 10.5.3); it goes beside If-None-Match, which names the base."""


def is_new_items(head: Head, *, since: bytes) -> bool:
    """Whether a difference is what ASKING asks for: the items that are new since the response whose ETag is `since`.

    The IM header (RFC 3229 section 10.5.2) must name that manipulation and no other; a Delta-Base (10.5.1), where
    there is one, must be the response that we hold. A weak ETag and its strong form are one here.
    """
    manipulations = [member.partition(";")[0].strip().lower() for member in head.joined(b"im").split(",")]
    base = head.first(b"delta-base")
    return manipulations == ["feed"] and (base is None or _opaque(base) == _opaque(since.decode("latin-1")))


def _opaque(etag: str) -> str:
    return etag.strip().removeprefix("W/")
