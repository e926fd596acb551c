"""Some of a document's items and what stands around them, with as little parsing as gives the same. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from worker.feeds import plain
from worker.feeds.reader import read_strictly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from worker.feeds.plain import Leaf
    from worker.feeds.reader import Reading
    from worker.feeds.skim import Pieces


def read_apart(apart: Pieces, places: Sequence[int]) -> Reading | None:
    """Read the items in these places of a document that came apart; None where it must be read whole.

    Plain ones are read without a parser, where it finds the same in a sample of them in which each name of an element
    is met that is met in any. The sample also says what the items inherit, and whether their prefixes are declared.
    """
    leaves: dict[int, list[Leaf]] = {}
    if apart.name == "item":  # else it is no RSS, or an odd one
        declared = plain.prefixes(apart.before)
        for place in places:
            if found := plain.leaves(apart.slices[place], apart.name, declared):
                leaves[place] = found
    sample = _sample(leaves)
    parsed = [place for place in places if place in sample or place not in leaves]
    reading = read_strictly(apart.only(parsed))
    if reading is None or len(reading.entries) != max(len(parsed), 1):
        return None
    entries: dict[int, dict[str, Any]] = dict(zip(parsed, reading.entries, strict=False))
    if len(parsed) < len(places):
        if reading.inherited is None or not reading.version.startswith("rss"):
            return None
        for place, found in leaves.items():
            entry = plain.entry(found, reading.inherited)
            if entry != entries.setdefault(place, entry):
                return None
    return replace(reading, entries=[entries[place] for place in places])


def _sample(leaves: dict[int, list[Leaf]]) -> set[int]:
    """Places of items in which every name is met, as it is written, that is met in any."""
    met: set[str] = set()
    sample = set()
    for place, found in leaves.items():
        names = {leaf.name for leaf in found}
        if not names <= met:
            met |= names
            sample.add(place)
    return sample
