"""Which items of the archive somebody means, and which watch lists a query may refer to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from worker.records.trail import AskedList, TrailItem

_ID = re.compile(r"itm_([0-9]{1,18})")
_BARE = re.compile(r"(?:[\w-]+\.)+[\w-]+(?::[0-9]+)?/\S*")


class AskedStore(Protocol):
    """What finding them needs of the store."""

    def item_by_id(self, item: int) -> list[TrailItem]:
        """The item with this id, if there is one."""

    def items_at(self, link: str) -> list[TrailItem]:
        """The items with this link, however it is spelt, the earliest first, some tens at most."""

    def items_called(self, name: str) -> list[TrailItem]:
        """The items that their publishers call so (guid), as above."""

    def list_called(self, name: str) -> AskedList | None:
        """The watch list of this name, whatever its state, or None."""

    def list_queries(self) -> dict[str, str]:
        """The queries of all watch lists that are not removed, by name."""


def items_meant(store: AskedStore, name: str) -> list[TrailItem]:
    """Return the items that `name` means, the earliest first: `itm_12`, a link in any spelling, or a publisher's id.

    Of a link without its scheme too. Copies in several feeds share a link.
    """
    name = name.strip()
    if known := _ID.fullmatch(name):
        return store.item_by_id(int(known[1]))
    link = address_of(name)
    found = store.items_at(link) if link is not None else []
    return found or store.items_called(name)


def address_of(name: str) -> str | None:
    """Return the web address that `name` is, its scheme put before it where only that is missing; None: it is none."""
    if name.lower().startswith(("http://", "https://")):
        return name
    return f"https://{name}" if _BARE.fullmatch(name) else None
