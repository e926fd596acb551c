"""Entries given on the command line, held to the same rules as those in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from config.channel_lines import channel_line
from config.entries import Entry, FeedEntry, OpmlEntry, SubscriberEntry, WatchListEntry
from config.explain import NEVER_SHOWN
from config.values import FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AnEntry = TypeVar("AnEntry", bound=Entry)

_OPTIONS = {"tags": "--tag", "every": "--every", "name": "--name", "notify": "--notify", "exclude": "--exclude"}
_OF_LISTS = {
    "break_through": "--break-through",
    "name": "NAME",
    "query": "QUERY",
    "when": "--when",
    "at_most": "--at-most",
    "alert": "--alert",
}
_OF_SUBSCRIBERS = {
    "name": "NAME",
    "timezone": "--timezone",
    "email": "--email",
    "webhook": "--webhook",
    "apprise": "--apprise",
    "secret": "the webhook's secret",
    "quiet_hours": "--quiet-hours",
    "heartbeat": "--heartbeat",
}


def feed_line(
    url: str,
    *,
    name: str | None,
    tags: Sequence[str],
    every: str | None,
    full_text: bool = False,
    ignore_hints: bool = False,
) -> FeedLine:
    """Return the line of a feed; raise ConfigurationError that says what to write instead."""
    given = {"url": url, "name": name, "tags": list(tags), "every": every}
    entry = _checked(FeedEntry, {key: value for key, value in given.items() if value is not None}, _OPTIONS)
    return FeedLine(
        url=entry.url,
        name=entry.name,
        tags=tuple(dict.fromkeys(entry.tags)),
        every=entry.every,
        full_text=full_text,
        ignore_hints=ignore_hints,
    )


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Return tags as the files would hold them; raise ConfigurationError for what is none."""
    entry = _checked(OpmlEntry, {"opml": "-", "tags": list(tags)}, _OPTIONS)
    return tuple(dict.fromkeys(entry.tags))


def watch_list_line(
    name: str,
    query: str,
    subscribers: Sequence[str],
    *,
    exclude: Sequence[str],
    tags: Sequence[str],
    when: str,
    at_most: str | None,
    break_through: str | None = None,
    alert: str = "first",
    languages: Sequence[str] = (),
    options: Mapping[str, str] | None = None,
) -> WatchListLine:
    """Return the line of a watch list; raise ConfigurationError that says what to write instead.

    The query itself is not read here. `options`: what the command calls keys, where it is not as `watch add` does.
    """
    limit: dict[str, object] = {} if at_most is None else {"at_most": at_most}
    if break_through not in {None, "none"}:
        limit["break_through"] = int(break_through) if str(break_through).isdecimal() else break_through
    entry = _checked(
        WatchListEntry,
        {
            "name": name,
            "query": query,
            "exclude": list(exclude),
            "feeds": {"tags": list(tags)},
            "languages": list(languages),
            "alert": alert,
            "notify": [{"subscriber": subscriber, "when": when, **limit} for subscriber in dict.fromkeys(subscribers)],
        },
        {**_OPTIONS, "languages": "--language", **_OF_LISTS, **(options or {})},
    )
    return WatchListLine(
        name=entry.name,
        query=entry.query,
        exclude=tuple(dict.fromkeys(entry.exclude)),
        feed_tags=tuple(dict.fromkeys(entry.feeds.tags)),
        languages=tuple(sorted(set(entry.languages))),
        alert=entry.alert,
        notify=tuple(NotifyLine(line.subscriber, line.at_most, line.when, line.break_through) for line in entry.notify),
    )


def subscriber_line(
    name: str,
    *,
    timezone: str | None,
    emails: Sequence[str],
    webhooks: Sequence[tuple[str, str]],
    log: bool,
    apprises: Sequence[str] = (),
    hours: Mapping[str, str | None] | None = None,
) -> SubscriberLine:
    """Return the line of a subscriber; raise ConfigurationError that says what to write instead.

    `webhooks`: each with its secret. Neither addresses nor secrets are repeated. `hours`: `quiet_hours`, `heartbeat`.
    """
    hooks: list[Mapping[str, object]] = [{"webhook": url, "secret": secret} for url, secret in webhooks]
    mails: list[Mapping[str, object]] = [{"email": address} for address in emails]
    others: list[Mapping[str, object]] = [{"apprise": url} for url in apprises]
    given = {
        "name": name,
        "channels": [*hooks, *mails, *others, *([{"log": True}] if log else [])],
        **({} if timezone is None else {"timezone": timezone}),
        **{key: value for key, value in (hours or {}).items() if value is not None},
    }
    entry = _checked(SubscriberEntry, given, _OF_SUBSCRIBERS)
    lines = [channel_line(channel) for channel in entry.channels]
    ways = {(line.kind, line.address): line for line in lines}
    return SubscriberLine(entry.name, entry.timezone, tuple(ways.values()), entry.quiet_hours, entry.heartbeat)


def _checked(model: type[AnEntry], given: Mapping[str, object], options: Mapping[str, str]) -> AnEntry:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        complaints = []
        for wrong in error.errors(include_url=False):
            keys = [part for part in wrong["loc"] if isinstance(part, str)]
            key = keys[-1]
            value = wrong["input"]
            # An address may hold a password, so it is never repeated.
            shown = "this" if key in NEVER_SHOWN or not isinstance(value, str) else repr(value)
            choice = wrong["type"] == "literal_error"
            said = f"write {wrong['ctx']['expected']}" if choice else wrong["msg"].replace("{given}", shown)
            said = said.replace("write ${ITS_NAME} here", "give its name")  # as the files take it
            complaints.append(f"{options.get(key, key.upper())}: {said}")
        raise ConfigurationError("\n".join(dict.fromkeys(complaints))) from None
