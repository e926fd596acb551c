"""Short words that several kinds of message share, and the subject. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts import channel_notice, list_notice
from worker.alerts.channel_notice import channel_news_of
from worker.alerts.grouping import by_story
from worker.alerts.lines import one_line
from worker.alerts.list_notice import list_news_of
from worker.alerts.notice import headline as feed_headline
from worker.alerts.notice import trouble_of
from worker.alerts.reports import NAME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.alerts.model import AlertFacts, Message, UpdateFacts

SUBJECT_LIMIT = 200
"""Characters of a subject (RELIABILITY 15)."""

TITLE_LIMIT = 300
COVERAGE_LIMIT = 1_000

NO_TITLE = "(no headline)"


def subject(message: Message) -> str:
    """One line that says which list met what: 'Ukraine: Troops leave border', 'Ukraine, Kyiv: 12 stories, 1 update'.

    An update answers the message that it follows, in the same words, for by these too mails of one story are kept
    together; where there is no such message it says what it is.
    """
    if message.type == "digest.created":
        return one_line(_digest(message.alerts), SUBJECT_LIMIT)
    if not message.alerts:
        return one_line(notice_subject(message), SUBJECT_LIMIT)
    facts = message.alerts[0]
    update = facts.update
    if update is None:
        return one_line(f"{names(facts.watch_lists)}: {headline(facts.title)}", SUBJECT_LIMIT)
    if message.first_key is None or not update.first_lists:
        return one_line(f"{names(facts.watch_lists)}: {what_became(update)}", SUBJECT_LIMIT)
    first = one_line(f"{names(update.first_lists)}: {headline(update.first_title)}", SUBJECT_LIMIT)
    return one_line(f"Re: {first}", SUBJECT_LIMIT)


def notice_subject(message: Message) -> str:
    """One line for a notice: 'Tocsin: BBC World cannot be read'."""
    if message.type == "channel.test":
        return f"Tocsin: this is a test message for {message.subscriber}"
    if trouble := trouble_of(message):
        return f"Tocsin: {feed_headline(trouble)}"
    if news := list_news_of(message):
        return f"Tocsin: {list_notice.headline(news)}"
    gone = channel_news_of(message)
    return f"Tocsin: {message.type if gone is None else channel_notice.headline(gone)}"


def headline(title: str) -> str:
    """A title as one line."""
    return one_line(title, TITLE_LIMIT) or NO_TITLE


def names(several: Sequence[str]) -> str:
    """Names as one line."""
    return one_line(", ".join(several), NAME_LIMIT)


def what_became(update: UpdateFacts) -> str:
    """One line: 'Corrected: Talks over', 'Also reported by B (independent): Talks end'."""
    title = headline(update.report.title)
    if update.kind == "corrected":
        return f"Corrected: {title}"
    own = " (independent)" if update.kind == "independent" else ""
    return f"Also reported by {one_line(update.report.source or 'another', NAME_LIMIT)}{own}: {title}"


def counts(facts: AlertFacts, when: str = "") -> str:
    """How many reports there are: '3 reports by now, 2 independent'."""
    reports = counted(facts.reports, "report", "reports") + when
    return reports if facts.independent_reports is None else f"{reports}, {facts.independent_reports} independent"


def counted(number: int, one: str, many: str, *, number_shown: bool = True) -> str:
    """'1 report', '2 reports'; or the word alone."""
    word = one if number == 1 else many
    return f"{number} {word}" if number_shown else word


def _digest(alerts: Sequence[AlertFacts]) -> str:
    """What a digest tells, counted: 'Ukraine: 2 stories, 1 update'."""
    grouped = by_story(alerts)
    if not grouped:
        return "Tocsin: nothing matched"
    lists = tuple(dict.fromkeys(name for story in grouped for name in story.lists))
    stories = sum(1 for story in grouped if not story.updates)
    updates = sum(len(story.updates) for story in grouped)
    told = (counted(stories, "story", "stories"), counted(updates, "update", "updates"))
    return f"{names(lists)}: " + ", ".join(
        text for number, text in zip((stories, updates), told, strict=True) if number
    )
