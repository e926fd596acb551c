"""What a message says: headline, sources and times, why it matched, who else reports it, what can be done. PURE.

Everything that comes from a feed is one line, so no headline can pass for a line of ours.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from worker.alerts import channel_notice, list_notice
from worker.alerts.changes import changes_shown
from worker.alerts.channel_notice import channel_news_of
from worker.alerts.coverage import coverage_line
from worker.alerts.grouping import by_story
from worker.alerts.lines import one_line
from worker.alerts.list_notice import list_news_of
from worker.alerts.notice import account, trouble_of
from worker.alerts.pieces import BLANK, Line, Piece, Told, ours, plain, said
from worker.alerts.reports import also_by, credited, is_told, other_reports
from worker.alerts.safe_links import safe_link
from worker.alerts.snippets import snippets
from worker.alerts.times import to_the_minute
from worker.alerts.words import (
    COVERAGE_LIMIT,
    TITLE_LIMIT,
    counted,
    counts,
    headline,
    names,
    notice_subject,
    what_became,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from worker.alerts.grouping import OneStory
    from worker.alerts.model import AlertFacts, Message, MessageLinks, ReportFacts, UpdateFacts
    from worker.alerts.snippets import Snippet

REPORTS_LIMIT = 10
"""Other reports that a message lists; the rest is a number."""

STORIES_LIMIT = 1_000
"""Stories that a digest tells people; a webhook gets all."""

SNIPPETS_LIMIT = 9
"""Of a story that several lists met."""

NOTHING_MATCHED = "Nothing matched."


def told(message: Message) -> Told:
    """Put a message into pieces.

    A digest tells each story once, with all lists that met it, and ends with how well the feeds were read; one without
    alerts says that nothing matched. An update says what became of the story first. A notice says what has happened,
    since when, what there is to do.
    """
    is_digest = message.type == "digest.created"
    stories = by_story(message.alerts)
    lists = tuple(dict.fromkeys(name for story in stories for name in story.lists))
    sections = [tuple(_story(story)) for story in stories[:STORIES_LIMIT]]
    if not sections:
        sections = [(plain(ours(NOTHING_MATCHED)),)] if is_digest else [tuple(_notice(message))]
    coverage = coverage_of(message)
    return Told(
        sections=tuple(sections),
        end=(*_left_out(message, len(stories) - STORIES_LIMIT), *((plain(said(coverage)),) if coverage else ())),
        foot=tuple(_foot(message, lists)),
        numbered=is_digest and bool(stories),
    )


def coverage_of(message: Message) -> str:
    """One line about how well the feeds were read; "" where there is nothing to say."""
    if message.coverage is None:
        return ""
    return one_line(coverage_line(message.coverage), COVERAGE_LIMIT)


def _left_out(message: Message, stories: int) -> Iterator[Line]:
    """Say how many stories have no room, and where they are."""
    if stories > 0:
        command = f"tocsin alerts list --subscriber {shlex.quote(message.subscriber)}"
        yield plain(ours(f"... and {counted(stories, 'story', 'stories')} more: "), said(command), ours(" shows them."))


def _story(story: OneStory) -> Iterator[Line]:
    facts = story.told
    if facts.brief:
        yield Line("head", (Piece(headline(facts.title), "head"),))
        yield from _address(facts.link)
        return
    yield from _first(facts) if facts.update is None else _update(facts, facts.update)
    for update in story.developments[1:]:
        yield BLANK
        yield from _became(update)
    yield BLANK
    yield from _why(story)
    yield from _reports(facts) if facts.update is None else _reports_by_now(facts)
    yield from _actions(story)


def _first(facts: AlertFacts) -> Iterator[Line]:
    yield Line("head", (Piece(headline(facts.title), "head"),))
    yield from _address(facts.link)
    yield BLANK
    published = "" if facts.published is None else f", {to_the_minute(facts.published)}"
    yield plain(said(credited(facts.source or facts.feed_name, facts.wire, facts.dateline)), ours(published))
    yield plain(ours(f"Seen {to_the_minute(facts.first_seen)}"))


def _update(facts: AlertFacts, update: UpdateFacts) -> Iterator[Line]:
    yield from _became(update)
    yield plain(ours(f"Seen {to_the_minute(update.created_at)}"))
    for field, line in changes_shown(update):
        yield BLANK
        yield plain(ours(f"Changed in the {'headline' if field == 'title' else 'text'}: "), said(line))
    if not is_told(update.report, facts):
        yield BLANK
        yield plain(ours("First told: "), said(headline(update.first_title or facts.title)))
        yield from _address(facts.link)


def _became(update: UpdateFacts) -> Iterator[Line]:
    yield Line("head", (Piece(what_became(update), "head"),))
    yield from _address(update.report.link)
    yield BLANK
    yield plain(said(source_of(update.report)))


def _address(link: str | None) -> Iterator[Line]:
    address = safe_link(link)
    if address is not None:
        yield Line("address", (Piece(address, "address", address),))


def _why(story: OneStory) -> Iterator[Line]:
    """Say which words of which lists met it, and show where."""
    lists: dict[tuple[str, ...], list[str]] = {}
    shown: dict[str, Snippet] = {}
    for facts in story.alerts:
        lists.setdefault(facts.terms, []).extend(facts.watch_lists)
        for snippet in snippets(facts):
            shown.setdefault(snippet["text"], snippet)
    for terms, met in lists.items():
        matched = one_line(", ".join(terms), TITLE_LIMIT)
        yield plain(ours("Why: "), said(matched), ours(" ("), said(names(tuple(dict.fromkeys(met)))), ours(")"))
    for snippet in list(shown.values())[:SNIPPETS_LIMIT]:
        yield Line("quote", tuple(marked(snippet)))


def marked(snippet: Snippet) -> Iterator[Piece]:
    """A snippet, what matched in it apart."""
    text, done = snippet["text"], 0
    for start, end in snippet["spans"]:
        if done < start:
            yield said(text[done:start])
        yield Piece(text[start:end], "hit")
        done = end
    if text[done:]:
        yield said(text[done:])


def _reports(facts: AlertFacts) -> Iterator[Line]:
    others = other_reports(facts)
    if others:
        yield BLANK
        if any(is_told(report, facts) for report in facts.story_items):
            yield plain(ours("Also reported by "), said(also_by(facts)), ours(f" ({counts(facts)}):"))
        else:
            # The one that is told was taken out of the story, or is none of the first: it is not one more beside these.
            yield plain(ours(f"The story's reports now ({counts(facts)}):"))
        for report in others[:REPORTS_LIMIT]:
            yield Line("report", (said(headline(report.title)),))
            yield Line("detail", (said(source_of(report)),))
            address = safe_link(report.link)
            if address is not None:
                yield Line("detail", (Piece(address, "address", address),))
        if len(others) > REPORTS_LIMIT:
            yield plain(ours(f"... and {len(others) - REPORTS_LIMIT} more"))


def _reports_by_now(facts: AlertFacts) -> Iterator[Line]:
    """Of a story that was told before only how far it has come: who has had the list need not have it again."""
    if facts.reports > 1:
        yield BLANK
        yield plain(ours(counts(facts, " by now")))


def _actions(story: OneStory) -> Iterator[Line]:
    """What a subscriber may do about it; each list that met the story can be paused by itself."""
    links = story.told.links
    if links is None:
        return
    pauses = {facts.watch_list: facts.links.pause for facts in story.alerts if facts.links is not None}
    yield BLANK
    yield Line(
        "actions",
        (
            Piece("Useful", "link", links.useful),
            Piece("Noise", "link", links.noise),
            Piece("Mute this story", "link", links.mute),
            *_pauses(pauses),
        ),
    )


def _pauses(pauses: dict[str, str]) -> Iterator[Piece]:
    if len(pauses) == 1:
        yield from (Piece("Pause this list", "link", url) for url in pauses.values())
        return
    yield from (Piece(f"Pause {names((name,))}", "link", url) for name, url in pauses.items())


def source_of(report: ReportFacts) -> str:
    """Who published it, behind whom, and when."""
    name = credited(report.source, report.wire, report.dateline)
    return f"{name}, {to_the_minute(report.published)}" if report.published is not None else name


def _notice(message: Message) -> Iterator[Line]:
    for line in _account(message):
        yield plain(said(line)) if line else BLANK


def _account(message: Message) -> Iterable[str]:
    if trouble := trouble_of(message):
        return account(trouble)
    if news := list_news_of(message):
        return list_notice.account(news)
    if gone := channel_news_of(message):
        return channel_notice.account(gone)
    return [notice_subject(message)]


def _foot(message: Message, lists: Sequence[str]) -> Iterator[Line]:
    about = (ours(f", {counted(len(lists), 'watch list', 'watch lists', number_shown=False)} "), said(names(lists)))
    yield Line("foot", (ours("Tocsin for "), said(names((message.subscriber,))), *(about if lists else ())))
    links: MessageLinks | None = message.links
    if links is not None:
        yield Line(
            "actions",
            (Piece("Preferences", "link", links.preferences), Piece("Unsubscribe", "link", links.unsubscribe)),
        )
