"""What commands get of stories: frozen rows, as in `worker.store.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as `stories list` shows it.

    Attributes:
        head_item: The report that title and link are of: the earliest full one.
        corrected_at: When the words of one of its reports last changed, or None.
        merged_into: The story that has its reports now, or None; `split_from`: the one it was taken out of, or None.
        alerts: How many alerts were told for it.
    """

    id: int
    title: str
    link: str | None
    head_item: int | None
    wire: str | None
    reports: int
    independent_reports: int | None
    first_seen: datetime
    last_seen: datetime
    corrected_at: datetime | None
    merged_into: int | None
    split_from: int | None
    alerts: int


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """What an item said until `replaced_at`."""

    title: str
    text: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of a story.

    Attributes:
        feed: Name; falls back to the feed's own title, then to its URL.
        folded: How it came into the story: by "text", "link" or "headline"; None for the one that began it.
        text_of: The item whose text it carries, None where that is its own.
        words: Of its text; None where it was folded by a version that did not count.
        revisions: What it said before, the oldest first.
    """

    id: int
    title: str
    text: str
    link: str | None
    feed: str
    source: str | None
    outlet: str | None
    wire: str | None
    dateline: str | None
    image_credit: str | None
    folded: str | None
    text_of: int | None
    words: int | None
    published: datetime | None
    updated: datetime | None
    first_seen: datetime
    revisions: tuple[RevisionRow, ...]
