"""A preview as JSON and as lines of text. Pure."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

from worker.alerts.snippets import snippets_in
from worker.cli.table import CUT, UNTITLED, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.alerts.snippets import Snippet
    from worker.cli.clause_rows import Marks
    from worker.cli.output import Row
    from worker.pipeline.preview import Difference, NearMiss, Preview, Side
    from worker.records.archive import ArchivedItem, ListScope

INDENT = "  "
BAR, SHORTEST_BAR, BESIDE_BAR = 40, 8, 32
"""Cells of a bar, at most and at least, and what stands beside it."""
NAME = 30
MOST_FEEDS = 10
BLOCKS = "▏▎▍▌▋▊▉█"
"""Bars are made of these, where standard output can show them."""
PLAIN_BLOCKS = "#"
CONFIDENT = 3
"""Of what none of n meet, fewer than one in n / 3 do, in 19 cases of 20 (the "rule of three", Hanley, JAMA 1983)."""
_SIDES = (("only_this", "only this query"), ("only_other", "only the other"), ("both", "both"))


def preview_row(found: Preview) -> Row:
    """The document of `watch preview`."""
    return {
        "query": found.query,
        "since": found.begin,
        "until": found.end,
        "feeds_tagged": sorted(found.scope.feed_tags) or None,
        "languages": sorted(found.scope.languages) or None,
        "alert": found.scope.alert,
        "items": found.items,
        "stories": found.stories,
        "per_day": [{"day": day.day.isoformat(), "items": day.items, "stories": day.stories} for day in found.per_day],
        "alerts_per_day": found.alerts_per_day,
        "feeds": [{"feed": feed, "items": items} for feed, items in found.feeds],
        "samples": [
            _item_row(item) | {"snippets": snippets_in(item.matchable, hit.spans)} for item, hit in found.samples
        ],
        "near_misses": [
            {
                "clause": miss.clause,
                "items": miss.items,
                "estimated": miss.estimated,
                "samples": [*map(_item_row, miss.samples)],
            }
            for miss in found.near_misses
        ],
        "difference": None if found.difference is None else _difference_row(found.difference),
        "estimated": found.estimated,
        "evaluated": found.read,
        "candidates": found.candidates,
    }


def preview_lines(found: Preview, marks: Marks, *, blocks: str, width: int | None) -> Iterator[str]:
    """Yield `watch preview` for people; on a terminal of `width` cells long lines are cut.

    `blocks`: what a cell of a bar may be, from an eighth of it to the whole.
    """
    bar = _Bar(blocks, BAR if width is None else max(SHORTEST_BAR, min(BAR, width - BESIDE_BAR)))
    for line in _lines(found, marks, bar):
        yield line if width is None or "\x1b" in line or cell_len(line) <= width else _cut(line, width)


class _Bar(NamedTuple):
    """A bar of `cells` cells; each may be any of `blocks`, from the least part of it to the whole."""

    blocks: str
    cells: int

    def of(self, value: int, most: int) -> str:
        """Return a bar as long as `value` is of `most`; what is there at all is seen."""
        parts = len(self.blocks)
        full, part = divmod(max(bool(value), round(value / most * self.cells * parts)) if most else 0, parts)
        return self.blocks[-1] * full + (self.blocks[part - 1] if part else "")


def _lines(found: Preview, marks: Marks, bar: _Bar) -> Iterator[str]:
    yield visible(found.query)
    yield f"{_scope(found.scope)}, from {found.begin:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC"
    yield ""
    yield from _total(found)
    if found.items:
        yield from _days(found, bar)
        yield from _feeds(found, bar)
        yield from _samples(found, marks)
    yield from _near_misses(found.near_misses)
    if found.difference is not None:
        yield from _difference(found.difference)


def _total(found: Preview) -> Iterator[str]:
    about = "about " if found.estimated else ""
    read = f"{found.read:,} were read of {_counted(found.candidates, 'item')} that may match"
    if found.estimated and not found.items:
        most = _in_two_digits(CONFIDENT * found.candidates / max(1, found.read))
        yield f"no item met it: {read}, so most likely fewer than {most:,} do"
        return
    yield (
        f"{about}{_counted(found.items, 'item')} of {about}{_counted(found.stories, 'story')}; "
        f"alerts to expect: {about}{found.alerts_per_day:,.4g} a day (alert: {found.scope.alert})"
    )
    if found.items and not found.alerts_per_day:
        yield "none of them was news when it came: what a feed already held is kept, and told to nobody"
    if found.estimated:
        yield f"an estimate: {read}"


def _in_two_digits(count: float) -> int:
    """Round up what is known no better than that."""
    unit: int = 10 ** max(0, len(str(int(count))) - 2)
    return ceil(count / unit) * unit


def _scope(scope: ListScope) -> str:
    feeds = f"feeds tagged {', '.join(sorted(scope.feed_tags))}" if scope.feed_tags else "all feeds"
    return feeds if not scope.languages else f"{feeds}, languages {', '.join(sorted(scope.languages))}"


def _days(found: Preview, bar: _Bar) -> Iterator[str]:
    yield from ("", "day          items  stories")
    most = max(day.items for day in found.per_day)
    for day in found.per_day:
        yield f"{day.day}  {day.items:6,}  {day.stories:7,}  {bar.of(day.items, most)}".rstrip()


def _feeds(found: Preview, bar: _Bar) -> Iterator[str]:
    shown = found.feeds[:MOST_FEEDS]
    names = [visible(name) for name, _ in shown]
    wide = min(NAME, max(map(cell_len, names)))
    yield from ("", f"{'feed':<{wide}}   items  share")
    for name, (_, items) in zip(names, shown, strict=True):
        cut = _cut(name, wide) if cell_len(name) > wide else set_cell_size(name, wide)
        yield f"{cut}  {items:6,}  {items / found.items:5.0%}  {bar.of(items, shown[0][1])}".rstrip()
    if left := len(found.feeds) - len(shown):
        yield f"and {left:,} more"


def _samples(found: Preview, marks: Marks) -> Iterator[str]:
    if found.samples:
        yield from ("", "the newest, one a story")
    for item, hit in found.samples:
        snippets = snippets_in(item.matchable, hit.spans)
        title = [snippet for snippet in snippets if snippet["field"] == "title"][:1]
        yield from _item_lines(item, marked(title[0], marks) if title else _title(item))
        for snippet in [snippet for snippet in snippets if snippet["field"] != "title"][:1]:
            yield f"{INDENT * 2}{snippet['field']}: {marked(snippet, marks)}"


def _near_misses(misses: Sequence[NearMiss]) -> Iterator[str]:
    if misses:
        yield from ("", "near misses")
    for miss in misses:
        about = "about " if miss.estimated else ""
        yield f"{INDENT}{about}{_counted(miss.items, 'item')} met all but one clause: {visible(miss.clause)}"
        for item in miss.samples:
            yield f"{INDENT * 2}{_titled(item)}"


def _difference(difference: Difference) -> Iterator[str]:
    yield from ("", f"compared with {visible(difference.against)}")
    for side, told in _SIDES:
        found: Side = getattr(difference, side)
        about = "about " if found.estimated else ""
        counts = f"{about}{_counted(found.items, 'item')} of {_counted(found.stories, 'story')}"
        yield f"{INDENT}{told}: {'none of those read' if found.estimated and not found.items else counts}"
        if side != "both":
            yield from (f"{INDENT * 2}{_titled(item)}" for item in found.samples)


def _title(item: ArchivedItem) -> str:
    return visible(item.title) or UNTITLED


def _titled(item: ArchivedItem) -> str:
    """The title, or what else tells which item it is."""
    return visible(item.title) or f"{UNTITLED}  {visible(item.link or '')}".rstrip()


def _item_lines(item: ArchivedItem, title: str) -> Iterator[str]:
    yield f"{INDENT}{title}"
    yield f"{INDENT * 2}{visible(item.feed)}, {item.first_seen:%Y-%m-%d %H:%M}  {visible(item.link or '')}".rstrip()


def marked(snippet: Snippet, marks: Marks) -> str:
    """Return a snippet's text with what matched marked."""
    text, at, said = snippet["text"], 0, ""
    for start, end in snippet["spans"]:
        said += f"{text[at:start]}{marks.opens}{text[start:end]}{marks.closes}"
        at = end
    return said + text[at:]


def _item_row(item: ArchivedItem) -> Row:
    return {
        "title": item.title,
        "link": item.link,
        "feed": item.feed,
        "first_seen": item.first_seen,
        "story": f"sty_{item.story}" if item.story is not None else None,
    }


def _difference_row(difference: Difference) -> Row:
    return {"against": difference.against} | {side: _side_row(getattr(difference, side)) for side, _ in _SIDES}


def _side_row(side: Side) -> Row:
    return {
        "items": side.items,
        "stories": side.stories,
        "estimated": side.estimated,
        "samples": [*map(_item_row, side.samples)],
    }


def _counted(count: int, thing: str) -> str:
    """Write "1 item", "2,000 stories"."""
    many = thing.removesuffix("y") + "ies" if thing.endswith("y") else f"{thing}s"
    return f"{count:,} {thing if count == 1 else many}"


def _cut(text: str, width: int) -> str:
    return set_cell_size(text, width - 1).rstrip() + CUT
