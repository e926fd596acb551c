from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from worker.feeds.body import body
from worker.feeds.dates import from_struct, from_text, trusted
from worker.feeds.links import absolute, without_userinfo
from worker.feeds.mend import mend
from worker.feeds.names import language, name, person
from worker.feeds.newest import newest
from worker.feeds.sniff import markup

MOMENT = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "base", "url"),
    [
        ("https://a.example/x", "", "https://a.example/x"),
        ("HTTP://a.example/x", "", "HTTP://a.example/x"),
        (" https://a.example/a\n/b c ", "", "https://a.example/a/b%20c"),
        ("/x", "https://a.example/d/f", "https://a.example/x"),
        ("x?y", "https://a.example/d/f", "https://a.example/d/x?y"),
        ("//b.example/", "https://a.example/", "https://b.example/"),
        ("x", "", None),
        ("mailto:a@b.example", "https://a.example/", None),
        ("javascript:alert(1)", "https://a.example/", None),
        ("http://[bad", "", None),
        ("http:///x", "", None),
        ("https://a.example/" + "x" * 9_000, "", None),
        ("", "https://a.example/", None),
        (" \n", "https://a.example/d?q", None),
        ("#top", "https://a.example/d?q", None),
        ("?#", "https://a.example/d?q", "https://a.example/d?q"),
        ("x", "https://a.example/" + "d/" * 97, "https://a.example/" + "d/" * 97 + "x"),
        ("x", "https://a.example/" + "d/" * 98, None),
        ("/x", "https://a.example/?" + "q" * 1_981, "https://a.example/x"),
        ("/x", "https://a.example/?" + "q" * 9_000, "https://a.example/x"),
        ("?x", "https://a.example/f?" + "q" * 9_000, "https://a.example/f?x"),
        ("/x", "https://a.example/" + "f" * 1_983, None),
        ("https://b.example/x", "https://a.example/" + "d/" * 98, "https://b.example/x"),
        (None, "https://a.example/", None),
        (7, "", None),
    ],
)
def test_absolute(address: object, base: str, url: str | None) -> None:
    assert absolute(address, base) == url


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://a.example/x?to=b@c", "https://a.example/x?to=b@c"),
        ("https://user:p@ss@a.example:8/x//y@z", "https://a.example:8/x//y@z"),
        ("https://a.example/x//y@z", "https://a.example/x//y@z"),
        ("https://user@a.example?b@c", "https://a.example?b@c"),
        ("//user@a.example#b", "//a.example#b"),
        ("", ""),
    ],
)
def test_without_userinfo(url: str, bare: str) -> None:
    assert without_userinfo(url) == bare


@pytest.mark.parametrize(
    ("moment", "believed"),
    [
        (None, False),
        (MOMENT, True),
        (MOMENT + timedelta(days=1), True),
        (MOMENT + timedelta(days=1, microseconds=1), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(1989, 12, 31, 23, 59, 59, tzinfo=UTC), False),
    ],
)
def test_trusted(moment: datetime | None, believed: bool) -> None:
    assert trusted(moment, MOMENT) == (moment if believed else None)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2022-02-12T17:02:11Z", MOMENT),
        ("2022-02-12T19:02:11+02:00", MOMENT),
        ("2022-02-12 17:02:11", MOMENT),
        ("Sat, 12 Feb 2022 17:02:11 GMT", MOMENT),
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (1644685331, None),
    ],
)
def test_from_text(value: object, moment: datetime | None) -> None:
    assert from_text(value) == moment


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (time.struct_time((2022, 2, 12, 17, 2, 11, 5, 43, 0)), MOMENT),
        (time.struct_time((2022, 2, 12, 17, 2, 61, 5, 43, 0)), MOMENT.replace(second=59)),
        (time.struct_time((2022, 13, 12, 17, 2, 11, 5, 43, 0)), None),
        (time.struct_time((1970, 1, 1, 0, 0, 0, 3, 1, 0)), None),
        ({"a": "b"}, None),
        (None, None),
    ],
)
def test_from_struct(value: object, moment: datetime | None) -> None:
    assert from_struct(value) == moment


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ann Lee", "Ann Lee"),
        ("desk@a.example (Ann (Annie) Lee)", "Ann (Annie) Lee"),
        ("Ann <ann@a.example>", "Ann"),
        ("Ann (ann@a.example)", "Ann"),
        ("ann@a.example", "ann@a.example"),
        (None, ""),
    ],
)
def test_person(value: object, text: str) -> None:
    assert person(value) == text


def test_names_are_plain_text_of_one_line() -> None:
    assert name(" a\n &amp; <b>b</b> ") == "a & b"
    assert name(["a"]) == ""


@pytest.mark.parametrize(
    ("value", "tag"), [("en_GB", "en-gb"), (" uk ", "uk"), ("English, please", None), ("", None), (3, None)]
)
def test_language(value: object, tag: str | None) -> None:
    assert language(value) == tag


@pytest.mark.parametrize(
    ("summary", "contents", "text"),
    [
        ("s", [], "s"),
        ("", ["c"], "c"),
        ("The start...", ["The start of it."], "The start of it."),
        ("The start […]", ["The start of it."], "The start of it."),
        ("Same", ["Same"], "Same"),
        ("A lead", ["Body", "Body", "More"], "A lead\nBody\nMore"),
    ],
)
def test_body(summary: str, contents: list[str], text: str) -> None:
    assert body(summary, contents) == text


def test_newest_keeps_undated_ones_and_of_equals_the_upper() -> None:
    dates = [MOMENT, None, MOMENT.replace(year=2021), MOMENT]
    assert newest([0, 1, 2, 3], dates.__getitem__, 2) == [0, 1]
    assert newest([0, 1, 2, 3], dates.__getitem__, 3) == [0, 1, 3]
    assert newest([0, 1], dates.__getitem__, 2) == [0, 1]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a\x00\x0bb\tc\n", "ab\tc\n"),
        ("&#55357;&#56613;", "🔥"),
        ("&#xd83d;&#XDD25;", "🔥"),
        ("&#55357;&#56;", "&#56;"),
        ("&#56613;&#55357;", ""),
        ("&#56400;&#56400;", ""),
        ("&#0;&#x0;&#1114112;&#999999999999;&#xFFFF;", ""),
        ("&#38;&#x26;&amp;&#9;", "&#38;&#x26;&amp;&#9;"),
    ],
)
def test_mend(text: str, mended: str) -> None:
    assert mend(text) == mended


@pytest.mark.parametrize(
    ("text", "root", "begins"),
    [
        ("<?xml version='1.0'?><!-- <a> --><RSS>", "rss", "<RSS>"),
        ("<!DOCTYPE x SYSTEM '>'><a:feed>", "feed", "<a:feed>"),
        ("<br><?xml?><rdf:RDF a='b'>", "rdf", "<rdf:RDF"),
        ("<!-- open <b> <x>", "b", "<b>"),
        ("words <b> more", "b", "<b>"),
    ],
)
def test_markup_begins_with_its_root(text: str, root: str, begins: str) -> None:
    found = markup(text)
    assert found.root == root
    assert found.text.startswith(begins)
