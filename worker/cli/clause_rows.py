"""Clauses held against an item, as JSON and as a tree of lines. Pure."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from worker.alerts.snippets import snippets_in
from worker.cli.table import visible
from worker.cli.trail_rows import item_lines, item_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.alerts.snippets import Snippet
    from worker.cli.output import Row
    from worker.pipeline.explain import Explained, Explanation
    from worker.records.trail import AskedList
    from worker.watchlists.explaining import Clause
    from worker.watchlists.model import Matchable

INDENT = "  "
MOST_PARTS = 12
"""Of a group with more parts the first so many are shown; of one that was met, those that met it."""


class Marks(NamedTuple):
    """What stands before clauses that are met and that are not, and around the words that met one."""

    met: str
    unmet: str
    opens: str
    closes: str

    @classmethod
    def of_terminal(cls, *, styled: bool) -> Marks:
        """Choose what standard output can show."""
        if styled and can_show("✓✗", sys.stdout.encoding):
            return cls("\x1b[32m✓\x1b[0m", "\x1b[31m✗\x1b[0m", "\x1b[1m", "\x1b[0m")
        return PLAIN


PLAIN = Marks("yes", "no ", "*", "*")


def can_show(text: str, encoding: str) -> bool:
    """Whether an encoding has all of these characters."""
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def explained_row(explained: Explained) -> Row:
    """The document of `watch explain`: the first item; `others` are those with the same link, in other feeds."""
    first, *others = (_explanation(one) for one in explained.items)
    asked = None if explained.watch_list is None else _list_row(explained.watch_list)
    return {"query": explained.query, "watch_list": asked} | first | {"others": others}


def explained_lines(explained: Explained, marks: Marks) -> Iterator[str]:
    """Yield `watch explain` for people: what was asked, then each item with the clauses as a tree."""
    asked = explained.watch_list
    yield visible(explained.query if asked is None else f"{asked.definition.name}: {explained.query}")
    if asked is not None and asked.state != "active":
        yield f"the list is {asked.state}, and meets nothing now" + (
            f": {asked.broken_why}" if asked.broken_why else ""
        )
    for one in explained.items:
        yield ""
        yield from item_lines(one.item)
        yield "it matches" if one.matches else "it does not match"
        for clause in (*one.scope, *one.clauses):
            yield from _tree(clause, one.item.matchable, marks, 0)


def _explanation(one: Explanation) -> Row:
    item = one.item.matchable
    return {
        "matches": one.matches,
        "clauses": [_clause_row(clause, item) for clause in one.clauses],
        "scope": [_clause_row(clause, item) for clause in one.scope],
        "item": item_row(one.item),
    }


def _clause_row(clause: Clause, item: Matchable) -> Row:
    return {
        "clause": clause.text,
        "met": clause.met,
        "where": clause.where,
        "snippets": snippets_in(item, clause.spans),
        "reason": clause.reason,
        "parts": [_clause_row(part, item) for part in clause.parts],
    }


def _list_row(asked: AskedList) -> Row:
    return {"name": asked.definition.name, "state": asked.state, "broken_why": asked.broken_why}


def _tree(clause: Clause, item: Matchable, marks: Marks, depth: int) -> Iterator[str]:
    mark = marks.met if clause.met else marks.unmet
    yield f"{INDENT * depth}{mark} {visible(clause.brief if not clause.parts else clause.text)}"
    inside = INDENT * (depth + 1)
    if not clause.parts:
        for snippet in snippets_in(item, clause.spans)[:2]:
            yield f"{inside}{snippet['field']}: {_marked(snippet, marks)}"
        return
    shown, left = _parts_to_show(clause)
    for part in shown:
        yield from _tree(part, item, marks, depth + 1)
    if left:
        yield f"{inside}... and {left} more, not met"


def _parts_to_show(clause: Clause) -> tuple[Sequence[Clause], int]:
    """The parts that tell most, and how many that leaves."""
    if len(clause.parts) <= MOST_PARTS:
        return clause.parts, 0
    met = [part for part in clause.parts if part.met]
    shown = met or clause.parts[:MOST_PARTS]
    return shown, len(clause.parts) - len(shown)


def _marked(snippet: Snippet, marks: Marks) -> str:
    """The snippet's text with what met the clause marked."""
    text, at, said = snippet["text"], 0, ""
    for start, end in snippet["spans"]:
        said += f"{text[at:start]}{marks.opens}{text[start:end]}{marks.closes}"
        at = end
    return said + text[at:]
