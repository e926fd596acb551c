"""How long a response stays fresh, for a client that keeps it for itself (RFC 9111)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from worker.fetch.header_times import LONGEST, delta_seconds, http_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from worker.fetch.head import Head

NOTHING = timedelta(0)
# One member of a list: commas inside quotes belong to it. Matches at everything but a comma, so the whole is linear.
_MEMBER = re.compile(r'(?>[^",]++|"(?>[^"\\]++|\\.?)*+(?:"|\Z))++', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def fresh_for(head: Head, *, now: datetime) -> timedelta | None:
    """How long from now the response stays fresh (RFC 9111 section 4.2); None where it says nothing that holds.

    The lifetime is max-age (5.2.2.1), without one Expires less Date (5.3); what the response spent in caches (Age,
    5.1) goes off. Nothing at all for no-store and no-cache, save the form that names fields (5.2.2.4); None for a
    lifetime that cannot be read. Of what stands several times the first counts (4.2.1). s-maxage
    is for caches that serve many, which this one does not (5.2.2.10). Between 0 and LONGEST.
    """
    max_age: str | None = None
    for name, argument in _directives(head.joined(b"cache-control")):
        if name == "no-store" or (name == "no-cache" and argument is None):
            return NOTHING
        if name == "max-age" and max_age is None:
            max_age = argument or ""
    lifetime = delta_seconds(max_age) if max_age is not None else _until_expiry(head, now)
    return None if lifetime is None else min(max(lifetime - _age(head), NOTHING), LONGEST)


def _until_expiry(head: Head, now: datetime) -> timedelta | None:
    """Expires less Date: two readings of the server's own clock, whatever that shows."""
    said = head.first(b"expires")
    expires = None if said is None else http_date(said)
    if expires is None:
        return None
    return expires - (http_date(head.first(b"date") or "") or now)


def _age(head: Head) -> timedelta:
    """Of several ages the first counts; one that is no number is ignored (RFC 9111 section 5.1)."""
    first, _, _ = (head.first(b"age") or "").partition(",")
    return delta_seconds(first.strip()) or NOTHING


def _directives(value: str) -> Iterator[tuple[str, str | None]]:
    """Names and arguments of Cache-Control (RFC 9111 section 5.2), quoted arguments without their quotes."""
    for member in _MEMBER.findall(value):
        name, equals, argument = member.partition("=")
        yield name.strip().lower(), _unquoted(argument.strip()) if equals else None


def _unquoted(argument: str) -> str:
    if len(argument) > 1 and argument.startswith('"') and argument.endswith('"'):
        return _ESCAPED.sub(r"\1", argument[1:-1])
    return argument
