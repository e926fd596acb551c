"""An item's way as JSON and as lines of text. Pure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from worker.cli.table import GAP, UNTITLED, cell, visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from worker.cli.output import Row
    from worker.pipeline.steps import Step
    from worker.pipeline.why import Account
    from worker.records.trail import TrailItem

_LEAST = 40
"""Columns that a detail gets on the narrowest terminal."""


def accounts_row(accounts: Sequence[Account]) -> Row:
    """The document of `why`: the first item's way; `others` are those with the same link, in other feeds."""
    first, *others = map(_account, accounts)
    return first | {"others": others}


def account_lines(account: Account, *, width: int | None, now: datetime) -> list[str]:
    """Return `why` for people: the item, the reason, the way; `width` is the terminal's, None where there is none."""
    item = account.item
    lines = [] if item is None else [*item_lines(item), ""]
    lines += [f"{account.verdict.reason.replace('_', ' ')}: {visible(account.verdict.text)}", ""]
    return lines + _table(account.steps, width=width, now=None if width is None else now)


def item_row(item: TrailItem) -> Row:
    """An item, as `why` and `watch explain` name it."""
    return {
        "id": f"itm_{item.id}",
        "title": item.title,
        "link": item.link,
        "feed": item.feed_name,
        "story": None if item.story is None else f"sty_{item.story}",
        "language": item.language,
        "published": item.published,
        "updated": item.updated,
        "first_seen": item.first_seen,
        "last_seen": item.last_seen,
        "news": item.news,
        "revisions": item.revisions,
    }


def item_lines(item: TrailItem) -> list[str]:
    """Return the head of what is said of an item."""
    story = "" if item.story is None else f", sty_{item.story}"
    link = [visible(item.link)] if item.link else []
    return [visible(item.title) or UNTITLED, *link, f"itm_{item.id} of {visible(item.feed_name)}{story}"]


def _account(account: Account) -> Row:
    return {
        "item": None if account.item is None else item_row(account.item),
        "reason": account.verdict.reason,
        "verdict": account.verdict.text,
        "trail": [
            {"step": step.step, "at": step.at, "result": step.result, "detail": step.detail} for step in account.steps
        ],
    }


def _table(steps: Sequence[Step], *, width: int | None, now: datetime | None) -> list[str]:
    """One step a line; on a terminal its detail goes on below itself."""
    cells = [(cell(step.at, now=now), step.step.replace("_", " "), step.result.replace("_", " ")) for step in steps]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    indent = sum(widths) + len(GAP) * len(widths)
    lines: list[str] = []
    for step, row in zip(steps, cells, strict=True):
        head = "".join(f"{text:<{wide}}{GAP}" for text, wide in zip(row, widths, strict=True))
        detail = visible(step.detail)
        if width is None:
            lines.append(head + detail)
            continue
        pieces = textwrap.wrap(detail, max(_LEAST, width - indent), break_on_hyphens=False) or [""]
        lines += [head + pieces[0], *(" " * indent + piece for piece in pieces[1:])]
    return lines
