"""The corpus as it comes in: snapshots of all series in the order of their times, and news dealt over several feeds."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from worker.feeds.model import Document, ItemData
from worker.text.clean import lines, one_line
from worker.text.markup import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

LIMIT = 120
"""Snapshots of a series that are played, the earliest, as in test_replay."""

DEALT = 6
"""Feeds over which news without an outlet are dealt in turn."""
_REUTERS = 7_000
_AGNEWS_A_DAY = 1_500
_AGNEWS_BEGIN = datetime(2004, 8, 16, tzinfo=UTC)
_AT_ONCE = 60
_TOGETHER_S = 6 * 3_600
"""Items that come in together: so many at most, and none of another quarter of the day."""


class Snapshot(NamedTuple):
    """What a feed said at a time."""

    at: datetime
    feed: str
    body: bytes


class Piece(NamedTuple):
    """An item of news/, of a feed of its file."""

    at: datetime
    feed: str
    item: ItemData


def url_of(feed: str) -> str:
    return f"https://{feed}.example/feed"


def together(corpus: Path) -> list[Snapshot]:
    """The first snapshots of all series, in the order of their times."""
    found = []
    for series in sorted((corpus / "replay").iterdir()):
        if series.is_dir():
            for path in sorted(series.glob("*.xml"))[:LIMIT]:
                at = datetime.strptime(path.stem, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                found.append(Snapshot(at, series.name, path.read_bytes()))
    return sorted(found, key=lambda snapshot: snapshot[:2])


def reuters(corpus: Path) -> Iterator[Piece]:
    """The first weeks of a wire of 1987."""
    records = [one for one in _records(corpus, "reuters21578") if one["title"] and one["text"]]
    dated = sorted((at, int(one["id"]), one) for one in records if (at := _wire_time(one["date"])))
    for number, (at, id_, one) in enumerate(dated[:_REUTERS]):
        text = "\n".join(" ".join(block.split()) for block in re.split(r"\n\s{2,}", one["text"].replace("\x03", "")))
        yield Piece(at, _dealt("reuters21578", number), _item(str(id_), one["title"], text, at))


def agnews(corpus: Path) -> Iterator[Piece]:
    """Teasers of many outlets, undated, their markup escaped twice."""
    for number, one in enumerate(_records(corpus, "ag_news_test")):
        at = _AGNEWS_BEGIN + timedelta(days=number / _AGNEWS_A_DAY)
        text = to_text(to_text(one["text"].replace("\\", " ")))
        yield Piece(at, _dealt("ag_news_test", number), _item(str(number), to_text(one["title"]), text, at))


def ukraine(corpus: Path) -> Iterator[Piece]:
    """Full texts of web pages without headlines."""
    records = sorted(_records(corpus, "ukraine_war_gdelt_articles"), key=lambda one: (one["date"], one["id"]))
    for number, one in enumerate(records):
        at = datetime.strptime(one["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        yield Piece(at, _dealt("ukraine_war_gdelt_articles", number), _item(one["id"], "", one["text"], at))


def headlines(corpus: Path) -> Iterator[Piece]:
    """Headlines alone, each in its outlet's feed."""
    found = sorted(_records(corpus, "fwd_headlines_2021-11_2022-06"), key=lambda one: (one["timestamp"], one["link"]))
    for one in found:
        at = datetime.fromtimestamp(one["timestamp"], UTC)
        feed = f"fwd_headlines_2021-11_2022-06.{one['domain']}"
        yield Piece(at, feed, _item(one["link"], one["title"], "", at, link=one["link"]))


STREAMS: tuple[Callable[[Path], Iterator[Piece]], ...] = (reuters, agnews, ukraine, headlines)


class Rounds:
    """Pieces as the documents of their feeds; `parse` reads them by the bytes that stand for them."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._said: dict[bytes, tuple[ItemData, ...]] = {}
        self.rounds: list[tuple[datetime, dict[str, bytes]]] = []
        ordered = sorted(pieces, key=lambda piece: piece.at)
        for number, (_, some) in enumerate(groupby(enumerate(ordered), _round_of)):
            by_feed: defaultdict[str, list[ItemData]] = defaultdict(list)
            for _, piece in some:
                by_feed[piece.feed].append(piece.item)
                at = piece.at
            bodies = {feed: b"%d %b" % (number, feed.encode()) for feed in by_feed}
            self._said |= {bodies[feed]: tuple(items) for feed, items in by_feed.items()}
            self.rounds.append((at, bodies))

    @property
    def feeds(self) -> list[str]:
        return sorted({feed for _, bodies in self.rounds for feed in bodies})

    def parse(self, body: bytes, **_: object) -> Document:
        return Document("rss20", "", None, None, self._said[body])


def _round_of(one: tuple[int, Piece]) -> tuple[int, int]:
    number, piece = one
    return number // _AT_ONCE, int(piece.at.timestamp() // _TOGETHER_S)


def _records(corpus: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(corpus / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _wire_time(written: str) -> datetime | None:
    found = re.search(r"\d+-[A-Z]{3}-\d{4} \d\d:\d\d:\d\d", written)
    return datetime.strptime(found[0], "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC) if found else None


def _dealt(file: str, number: int) -> str:
    return f"{file}.{number % DEALT}"


def _item(id_: str, title: str, text: str, at: datetime, link: str | None = None) -> ItemData:
    clean = lines(text)
    return ItemData(id=id_, link=link, title=one_line(to_text(title)), summary=clean, text=clean, published=at)
