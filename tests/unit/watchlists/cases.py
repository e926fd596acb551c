"""Reads cases.yaml, whose first lines say how a case is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from worker.watchlists.model import Matchable, Span

ORDER = ("title", "text", "category", "author", "source", "link", "feed")
"""Of fields in a hit's spans."""


class Case(NamedTuple):
    query: str
    item: Matchable
    spans: tuple[Span, ...]
    met: bool
    terms: list[str] | None
    lists: dict[str, str]


def case_of(written: dict[str, Any]) -> Case:
    written = dict(written)
    query, lists, terms = written.pop("query"), written.pop("lists", {}), written.pop("terms", None)
    spans: dict[str, list[Span]] = {}

    def plain(field: str, text: str) -> str:
        said, spans[field] = unmarked(field, text)
        return said

    def several(field: str, texts: list[str]) -> tuple[str, ...]:
        return tuple(plain(field, "\n".join(texts)).split("\n")) if texts else ()

    feed_name, _, feed_url = plain("feed", f"{written.pop('feed', '')}\n{written.pop('feed_url', '')}").partition("\n")
    item = Matchable(
        title=plain("title", written.pop("title", "")),
        text=plain("text", written.pop("text", "")),
        categories=several("category", written.pop("categories", [])),
        feed_tags=frozenset(written.pop("tags", ())),
        language=written.pop("language", None),
        authors=several("author", written.pop("authors", [])),
        source=plain("source", written.pop("source", "")) or None,
        link=plain("link", written.pop("link", "")) or None,
        feed_name=feed_name,
        feed_url=feed_url,
    )
    ordered = tuple(span for field in ORDER for span in spans.get(field, ()))
    met = written.pop("met", bool(ordered))
    assert not written, f"{query}: what is {', '.join(written)}?"
    return Case(query, item, ordered, met, terms, lists)


def unmarked(field: str, text: str) -> tuple[str, list[Span]]:
    spans: list[Span] = []
    plain = ""
    for number, part in enumerate(re.split("[⟦⟧]", text)):
        if number % 2:
            spans.append(Span(field, len(plain), len(plain) + len(part)))
        plain += part
    return plain, spans


CASES = [
    case_of(written) for written in yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))
]
