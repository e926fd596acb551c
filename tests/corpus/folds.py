"""Folds as pairs of items, the sample of them that was read, and what was found (docs/FOLDS.md)."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

LIST = Path(__file__).parents[2] / "docs" / "FOLDS.md"

CUT = 0x7840
"""Of the news pairs those are sampled whose hash begins lower: about half."""

_ROW = re.compile(r"\| (\S+ \w+) \| (\S+ \w+) \| (\w+) \| (same|different) \|")
_SHORT = 6
_ITEMS = """
    SELECT items.id, feeds.name, identity, story_id, folded, copy_of
    FROM items JOIN feeds ON feeds.id = items.feed_id WHERE story_id IS NOT NULL ORDER BY first_seen, items.id
"""


class Fold(NamedTuple):
    """An item, and the one whose text it carries, or the first of its story where its headline brought it there.

    Attributes:
        item, beside: Feed and hash of the identity.
        where: Where to read both, for a person.
        hash: 16 bits of the pair, the same whichever came first.
    """

    item: str
    beside: str
    kind: str
    where: str = ""
    hash: int = 0

    @property
    def row(self) -> str:
        return f"| {self.item} | {self.beside} | {self.kind} |"


def folds(database: Path) -> list[Fold]:
    """All folds of a store."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(_ITEMS).fetchall()
    named = {id_: f"{feed} {identity[:_SHORT].hex()}" for id_, feed, identity, *_ in rows}
    whole = {id_: identity for id_, _, identity, *_ in rows}
    began: defaultdict[int, list[int]] = defaultdict(list)
    for id_, _, _, story, folded, _ in rows:
        if folded is None:
            began[story].append(id_)
    return [
        Fold(
            item=named[id_],
            beside=named[other],
            kind=folded,
            where=f"items {id_} and {other} of {database}",
            hash=_hash(whole[id_], whole[other]),
        )
        for id_, _, _, story, folded, copy_of in rows
        if folded is not None
        for other in (copy_of or began[story][0],)
    ]


def _hash(one: bytes, other: bytes) -> int:
    return int.from_bytes(blake2b(b"".join(sorted((one, other))), digest_size=8).digest()[:2], "big")


def sampled(found: Iterable[Fold]) -> list[Fold]:
    return [fold for fold in found if fold.hash < CUT]


def listed(*feeds: str) -> dict[str, str]:
    """What docs/FOLDS.md says of folds whose item is of these feeds, or of a part of theirs: row -> verdict."""
    rows = _ROW.findall(LIST.read_text("utf-8"))
    return {
        Fold(item, beside, kind).row: verdict
        for item, beside, kind, verdict in rows
        if item.split()[0].startswith(feeds)
    }


def compare(found: Iterable[Fold], *feeds: str) -> None:
    """Hold the folds that are found against those that were read."""
    known, here = listed(*feeds), {fold.row: fold.where for fold in found}
    unread = [f"judge it and list it in docs/FOLDS.md: {row} ({here[row]})" for row in here if row not in known]
    assert not unread, "\n".join(unread)
    gone = [f"no fold any more, strike it from docs/FOLDS.md: {row}" for row in known if row not in here]
    assert not gone, "\n".join(gone)
