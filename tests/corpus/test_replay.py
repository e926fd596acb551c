"""Series of snapshots of real feeds: what the store would remember of them, poll after poll."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from worker.errors import ParseError
from worker.feeds.model import Known
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


def test_what_was_known_of_the_snapshot_before_changes_nothing(corpus: Path) -> None:
    polls = skimmed = left_out = 0
    for series in sorted(path for path in (corpus / "replay").iterdir() if path.is_dir()):
        known: Known | None = None
        url = f"https://{series.name}.example/feed"
        for _, body in snapshots(series):
            try:
                whole = parse(body, url=url)
            except ParseError:
                with pytest.raises(ParseError):
                    parse(body, url=url, known=known)
                continue
            found = parse(body, url=url, known=known)
            slices = known.slices if known is not None and found.skimmed else frozenset[bytes]()
            assert found.items == tuple(item for item in whole.items if item.slice not in slices), series.name
            assert dataclasses.replace(found, items=whole.items, skimmed=False) == whole, series.name
            polls, skimmed = polls + 1, skimmed + found.skimmed
            left_out += len(whole.items) - len(found.items)
            known = None if whole.frame is None else Known(whole.frame, frozenset(whole.slices))
    assert polls > 900
    assert skimmed > 800
    assert left_out > 10_000
