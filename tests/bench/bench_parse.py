"""Parsing: ours against feedparser as it comes, over documents of our own and, where it is, the corpus."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import feedparser
from bench.prose import Prose
from golden.newsroom import BEGIN
from servers.documents import Item, atom, dated, rss

from worker.errors import ParseError
from worker.feeds.parse import parse


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
