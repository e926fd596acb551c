"""A mail's HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golden.facts import FACTS

from worker.alerts.html import html
from worker.alerts.model import AlertLinks, Coverage, MessageLinks, ReportFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]

LINKS = AlertLinks("https://t.example/u?a=1&b=2", "https://t.example/n", "javascript:alert(1)", "https://t.example/p")
HEAD = '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">\n<title>{}</title></head>\n<body>\n'


def test_an_alert(facts: Facts, message: Messages) -> None:
    others = (
        *FACTS.story_items,
        ReportFacts(9, "Talks <end>", "https://b.example/1", "B & C", None),
        ReportFacts(10, "Over", None, "D", None),
    )
    told = message(
        facts(reports=3, story_items=others, links=LINKS),
        links=MessageLinks("https://t.example/s", "https://t.example/x"),
    )
    assert html(told) == HEAD.format("Kyiv, Ukraine: Talks around Ukraine over") + (
        "<h2>Talks around Ukraine over</h2>\n"
        '<p><a href="https://news.example.org/a">https://news.example.org/a</a></p>\n'
        "<p>Example News, 2022-02-12 17:01 UTC<br>\n"
        "Seen 2022-02-12 17:02 UTC</p>\n"
        "<p>Why: Ukraine (Kyiv, Ukraine)</p>\n"
        "<blockquote>Talks around <mark>Ukraine</mark> over</blockquote>\n"
        "<p>Also reported by B &amp; C, D (3 reports, 1 independent):</p>\n"
        "<ul>\n"
        "<li>Talks &lt;end&gt;<br>\n"
        "B &amp; C<br>\n"
        '<a href="https://b.example/1">https://b.example/1</a></li>\n'
        "<li>Over<br>\n"
        "D</li>\n"
        "</ul>\n"
        '<p><a href="https://t.example/u?a=1&amp;b=2">Useful</a> · <a href="https://t.example/n">Noise</a> · '
        'Mute this story · <a href="https://t.example/p">Pause this list</a></p>\n'
        "<hr>\n"
        "<p><small>Tocsin for desk, watch lists Kyiv, Ukraine</small></p>\n"
        '<p><a href="https://t.example/s">Preferences</a> · <a href="https://t.example/x">Unsubscribe</a></p>\n'
        "</body>\n</html>\n"
    )


def test_a_digest_is_one_numbered_list(facts: Facts, message: Messages) -> None:
    page = html(
        message(facts(title="One"), facts(story=4, title="Two"), type="digest.created", coverage=Coverage({"ok": 2}))
    )
    assert "<h2>1. One</h2>" in page
    assert "<hr>\n<h2>2. Two</h2>" in page
    assert page.index("<p>Feeds behind your lists") > page.index("Two")


def test_a_notice(message: Messages) -> None:
    assert "<p>Tocsin: this is a test message for desk</p>\n<hr>\n" in html(message(type="channel.test"))
