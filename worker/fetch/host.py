"""The one canonical form of a URL's host; every other way to write an address is refused by its form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from worker.errors import Refused

if TYPE_CHECKING:
    from worker.fetch.address import Address

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*\Z")
# A name "ends in a number" (WHATWG URL, host parsing) where getaddrinfo would take it for an address: 127.1,
# 2130706433, 017700000001, 0x7f.1, 0.
_NUMBER = re.compile(r"(\d+|0x[0-9a-f]*)\Z")


@dataclass(frozen=True, slots=True)
class Host:
    """`name` in lower case without a trailing dot, IDNA-encoded; `address` where it is a literal, else None."""

    name: str
    address: Address | None

    def at(self, port: int) -> str:
        """`name:port`, with brackets around IPv6: what messages name of a URL."""
        return f"[{self.name}]:{port}" if ":" in self.name else f"{self.name}:{port}"


@lru_cache(maxsize=8192)
def canonical_host(raw: str) -> Host:
    """Return the canonical form of a URL's host, brackets off; Refused for odd literals and for what is no name."""
    name = raw.lower().removesuffix(".")
    try:
        address = ip_address(name)
    except ValueError:
        if not _NAME.match(name) or _NUMBER.match(name.rpartition(".")[2]):
            raise Refused(f"host refused by its form: {raw[:80]!r}") from None
        return Host(name, None)
    if "%" in name:
        raise Refused(f"host refused by its form: {raw[:80]!r}")
    return Host(str(address), address)
