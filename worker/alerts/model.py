"""Values of the plan (who hears what, when) and of a message (what one delivery says)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from config.values import AlertMode, ChannelKind, QuietHours, Schedule
    from worker.watchlists.model import Span

AlertState = Literal["new", "held", "merged", "told", "cancelled"]
DeliveryState = Literal["pending", "sending", "sent", "held", "failed", "quarantined", "cancelled", "ambiguous"]
SubjectKind = Literal["alert", "digest", "notice"]
DevelopmentKind = Literal["corrected", "reported", "independent"]
DigestKind = Literal["scheduled", "quiet", "spill"]
HeldBy = Literal["when", "quiet", "limit"]
"""Why something waits for a digest: its list is told at set times, by quiet hours, by `at_most`."""

Ended = Literal["muted", "paused"]
"""Why an alert is cancelled from the first: its subscriber has muted the story, or paused the list or all lists."""

MarkedAs = Literal["useful", "noise"]

_KINDS: dict[HeldBy, DigestKind] = {"when": "scheduled", "quiet": "quiet", "limit": "spill"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One `notify` line as stored, with what its list tells of a story (`alert`), and its subscriber's hours.

    Attributes:
        at_most: Messages in a sliding hour; None: no limit.
        when: When its digests are due; None: told immediately.
        quiet: The subscriber's quiet hours.
        break_through: Stories with so many independent reports pass quiet hours and `at_most`.
        paused: The subscriber has paused it, or everything.
    """

    id: int
    watch_list: int
    watch_list_name: str
    subscriber: int
    timezone: str
    at_most: int | None
    alert: AlertMode = "first"
    when: Schedule | None = None
    quiet: QuietHours | None = None
    break_through: int | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Why something waits for a digest, and when that is due.

    Attributes:
        due_at: On a whole minute, UTC.
        when, quiet: What gives the next slot, should the digest of this one be closed already: the schedule, and the
            quiet hours that move its slots. Without a schedule that is the next minute.
    """

    by: HeldBy
    due_at: datetime
    when: Schedule | None = None
    quiet: QuietHours | None = None

    @property
    def kind(self) -> DigestKind:
        """The kind of a digest that is made for it."""
        return _KINDS[self.by]


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """A watch list met an item that belongs to a story."""

    watch_list: int
    item: int
    story: int


@dataclass(frozen=True, slots=True)
class Development:
    """What is new about a story that was there before.

    Attributes:
        item: The report that brings it.
        kind: "corrected": the report's title or text says something else now; "reported": it is a further report;
            "independent": a further one, from an origin that had none in the story.
    """

    story: int
    item: int
    kind: DevelopmentKind


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert that is there already.

    Attributes:
        story: The one that has the reports now, where the alert's own was merged into another (INTERFACE 8.6).
        item: The report that matched.
        head: The story's head item.
        lead: The alert whose message tells of it, or None.
        digest: The digest that tells of it, or None.
        waits: What tells of it, a message or a digest, will be read later: so it says what the story has become by
            then, and others may share it.
        due_at: Of a held one: when its digest is due.
        reason: Why it is held.
        once: Its list tells a story once.
    """

    id: int
    watch_list: int
    story: int
    subscriber: int
    item: int
    state: AlertState
    head: int | None = None
    lead: int | None = None
    digest: int | None = None
    waits: bool = False
    due_at: datetime | None = None
    reason: HeldBy | None = None
    once: bool = True

    @property
    def told(self) -> bool:
        """Whether its subscriber has been told of it, or is being told: later developments are news to them."""
        return self.state in {"new", "held", "told"} and not self.waits


@dataclass(frozen=True, slots=True)
class Past:
    """What the plan must know of earlier alerts.

    Attributes:
        alerts: Those of the stories at hand, by id.
        messaged: subscription -> times of its own messages within the last hour, oldest first (digests not counted).
        independent: story -> number of its independent reports, where somebody lets stories break through.
        muted: (story, subscriber) who wants to hear no more of it.
    """

    alerts: tuple[PastAlert, ...] = ()
    messaged: tuple[tuple[int, tuple[datetime, ...]], ...] = ()
    independent: tuple[tuple[int, int], ...] = ()
    muted: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """An alert to write.

    Attributes:
        subscription, watch_list, story, subscriber, item: whom and what it is for; `item` is the one that matched.
        state: "new" (goes out now), "held" (waits for a digest), "merged" (the subscriber hears of the story by
            another list) or "cancelled" (is told to nobody).
        lead: for state "new": the watch list whose alert is the subject of the shared message (its own, if it leads);
            for "merged": the one whose message, or digest, of this plan tells the story.
        joins: for state "new": an alert that is there already, whose message waits and tells of this one too; for
            "merged": the one that told the story, or tells it. Should that be cancelled untold, this one takes its
            place in the message.
        digest: for state "merged": the digest by which `joins` is told.
        due_at: for state "new": when the message is due; None: at once.
        hold: for state "held": which digest tells it; for "merged" that of the one that it relies on.
        ended: for state "cancelled": why.
        absorbs: of the leading one: held alerts of other lists that need no telling any more.
    """

    subscription: int
    watch_list: int
    story: int
    subscriber: int
    item: int
    state: AlertState
    lead: int | None = None
    joins: int | None = None
    digest: int | None = None
    due_at: datetime | None = None
    hold: Hold | None = None
    ended: Ended | None = None
    absorbs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedBreak:
    """An alert that was held, and is told at once: so many report its story by now.

    Attributes:
        lead: The alert under which the message goes out (its own, if it leads).
        shares: Its list lets the story break through too, so the message is its own as well; else it is merged, for
            its subscriber hears of the story by that message.
    """

    alert: int
    subscriber: int
    lead: int
    shares: bool


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """A development to tell under an alert that was told.

    Attributes:
        alert: The one that it follows.
        item: The report concerned.
        lead: The alert under which the shared message goes out (its own, if it leads); None where it is held.
        hold: Where it is held: which digest tells it.
    """

    alert: int
    subscription: int
    subscriber: int
    item: int
    kind: DevelopmentKind
    lead: int | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What follows a failed attempt: the delivery's new state, and when it is due again if that is "pending"."""

    state: DeliveryState
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One item of a story, as a message lists it: `source` published it, `wire` is the agency that it credits."""

    item: int
    title: str
    link: str | None
    source: str | None
    published: datetime | None
    wire: str | None = None
    dateline: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a report says, or said."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class UpdateFacts:
    """What became of a story after it was told.

    Attributes:
        sequence: Its number among those of its alert, from 1.
        kind: "corrected", "reported" or "independent", see Development.
        report: The one concerned, as it is now.
        created_at: When it was planned.
        first_alert: The alert under which the first message told the story.
        before, after: Of a correction: what the report said, and what it said then. None where that was pruned.
        first_lists, first_title: What the subject of the alert's first message named: these words keep mails of one
            story together. Nothing where a digest told it first.
    """

    sequence: int
    kind: DevelopmentKind
    report: ReportFacts
    created_at: datetime
    first_alert: int
    before: Words | None = None
    after: Words | None = None
    first_lists: tuple[str, ...] = ()
    first_title: str = ""


@dataclass(frozen=True, slots=True)
class AlertLinks:
    """Signed addresses under one alert; each opens a page of ours with a button, for a GET changes nothing."""

    useful: str
    noise: str
    mute: str
    pause: str


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """Signed addresses of a subscriber; `unsubscribe` takes the POST of RFC 8058 too."""

    preferences: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Items of a feed may have come and gone unseen between two moments."""

    feed: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well the feeds behind a subscriber's lists were read lately: whether silence can be trusted.

    Attributes:
        feeds: Number of feeds by state, as in `feeds list`.
        worst_delay: The longest time since any feed that is fine was read well; None where none was.
        worst_feed: Its name.
        gaps: Those of late, the latest first.
    """

    feeds: Mapping[str, int]
    worst_delay: timedelta | None = None
    worst_feed: str | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Everything a message says of one alert; field names follow INTERFACE section 4.

    `watch_lists` are all lists that share the message, by name; `update` is what the message tells, where it is not
    the alert's first. `story_wire` is the agency that most reports credit, `wire` the item's. `terms` and `spans` are
    those of the list's hit on the item; spans of field "title" count characters of `title`, of "text" those of `text`,
    of "category" of the categories joined by newlines. `brief`: one of very many in a digest, of which only what is in
    a line was loaded: texts, spans and other reports are empty.
    """

    alert: int
    watch_list: str
    watch_lists: tuple[str, ...]
    subscriber: str
    story: int
    story_title: str
    story_first_seen: datetime
    reports: int
    independent_reports: int | None
    story_items: tuple[ReportFacts, ...]
    item: int
    title: str
    link: str | None
    summary: str
    text: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    source: str | None
    language: str | None
    published: datetime | None
    updated: datetime | None
    first_seen: datetime
    image: str | None
    feed_name: str
    feed_url: str
    terms: tuple[str, ...]
    spans: tuple[Span, ...]
    created_at: datetime
    story_wire: str | None = None
    wire: str | None = None
    dateline: str | None = None
    update: UpdateFacts | None = None
    links: AlertLinks | None = None
    brief: bool = False

    @property
    def told_at(self) -> datetime:
        """When what the message says of the alert came into being."""
        return self.created_at if self.update is None else self.update.created_at


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice says.

    Attributes:
        type: "feed.broken", "feed.recovered", "watchlist.broken", "watchlist.burst".
        subscriber: Name of who is told.
        created_at: UTC.
        data: Plain values, ready for JSON; of feed notices: `feed` {"name", "url"}, `state`, `since` (ISO 8601 UTC, of
            the last good poll or None), `failures` (polls failed in a row) and `error` (one line, or None); of notices
            of watch lists: `watch_list` {"name", "query", "managed_by"} and, broken, the `reason`, or, in a burst,
            `matches` within `hours`, `usual` in as many, and how many `times` that is.
    """

    type: str
    subscriber: str
    created_at: datetime
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready for any channel.

    Attributes:
        key: UUIDv5 of the delivery as text: webhook-id and Message-ID of every attempt.
        type: "alert.created", "alert.updated", "digest.created", "channel.test" ...
        created_at: When the subject came into being, UTC.
        subscriber: Name.
        alerts: One for an alert, several for a digest, none for a notice.
        data: Of a notice (see NoticeFacts), else None.
        first_key: Of an update: the key of the message that it follows at this channel, if that was sent.
        links: Of the subscriber; None while no web role runs.
        coverage: Of a digest. One without alerts is a heartbeat: nothing matched.
    """

    key: str
    type: str
    created_at: datetime
    subscriber: str
    alerts: tuple[AlertFacts, ...]
    data: Mapping[str, object] | None = None
    first_key: str | None = None
    links: MessageLinks | None = None
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel leads, as stored. Never print `secret`, or the `address` of a webhook or of Apprise.

    `secret`: the webhook's active secrets, the newest first, with a space between. `at_most_once` and `template` as in
    `config.values.ChannelLine`.
    """

    id: int
    kind: ChannelKind
    address: str
    secret: str | None = None
    at_most_once: bool = False
    template: str | None = None
