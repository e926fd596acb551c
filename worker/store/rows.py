"""What commands get of the store: one frozen row a line of a list (INTERFACE 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from config.values import AlertMode, NotifyLine, QuietHours, Schedule
    from worker.alerts.planned import DevelopmentKind
    from worker.records import Validators


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed as `feeds list` shows it.

    Attributes:
        name: Falls back to the feed's own title, then to its URL.
        interval: The gap between two good polls as learned so far, or None.
        last_good_at: When the last good poll was, or None.
        failures: Polls failed in a row.
        told_at: When the owner was told that it is broken or gone; None if that is not so.
        gap_from, gap_until: Between these two moments items may have come and gone unseen; the latest such gap.
        paused: A person's order; its state is "disabled".
        merged_into: Name of the feed that is polled in its place, or None; its state is "disabled" then.
        opml: Place of the OPML list that it comes from, or None; `opml_error`: why that cannot be followed.
        in_hand: A process polls it at this moment.
        alone: It was lost with its worker, and travels alone (DESIGN 4.3).
    """

    id: int
    name: str
    url: str
    polled_url: str
    tags: tuple[str, ...]
    every: timedelta | None
    state: str
    last_outcome: str | None
    last_status: int | None
    last_error: str | None
    last_polled_at: datetime | None
    next_poll_at: datetime
    items: int
    managed_by: str
    interval: timedelta | None = None
    last_good_at: datetime | None = None
    failures: int = 0
    told_at: datetime | None = None
    gap_from: datetime | None = None
    gap_until: datetime | None = None
    paused: bool = False
    merged_into: str | None = None
    opml: str | None = None
    opml_error: str | None = None
    full_text: bool = False
    ignore_hints: bool = False
    in_hand: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class JournalRow:
    """Polls in a row with one outcome, from `at` to `until`; `new_items` and `bytes` in all, `seconds` of the last."""

    at: datetime
    until: datetime
    count: int
    outcome: str
    status: int | None
    new_items: int
    bytes: int
    seconds: float
    note: str | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of feeds that were added together: so many are new, or back; so many were there already."""

    added: int
    known: int


@dataclass(frozen=True, slots=True)
class OpmlRow:
    """An OPML list whose feeds are kept in step; `validators` are those of its last good reading.

    `doubted_at`: it has named far fewer feeds than there are since then, and is not believed yet.
    """

    id: int
    source: str
    tags: tuple[str, ...]
    feeds: int
    validators: Validators | None
    last_read_at: datetime | None
    next_read_at: datetime
    last_error: str | None
    managed_by: str
    doubted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Synced:
    """What following an OPML list changed; `known`: feeds of it that stand elsewhere already."""

    added: int
    changed: int
    removed: int
    known: int


@dataclass(frozen=True, slots=True)
class FailingChannel:
    """A channel that has failed several times in a row; `waiting` messages wait for it, one at a time is tried."""

    subscriber: str
    kind: str
    channel: str
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as `alerts list` shows it; `story` is the story's id, `title` and `link` are the item's."""

    id: int
    watch_list: str
    subscriber: str
    story: int
    title: str
    link: str | None
    reports: int
    independent_reports: int | None
    wire: str | None
    created_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as `deliveries list` shows it; `subject` is the id of an alert, digest or notice, as the kind says.

    Attributes:
        sequence: Of an alert, 0 for its first message, else the number of the update.
        update_kind: Of an update: "corrected", "reported" or "independent".
        waits_for: Of an update that is not its channel's turn yet: the delivery that it waits for.
    """

    id: int
    key: str
    subject_kind: str
    subject: int
    sequence: int
    subscriber: str
    channel: str
    state: str
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    last_error: str | None
    update_kind: DevelopmentKind | None = None
    waits_for: int | None = None

    @property
    def alert(self) -> int | None:
        """The alert it tells of, unless it is a digest or a notice."""
        return self.subject if self.subject_kind == "alert" else None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as `subscribers list` shows it, without what is secret in its address."""

    kind: str
    address: str
    state: str
    disabled_reason: str | None


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A pause that lasts: of one list, or of all (None); until then, or until somebody ends it (None)."""

    watch_list: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A subscriber as `subscribers list` shows it; `pauses` are those that last."""

    id: int
    name: str
    timezone: str
    channels: tuple[ChannelRow, ...]
    managed_by: str
    quiet_hours: QuietHours | None = None
    heartbeat: Schedule | None = None
    pauses: tuple[PauseRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovedSubscriber:
    """What went with a subscriber: the watch lists that told it and tell others still, and messages not yet sent."""

    lists: tuple[str, ...]
    cancelled: int


@dataclass(frozen=True, slots=True)
class WatchListRow:
    """A watch list as `watch list` shows it; `feeds` are the tags it looks at, none meaning all feeds.

    `query` is as it was written, `exclude` what it excludes beside; of keywords it is all in canonical form.
    `languages`: none means all. `broken_why`: of state "broken", what is wrong. `notify`: how each subscriber is told.
    """

    id: int
    name: str
    query: str
    subscribers: tuple[str, ...]
    feeds: tuple[str, ...]
    alert: AlertMode
    state: str
    matches_7d: int
    managed_by: str
    languages: tuple[str, ...] = ()
    broken_why: str | None = None
    exclude: tuple[str, ...] = ()
    notify: tuple[NotifyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A process of the service: `role` is up, beat, worker, web or broker."""

    role: str
    host: str
    pid: int
    started_at: datetime
    heartbeat_at: datetime


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The health of the service; ages in seconds, None where nothing waits.

    `oldest_due_feed_s` and `oldest_pending_delivery_s` count work in flight too: that is how a worker that is
    connected but idle shows (DESIGN 4.6); not what waits for a channel that fails all the time: those channels are
    `failing_channels`. `feeds`, `watch_lists` and `deliveries` count by state.
    """

    roles: tuple[RoleRow, ...]
    oldest_due_feed_s: float | None
    oldest_pending_delivery_s: float | None
    oldest_unmatched_s: float | None
    quarantined_items: int
    last_tick_at: datetime | None
    feeds: Mapping[str, int] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    watch_lists: Mapping[str, int] = field(default_factory=dict)
    failing_channels: tuple[FailingChannel, ...] = ()
