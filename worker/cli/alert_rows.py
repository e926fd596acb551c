"""One alert as JSON and as lines of text; alerts as they come. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts.payload import alert_data
from worker.alerts.snippets import snippets
from worker.cli.output import plain
from worker.cli.rows import alert_row, delivery_cells, delivery_row
from worker.cli.table import UNTITLED, cell, columns, table, visible
from worker.feeds.links import without_userinfo

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.snippets import Snippet
    from worker.cli.output import Row
    from worker.store.alert_pages import AlertPage, UpdateRow
    from worker.store.rows import AlertRow

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def told_line(alert: AlertRow) -> str:
    """One line of `alerts tail`: when, which, for whom, what."""
    title = visible(alert.title) or UNTITLED
    link = f" {visible(without_userinfo(alert.link))}" if alert.link else ""
    whom = f"{visible(alert.watch_list)} > {visible(alert.subscriber)}"
    state = "" if alert.state in {"new", "told"} else f" ({alert.state})"
    return f"{cell(alert.created_at, now=None)} alt_{alert.id} {whom}: {title}{link}{state}"


def whole_alert(page: AlertPage) -> Row:
    """The document of `alerts show`: the alert as listed, what its webhook says, and what became of it."""
    facts = page.facts
    return alert_row(page.alert) | {
        "reason": page.reason,
        "mark": page.mark,
        "lead": None if page.lead is None else f"alt_{page.lead}",
        "says": None if facts is None else alert_data(facts, base_url=None, follows=None),
        "updates": [_update(update) for update in page.updates],
        "deliveries": [delivery_row(delivery) for delivery in page.deliveries],
    }


def alert_lines(page: AlertPage, *, now: datetime, width: int | None, styled: bool) -> list[str]:
    """Return `alerts show` for people: headline, story and sources, why it matched, what was sent."""
    alert, facts = page.alert, page.facts
    lines = [visible(alert.title) or UNTITLED, *([visible(without_userinfo(alert.link))] if alert.link else [])]
    lines += [f"alt_{alert.id} of {visible(alert.watch_list)} to {visible(alert.subscriber)}, {_standing(page)}"]
    count = f"{alert.reports} report{'' if alert.reports == 1 else 's'}"
    own = "" if alert.independent_reports is None else f", {alert.independent_reports} independent"
    lines += [f"sty_{alert.story}: {count}{own}{f', {visible(alert.wire)}' if alert.wire else ''}"]
    if facts is not None:
        if facts.terms:
            lines += ["", f"why: {visible(', '.join(facts.terms))} ({visible(', '.join(facts.watch_lists))})"]
        lines += [f"  {one['field']}: {_marked(one, styled=styled)}" for one in snippets(facts)]
        reports: list[Row] = [
            {
                "published": one.published,
                "source": one.source,
                "wire": one.wire,
                "title": one.title,
                "link": without_userinfo(one.link or "") or None,
            }
            for one in facts.story_items
        ]
        shown = columns("published", "source:12", "wire:6?", "title:24", "link:20?")
        lines += ["", *table(reports, shown, width=width, now=now, styled=styled)]
    if page.updates:
        shown = columns("sequence", "kind", "created_at", "title:24", "link:20?")
        lines += ["", *table([_update(one) for one in page.updates], shown, width=width, now=now, styled=styled)]
    rows = [delivery_cells(delivery_row(one)) for one in page.deliveries]
    shown = columns("id", "state", "attempts", "due_at", "sent_at?", "kind?", "update?", "channel:14", "last_error:16")
    sent = table(rows, shown, width=width, now=now, styled=styled) if rows else ["no message was made for it"]
    return [*lines, "", *sent]


def _standing(page: AlertPage) -> str:
    """Its state, and why it is so."""
    said = page.alert.state + (f" ({page.reason})" if page.reason else "")
    if page.lead is not None:
        said += f", told with alt_{page.lead}"
    return said + (f", marked {page.mark}" if page.mark else "") + f", {plain(page.alert.created_at)}"


def _marked(snippet: Snippet, *, styled: bool) -> str:
    before, after = (_BOLD, _PLAIN) if styled else ("[", "]")
    text, done, made = snippet["text"], 0, ""
    for start, end in snippet["spans"]:
        made += f"{_spaced(text[done:start])}{before}{_spaced(text[start:end])}{after}"
        done = end
    return made + _spaced(text[done:])


def _spaced(text: str) -> str:
    """As `visible`, with the spaces at both ends, which part the highlighted words from the others."""
    shown = visible(text)
    return (" " if text[:1].isspace() else "") + shown + (" " if shown and text[-1:].isspace() else "")


def _update(update: UpdateRow) -> Row:
    return {
        "sequence": update.sequence,
        "kind": update.kind,
        "title": update.title,
        "link": without_userinfo(update.link or "") or None,
        "created_at": update.created_at,
    }
