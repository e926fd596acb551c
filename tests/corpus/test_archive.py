"""A search in an archive of news/ finds what reading every item does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from corpus.test_ukraine import ASKED, archive
from sqlalchemy import insert

from worker.pipeline.survey import Survey
from worker.records.archive import Window
from worker.store import open_store
from worker.store.tables import feeds, items
from worker.watchlists import compile_query
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from worker.watchlists.model import Matchable

pytestmark = [pytest.mark.corpus, pytest.mark.unmeasured, pytest.mark.long]

NOW = datetime(2022, 6, 30, tzinfo=UTC)
MORE = (
    "country:UA",
    "~invade",
    '"oil prices"~9',
    "ukraine -russia",
    "(oil OR gas) -opec",
    "category:earn oil",
    "title:oil",
)
EVERYTHING = 1_000_000
EACH = 4
"""One of so many items: to read them all for every query takes a minute."""


def row(number: int, item: Matchable) -> dict[str, object]:
    said = {"title": item.title, "text": item.text, "categories": item.categories, "language": item.language}
    key = number.to_bytes(8)
    times = {"first_seen": NOW, "last_seen": NOW}
    return {"id": number, "feed_id": 1, "identity": key, "content": key, "authors": [], "news": True, **said, **times}


def test_a_search_finds_what_reading_every_item_finds(corpus: Path, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'tocsin.db'}")
    store.upgrade()
    url = "https://news.example/feed"
    feed = {"id": 1, "url": url, "polled_url": url, "host": "news.example", "tags": [], "managed_by": "file"}
    there = dict(enumerate(islice(archive(corpus), 0, None, EACH), 1))
    with store._transaction("write") as connection:
        connection.execute(insert(feeds), feed | {"created_at": NOW, "state": "ok", "next_poll_at": NOW})
        connection.execute(insert(items), [row(number, item) for number, item in there.items()])
    while store.index_items(limit=500):
        store.tidy_index()
    assert store.unindexed() == 0
    survey = Survey(store, Window(NOW - timedelta(days=1)))
    queries = [compile_query(query) for query in (*(asked.query for asked in ASKED), *MORE)]
    met: list[list[int]] = [[] for _ in queries]
    for number, item in sorted(there.items(), reverse=True):
        reading = Reading(item)
        for query, found in zip(queries, met, strict=True):
            if query.met(reading):
                found.append(number)
    for query, expected in zip(queries, met, strict=True):
        found = survey.found(query.node, told=EVERYTHING, read=EVERYTHING, seconds=EVERYTHING)
        assert [one.candidate.item for one in found.met] == expected, query.node
        assert not found.estimated
        assert expected
    store.close()
