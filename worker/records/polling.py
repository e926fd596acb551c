"""A feed in hand, and what its poll leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from worker.stories.ladder import TRUSTED

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from worker.feeds.cadence import Pace
    from worker.feeds.health import Condition
    from worker.feeds.model import Hints
    from worker.feeds.moves import Candidate
    from worker.records.fetching import Validators
    from worker.stories.ladder import Standing
    from worker.stories.model import Names, PollDecision

Outcome = Literal["new", "unchanged", "not_modified", "moved", "error", "backoff", "gone", "blocked"]
FeedNotice = Literal["feed.broken", "feed.recovered"]


@dataclass(frozen=True, slots=True)
class Part:
    """A document that a sitemap index points to, and how it was when it was read last.

    Attributes:
        url: Where it is.
        validators: Those of its last good response, or None.
        body_hash: BLAKE2b-16 of its last parsed body, or None before the first.
        late: The last poll did not get as far as this one; the next one begins with it.
    """

    url: str
    validators: Validators | None = None
    body_hash: bytes | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class LeasedFeed:
    """A feed this process polls now, under `token`.

    Attributes:
        url: The configured address; `polled_url` the one to ask.
        validators: Those of the last good response, or None.
        body_hash: BLAKE2b-16 of the last parsed body, or None.
        every: The configured interval, or None for the feed's own pace.
        ignore_hints: What the server and the document say of when to come back does not hold.
        full_text: The linked pages' text is matched too.
        condition: How the feed is doing.
        pace: What is known of its rhythm.
        hints: Of its last document.
        candidate: Where a permanent redirect points that is not believed yet, or None.
        last_good_at: When the last good poll was, or None before the first.
        last_parsed_at: When the last document was parsed, or None.
        last_whole_at: When the server last sent a whole document (200), or None.
        listed: Items in the last whole document; 0 before the first.
        host: What manners count by: the host of `polled_url`; on loopback with its port.
        fresh_for: How long its last response stayed fresh, as far as that was said.
        parts: Where its last document was a sitemap index: the documents with its items, in the order of asking.
        standing: On the identity ladder.
    """

    id: int
    token: int
    url: str
    polled_url: str
    name: str | None
    validators: Validators | None
    body_hash: bytes | None
    every: timedelta | None
    ignore_hints: bool
    full_text: bool
    condition: Condition
    pace: Pace
    hints: Hints
    candidate: Candidate | None
    last_good_at: datetime | None
    last_parsed_at: datetime | None
    last_whole_at: datetime | None
    listed: int
    host: str = ""
    fresh_for: timedelta | None = None
    parts: tuple[Part, ...] = ()
    standing: Standing = TRUSTED


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one slice of a feed's last document said (see `worker.feeds.model.Known`).

    Attributes:
        slice: Its digest, 16 bytes.
        item: The item's id in the store.
        names: Digests, 8 bytes each, by which the identity ladder may know it (`worker.stories.identity.names`).
    """

    slice: bytes
    item: int
    names: Names


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a feed's last whole document: `frame` as in `Known`, and its slices."""

    frame: bytes
    slices: tuple[Remembered, ...]


@dataclass(frozen=True, slots=True)
class SliceRecord:
    """A slice to remember: its digest, and its item, by id where that is known, else by identity."""

    slice: bytes
    names: Names
    item: int | None = None
    identity: bytes | None = None


@dataclass(frozen=True, slots=True)
class PollRecord:
    """What one poll leaves behind, whatever its outcome; written under the lease's `token`, which it gives back.

    Attributes:
        condition: How the feed is doing now; its state is what `feeds list` shows.
        validators: To store; None clears them. `keep_validators`: leave the stored ones (and the body hash) alone.
        body_hash: To store with the validators.
        title, link, language: What the document says of the feed, or None where nothing new was read.
        pace, hints, candidate: To store; `fresh_for` after a good poll only.
        moved_to: The address to poll from now on, or None to leave it.
        served_from: The address that gave the answer, behind all redirects: its host is what manners count by. None
            after a poll that failed.
        decision: For a parsed document: what to do with its items.
        whole: The server sent a whole document (200), changed or not.
        listed: Items in that document; None where none was read whole.
        gap: Between these two moments items may have come and gone unseen, or None.
        frame: To remember with the slices of `decision` (see Memory); None forgets. `keep_memory` leaves it alone.
        slices: What to remember of the document's slices, in order.
        parts: Of a sitemap index: the documents with its items, to store; None leaves the stored ones alone.
        standing: On the identity ladder, to store; None leaves it as it is.
        match_later: Matching waits so long for somebody to bring the items' full text first; None: it does not.
        notice: What the owner must be told of the feed, or None.
        error: One line for the journal and `last_error`, without secrets; None after a good poll.
        note: One more line for the journal, or None.
        quiet: Of the feed as it was leased stands all but `condition` (state and failures), `next_poll_at`, the pace's
            interval and what the journal has; what is to be stored besides need not be looked at.
    """

    feed: int
    token: int
    at: datetime
    outcome: Outcome
    status: int | None
    condition: Condition
    next_poll_at: datetime
    pace: Pace
    hints: Hints
    seconds: float
    raw_bytes: int
    keep_validators: bool = True
    validators: Validators | None = None
    body_hash: bytes | None = None
    title: str | None = None
    link: str | None = None
    language: str | None = None
    fresh_for: timedelta | None = None
    candidate: Candidate | None = None
    moved_to: str | None = None
    served_from: str | None = None
    decision: PollDecision | None = None
    whole: bool = False
    listed: int | None = None
    gap: tuple[datetime, datetime] | None = None
    frame: bytes | None = None
    slices: tuple[SliceRecord, ...] = ()
    keep_memory: bool = True
    parts: tuple[Part, ...] | None = None
    standing: Standing | None = None
    match_later: timedelta | None = None
    notice: FeedNotice | None = None
    error: str | None = None
    note: str | None = None
    quiet: bool = False

    @property
    def good(self) -> bool:
        """Whether the server gave us the feed, changed or not."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class RecordedPoll:
    """How the database took one poll.

    Attributes:
        unmatched: Ids of items that now wait for matching (new ones with `fold`, and revised ones that are news).
        deliveries: Ids of deliveries to the owner that are due now (the record's `notice`).
        refusal: Why the database refused what the feed says, in one line: nothing was written, and the lease is held
            still. None: all was written.
    """

    unmatched: tuple[int, ...] = ()
    deliveries: tuple[int, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class PollResult:
    """One row of `tocsin poll` (INTERFACE 7)."""

    feed: str
    url: str
    outcome: Outcome
    status: int | None
    new_items: int
    known_items: int
    alerts: int
    error: str | None
    seconds: float
    note: str | None = None
