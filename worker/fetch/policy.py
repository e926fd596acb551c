"""Which addresses one kind of traffic may reach: the public Internet, and what its allow list names."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TYPE_CHECKING

from worker.errors import ConfigurationError, Refused
from worker.fetch.address import is_public
from worker.fetch.host import canonical_host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.fetch.address import Address

_LAST_PORT = 65535


class Policy:
    """The public Internet plus `allow`: `10.1.0.0/16`, `127.0.0.1`, `127.0.0.1:8801`, `[::1]:8801`, `localhost:8801`.

    A `host:port` entry trusts whatever addresses that name has, on that port; a block or an address without a port
    holds for all ports. Raises ConfigurationError for an entry of no such form.
    """

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._blocks: list[IPv4Network | IPv6Network] = []
        self._places: set[tuple[str, int]] = set()
        for entry in allow:
            block = _block(entry)
            if block is None:
                self._places.add(_place(entry))
            else:
                self._blocks.append(block)

    def admits(self, address: Address, port: int, *, name: str | None = None) -> bool:
        """Whether a connection to `address` and `port` may be made, on behalf of the host `name` where it has one."""
        return (
            is_public(address)
            or (name is not None and (name, port) in self._places)
            or self._allows(_plain(address), port)
        )

    def _allows(self, address: Address, port: int) -> bool:
        return (str(address), port) in self._places or any(
            address.version == block.version and address in block for block in self._blocks
        )


def _plain(address: Address) -> Address:
    """A v4-mapped address is the very same destination as its IPv4 form; 6to4 and NAT64 ones are not."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _block(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _place(entry: str) -> tuple[str, int]:
    name, _, port = entry.rpartition(":")
    bracketed = name.startswith("[") and name.endswith("]")
    if port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT and (bracketed or ":" not in name):
        try:
            host = canonical_host(name[1:-1] if bracketed else name)
        except Refused:
            pass
        else:
            return (str(_plain(host.address)) if host.address else host.name, int(port))
    raise ConfigurationError(
        f"{entry!r} allows nothing: write a block (10.1.0.0/16), address:port (127.0.0.1:8801) or host:port"
    )
