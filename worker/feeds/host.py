"""What the manners towards publishers count by: the host of a URL. PURE."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

_PORTS = {"https": 443}


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Return the host that politeness counts by; on loopback that is address and port (INTERFACE 2).

    However a name is written it is one host: in any case, with the root's dot or without, in letters or in their
    ASCII form (RFC 3490). ValueError for what is no URL.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return host  # no name that anybody could look up
    return f"{host}:{parts.port or _PORTS.get(parts.scheme, 80)}" if _is_loopback(host) else host


def _is_loopback(host: str) -> bool:
    if not (host[:1].isdigit() or ":" in host):  # no address, and to find that out would cost more than the rest
        return host == "localhost"
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
