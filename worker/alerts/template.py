"""A message in a subscriber's own words: what a template is given, and what it makes of it. PURE.

Its values are neutralised for the kind of channel before it sees them, so that no template has to think of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.template_values import Names
from worker.alerts.grouping import by_story
from worker.alerts.lines import one_line
from worker.alerts.pieces import Piece
from worker.alerts.reports import also_by, credited
from worker.alerts.safe_links import safe_link
from worker.alerts.snippets import snippets
from worker.alerts.times import to_the_minute
from worker.alerts.told import SNIPPETS_LIMIT, coverage_of, marked
from worker.alerts.words import TITLE_LIMIT, headline, names, subject, what_became

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.alerts.grouping import OneStory
    from worker.alerts.model import Message
    from worker.alerts.tongues import Tongue


class TemplateFailed(Exception):
    """A template made nothing of a message; the text says why. The message is told in our words then."""


def in_their_words(template: str, message: Message, tongue: Tongue, *, text: str) -> str:
    """Return what `template` makes of the message; `text` is what we would say. Raises TemplateFailed."""
    from config.sandbox import TemplateFault, compiled, rendered  # noqa: PLC0415 - jinja2 only where there is one

    try:
        made = rendered(compiled(template), values(message, tongue, text=text))
    except TemplateFault as fault:
        raise TemplateFailed(str(fault)) from fault
    if not made.strip():
        raise TemplateFailed("it says nothing")
    return made


def values(message: Message, tongue: Tongue, *, text: str) -> dict[str, object]:
    """Everything that a template may name, as `config.template_values.SAMPLE` has it.

    Of a message without stories, a notice say, `story` is empty: whoever names a part of it fails there.
    """
    grouped = by_story(message.alerts)
    stories = [_story(story, tongue) for story in grouped]
    lists = tuple(dict.fromkeys(name for story in grouped for name in story.lists))
    links = message.links
    return {
        "type": message.type,
        "subject": tongue.said(subject(message)),
        "subscriber": tongue.said(names((message.subscriber,))),
        "lists": _names(tongue, lists),
        "text": text,
        "story": stories[0] if stories else {},
        "stories": stories,
        "coverage": tongue.said(coverage_of(message)),
        "preferences": _address(tongue, None if links is None else links.preferences),
        "unsubscribe": _address(tongue, None if links is None else links.unsubscribe),
    }


def _story(story: OneStory, tongue: Tongue) -> dict[str, object]:
    facts = story.told
    update = facts.update
    told = facts if update is None else update.report
    source = facts.source or facts.feed_name if update is None else update.report.source
    shown = {snippet["text"]: snippet for one in story.alerts for snippet in snippets(one)}
    terms = dict.fromkeys(term for one in story.alerts for term in one.terms)
    links = facts.links
    return {
        "headline": tongue.said(headline(facts.title) if update is None else what_became(update)),
        "link": _address(tongue, told.link),
        "source": tongue.said(credited(source, told.wire, told.dateline)),
        "published": "" if told.published is None else to_the_minute(told.published),
        "seen": to_the_minute(facts.first_seen if update is None else update.created_at),
        "kind": "" if update is None else update.kind,
        "lists": _names(tongue, story.lists),
        "why": tongue.said(one_line(", ".join(terms), TITLE_LIMIT)),
        "snippets": [tongue.line(marked(one)) for one in list(shown.values())[:SNIPPETS_LIMIT]],
        "reports": facts.reports,
        "independent": "" if facts.independent_reports is None else facts.independent_reports,
        "also": tongue.said(also_by(facts)),
        "useful": _address(tongue, None if links is None else links.useful),
        "noise": _address(tongue, None if links is None else links.noise),
        "mute": _address(tongue, None if links is None else links.mute),
        "pause": _address(tongue, None if links is None else links.pause),
    }


def _names(tongue: Tongue, several: Sequence[str]) -> Names:
    return Names((tongue.said(names((name,))) for name in several), tongue.said(names(several)))


def _address(tongue: Tongue, link: str | None) -> str:
    address = safe_link(link)
    return "" if address is None else tongue.write(Piece(address, "address", address))
