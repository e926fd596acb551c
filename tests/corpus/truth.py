"""What a reader calls one article, of each replay series: found by reading them, and by no code of ours.

Two listings are one article where they share a sign. Which signs hold differs from series to series; that is the trap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from worker.feeds.model import ItemData

DAY = timedelta(hours=24)

RENAMED = {"20a3a6acc38d": "df5bb3eb9968", "82e345306274": "22403a03d107"}
"""Signs whose address, made of the headline, followed an edit of it: the text and the second of publication stayed.
Publishers' words are not copied here: see `sign`."""


RETITLED = {"1e1a223f00be": "d52a23ae55c9", "883064d4be5b": "fdff723ac539", "2f32ba66269d": "7c6c0a5ebef9"}
"""Articles whose headline and date were edited at once, in their place in the list; the last stands under one address
in the series that has addresses."""


def sign(said: str) -> str:
    return blake2b(said.encode(), digest_size=6).hexdigest()


def by_guid(item: ItemData) -> list[str]:
    """The publisher's ids hold: what has another id is another article."""
    assert item.id
    return [RENAMED.get(sign(item.id), sign(item.id))]


def by_link(item: ItemData) -> list[str]:
    """There are no ids, and addresses hold but for where the reader comes from."""
    assert item.id is None
    assert item.link
    number = re.search(r"objectid=\d+", item.link)
    address = number[0] if number else item.link.partition("?")[0]
    return [RENAMED.get(sign(address), sign(address))]


def by_address(item: ItemData) -> list[str]:
    """Whatever the ids are, addresses hold."""
    assert item.link
    return [sign(item.link.partition("?")[0])]


def by_title(item: ItemData) -> list[str]:
    """There are neither ids nor addresses nor dates; no headline was edited."""
    return [item.title]


def by_title_or_second(item: ItemData) -> list[str]:
    """Addresses are places in the list. The headline is edited, or the date is, seldom both at once; no two articles
    came out in the same second."""
    return [RETITLED.get(sign(item.title), sign(item.title)), str(item.published)]


@dataclass(frozen=True)
class Series:
    """How a series is judged, and what it comes to: articles, those of them that are news, and the last rung."""

    signs: Callable[[ItemData], list[str]]
    articles: int
    news: int
    rung: str = "id"


SERIES = {
    # The headline changes under 206 ids, "live" pages to wholly other ones: they are articles still.
    "bbc-news-home": Series(by_guid, 1372, 1328),
    # No ids, tracking parameters, no dates: silent at first, news later. One film is listed twice, under two headlines.
    "bbc-world-fulltext-2026": Series(by_link, 191, 160, "link"),
    # 37 addresses for all articles; all have the same text.
    "bbc-world-positional-links-2026": Series(by_title_or_second, 433, 416, "title+text"),
    "foxnews": Series(by_guid, 187, 187),
    # "Live Coronavirus Updates" is another article every day; one id was mended.
    "nytimes-us": Series(by_guid, 1418, 1417),
    # Live pages with other headlines and texts by the hour, at one address.
    "nzherald": Series(by_link, 146, 146, "link"),
    "reuters-googlenews-decoded-2026": Series(by_guid, 506, 61),
    # The address follows the headline; the id stays.
    "rnz-national": Series(by_guid, 441, 436),
    # Dates without a time of day, and texts that come late.
    "ru-bbc-russian": Series(by_link, 89, 25, "link"),
    "ru-donbass-news": Series(by_link, 72, 44, "link"),
    # All have one address, and were published in 1970.
    "ru-meduza": Series(by_title, 62, 38, "link+title"),
    # Empty in 7 of 60 snapshots, and full again.
    "straitstimes-sg": Series(by_guid, 416, 416),
    "stuffnz": Series(by_guid, 289, 289),
    "uk-texty": Series(by_link, 13, 3, "link"),
    "wsj-world": Series(by_guid, 141, 137),
    # Now one item, now twenty.
    "ynet-he-2026": Series(by_guid, 36, 36),
}


@dataclass
class Article:
    """An article: whether it was news when it was first listed (DESIGN 4.5), and whether each of our items of it is."""

    news: bool
    told: list[bool] = field(default_factory=list)


@dataclass
class Oracle:
    """Judges a series, poll by poll."""

    signs: Callable[[ItemData], list[str]]
    articles: list[Article] = field(default_factory=list)
    known: dict[str, Article] = field(default_factory=dict)
    last_good_at: datetime | None = None

    def list(self, items: Sequence[ItemData], now: datetime) -> None:
        for item in items:
            signs = self.signs(item)
            article = self._of(signs)
            if article is None:
                article = Article(self._is_news(item.published, now))
                self.articles.append(article)
            self.known |= dict.fromkeys(signs, article)
        self.last_good_at = now

    def tell(self, item: ItemData, *, news: bool) -> None:
        """Say that the store took an item for a new one."""
        article = self._of(self.signs(item))
        assert article is not None
        article.told.append(news)

    def _of(self, signs: Sequence[str]) -> Article | None:
        found = [self.known[sign] for sign in signs if sign in self.known]
        assert all(one is found[0] for one in found), "one listing is two articles"
        return found[0] if found else None

    def _is_news(self, published: datetime | None, now: datetime) -> bool:
        if published is not None and published > now + DAY:
            published = None
        if self.last_good_at is None:
            return published is not None and published >= now - DAY
        return published is None or published >= self.last_good_at - DAY
