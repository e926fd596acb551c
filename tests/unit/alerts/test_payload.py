"""The webhook's body, key by key."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

import pytest
from golden.facts import CORRECTED, INDEPENDENT

from worker.alerts.model import Coverage, Gap, ReportFacts
from worker.alerts.payload import payload, utc_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts, Message

    Facts = Callable[..., AlertFacts]
    Messages = Callable[..., Message]


def test_an_alert_is_what_the_interface_shows(facts: Facts, message: Messages) -> None:
    assert payload(message(facts()), base_url="http://127.0.0.1:8000/") == {
        "type": "alert.created",
        "timestamp": "2022-02-12T17:02:11Z",
        "data": {
            "id": "alt_7",
            "watch_list": "Ukraine",
            "watch_lists": ["Kyiv", "Ukraine"],
            "subscriber": "desk",
            "story": {
                "id": "sty_3",
                "title": "Talks around Ukraine over",
                "url": "http://127.0.0.1:8000/stories/sty_3",
                "first_seen": "2022-02-12T17:02:11Z",
                "reports": 1,
                "independent_reports": 1,
                "wire": None,
                "items": [
                    {
                        "title": "Talks around Ukraine over",
                        "link": "https://news.example.org/a",
                        "source": "Example News",
                        "wire": None,
                        "published": "2022-02-12T17:01:30Z",
                    }
                ],
            },
            "item": {
                "title": "Talks around Ukraine over",
                "link": "https://news.example.org/a",
                "summary": "Nothing came of it.",
                "authors": ["A. Writer"],
                "source": "Example News",
                "wire": None,
                "dateline": None,
                "language": "en",
                "published": "2022-02-12T17:01:30Z",
                "updated": None,
                "first_seen": "2022-02-12T17:02:11Z",
                "feed": {"name": "Example World", "url": "https://news.example.org/world.xml"},
                "image": None,
            },
            "match": {
                "terms": ["Ukraine"],
                "snippets": [{"field": "title", "text": "Talks around Ukraine over", "spans": [[13, 20]]}],
            },
            "latency": {"published_to_seen_s": 41.0, "seen_to_alert_s": 0.3},
        },
    }


def test_what_is_not_known_is_null(facts: Facts, message: Messages) -> None:
    told = facts(
        link=None,
        source=None,
        language=None,
        published=None,
        independent_reports=None,
        story_items=(ReportFacts(9, "", None, None, None),),
    )
    data = payload(message(told), base_url=None)["data"]
    assert data["story"]["url"] is None
    assert data["story"]["independent_reports"] is None
    assert data["story"]["items"] == [{"title": "", "link": None, "source": None, "wire": None, "published": None}]
    assert [data["item"][key] for key in ("link", "source", "language", "published")] == [None] * 4
    assert data["latency"] == {"published_to_seen_s": None, "seen_to_alert_s": 0.3}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(seconds=1.2345), 1.234),
        (timedelta(minutes=-5), 0.0),
        (timedelta(days=-2), None),
        (timedelta(days=366 * 40), None),
    ],
)
def test_latency_is_never_negative_and_never_of_a_date_that_counts_as_absent(
    facts: Facts, message: Messages, before: timedelta, expected: float | None
) -> None:
    told = facts(published=facts().first_seen - before)
    assert payload(message(told), base_url=None)["data"]["latency"]["published_to_seen_s"] == expected


def test_the_wire_is_named_of_story_item_and_report(facts: Facts, message: Messages) -> None:
    report = ReportFacts(9, "Talks end", None, "B", None, "AFP", "Kyiv")
    told = facts(story_wire="Reuters", wire="ANI", dateline="Washington\nDC", story_items=(report,))
    data = payload(message(told), base_url=None)["data"]
    assert (data["story"]["wire"], data["item"]["wire"], data["item"]["dateline"]) == (
        "Reuters",
        "ANI",
        "Washington DC",
    )
    assert data["story"]["items"][0]["wire"] == "AFP"


def test_an_update_stands_beside_what_the_alert_says(facts: Facts, message: Messages) -> None:
    body = payload(message(facts(update=CORRECTED), type="alert.updated", first_key="0c1f0a1e"), base_url=None)
    assert body["type"] == "alert.updated"
    update = body["data"].pop("update")
    assert body["data"] == payload(message(facts()), base_url=None)["data"]
    assert update == {
        "sequence": 1,
        "kind": "corrected",
        "at": "2022-02-12T18:02:11Z",
        "follows": "0c1f0a1e",
        "first_alert": "alt_7",
        "item": {
            "title": "Talks around Ukraine over",
            "link": "https://news.example.org/a",
            "source": "Example News",
            "wire": None,
            "dateline": None,
            "published": "2022-02-12T17:01:30Z",
        },
        "changes": [{"field": "title", "before": "begin", "after": "over"}],
    }


def test_an_update_whose_first_message_never_came_follows_none(facts: Facts, message: Messages) -> None:
    told = facts(update=replace(CORRECTED, first_alert=5))
    for data in (
        payload(message(told, type="alert.updated"), base_url=None)["data"],
        payload(message(told, type="digest.created"), base_url=None)["data"]["alerts"][0],
    ):
        assert (data["update"]["follows"], data["update"]["first_alert"]) == (None, "alt_5")


def test_a_further_report_changes_nothing(facts: Facts, message: Messages) -> None:
    update = payload(message(facts(update=INDEPENDENT)), base_url=None)["data"]["update"]
    assert (update["kind"], update["changes"]) == ("independent", [])
    assert (update["item"]["source"], update["item"]["wire"], update["item"]["dateline"]) == ("B", "Reuters", "Kyiv")


def test_a_digest_lists_its_alerts(facts: Facts, message: Messages) -> None:
    body = payload(message(facts(), facts(alert=8), type="digest.created"), base_url=None)
    assert body["type"] == "digest.created"
    assert body["data"]["subscriber"] == "desk"
    alone = payload(message(facts(alert=8)), base_url=None)["data"]
    assert [alert["id"] for alert in body["data"]["alerts"]] == ["alt_7", "alt_8"]
    assert body["data"]["alerts"][1] == alone


def test_a_notice_names_its_subscriber(message: Messages) -> None:
    assert payload(message(type="channel.test"), base_url=None) == {
        "type": "channel.test",
        "timestamp": "2022-02-12T17:02:11Z",
        "data": {"subscriber": "desk"},
    }


def test_a_notice_of_a_feed_says_what_is_wrong(message: Messages) -> None:
    data = {
        "feed": {"name": "Example\nWorld", "url": "https://reader:pass@news.example.org/world.xml?token=secret"},
        "state": "broken",
        "since": "2022-02-10T17:02:00Z",
        "failures": 9,
        "error": "HTTP 404\nNot Found",
    }
    body = payload(replace(message(type="feed.broken"), data=data), base_url=None)
    assert body == {
        "type": "feed.broken",
        "timestamp": "2022-02-12T17:02:11Z",
        "data": {
            "feed": {"name": "Example World", "url": "https://news.example.org/world.xml?token=***"},
            "state": "broken",
            "since": "2022-02-10T17:02:00Z",
            "failures": 9,
            "error": "HTTP 404 Not Found",
            "subscriber": "desk",
        },
    }
    assert json.loads(json.dumps(body)) == body


def test_other_notices_say_what_they_were_given(message: Messages) -> None:
    told = replace(message(type="watchlist.burst"), data={"watch_list": "Ukraine", "stories": 99})
    data = payload(told, base_url=None)["data"]
    assert data == {"watch_list": "Ukraine", "stories": 99, "subscriber": "desk"}


def test_feed_text_is_cut_and_flat(facts: Facts, message: Messages) -> None:
    told = facts(title="A\nB " * 1000, summary="C " * 5000, authors=("D\n",) * 99, story_items=facts().story_items * 99)
    data = payload(message(told), base_url=None)["data"]
    assert len(data["item"]["title"]) <= 500
    assert "\n" not in data["item"]["title"]
    assert len(data["item"]["summary"]) <= 2_000
    assert data["item"]["authors"] == ["D"] * 50
    assert len(data["story"]["items"]) == 50


def test_credentials_of_a_feed_stay_at_home(facts: Facts, message: Messages) -> None:
    told = facts(feed_url="https://reader:pa%20ss@news.example.org/world.xml?to=a@b")
    feed = payload(message(told), base_url=None)["data"]["item"]["feed"]
    assert feed["url"] == "https://news.example.org/world.xml?to=a@b"


def test_it_is_json(facts: Facts, message: Messages) -> None:
    body = payload(message(facts()), base_url=None)
    assert json.loads(json.dumps(body)) == body


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2022, 2, 12, 22, 32, 11, 999_999, timezone(timedelta(hours=5, minutes=30))), "2022-02-12T17:02:11Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_utc_text(at: datetime, expected: str) -> None:
    assert utc_text(at) == expected


def test_a_digest_says_how_well_the_feeds_were_read(facts: Facts, message: Messages) -> None:
    until = datetime(2022, 2, 12, 16, tzinfo=UTC)
    lately = Coverage(
        {"ok": 3, "stale": 1},
        timedelta(minutes=4),
        "Example\nWorld",
        (Gap("South\nPost", until - timedelta(hours=1), until),),
    )
    digest = payload(message(facts(), facts(alert=8), type="digest.created", coverage=lately), base_url=None)
    data = cast("dict[str, object]", digest["data"])
    assert len(cast("list[object]", data["alerts"])) == 2, "one for each alert, be it of one story"
    assert data["coverage"] == {
        "feeds": {"ok": 3, "stale": 1},
        "worst_delay_s": 240.0,
        "worst_feed": "Example World",
        "gaps": [{"feed": "South Post", "since": "2022-02-12T15:00:00Z", "until": "2022-02-12T16:00:00Z"}],
    }


def test_a_heartbeat_is_a_digest_without_alerts(message: Messages) -> None:
    told = payload(message(type="digest.created", coverage=Coverage({})), base_url=None)
    assert told["data"] == {
        "subscriber": "desk",
        "alerts": [],
        "coverage": {"feeds": {}, "worst_delay_s": None, "worst_feed": None, "gaps": []},
    }


@pytest.mark.parametrize("brief", [False, True])
def test_links_lose_user_and_password(facts: Facts, message: Messages, *, brief: bool) -> None:
    """`https://bank.example@alpha.example/x` would pass for what it is not."""
    link, bare = "https://bank.example:pw@alpha.example/x?a=@b", "https://alpha.example/x?a=@b"
    report = replace(facts().story_items[0], link=link)
    told = facts(link=link, image=link, story_items=(report,), update=replace(CORRECTED, report=report), brief=brief)
    body = payload(message(told), base_url=None)
    assert "bank.example" not in json.dumps(body)
    assert body["data"]["item"]["link"] == bare  # type: ignore[index]
    if not brief:
        assert body["data"]["story"]["items"][0]["link"] == bare  # type: ignore[index]
