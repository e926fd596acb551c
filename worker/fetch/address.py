"""Which IP addresses belong to the public Internet."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# The IANA special-purpose registries (RFC 6890 and its updates), written out: `ipaddress.is_global` differs between
# Python versions and lets some of these through. Blocks stand here even where a part of them is global (192.0.0.9).
_NOT_PUBLIC_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6 only 2000::/3 is handed out; 2001::/23 holds Teredo, ORCHID and benchmarking.
_PUBLIC_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")


def unwrap(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one leads to (v4-mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


@lru_cache(maxsize=1024)
def is_public(address: Address) -> bool:
    """Whether anybody on the Internet could reach `address`: the only kind to connect to unasked (RELIABILITY 10)."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    inner = unwrap(address)
    if isinstance(inner, IPv4Address):
        return not any(inner in block for block in _NOT_PUBLIC_V4)
    return inner in _PUBLIC_V6 and not any(inner in block for block in _NOT_PUBLIC_V6)
