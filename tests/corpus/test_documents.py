"""Every real document is read as feedparser reads it, and kept as often as its items differ."""

from __future__ import annotations

import io
import json
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import feedparser
import pytest

from worker.errors import ParseError
from worker.feeds.parse import parse
from worker.stories.identity import identify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worker.feeds.model import ItemData

pytestmark = pytest.mark.corpus


def documents(corpus: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((corpus / folder).rglob("*")):
        if path.is_file():
            yield path.relative_to(corpus).as_posix(), path.read_bytes()


def items_of(body: bytes) -> tuple[ItemData, ...]:
    try:
        return parse(body).items
    except ParseError:
        return ()


def reference(body: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)


def test_as_many_items_as_feedparser_finds(corpus: Path) -> None:
    manifest = json.loads((corpus / "MANIFEST.json").read_text("utf-8"))
    json_items = {file["path"]: file.get("jsonfeed_items") for file in manifest["files"]}
    other: dict[str, tuple[int, int]] = {}
    for name, body in documents(corpus, "feeds"):
        count = json_items.get(name)
        expected = len(reference(body).entries) if count is None else count
        found = len(items_of(body))
        if found != expected:
            other[name] = (found, expected)
    assert other == {}


def test_ids_and_dates_are_feedparsers(corpus: Path) -> None:
    other: list[tuple[str, int]] = []
    for name, body in documents(corpus, "feeds"):
        if name.endswith(".json"):
            continue
        for number, (item, entry) in enumerate(zip(items_of(body), reference(body).entries, strict=True)):
            given = " ".join(str(dict.get(entry, "id") or "").replace("\ufeff", "").split())
            dated = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
            ours = item.published or item.updated
            if (
                (item.id or "") != given
                or (ours is None and dated and dated.tm_year >= 1990 and "created_parsed" not in entry)
                or (ours and dated and ours.timetuple()[:5] != dated[:5])
            ):
                other.append((name, number))
    assert other == []


def test_only_what_is_no_feed_is_refused(corpus: Path) -> None:
    refused = Counter[str]()
    for name, body in documents(corpus, "feeds"):
        try:
            parse(body)
        except ParseError as error:
            assert not reference(body).entries, name
            refused[str(error)] += 1
    assert set(refused) == {"the document is a sitemap, which cannot be read yet", "the document is binary data"}


def test_no_case_of_anybodys_test_suite_raises_anything_but_a_parse_error(corpus: Path) -> None:
    for _, body in documents(corpus, "cases"):
        items_of(body)


TRACKED = {
    "fbclid",
    "gclid",
    "at_medium",
    "at_campaign",
    "cmp",
    "ocid",
    "smid",
    "ito",
    "xtor",
    "feedtype",
    "feedname",
    "cmpid",
}


def plain_link(link: str | None) -> str:
    """The canonical link, written a second time and slowly: only for telling links of one document apart."""
    if not link:
        return ""
    parts = urlsplit(link)
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in TRACKED and not key.lower().startswith(("utm_", "ns_"))
    ]
    return repr((parts.netloc.lower(), parts.path.replace("%20", " ") or "/", query))


def independent_count(items: tuple[ItemData, ...]) -> int:
    """How many items issue 2, paragraph 5 tells apart, by comparing each with each."""
    entries = list(dict.fromkeys((item.id or "", plain_link(item.link), item.title, item.text) for item in items))
    names = set()
    for entry in entries:
        identifier, link, title, text = entry
        others = [other for other in entries if other != entry]
        if identifier and all(other[0] != identifier for other in others):
            names.add(("id", identifier))
        elif not identifier and link and all(other[1] != link for other in others):
            names.add(("link", link))
        elif link and all(other[1:3] != (link, title) for other in others):
            names.add(("link and title", link, title))
        else:
            names.add(("title and text", title, text))
    return len(names)


def test_as_many_are_kept_as_an_independent_count_tells_apart(corpus: Path) -> None:
    other: dict[str, tuple[int, int]] = {}
    for name, body in documents(corpus, "feeds"):
        items = items_of(body)
        kept, expected = len(identify(items)), independent_count(items)
        if kept != expected:
            other[name] = (kept, expected)
    assert other == {}
