"""Values of a message: what one delivery says, of whom and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from config.values import ChannelKind
    from worker.alerts.planned import DevelopmentKind
    from worker.watchlists.model import Span

DeliveryState = Literal["pending", "sending", "sent", "held", "failed", "quarantined", "cancelled", "ambiguous"]
SubjectKind = Literal["alert", "digest", "notice"]
MASKED = ("webhook", "apprise")
"""Kinds of channels of whose addresses only a part may be shown, so that two may look alike."""

MarkedAs = Literal["useful", "noise"]


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
