"""Change a watch list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.values import NotifyLine, WatchListLine

NOTHING_SAID = "say what to change, such as --query or --pause; `tocsin watch edit --help` shows all"


def edit(
    name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=completing.watch_lists)],
    config: Config = FOLDER,
    *,
    query: Annotated[str | None, typer.Option(metavar="QUERY", help="What it looks for from now on.")] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="TERM", help="A term that must not appear, in place of those so far; may be repeated."),
    ] = None,
    no_exclude: Annotated[bool, typer.Option("--no-exclude", help="Exclude nothing beside the query.")] = False,
    notify: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUBSCRIBER",
            help="Who hears of it, in place of those so far; may be repeated.",
            autocompletion=completing.subscribers,
        ),
    ] = None,
    at_most: Annotated[
        str | None,
        typer.Option(
            metavar="LIMIT", help="`30 per hour`, or `none`; for all who hear of it.", autocompletion=completing.limits
        ),
    ] = None,
    when: Annotated[
        str | None,
        typer.Option(
            metavar="W",
            help="immediately, hourly, 'daily at 08:00' ...; for all who hear of it.",
            autocompletion=completing.schedules,
        ),
    ] = None,
    break_through: Annotated[
        str | None,
        typer.Option(metavar="K", help="So many independent reports pass quiet hours and the limit; or `none`."),
    ] = None,
    alert: Annotated[
        str | None, typer.Option(metavar="MODE", help="`first`, `updates` or `every`.", autocompletion=completing.modes)
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Only feeds with one of these, in place of those so far; may be repeated."),
    ] = None,
    no_tag: Annotated[bool, typer.Option("--no-tag", help="All feeds.")] = False,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only these languages, in place of those so far; may be repeated."),
    ] = None,
    no_language: Annotated[bool, typer.Option("--no-language", help="All languages.")] = False,
    rename: Annotated[str | None, typer.Option(metavar="NEW", help="Another name; it keeps its alerts.")] = None,
    pause: Annotated[
        bool, typer.Option("--pause", help="Look for nothing until it is resumed; what is not sent yet is cancelled.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Take it up again, one that is paused or broken.")] = False,
) -> None:
    """Change a watch list: only what is said. It looks at later items.

    One that is broken is asked again with another --query, --exclude or --no-exclude, or with --resume; no other change
    brings it back. One that is managed by file can be paused and resumed, and is changed in the file.
    """
    from worker.cli.linting import known_feeds, warn_of_doubts
    from worker.cli.names import known_name
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    _refuse_both(("--exclude", exclude, no_exclude), ("--tag", tag, no_tag), ("--language", language, no_language))
    if pause and resume:
        raise ConfigurationError("--pause or --resume, not both")
    wanted = _Wanted(
        query=query,
        exclude=[] if no_exclude else exclude,
        notify=notify,
        at_most=at_most,
        when=when,
        break_through=break_through,
        alert=alert,
        tags=[] if no_tag else tag,
        languages=[] if no_language else language,
        name=rename,
    )
    wanted.check()
    if wanted == _Wanted() and not (pause or resume):
        raise ConfigurationError(NOTHING_SAID)
    with session(config) as engine:
        now = engine.clock.now()
        lists = {found.name: found for found in engine.store.watch_lists_list(now)}
        known_name("watch list", name, lists)
        if wanted != _Wanted() and lists[name].managed_by == "file":
            hint = f"; `renamed_from: {name}` keeps its alerts" if rename is not None else ""
            raise ConfigurationError(f"{name} is managed by file: change it in {config / 'watchlists.yaml'}{hint}")
        if resume and wanted.query is None and wanted.exclude is None:
            _check_query(name, engine.store.watch_list_queries())
        known = [subscriber.name for subscriber in engine.store.subscribers_list()]
        for subscriber in notify or ():
            known_name("subscriber", subscriber, known)
        line, full = engine.store.edit_watch_list(
            name,
            None if wanted == _Wanted() else wanted.applied_to,
            paused=True if pause else False if resume else None,
            now=now,
        )
        feeds = known_feeds(engine)
    done = "paused" if pause else "resumed" if resume else "changed"
    also = "" if line.name == name else f", now {line.name}"
    say(f"{done} {name}{also}, which tells {', '.join(one.subscriber for one in line.notify)}: {full}")
    warn_of_doubts(line, full, feeds)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be other than it is; None: as it is."""

    query: str | None = None
    exclude: list[str] | None = None
    notify: list[str] | None = None
    at_most: str | None = None
    when: str | None = None
    break_through: str | None = None
    alert: str | None = None
    tags: list[str] | None = None
    languages: list[str] | None = None
    name: str | None = None

    def check(self) -> None:
        """Raise ConfigurationError for what would be wrong in any list; that needs no database to be told."""
        from worker.watchlists.canonical import query_of

        self._line("-" if self.name is None else self.name)
        query_of((), tuple(self.exclude or ()), "x" if self.query is None else self.query)

    def applied_to(self, line: WatchListLine) -> tuple[WatchListLine, str]:
        """Return the list as it is to be, and its full query."""
        from worker.watchlists.canonical import query_of

        made = self._line(line.name if self.name is None else self.name)
        changed = replace(
            line,
            name=line.name if self.name is None else made.name,
            keywords=line.keywords if self.query is None else (),
            query=line.query if self.query is None else made.query,
            exclude=line.exclude if self.exclude is None else made.exclude,
            feed_tags=line.feed_tags if self.tags is None else made.feed_tags,
            languages=line.languages if self.languages is None else made.languages,
            alert=line.alert if self.alert is None else made.alert,
            notify=self._notify(line, made),
        )
        return changed, query_of(changed.keywords, changed.exclude, changed.query)

    def _notify(self, line: WatchListLine, made: WatchListLine) -> tuple[NotifyLine, ...]:
        """Return who hears of the list; whoever did keeps limit and hours there were, unless there are new ones."""
        before = {one.subscriber: one for one in line.notify}
        new, told = made.notify[0], line.notify if self.notify is None else made.notify
        return tuple(self._changed(before.get(one.subscriber), replace(new, subscriber=one.subscriber)) for one in told)

    def _changed(self, before: NotifyLine | None, new: NotifyLine) -> NotifyLine:
        if before is None:
            return new
        return replace(
            before,
            at_most=before.at_most if self.at_most is None else new.at_most,
            when=before.when if self.when is None else new.when,
            break_through=before.break_through if self.break_through is None else new.break_through,
        )

    def _line(self, name: str) -> WatchListLine:
        from worker.cli.lines import watch_list_line

        return watch_list_line(
            name,
            "-" if self.query is None else self.query,
            self.notify or ["-"],
            exclude=self.exclude or [],
            tags=self.tags or [],
            languages=self.languages or [],
            when="immediately" if self.when is None else self.when,
            at_most=self.at_most,
            break_through=self.break_through,
            alert="first" if self.alert is None else self.alert,
            options={"name": "--rename", "query": "--query"},
        )


def _check_query(name: str, queries: Mapping[str, str]) -> None:
    """Raise QueryError if the list's query is wrong: it would be broken again at the next item."""
    from worker.watchlists.grammar import parse_canonical
    from worker.watchlists.resolving import resolve

    resolve(parse_canonical(queries[name]), queries, query=queries[name], name=name)


def _refuse_both(*options: tuple[str, list[str] | None, bool]) -> None:
    from worker.errors import ConfigurationError

    for option, given, none in options:
        if given and none:
            raise ConfigurationError(f"{option} is in place of those so far; leave --no-{option[2:]} out")
