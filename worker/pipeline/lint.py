"""Lint: what is doubtful in watch lists, of the files or of the database."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from config.marks import mark_at
from config.values import Mark, Problem, WatchListLine
from worker.errors import QueryError
from worker.watchlists.canonical import query_of, term_of_keyword
from worker.watchlists.grammar import parse, parse_canonical
from worker.watchlists.keyword_signs import doubt_of_keyword
from worker.watchlists.lint import doubts_of_writing, lint
from worker.watchlists.volume import SILENT, burst, is_silent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from worker.watchlists.doubt import Doubt
    from worker.watchlists.known_feeds import KnownFeeds
    from worker.watchlists.volume import Volume


_NOWHERE = Mark("watchlists.yaml", 1, 1)


class ListDoubt(NamedTuple):
    """One thing that is hardly meant: `picture` shows the part of the query, if it is about one."""

    watch_list: str
    doubt: str
    picture: str | None = None


class LintStore(Protocol):
    """What linting needs."""

    def volumes(self, *, now: datetime) -> list[Volume]:
        """Return what each active list has matched, by name."""

    def broken_lists(self) -> list[tuple[str, str]]:
        """Return the name of each broken list, and why it is so."""


def doubts_of_line(line: WatchListLine, feeds: KnownFeeds | None = None) -> list[Problem]:
    """Return what is doubtful in a list of the files, at its place; nothing of its query where that is wrong.

    `feeds`: all that there are; None: nobody knows.
    """
    about = f"watch list {line.name!r}"
    found = [
        Problem(line.mark or _NOWHERE, f"{about} {said}") for said in (feeds.without(line.feed_tags) if feeds else ())
    ]
    with suppress(QueryError):
        whole = query_of(line.keywords, line.exclude, line.query)
        found += [
            Problem(_place(line, text, doubt.offset), f"{about}: {doubt.message}\n{_shown(doubt, text)}")
            for doubt, text in _doubts(line, whole, feeds)
        ]
    return found


def doubts_shown(line: WatchListLine, full_query: str, feeds: KnownFeeds | None = None) -> list[str]:
    """Return what is doubtful in a list, each with the part that it is about; raise QueryError if it is wrong.

    `feeds`: as in `doubts_of_line`.
    """
    of_query = [f"{doubt.message}\n{_shown(doubt, text)}" for doubt, text in _doubts(line, full_query, feeds)]
    return [doubt.doubt for doubt in _of_tags(line.name, line.feed_tags, feeds)] + of_query


def doubts_of_lists(
    store: LintStore,
    names: Collection[str],
    *,
    now: datetime,
    feeds: KnownFeeds | None = None,
    tags: Mapping[str, Collection[str]] | None = None,
) -> list[ListDoubt]:
    """Return what is doubtful in the lists of these names, or in all; by name.

    `feeds`: as in `doubts_of_line`. `tags`: those of which a list's feeds have one, by its name.

    1. Lists that are broken.
    2. What their queries hardly mean, and tags that no feed has.
    3. Lists that have fallen silent, or match far more than usual.
    """
    found = [ListDoubt(name, f"it is broken, and not asked: {reason}") for name, reason in store.broken_lists()]
    for volume in store.volumes(now=now):
        found += _of_tags(volume.name, (tags or {}).get(volume.name, ()), feeds)
        found += _of_query(volume, feeds)
        found += _of_volume(volume, now)
    return sorted(
        (doubt for doubt in found if not names or doubt.watch_list in names), key=lambda doubt: doubt.watch_list
    )


def _of_tags(name: str, tags: Collection[str], feeds: KnownFeeds | None) -> list[ListDoubt]:
    return [ListDoubt(name, f"it {said}") for said in feeds.without(tags)] if feeds is not None else []


def _of_query(volume: Volume, feeds: KnownFeeds | None) -> Sequence[ListDoubt]:
    line = WatchListLine(
        volume.name,
        tuple(volume.keywords),
        tuple(volume.exclude),
        volume.written,
        languages=tuple(volume.languages),
    )
    try:
        doubts = _doubts(line, volume.query, feeds)
    except QueryError as error:
        return [ListDoubt(volume.name, error.reason, error.picture())]
    return [ListDoubt(volume.name, doubt.message, _shown(doubt, text)) for doubt, text in doubts]


def _doubts(line: WatchListLine, full_query: str, feeds: KnownFeeds | None) -> list[tuple[Doubt, str]]:
    """Return what is doubtful in a list's query, each with the text that it is about.

    That is a keyword, an excluded term, the query as somebody wrote it, or, where there is more, the whole of it.
    """
    languages = line.languages
    found = [(doubt, term) for term in line.keywords for doubt in _of_keyword(term)]
    found += [(doubt, term) for term in line.exclude for doubt in _of_keyword(term, excluded=True)]
    if line.query is not None and not line.exclude:
        return [(doubt, line.query) for doubt in lint(parse(line.query), line.query, languages, feeds=feeds)]
    if line.query is not None:
        found += [(doubt, line.query) for doubt in doubts_of_writing(parse(line.query), line.query, languages)]
    node = parse_canonical(full_query)
    return found + [(doubt, full_query) for doubt in lint(node, full_query, languages, as_typed=False, feeds=feeds)]


def _of_keyword(term: str, *, excluded: bool = False) -> Iterator[Doubt]:
    if (doubt := doubt_of_keyword(term, excluded=excluded)) is not None:
        yield doubt
    yield from doubts_of_writing(term_of_keyword(term), term)


def _of_volume(volume: Volume, now: datetime) -> Sequence[ListDoubt]:
    if is_silent(volume, now=now):
        return [ListDoubt(volume.name, f"it has met nothing for {SILENT.days} days: is it still what you look for?")]
    if flood := burst(volume, now=now):
        said = f"{flood.matches} matches within {flood.hours} h are {flood.times:g} times as many as usual"
        return [ListDoubt(volume.name, said)]
    return []


def _shown(doubt: Doubt, query: str) -> str:
    return QueryError(doubt.message, query, doubt.offset, doubt.length).picture()


def _place(line: WatchListLine, query: str, offset: int) -> Mark:
    if line.query_mark is not None and query == line.query:
        return mark_at(line.query_mark, query, offset)
    return line.mark or _NOWHERE
