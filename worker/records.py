"""Values that strangers hand to each other: what the verbs ask of store, fetch and channels, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from worker.alerts.model import Address, DeliveryState, SubjectKind
    from worker.stories.model import PollDecision
    from worker.watchlists.model import Matchable

Outcome = Literal["new", "unchanged", "not_modified", "moved", "error", "backoff", "gone", "blocked"]
FeedState = Literal["new", "ok", "backing_off", "broken", "blocked", "html", "stale", "gone", "quarantined", "disabled"]


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed the tick has leased for the queue. `fresh`: never polled yet. `alone`: must travel in a batch of one."""

    id: int
    fresh: bool
    alone: bool
    slow: bool


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
        every: The configured interval, or None for the default rhythm.
        failures: Polls failed in a row.
        last_good_at: When the last good poll was, or None before the first.
    """

    id: int
    token: int
    url: str
    polled_url: str
    name: str | None
    validators: Validators | None
    body_hash: bytes | None
    every: timedelta | None
    failures: int
    last_good_at: datetime | None


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Ask `url`; `validators` go with a request to the very URL they belong to, first or as a redirect's hop."""

    key: int
    url: str
    validators: Validators | None = None


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """A whole, trustworthy HTTP exchange.

    Attributes:
        status: Of the last hop. Redirects have been followed, so it is never 301, 302, 303, 307 or 308.
        url: Of the last hop.
        body: Decoded bytes; b"" for 304.
        content_type: The Content-Type header as received, or "".
        validators: Those of this response (on 304: what the response says anew, else None).
        retry_after: What the server asked for, or None.
        raw_bytes: Bytes of the body on the wire.
    """

    status: int
    url: str
    body: bytes
    content_type: str
    validators: Validators | None
    retry_after: timedelta | None
    raw_bytes: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one FetchRequest: a response or an error; `seconds` of wall time."""

    key: int
    result: FetchResponse | Exception
    seconds: float


@dataclass(frozen=True, slots=True)
class PollRecord:
    """What one poll leaves behind, whatever its outcome; written under the lease's `token`, which it gives back.

    Attributes:
        state: The feed's new state.
        failures: Failed polls in a row, this one included; 0 after a good one.
        validators: To store; None clears them. `keep_validators`: leave the stored ones (and the body hash) alone.
        body_hash: To store with the validators.
        title, link, language: What the document says of the feed, or None where nothing new was read.
        decision: For a parsed document: what to do with its items.
        error: One line for the journal and `last_error`, without secrets; None after a good poll.
        note: One more line for the journal, or None.
    """

    feed: int
    token: int
    at: datetime
    outcome: Outcome
    status: int | None
    state: FeedState
    failures: int
    next_poll_at: datetime
    seconds: float
    raw_bytes: int
    keep_validators: bool = True
    validators: Validators | None = None
    body_hash: bytes | None = None
    title: str | None = None
    link: str | None = None
    language: str | None = None
    decision: PollDecision | None = None
    error: str | None = None
    note: str | None = None

    @property
    def good(self) -> bool:
        """Whether the server gave us the feed, changed or not."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class RecordedPoll:
    """How the database took one poll.

    Attributes:
        unmatched: Ids of items that now wait for matching (new ones with `fold`, and revised ones that are news).
        refusal: Why the database refused what the feed says, in one line: nothing was written, and the lease is held
            still. None: all was written.
    """

    unmatched: tuple[int, ...] = ()
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

    `story` is set when the item has been folded before (it came back because it changed).
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
