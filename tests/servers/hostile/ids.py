"""Ids that name nothing, everything, or something else each time (DESIGN 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.endpoint import Ending, Endpoint, new, serves
from servers.hostile.feed import COUNT, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from servers.hostile.visit import Visit

POLLS = 4
"""So many times is a feed asked that changes each time."""


def endpoints() -> list[Endpoint]:
    """The family."""

    def ids(name: str, given: Iterable[str], stored: int = COUNT) -> Endpoint:
        return serves(f"/ids/{name}", _document(given), new(stored))

    return [
        ids("of-8-KB", (f"{'x' * 8_000}{number}" for number in range(COUNT))),
        ids("of-1-MB", (f"{'x' * (1 << 20)}{number}" for number in range(COUNT))),
        ids("all-the-same", ["one"] * COUNT),
        ids("empty", [""] * COUNT),
        ids("of-white-space", [" ", "\t", "\n"]),
        ids("of-another-case", ["tag:ferry", "tag:FERRY", "Tag:ferry"]),
        ids("of-another-form", ["caf\u00e9", "cafe\u0301", "CAFE"]),
        ids("percent-encoded", ["http://127.0.0.1/%7Eferry", "http://127.0.0.1/~ferry", "http://127.0.0.1/%7eferry"]),
        ids("with-secrets", (f"http://user:secret@127.0.0.1/{number}" for number in range(COUNT))),
        ids("of-control-characters", ["a&#x1;", "a&#x2;", "a&#x3;"]),
        ids("that-are-markup", ["<script>1</script>", "' OR 1=1 --", "${7*7}"]),
        serves("/ids/items-all-the-same", text(*[_item("one", 0)] * 500).encode(), new(1)),
        Endpoint("/ids/changing", _changing, _again("unchanged"), polls=POLLS),
        Endpoint("/ids/links-changing", _links_changing, _again("unchanged"), polls=POLLS),
        Endpoint("/ids/order-changing", _order_changing, _again("unchanged"), polls=POLLS),
    ]


def _again(outcome: str) -> Ending:
    """How a feed ends whose items were known: by hand it has been polled but once, and they are new."""
    first = new()
    return Ending(f"{first.outcome}|{outcome}", first.status, first.state, first.items)


def _escaped(given: str) -> str:
    return given.replace("<", "&lt;")


def _item(identifier: str, number: int, link: str = "") -> str:
    return (
        f"<item><title>Tram {number} stops</title><guid isPermaLink='false'>{_escaped(identifier)}</guid>"
        f"<link>http://127.0.0.1/tram/{link or number}</link><description>Tram {number} has stopped.</description></item>"
    )


def _document(given: Iterable[str]) -> bytes:
    return text(*(_item(identifier, number) for number, identifier in enumerate(given))).encode()


async def _changing(visit: Visit) -> None:
    await visit.answer(_document(f"{visit.nth}-{number}" for number in range(COUNT)))


async def _links_changing(visit: Visit) -> None:
    items = (_item(str(number), number, f"{number}?session={visit.nth}") for number in range(COUNT))
    await visit.answer(text(*items).encode())


async def _order_changing(visit: Visit) -> None:
    turned = [(number + visit.nth) % COUNT for number in range(COUNT)]
    await visit.answer(text(*(_item(str(number), number) for number in turned)).encode())
