"""A thousand stories on one topic, with its names and its background, are a thousand stories (issue 4)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from bench.prose import Prose
from golden.newsroom import BEGIN
from servers.documents import Item, rss

STORIES, FEEDS, PARAGRAPHS = 1_000, 10, 8
SHARED = PARAGRAPHS // 4


def stories(seed):
    """Headlines and paragraphs: a quarter of these are the topic's background, wherever they stand."""
    draw, prose = random.Random(seed), Prose(seed)
    names = [" ".join(part.capitalize() for part in prose.name().split()) for _ in range(12)]
    background = [told(draw, prose, names) for _ in range(6)]
    for number in range(STORIES):
        own = [told(draw, prose, names) for _ in range(PARAGRAPHS - SHARED)]
        for paragraph in draw.sample(background, SHARED):
            own.insert(draw.randrange(len(own) + 1), paragraph)
        yield f"Ukraine: {prose.text(3)} {draw.choice(names)} {prose.text(3)}, part {number}", own


def told(draw, prose, names):
    words = prose.words(draw.randint(25, 45))
    for name in draw.sample(names, 2):
        words.insert(draw.randrange(len(words)), name)
    return f"{' '.join(words).capitalize()}."


@pytest.mark.parametrize("seed", [1])
def test_none_is_folded(open_newsroom, seed):
    feeds = [f"outlet{number}" for number in range(FEEDS)]
    room = open_newsroom(*feeds)
    items = [
        Item(f"{number}", title, "".join(f"<p>{part}</p>" for part in parts), f"https://x.example/{number}", BEGIN)
        for number, (title, parts) in enumerate(stories(seed))
    ]
    for begin in range(0, STORIES, STORIES // 4):  # four editions, each spread over all outlets
        for number, feed in enumerate(feeds):
            edition = items[begin + number : begin + STORIES // 4 : FEEDS]
            room.web.publish(f"https://{feed}.example/feed", rss(edition, title=feed))
        room.run()
        room.clock.move(timedelta(minutes=15))
    found = room.store.stories_list(since=BEGIN - timedelta(days=1), limit=2 * STORIES)
    assert [row.title for row in found if row.reports > 1] == []
    assert len(found) == STORIES
