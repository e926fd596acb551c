"""What the pages of subscribers' links say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from worker.alerts.lines import one_line
from worker.alerts.pauses import LENGTHS, Length, lasts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from worker.alerts.links import LinkPurpose
    from worker.store.web_rows import ChooserRow, ListChoiceRow, MarkableRow

TITLE_LIMIT = 300

OVER = "You are not told of that any more, so there is nothing left to do."
BACK = "The preferences, to which every message has a link, can take that back."
UNSUBSCRIBED = f"You will hear no more of it. What was waiting has been cancelled. {BACK}"
MUTED = "You will hear no more of this story."
MARKED = "Thank you. It is remembered, and helps to make the watch list better."
VOID = "No link that was sent to you so far opens anything any more. The next message brings new ones."

FOR: dict[Length, str] = {
    "hour": "for an hour",
    "tomorrow": "until tomorrow, 08:00",
    "week": "for a week",
    "open": "until further notice",
}
LENGTHS_SHOWN = [(length, FOR[length]) for length in LENGTHS]


def until(moment: datetime | None, timezone: str) -> str:
    """Say when a pause ends, by the subscriber's clock."""
    if moment is None:
        return FOR["open"]
    return f"until {moment.astimezone(ZoneInfo(timezone)):%A, %d %B %Y, %H:%M} ({timezone})"


def paused(chooser: ChooserRow, until_when: str) -> str:
    """Say that a pause has begun."""
    return f"{chooser.name} is told nothing of it {until_when}. What was waiting has been cancelled. {BACK}"


def pause(chooser: ChooserRow, lists: Iterable[ListChoiceRow]) -> dict[str, object]:
    """Return what the page shows on which somebody chooses a pause."""
    names = _named(lists)
    return {"title": f"Pause {names}", "chooser": chooser, "names": names, "lengths": LENGTHS_SHOWN}


def choice(
    purpose: LinkPurpose, chooser: ChooserRow, lists: Iterable[ListChoiceRow], alert: MarkableRow | None
) -> dict[str, object]:
    """Return what a page with one button shows."""
    headline = "" if alert is None else one_line(alert.title, TITLE_LIMIT) or "(no headline)"
    title, what, button = {
        "unsubscribe": (
            f"Unsubscribe from {_named(lists)}?",
            f"{chooser.name} will hear no more of it. {BACK}",
            "Unsubscribe",
        ),
        "mute": ("Mute this story?", f"{chooser.name} will hear no more of it, by no watch list.", "Mute the story"),
        "useful": ("Was this useful?", "The mark helps to make the watch list better.", "Mark as useful"),
    }.get(purpose, ("Was this noise?", "The mark helps to make the watch list better.", "Mark as noise"))
    return {"title": title, "headline": headline, "what": what, "button": button}


def preferences(chooser: ChooserRow, *, now: datetime) -> dict[str, object]:
    """Return what the page of preferences shows: everything, then list by list, each with its state."""
    rows = [("all", "Everything", chooser.paused_since, chooser.paused_until)]
    rows += [(str(one.id), one.name, one.paused_since, one.paused_until) for one in chooser.lists]
    shown = [
        {
            "of": of,
            "name": name,
            "paused": lasts(since, end, now=now),
            "state": f"paused {until(end, chooser.timezone)}" if lasts(since, end, now=now) else "told",
        }
        for of, name, since, end in rows
    ]
    return {"title": f"What {chooser.name} is told", "rows": shown, "lengths": LENGTHS_SHOWN}


def _named(lists: Iterable[ListChoiceRow]) -> str:
    return ", ".join(one.name for one in lists) or "everything"
