"""Values of the plan (who hears what, when) and of a message (what one delivery says)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from config.values import ChannelKind
    from worker.watchlists.model import Span

AlertState = Literal["new", "held", "merged", "told", "cancelled"]
DeliveryState = Literal["pending", "sending", "sent", "held", "failed", "quarantined", "cancelled", "ambiguous"]
SubjectKind = Literal["alert", "digest", "notice"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One `notify` line as stored. `at_most` counts messages in a sliding hour; None: no limit."""

    id: int
    watch_list: int
    watch_list_name: str
    subscriber: int
    timezone: str
    at_most: int | None


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """A watch list met an item that belongs to a story."""

    watch_list: int
    item: int
    story: int


@dataclass(frozen=True, slots=True)
class Past:
    """What the plan must know of earlier alerts.

    Attributes:
        alerts: (watch list, story, subscriber) of alerts that exist already for the stories at hand.
        messaged: subscription -> times of its own messages within the last hour, oldest first (digests not counted).
        cancelled: Those of `alerts` that nobody was told of, and never will be.
    """

    alerts: frozenset[tuple[int, int, int]] = frozenset()
    messaged: tuple[tuple[int, tuple[datetime, ...]], ...] = ()
    cancelled: frozenset[tuple[int, int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """An alert to write.

    Attributes:
        subscription, watch_list, story, subscriber, item: whom and what it is for; `item` is the one that matched.
        state: "new" (goes out now), "held" (waits for the digest at `slot`) or "merged" (the subscriber heard of the
            story by another list).
        lead: for state "new": the watch list whose alert is the subject of the shared message (its own, if it leads).
        slot: for state "held": when the spill digest is due, on a whole minute, UTC; else None.
    """

    subscription: int
    watch_list: int
    story: int
    subscriber: int
    item: int
    state: AlertState
    lead: int | None = None
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What follows a failed attempt: the delivery's new state, and when it is due again if that is "pending"."""

    state: DeliveryState
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One item of a story, as a message lists it."""

    title: str
    link: str | None
    source: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Everything a message says of one alert; field names follow INTERFACE section 4.

    `watch_lists` are all lists that share the message, by name. `terms` and `spans` are those of the list's hit on the
    item; spans of field "title" count characters of `title`, of "text" those of `text`, of "category" of the
    categories joined by newlines.
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


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice says.

    Attributes:
        type: "feed.broken", "feed.recovered".
        subscriber: Name of who is told.
        created_at: UTC.
        data: Plain values, ready for JSON; of feed notices: `feed` {"name", "url"}, `state`, `since` (ISO 8601 UTC, of
            the last good poll or None), `failures` (polls failed in a row) and `error` (one line, or None).
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
        type: "alert.created", "digest.created", "channel.test" ...
        created_at: When the subject came into being, UTC.
        subscriber: Name.
        alerts: One for an alert, several for a digest, none for a notice.
        data: Of a notice (see NoticeFacts), else None.
    """

    key: str
    type: str
    created_at: datetime
    subscriber: str
    alerts: tuple[AlertFacts, ...]
    data: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel leads, as stored. Never print `secret` or a webhook's `address`."""

    id: int
    kind: ChannelKind
    address: str
    secret: str | None = None
