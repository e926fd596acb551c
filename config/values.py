"""The frozen plain values that every room may import: settings, and the lines of the configuration files.

Times of day and durations are `datetime.timedelta`; text is as the user wrote it, with `${NAME}` already filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

DEFAULT_AT_MOST = 30
"""Messages of one subscription within a sliding hour, where its `notify` line says nothing (INTERFACE 8.5)."""

DEFAULT_HOST_CONCURRENCY = 2
DEFAULT_HOST_GAP = timedelta(seconds=5)

ChannelKind = Literal["webhook", "email", "apprise", "log"]

AlertMode = Literal["first", "updates", "every"]
"""What a watch list tells of a story (INTERFACE 2): once; again when it is corrected or gains an independent report;
also at each further report.
"""

PROJECT_URL = "https://example.org/tocsin"
"""What stands in the User-Agent until `contact_url` names the operator's own page."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or doubtful) in the configuration, where it stands and what to write instead."""

    mark: Mark
    message: str

    def __str__(self) -> str:
        return f"{self.mark}: {self.message}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default and unit; `config.settings` makes one from settings.yaml and the environment.

    `host_concurrency` and `host_gap` None: 2 and 5 s; for private hosts that `fetch_allow` lets in, no limit
    (INTERFACE 2).
    `mail_from` None: `tocsin@` and this machine's name, where that is a whole one (`worker.channels.mail`).
    """

    data_dir: Path = Path("var")
    database_url: str = "sqlite:///{data_dir}/tocsin.db"
    owner: str | None = None
    broker_url: str = "embedded"
    base_url: str = "http://127.0.0.1:8000"
    contact_url: str = PROJECT_URL
    smtp_url: str = "smtp://localhost:25"
    mail_from: str | None = None
    min_interval: timedelta = timedelta(minutes=5)
    max_interval: timedelta = timedelta(hours=24)
    fresh_for: timedelta = timedelta(hours=24)
    retention: timedelta = timedelta(days=90)
    story_window: timedelta = timedelta(days=5)
    tick: timedelta = timedelta(seconds=1)
    host_concurrency: int | None = None
    host_gap: timedelta | None = None
    redirect_after: timedelta = timedelta(hours=24)
    group_wait: timedelta = timedelta(0)
    retry_schedule: tuple[timedelta, ...] = (
        timedelta(0),
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )
    fetch_allow: tuple[str, ...] = ()
    deliver_allow: tuple[str, ...] = ()

    @property
    def public_host_concurrency(self) -> int:
        """Polls at once of a host that is not our own."""
        return DEFAULT_HOST_CONCURRENCY if self.host_concurrency is None else self.host_concurrency

    @property
    def public_host_gap(self) -> timedelta:
        """Time between two polls of a host that is not our own."""
        return DEFAULT_HOST_GAP if self.host_gap is None else self.host_gap

    @property
    def resolved_database_url(self) -> str:
        """`database_url` with `{data_dir}` filled in, absolute, as SQLAlchemy takes it."""
        return self.database_url.replace("{data_dir}", str(self.data_dir.absolute()))


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed as configured.

    Attributes:
        name: None: the feed's own title, once known.
        every: None: the feed's own rhythm, between min_interval and max_interval.
        full_text: The linked page is fetched, and its text matched too.
        ignore_hints: What server and document say of when to come back does not hold; for feeds of one's own.
    """

    url: str
    name: str | None = None
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    full_text: bool = False
    ignore_hints: bool = False
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OpmlLine:
    """An OPML list whose feeds are all watched, and kept in step: its http(s) URL, or its path, made absolute."""

    source: str
    tags: tuple[str, ...] = ()
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When digests are due, by the subscriber's clock: at each whole hour, or at one time of each day or of a weekday.

    Attributes:
        minute: Of the day; None: hourly.
        weekday: From 0, Monday; None: daily.
    """

    minute: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours in which a subscriber is told nothing: minutes of the day by its clock, from `start` up to, without, `end`.

    Where `end` is before `start` they last over midnight; they are never equal.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NotifyLine:
    """Who hears of a watch list, and when.

    Attributes:
        at_most: Messages within a sliding hour; None: no limit.
        when: When digests are due; None: told immediately.
        break_through: Stories with so many independent reports pass quiet hours and `at_most`; None: none does.
    """

    subscriber: str
    at_most: int | None = DEFAULT_AT_MOST
    when: Schedule | None = None
    break_through: int | None = None
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class WatchListLine:
    """One watch list as configured.

    Either `query` or `keywords` is given; `exclude` goes with both. `feed_tags` empty: all feeds; else feeds with any
    of these tags. `languages` are lower case; empty: all. `query_mark` is where the query's first character stands, so
    that an offset becomes a place. `renamed_from` is the name that the list had, which is nothing of what it is.
    """

    name: str
    keywords: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    query: str | None = None
    feed_tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    alert: AlertMode = "first"
    notify: tuple[NotifyLine, ...] = ()
    mark: Mark | None = field(default=None, compare=False)
    query_mark: Mark | None = field(default=None, compare=False)
    renamed_from: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One way to reach a subscriber: the webhook's URL, the mail address, the Apprise URL, or "" for the log.

    Never print `secret` or an Apprise URL.

    Attributes:
        secret: The webhook's active secrets, the newest first, with a space between.
        at_most_once: An attempt that may have arrived is not made again.
        template: The subscriber's own words, in Jinja's language; None: ours.
    """

    kind: ChannelKind
    address: str = field(default="", repr=False)
    secret: str | None = field(default=None, repr=False)
    at_most_once: bool = False
    template: str | None = None
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SubscriberLine:
    """One subscriber as configured.

    Attributes:
        timezone: An IANA name; all local hours are in it.
        quiet_hours: What comes in them is held, then told at their end in one digest; None: there are none.
        heartbeat: When it is told that nothing matched, if nothing did since the time before; None: never.
    """

    name: str
    timezone: str = "UTC"
    channels: tuple[ChannelLine, ...] = ()
    quiet_hours: QuietHours | None = None
    heartbeat: Schedule | None = None
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the files of one folder say, checked and complete."""

    feeds: tuple[FeedLine, ...] = ()
    opml: tuple[OpmlLine, ...] = ()
    watch_lists: tuple[WatchListLine, ...] = ()
    subscribers: tuple[SubscriberLine, ...] = ()
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
