"""An archive of made-up news, written straight into the tables: as large as asked for, over so many days.

Its words are as rare as those of a language, and some are planted so often as those that people ask for are.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.prose import Prose
from sqlalchemy import insert

from worker.store.tables import feeds, items, stories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from worker.store import Store

FEEDS = 300
REPORTS = 3
"""Items of one story."""

PLANTED = {"ukraine": 0.1, "kyiv": 0.03, "nato": 0.02, "troops": 0.02, "grain": 0.003, "zaporizhzhia": 0.0005}
"""The share of items that name each, in the title or the text."""
TOGETHER = {"military buildup": 0.002, "united states": 0.05}
LANGUAGES = ("en",) * 7 + ("uk", "de", None)
_AT_ONCE = 5_000


def build(store: Store, count: int, *, days: int, now: datetime) -> None:
    """Write `count` items of about 110 words, evenly spread over the days before `now`; nothing is indexed yet."""
    prose, chance = Prose(), random.Random(1)
    sentences = [prose.text(18).capitalize() + "." for _ in range(30_000)]
    titles = [prose.text(8).capitalize() for _ in range(30_000)]
    with store._transaction("write") as connection:
        connection.execute(insert(feeds), [_feed(number, now) for number in range(1, FEEDS + 1)])
    step = timedelta(days=days) / count
    for first in range(0, count, _AT_ONCE):
        rows = []
        for number in range(first, min(first + _AT_ONCE, count)):
            text = " ".join([*chance.choices(sentences, k=6), *_planted(chance)])
            rows.append(_item(number, chance.choice(titles), text, now - step * (count - number), chance))
        told = [
            {"id": one, "title": "Story", "first_seen": now, "last_seen": now, "reports": REPORTS}
            for one in range(first // REPORTS + 2, (first + len(rows)) // REPORTS + 2)
        ]
        with store._transaction("write") as connection:
            connection.execute(insert(stories), told + ([{**told[0], "id": 1}] if first == 0 else []))
            connection.execute(insert(items), rows)


def _planted(chance: random.Random) -> Iterator[str]:
    for words, share in (PLANTED | TOGETHER).items():
        if chance.random() < share:
            yield words.title()


def _feed(number: int, now: datetime) -> dict[str, object]:
    url = f"https://feed{number}.example/rss"
    return {
        "id": number,
        "url": url,
        "polled_url": url,
        "host": f"feed{number}.example",
        "name": f"Feed {number}",
        "tags": ["world"] if number % 3 == 0 else [],
        "managed_by": "file",
        "created_at": now,
        "state": "ok",
        "next_poll_at": now,
    }


def _item(number: int, title: str, text: str, seen: datetime, chance: random.Random) -> dict[str, object]:
    feed = chance.randint(1, FEEDS)
    return {
        "id": number + 1,
        "feed_id": feed,
        "identity": number.to_bytes(16),
        "content": number.to_bytes(16),
        "link": f"https://feed{feed}.example/news/{number}",
        "title": title,
        "text": text,
        "authors": ["A. Writer"],
        "categories": ["World", "Politics"],
        "language": chance.choice(LANGUAGES),
        "published": seen,
        "first_seen": seen,
        "last_seen": seen,
        "news": chance.random() < 0.9,
        "story_id": number // REPORTS + 1,
    }
