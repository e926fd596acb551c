"""Every way to write a private address, as a redirect and as a feed's own address (RELIABILITY 10).

The canary listens behind those that lead to this machine. The others lead to networks in which nobody of ours lives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.endpoint import Endpoint, blocked, error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from servers.hostile.visit import Visit

HOSTS = {
    "plain": "127.0.0.1",
    "another-of-127": "127.0.0.2",
    "middle-of-127": "127.1.2.3",
    "decimal": "2130706433",
    "decimal-past-32-bits": "6425673729",
    "octal": "0177.0.0.1",
    "octal-whole": "017700000001",
    "hex": "0x7f.0x0.0x0.0x1",
    "hex-whole": "0x7f000001",
    "zeros-in-front": "127.000.000.001",
    "short-of-two": "127.1",
    "short-of-three": "127.0.1",
    "trailing-dot": "127.0.0.1.",
    "nobody": "0.0.0.0",
    "nobody-short": "0",
    "name": "localhost",
    "name-shouted": "LOCALHOST",
    "name-with-a-dot": "localhost.",
    "v6": "[::1]",
    "v6-written-out": "[0:0:0:0:0:0:0:1]",
    "v6-nobody": "[::]",
    "v4-mapped": "[::ffff:127.0.0.1]",
    "v4-mapped-in-hex": "[::ffff:7f00:1]",
    "v4-compatible": "[::127.0.0.1]",
    "v4-translated": "[::ffff:0:127.0.0.1]",
    "NAT64": "[64:ff9b::127.0.0.1]",
    "6to4": "[2002:7f00:1::]",
    "Teredo": "[2001:0:7f00:1::]",
    "zone": "[fe80::1%25lo]",
    "zone-of-v6": "[::1%25lo]",
    "fullwidth-digits": "１２７.０.０.１",
    "circled-digits": "①②⑦.⓪.⓪.①",
    "arabic-digits": "١٢٧.٠.٠.١",
    "ideographic-dots": "127。0。0。1",
    "percent-encoded": "%31%32%37%2e%30%2e%30%2e%31",
    "userinfo": "{here}@127.0.0.1",
    "userinfo-with-password": "user:{port}@127.0.0.1",
    "two-ats": "a@b@127.0.0.1",
    "backslash": "{here}\\@127.0.0.1",
    "encoded-NUL": "127.0.0.1%00.example",
    "link-local": "169.254.169.254",
    "link-local-decimal": "2852039166",
    "link-local-v6": "[fe80::1]",
    "ten": "10.0.0.1",
    "one-seven-two": "172.16.0.1",
    "one-nine-two": "192.168.0.1",
    "carrier": "100.64.0.1",
    "benchmark": "198.18.0.1",
    "protocols": "192.0.0.1",
    "relays": "192.88.99.1",
    "test-net": "203.0.113.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "unique-local": "[fd00::1]",
    "site-local": "[fec0::1]",
    "multicast-v6": "[ff02::1]",
    "documentation-v6": "[2001:db8::1]",
}
ADDRESSES = {
    "without-scheme": "//127.0.0.1:{canary}/x",
    "port-with-zeros": "http://127.0.0.1:000{canary}/x",
    "fragment-before-the-at": "http://127.0.0.1:{canary}#@{here}/x",
    "query-before-the-at": "http://127.0.0.1:{canary}?@{here}/x",
    "https": "https://127.0.0.1:{canary}/x",
}
FORM = "refused|public|form"
PATHS = {
    "backslashes": "\\\\127.0.0.1:{canary}\\x",
    "backslashes-behind-http": "http:\\\\127.0.0.1:{canary}\\x",
}
"""Browsers read these as another host; by RFC 3986 they are paths, and there is nothing at them."""
CONFIGURED = ("plain", "decimal", "hex-whole", "name", "v6", "v4-mapped", "link-local", "ten")


def endpoints() -> list[Endpoint]:
    """The family."""
    places = {name: f"http://{host}:{{canary}}/x" for name, host in HOSTS.items()} | ADDRESSES
    return [
        *(Endpoint(f"/targets/{name}", _to(place), blocked(FORM)) for name, place in places.items()),
        *(
            Endpoint(f"/targets/own/{name}", _to(""), blocked(FORM), url=places[name], seen=False)
            for name in CONFIGURED
        ),
        *(Endpoint(f"/targets/{name}", _to(place), error("404", 404)) for name, place in PATHS.items()),
        Endpoint("/targets/behind-a-hop", _behind, blocked(FORM)),
    ]


def _to(place: str) -> Callable[[Visit], Awaitable[None]]:
    async def serve(visit: Visit) -> None:
        # UTF-8, as browsers read a Location that is not ASCII.
        await visit.redirect(visit.places.fill(place).encode().decode("latin-1"))

    return serve


async def _behind(visit: Visit) -> None:
    onward = "/targets/behind-a-hop/next" if not visit.rest else f"http://127.0.0.1:{visit.places.canary}/x"
    await visit.redirect(onward, "301 Moved Permanently" if not visit.rest else "302 Found")
