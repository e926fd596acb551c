"""Regroup: take reports out of a story, or join stories, by hand. Each is one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from worker.errors import ConfigurationError
from worker.records import OpenedStory
from worker.stories.nearness import copy_keys
from worker.stories.story import summarise, texts_apart
from worker.stories.wording import wording
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from worker.records import Said
    from worker.stories.story import Report, Summary


class RegroupTransaction(Protocol):
    """One open transaction; no item is matched meanwhile."""

    def reports(self, ids: Iterable[int]) -> dict[int, list[Report]]:
        """Load the reports of each of these stories; stories without any are left out."""

    def merged(self, ids: Iterable[int]) -> dict[int, int]:
        """Return story -> the one it was merged into, for those of which that is so."""

    def texts(self, ids: Iterable[int]) -> list[Said]:
        """Load what these items say."""

    def split_off(self, opened: OpenedStory, *, origin: int, now: datetime) -> int:
        """Insert a story that remembers which one it was taken out of, and when; return its id."""

    def move(self, ids: Iterable[int], *, to: int) -> None:
        """Set the story of these items."""

    def set_texts(self, text_of: Mapping[int, int]) -> None:
        """Write whose text each item carries."""

    def give_keys(self, keys: Mapping[int, int], *, of: Collection[int]) -> None:
        """Make items the owners of those copy keys (key -> item) that belong to items `of`; once in a transaction."""

    def merge_into(self, kept: int, ids: Iterable[int]) -> None:
        """Move the reports of these stories, and of those merged into them, to the one that is kept; remember it."""

    def sum_up(self, summaries: Mapping[int, Summary], *, corrected: Iterable[int], now: datetime) -> None:
        """Write what the reports of each story come to."""


class RegroupStore(Protocol):
    """What regrouping needs."""

    def regrouping(self) -> AbstractContextManager[RegroupTransaction]:
        """Open the transaction; it commits at exit and rolls back on error."""


def split(store: RegroupStore, story: int, items: Collection[int], *, now: datetime) -> int:
    """Take `items` out of `story` and make them a story of their own; return that one's id.

    Alerts stay with the story they were told for, and the new one tells later items only (INTERFACE 8.6). What is
    remembered, so that later copies go the right way: the items have their story for good, and own the keys that none
    of the reports left behind has.

    Raises:
        ConfigurationError: There is no such story, it has no such reports, or it would have none left.
    """
    with store.regrouping() as transaction:
        reports = _reports(transaction, [story])[story]
        moved = [report for report in reports if report.item in items]
        if missing := sorted(set(items) - {report.item for report in reports}):
            raise ConfigurationError(f"no report of sty_{story}: {', '.join(f'itm_{item}' for item in missing)}")
        if len(moved) == len(reports):
            raise ConfigurationError(f"these are all reports of sty_{story}: there is nothing to take them out of")
        first = summarise(moved).head
        opened = OpenedStory(first.item, first.title, first.link, first.wire, moved[0].first_seen)
        made = transaction.split_off(opened, origin=story, now=now)
        transaction.move([report.item for report in moved], to=made)
        transaction.set_texts(texts_apart(reports, {report.item for report in moved}))
        _part_keys(transaction, reports, moved)
        _sum_up(transaction, [story, made], now=now)
    return made


def merge(store: RegroupStore, kept: int, stories: Sequence[int], *, now: datetime) -> None:
    """Join `stories` with the one that is `kept`: it has all reports from now on, and later copies of each go there.

    Alerts stay with the story they were told for, and neither side is told again (INTERFACE 8.6).

    Raises:
        ConfigurationError: One of them is not there, was merged already, or is the one that is kept.
    """
    if kept in stories:
        raise ConfigurationError(f"sty_{kept} cannot be joined with itself")
    with store.regrouping() as transaction:
        _reports(transaction, [kept, *stories])
        transaction.merge_into(kept, stories)
        _sum_up(transaction, [kept], now=now)


def _reports(transaction: RegroupTransaction, stories: Sequence[int]) -> dict[int, list[Report]]:
    """The reports of each of these; or say which cannot be regrouped."""
    for gone, kept in transaction.merged(stories).items():
        raise ConfigurationError(f"sty_{gone} was joined with sty_{kept}, which has its reports now")
    reports = transaction.reports(stories)
    for story in stories:
        if story not in reports:
            raise ConfigurationError(f"there is no story sty_{story}; `tocsin stories list` shows them")
    return reports


def _part_keys(transaction: RegroupTransaction, reports: Sequence[Report], moved: Sequence[Report]) -> None:
    """Part the keys of all these reports: what one left behind has stays behind, the rest goes with those moved."""
    gone = {report.item for report in moved}
    keys_of = {said.id: _keys(said) for said in transaction.texts(report.item for report in reports)}
    owner: dict[int, int] = {}
    for report in sorted(reports, key=lambda report: report.item in gone):
        for key in keys_of[report.item]:
            owner.setdefault(key, report.item)
    transaction.give_keys(owner, of=keys_of.keys())


def _keys(said: Said) -> set[int]:
    words = {"title_words": words_of(said.title), "text_words": words_of(said.text)}
    return {*copy_keys(wording(said.title, said.text, said.link, **words))}


def _sum_up(transaction: RegroupTransaction, stories: Iterable[int], *, now: datetime) -> None:
    summaries = {story: summarise(reports) for story, reports in transaction.reports(stories).items()}
    transaction.sum_up(summaries, corrected=(), now=now)
