"""What a correction changed, in a few words. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from worker.alerts.lines import one_line
from worker.stories import revisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.alerts.model import UpdateFacts
    from worker.stories.revisions import Piece

PER_FIELD = 20
"""Changes of one field at most: what is more than that was written anew."""

WORDS_LIMIT = 500
LINE_LIMIT = 1_000


class Change(TypedDict):
    """Words of a field that were replaced: by none, or none by some, where `after` or `before` is empty."""

    field: str
    before: str
    after: str


def changes(update: UpdateFacts) -> list[Change]:
    """List what a correction changed; nothing of other updates, or where it is not known any more."""
    return [
        {"field": field, "before": one_line(piece.old, WORDS_LIMIT), "after": one_line(piece.new, WORDS_LIMIT)}
        for field, pieces in _compared(update)
        for piece in [piece for piece in pieces if piece.kind != "same"][:PER_FIELD]
    ]


def changes_shown(update: UpdateFacts) -> Iterator[tuple[str, str]]:
    """Show what a correction changed: each field that did, and one line with [-old-] and {+new+} words."""
    for field, pieces in _compared(update):
        line = one_line(revisions.shown(pieces), LINE_LIMIT)
        if line:
            yield field, line


def _compared(update: UpdateFacts) -> Iterator[tuple[str, Sequence[Piece]]]:
    before, after = update.before, update.after
    if before is not None and after is not None:
        found = revisions.changes(before.title, before.text, after.title, after.text)
        yield "title", found.title
        yield "text", found.text
