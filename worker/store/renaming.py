"""Which watch lists of the files are lists of the database under another name (`renamed_from`, INTERFACE 8.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.values import WatchListLine


class Kept(Protocol):
    """What the database has of a list."""

    @property
    def removed(self) -> bool:
        """Whether only its memory is left."""


AnyKept = TypeVar("AnyKept", bound=Kept)


def moves(stored: Mapping[str, Kept], wanted: Mapping[str, WatchListLine]) -> dict[str, str]:
    """Return new name -> old name of the lists to rename, in an order in which every name is free when it is given.

    A list is renamed where its old name is one of `stored`, removed or not, and its new name is nobody's, or that of a
    list which is renamed itself. So once it is done there is nothing left to do, though the line may still stand there.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    free = [name for name in wanted if name not in stored or stored[name].removed]
    while free:
        new = free.pop()
        old = wanted[new].renamed_from
        if old is None or old not in stored or old in taken:
            continue
        follower = wanted.get(old)
        if follower is not None and follower.renamed_from is None:
            continue
        found[new] = old
        taken.add(old)
        if follower is not None and not stored[old].removed:
            free.append(old)
    return found


def moved(stored: Mapping[str, AnyKept], renames: Mapping[str, str]) -> dict[str, AnyKept]:
    """Return what is stored, by the names that it has after renaming."""
    elsewhere = {*renames, *renames.values()}
    left = {name: kept for name, kept in stored.items() if name not in elsewhere}
    return left | {new: stored[old] for new, old in renames.items()}
