"""Stories as JSON and as lines of text. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from worker.cli.table import cell, columns, table, visible
from worker.feeds.links import without_userinfo
from worker.stories.revisions import changes, shown
from worker.stories.story import stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from worker.cli.output import Row
    from worker.store.story_rows import ReportRow, StoryRow

INDENT = "  "


def story_row(story: StoryRow, *, now: datetime, window: timedelta) -> Row:
    """A row of `stories list`."""
    return {
        "id": f"sty_{story.id}",
        "title": story.title,
        "link": without_userinfo(story.link or "") or None,
        "state": "merged" if story.merged_into is not None else _stage(story, now, window),
        "reports": story.reports,
        "independent_reports": story.independent_reports,
        "wire": story.wire,
        "first_seen": story.first_seen,
        "last_seen": story.last_seen,
        "corrected_at": story.corrected_at,
        "alerts": story.alerts,
        "merged_into": _story_id(story.merged_into),
        "split_from": _story_id(story.split_from),
    }


def whole_story(story: StoryRow, reports: Sequence[ReportRow], *, now: datetime, window: timedelta) -> Row:
    """The document of `stories show`: the story, and under `items` its reports."""
    row = story_row(story, now=now, window=window)
    return row | {"items": [_report(report, head=report.id == story.head_item) for report in reports]}


def story_lines(
    story: StoryRow, reports: Sequence[ReportRow], *, now: datetime, window: timedelta, width: int | None
) -> list[str]:
    """Return `stories show` for people: the headline, how the story stands, its reports, what was corrected."""
    link = [visible(without_userinfo(story.link))] if story.link else []
    lines = [visible(story.title), *link, _standing(story, now, window)]
    if story.merged_into is not None:
        return [*lines, f"joined with sty_{story.merged_into}, which has its reports now"]
    if story.split_from is not None:
        lines.append(f"taken out of sty_{story.split_from} by hand")
    rows = [_report(report, head=report.id == story.head_item) for report in reports]
    for row in rows:
        row["as"] = "head" if row["head"] else row["folded"] or "first"
    shown = columns("id", "as", "text_of?", "first_seen", "feed:12", "wire:6?", "words?", "title:24", "link:20?")
    lines += ["", *table(rows, shown, width=width, now=now, styled=False)]
    for report in reports:
        lines += _corrections(report, now=None if width is None else now)
    return lines


def _standing(story: StoryRow, now: datetime, window: timedelta) -> str:
    parts = [f"sty_{story.id}", "merged" if story.merged_into is not None else _stage(story, now, window)]
    parts.append("1 report" if story.reports == 1 else f"{story.reports} reports")
    if story.independent_reports is not None:
        parts.append(f"{story.independent_reports} independent")
    if story.wire is not None:
        parts.append(f"by {visible(story.wire)}")
    parts.append("told to nobody" if not story.alerts else f"{story.alerts} alert{'s' if story.alerts > 1 else ''}")
    return ", ".join(parts)


def _report(report: ReportRow, *, head: bool) -> Row:
    return {
        "id": f"itm_{report.id}",
        "title": report.title,
        "link": without_userinfo(report.link or "") or None,
        "feed": report.feed,
        "source": report.source,
        "outlet": report.outlet,
        "wire": report.wire,
        "dateline": report.dateline,
        "image_credit": report.image_credit,
        "head": head,
        "folded": report.folded,
        "text_of": None if report.text_of is None else f"itm_{report.text_of}",
        "words": report.words,
        "published": report.published,
        "updated": report.updated,
        "first_seen": report.first_seen,
        "revisions": len(report.revisions),
    }


def _stage(story: StoryRow, now: datetime, window: timedelta) -> str:
    return stage(
        reports=story.reports, corrected_at=story.corrected_at, last_seen=story.last_seen, now=now, window=window
    )


def _story_id(story: int | None) -> str | None:
    return None if story is None else f"sty_{story}"


def _corrections(report: ReportRow, *, now: datetime | None) -> list[str]:
    """What changed at each revision of a report, word by word; nothing where no word did."""
    states = [(before.title, before.text) for before in report.revisions]
    states.append((report.title, report.text))
    lines: list[str] = []
    for revision, (old, new) in zip(report.revisions, pairwise(states), strict=True):
        if changed := changes(*old, *new):
            lines += ["", f"itm_{report.id}, changed {cell(revision.replaced_at, now=now)}"]
            parts = (("title", changed.title), ("text", changed.text))
            lines += [f"{INDENT}{name}: {visible(shown(pieces))}" for name, pieces in parts if shown(pieces)]
    return lines
