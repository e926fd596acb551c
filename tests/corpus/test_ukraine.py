"""What queries find in all of news/ is what a scan finds that knows nothing of tokens, folding or compiled sets."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from worker.watchlists import CompiledSet, compile_query
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.corpus

LETTER = r"[^\W_]"
APART = rf"(?:['’`]s(?!{LETTER}))?(?:(?!{LETTER})[\s\S])+"
"""What may stand between two words of a phrase: no letter or digit, but for a possessive."""


def words(*written: str) -> str:
    """Whole words in a row. The first stands first: an expression that begins with letters is searched for quickly."""
    return rf"{beginning(written[0])}{''.join(APART + word for word in written[1:])}(?!{LETTER})"


def beginning(written: str) -> str:
    return rf"{written}(?<!{LETTER}{written})"


class Asked(NamedTuple):
    """A query, an expression for the same, and whether capitals and accents count."""

    query: str
    scan: str
    as_written: bool = False


ASKED = (
    Asked("Ukraine", words("ukraine")),
    Asked("Ukraine's", words("ukraine")),
    Asked("Kyiv", words("kyiv")),
    Asked("Kiev", words("kiev")),
    Asked("NATO", words("nato")),
    Asked("oil", words("oil")),
    Asked("Zelensky", words("zelensky")),
    Asked("pokemon", words("pokemon")),
    Asked("cafe", words("cafe")),
    Asked('"climate change"', words("climate", "change")),
    Asked('"interest rates"', words("interest", "rates")),
    Asked("pro-Russian", words("pro", "russian")),
    Asked('"President of the United States"', words("president", "of", "the", "united", "states")),
    Asked('"bank * England"', words("bank", f"{LETTER}+", "england")),
    Asked("ukrain*", beginning("ukrain")),
    Asked("=US", words("US"), as_written=True),
    Asked("=Apple", words("Apple"), as_written=True),
    Asked('="White House"', words("White", "House"), as_written=True),
    Asked("/ukrain(e|ian)s?/", "ukrain(e|ian)s?"),
    Asked("=/COVID-[0-9]+/", "COVID-[0-9]+", as_written=True),
)
FILES = {
    "ag_news_test": 7_600,
    "fwd_headlines_2021-11_2022-06": 10_037,
    "reuters21578": 21_578,
    "ukraine_crisis_2014_articles": 90,
    "ukraine_war_gdelt_articles": 558,
    "wikiref220": 220,
}


def archive(corpus: Path) -> Iterator[Matchable]:
    for name, size in FILES.items():
        with gzip.open(corpus / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            records: list[dict[str, Any]] = [json.loads(line) for line in file]
        assert len(records) == size, name
        for one in records:
            categories = (one.get("category"), one.get("label"), *(one.get("topics") or ()), *(one.get("places") or ()))
            named = tuple(category for category in categories if category)
            yield Matchable(one.get("title") or "", one.get("text") or "", named, language=one.get("language"))


def plain(text: str) -> str:
    """The text in small letters, without accents and what cannot be seen, all forms of a letter as one."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in spread if unicodedata.category(char) not in ("Mn", "Cf"))


@pytest.mark.unmeasured
def test_queries_find_in_the_archive_what_a_scan_finds(corpus: Path) -> None:
    """Recall and precision of whole words and phrases are 1.0 (issue 5)."""
    queries = [compile_query(asked.query) for asked in ASKED]
    lists = CompiledSet([WatchList(number, asked.query, asked.query) for number, asked in enumerate(ASKED)])
    scans = [re.compile(asked.scan) for asked in ASKED]
    found = [0] * len(ASKED)
    for item in archive(corpus):
        written = (item.title, item.text, *item.categories)
        folded = [plain(text) for text in written]
        expected = [
            number
            for number, (scan, asked) in enumerate(zip(scans, ASKED, strict=True))
            if any(map(scan.search, _texts(asked, written if asked.as_written else folded)))
        ]
        reading = Reading(item)
        assert [hit.watch_list for hit in lists.match(reading)] == expected, item.title
        assert [number for number, query in enumerate(queries) if query.met(reading)] == expected, item.title
        for number in expected:
            found[number] += 1
    counts = dict(zip((asked.query for asked in ASKED), found, strict=True))
    assert not lists.broken
    assert not lists.faults
    assert counts["Ukraine"] == counts["Ukraine's"] > 600
    assert min(counts.values()) >= 1, sorted(counts.items(), key=lambda one: one[1])


def _texts(asked: Asked, texts: tuple[str, ...] | list[str]) -> tuple[str, ...] | list[str]:
    """An expression looks at title and text only."""
    return texts[:2] if asked.query.endswith("/") else texts
