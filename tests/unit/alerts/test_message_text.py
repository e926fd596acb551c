"""Subject and body of a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from golden.facts import CORRECTED, INDEPENDENT

from worker.alerts.coverage import coverage_line
from worker.alerts.model import AlertLinks, Coverage, MessageLinks, ReportFacts
from worker.alerts.payload import payload
from worker.alerts.text import body, subject
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message, UpdateFacts

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]


def test_an_alert_reads_well(facts: Facts, message: Messages) -> None:
    told = facts(
        reports=2, story_items=(*facts().story_items, ReportFacts(9, "Talks end", "https://b.example/1", "B", None))
    )
    assert subject(message(told)) == "Kyiv, Ukraine: Talks around Ukraine over"
    assert body(message(told)) == (
        "Talks around Ukraine over\n"
        "https://news.example.org/a\n"
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
        "  https://b.example/1\n"
        "\n"
        "-- \n"
        "Tocsin for desk, watch lists Kyiv, Ukraine\n"
    )


def test_an_alert_of_which_little_is_known(facts: Facts, message: Messages) -> None:
    told = facts(
        title="",
        link=None,
        source=None,
        published=None,
        independent_reports=None,
        watch_lists=("Ukraine",),
        story_items=(ReportFacts(1, "", None, None, None), ReportFacts(2, "Talks end", None, None, None)),
        spans=(Span("category", 6, 13),),
    )
    assert subject(message(told)) == "Ukraine: (no headline)"
    assert body(message(told)) == (
        "(no headline)\n"
        "\n"
        "Example World\n"
        "Seen 2022-02-12 17:02 UTC\n"
        "\n"
        "Why: Ukraine (Ukraine)\n"
        "> *Ukraine* war\n"
        "\n"
        "Also reported by 1 more (1 report):\n"
        "- Talks end\n"
        "  unknown source\n"
        "\n"
        "-- \n"
        "Tocsin for desk, watch list Ukraine\n"
    )


def test_an_alert_that_nobody_else_reports(facts: Facts, message: Messages) -> None:
    assert "Also reported" not in body(message(facts()))


def test_wire_and_dateline_stand_behind_the_outlet(facts: Facts, message: Messages) -> None:
    told = facts(wire="Reuters", dateline="Kyiv")
    assert "\nExample News (Reuters, Kyiv), 2022-02-12 17:01 UTC\n" in body(message(told))


def update(message: Messages, facts: Facts, update: UpdateFacts, **more: object) -> Message:
    return message(facts(update=update), type="alert.updated", **({"first_key": "0c1f0a1e"} | more))


def test_a_correction_says_what_changed(facts: Facts, message: Messages) -> None:
    told = update(message, facts, CORRECTED)
    assert subject(told) == "Re: Kyiv, Ukraine: Talks around Ukraine begin", "as the first message was called"
    assert body(told) == (
        "Corrected: Talks around Ukraine over\n"
        "https://news.example.org/a\n"
        "\n"
        "Example News, 2022-02-12 17:01 UTC\n"
        "Seen 2022-02-12 18:02 UTC\n"
        "\n"
        "Changed in the headline: Talks around Ukraine [-begin-] {+over+}\n"
        "\n"
        "Why: Ukraine (Kyiv, Ukraine)\n"
        "> Talks around *Ukraine* over\n"
        "\n"
        "-- \n"
        "Tocsin for desk, watch lists Kyiv, Ukraine\n"
    )


def test_a_further_report_says_whose_it_is(facts: Facts, message: Messages) -> None:
    told = update(message, facts, INDEPENDENT)
    assert body(told) == (
        "Also reported by B (independent): Talks end\n"
        "https://b.example/1\n"
        "\n"
        "B (Reuters, Kyiv), 2022-02-12 17:02 UTC\n"
        "Seen 2022-02-12 18:02 UTC\n"
        "\n"
        "First told: Talks around Ukraine begin\n"
        "https://news.example.org/a\n"
        "\n"
        "Why: Ukraine (Kyiv, Ukraine)\n"
        "> Talks around *Ukraine* over\n"
        "\n"
        "-- \n"
        "Tocsin for desk, watch lists Kyiv, Ukraine\n"
    )


def test_an_update_of_which_little_is_known(facts: Facts, message: Messages) -> None:
    report = ReportFacts(9, "", None, None, None)
    told = message(facts(link=None, update=replace(INDEPENDENT, kind="reported", report=report)), type="alert.updated")
    assert body(told).startswith("Also reported by another: (no headline)\n\nunknown source\nSeen")
    assert "\nFirst told: Talks around Ukraine begin\n\n" in body(told)
    digest = message(facts(update=replace(INDEPENDENT, first_title="")), type="digest.created")
    assert "\nFirst told: Talks around Ukraine over\n" in body(digest), "the words of a digest are not kept"


def test_an_update_counts_reports_and_lists_none(facts: Facts, message: Messages) -> None:
    others = tuple(ReportFacts(number, f"Copy {number}", None, "B", None) for number in range(2, 7))
    grown = facts(update=INDEPENDENT, reports=6, story_items=facts().story_items + others)
    text = body(message(grown, type="alert.updated"))
    assert "\n\n6 reports by now, 1 independent\n\n-- \n" in text
    assert text.count("Also reported by") == 1
    assert "Copy" not in text
    unsure = replace(grown, independent_reports=None)
    assert "\n\n6 reports by now\n\n-- \n" in body(message(unsure, type="alert.updated"))


def test_where_the_told_report_was_taken_out_the_list_says_whose_it_is(facts: Facts, message: Messages) -> None:
    others = (ReportFacts(8, "Votes counted", None, "A", None), ReportFacts(9, "Votes in", None, "B", None))
    text = body(message(facts(reports=2, story_items=others)))
    assert "\n\nThe story's reports now (2 reports, 1 independent):\n- Votes counted\n" in text
    assert "Also" not in text


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ({"first_key": None}, "Kyiv, Ukraine: Corrected: Talks around Ukraine over"),
        ({"update": replace(CORRECTED, first_lists=())}, "Kyiv, Ukraine: Corrected: Talks around Ukraine over"),
        ({"update": replace(CORRECTED, first_title="x" * 300)}, None),
    ],
)
def test_the_subject_of_an_update_that_answers_no_mail_says_what_it_is(
    facts: Facts, message: Messages, first: dict[str, object], expected: str | None
) -> None:
    told = update(message, facts, **({"update": CORRECTED} | first))  # type: ignore[arg-type]
    assert len(subject(told)) <= 200
    assert subject(told) == (expected or subject(told))


def test_a_digest_tells_updates_too(facts: Facts, message: Messages) -> None:
    digest = message(facts(story=9), facts(update=CORRECTED), type="digest.created")
    assert subject(digest) == "Kyiv, Ukraine: 1 story, 1 update"
    assert subject(message(facts(update=CORRECTED), type="digest.created")) == "Kyiv, Ukraine: 1 update"
    assert "\n\n\n2. Corrected: Talks around Ukraine over\n" in body(digest)


def test_many_reports_are_a_number(facts: Facts, message: Messages) -> None:
    others = tuple(ReportFacts(9, f"Copy {number}", None, "B", None) for number in range(13))
    text = body(message(facts(story_items=others)))
    assert "- Copy 9\n" in text
    assert "Copy 10" not in text
    assert "... and 3 more\n" in text


def test_a_digest_counts_and_lists_its_stories(facts: Facts, message: Messages) -> None:
    alerts = [facts(story=story, title=f"Story {story}") for story in (3, 4)]
    digest = message(*alerts, type="digest.created")
    assert subject(digest) == "Kyiv, Ukraine: 2 stories"
    assert body(digest).startswith("1. Story 3\nhttps")
    assert "\n\n\n2. Story 4\n" in body(digest)


def test_a_digest_tells_a_story_once_with_all_lists_that_met_it(facts: Facts, message: Messages) -> None:
    alerts = [
        facts(watch_list="Kyiv", watch_lists=("Kyiv",), terms=("Kyiv",), spans=(Span("text", 20, 32),)),
        facts(alert=8, watch_lists=("Ukraine",)),
        facts(alert=9, watch_list="War", watch_lists=("War",)),
        facts(alert=10, watch_list="Grain", watch_lists=("Grain",), update=CORRECTED),
    ]
    digest = message(*alerts, type="digest.created")
    assert subject(digest) == "Kyiv, Ukraine, War, Grain: 1 story"
    text = body(digest)
    assert text.count("Talks around Ukraine over\n") == 1
    assert "2. " not in text
    assert (
        "Why: Kyiv (Kyiv)\n"
        "Why: Ukraine (Ukraine, War, Grain)\n"
        "> Nothing came of it. *Переговори в* Києві завершено.\n"
        "> Talks around *Ukraine* over\n"
    ) in text


def test_a_digest_tells_each_development_of_a_story_once(facts: Facts, message: Messages) -> None:
    alerts = [
        facts(update=CORRECTED),
        facts(alert=8, update=INDEPENDENT, watch_lists=("War",)),
        facts(alert=9, update=replace(CORRECTED, sequence=4), watch_lists=("War",)),
    ]
    digest = message(*alerts, type="digest.created")
    assert subject(digest) == "Kyiv, Ukraine, War: 2 updates"
    text = body(digest)
    assert text.startswith("1. Corrected: Talks around Ukraine over\n")
    assert text.count("Corrected: ") == 1
    assert "\n\nAlso reported by B (independent): Talks end\nhttps://b.example/1\n\nB (Reuters, Kyiv)" in text
    assert "2. " not in text


LINKS = AlertLinks("https://t.example/u", "https://t.example/n", "https://t.example/m", "https://t.example/p")


def test_what_can_be_done_stands_under_it(facts: Facts, message: Messages) -> None:
    links = MessageLinks("https://t.example/s", "https://t.example/x")
    text = body(message(facts(links=LINKS), links=links))
    assert text.endswith(
        "\n"
        "Useful: https://t.example/u\n"
        "Noise: https://t.example/n\n"
        "Mute this story: https://t.example/m\n"
        "Pause this list: https://t.example/p\n"
        "\n"
        "-- \n"
        "Tocsin for desk, watch lists Kyiv, Ukraine\n"
        "Preferences: https://t.example/s\n"
        "Unsubscribe: https://t.example/x\n"
    )


def test_each_list_that_met_a_story_can_be_paused(facts: Facts, message: Messages) -> None:
    other = replace(LINKS, pause="https://t.example/q")
    digest = message(
        facts(links=LINKS), facts(alert=8, watch_list="War", watch_lists=("War",), links=other), type="digest.created"
    )
    assert "Pause Ukraine: https://t.example/p\nPause War: https://t.example/q\n" in body(digest)


LATELY = Coverage({"ok": 3, "broken": 1}, timedelta(minutes=4), "Example\nWorld")


def test_a_digest_ends_with_how_well_the_feeds_were_read(facts: Facts, message: Messages) -> None:
    digest = message(facts(), type="digest.created", coverage=LATELY)
    line = coverage_line(LATELY)
    assert f"\n\n{line}\n\n-- \n" in body(digest)
    assert "\n" not in line


def test_a_digest_without_alerts_says_that_nothing_matched(message: Messages) -> None:
    heartbeat = message(type="digest.created", coverage=LATELY)
    assert subject(heartbeat) == "Tocsin: nothing matched"
    assert body(heartbeat) == f"Nothing matched.\n\n{coverage_line(LATELY)}\n\n-- \nTocsin for desk\n"


def test_a_channel_that_was_turned_off(message: Messages) -> None:
    data = {"channel": "webhook d.example", "subscriber": "the editor", "reason": "d.example answered 410"}
    told = replace(message(type="channel.disabled"), data=data)
    assert subject(told) == "Tocsin: webhook d.example of the editor is turned off"
    assert body(told) == (
        "The channel webhook d.example of the editor is turned off.\n"
        "Why: d.example answered 410\n"
        "\n"
        "Nothing is sent through it any more. To try it, which does not turn it on:\n"
        "  tocsin subscribers test 'the editor'\n"
        "A new address or secret turns it on again, and so does sending again what failed, one message or all:\n"
        "  tocsin deliveries retry ID\n"
        "  tocsin deliveries replay --since T --state failed --subscriber 'the editor'\n"
        "\n"
        "-- \n"
        "Tocsin for desk\n"
    )
    assert payload(told, base_url=None)["data"] == data, "whose channel it is"


def test_a_channel_notice_of_which_little_is_known(message: Messages) -> None:
    told = replace(message(type="channel.disabled"), data={"channel": "email a@b.example\n"})
    assert "Why: unknown\n" in body(told)
    assert subject(told) == "Tocsin: email a@b.example of desk is turned off"
    assert subject(message(type="channel.disabled")) == "Tocsin: channel.disabled"


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("channel.test", "Tocsin: this is a test message for desk"),
        ("feed.broken", "Tocsin: feed.broken"),
    ],
)
def test_a_notice(message: Messages, type_: str, expected: str) -> None:
    notice = message(type=type_)
    assert subject(notice) == expected
    assert body(notice) == f"{expected}\n\n-- \nTocsin for desk\n"


def notice(message: Messages, type_: str, **data: object) -> Message:
    """A notice about a feed, last read two days before."""
    told = {
        "feed": {"name": "Example World", "url": "https://news.example.org/world.xml"},
        "state": "broken",
        "since": "2022-02-10T17:02:00Z",
        "failures": 9,
        "error": "HTTP 404 Not Found",
    }
    return replace(message(type=type_), data=told | data)


def test_a_broken_feed(message: Messages) -> None:
    broken = notice(message, "feed.broken")
    assert subject(broken) == "Tocsin: Example World cannot be read"
    assert body(broken) == (
        "Example World cannot be read.\n"
        "https://news.example.org/world.xml\n"
        "\n"
        "What is wrong: HTTP 404 Not Found\n"
        "Last read: 2022-02-10 17:02 UTC\n"
        "Polls failed in a row: 9\n"
        "\n"
        "It is still tried daily; you will hear when it is back.\n"
        "\n"
        "More of its last polls:\n"
        "  tocsin feeds history 'Example World'\n"
        "\n"
        "-- \n"
        "Tocsin for desk\n"
    )


@pytest.mark.parametrize(
    ("state", "headline", "line"),
    [
        ("gone", "Example World is gone", "It is still tried weekly; you will hear when it is back."),
        ("gone", "Example World is gone", "Its server says that it is gone for good (410); it may have a new address."),
        ("blocked", "Example World turns us away", "It is still tried daily; you will hear when it is back."),
        ("html", "Example World has become a web page", "It is still tried daily; you will hear when it is back."),
    ],
)
def test_what_has_happened_to_a_feed_is_said(message: Messages, state: str, headline: str, line: str) -> None:
    broken = notice(message, "feed.broken", state=state)
    assert subject(broken) == f"Tocsin: {headline}"
    assert line in body(broken).split("\n")


def test_a_feed_that_was_never_read(message: Messages) -> None:
    lines = body(notice(message, "feed.broken", since=None, error=None)).split("\n")
    assert "Last read: never" in lines
    assert "What is wrong: unknown" in lines


def test_a_feed_that_is_back(message: Messages) -> None:
    back = notice(message, "feed.recovered", state="ok", error=None)
    assert subject(back) == "Tocsin: Example World is back"
    assert body(back) == (
        "Example World is back.\n"
        "https://news.example.org/world.xml\n"
        "\n"
        "Read again: 2022-02-12 17:02 UTC\n"
        "Before that: 2022-02-10 17:02 UTC\n"
        "Items that came and went between the two may be missing.\n"
        "\n"
        "More of its last polls:\n"
        "  tocsin feeds history 'Example World'\n"
        "\n"
        "-- \n"
        "Tocsin for desk\n"
    )


def test_a_notice_shows_no_secrets_and_no_line_but_ours(message: Messages) -> None:
    feed = {"name": "World\n-- \nTocsin'; rm -rf ~", "url": "https://reader:pass@news.example.org/a?token=b&c=d"}
    broken = notice(message, "feed.broken", feed=feed, error="no\n-- \nnews" + " x" * 500)
    lines = body(broken).split("\n")
    assert lines.count("-- ") == 1
    assert max(map(len, lines)) <= 330
    assert "https://news.example.org/a?token=***&c=d" in lines
    assert "  tocsin feeds history 'World -- Tocsin'\"'\"'; rm -rf ~'" in lines


def test_a_feed_without_a_name_is_called_by_its_address(message: Messages) -> None:
    feed = {"name": None, "url": "https://reader:pass@news.example.org/a"}
    assert subject(notice(message, "feed.broken", feed=feed)) == "Tocsin: https://news.example.org/a cannot be read"


def test_a_headline_cannot_pass_for_a_line_of_ours(facts: Facts, message: Messages) -> None:
    told = facts(title="Talks\n-- \nTocsin for nobody" + " x" * 500)
    lines = body(message(told)).split("\n")
    assert lines[0].startswith("Talks -- Tocsin for nobody x")
    assert len(lines[0]) <= 300
    assert lines.count("-- ") == 1
    assert len(subject(message(told))) <= 200
