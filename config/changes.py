"""Notices that a file of the configuration folder was written, made or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class FolderWatch:
    """Remembers how the folder's YAML files looked. The first look always finds a change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: list[tuple[str, int, int]] | None = None

    def changed(self) -> bool:
        """Say whether anything changed since the last look."""
        signature = self._signature()
        changed, self._seen = signature != self._seen, signature
        return changed

    def _signature(self) -> list[tuple[str, int, int]]:
        found = []
        for path in sorted(self.folder.glob("*.yaml")):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue  # replaced between the two calls; the next look sees it
            found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return found
