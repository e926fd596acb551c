"""Entries given on the command line, held to the same rules as those in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from config.entries import Entry, FeedEntry, OpmlEntry, WatchListEntry
from config.values import FeedLine, NotifyLine, WatchListLine
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AnEntry = TypeVar("AnEntry", bound=Entry)

_OPTIONS = {"tags": "--tag", "every": "--every", "name": "--name", "notify": "--notify", "exclude": "--exclude"}


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
    alert: str = "first",
) -> WatchListLine:
    """Return the line of a watch list; raise ConfigurationError that says what to write instead.

    The query itself is not read here.
    """
    limit = {} if at_most is None else {"at_most": at_most}
    entry = _checked(
        WatchListEntry,
        {
            "name": name,
            "query": query,
            "exclude": list(exclude),
            "feeds": {"tags": list(tags)},
            "alert": alert,
            "notify": [{"subscriber": subscriber, "when": when, **limit} for subscriber in dict.fromkeys(subscribers)],
        },
        _OPTIONS | {"name": "NAME", "query": "QUERY", "when": "--when", "at_most": "--at-most", "alert": "--alert"},
    )
    return WatchListLine(
        name=entry.name,
        query=entry.query,
        exclude=tuple(dict.fromkeys(entry.exclude)),
        feed_tags=tuple(dict.fromkeys(entry.feeds.tags)),
        alert=entry.alert,
        notify=tuple(NotifyLine(line.subscriber, line.at_most) for line in entry.notify),
    )


def _checked(model: type[AnEntry], given: Mapping[str, object], options: Mapping[str, str]) -> AnEntry:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        complaints = []
        for wrong in error.errors(include_url=False):
            keys = [part for part in wrong["loc"] if isinstance(part, str)]
            key = keys[-1]
            value = wrong["input"]
            # A URL may hold a password, so it is never repeated.
            shown = "this" if key == "url" or not isinstance(value, str) else repr(value)
            choice = wrong["type"] == "literal_error"
            said = f"write {wrong['ctx']['expected']}" if choice else wrong["msg"].replace("{given}", shown)
            complaints.append(f"{options.get(key, key.upper())}: {said}")
        raise ConfigurationError("\n".join(dict.fromkeys(complaints))) from None
