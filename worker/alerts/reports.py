"""Who reports a story, in words. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts.lines import one_line

if TYPE_CHECKING:
    from worker.alerts.model import AlertFacts, ReportFacts

NAME_LIMIT = 80
NAMED = 2
"""So many outlets are named; the rest is a number."""


def other_reports(facts: AlertFacts) -> list[ReportFacts]:
    """The story's reports beside the very item that the alert tells, as far as they were loaded."""
    return [report for report in facts.story_items if not is_told(report, facts)]


def is_told(report: ReportFacts, facts: AlertFacts) -> bool:
    """Whether `report` is the item that the alert tells."""
    return report.item == facts.item


def also_by(facts: AlertFacts) -> str:
    """Who else reports it: 'A, B and 3 more', '' where nobody does."""
    others = other_reports(facts)
    names = list(dict.fromkeys(one_line(report.source, NAME_LIMIT) for report in others if report.source))
    unnamed = sum(1 for report in others if not report.source)
    more = len(names[NAMED:]) + unnamed + max(0, facts.reports - len(facts.story_items))
    shown = ", ".join(names[:NAMED])
    if not more:
        return shown
    return f"{shown} and {more} more" if shown else f"{more} more"


def credited(source: str | None, wire: str | None, dateline: str | None) -> str:
    """The outlet, and behind it whose report it is and where from: 'Example News (Reuters, Kyiv)'."""
    name = one_line(source or "unknown source", NAME_LIMIT)
    agency = wire if wire and wire.casefold() != name.casefold() else None
    behind = ", ".join(one_line(part, NAME_LIMIT) for part in (agency, dateline) if part)
    return f"{name} ({behind})" if behind else name
