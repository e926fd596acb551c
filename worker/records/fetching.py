"""Requests, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import timedelta

Purpose = Literal["feed", "page", "any"]
"""What a document is asked for: the Accept header differs."""


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified as received, byte for byte, of the document at `url`; opaque, at most 4 KB each."""

    url: str
    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Ask `url` for a document.

    `validators` go with a request to the very URL they belong to, first or as a redirect's hop. With an ETag among
    them, and `purpose` "feed", new items alone are welcome too (`A-IM: feed`, RFC 3229). Without `follow` a redirect is
    the response: whoever asks looks first whether the next hop may be asked.
    """

    key: int
    url: str
    validators: Validators | None = None
    purpose: Purpose = "feed"
    follow: bool = True


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """A whole, trustworthy HTTP exchange.

    Attributes:
        status: Of the last hop. It is 301, 302, 303, 307 or 308 only where they were not to be followed.
        url: Of the last hop.
        body: Decoded bytes; b"" for 304, and where anything was asked for and nothing is there.
        content_type: The Content-Type header as received, or "".
        validators: Those of this response (on 304: what the response says anew, else None).
        retry_after: What the server asked for, or None.
        raw_bytes: Bytes of the body on the wire.
        moved_to: Where the first hops of the redirects, as long as they were permanent (301, 308), led; None where the
            first was not.
        fresh_for: How long the response stays fresh (RFC 9111, 4.2: max-age, else Expires; less its age), or None.
        partial: Only items that are new since the validators were given (226, RFC 3229).
        links: Values of Link header fields (RFC 8288), as received.
        location: Where a redirect leads that was not to be followed: an address of a form that we ask, without
            credentials of others; None for any other response.
    """

    status: int
    url: str
    body: bytes
    content_type: str
    validators: Validators | None
    retry_after: timedelta | None
    raw_bytes: int
    moved_to: str | None = None
    fresh_for: timedelta | None = None
    partial: bool = False
    links: tuple[str, ...] = ()
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one FetchRequest: a response or an error; `seconds` of wall time."""

    key: int
    result: FetchResponse | Exception
    seconds: float
