"""Why an address is not in the archive: what is known of the feeds that it may have come from. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worker.feeds.host import host_of
from worker.pipeline.feed_words import FAILING, feed_fault, feed_step
from worker.pipeline.steps import Step, moment
from worker.pipeline.verdict import Verdict
from worker.stories.canonical import canonical_url
from worker.stories.outlet import outlet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.records.trail import NearItem, TrailFeed

NEAREST = 3
_LIKE = 0.6
_COMPARED = 200


def host_and_domain(url: str) -> tuple[str, str] | None:
    """Return an address's host, as manners count hosts, and its registrable domain; None where it has none.

    Where the list of public suffixes does not know of a domain it is the last two names; a bare address stands for
    itself.
    """
    address = canonical_url(url)
    try:
        host = host_of(address)
    except ValueError:
        return None
    if not host:
        return None
    domain = outlet(address, address, 0)
    if ":" not in domain:
        return host, domain
    names = host.split(".")
    return host, host if names[-1].isdigit() or ":" in host else ".".join(names[-2:])


def absent(
    name: str, domain: str | None, feeds: Sequence[TrailFeed], near: Sequence[NearItem]
) -> tuple[Verdict, tuple[Step, ...]]:
    """Say why nothing was heard of what the archive has not; `feeds` and their newest items are those of `domain`."""
    nothing = Step("item", None, "unknown", f"the archive has no item {name}")
    if not feeds:
        of = f"none of the feeds is of {domain}" if domain else "it is no address, and nobody's id for an item"
        hint = "; `tocsin feeds discover URL` finds one" if domain else ""
        return Verdict("no_feed", f"{of}{hint}"), (nothing,)
    steps = [nothing, *(feed_step(feed) for feed in feeds)]
    for item in nearest(name, near):
        detail = f"itm_{item.id} of {item.feed} has an address like it: {item.link} ({item.title})"
        steps.append(Step("item", item.first_seen, "near", detail))
    return _verdict(feeds), tuple(steps)


def _verdict(feeds: Sequence[TrailFeed]) -> Verdict:
    """Tell of the feed at fault; where all are well, that the item was in none of them."""
    faults = [(feed, fault) for feed in feeds if (fault := feed_fault(feed)) is not None]
    there = [pair for pair in faults if pair[0].removed_at is None]
    at_fault = there or (faults if len(faults) == len(feeds) else [])
    if at_fault:
        feed, (result, said) = min(at_fault, key=lambda pair: pair[0].state not in FAILING)
        return Verdict(f"feed_{result}", f"{feed.name} may have had it, but brings nothing: {said}")
    gaps = [feed for feed in feeds if feed.gap_from is not None and feed.gap_until is not None]
    if gaps:
        feed = gaps[0]
        between = f"{moment(feed.gap_from)} and {moment(feed.gap_until)}"  # type: ignore[arg-type] # both are there
        return Verdict("gap", f"{feed.name} is well, but items may have come and gone unseen between {between}")
    names = ", ".join(feed.name for feed in feeds[:NEAREST])
    return Verdict("not_in_feed", f"{names}: polled well, and the item was in none of the documents")


def nearest(url: str, near: Sequence[NearItem]) -> list[NearItem]:
    """Return the few items whose addresses are most like `url`, none where they are not much alike."""
    wanted = _path(url)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    rated: list[tuple[float, NearItem]] = []
    for item in near:
        matcher.set_seq1(_path(item.link))
        if matcher.quick_ratio() >= _LIKE and (ratio := matcher.ratio()) >= _LIKE:
            rated.append((ratio, item))
    return [item for _, item in sorted(rated, key=lambda one: -one[0])[:NEAREST]]


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:_COMPARED]
    return f"{parts.path}?{parts.query}"[:_COMPARED]
