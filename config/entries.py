"""The entries of the four files, as pydantic reads them and the JSON Schema shows them.

Rules over several keys or entries are in `config.rules`.
"""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.duration import write_duration
from config.fields import (
    AppriseUrl,
    AtMost,
    Digests,
    Interval,
    Line,
    Mailbox,
    Name,
    OpmlSource,
    Query,
    Quiet,
    Tags,
    Template,
    TimeZone,
    ToldWhen,
    Wait,
    WebAddress,
    WebhookSecrets,
)
from config.hours import IMMEDIATELY
from config.languages import Language
from config.servers import allowed, broker, database, smtp_server
from config.values import DEFAULT_AT_MOST, DEFAULT_HOST_CONCURRENCY, DEFAULT_HOST_GAP, AlertMode, Settings

_DEFAULTS: Final = Settings()


class Entry(BaseModel):
    """What all entries have in common: no unknown keys, no guessing of types, values never shown."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,  # most processes read settings only
    )


class FeedEntry(Entry):
    """One feed."""

    url: WebAddress = Field(description="The feed's address, http or https.")
    name: Name | None = Field(None, description="Default: the feed's own title.")
    tags: Tags = Field([], description="Words of your own, for the `feeds` of watch lists.")
    every: Interval | None = Field(None, description="Poll interval, from 1s; default: the feed's own rhythm.")
    full_text: bool = Field(default=False, description="Fetch the linked pages and match their text too.")
    ignore_hints: bool = Field(
        default=False, description="Pass over when the server asks us to come back; for feeds of your own only."
    )


class OpmlEntry(Entry):
    """An OPML list whose feeds are all watched, and kept in step."""

    opml: OpmlSource = Field(description="The list's address, http or https, or its path, counted from this folder.")
    tags: Tags = Field([], description="Words of your own, for all its feeds, beside the list's own folders.")


class ScopeEntry(Entry):
    """The feeds a watch list looks at."""

    tags: Tags = Field(default=[], description="Feeds with any of these tags; none: all feeds.")


class NotifyEntry(Entry):
    """Who hears of a watch list."""

    subscriber: Name = Field(description="A name of subscribers.yaml.")
    when: ToldWhen = Field(
        None,
        description="immediately, hourly, `daily at 08:00` or `weekly on monday at 08:00`, by the subscriber's clock.",
        json_schema_extra={"default": IMMEDIATELY},
    )
    at_most: AtMost = Field(
        DEFAULT_AT_MOST,
        description="`N per hour`, the rest spill into a digest; or `none`.",
        json_schema_extra={"default": f"{DEFAULT_AT_MOST} per hour"},
    )
    break_through: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="Stories with so many independent reports pass quiet hours and at_most."
    )


class WatchListEntry(Entry):
    """One watch list: `keywords` or `query`, and who hears of it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["keywords"]}, {"required": ["query"]}]})

    name: Name = Field(description="The list is known by it.")
    keywords: list[Line] = Field([], description="Any of these words or phrases.")
    exclude: list[Line] = Field([], description="None of these.")
    query: Query | None = Field(None, description="Instead of keywords: a query.")
    feeds: ScopeEntry = Field(ScopeEntry(), description="Default: all feeds.")
    languages: Annotated[list[Language], Field(max_length=100)] = Field(
        [],
        description="Only items in one of these, such as en, uk or pt-BR (pt holds for it, too), and those whose "
        "language nobody knows; default: all.",
    )
    alert: AlertMode = Field(
        "first",
        description="first: once per story; updates: again when it is corrected or gains an independent report; "
        "every: also at each further report. What is told so counts for at_most as new stories do.",
    )
    notify: Annotated[list[NotifyEntry], Field(min_length=1)] = Field(description="Who hears of it.")
    renamed_from: Name | None = Field(
        None, description="The name it had; it keeps its alerts. The line may stay, or go once it is applied."
    )


class ChannelEntry(Entry):
    """One way to reach a subscriber: exactly one of `webhook`, `email`, `apprise` and `log`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["webhook", "secret"]},
                {"required": ["email"]},
                {"required": ["apprise"]},
                {"required": ["log"]},
            ]
        }
    )

    webhook: WebAddress | None = Field(None, description="POSTs alerts there, signed.")
    secret: WebhookSecrets | None = Field(
        None,
        description="The webhook's, best as ${NAME} from the environment; a list of up to 5, the newest first, while "
        "the receiver changes it.",
    )
    email: Mailbox | None = Field(None, description="Sends mail there, through smtp_url.")
    log: Literal[True] | None = Field(None, description="Writes alerts into the service's log.")
    apprise: AppriseUrl | None = Field(
        None, description="Sends to a chat or a telephone, by an Apprise URL such as ntfy://ntfy.sh/TOPIC."
    )
    at_most_once: bool = Field(
        default=False, description="An attempt that may have arrived is not made again, so that nothing comes twice."
    )
    template: Template | None = Field(
        None, description="Your own words for the text of a mail or an Apprise message, in Jinja's language."
    )


class SubscriberEntry(Entry):
    """A person or system that is told."""

    name: Name = Field(description="What `notify` lines call it.")
    timezone: TimeZone = Field("UTC", description="IANA name, such as Europe/Kyiv.")
    channels: list[ChannelEntry] = Field([], description="Ways to reach it.")
    quiet_hours: Quiet | None = Field(
        None, description="Such as 22:00-07:00: what comes then is told at their end, in one digest."
    )
    heartbeat: Digests | None = Field(
        None,
        description="`daily at 08:00`, say: when to tell that nothing matched, if nothing did since the time before, "
        "and how well the feeds were read.",
    )


class SettingsEntry(Entry):
    """How the service works. Durations are like 30s, 5m, 24h, 90d."""

    data_dir: Line = Field("./var", description="State, if it is on this disk.")
    database_url: Annotated[str, AfterValidator(database)] = _DEFAULTS.database_url
    owner: Name | None = Field(None, description="Who hears of the service's own troubles; default: the first.")
    broker_url: Annotated[str, AfterValidator(broker)] = _DEFAULTS.broker_url
    base_url: WebAddress = _DEFAULTS.base_url
    contact_url: WebAddress = Field(_DEFAULTS.contact_url, description="Goes into the User-Agent.")
    smtp_url: Annotated[str, AfterValidator(smtp_server)] = _DEFAULTS.smtp_url
    mail_from: Mailbox | None = Field(
        None, description="Who sends the mails; default: tocsin@ this machine's whole name, or else tocsin@localhost."
    )
    min_interval: Interval = _DEFAULTS.min_interval
    max_interval: Wait = _DEFAULTS.max_interval
    fresh_for: Wait = _DEFAULTS.fresh_for
    retention: Wait = _DEFAULTS.retention
    story_window: Wait = _DEFAULTS.story_window
    tick: Interval = _DEFAULTS.tick
    host_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None,
        description="Polls of one host at once, over all workers; unset, it does not hold for hosts of fetch_allow.",
        json_schema_extra={"default": DEFAULT_HOST_CONCURRENCY},
    )
    host_gap: Wait | None = Field(
        None,
        description="Between two polls of one host; unset, it does not hold for hosts of fetch_allow.",
        json_schema_extra={"default": write_duration(DEFAULT_HOST_GAP)},
    )
    redirect_after: Wait = _DEFAULTS.redirect_after
    group_wait: Wait = _DEFAULTS.group_wait
    retry_schedule: Annotated[list[Wait], Field(min_length=1, max_length=100)] = list(_DEFAULTS.retry_schedule)
    fetch_allow: list[Annotated[Line, AfterValidator(allowed)]] = []
    deliver_allow: list[Annotated[Line, AfterValidator(allowed)]] = []


NESTED: Final[dict[str, type[Entry]]] = {"notify": NotifyEntry, "channels": ChannelEntry, "feeds": ScopeEntry}
"""Which entry stands under which key of another."""
