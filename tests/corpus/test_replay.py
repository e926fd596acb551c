"""Series of snapshots of real feeds: what is read of them, and what the store makes of them, poll after poll."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from corpus.truth import SERIES, Oracle, by_address
from golden.newsroom import MovedClock, Web, response

from config.values import Configuration, FeedLine, Settings
from worker.errors import ParseError
from worker.feeds.model import Known
from worker.feeds.parse import parse
from worker.pipeline.claim import manners_of
from worker.pipeline.poll import Polling, poll
from worker.records import MatchOutcome
from worker.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from worker.feeds.model import ItemData
    from worker.records import LeasedFeed, PollRecord, RecordedPoll
    from worker.store import Store

pytestmark = pytest.mark.corpus

LIMIT = 120
"""Snapshots of a series that are played."""

AGAIN = 5
"""After every so many snapshots the same one comes again, with another byte in it, so that it is read."""

PLAYED = {
    "bbc-news-home": (120, 119, 5886),
    "bbc-world-fulltext-2026": (24, 23, 353),
    "bbc-world-positional-links-2026": (60, 37, 150),
    "foxnews": (60, 51, 409),
    "nytimes-us": (60, 18, 206),
    "nzherald": (80, 74, 1145),
    "reuters-googlenews-decoded-2026": (8, 7, 3494),
    "rnz-national": (79, 75, 890),
    "ru-bbc-russian": (60, 59, 1560),
    "ru-donbass-news": (60, 59, 1049),
    "ru-meduza": (60, 59, 1377),
    "straitstimes-sg": (60, 42, 1493),
    "stuffnz": (80, 75, 1129),
    "uk-texty": (60, 59, 584),
    "wsj-world": (59, 46, 207),
    "ynet-he-2026": (12, 2, 4),
}
"""Of each series, at least: snapshots that are read, those of them read beside known slices, and items left out there."""


def snapshots(series: Path) -> list[tuple[datetime, bytes]]:
    files = sorted(path for path in series.iterdir() if path.suffix == ".xml")[:LIMIT]
    return [(datetime.strptime(path.stem, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), path.read_bytes()) for path in files]


class Desk:
    """A store with one feed, polled as the service polls it; nothing is matched."""

    def __init__(self, store: Store, url: str, now: datetime) -> None:
        store.upgrade()
        store.apply(Configuration(feeds=(FeedLine(url),)), {}, now=now)
        (feed,) = store.feeds_list()
        self.store, self.url, self.feed = store, url, feed.id
        self.clock, self.web = MovedClock(now), Web()
        self.records: list[PollRecord] = []

    def poll(self, body: bytes, now: datetime) -> PollRecord:
        self.clock.moment = now
        self.web.publish(self.url, response(body, url=self.url))
        settings, nothing = Settings(), MatchOutcome(items=0, alerts=0, deliveries=())
        polling = Polling(
            store=self,  # type: ignore[arg-type]
            fetcher=self.web,
            parse=parse,
            match=lambda _: nothing,
            clock=self.clock,
            settings=settings,
            manners=manners_of(settings),
            owner="here:1:1",
            read_pages=lambda _: nothing,
            pages_within=timedelta(),
            jitter=lambda: 0.0,
            wait=lambda _: None,
        )
        (result,) = poll(polling, [self.feed], stop=lambda: False, force=True)
        assert result.error is None
        return self.records.pop()

    def record_polls(self, records: Sequence[PollRecord], *, owner: str | None) -> dict[int, RecordedPoll]:
        self.records += records
        return self.store.record_polls(records, owner=owner)

    def begin_polls(self, feeds: Sequence[int], **terms: Any) -> list[LeasedFeed]:
        leased = self.store.begin_polls(feeds, **terms)
        self.standing = leased[0].standing
        return leased

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/replay.db")
    yield store
    store.close()


def test_every_series_is_played(corpus: Path) -> None:
    assert {path.name for path in (corpus / "replay").iterdir() if path.is_dir()} == set(PLAYED) == set(SERIES)


@pytest.mark.parametrize("name", PLAYED)
def test_what_was_known_of_the_snapshot_before_changes_nothing(corpus: Path, name: str) -> None:
    polls = skimmed = left_out = 0
    known: Known | None = None
    url = f"https://{name}.example/feed"
    for _, body in snapshots(corpus / "replay" / name):
        try:
            whole = parse(body, url=url)
        except ParseError:
            with pytest.raises(ParseError):
                parse(body, url=url, known=known)
            continue
        found = parse(body, url=url, known=known)
        slices = known.slices if known is not None and found.skimmed else frozenset[bytes]()
        assert found.items == tuple(item for item in whole.items if item.slice not in slices)
        assert dataclasses.replace(found, items=whole.items, skimmed=False) == whole
        polls, skimmed = polls + 1, skimmed + found.skimmed
        left_out += len(whole.items) - len(found.items)
        known = None if whole.frame is None else Known(whole.frame, frozenset(whole.slices))
    assert all(count >= least for count, least in zip((polls, skimmed, left_out), PLAYED[name], strict=True))


GUID = re.compile(rb"(<guid[^>]*>)([^<]*)(</guid>)")
ITEM = re.compile(rb"<item>.*</item>", re.DOTALL)


def guids_of_every_fetch(body: bytes, number: int) -> bytes:
    return GUID.sub(lambda found: b"%b%b-%d%b" % (found[1], found[2], number, found[3]), body)


def guids_changed_once(body: bytes, number: int) -> bytes:
    return guids_of_every_fetch(body, number // 20)


def guids_in_other_spellings(body: bytes, number: int) -> bytes:
    scheme = [b"http://", b"HTTPS://", b" https://"][number % 3]
    return GUID.sub(lambda found: found[1] + found[2].replace(b"http://", scheme) + found[3], body)


def one_guid_for_all(body: bytes, number: int) -> bytes:
    return GUID.sub(rb"\1same\3", body) if number else body


def links_in_other_spellings(body: bytes, number: int) -> bytes:
    wrapped = [
        b"<link>http://amp.straitstimes.com/",
        b"<link>https://m.straitstimes.com/",
        b"<link>https://www.google.com/url?rct=j&amp;url=http%3A%2F%2Fwww.straitstimes.com/",
    ][number % 3]
    given = GUID.sub(b"", body).replace(b"<link>http://www.straitstimes.com/", wrapped)
    return given if number % 3 == 2 else given.replace(b"</link>", b"?utm_source=%d&amp;rss=1</link>" % number)


def empty_every_third_time(body: bytes, number: int) -> bytes:
    return ITEM.sub(b"", body) if number % 3 == 1 else body


def dated_1970(body: bytes, _: int) -> bytes:
    return re.sub(rb"<pubDate>[^<]*", b"<pubDate>Thu, 01 Jan 1970 00:00:00 GMT", body)


def dated_by_the_fetch(body: bytes, number: int) -> bytes:
    return re.sub(rb"<pubDate>[^<]*", b"<pubDate>Thu, 23 Apr 2020 %02d:%02d:00 GMT" % divmod(number, 60), body)


TRAPS = {
    guids_of_every_fetch: (416, "link"),
    guids_changed_once: (416, "id"),
    guids_in_other_spellings: (416, "id"),
    one_guid_for_all: (416, "link"),
    links_in_other_spellings: (416, "link"),
    empty_every_third_time: (377, "id"),
    dated_1970: (416, "id"),
    dated_by_the_fetch: (416, "id"),
}
"""What publishers do besides, done to a series with 64 edited headlines; how many articles
that leaves, and the rung that the feed ends on."""


@pytest.mark.parametrize("name", SERIES)
def test_each_article_that_is_news_is_news_once_and_every_other_never(corpus: Path, store: Store, name: str) -> None:
    series = SERIES[name]
    counted = played(store, series.signs, name, snapshots(corpus / "replay" / name))
    assert counted == (series.articles, series.news, series.rung)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_whatever_a_publisher_does_makes_nothing_new(
    corpus: Path, store: Store, trap: Callable[[bytes, int], bytes]
) -> None:
    name = "straitstimes-sg"
    trapped = [(now, trap(body, number)) for number, (now, body) in enumerate(snapshots(corpus / "replay" / name))]
    articles, _, rung = played(store, address_of if trap is links_in_other_spellings else by_address, name, trapped)
    assert (articles, rung) == TRAPS[trap]


def address_of(item: ItemData) -> list[str]:
    """The page, whichever way its address is spelt in that trap."""
    assert item.link
    return [re.sub(r"\?utm.*", "", re.sub(r".*straitstimes\.com/", "", item.link))]


def played(
    store: Store, signs: Callable[[ItemData], list[str]], name: str, given: Sequence[tuple[datetime, bytes]]
) -> tuple[int, int, str]:
    """Poll the documents, each at its time; return how many articles there are and are news, and the feed's rung."""
    url = f"https://{name}.example/feed"
    desk, oracle = Desk(store, url, given[0][0]), Oracle(signs)
    for number, (now, body) in enumerate(given):
        oracle.list(parse(body, url=url).items, now)
        decision = desk.poll(body, now).decision
        for new in decision.new if decision else ():
            oracle.tell(new.item.item, news=new.news)
        if number % AGAIN == 0:
            again = desk.poll(body + b"\n", now + timedelta(minutes=1)).decision
            assert again is not None
            assert (again.new, again.revised, again.reidentified) == ((), (), ())
            oracle.last_good_at = now + timedelta(minutes=1)
    assert [one for one in oracle.articles if one.told != [one.news]] == []
    return len(oracle.articles), sum(one.news for one in oracle.articles), desk.standing.rung
