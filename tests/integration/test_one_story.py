"""Copies that many workers meet at once are one story each: real workers, PostgreSQL, Redis (issue 4)."""

from __future__ import annotations

import random
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from bench.prose import Prose
from servers.documents import Item, rss
from servers.tocsin import Home

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.unmeasured]

DISPATCHES, COPIES, FEEDS, WORKERS = 200, 10, 400, 4
PARAGRAPHS = 5


def dispatches(seed):
    """Headline and paragraphs of each."""
    prose = Prose(seed)
    return [
        (f"Ukraine: {prose.text(7)}", [f"{prose.text(45).capitalize()}." for _ in range(PARAGRAPHS)])
        for _ in range(DISPATCHES)
    ]


def edited(draw, title, paragraphs, outlet):
    """A copy as an outlet runs it: any two of one dispatch share more than half of the shorter."""
    how = draw.randrange(5)
    text = [f"<p>{paragraph}</p>" for paragraph in paragraphs]
    if how == 1:
        title = f"{title.partition(': ')[2].capitalize()}, in Ukraine"
    elif how == 2:
        text = [f"<p>KYIV, Feb 12 (ANI) - {paragraphs[0]}</p>", *text[1:], "<p>(ANI)</p>"]
    elif how == 3:
        text = [*text[:4], f"<p>The post {title} appeared first on {outlet}.</p>"]
    elif how == 4:
        text = [text[0], text[2], text[1], *text[3:], "<p>Photo: archive</p>"]
    return title, "".join(text)


def publish(feed_server, seed):
    """Spread the copies over the feeds, none twice in one; return the feeds' addresses."""
    draw = random.Random(seed)
    published: list[list[Item]] = [[] for _ in range(FEEDS)]
    now = datetime.now(UTC)
    for number, (title, paragraphs) in enumerate(dispatches(seed)):
        for feed in draw.sample(range(FEEDS), COPIES):
            said = edited(draw, title, paragraphs, f"Outlet {feed}")
            published[feed].append(Item(f"{feed}-{number}", *said, f"http://127.0.0.1/{feed}/{number}", now))
    for items in published:
        draw.shuffle(items)
    return [
        feed_server.publish(f"/{feed}.xml", rss(items, title=f"Outlet {feed}")) for feed, items in enumerate(published)
    ]


def test_two_thousand_copies_of_two_hundred_dispatches_are_told_two_hundred_times(
    tmp_path, feed_server, postgres_url, redis_url
):
    seed = random.randrange(2**32)
    print("seed", seed)
    home = Home(
        tmp_path,
        fetch_allow=[feed_server.address],
        database_url=postgres_url,
        broker_url=redis_url,
        host_concurrency=FEEDS,
    )
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
    home.write(
        "watchlists",
        watch_lists=[{"name": "All", "keywords": ["Ukraine"], "notify": [{"subscriber": "desk", "at_most": "none"}]}],
    )
    home.run("apply")
    urls = publish(feed_server, seed)
    with ExitStack() as closing:
        started = [home.start("worker", "--concurrency", "1") for _ in range(WORKERS)]
        for process in started:
            closing.callback(process.close)
        started[0].wait_for(lambda: _workers(home) == WORKERS, "all workers")
        home.write("feeds", feeds=[{"url": url, "every": "1h"} for url in urls])
        home.run("apply")
        beat = home.start("beat")
        closing.callback(beat.close)
        beat.wait_for(lambda: _reports(home) == DISPATCHES * COPIES, "all copies", timeout=120)
    stories = home.json("stories", "list", "--limit", "1000")
    assert [story["reports"] for story in stories] == [COPIES] * DISPATCHES
    assert len(home.json("alerts", "list", "--limit", "5000")) == DISPATCHES


def _workers(home):
    return sum(role["role"] == "worker" for role in home.json("status")["roles"])


def _reports(home):
    return sum(story["reports"] for story in home.json("stories", "list", "--limit", "5000"))
