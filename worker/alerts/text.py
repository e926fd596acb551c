"""A message as plain text, to be read on a telephone: subject and body of a mail. PURE.

Everything that comes from a feed is one line, so no headline can pass for a line of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts.lines import one_line
from worker.alerts.notice import account, headline, trouble_of
from worker.alerts.snippets import snippets
from worker.alerts.times import to_the_minute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from worker.alerts.model import AlertFacts, Message, ReportFacts
    from worker.alerts.snippets import Snippet

SUBJECT_LIMIT = 200
"""Characters of a subject (RELIABILITY 15)."""

TITLE_LIMIT = 300
NAME_LIMIT = 80
LINK_LIMIT = 2_000
REPORTS_LIMIT = 10
"""Other reports that a mail lists; the rest is a number."""

NO_TITLE = "(no headline)"


def subject(message: Message) -> str:
    """One line that says which list met what: 'Ukraine: Troops leave border', 'Ukraine, Kyiv: 12 stories'."""
    if not message.alerts:
        return one_line(_notice(message), SUBJECT_LIMIT)
    if message.type == "digest.created":
        stories = len({facts.story for facts in message.alerts})
        lists = dict.fromkeys(name for facts in message.alerts for name in facts.watch_lists)
        return one_line(f"{_names(tuple(lists))}: {_counted(stories, 'story', 'stories')}", SUBJECT_LIMIT)
    facts = message.alerts[0]
    return one_line(f"{_names(facts.watch_lists)}: {_headline(facts.title)}", SUBJECT_LIMIT)


def body(message: Message) -> str:
    """The text: headline, link, source and times, why it matched, who else reports it; for a digest all of them.

    For a notice: what has happened, since when, and what there is to do.
    """
    if not message.alerts:
        trouble = trouble_of(message)
        lines = [_notice(message)] if trouble is None else account(trouble)
        return "\n".join(lines) + "\n" + _footer(message, ())
    numbered = message.type == "digest.created"
    parts = [
        "\n".join(_alert(facts, f"{number}. " if numbered else ""))
        for number, facts in enumerate(message.alerts, start=1)
    ]
    lists = dict.fromkeys(name for facts in message.alerts for name in facts.watch_lists)
    return "\n\n\n".join(parts) + "\n" + _footer(message, tuple(lists))


def _alert(facts: AlertFacts, number: str) -> Iterator[str]:
    yield number + _headline(facts.title)
    if facts.link:
        yield one_line(facts.link, LINK_LIMIT)
    yield ""
    yield _source(facts.source or facts.feed_name, facts.published)
    yield f"Seen {to_the_minute(facts.first_seen)}"
    yield ""
    yield f"Why: {one_line(', '.join(facts.terms), TITLE_LIMIT)} ({_names(facts.watch_lists)})"
    for snippet in snippets(facts):
        yield f"> {_marked(snippet)}"
    others = [report for report in facts.story_items if not _is_told(report, facts)]
    if others:
        yield ""
        yield f"Also reported by ({_counts(facts)}):"
        for report in others[:REPORTS_LIMIT]:
            yield from _report(report)
        if len(others) > REPORTS_LIMIT:
            yield f"... and {len(others) - REPORTS_LIMIT} more"


def _report(report: ReportFacts) -> Iterator[str]:
    yield f"- {_headline(report.title)}"
    yield f"  {_source(report.source, report.published)}"
    if report.link:
        yield f"  {one_line(report.link, LINK_LIMIT)}"


def _is_told(report: ReportFacts, facts: AlertFacts) -> bool:
    """Whether `report` is the very item that the alert tells."""
    return (report.title, report.link, report.source) == (facts.title, facts.link, facts.source)


def _marked(snippet: Snippet) -> str:
    """The snippet with *stars* around what matched."""
    text, done, marked = snippet["text"], 0, ""
    for start, end in snippet["spans"]:
        marked += f"{text[done:start]}*{text[start:end]}*"
        done = end
    return marked + text[done:]


def _source(source: str | None, published: datetime | None) -> str:
    name = one_line(source or "unknown source", NAME_LIMIT)
    return f"{name}, {to_the_minute(published)}" if published is not None else name


def _counts(facts: AlertFacts) -> str:
    reports = _counted(facts.reports, "report", "reports")
    return reports if facts.independent_reports is None else f"{reports}, {facts.independent_reports} independent"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _headline(title: str) -> str:
    return one_line(title, TITLE_LIMIT) or NO_TITLE


def _names(names: Sequence[str]) -> str:
    return one_line(", ".join(names), NAME_LIMIT)


def _notice(message: Message) -> str:
    if message.type == "channel.test":
        return f"Tocsin: this is a test message for {message.subscriber}"
    trouble = trouble_of(message)
    return f"Tocsin: {message.type if trouble is None else headline(trouble)}"


def _footer(message: Message, lists: Sequence[str]) -> str:
    about = f", watch list{'s' if len(lists) > 1 else ''} {_names(lists)}" if lists else ""
    # "-- " is the signature mark of RFC 3676, section 4.3.
    return f"\n-- \nTocsin for {one_line(message.subscriber, NAME_LIMIT)}{about}\n"
