"""Output feeds as documents; that they are valid, tests/contract/web says of all that is served."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.alerts.atom import atom
from worker.alerts.json_feed import json_feed
from worker.alerts.outfeed import (
    TEXT_LIMIT,
    Entry,
    OutFeed,
    account_of,
    address_of,
    html_of,
    names_of,
    text_of,
    title_of,
)

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
ENTRY = Entry(
    id="d0c1cf05-f1cb-54d2-a9a6-2d4a4e0c0001",
    title="Talks <over>",
    link="https://a.example/1",
    text="First line.\nSecond & last.",
    authors=("A. Writer",),
    source="A",
    wire="ANI",
    language="en",
    watch_lists=("Kyiv", "Ukraine"),
    reports=3,
    independent_reports=2,
    published=NOW - timedelta(minutes=1),
    told_at=NOW,
    updated=NOW + timedelta(minutes=5),
)
FEED = OutFeed("d0c1cf05-f1cb-54d2-a9a6-2d4a4e0c0000", "Tocsin: Ukraine", ENTRY.updated, (ENTRY,))


def test_what_an_entry_says():
    assert title_of(ENTRY) == "Talks <over>"
    assert account_of(ENTRY) == "A (ANI). 3 reports, 2 independent. Watch list: Kyiv, Ukraine."
    assert html_of(ENTRY).startswith("<p>First line.</p><p>Second &amp; last.</p><p>A (ANI).")
    assert text_of(ENTRY).startswith("First line.\n\nSecond & last.\n\nA (ANI).")


def test_what_is_missing_is_said_or_left_out():
    bare = replace(ENTRY, title=" ", link=None, authors=("", " "), source="", wire=None, independent_reports=None,
                   reports=1, published=None, language=None)  # fmt: skip
    assert (title_of(bare), names_of(bare)) == ("(no headline)", ("unknown",))
    assert account_of(bare) == ". 1 report. Watch list: Kyiv, Ukraine."
    (item,) = json.loads(json_feed(replace(FEED, entries=(bare,)), address="https://t.example/x.json"))["items"]
    assert not {"url", "language"} & {*item}
    assert item["date_published"] == "2022-02-12T17:00:00Z"
    document = atom(replace(FEED, entries=(bare,)), address="https://t.example/x.atom").decode()
    assert 'rel="alternate"' not in document
    assert "<published>2022-02-12T17:00:00Z</published>" in document


def test_a_long_text_is_cut():
    assert len(html_of(replace(ENTRY, text="x" * 10_000))) < TEXT_LIMIT + 200


def test_the_same_feed_is_the_same_bytes():
    for write in (atom, json_feed):
        assert write(FEED, address="https://t.example/x") == write(FEED, address="https://t.example/x")


def test_names_are_told_once_and_the_source_only_where_nobody_is_named():
    assert names_of(replace(ENTRY, authors=("B", "B", ""))) == ("B",)
    assert names_of(replace(ENTRY, authors=())) == ("A",)


@pytest.mark.parametrize("link", [None, "", "mailto:a@b.example", "https://", "https://a.example:x/", "//a.example/"])
def test_what_is_no_address_of_the_web_is_none(link):
    assert address_of(link) is None
