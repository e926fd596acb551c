"""Notices that a file of the configuration folder was written, made or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class FolderWatch:
    """Remembers how the folder's YAML files looked when they were last dealt with; at first nothing was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: list[tuple[str, int, int]] | None = None

    def if_changed(self, act: Callable[[], None]) -> None:
        """Call `act` if anything changed since it last came to its end; if it raises, the next look calls it again."""
        signature = self._signature()
        if signature != self._seen:
            act()
            self._seen = signature

    def _signature(self) -> list[tuple[str, int, int]]:
        found = []
        for path in sorted(self.folder.glob("*.yaml")):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue  # replaced between the two calls; the next look sees it
            found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return found
