"""Values of the plan: who hears what, when, and what becomes of what fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from config.values import AlertMode, QuietHours, Schedule
    from worker.alerts.model import DeliveryState

AlertState = Literal["new", "held", "merged", "told", "cancelled"]
DevelopmentKind = Literal["corrected", "reported", "independent"]
DigestKind = Literal["scheduled", "quiet", "spill"]
HeldBy = Literal["when", "quiet", "limit"]
"""Why something waits for a digest: its list is told at set times, by quiet hours, by `at_most`."""

Ended = Literal["muted", "paused"]
"""Why an alert is cancelled from the first: its subscriber has muted the story, or paused the list or all lists."""

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
