"""How a feed is doing, as far as that is why nothing is heard of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.pipeline.steps import Step, counted, moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from worker.feeds.health import FeedState
    from worker.records.trail import TrailFeed

FAILING = frozenset({"backing_off", "broken", "blocked", "html", "gone"})
"""States of feeds whose last poll failed."""

_CALLED: Mapping[FeedState, str] = {
    "backing_off": "its last polls failed",
    "broken": "it is broken",
    "blocked": "its server turns us away",
    "html": "a web page stands in its place",
    "gone": "it is gone for good, says its server",
}


def feed_step(feed: TrailFeed) -> Step:
    """Tell how a feed is doing now."""
    result, said = feed_fault(feed) or (feed.state, _health(feed))
    return Step("feed", feed.removed_at or feed.last_polled_at, result, f"{feed.name}, {feed.url}: {said}")


def feed_fault(feed: TrailFeed) -> tuple[str, str] | None:
    """Say in a word and a sentence why a feed brings nothing now; None where it is not its fault."""
    if (ordered := _ordered(feed)) is not None:
        return ordered
    if feed.state == "quarantined":
        return "quarantined", "polling it ended processes again and again, so it is not polled any more"
    if feed.state in FAILING:
        return feed.state, _failing(feed)
    if feed.last_polled_at is None:
        return "new", f"never polled yet; its first poll is due {moment(feed.next_poll_at)}"
    return None


def _ordered(feed: TrailFeed) -> tuple[str, str] | None:
    """Say by whose order a feed is not polled."""
    if feed.removed_at is not None:
        return "removed", f"removed {moment(feed.removed_at)}, and polled no more"
    if feed.merged_into is not None:
        return "merged", f"it moved to the address of {feed.merged_into}, and is polled as that"
    return ("paused", "paused by hand, and not polled") if feed.paused else None


def _failing(feed: TrailFeed) -> str:
    since = "never polled well" if feed.last_good_at is None else f"polled well last {moment(feed.last_good_at)}"
    error = f": {feed.last_error}" if feed.last_error else ""
    told = f", and the owner was told {moment(feed.told_at)}" if feed.told_at is not None else ""
    return f"{_CALLED[feed.state]} ({since}, {counted(feed.failures, 'failure')} in a row{told}){error}"


def _health(feed: TrailFeed) -> str:
    good = feed.last_good_at or feed.created_at
    gap = ""
    if feed.gap_from is not None and feed.gap_until is not None:
        gap = f"; items may have come and gone unseen between {moment(feed.gap_from)} and {moment(feed.gap_until)}"
    stale = "silent for longer than is its way, " if feed.state == "stale" else ""
    return f"{stale}polled well last {moment(good)}{gap}"
