"""What the verbs need of the outside, one Protocol a verb; `worker.store`, `fetch` and `channels` fulfil them.

Rules for every store method: `now` is aware UTC. One method is one committed transaction, unless the Protocol is a
transaction itself. Writes under a token do nothing, and say so, when the token is no longer the row's.

A lease has three stages. Queued: `lease_owner` is empty and `leased_until` ahead; a message is on its way and any
process may begin. Begun: `lease_owner` names the process; nobody else may begin until it is given back or lost. Free.
Each begin adds 1 to `lease_token`, which fences off whoever held it before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from config.values import Configuration
    from worker.alerts.breaker import ChannelHealth
    from worker.alerts.links import Addressee
    from worker.alerts.model import Address, AlertFacts, Coverage, Message, NoticeFacts
    from worker.feeds.model import Document, Known
    from worker.records import (
        Change,
        DeliveryRecord,
        DueDelivery,
        DueFeed,
        Fetched,
        FetchRequest,
        LeasedFeed,
        Manners,
        Memory,
        Outgoing,
        PageManners,
        PageToRead,
        PollRecord,
        RecordedPoll,
        UnmatchedItem,
    )
    from worker.stories.model import KnownItem, RecalledItem


class ClaimStore(Protocol):
    """What the tick needs: every method is idempotent, so that 0, 1 or 5 beats are all safe."""

    def record_tick(self, *, now: datetime) -> None:
        """Remember that a tick happened, for watchdogs and `status`."""

    def release_lost(self, *, now: datetime) -> int:
        """Free begun leases of feeds and deliveries that have expired; return how many.

        Each loss sets `alone`; a loss of a row that was alone already adds 1 to `losses`, and the third sets state
        "quarantined" (DESIGN 4.3). A lost delivery goes from "sending" back to "pending", due now, same key.
        """

    def after_clock_jump(self, *, now: datetime) -> bool:
        """Where the clock was put back since the last tick, let nothing wait for the time that it showed before.

        What is queued is free; what was to be sent later than any schedule, quiet hours or retry can mean is due.
        """

    def claim_due_feeds(self, *, now: datetime, lease: timedelta, limit: int, manners: Manners) -> list[DueFeed]:
        """Queue up to `limit` free feeds with next_poll_at <= now that may be polled, longest due first.

        Of each host only as many as `manners` lets begin now, what is queued and in hand counted; the others stay due.
        """

    def claim_due_deliveries(self, *, now: datetime, lease: timedelta, limit: int) -> list[DueDelivery]:
        """Queue up to `limit` free pending deliveries with due_at <= now, of each channel as many as it bears now.

        The channel first that has waited the longest, and of each the longest due first.
        """

    def claim_unmatched(
        self, *, now: datetime, older_than: timedelta, lease: timedelta, limit: int
    ) -> list[UnmatchedItem]:
        """Queue up to `limit` items unmatched for `older_than` and not leased, longest waiting first.

        An item whose matching was begun before, and not ended, is `alone`.
        """


class PollStore(Protocol):
    """What polling needs."""

    def begin_polls(
        self,
        feeds: Sequence[int],
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        manners: Manners,
        force: bool = False,
    ) -> list[LeasedFeed]:
        """Begin the leases of those `feeds` that are due, pollable and free or queued; leave the others out.

        A feed marked `alone` is left out when it comes in company, and given back free; so is one whose host bears no
        more at the moment. That is exact: whatever other processes begin meanwhile, `manners` holds. `force` takes
        feeds that are not due, quarantined or broken too (a person asked); never removed or paused ones, never those
        of another owner.
        """

    def renew_feed_leases(self, tokens: Mapping[int, int], *, now: datetime, lease: timedelta) -> None:
        """Prolong the leases (feed id -> token) that are still ours."""

    def take_turns(self, tokens: Mapping[int, int], *, now: datetime, manners: Manners) -> set[int]:
        """Begin one request more for each of those feeds (feed id -> token) whose hosts bear it now; return which.

        They do where nobody but the feed itself has begun to ask them for anything within the gap. Then the feed's
        `begun_at` is `now`, for others to see; its lease stays as it is, and what it has in hand is one thing still.
        """

    def hand_back_feeds(self, tokens: Mapping[int, int], *, until: datetime | None = None) -> None:
        """Free leases whose poll did not begin; the feeds stay due, no tick takes them `until`, nothing is counted."""

    def known_items(
        self, feed: int, identities: Sequence[bytes], contents: Sequence[bytes]
    ) -> tuple[list[KnownItem], list[KnownItem]]:
        """Items of the feed whose identity is one of `identities`, and others whose content is one of `contents`."""

    def recalled_items(self, feed: int, ids: Collection[int]) -> dict[int, RecalledItem]:
        """Those of these items that are the feed's, by id, with their words."""

    def memory(self, feed: int) -> Memory | None:
        """What is remembered of the feed's last whole document, or None; loaded only when there is one to read."""

    def polled_since(self, since: datetime) -> tuple[int, int]:
        """How many feeds, but for those on hosts of our own, anybody has polled since then; how many were answered."""

    def record_polls(self, records: Sequence[PollRecord], *, owner: str | None) -> dict[int, RecordedPoll]:
        """Write polls in one transaction, each under its own savepoint and token; notices go to the subscriber `owner`.

        Items, revisions, seen marks, validators, next_poll_at, condition and journal of one feed stand or fall
        together, and its lease is freed with `losses` 0 and `alone` off. A feed that moves to the address of another is
        merged into that one: its items go there as far as they are not there yet, and it is polled no more. Returns
        how each feed was taken; one whose token was stale is missing, and nothing of it was written. A refusal harms
        no other feed of the call.
        """


class FullTextStore(Protocol):
    """What reading the linked pages needs."""

    def pages_of(self, items: Sequence[int]) -> list[PageToRead]:
        """The pages of those items that are news, have a link and still wait for matching; latest first."""

    def add_full_texts(self, texts: Mapping[int, str]) -> None:
        """Keep what the pages say (item -> text); matching looks at it after the item's own text."""

    def claim_page_hosts(
        self, wanted: Mapping[str, PageManners], *, now: datetime, until: datetime
    ) -> dict[str, datetime]:
        """Take those of these hosts (host -> what it bears) that may be asked for one thing now.

        They are ours until `leave_page_hosts`, or `until` at the latest; what is asked counts for the manners of polls
        and of other processes. Of a host that also has a poll waiting, that one comes first. Returns the others, each
        with the moment from which on to try again, later than `now`.
        """

    def leave_page_hosts(self, left: Sequence[str]) -> None:
        """Say that the answers of these hosts have come."""


class DeliverStore(Protocol):
    """What delivering needs."""

    def begin_deliveries(
        self, deliveries: Sequence[int], *, owner: str, now: datetime, lease: timedelta
    ) -> list[Outgoing]:
        """Begin those that are pending, due, and free or queued: state "sending", attempts + 1, committed durably.

        A delivery marked `alone` is left out when it comes in company, and given back free. So is one that its channel
        does not bear now (see `worker.alerts.breaker.bears`). Deliveries of a disabled channel become "failed" instead.
        An update waits until the messages that it follows at its channel have ended.
        """

    def next_deliveries(self, channels: Iterable[int], *, now: datetime) -> list[int]:
        """What is due, free and in turn at these channels, as much as each bears now; nothing is queued."""

    def renew_delivery_leases(self, tokens: Mapping[int, int], *, now: datetime, lease: timedelta) -> None:
        """Prolong the leases (delivery id -> token) that are still ours."""

    def alerts_of(self, outgoing: Outgoing, *, now: datetime) -> list[AlertFacts]:
        """Facts for the message; none where nothing is left to tell.

        A digest is closed by the first call, so that every attempt tells the same alerts.
        """

    def addressee(self, channel: int) -> Addressee | None:
        """Whom a channel reaches, as links in messages know it; None where it is gone."""

    def coverage_of(self, outgoing: Outgoing, *, now: datetime) -> Coverage | None:
        """How well the feeds behind the lists of a digest's subscriber were read since it was opened, or for a day."""

    def heartbeat_of(self, outgoing: Outgoing, *, now: datetime) -> str | None:
        """Who is told by a digest without alerts that nothing matched, by name; None: it need not be sent."""

    def notice_of(self, outgoing: Outgoing) -> NoticeFacts | None:
        """Facts of a notice, or None where there is nothing left to tell."""

    def record_delivery(
        self, record: DeliveryRecord, *, health: Callable[[ChannelHealth], ChannelHealth], owner: str | None
    ) -> bool:
        """Write an attempt's end durably, under its token; False if the token was stale and nothing was written.

        "sent" sets the alerts told by it (a digest's too) to "told". `health` gives the channel's new health from that
        before; it may be called again. `disable_channel` turns the channel off, of which its subscriber and the
        `owner` (a name; None: the first subscriber) are told by other channels, once.
        """


class SyncStore(Protocol):
    """What `plan`, `apply` and the commands that edit the configuration need."""

    def plan(self, wanted: Configuration) -> list[Change]:
        """The difference between the files and the database, nothing written. Only entries managed by file count."""

    def apply(self, wanted: Configuration, queries: Mapping[str, str], *, now: datetime) -> list[Change]:
        """Make the entries managed by file equal to `wanted`, in one transaction; `queries`: list name -> full query.

        A file entry takes over one of equal name (feed: URL) made by command. What is gone from the files is removed:
        its history stays, its pending deliveries become "cancelled"; coming back it keeps its id and memory.
        """


class Fetcher(Protocol):
    """The guarded way out for feeds."""

    def fetch(
        self,
        requests: Sequence[FetchRequest],
        *,
        in_flight: int,
        stop: Callable[[], bool],
        idle: Callable[[], None] | None = None,
    ) -> Iterator[Fetched]:
        """Fetch all, `in_flight` at a time, and yield each as it ends; errors are yielded, never raised.

        `idle` is called, in the caller's thread, when nothing has ended for some 20 ms since the last one was taken.

        When `stop` turns true no further request begins and the ones in flight are cancelled after a grace; what did
        not begin, or was cancelled, is not yielded.
        """


class PageFetcher(Protocol):
    """The guarded way out for whoever asks on as answers come."""

    def fetch(
        self,
        requests: Sequence[FetchRequest],
        *,
        in_flight: int,
        stop: Callable[[], bool],
        more: Callable[[], Sequence[FetchRequest]],
    ) -> Iterator[Fetched]:
        """Fetch as `Fetcher` does, and what `more` adds too.

        It is called, in the caller's thread, each time an answer has been dealt with, and some ten times a second
        while any request is under way. All ends when none is left and none was added.
        """


class Parse(Protocol):
    """Bytes to a Document; `worker.feeds.parse.parse` fulfils it, `worker.parsing` bounds what it costs."""

    def __call__(self, body: bytes, *, content_type: str, url: str, known: Known | None = None) -> Document:
        """Parse, or raise ParseError. With `known` only what is unknown, where the document comes apart so."""


class ReadPage(Protocol):
    """A web page to its main text."""

    def __call__(self, body: bytes, *, content_type: str, url: str) -> str:
        """The main text, plain and clean, "" where there is none; or raise ParseError."""


class Channel(Protocol):
    """One way to reach a person."""

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError. Safe to call from several threads at once."""
