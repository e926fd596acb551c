"""Series of snapshots of real feeds: what the store would remember of them, poll after poll."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from worker.errors import ParseError
from worker.feeds.parse import parse
from worker.stories.decide import decide_poll
from worker.stories.identity import identify
from worker.stories.model import KnownItem

if TYPE_CHECKING:
    from pathlib import Path

    from worker.stories.model import IdentifiedItem, PollDecision

pytestmark = pytest.mark.corpus

LIMIT = 120
"""Snapshots of a series that are played."""


class Memory:
    """The items of one feed, as the store keeps them."""

    def __init__(self) -> None:
        self.items: dict[int, tuple[bytes, bytes]] = {}
        self.last_good_at: datetime | None = None

    def poll(self, items: list[IdentifiedItem], now: datetime) -> PollDecision:
        identities, contents = {item.identity for item in items}, {item.content for item in items}
        held = [KnownItem(number, *hashes) for number, hashes in self.items.items()]
        decision = decide_poll(
            items,
            [known for known in held if known.identity in identities],
            [known for known in held if known.identity not in identities and known.content in contents],
            now=now,
            last_good_at=self.last_good_at,
            fresh_for=timedelta(hours=24),
            story_window=timedelta(days=5),
        )
        for number, identity in decision.reidentified:
            self.items[number] = (identity, self.items[number][1])
        for revision in decision.revised:
            self.items[revision.id] = (revision.item.identity, revision.item.content)
        for new in decision.new:
            self.items[len(self.items)] = (new.item.identity, new.item.content)
        assert len(decision.seen) + len(decision.new) == len(items)
        assert len(set(decision.seen)) == len(decision.seen)
        identities_held = [identity for identity, _ in self.items.values()]
        assert len(set(identities_held)) == len(identities_held)
        self.last_good_at = now
        return decision


def snapshots(series: Path) -> list[tuple[datetime, bytes]]:
    files = sorted(path for path in series.iterdir() if path.suffix == ".xml")[:LIMIT]
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return [(start + timedelta(hours=number), path.read_bytes()) for number, path in enumerate(files)]


def played(corpus: Path) -> dict[str, list[list[bytes]]]:
    """Series -> poll -> contents of what was new."""
    new: dict[str, list[list[bytes]]] = {}
    for series in sorted(path for path in (corpus / "replay").iterdir() if path.is_dir()):
        memory = Memory()
        polls = new[series.name] = []
        for now, body in snapshots(series):
            try:
                items = identify(parse(body).items)
            except ParseError:
                continue
            decision = memory.poll(items, now)
            polls.append([item.item.content for item in decision.new])
            again = memory.poll(items, now + timedelta(minutes=15))
            assert again.new == again.revised == again.reidentified == (), series.name
    return new


def test_no_series_brings_the_same_content_twice(corpus: Path) -> None:
    repeated: defaultdict[str, int] = defaultdict(int)
    for series, polls in played(corpus).items():
        met: set[bytes] = set()
        for contents in polls:
            repeated[series] += len(met.intersection(contents))
            met.update(contents)
    quiet = {series: repeated[series] for series in repeated if series == "straitstimes-sg" or series.startswith("ru-")}
    assert quiet
    assert not any(quiet.values()), dict(repeated)
