"""feeds.yaml, watchlists.yaml and subscribers.yaml in, values out, each with the place where it stands.

All problems are found at once. A mistake in one entry costs that entry only: the others, and what entries say of each
other, are checked all the same.
"""

from __future__ import annotations

import os.path
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from config.channel_lines import channel_line
from config.duration import write_duration
from config.entries import Entry, FeedEntry, OpmlEntry, SettingsEntry, SubscriberEntry, WatchListEntry
from config.explain import explain, place_of, quoted
from config.fields import as_kept
from config.files import Section, read_section, stray_files
from config.nearest import did_you_mean
from config.problems import ConfigurationError
from config.rules import (
    channel_rules,
    entries_of,
    is_address,
    is_public,
    rename_rules,
    repeats,
    same_address,
    texts,
    watch_list_rules,
)
from config.settings import read_settings
from config.values import (
    Configuration,
    FeedLine,
    Mark,
    NotifyLine,
    OpmlLine,
    Problem,
    Settings,
    SubscriberLine,
    WatchListLine,
)

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from config.marks import Marked, Path

    Check = Callable[[Sequence[WatchListLine]], Iterable[Problem]]

__all__ = ["ConfigurationError", "json_schema", "load_all", "load_configuration"]

AnEntry = TypeVar("AnEntry", bound=Entry)

_WORDS: Final = frozenset({"name", "keywords", "exclude", "query"})
"""Keys of a watch list by which others refer to it, and by which it looks for anything."""


def _nothing_wrong(_: Sequence[WatchListLine]) -> Iterable[Problem]:
    return ()


def load_configuration(
    folder: pathlib.Path, environ: Mapping[str, str], *, check: Check = _nothing_wrong
) -> Configuration:
    """Read the three files of `folder`, filling in `${NAME}` from `environ`; a missing file is an empty one.

    Queries are not parsed here: `check` may, so that its problems come with all others. It is given every list that has
    a name, whatever else is wrong with it, for lists refer to one another; without keywords, exclusions and query where
    these are wrong already. `mark_at(line.query_mark, line.query, offset)` of `config.marks` places an error in one.

    Raises:
        ConfigurationError: with everything that is wrong.
    """
    configuration, problems = _read_configuration(folder, environ, check)
    if problems:
        raise ConfigurationError(problems)
    return configuration


def load_all(
    folder: pathlib.Path, environ: Mapping[str, str], *, check: Check = _nothing_wrong
) -> tuple[Settings, Configuration]:
    """Read all four files at once; the warnings about settings stand among the configuration's; `check` as above.

    Raises:
        ConfigurationError: with everything that is wrong, in whichever file or environment variable.
    """
    found = read_settings(folder, environ)
    configuration, problems = _read_configuration(folder, environ, check)
    if found.problems or problems:
        raise ConfigurationError((*found.problems, *problems))
    warnings = [*found.warnings, *configuration.warnings]
    names = [subscriber.name for subscriber in configuration.subscribers]
    owner = found.settings.owner
    if owner is not None and owner not in names:
        message = f"the owner is no subscriber of subscribers.yaml{did_you_mean(owner, names)}"
        warnings.append(Problem(found.marks["owner"], message))
    return found.settings, replace(configuration, warnings=tuple(warnings))


def json_schema() -> dict[str, Any]:
    """One JSON Schema (2020-12) for any of the four files: each holds one of its keys. Made for editors."""
    return _AnyFile.model_json_schema(schema_generator=_Schema)


class _Schema(GenerateJsonSchema):
    """Shows default durations as people write them."""

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - as inherited
        if isinstance(dft, list):
            return [self.encode_default(part) for part in dft]
        return write_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


class _AnyFile(BaseModel):
    """A file of Tocsin's configuration folder."""

    model_config = ConfigDict(extra="forbid", title="Tocsin configuration")

    feeds: list[FeedEntry | OpmlEntry] | None = Field(None, description="feeds.yaml: what is polled.")
    watch_lists: list[WatchListEntry] | None = Field(None, description="watchlists.yaml: what is looked for.")
    subscribers: list[SubscriberEntry] | None = Field(None, description="subscribers.yaml: who is told.")
    settings: SettingsEntry | None = Field(None, description="settings.yaml: how the service works.")


def _read_configuration(
    folder: pathlib.Path, environ: Mapping[str, str], check: Check
) -> tuple[Configuration, tuple[Problem, ...]]:
    feeds = read_section(folder, "feeds.yaml", environ)
    lists = read_section(folder, "watchlists.yaml", environ)
    subscribers = read_section(folder, "subscribers.yaml", environ)
    problems = [*feeds.problems, *lists.problems, *subscribers.problems]

    feed_lines, opml_lines = _feed_lines(folder, feeds, problems)
    lines = {
        path: _watch_list_line(entry, lists.marked, path)
        for entry, _, path in _valid(lists, lambda _: WatchListEntry, problems)
    }
    configuration = Configuration(
        feeds=feed_lines,
        opml=opml_lines,
        watch_lists=tuple(lines.values()),
        subscribers=tuple(
            _subscriber_line(entry, subscribers.marked, path)
            for entry, _, path in _valid(subscribers, lambda _: SubscriberEntry, problems)
        ),
        warnings=(*stray_files(folder), *_unreachable(subscribers), *_impolite(feed_lines)),
    )
    problems += [*repeats(feeds, "url", same_address), *repeats(feeds, "name")]
    problems += repeats(feeds, "opml", lambda written: _same_list(folder, written))
    problems += [
        *repeats(lists, "name"),
        *rename_rules(lists),
        *repeats(subscribers, "name"),
        *channel_rules(subscribers),
    ]
    names = texts(subscribers, "name")
    shown = [quoted(subscribers.marked, path).strip("`") for path in names.values()]
    problems += watch_list_rules(lists, names if subscribers.readable else None, shown)
    problems += check([*_to_be_checked(lists, lines)])
    return configuration, tuple(problems)


def _valid(
    section: Section, model_of: Callable[[object], type[AnEntry]], problems: list[Problem]
) -> Iterator[tuple[AnEntry, Mark, Path]]:
    """Validate each entry by itself, as the kind that its data say; problems of the others are added to `problems`."""
    if section.data is None:
        return
    if not isinstance(section.data, list):
        mark = place_of(section.marked, (section.key,)).mark
        problems.append(Problem(mark, f"`{section.key}` is a list; begin each entry with `- `"))
        return
    for index, data in enumerate(section.data):
        path: Path = (section.key, index)
        model = model_of(data)
        try:
            entry = model.model_validate(data)
        except ValidationError as wrong:
            problems.extend(explain(wrong.errors(include_url=False), section.marked, path, model))
        else:
            yield entry, section.marked.places[path].mark, path


def _to_be_checked(section: Section, lines: Mapping[Path, WatchListLine]) -> Iterator[WatchListLine]:
    """Yield the lists in `lines`, and the others as far as they can be read.

    One of whose words `config.rules` or `config.marks` has told already comes without any.
    """
    for index, data in entries_of(section.data):
        path: Path = (section.key, index)
        line = lines[path] if path in lines else _draft(data, section.marked, path)
        if line is not None:
            told = (line.query is None) != bool(line.keywords) or _is_flawed(section.marked, path)
            yield replace(line, keywords=(), exclude=(), query=None) if told else line


def _draft(data: Mapping[str, object], marked: Marked, path: Path) -> WatchListLine | None:
    """Return a wrong entry's name and, if nothing is wrong with them, its words; None without a good name."""
    told: dict[str, object] = {"notify": [{"subscriber": "-"}]}
    own = told | {key: value for key, value in data.items() if key in _WORDS}
    for parts in (own, told | {"name": data.get("name")}):
        try:
            entry = WatchListEntry.model_validate(parts)
        except ValidationError:
            continue
        place = marked.places[path].mark
        query_mark = None if entry.query is None else marked.places[(*path, "query")].text_mark
        return WatchListLine(
            entry.name,
            keywords=_once(entry.keywords),
            exclude=_once(entry.exclude),
            query=entry.query,
            mark=place,
            query_mark=query_mark,
        )
    return None


def _is_flawed(marked: Marked, path: Path) -> bool:
    return any(flaw[: len(path)] == path and flaw[len(path)] in _WORDS for flaw in marked.flawed)


def _unreachable(section: Section) -> Iterator[Problem]:
    for name, path in texts(section, "name").items():
        entry = section.data[path[1]]  # type: ignore[index] # texts() has been there
        if not entry.get("channels"):
            yield Problem(place_of(section.marked, path).mark, f"`{name}` has no channel, so no message goes out")


def _impolite(feeds: Iterable[FeedLine]) -> Iterator[Problem]:
    for line in feeds:
        if line.ignore_hints and line.mark is not None and is_public(line.url):
            message = "ignore_hints is for feeds of your own; on this public host it passes over what its owner asks"
            yield Problem(line.mark, message)


def _feed_lines(
    folder: pathlib.Path, section: Section, problems: list[Problem]
) -> tuple[tuple[FeedLine, ...], tuple[OpmlLine, ...]]:
    feeds: list[FeedLine] = []
    lists: list[OpmlLine] = []
    for entry, mark, _ in _valid(section, _kind_of_feed, problems):
        if isinstance(entry, FeedEntry):
            feeds.append(_feed_line(entry, mark))
        else:
            lists.append(OpmlLine(_source(folder, entry.opml), _once(entry.tags), mark=mark))
    return tuple(feeds), tuple(lists)


def _source(folder: pathlib.Path, written: str) -> str:
    """Where an OPML list lies: its address, or its absolute path, one for all ways to write it; no link is followed."""
    if is_address(written):
        return written
    path = os.path.expanduser(written) if written.startswith("~/") else written  # noqa: PTH111 - pathlib's may raise
    return os.path.normpath(folder.absolute() / path)


def _same_list(folder: pathlib.Path, written: str) -> str:
    source = _source(folder, as_kept(written))
    return same_address(source) if is_address(source) else source


def _kind_of_feed(data: object) -> type[FeedEntry | OpmlEntry]:
    return OpmlEntry if isinstance(data, dict) and "opml" in data else FeedEntry


def _feed_line(entry: FeedEntry, mark: Mark) -> FeedLine:
    return FeedLine(
        url=entry.url,
        name=entry.name,
        tags=_once(entry.tags),
        every=entry.every,
        full_text=entry.full_text,
        ignore_hints=entry.ignore_hints,
        mark=mark,
    )


def _watch_list_line(entry: WatchListEntry, marked: Marked, path: Path) -> WatchListLine:
    return WatchListLine(
        name=entry.name,
        keywords=_once(entry.keywords),
        exclude=_once(entry.exclude),
        query=entry.query,
        feed_tags=_once(entry.feeds.tags),
        languages=tuple(sorted(set(entry.languages))),
        alert=entry.alert,
        notify=tuple(
            NotifyLine(
                line.subscriber,
                line.at_most,
                line.when,
                line.break_through,
                mark=marked.places[(*path, "notify", index)].mark,
            )
            for index, line in enumerate(entry.notify)
        ),
        mark=marked.places[path].mark,
        query_mark=None if entry.query is None else marked.places[(*path, "query")].text_mark,
        renamed_from=entry.renamed_from,
    )


def _subscriber_line(entry: SubscriberEntry, marked: Marked, path: Path) -> SubscriberLine:
    channels = []
    for index, channel in enumerate(entry.channels):
        mark = marked.places[(*path, "channels", index)].mark
        channels.append(replace(channel_line(channel), mark=mark))
    return SubscriberLine(
        entry.name,
        entry.timezone,
        tuple(channels),
        quiet_hours=entry.quiet_hours,
        heartbeat=entry.heartbeat,
        mark=marked.places[path].mark,
    )


def _once(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
