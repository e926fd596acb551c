"""Values that strangers hand to each other: what the verbs ask of store, fetch and channels, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import Address, DeliveryState, SubjectKind
    from worker.feeds.cadence import Pace
    from worker.feeds.health import Condition
    from worker.feeds.model import Hints
    from worker.feeds.moves import Candidate
    from worker.stories.model import PollDecision
    from worker.watchlists.model import Matchable

Outcome = Literal["new", "unchanged", "not_modified", "moved", "error", "backoff", "gone", "blocked"]
Purpose = Literal["feed", "page", "any"]
"""What a document is asked for: the Accept header differs."""


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed the tick has leased for the queue.

    Attributes:
        fresh: Never polled yet.
        alone: Must travel in a batch of one.
        slow: Its polls take long.
        shared: Its host serves other feeds too and bears only so much at once, so that its poll must begin as soon as
            its batch does.
    """

    id: int
    fresh: bool
    alone: bool
    slow: bool
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Manners:
    """How much one host bears, over all workers (INTERFACE 2).

    Attributes:
        concurrency: Polls of one host at once.
        gap: Between the beginnings of two polls of one host.
        private_concurrency, private_gap: The same for hosts of our own (addresses that are not public, localhost):
            None and zero, unless somebody set them.
    """

    concurrency: int
    gap: timedelta
    private_concurrency: int | None = None
    private_gap: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery the tick has leased for the queue. Those of one channel travel together, unless `alone`."""

    id: int
    channel: int
    alone: bool


@dataclass(frozen=True, slots=True)
class UnmatchedItem:
    """An item whose matching was lost. `alone`: it was lost before and must travel in a batch of one."""

    id: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified as received, byte for byte, of the document at `url`; opaque, at most 4 KB each."""

    url: str
    etag: bytes | None = None
    last_modified: bytes | None = None


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
        host: What manners count by: the host that serves the feed (of `polled_url`, or where that redirects to); on
            loopback with its port.
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
    names: tuple[bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a feed's last whole document: `frame` as in `Known`, and its slices."""

    frame: bytes
    slices: tuple[Remembered, ...]


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Ask `url` for a document.

    `validators` go with a request to the very URL they belong to, first or as a redirect's hop. With an ETag among
    them, and `purpose` "feed", new items alone are welcome too (`A-IM: feed`, RFC 3229).
    """

    key: int
    url: str
    validators: Validators | None = None
    purpose: Purpose = "feed"


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """A whole, trustworthy HTTP exchange.

    Attributes:
        status: Of the last hop. Redirects have been followed, so it is never 301, 302, 303, 307 or 308.
        url: Of the last hop.
        body: Decoded bytes; b"" for 304, and where anything was asked for and nothing is there.
        content_type: The Content-Type header as received, or "".
        validators: Those of this response (on 304: what the response says anew, else None).
        retry_after: What the server asked for, or None.
        raw_bytes: Bytes of the body on the wire.
        moved_to: Where the first hops of the redirects, as long as they were permanent (301, 308), led; None where the
            first was not.
        fresh_for: How long the response stays fresh (RFC 9111, 4.2: max-age, else Expires; less its age), or None.
        partial: Only items that are new since the validators were given (226, RFC 3229).
        links: Values of Link header fields (RFC 8288), as received.
    """

    status: int
    url: str
    body: bytes
    content_type: str
    validators: Validators | None
    retry_after: timedelta | None
    raw_bytes: int
    moved_to: str | None = None
    fresh_for: timedelta | None = None
    partial: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one FetchRequest: a response or an error; `seconds` of wall time."""

    key: int
    result: FetchResponse | Exception
    seconds: float


FeedNotice = Literal["feed.broken", "feed.recovered"]


@dataclass(frozen=True, slots=True)
class SliceRecord:
    """A slice to remember: its digest, and its item, by id where that is known, else by identity."""

    slice: bytes
    names: tuple[bytes, bytes, bytes]
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
        pace, hints, candidate: To store.
        moved_to: The address to poll from now on, or None to leave it.
        served_from: The address that gave the answer, behind all redirects: its host is what manners count by. None
            after a poll that failed.
        decision: For a parsed document: what to do with its items.
        whole: The server sent a whole document (200), changed or not.
        listed: Items in that document; None where none was read whole.
        gap: Between these two moments items may have come and gone unseen, or None.
        frame: To remember with the slices of `decision` (see Memory); None forgets. `keep_memory` leaves it alone.
        slices: What to remember of the document's slices, in order.
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


@dataclass(frozen=True, slots=True)
class PageToRead:
    """The page behind an item, to be read for its text."""

    item: int
    link: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One line of `ALERT <list>: <title> <link>`; `id` grows with every alert."""

    id: int
    watch_list: str
    title: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Due work that nobody has begun, and what is in hand: together they show a worker that is deaf (DESIGN 4.6).

    Attributes:
        since: Since when the oldest has been due, or None.
        in_hand_until: When the youngest lease of begun work ends; it moves while whoever holds it lives.
    """

    since: datetime | None
    in_hand_until: datetime | None


@dataclass(frozen=True, slots=True)
class ItemToMatch:
    """An unmatched item, with what folding and matching need.

    `story` is set when the item has been folded before (it came back because it changed). `text` is the item's own
    text, by which copies are known; `matchable` holds `full_text`, what the linked page says, after it.
    """

    id: int
    feed: int
    news: bool
    story: int | None
    link: str | None
    title: str
    text: str
    first_seen: datetime
    matchable: Matchable
    full_text: str = ""


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What folding must know of a story: the feeds that already report it."""

    id: int
    feeds: frozenset[int]


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What one match step did: alerts written (merged and held ones too) and deliveries due at once."""

    items: int
    alerts: int
    deliveries: tuple[int, ...]
    alerts_by_feed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery this process sends now, under `token`; `attempts` counts this one too."""

    id: int
    token: int
    key: str
    subject_kind: SubjectKind
    subject: int
    attempts: int
    channel: Address


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """How an attempt ended. `disable_channel`: a reason, when the channel itself is gone."""

    delivery: int
    token: int
    at: datetime
    state: DeliveryState
    due_at: datetime | None
    error: str | None
    disable_channel: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of `tocsin plan`: what becomes of one feed, watch list or subscriber."""

    kind: Literal["feed", "watch_list", "subscriber"]
    action: Literal["add", "change", "remove"]
    name: str
    detail: str = ""
