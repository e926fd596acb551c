"""One agency dispatch in twelve outlets' words is one story, told once (issue 4, first line of "Done means")."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from golden.newsroom import BEGIN
from servers.dispatch import bare_headline, edits
from servers.documents import Item, rss

from config.values import Configuration, FeedLine

OTHERS = sorted(edits(BEGIN).keys() - {"ani"})


def publish(room, **items):
    room.clock.move(timedelta(minutes=15))
    for outlet, item in items.items():
        room.web.publish(f"https://{outlet}.example/feed", rss([item], title=outlet))
    room.run()


def one_story(room):
    [row] = room.store.stories_list(since=BEGIN - timedelta(days=1), limit=9)
    return row, room.store.story(row.id)[1]


def counted(room):
    row, _ = one_story(room)
    return row.reports, row.independent_reports, row.wire, row.alerts


@pytest.mark.parametrize("seed", range(4))
def test_twelve_outlets_in_any_order_are_one_story(open_newsroom, seed):
    """The agency first, as it is; the others when they get to it."""
    room = open_newsroom("ani", *OTHERS, "bare")
    order = ["ani", *random.Random(seed).sample(OTHERS, len(OTHERS))]
    for outlet in order:
        publish(room, **{outlet: edits(BEGIN)[outlet]})
    assert counted(room) == (12, 1, "ANI", 1), order
    assert [(alert.reports, alert.independent_reports) for alert in room.store.alerts_list()] == [(12, 1)]
    assert len(room.boxes["log"].got) == 1
    publish(room, bare=bare_headline(BEGIN))
    assert counted(room) == (13, 2, "ANI", 1)
    report = one_story(room)[1][-1]
    assert (report.outlet, report.folded, report.text_of) == ("feed:13", "headline", None)


@pytest.mark.parametrize("seed", range(3))
def test_twelve_outlets_at_once_are_one_story(open_newsroom, seed):
    order = random.Random(seed).sample(OTHERS, len(OTHERS))
    room = open_newsroom(*order, "ani", "bare")
    publish(room, **edits(BEGIN), bare=bare_headline(BEGIN))
    assert counted(room) == (13, 2, "ANI", 1), order
    [message] = room.boxes["log"].got
    assert (message.alerts[0].reports, message.alerts[0].independent_reports) == (13, 2)


STAMPED = "Updated: 01-03-2026 17:31 IST | Created: 01-03-2026 16:00 IST"


@pytest.mark.parametrize(
    ("url", "text", "published"),
    [
        (
            "https://desk.example.in/feed",
            f"<p>{STAMPED}</p><p>Grain is dear.</p>",
            datetime(2026, 3, 1, 10, 30, tzinfo=UTC),
        ),
        (
            "https://desk.example.com/feed",
            f"<p>{STAMPED}</p><p>Grain is dear. (ANI)</p>",
            datetime(2026, 3, 1, 10, 30, tzinfo=UTC),
        ),
        ("https://desk.example.com/feed", f"<p>{STAMPED}</p><p>Grain is dear.</p>", None),
        ("https://desk.example.in/feed", "Grain is dear.", None),
    ],
)
def test_where_the_feed_gives_no_date_the_text_may(newsroom, url, text, published):
    """IST is India's time in a feed or a dispatch of India's, and Israel's or Ireland's elsewhere."""
    newsroom.apply(Configuration(feeds=(FeedLine(url),)))
    dated = Item("2", "Dated", text, "https://desk.example.in/2", BEGIN - timedelta(hours=1))
    newsroom.web.publish(url, rss([Item("1", "Ukraine", text, "https://desk.example.in/1"), dated]))
    newsroom.run()
    found = {item.title: item.published for item in newsroom.store.items_since(BEGIN - timedelta(days=1))}
    assert found == {"Ukraine": published, "Dated": BEGIN - timedelta(hours=1)}
