"""Series of snapshots of real feeds: what the store would remember of them, poll after poll."""

from __future__ import annotations

import dataclasses
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

PLAYED = {
    "bbc-news-home": (120, 119, 5886),
    "bbc-world-fulltext-2026": (24, 23, 353),
    "bbc-world-positional-links-2026": (60, 37, 150),
    "foxnews": (60, 51, 409),
    "nytimes-us": (60, 18, 206),
    "nzherald": (80, 74, 1145),
    "reuters-googlenews-decoded-2026": (8, 7, 3494),
    "rnz-national": (79, 75, 890),
    "ru-bbc-russian": (60, 59, 1560),
    "ru-donbass-news": (60, 59, 1049),
    "ru-meduza": (60, 59, 1377),
    "straitstimes-sg": (60, 42, 1493),
    "stuffnz": (80, 75, 1129),
    "uk-texty": (60, 59, 584),
    "wsj-world": (59, 46, 207),
    "ynet-he-2026": (12, 2, 4),
}
"""Of each series, at least: snapshots that are read, those of them read beside known slices, and items left out there."""

QUIET = ("straitstimes-sg", "ru-")
"""How the series begin in which nothing comes twice."""


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


def test_every_series_is_played(corpus: Path) -> None:
    assert {path.name for path in (corpus / "replay").iterdir() if path.is_dir()} == set(PLAYED)
    assert any(name.startswith(QUIET) for name in PLAYED)


@pytest.mark.parametrize("name", PLAYED)
def test_no_snapshot_brings_old_things_and_what_was_known_of_the_one_before_changes_nothing(
    corpus: Path, name: str
) -> None:
    polls = skimmed = left_out = repeated = 0
    known: Known | None = None
    memory, met = Memory(), set[bytes]()
    url = f"https://{name}.example/feed"
    for now, body in snapshots(corpus / "replay" / name):
        try:
            whole = parse(body, url=url)
        except ParseError:
            with pytest.raises(ParseError):
                parse(body, url=url, known=known)
            continue
        found = parse(body, url=url, known=known)
        slices = known.slices if known is not None and found.skimmed else frozenset[bytes]()
        assert found.items == tuple(item for item in whole.items if item.slice not in slices)
        assert dataclasses.replace(found, items=whole.items, skimmed=False) == whole
        polls, skimmed = polls + 1, skimmed + found.skimmed
        left_out += len(whole.items) - len(found.items)
        known = None if whole.frame is None else Known(whole.frame, frozenset(whole.slices))
        items = identify(whole.items)
        new = [item.item.content for item in memory.poll(items, now).new]
        again = memory.poll(items, now + timedelta(minutes=15))
        assert again.new == again.revised == again.reidentified == ()
        repeated += len(met.intersection(new))
        met.update(new)
    assert not (name.startswith(QUIET) and repeated)
    assert all(count >= least for count, least in zip((polls, skimmed, left_out), PLAYED[name], strict=True))
