"""Files of other readers, and what becomes of them."""

from __future__ import annotations

import json

import pytest

from worker.errors import ParseError
from worker.feeds.limits import MAX_NAME
from worker.watchlists.imports import google, php
from worker.watchlists.imports.freshrss import MOST_QUERIES
from worker.watchlists.imports.model import FoundFeed, FoundList, LeftOut
from worker.watchlists.imports.read import MOST_BYTES, UNKNOWN, read

ALERT = "https://www.google.com/alerts/feeds/01441943357185983502/10271601532123878621"
OTHER = "https://www.google.co.jp/alerts/feeds/1/2"

CONFIGURATION = r"""<?php
return array (
  'enabled' => true,
  'passwordHash' => '$2y$09$hunter2',
  'archiving' =>
  array (
    'keep_period' => 'P3M',
    'keep_min' => 50,
    'ratio' => -1.5,
    'sorted' => NULL,
  ),
  'queries' =>
  array (
    0 =>
    array (
      'name' => 'War &amp; peace',
      'search' => 'intitle:&quot;big war&quot; OR l\'Ukraine',
      'state' => 2,
      'url' => './?a=normal',
    ),
    1 =>
    array (
      'get' => 'c_2',
      'name' => 'In a category',
      'search' => 'peace',
    ),
  ),
);"""


def queries(*given: dict[str, object]) -> bytes:
    return json.dumps({"queries": given}).encode()


def test_the_configuration_of_freshrss_is_read_and_not_run() -> None:
    found = read(CONFIGURATION.encode())
    assert (found.reader, found.feeds) == ("FreshRSS", ())
    assert found.lists == (FoundList("War & peace", 'title:"big war" OR l\'Ukraine'),)
    assert found.left_out == (LeftOut("In a category", "it looks at its category 2 of FreshRSS only", "peace"),)
    assert "hunter2" not in repr(found)


def test_the_queries_alone_are_good_as_json() -> None:
    one = {"name": "A", "search": "war"}
    expected = (FoundList("A", "war"),)
    for given in ([one], {"queries": [one]}, {"queries": {"0": one}}):
        assert read(json.dumps(given).encode()).lists == expected


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"get": "f_12"}, "its feed 12"),
        ({"get": "t_3"}, "its label 3"),
        ({"get": "T"}, "what has a label"),
        ({"get": "s"}, "favourites"),
        ({"get": "i"}, "important feeds"),
        ({"get": "Z"}, "Z"),
        ({"get": "c_2+f_1"}, "c_2+f_1"),
        ({"state": 1}, "read items"),
        ({"state": 6}, "favourites"),
    ],
)
def test_a_query_that_looks_at_a_part_is_left_out_but_told(given: dict[str, object], place: str) -> None:
    found = read(queries({"name": "A", "search": "war"} | given))
    assert (found.lists, found.left_out) == ((), (LeftOut("A", f"it looks at {place} of FreshRSS only", "war"),))


@pytest.mark.parametrize("given", [{}, {"get": "a"}, {"get": "A", "state": 3}, {"state": 14}, {"state": "2"}])
def test_a_query_that_looks_at_what_is_new_is_a_list(given: dict[str, object]) -> None:
    assert read(queries({"name": "A", "search": "war"} | given)).lists == (FoundList("A", "war"),)


def test_queries_refer_to_each_other_and_fall_together() -> None:
    found = read(
        queries(
            {"name": "War", "search": "war OR battle"},
            {"name": "Both", "search": "search:War S:4 !S:99"},
            {"name": "More", "search": 'search:"War" peace'},
            {"name": "Grain deal", "search": "grain"},
            {"name": "Old", "search": "date:2019 war"},
            {"name": "Needs old", "search": "search:Old x"},
            {"name": "Needs that", "search": "search:'Needs old' y"},
            {"name": "Nobody's", "search": "search:Nowhere z"},
        )
    )
    assert found.lists == (
        FoundList("War", "war OR battle"),
        FoundList("More", 'list:"War" peace'),
        FoundList("Grain deal", "grain"),
    )
    assert {one.name: one.reason for one in found.left_out} == {
        "Both": "Tocsin has no counterpart of FreshRSS's `S:`",
        "Old": "Tocsin has no counterpart of FreshRSS's `date:`",
        "Needs old": "it refers to the query 'Old', which is left out",
        "Needs that": "it refers to the query 'Needs old', which is left out",
        "Nobody's": "it refers to the query 'Nowhere', which is left out",
    }


def test_a_query_by_its_number_is_one_by_its_name() -> None:
    found = read(queries({"name": "Grain deal", "search": "grain"}, {"name": "B", "search": "x -S:1"}))
    assert found.lists[1] == FoundList("B", 'x -list:"Grain deal"')


def test_queries_have_names_of_one_line_each_its_own() -> None:
    found = read(
        queries(
            {"search": "a"},
            {"name": " two\nlines ", "search": "b"},
            {"name": "two lines", "search": "c"},
            {"name": "D", "search": ""},
            {"name": "E", "search": 5},
        )
    )
    assert found.lists == (FoundList("FreshRSS query 1", "a"), FoundList("two lines", "b"))
    assert [(one.name, one.reason) for one in found.left_out] == [
        ("D", "it looks for no words"),
        ("E", "it looks for no words"),
        ("two lines", "another query of the file has this name"),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", UNKNOWN),
        (b"hello", UNKNOWN),
        (b"https://example.org/feed", UNKNOWN),
        (
            b"# mine\n\nhttps://www.google.com/alerts/feeds/1/2\nhttps://example.org/feed",
            "line 4 is no address of a Google Alert; `tocsin feeds add` adds a feed",
        ),
        (b"{broken", "it begins as JSON, but is none"),
        (b"[" * 100_000, "it begins as JSON, but is none"),
        (b"{}", "there are no `queries` in it"),
        (b'{"queries": 5}', "there are no `queries` in it"),
        (b"[5]", "its query 1 is none of FreshRSS's"),
        (json.dumps([{}] * (MOST_QUERIES + 1)).encode(), "there are more than 10,000 queries"),
        (b"x" * (MOST_BYTES + 1), "it is larger than 20 MB"),
        (b"<html>", "the document is an HTML page, not an OPML list"),
        (b"<opml><body><outline xmlUrl='https://x.example/'/></body></opml>", "the list names no Google Alert"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>", "the document type has declarations of its own"),
        (b"<?php system('rm -rf /'); return array();", "line 1 is nothing that FreshRSS writes"),
        (b"<?php\nreturn array(1 2);", "line 2 is nothing that FreshRSS writes"),
        (b"<?php return array(array() => 1);", "line 1 is nothing that FreshRSS writes"),
        (b"<?php return array('a' => ]", "line 1 is nothing that FreshRSS writes"),
        (b"<?php return array(1)) ;", "line 1 is nothing that FreshRSS writes"),
        (b"<?php return 'a", "line 1 is nothing that FreshRSS writes"),
        (b"<?php return " + b"[" * 100, "line 1 is nothing that FreshRSS writes"),
        (b"<?php return [" + b"1," * php.MAX_VALUES + b"]", "it holds more than 200,000 values"),
    ],
)
def test_anything_else_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert str(caught.value).startswith(said)


def test_php_as_people_write_it_is_read_too() -> None:
    text = """<?php
# a comment, with 'quotes'
/* another
   one */ return [
    "a" => 'it\\'s \\\\ fine', // and one more
    'b' => [1, 2, [],],
    'c' => FreshRSS_Entry::STATE_READ, 'd' => TRUE, 5 => 1.5e3, 'e' => array( ),
];"""
    assert php.returned(text) == {
        "a": "it's \\ fine",
        "b": {0: 1, 1: 2, 2: {}},
        "c": None,
        "d": True,
        5: 1500.0,
        "e": {},
    }


def test_google_alerts_are_feeds_and_lists() -> None:
    body = f"""<opml version="2.0"><head><title>Mine</title></head><body><outline text="Alerts">
<outline type="rss" text="Google Alert - &quot;military buildup&quot; -football" xmlUrl="{ALERT}"/>
<outline type="rss" text="Google アラート - あ" xmlUrl="{OTHER}"/>
<outline type="rss" text="Ukraine" xmlUrl="https://www.google.com/alerts/feeds/1/3"/>
<outline type="rss" text="Google Alert - 1..2" xmlUrl="https://www.google.com/alerts/feeds/1/4"/>
<outline type="rss" text="Google Alert - あ" xmlUrl="https://www.google.com/alerts/feeds/1/5"/>
<outline type="rss" text="Google Alert - {"long " * 50}" xmlUrl="https://www.google.com/alerts/feeds/1/6"/>
<outline type="rss" text="BBC" xmlUrl="https://feeds.bbci.co.uk/news/rss.xml"/>
</outline></body></opml>"""
    found = read(body.encode())
    assert found.reader == "Google Alerts"
    assert found.lists == (
        FoundList('"military buildup" -football', '"military buildup" -football'),
        FoundList("あ", "あ"),
    )
    assert [feed.url for feed in found.feeds] == [
        ALERT,
        OTHER,
        *(f"https://www.google.com/alerts/feeds/1/{number}" for number in (3, 4, 5, 6)),
    ]
    assert [(one.name, one.reason) for one in found.left_out[:2]] == [
        ("Ukraine", google.UNTITLED),
        ("1..2", "Tocsin has no counterpart of Google's `1..2`; it is a feed only"),
    ]
    (cut,) = found.left_out[2:]
    assert (cut.name.startswith("Google Alert - long"), cut.reason) == (True, google.CUT)


def test_what_freshrss_marks_as_read_is_named_and_no_list() -> None:
    body = f"""<opml version="2.0"><body><!-- <outline frss:filtersActionRead="x"/> -->
<outline text="Ads" xmlUrl="https://x.example/" frss:filtersActionRead="intitle:ads&#10;sponsored"/>
<outline xmlUrl="https://y.example/" frss:filtersActionRead="{"long " * 50}"/></body></opml>"""
    found = read(body.encode())
    assert (found.reader, found.lists, found.feeds) == ("FreshRSS", (), ())
    assert found.left_out[0] == LeftOut(
        "Ads", "that FreshRSS marks as read what matches `intitle:ads sponsored` makes no watch list"
    )
    assert found.left_out[1].name == "a feed"
    assert len(found.left_out[1].reason) < MAX_NAME


def test_addresses_alone_are_feeds_alone() -> None:
    found = read(f"\ufeff# my alerts\n\n{ALERT}\r\n {OTHER} \n{ALERT}\n".encode())
    assert (found.lists, [feed.url for feed in found.feeds]) == ((), [ALERT, OTHER])
    assert {one.reason for one in found.left_out} == {google.UNTITLED}


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        (ALERT, True),
        ("http://google.de/alerts/feeds/1/2/", True),
        ("https://www.google.com/alerts/feeds/1", False),
        ("https://www.google.com.evil.example/alerts/feeds/1/2", False),
        ("ftp://www.google.com/alerts/feeds/1/2", False),
        ("https://[::1/alerts/feeds/1/2", False),
    ],
)
def test_an_alert_is_known_by_its_address(url: str, *, is_one: bool) -> None:
    assert google.is_alert(url) == is_one


def test_an_alert_seen_twice_is_one() -> None:
    assert len(google.alerts([FoundFeed(ALERT, "Google Alert - a"), FoundFeed(ALERT, "Google Alert - b")]).lists) == 1
