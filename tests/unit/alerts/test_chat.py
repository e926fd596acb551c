"""Messages in the tongues of chats, and within their lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from golden.facts import FACTS

from worker.alerts.chat import chat, in_utf16, title
from worker.alerts.model import AlertLinks, MessageLinks, ReportFacts
from worker.alerts.tongues import BARE_MARKDOWN, CARD, HTML, MARKDOWN, MRKDWN, PLAIN, TEXT, ZWSP, Tongue

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]

LINKS = AlertLinks("https://t.example/u?a=1&b=2", "https://t.example/n", "https://t.example/m", "https://t.example/p")
OTHERS = (*FACTS.story_items, ReportFacts(9, "Talks end", "https://b.example/1", "B", None))


@pytest.fixture
def alert(facts: Facts, message: Messages) -> Message:
    return message(
        facts(reports=2, story_items=OTHERS, links=LINKS),
        links=MessageLinks("https://t.example/s", "https://t.example/x"),
    )


def test_in_slack(alert: Message) -> None:
    assert chat(alert, MRKDWN, limit=5_000) == (
        "*Talks around Ukraine over*\n"
        "<https://news.example.org/a>\n"
        "\n"
        "Example News, 2022-02-12 17:01 UTC\n"
        "Seen 2022-02-12 17:02 UTC\n"
        "\n"
        "Why: Ukraine (Kyiv, Ukraine)\n"
        "> Talks around *Ukraine* over\n"
        "\n"
        "Also reported by B (2 reports, 1 independent):\n"
        "- Talks end\n"
        "  B\n"
        "  <https://b.example/1>\n"
        "\n"
        "<https://t.example/u?a=1&amp;b=2|Useful> · <https://t.example/n|Noise> · "
        "<https://t.example/m|Mute this story> · <https://t.example/p|Pause this list>\n"
        "\n"
        "Tocsin for desk, watch lists Kyiv, Ukraine\n"
        "<https://t.example/s|Preferences> · <https://t.example/x|Unsubscribe>"
    )


@pytest.mark.parametrize(
    ("tongue", "lines"),
    [
        (TEXT, ["Talks around Ukraine over", "https://news.example.org/a", "> Talks around *Ukraine* over", "Noise: https://t.example/n"]),
        (PLAIN, ["Talks around Ukraine over", "https://news.example.org/a", "> Talks around *Ukraine* over"]),
        (HTML, ["<b>Talks around Ukraine over</b>", "https://news.example.org/a", "<blockquote>Talks around <b>Ukraine</b> over</blockquote>"]),
        (MARKDOWN, ["**Talks around Ukraine over**", "<https://news.example.org/a>", "> Talks around **Ukraine** over"]),
        (BARE_MARKDOWN, ["*Talks around Ukraine over*", "https://news.example.org/a", "> Talks around *Ukraine* over"]),
        (CARD, ["**Talks around Ukraine over**", "[https://news.example.org/a](https://news.example.org/a)"]),
    ],
    ids=["text", "plain", "html", "markdown", "bare", "card"],
)  # fmt: skip
def test_in_other_tongues(alert: Message, tongue: Tongue, lines: list[str]) -> None:
    written = chat(alert, tongue, limit=5_000).split("\n")
    assert [line for line in lines if line not in written] == []
    assert "\n\n\n" not in chat(alert, tongue, limit=5_000).replace("\n\n\n\n", "") or tongue is CARD


def test_what_matters_least_goes_first(alert: Message) -> None:
    whole = chat(alert, MARKDOWN, limit=5_000)
    seen = [whole]
    for limit in range(len(whole), 0, -1):
        text = chat(alert, MARKDOWN, limit=limit)
        assert in_utf16(text) <= limit or limit < 3
        if text != seen[-1]:
            seen.append(text)
    parts = ["https://b.example/1", "> Talks", "[Useful]", "https://news.example.org/a"]
    assert [[part in text for part in parts] for text in seen[:5]] == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
        [False, False, False, True],
        [False, False, False, False],
    ]
    assert seen[4] == "Kyiv, Ukraine: Talks around Ukraine over"


def test_of_a_long_digest_the_last_stories_become_a_number(facts: Facts, message: Messages) -> None:
    digest = message(*(facts(story=n, title=f"Story {n}") for n in range(1, 40)), type="digest.created")
    text = chat(digest, MARKDOWN, limit=2_000)
    kept = text.count("**Story ")
    assert 5 < kept < 39
    assert f"\n\n... and {39 - kept} more\n\nTocsin for desk" in text
    assert 1_700 < len(text) <= 2_000


def test_length_is_as_the_receiver_counts_it(facts: Facts, message: Messages) -> None:
    told = message(facts(title="🇺🇦" * 40))
    assert in_utf16("🇺🇦") == 4
    assert in_utf16(chat(told, TEXT, limit=150)) <= 150
    assert len(chat(told, TEXT, limit=150, length=lambda text: 10 * len(text))) <= 15


def test_what_a_line_begins_with_is_no_heading(facts: Facts, message: Messages) -> None:
    told = message(facts(source="# Big News", title="1. Talks"))
    text = chat(told, MARKDOWN, limit=5_000)
    assert f"\n{ZWSP}# Big News, 2022" in text
    assert text.startswith("**1. Talks**")


def test_a_title(facts: Facts, message: Messages) -> None:
    assert title(message(facts()), limit=200) == "Kyiv, Ukraine: Talks around Ukraine over"
    assert title(message(facts(title="@all x")), limit=200) == f"Kyiv, Ukraine: @{ZWSP}all x"
    assert title(message(facts()), limit=20) == "Kyiv, Ukraine:…"
