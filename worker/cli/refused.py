"""Addresses of this machine and of private networks that the settings do not let through. Pure: no name is resolved."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.rules import is_address
from config.values import Mark, Problem
from worker.errors import Refused
from worker.fetch.host import canonical_host
from worker.fetch.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.values import Configuration, Settings

_PORTS = {"http": 80, "https": 443}
_LOOPBACK = (ip_address("127.0.0.1"), ip_address("::1"))


def doubts_of_addresses(settings: Settings, found: Configuration) -> list[Problem]:
    """Return warnings of feeds that cannot be polled, and of webhooks that cannot be sent to, where they stand."""
    asked = [(line.mark, line.url) for line in found.feeds]
    asked += [(line.mark, line.source) for line in found.opml if is_address(line.source)]
    told = [
        (channel.mark or line.mark, channel.address)
        for line in found.subscribers
        for channel in line.channels
        if channel.kind == "webhook"
    ]
    return [
        Problem(mark or Mark("-", 1, 1), said)
        for places, setting, allowed in (
            (asked, "fetch_allow", settings.fetch_allow),
            (told, "deliver_allow", settings.deliver_allow),
        )
        for mark, said in _refusals(places, setting, allowed)
    ]


def refusal(url: str, setting: str, allowed: Sequence[str]) -> str | None:
    """Say that an address is refused, and what would allow it; None where it is not, or only its name would tell.

    `allowed` is what the setting of this name allows.
    """
    try:
        parts = urlsplit(url)
        host, port = canonical_host(parts.hostname or ""), parts.port or _PORTS.get(parts.scheme, 0)
    except (ValueError, Refused):
        return None  # that it is no address is said elsewhere
    local = host.name == "localhost" or host.name.endswith(".localhost")
    addresses = _LOOPBACK if local else () if host.address is None else (host.address,)
    policy = Policy(allowed)
    if not addresses or any(policy.admits(address, port, name=host.name) for address in addresses):
        return None
    place = host.at(port)
    return f'{place} is not public, and refused until {setting} in settings.yaml names it: {setting}: ["{place}"]'


def _refusals(
    places: Sequence[tuple[Mark | None, str]], setting: str, allowed: Sequence[str]
) -> Iterator[tuple[Mark | None, str]]:
    for mark, url in places:
        said = refusal(url, setting, allowed)
        if said is not None:
            yield mark, said
