"""A subscriber's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from golden.facts import CORRECTED, INDEPENDENT

from config.template_values import SAMPLE
from worker.alerts.model import AlertLinks, Coverage, MessageLinks
from worker.alerts.template import TemplateFailed, in_their_words, values
from worker.alerts.tongues import MARKDOWN, PLAIN, TONGUES

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]

LINKS = AlertLinks("https://t.example/u", "https://t.example/n", "https://t.example/m", "https://t.example/p")


@pytest.fixture
def alert(facts: Facts, message: Messages) -> Message:
    return message(
        facts(links=LINKS),
        links=MessageLinks("https://t.example/s", "https://t.example/x"),
        coverage=Coverage({"ok": 1}),
    )


def test_a_template_is_given_what_the_sample_shows(alert: Message, facts: Facts, message: Messages) -> None:
    for told in (
        alert,
        message(facts(update=CORRECTED)),
        message(facts(update=INDEPENDENT, link=None)),
        message(type="channel.test"),
    ):
        for tongue in (PLAIN, *TONGUES.values()):
            given = values(told, tongue, text="")
            assert given.keys() == SAMPLE.keys()
            for story in given["stories"]:  # type: ignore[attr-defined]
                assert story.keys() == SAMPLE["story"].keys()  # type: ignore[attr-defined]


def test_its_words(alert: Message) -> None:
    template = (
        "{{ subject }}\n{% for story in stories %}{{ loop.index }}) {{ story.headline }} <{{ story.source }}> "
        "{{ story.published }} {{ story.why }}: {{ story.snippets|join(' / ') }} {{ story.mute }}"
        "{% if story.independent %} {{ story.independent }}/{{ story.reports }}{% endif %}{% endfor %}"
    )
    assert in_their_words(template, alert, PLAIN, text="") == (
        "Kyiv, Ukraine: Talks around Ukraine over\n"
        "1) Talks around Ukraine over <Example News> 2022-02-12 17:01 UTC Ukraine: Talks around *Ukraine* over "
        "https://t.example/m 1/1"
    )


def test_values_are_neutral_before_it_sees_them(facts: Facts, message: Messages) -> None:
    told = message(facts(title="**x** {{ 7 * 7 }} @all", independent_reports=None, published=None))
    made = in_their_words("{{ story.headline }}|{{ story.independent }}|{{ story.published }}", told, MARKDOWN, text="")
    assert made == "\\*\\*x\\*\\* {{ 7 \\* 7 }} @\u200ball||"


def test_an_update_says_what_became(facts: Facts, message: Messages) -> None:
    told = message(facts(update=INDEPENDENT))
    made = in_their_words(
        "{{ story.kind }} {{ story.headline }} {{ story.source }} {{ story.link }}", told, PLAIN, text=""
    )
    assert made == "independent Also reported by B (independent): Talks end B (Reuters, Kyiv) https://b.example/1"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ story.headline }}", "there is no `headline` here"),
        ("{{ 7 * 7 }}", "line 1: `mul` is not there"),
        (" ", "it says nothing"),
    ],
)
def test_where_it_fails_that_is_said(message: Messages, template: str, reason: str) -> None:
    with pytest.raises(TemplateFailed) as caught:
        in_their_words(template, message(type="channel.test"), PLAIN, text="")
    assert str(caught.value) == reason


def test_our_own_words_can_be_among_them(alert: Message) -> None:
    assert in_their_words("Dear desk,\n{{ text }}", alert, PLAIN, text="ours") == "Dear desk,\nours"


def test_lists_are_a_list_that_is_printed_as_text(facts: Facts, message: Messages) -> None:
    told = message(facts(watch_lists=("Kyiv_1", "Ukraine")))
    template = (
        "{{ lists }}|{{ lists|join('+') }}|{{ lists|length }}|{{ lists|upper }}|{{ story.lists }}"
        "{% for name in story.lists %} <{{ name }}>{% endfor %}"
    )
    made = in_their_words(template, told, MARKDOWN, text="")
    assert made == "Kyiv\\_1, Ukraine|Kyiv\\_1+Ukraine|2|KYIV\\_1, UKRAINE|Kyiv\\_1, Ukraine <Kyiv\\_1> <Ukraine>"
    assert in_their_words("{{ lists }}!", message(type="channel.test"), PLAIN, text="") == "!"
