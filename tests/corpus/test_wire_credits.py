"""What real items credit: read over by hand once, so that a change of the rules shows here; no publisher's text."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from worker.feeds.parse import parse
from worker.stories.wire import credit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worker.stories.wire import Credit

pytestmark = pytest.mark.corpus

FEEDS = {
    "MarieGerard__fluxRssLeMonde__sciences.xml": {"AFP": 7},
    "codehollow__FeedReader__Rss10Minutos20.xml": {"EFE": 4, "Europa Press": 1},
    "codehollow__FeedReader__Rss10Minutos20Catalans.xml": {"EFE": 3, "ACN": 3, "Europa Press": 2},
    "codehollow__FeedReader__Rss20LeFigaro.xml": {"AFP": 6},
    "codehollow__FeedReader__Rss20Reuters.xml": {"Reuters": 10},
    "danmactough__node-feedparser__tpm-with-empty-base.atom": {"AP": 5},
    "gesab001__headlines__latimes.xml": {"AP": 1},
    "mattkantor__newspal__guardian.xml": {"PA": 2, "Reuters": 2, "AP": 2},
    "deN92__latestnews__dw.xml": {},
}
"""Items by agency, of whole feeds; the rest of each credits nobody."""
NO_AGENCIES = ("bbc-news-home", "rnz-national", "stuffnz", "uk-texty", "ynet-he-2026")
"""Series of outlets that credit none, whatever they speak of."""


def feed_credits(path: Path) -> Iterator[Credit]:
    document = parse(path.read_bytes(), url=f"https://feed.example/{path.name}")
    for item in document.items:
        yield credit(
            title=item.title,
            text=item.text,
            source=item.source,
            authors=item.authors,
            link=item.link,
            feed_name=document.title,
        )


def news(corpus: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(corpus / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def news_credits(corpus: Path, name: str) -> Counter[str | None]:
    return Counter(
        credit(title=one.get("title") or "", text=one["text"], source=None, authors=(), link=None).wire
        for one in news(corpus, name)
    )


@pytest.mark.parametrize("name", FEEDS)
def test_feeds(corpus: Path, name: str) -> None:
    assert Counter(found.wire for found in feed_credits(corpus / "feeds" / name) if found.wire) == FEEDS[name]


@pytest.mark.parametrize("name", NO_AGENCIES)
def test_series_that_credit_nobody(corpus: Path, name: str) -> None:
    snapshots = sorted((corpus / "replay" / name).iterdir())[::20]
    assert {found.wire for path in snapshots for found in feed_credits(path)} == {None}


def test_full_texts(corpus: Path) -> None:
    found = news_credits(corpus, "ukraine_war_gdelt_articles")
    del found[None]
    assert found == {"BelTA": 24, "AP": 6, "PAP": 5, "Interfax": 5}


def test_summaries_that_begin_with_their_agency(corpus: Path) -> None:
    """Of those that begin "AP - ", "Reuters - ", "AFP - " or hold "(Reuters) - ", next to all are credited to it."""
    missed = [
        one
        for one in news(corpus, "ag_news_test")
        for name in ("AP", "Reuters", "AFP")
        if (one["text"].startswith(f"{name} - ") or f"({name}) - " in one["text"][:200])
        and credit(title=one["title"], text=one["text"], source=None, authors=(), link=None).wire != name
    ]
    assert len(missed) <= 10
