from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.cli.lines import checked_tags, feed_line
from worker.cli.rows import feed_note, feed_row, found_feed_row, journal_row
from worker.errors import ConfigurationError
from worker.feeds.model import Document
from worker.pipeline.discover import FoundFeed
from worker.store.rows import FeedRow, JournalRow

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
FEED = FeedRow(
    id=1,
    name="One",
    url="https://u:pw@one.example/feed",
    polled_url="https://u:pw@one.example/feed",
    tags=("world",),
    every=None,
    state="ok",
    last_outcome=None,
    last_status=None,
    last_error=None,
    last_polled_at=None,
    next_poll_at=NOW,
    items=3,
    managed_by="opml",
    interval=timedelta(minutes=7),
    opml="https://desk:pw@lists.example/ours.opml?token=abc",
)
MISSING = "items may be missing between 2022-02-12T15:00:00Z and 2022-02-12T17:00:00Z"
GAP = {"gap_from": NOW - timedelta(hours=2), "gap_until": NOW}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, None),
        (GAP, MISSING),
        (GAP | {"paused": True}, "paused by hand; `tocsin feeds pause NAME --resume` takes it up again"),
        (GAP | {"paused": True, "merged_into": "Two"}, "it moved to the address of Two, and is polled as that"),
        ({"opml_error": "HTTP 404"}, "its OPML list cannot be followed: HTTP 404"),
        (GAP | {"opml_error": "HTTP 404"}, f"{MISSING}; its OPML list cannot be followed: HTTP 404"),
    ],
)
def test_a_note_says_what_the_state_does_not(state, said):
    feed = replace(FEED, **state)
    assert feed_note(feed, now=NOW) == feed_row(feed, now=NOW)["note"] == said


@pytest.mark.parametrize(("later", "shown"), [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)])
def test_a_gap_is_shown_for_a_week(later, shown):
    row = feed_row(replace(FEED, **GAP), now=NOW + later)
    assert [row[key] is not None for key in ("note", "gap_from", "gap_until")] == [shown] * 3


def test_a_row_holds_no_secrets():
    row = feed_row(FEED, now=NOW)
    assert (row["opml"], row["interval"]) == ("https://lists.example/ours.opml?token=***", timedelta(minutes=7))
    assert "pw" not in str(row)
    found = FoundFeed(
        "https://u:pw@one.example/feed", "One", "rss20", 3, "declared", Document("rss20", "One", None, None, ())
    )
    assert found_feed_row(found) == {
        "url": "https://one.example/feed",
        "title": "One",
        "format": "rss20",
        "items": 3,
        "how": "declared",
        "comments": False,
    }


def test_polls_that_ended_alike_are_one_row():
    run = JournalRow(NOW, NOW, 5, "not_modified", 304, 0, 0, 0.2, None)
    assert list(journal_row(run)) == [
        "at",
        "until",
        "count",
        "outcome",
        "status",
        "new_items",
        "bytes",
        "seconds",
        "note",
    ]


def test_tags_are_held_to_the_rules_of_the_files():
    assert checked_tags([" a", "b", "a"]) == ("a", "b")
    with pytest.raises(ConfigurationError, match="--tag: this is empty"):
        checked_tags([""])
    line = feed_line("https://a.example/f", name=None, tags=[], every=None, full_text=True, ignore_hints=True)
    assert (line.full_text, line.ignore_hints) == (True, True)
