"""What a notice about a watch list says: that it cannot be asked, or matches far more than usual. PURE."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.alerts.lines import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.alerts.model import Message

NAME_LIMIT = 200
QUERY_LIMIT = 300
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class ListNews:
    """What a notice about a watch list tells, read from its `data` (see `worker.alerts.model.NoticeFacts`).

    `matches` within `hours`, where `usual` are usual in as many; all None in a notice that the list is broken.
    `by_file`: it is changed in the files, and nowhere else.
    """

    name: str
    query: str
    by_file: bool
    reason: str | None
    matches: int | None
    hours: int | None
    usual: float | None


def list_news_of(message: Message) -> ListNews | None:
    """Read a notice; None where it is none about a watch list."""
    data = message.data or {}
    watch_list = data.get("watch_list")
    if message.type not in {"watchlist.broken", "watchlist.burst"} or not isinstance(watch_list, Mapping):
        return None
    reason, matches, hours, usual = (data.get(key) for key in ("reason", "matches", "hours", "usual"))
    return ListNews(
        name=one_line(str(watch_list.get("name")), NAME_LIMIT),
        query=one_line(str(watch_list.get("query")), QUERY_LIMIT),
        by_file=watch_list.get("managed_by") == "file",
        reason=one_line(reason, REASON_LIMIT) if isinstance(reason, str) else None,
        matches=matches if isinstance(matches, int) else None,
        hours=hours if isinstance(hours, int) else None,
        usual=float(usual) if isinstance(usual, int | float) else None,
    )


def headline(news: ListNews) -> str:
    """One line: 'watch list Ukraine is broken', 'watch list Ukraine: 312 matches within 1 h'."""
    if news.matches is None:
        return f"watch list {news.name} is broken"
    return f"watch list {news.name}: {news.matches} matches within {news.hours} h"


def account(news: ListNews) -> Iterator[str]:
    """The whole story, line by line."""
    yield f"{headline(news)[0].upper()}{headline(news)[1:]}."
    yield f"Its query: {news.query}"
    yield ""
    if news.matches is None:
        yield f"What is wrong: {news.reason or 'unknown'}"
        yield "It is not asked any more, so it tells nothing; all other lists go on. Change its query to have it back:"
        yield from _ways_back(news)
    else:
        yield f"Usual: {_few(news.usual)} in as much time."
        yield "Something is happening, or the query has begun to match what it was not meant for. What it finds:"
        yield f"  tocsin watch preview {shlex.quote(news.name)} --days 1"


def _ways_back(news: ListNews) -> Iterator[str]:
    """Say what makes a broken list active again: another query, or somebody who says that it is."""
    name = shlex.quote(news.name)
    if news.by_file:
        yield "  in watchlists.yaml; a running service takes it up by itself, else: tocsin apply"
    else:
        yield f"  tocsin watch edit {name} --query ..."
    yield "Where the query is right, and what was wrong is mended elsewhere:"
    yield f"  tocsin watch edit {name} --resume"


def _few(usual: float | None) -> str:
    return "none" if not usual else f"{usual:.1f}" if usual < 10 else f"{usual:.0f}"  # noqa: PLR2004 - two digits
