"""A message as plain text, to be read on a telephone: subject and body of a mail. PURE.

Everything that comes from a feed is one line, so no headline can pass for a line of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts import list_notice
from worker.alerts.changes import changes_shown
from worker.alerts.lines import one_line
from worker.alerts.list_notice import list_news_of
from worker.alerts.notice import account, headline, trouble_of
from worker.alerts.reports import NAME_LIMIT, also_by, credited, is_told, other_reports
from worker.alerts.snippets import snippets
from worker.alerts.times import to_the_minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from worker.alerts.model import AlertFacts, Message, ReportFacts, UpdateFacts
    from worker.alerts.snippets import Snippet

SUBJECT_LIMIT = 200
"""Characters of a subject (RELIABILITY 15)."""

TITLE_LIMIT = 300
LINK_LIMIT = 2_000
REPORTS_LIMIT = 10
"""Other reports that a mail lists; the rest is a number."""

NO_TITLE = "(no headline)"


def subject(message: Message) -> str:
    """One line that says which list met what: 'Ukraine: Troops leave border', 'Ukraine, Kyiv: 12 stories, 1 update'.

    An update answers the message that it follows, in the same words, for by these too mails of one story are kept
    together; where there is no such message it says what it is.
    """
    if not message.alerts:
        return one_line(_notice(message), SUBJECT_LIMIT)
    if message.type == "digest.created":
        lists = dict.fromkeys(name for facts in message.alerts for name in facts.watch_lists)
        return one_line(f"{_names(tuple(lists))}: {_told(message.alerts)}", SUBJECT_LIMIT)
    facts = message.alerts[0]
    update = facts.update
    if update is None:
        return one_line(f"{_names(facts.watch_lists)}: {_headline(facts.title)}", SUBJECT_LIMIT)
    if message.first_key is None or not update.first_lists:
        return one_line(f"{_names(facts.watch_lists)}: {_what_became(update)}", SUBJECT_LIMIT)
    first = one_line(f"{_names(update.first_lists)}: {_headline(update.first_title)}", SUBJECT_LIMIT)
    return one_line(f"Re: {first}", SUBJECT_LIMIT)


def body(message: Message) -> str:
    """The text: headline, link, source and times, why it matched, who else reports it; for a digest all of them.

    For an update: what became of the story first. For a notice: what has happened, since when, what there is to do.
    """
    if not message.alerts:
        return "\n".join(_account(message)) + "\n" + _footer(message, ())
    numbered = message.type == "digest.created"
    parts = [
        "\n".join(_alert(facts, f"{number}. " if numbered else ""))
        for number, facts in enumerate(message.alerts, start=1)
    ]
    lists = dict.fromkeys(name for facts in message.alerts for name in facts.watch_lists)
    return "\n\n\n".join(parts) + "\n" + _footer(message, tuple(lists))


def _alert(facts: AlertFacts, number: str) -> Iterator[str]:
    yield from _first(facts, number) if facts.update is None else _update(facts, facts.update, number)
    yield ""
    yield f"Why: {one_line(', '.join(facts.terms), TITLE_LIMIT)} ({_names(facts.watch_lists)})"
    for snippet in snippets(facts):
        yield f"> {_marked(snippet)}"
    yield from _reports(facts) if facts.update is None else _reports_by_now(facts)


def _reports(facts: AlertFacts) -> Iterator[str]:
    others = other_reports(facts)
    if others:
        yield ""
        if any(is_told(report, facts) for report in facts.story_items):
            yield f"Also reported by {also_by(facts)} ({_counts(facts)}):"
        else:
            # The one that is told was taken out of the story, or is none of the first: it is not one more beside these.
            yield f"The story's reports now ({_counts(facts)}):"
        for report in others[:REPORTS_LIMIT]:
            yield from _report(report)
        if len(others) > REPORTS_LIMIT:
            yield f"... and {len(others) - REPORTS_LIMIT} more"


def _reports_by_now(facts: AlertFacts) -> Iterator[str]:
    """Of a story that was told before only how far it has come: who has had the list need not have it again."""
    if facts.reports > 1:
        yield ""
        yield _counts(facts, " by now")


def _first(facts: AlertFacts, number: str) -> Iterator[str]:
    yield number + _headline(facts.title)
    if facts.link:
        yield one_line(facts.link, LINK_LIMIT)
    yield ""
    published = "" if facts.published is None else f", {to_the_minute(facts.published)}"
    yield credited(facts.source or facts.feed_name, facts.wire, facts.dateline) + published
    yield f"Seen {to_the_minute(facts.first_seen)}"


def _update(facts: AlertFacts, update: UpdateFacts, number: str) -> Iterator[str]:
    report = update.report
    yield number + _what_became(update)
    if report.link:
        yield one_line(report.link, LINK_LIMIT)
    yield ""
    yield _source(report)
    yield f"Seen {to_the_minute(update.created_at)}"
    for field, line in changes_shown(update):
        yield ""
        yield f"Changed in the {'headline' if field == 'title' else 'text'}: {line}"
    if not is_told(report, facts):
        yield ""
        yield f"First told: {_headline(update.first_title or facts.title)}"
        if facts.link:
            yield one_line(facts.link, LINK_LIMIT)


def _what_became(update: UpdateFacts) -> str:
    """One line: 'Corrected: Talks over', 'Also reported by B (independent): Talks end'."""
    title = _headline(update.report.title)
    if update.kind == "corrected":
        return f"Corrected: {title}"
    own = " (independent)" if update.kind == "independent" else ""
    return f"Also reported by {one_line(update.report.source or 'another', NAME_LIMIT)}{own}: {title}"


def _report(report: ReportFacts) -> Iterator[str]:
    yield f"- {_headline(report.title)}"
    yield f"  {_source(report)}"
    if report.link:
        yield f"  {one_line(report.link, LINK_LIMIT)}"


def _marked(snippet: Snippet) -> str:
    """The snippet with *stars* around what matched."""
    text, done, marked = snippet["text"], 0, ""
    for start, end in snippet["spans"]:
        marked += f"{text[done:start]}*{text[start:end]}*"
        done = end
    return marked + text[done:]


def _source(report: ReportFacts) -> str:
    name = credited(report.source, report.wire, report.dateline)
    return f"{name}, {to_the_minute(report.published)}" if report.published is not None else name


def _counts(facts: AlertFacts, when: str = "") -> str:
    reports = _counted(facts.reports, "report", "reports") + when
    return reports if facts.independent_reports is None else f"{reports}, {facts.independent_reports} independent"


def _told(alerts: Sequence[AlertFacts]) -> str:
    """What a digest tells, counted: '2 stories, 1 update'."""
    stories = len({facts.story for facts in alerts if facts.update is None})
    updates = sum(1 for facts in alerts if facts.update is not None)
    counted = (_counted(stories, "story", "stories"), _counted(updates, "update", "updates"))
    return ", ".join(text for number, text in zip((stories, updates), counted, strict=True) if number)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _headline(title: str) -> str:
    return one_line(title, TITLE_LIMIT) or NO_TITLE


def _names(names: Sequence[str]) -> str:
    return one_line(", ".join(names), NAME_LIMIT)


def _notice(message: Message) -> str:
    if message.type == "channel.test":
        return f"Tocsin: this is a test message for {message.subscriber}"
    if trouble := trouble_of(message):
        return f"Tocsin: {headline(trouble)}"
    news = list_news_of(message)
    return f"Tocsin: {message.type if news is None else list_notice.headline(news)}"


def _account(message: Message) -> Iterable[str]:
    if trouble := trouble_of(message):
        return account(trouble)
    news = list_news_of(message)
    return [_notice(message)] if news is None else list_notice.account(news)


def _footer(message: Message, lists: Sequence[str]) -> str:
    about = f", watch list{'s' if len(lists) > 1 else ''} {_names(lists)}" if lists else ""
    # "-- " is the signature mark of RFC 3676, section 4.3.
    return f"\n-- \nTocsin for {one_line(message.subscriber, NAME_LIMIT)}{about}\n"
