"""All series polled together, told through the whole pipeline; what is folded there and in news, and whether rightly."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from corpus.folds import compare, folds, listed, sampled
from corpus.stream import STREAMS, Rounds, together, url_of
from corpus.truth import SERIES, Article, Oracle
from golden.newsroom import Newsroom, migrated, opened, response

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.alerts.breaker import AT_ONCE
from worker.feeds.parse import parse
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from corpus.stream import Piece, Snapshot

    from worker.alerts.model import AlertFacts
    from worker.feeds.model import Document, ItemData
    from worker.records import MatchOutcome, PollRecord, RecordedPoll
    from worker.store import Store

pytestmark = pytest.mark.corpus

SNAPSHOTS = 942

SENT = 10
"""Every so many-th message is sent. All are written: one a story, as the table's key says."""

_TOLD = """
    SELECT alerts.item_id FROM deliveries JOIN alerts ON subject_kind = 'alert' AND subject_id = alerts.id
    WHERE sequence = 0 AND alerts.state = 'new' AND alerts.lead_id = alerts.id
"""

TOLD_TWICE = 3
"""Articles in two series whose headline was another in each when it was told, and the same later (docs/FOLDS.md)."""

MOST_DIFFERENT = 3
LEAST_READ = 200


class Noted:
    """A store, and the items that polls wrote there: feed -> item -> what it said first."""

    def __init__(self, store: Store, database: Path) -> None:
        self.store, self.database = store, database
        self.items: defaultdict[int, dict[int, ItemData]] = defaultdict(dict)

    def record_polls(self, records: Sequence[PollRecord], *, owner: str | None) -> dict[int, RecordedPoll]:
        recorded = self.store.record_polls(records, owner=owner)
        for record in records:
            said = {new.item.identity: new.item.item for new in record.decision.new} if record.decision else {}
            if said:
                rows = ask(self.database, "SELECT id, identity FROM items WHERE feed_id = ?", record.feed)
                known = self.items[record.feed]
                known |= {id_: said[identity] for id_, identity in rows if identity in said and id_ not in known}
        return recorded

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


@dataclass
class Desk(Newsroom):
    """A newsroom that sends a part of what is due, in the end: to send costs as much as all that comes before."""

    due: list[int] = field(default_factory=list)

    def match(self, *items: int) -> MatchOutcome:
        outcome = super().match(*items)
        self.due += outcome.deliveries
        return outcome

    def send(self) -> list[AlertFacts]:
        sent = self.due[::SENT]
        for start in range(0, len(sent), AT_ONCE["log"]):
            self.deliver(*sent[start : start + AT_ONCE["log"]])
        return [facts for message in self.boxes["log"].got for facts in message.alerts]


def ask(database: Path, question: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(question, values).fetchall()


@dataclass
class Played:
    """What became of the articles of all series: article -> our items of it."""

    database: Path
    told: Counter[int]
    articles: list[tuple[Article, list[int]]]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return ask(self.database, question)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(migrated(tmp_path), tmp_path) as store:
        yield store


def test_every_article_is_told_once_or_is_a_report_of_a_story_that_was(
    corpus: Path, store: Store, tmp_path: Path
) -> None:
    """All of them are met by a list of the most frequent words: each that is news, and no other."""
    snapshots = together(corpus)
    assert len(snapshots) == SNAPSHOTS
    played = play(store, tmp_path / "tocsin.db", snapshots)
    assert len(played.articles) == sum(series.articles for series in SERIES.values())
    assert sum(article.news for article, _ in played.articles) == sum(series.news for series in SERIES.values())

    met = {item for (item,) in played.ask("SELECT DISTINCT item_id FROM matches")}
    assert met == {item for (item,) in played.ask("SELECT id FROM items WHERE news")}
    story_of = dict(played.ask("SELECT id, story_id FROM items"))
    told = {story_of[item] for item in played.told}
    assert max(Counter(story_of[item] for item in played.told.elements()).values()) == 1
    for article, items in played.articles:
        times = sum(played.told[item] for item in items)
        reported = any(story_of[item] in told for item in items)  # by another report of it
        assert times == 1 or (times == 0 and (reported or not article.news))
        assert article.news or times == 0

    assert len(told_twice(played)) <= TOLD_TWICE
    compare(folds(played.database), *SERIES)


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_folds_of_news(corpus: Path, store: Store, tmp_path: Path, stream: Callable[[Path], Iterator[Piece]]) -> None:
    rounds = Rounds(stream(corpus))
    room = Newsroom(store, parse=rounds.parse)
    room.clock.moment = rounds.rounds[0][0]
    room.apply(Configuration(feeds=tuple(FeedLine(url_of(feed), feed) for feed in rounds.feeds)))
    ids = room.feeds()
    for at, bodies in rounds.rounds:
        room.clock.moment = at
        for feed, body in bodies.items():
            room.web.publish(url_of(feed), body)
        polled = room.poll(*(ids[feed] for feed in bodies), force=True)
        assert [result.error for result in polled] == [None] * len(bodies)
    compare(sampled(folds(tmp_path / "tocsin.db")), rounds.feeds[0].partition(".")[0])


def test_of_what_was_read_next_to_nothing_joins_different_events() -> None:
    verdicts = Counter(listed("").values())
    assert verdicts.total() >= LEAST_READ
    assert verdicts["different"] <= MOST_DIFFERENT


def play(store: Store, database: Path, snapshots: Sequence[Snapshot]) -> Played:
    """Poll every snapshot at its time, with a list that meets all; return what became of each article."""
    documents = [parse(snapshot.body, url=url_of(snapshot.feed)) for snapshot in snapshots]
    noted = Noted(store, database)
    room = Desk(noted)  # type: ignore[arg-type]
    room.clock.moment = snapshots[0].at
    room.apply(watching(documents))
    feeds = room.feeds()
    oracles = {name: Oracle(series.signs) for name, series in SERIES.items()}
    for snapshot, document in zip(snapshots, documents, strict=True):
        room.clock.moment = snapshot.at
        url = url_of(snapshot.feed)
        room.web.publish(url, response(snapshot.body, url=url))
        (result,) = room.poll(feeds[snapshot.feed], force=True)
        assert result.error is None
        oracles[snapshot.feed].list(document.items, snapshot.at)
    told = Counter(item for (item,) in ask(database, _TOLD))
    assert told.total() == len(room.due)
    sent = Counter(facts.item for facts in room.send() if facts.update is None)
    assert sent.total() == len(room.due[::SENT])
    assert sent <= told
    ours = {name: noted.items[id_] for name, id_ in feeds.items()}
    return Played(database, told, articles(ours, oracles))


def watching(documents: Iterable[Document]) -> Configuration:
    """All series, and a list of the word of each item that most items have."""
    said = {frozenset(words_of(f"{item.title} {item.text}")) for document in documents for item in document.items}
    count = Counter(word for words in said for word in words)
    keywords = {max(words, key=lambda word: (count[word], word)) for words in said}
    return Configuration(
        feeds=tuple(FeedLine(url_of(name), name) for name in SERIES),
        watch_lists=(WatchListLine("all", tuple(sorted(keywords)), notify=(NotifyLine("desk", at_most=None),)),),
        subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),),
    )


def articles(
    ours: Mapping[str, Mapping[int, ItemData]], oracles: Mapping[str, Oracle]
) -> list[tuple[Article, list[int]]]:
    """Each article with our items of it."""
    found: list[tuple[Article, list[int]]] = []
    for name, oracle in oracles.items():
        items: defaultdict[int, list[int]] = defaultdict(list)
        for item, said in ours[name].items():
            items[id(oracle.known[oracle.signs(said)[0]])].append(item)
        found += [(article, items[id(article)]) for article in oracle.articles]
    return found


def told_twice(played: Played) -> set[str]:
    """Headlines that stand in several series and were told more than once."""
    feeds, stories = defaultdict(set), defaultdict(set)
    for title, feed, item, story in played.ask("SELECT title, feed_id, id, story_id FROM items"):
        said = " ".join(words_of(str(title)))
        feeds[said].add(feed)
        if played.told[item]:
            stories[said].add(story)
    return {said for said, told in stories.items() if len(told) > 1 and len(feeds[said]) > 1}
