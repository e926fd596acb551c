"""Notices that a file of the configuration, or one that it names, was written, made or removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class FolderWatch:
    """Remembers how the folder's YAML files, and files they name, looked when they were last dealt with.

    At first nothing was.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._named: tuple[str, ...] = ()
        self._seen: list[tuple[str, int, int]] | None = None

    def if_changed(self, act: Callable[[], Iterable[str]]) -> None:
        """Call `act` if anything changed since it last came to its end; if it raises, the next look calls it again.

        It returns the paths of other files to watch. Where those are other ones than before, the next look calls it
        once more: nobody knows how they looked when it read them.
        """
        signature = self._signature()
        if signature != self._seen:
            self._named = tuple(sorted(act()))
            self._seen = signature

    def _signature(self) -> list[tuple[str, int, int]]:
        return [*_looks(sorted(self.folder.glob("*.yaml"))), *_looks(map(Path, self._named))]


def _looks(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    """When each was written, and its size; nothing of one that is not there, or was replaced at this moment."""
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        yield str(path), stat.st_mtime_ns, stat.st_size
