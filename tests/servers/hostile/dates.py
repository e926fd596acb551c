"""Dates that are none, or lie outside all belief (DESIGN 4.5): the item stays, undated or kept as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from servers.hostile.endpoint import new, serves
from servers.hostile.feed import item, text

if TYPE_CHECKING:
    from servers.hostile.endpoint import Endpoint

NOW = datetime.now(UTC)  # the server's, when it starts
DATES = {
    "year-0": ["Sat, 01 Jan 0000 00:00:00 GMT", "0000-01-01T00:00:00Z", "0000-00-00"],
    "year-1": ["Mon, 01 Jan 0001 00:00:00 +1400", "0001-01-01T00:00:00+14:00", "0001"],
    "year-9999": ["Fri, 31 Dec 9999 23:59:59 -1200", "9999-12-31T23:59:59-12:00", "9999-12-31"],
    "year-10000": ["Sat, 01 Jan 10000 00:00:00 GMT", "10000-01-01T00:00:00Z", "99999999-01-01"],
    "epoch": ["Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z", "0"],
    "garbage": ["soon", "yesterday at noon", "<b>2022</b>".replace("<", "&lt;")],
    "empty": ["", " ", "\n"],
    "13th-month": ["Tue, 32 Foo 2022 25:61:61 GMT", "2022-13-32T25:61:61Z", "2022-02-30"],
    "zones": [
        format_datetime(NOW).replace("+0000", "-0930"),
        format_datetime(NOW).replace("+0000", "-9999"),
        NOW.isoformat().replace("+00:00", "-23:59"),
    ],
    "zone-of-letters": [format_datetime(NOW).replace("+0000", zone) for zone in ("XYZ", "MESZ", "+99:99")],
    "next-year": [format_datetime(NOW + timedelta(days=400)), "2999-01-01T00:00:00Z", "2100-02-29"],
    "leap-second": ["Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:60Z", "2016-366"],
    "digits-of-4-KB": ["9" * 4_000, "2022-" + "1" * 4_000, "-" * 4_000],
    "other-digits": ["２０２２-０２-１２", "٢٠٢٢-٠٢-١٢", "12 февраля 2022"],
    "milliseconds": ["1644685200000", "1644685200", "1e400"],
}


def endpoints() -> list[Endpoint]:
    """The family: three items each, one date an item."""
    return [
        serves(
            f"/dates/{name}",
            text(*(item(number, f"<pubDate>{date}</pubDate>") for number, date in enumerate(dates))).encode(),
            new(state="ok|stale"),  # by how old its news is held to be
        )
        for name, dates in DATES.items()
    ]
