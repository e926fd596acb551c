"""Snippets: the places of an item's text that made it match, with a little around them (INTERFACE 4). PURE."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict

from worker.alerts.lines import flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from worker.alerts.model import AlertFacts
    from worker.watchlists.model import Matchable, Span

PER_FIELD = 3
"""Snippets of one field at most: a reader wants the reason, not the text."""

_SPACE = re.compile(r"\s+")

_Place = tuple[int, int]
"""Characters from, to."""


class Snippet(TypedDict):
    """A piece of a field; `spans` are [start, end] pairs in characters (code points) of `text` itself."""

    field: str
    text: str
    spans: list[list[int]]


def snippets(facts: AlertFacts, *, width: int = 160) -> list[Snippet]:
    """Show where the alert's item matched; see `snippets_of`."""
    lesser = _lesser(facts.authors, facts.source, facts.link, facts.feed_name, facts.feed_url)
    return _of_fields(_main(facts.title, facts.text, facts.categories) | lesser, facts.spans, width)


def snippets_in(item: Matchable, spans: Sequence[Span], *, width: int = 160) -> list[Snippet]:
    """Show where an item matched, whichever of its fields that was in; see `snippets_of`."""
    lesser = _lesser(item.authors, item.source, item.link, item.feed_name, item.feed_url)
    return _of_fields(_main(item.title, item.text, item.categories) | lesser, spans, width)


def snippets_of(
    title: str, text: str, categories: Sequence[str], spans: Sequence[Span], *, width: int = 160
) -> list[Snippet]:
    """Show where an item matched: title first, then text, then categories; at most three pieces of each.

    A piece holds up to `width` characters of the field, cut at words; "... " and " ..." at its ends say that there
    was more. Places that fit into one piece together share it. A category is shown by itself, and so is an author.
    """
    return _of_fields(_main(title, text, categories), spans, width)


def _main(title: str, text: str, categories: Sequence[str]) -> dict[str, Sequence[str]]:
    return {"title": (title,), "text": (text,), "category": categories}


def _lesser(
    authors: Sequence[str], source: str | None, link: str | None, feed_name: str, feed_url: str
) -> dict[str, Sequence[str]]:
    """The fields that only queries that name them look at, each as the strings that `Span` counts through."""
    return {"author": authors, "source": (source or "",), "link": (link or "",), "feed": (feed_name, feed_url)}


def _of_fields(fields: Mapping[str, Sequence[str]], spans: Sequence[Span], width: int) -> list[Snippet]:
    found: list[Snippet] = []
    for field, strings in fields.items():
        ours = [span for span in spans if span.field == field]
        if ours:
            found += _of_field(field, list(_apart(strings)), ours, width)
    return found


def _apart(strings: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each of a field's strings with its offset in all of them joined by newlines."""
    offset = 0
    for string in strings:
        yield offset, string
        offset += len(string) + 1


def _of_field(field: str, sources: Sequence[tuple[int, str]], ours: Sequence[Span], width: int) -> list[Snippet]:
    found: list[Snippet] = []
    for offset, source in sources:
        # The item may have been edited since it matched: what lies beyond its end is left out.
        places = [(max(0, span.start - offset), min(len(source), span.end - offset)) for span in ours]
        found.extend(_of_text(field, source, [place for place in places if place[0] < place[1]], width))
    return found[:PER_FIELD]


def _of_text(field: str, source: str, places: Sequence[_Place], width: int) -> Iterator[Snippet]:
    groups = _near(places, width)
    shown = 0
    for group in groups:
        start, end = _around(source, group, width, after=shown)
        shown = end
        yield _snippet(field, source, group, start, end)


def _near(places: Sequence[_Place], width: int) -> list[list[_Place]]:
    """Places that fit into `width` characters together."""
    groups: list[list[_Place]] = []
    for place in places:
        if groups and place[1] - groups[-1][0][0] <= width:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _around(source: str, group: Sequence[_Place], width: int, *, after: int) -> _Place:
    """The piece of `source` to show: the group with equal room on both sides, nothing before `after`.

    A place that is longer than the piece is cut like any other text.
    """
    first, last = group[0][0], group[-1][1]
    if last - first > width:
        return first, _word_end(source, first + width, first + 1)
    start = max(after, first - (width - (last - first)) // 2)
    end = min(len(source), start + width)
    start = max(after, min(start, end - width))
    return _word_start(source, start, first), _word_end(source, end, last)


def _word_start(source: str, start: int, limit: int) -> int:
    """The first place from `start` on where a word begins, or `start` itself where the script has no spaces."""
    if start and not source[start - 1].isspace():
        gap = _SPACE.search(source, start, limit)
        start = gap.end() if gap else start
    while start < limit and (source[start].isspace() or unicodedata.combining(source[start])):
        start += 1
    return start


def _word_end(source: str, end: int, limit: int) -> int:
    """The last place up to `end` where a word ends, or `end` itself where the script has no spaces."""
    if end < len(source) and not source[end].isspace():
        gaps = [place for place in range(limit, end) if source[place].isspace()]
        end = gaps[-1] if gaps else end
        while end > limit and unicodedata.combining(source[end]):
            end -= 1
    while end > limit and source[end - 1].isspace():
        end -= 1
    return end


def _snippet(field: str, source: str, group: Sequence[_Place], start: int, end: int) -> Snippet:
    text = "... " if source[:start].strip() else ""
    spans: list[list[int]] = []
    borders = [start, *(min(border, end) for place in group for border in place), end]
    for number, (here, there) in enumerate(pairwise(borders)):
        piece = flat(source[here:there])
        if number % 2:
            spans.append([len(text), len(text) + len(piece)])
        text += piece
    return {"field": field, "text": text + (" ..." if source[end:].strip() else ""), "spans": spans}
