"""Parsing: ours against feedparser as it comes, over documents of our own and, where it is, the corpus."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
from bench.prose import Prose
from servers.documents import Item, atom, dated, rss

from worker.errors import ParseError
from worker.feeds.model import Known
from worker.feeds.parse import parse

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def news(count: int, words: int) -> list[Item]:
    prose = Prose()
    given = [
        Item(f"urn:{number}", prose.text(9).capitalize(), prose.html(words), f"https://news.example/{number}")
        for number in range(count)
    ]
    return dated(given, BEGIN, apart=timedelta(minutes=7))


def test_parse(cpu, show):
    documents = {
        "RSS, 30 items of 250 words": rss(news(30, 250)),
        "RSS, 100 items of 250 words": rss(news(100, 250)),
        "RSS, 100 teasers of 40 words": rss(news(100, 40)),
        "Atom, 30 items of 250 words": atom(news(30, 250)),
    }
    rows = []
    for name, body in documents.items():
        ours, theirs = cpu(lambda body=body: parse(body), runs=3), cpu(lambda body=body: feedparser.parse(body), runs=3)
        rows.append(
            (name, f"{len(body) / 1000:.0f}", f"{ours * 1e3:.1f}", f"{theirs * 1e3:.1f}", f"{theirs / ours:.1f}")
        )
    corpus = os.environ.get("TOCSIN_CORPUS")
    if corpus:
        rows.append(_corpus(Path(corpus), cpu))
    show("Parsing, CPU ms a document", ("document", "KB", "ours", "feedparser", "times faster"), rows)


def test_skim(cpu, show):
    rows = []
    for count in (30, 100):
        body = rss(news(count, 250))
        whole = parse(body)
        new = {0: whole.slices[:0], 1: whole.slices[:1], count // 5: whole.slices[: count // 5]}
        for number, unknown in new.items():
            known = Known(whole.frame, frozenset(whole.slices).difference(unknown))
            assert len(parse(body, known=known).items) == number
            skimmed = cpu(lambda body=body, known=known: [parse(body, known=known) for _ in range(20)], runs=3) / 20
            read = cpu(lambda body=body: parse(body), runs=3)
            rows.append(
                (f"{count} items, {number} new", f"{skimmed * 1e3:.2f}", f"{read * 1e3:.1f}", f"{read / skimmed:.1f}")
            )
    show("Skimming, CPU ms a document", ("document", "skimmed", "whole", "times faster"), rows)


def _corpus(folder: Path, cpu) -> tuple[str, ...]:
    """The real documents that both read, in the mean."""
    bodies = [path.read_bytes() for path in sorted((folder / "feeds").iterdir()) if path.is_file()]
    bodies = [body for body in bodies if _readable(body)]
    ours = cpu(lambda: [parse(body) for body in bodies], runs=1) / len(bodies)
    theirs = cpu(lambda: [feedparser.parse(body) for body in bodies], runs=1) / len(bodies)
    size = sum(map(len, bodies)) / len(bodies)
    return (
        f"corpus, mean of {len(bodies)}",
        f"{size / 1000:.0f}",
        f"{ours * 1e3:.1f}",
        f"{theirs * 1e3:.1f}",
        f"{theirs / ours:.1f}",
    )


def _readable(body: bytes) -> bool:
    """Whether we read it, and feedparser does: it reads no JSON."""
    try:
        return not parse(body).format.startswith("json")
    except ParseError:
        return False
