"""The header fields of one response."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Head:
    """Values by field name, in the order received; names in lower case, as bytes."""

    def __init__(self, fields: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[bytes, list[bytes]] = {}
        for name, value in fields:
            self._values.setdefault(name.lower(), []).append(value)

    def first(self, name: bytes) -> str | None:
        """The first value under `name`, None where there is none: what to take of a field that stands but once."""
        values = self._values.get(name)
        return values[0].decode("latin-1").strip() if values else None

    def joined(self, name: bytes) -> str:
        """All values under `name` as the one list that they mean together (RFC 9110 section 5.3); "" for none."""
        values = self._values.get(name)
        return b",".join(values).decode("latin-1") if values else ""

    def values(self, name: bytes) -> list[bytes]:
        """The values under `name`, as received."""
        return self._values.get(name, [])

    def firsts(self) -> dict[str, str]:
        """The first value under each name."""
        return {name.decode("latin-1"): values[0].decode("latin-1").strip() for name, values in self._values.items()}
