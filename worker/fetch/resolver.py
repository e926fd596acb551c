"""The only name look-up: every address is vetted, and aiohttp connects to none but these."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol

from aiohttp.abc import AbstractResolver, ResolveResult

from worker.errors import NotPublic
from worker.fetch.passage import PASSAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.fetch.policy import Policy


class LookUp(Protocol):
    """Asks for the addresses of a name; `names.SystemNames` fulfils it."""

    async def __call__(self, name: str, port: int, /) -> Sequence[str]:
        """Return addresses as text, or raise OSError."""
        ...


class VettingResolver(AbstractResolver):
    """Resolves once per connection; a name with a single address that the policy does not admit is refused whole.

    What it returns is noted in the request's passage, so that no later answer of a name server (rebinding) counts.
    """

    def __init__(self, policy: Policy, look_up: LookUp) -> None:
        self._policy = policy
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the vetted addresses; NotPublic if any is not admitted, OSError if there is none."""
        del family  # both are fine
        passage = PASSAGE.get()
        passage.naming = True
        found = await self._look_up(host, port)
        passage.naming = False
        addresses = [ip_address(text) for text in dict.fromkeys(found)]
        if not addresses:
            raise OSError("the name has no address")
        for address in addresses:
            if not self._policy.admits(address, port, name=host):
                raise NotPublic(f"{passage.place}: the name leads to {address}, which is refused")
        passage.endpoints.update((str(address), port) for address in addresses)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,  # noqa: PLR2004 - IP versions
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Hold nothing."""
