"""Why: the whole way of an item, and the reason that somebody heard, or did not hear, of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from worker.errors import ConfigurationError
from worker.pipeline.absent import absent, host_and_domain
from worker.pipeline.arrival import arrival
from worker.pipeline.asked import AskedStore, address_of, items_meant
from worker.pipeline.asked_lists import MOST_LISTS, Asked, list_steps
from worker.pipeline.feed_words import feed_fault, feed_step
from worker.pipeline.heard import heard
from worker.pipeline.steps import in_order
from worker.pipeline.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from worker.pipeline.steps import Step
    from worker.pipeline.verdict import Verdict
    from worker.records.trail import AskedList, NearItem, Trail, TrailFeed, TrailItem


class WhyStore(AskedStore, Protocol):
    """What `why` needs of the store."""

    def trail(self, item: TrailItem, *, watch_list: int | None = None, subscriber: str | None = None) -> Trail:
        """All that is kept of the item's way.

        With `watch_list` no match, alert or message but those of this list; with `subscriber` none but those to this
        one, and of lists that tell it, or did.
        """

    def lists_to_ask(self, *, limit: int, subscriber: str | None = None) -> list[AskedList]:
        """The watch lists that are not removed, the first by name; those that tell one `subscriber`, or all."""

    def feeds_around(self, host: str, domain: str) -> list[TrailFeed]:
        """The feeds that are polled at `host`, or else have to do with `domain`; some tens at most."""

    def newest_items(self, of: Sequence[int]) -> list[NearItem]:
        """The newest items of these feeds that have links, some hundreds at most."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one item, or, with `item` None, of an address that no item has."""

    item: TrailItem | None
    verdict: Verdict
    steps: tuple[Step, ...]


def why(
    store: WhyStore, name: str, *, fresh_for: timedelta, watch_list: str | None = None, subscriber: str | None = None
) -> list[Account]:
    """Tell the way of what `name` means (see `asked.items_meant`), each of several copies by itself; one at least.

    1. Find the items.
    2. Where there are none, look at the feeds that may have had one.
    3. Else load each one's trail, ask the watch lists what they make of it now, and choose the reason to tell; with
       `watch_list` of no list and no alert but its own, with `subscriber` of nothing that another is told.

    Raises:
        ConfigurationError: There is no such `watch_list`.
    """
    found = items_meant(store, name)
    if not found:
        return [_absent(store, name)]
    asked = _asked(store, watch_list, subscriber)
    only = None if asked.named is None else asked.named.definition.id
    return [_account(store.trail(item, watch_list=only, subscriber=subscriber), asked, fresh_for) for item in found]


def _asked(store: WhyStore, watch_list: str | None, subscriber: str | None) -> Asked:
    queries = store.list_queries()
    if watch_list is None:
        return Asked(store.lists_to_ask(limit=MOST_LISTS + 1, subscriber=subscriber), queries)
    named = store.list_called(watch_list)
    if named is None:
        raise ConfigurationError(f"there is no watch list {watch_list!r}")
    return Asked((), queries, named)


def _account(trail: Trail, asked: Asked, fresh_for: timedelta) -> Account:
    lists = tuple(list_steps(trail, asked))
    steps = [*arrival(trail, fresh_for=fresh_for), *lists, *heard(trail)]
    if feed_fault(trail.feed) is not None:
        steps.append(feed_step(trail.feed))
    chosen = verdict(trail, lists, fresh_for=fresh_for, named=asked.named is not None)
    return Account(trail.item, chosen, in_order(steps))


def _absent(store: WhyStore, name: str) -> Account:
    address = address_of(name.strip())
    place = host_and_domain(address) if address is not None else None
    feeds = store.feeds_around(*place) if place is not None else []
    near = store.newest_items([feed.id for feed in feeds]) if feeds else []
    return Account(None, *absent(name, place and place[1], feeds, near))
