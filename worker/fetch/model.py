"""What one exchange may cost, and what came back from a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class OpeningLimits:
    """Caps of a body that decides nothing, such as an error page: how many bytes of it are read, for how long."""

    size: int = 64 * 1024
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """What the bodies of one batch may hold in memory until each has been taken; bytes unless said otherwise.

    With those that wait for their taker there are at most twice as many as may be in flight. So 24 in flight come to
    48 * `unasked` + `common` + one body at its caps, what its decoder keeps included: 50 MB at the very most.

    Attributes:
        unasked: What each may hold in any case; most feeds are smaller.
        common: What the larger ones may hold beyond that, all together, save one.
        step: How much of it they take at a time.
        patience_seconds: How long one may wait for room in all without its deadline coming nearer.
    """

    unasked: int = 128 * 1024
    common: int = 8 * MIB
    step: int = 256 * 1024
    patience_seconds: float = 8.0


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Caps of one fetch: seconds, and bytes unless said otherwise (DESIGN 4.7, RELIABILITY 11).

    Attributes:
        total_seconds: From the first look-up to the last byte, redirects included.
        raw_body, decoded_body: The body on the wire, and inflated.
        ratio: Times that an encoded body may grow once it is over `ratio_from` inflated. Measured on megabytes of
            XML that says one item over and over, numbers and dates apart: 30 to 55 by gzip, up to 370 by the highest
            levels of br and zstd. A bomb comes to 1,000 by gzip, and to far more by the others.
        opening: The body of an answer that is no document.
        redirects: Hops after the first request.
        hold: What a batch of bodies may come to.
    """

    total_seconds: float = 20.0
    raw_body: int = 10 * MIB
    decoded_body: int = 20 * MIB
    ratio: int = 500
    ratio_from: int = MIB
    opening: OpeningLimits = OpeningLimits()
    redirects: int = 10
    hold: HoldLimits = HoldLimits()


@dataclass(frozen=True, slots=True)
class PostLimits:
    """Caps of one delivery: `total_seconds` until the answer's head at most, then `opening` for its body."""

    total_seconds: float = 15.0
    opening: OpeningLimits = OpeningLimits()


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Caps that the connections themselves hold, whatever the parser above them makes of the bytes.

    Attributes:
        connect_seconds: For name look-up, TCP and TLS together.
        head: All header lines of one response, in bytes.
        overhead: Bytes received that are no body: TLS, heads, chunk framing, what is read ahead. Each byte of the body
            gives back a quarter more than itself, so that only floods end here (1xx, chunk extensions, tiny chunks).
        idle: Connections kept open for reuse, over all hosts.
        idle_seconds: How long each is kept.
    """

    connect_seconds: float = 5.0
    head: int = 64 * 1024
    overhead: int = MIB
    idle: int = 32
    idle_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; redirects are not followed.

    Attributes:
        status: HTTP status.
        retry_after: How long it asks to wait, or None.
        excerpt: The first bytes of its body, as received, for the person who looks for the fault.
    """

    status: int
    retry_after: timedelta | None = None
    excerpt: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered to whoever talks to it on a channel's behalf; redirects are not followed.

    Attributes:
        fields: Header fields, names in lower case; of several of one name the first.
        content: Its body, decoded, as far as it was read.
    """

    status: int
    fields: Mapping[str, str]
    content: bytes
    retry_after: timedelta | None = None
