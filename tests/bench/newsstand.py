"""News to measure on, read from the folder that TOCSIN_CORPUS names: nothing of it is copied here."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import defaultdict
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from worker.stories.wording import Wording, wording
from worker.text.clean import lines, one_line
from worker.text.markup import to_text
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIRE_END = re.compile(r"\s*\bReuters?\s*\Z", re.IGNORECASE)
_INDENT = re.compile(r"\n\s{2,}|\n\s*\n")


class Piece(NamedTuple):
    """A title and a text of one paragraph a line."""

    title: str
    text: str
    day: float = 0.0
    topic: str = ""

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n")

    def words(self) -> list[str]:
        return words_of(self.text)

    def wording(self, link: str | None = None) -> Wording:
        return wording(self.title, self.text, link, title_words=words_of(self.title), text_words=self.words())


def corpus() -> Path:
    return Path(os.environ["TOCSIN_CORPUS"])


def records(path: str) -> Iterator[dict[str, Any]]:
    with gzip.open(corpus() / path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def reuters() -> list[Piece]:
    """The wire of 1987, 20,000 dispatches in order of time."""
    pieces = []
    for record in records("news/reuters21578.jsonl.gz"):
        text = _paragraphs(record["text"] or "")
        if text and record["title"]:
            topic = "earn" if "earn" in (record["topics"] or ()) else ""
            pieces.append(Piece(one_line(to_text(record["title"])), text, _day(record["date"]), topic))
    return sorted(pieces, key=lambda piece: piece.day)


def _paragraphs(text: str) -> str:
    """A paragraph a line, of a text in which paragraphs are indented; without the wire's sign at the end."""
    text = text.replace("\x03", "").replace("\r", "")
    return _WIRE_END.sub("", "\n".join(filter(None, (" ".join(block.split()) for block in _INDENT.split(text)))))


def agnews() -> list[Piece]:
    """7,600 teasers of many outlets, their markup twice escaped."""
    return [
        Piece(one_line(to_text(record["title"])), lines(_unescaped(record["text"])), number / 1_500)
        for number, record in enumerate(records("news/ag_news_test.jsonl.gz"))
    ]


def _unescaped(text: str) -> str:
    return to_text(to_text(text.replace("\\", " ")))


def web() -> list[Piece]:
    """Full texts of web pages, without titles."""
    files = ("ukraine_war_gdelt_articles", "ukraine_crisis_2014_articles", "wikiref220")
    return [
        Piece(record.get("title") or "", lines(record["text"]))
        for file in files
        for record in records(f"news/{file}.jsonl.gz")
    ]


def labelled() -> dict[str, list[tuple[Piece, Piece]]]:
    """The pairs of the corpus's labelled sets, by set and label."""
    pairs = defaultdict(list)
    for file in ("reuters21578", "ukraine_gdelt", "agnews"):
        for record in records(f"neardup/{file}_silver_pairs.jsonl.gz"):
            alike = record.get("jaccard6", record.get("jaccard5", 0)) >= 0.6
            apart = abs(_day(record["date1"] or "") - _day(record["date2"] or ""))
            label = (
                ""
                if file != "reuters21578"
                else f", J {'>=' if alike else '<'} .6, {'<=' if apart <= 5 else '>'} 5 days"
            )
            pairs[f"silver {file}{label}"].append(_pair(record))
    for record in records("neardup/tgcontest_golden_pairs.jsonl.gz"):
        pairs[f"human tgcontest {record['label']}"].append(_pair(record))
    for record in records("neardup/semeval2022_task8_pairs.jsonl.gz"):
        near = "<=" if float(record["overall"]) <= 1.5 else ">"
        languages = "one language" if record["lang1"] == record["lang2"] else "two languages"
        pairs[f"human semeval {near} 1.5, {languages}"].append(_pair(record))
    planted = {record["id"]: Piece("", record["text"]) for record in records("neardup/minhash_articles_1000.jsonl.gz")}
    truth = json.loads((corpus() / "neardup/minhash_articles_1000.truth.json").read_text("utf-8"))
    pairs["planted copies"] = [(planted[one], planted[other]) for one, other in truth]
    for name, file, key in (
        ("basil", "basil_event_triples", "articles"),
        ("allsides", "allsides_roundup_clusters", "articles"),
    ):
        for record in records(f"neardup/{file}.jsonl.gz"):
            told = [Piece(one["title"] or "", lines(one["text"] or "")) for one in record[key]]
            pairs[f"same event {name}"] += combinations(told, 2)
    return dict(pairs)


def _pair(record: dict[str, Any]) -> tuple[Piece, Piece]:
    one, other = (
        Piece(one_line(record.get(f"title{n}") or ""), _paragraphs(_unescaped(record[f"text{n}"]))) for n in (1, 2)
    )
    return one, other


def _day(written: str) -> float:
    try:
        moment = datetime.strptime(written.strip().split(".")[0], "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return 0.0
    return moment.timestamp() / 86_400
