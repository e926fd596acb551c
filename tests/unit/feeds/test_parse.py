from __future__ import annotations

import contextlib
import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import HtmlPage, ParseError
from worker.feeds import entries
from worker.feeds.parse import parse

DOCUMENTS = Path(__file__).parent / "documents"
URL = "https://served.example/dir/feed.xml"
CASES = sorted(path for path in DOCUMENTS.iterdir() if not path.name.endswith(".expected.json"))


def said(document: Any) -> dict[str, Any]:
    """The document as JSON would say it, without what items do not say."""
    values = dataclasses.asdict(document)
    values["items"] = [
        {key: value for key, value in item.items() if value not in (None, "", ()) and key != "slice"}
        for item in values["items"]
    ]
    for name in ("hints", "previous", "parts", "frame", "slices", "skimmed"):
        del values[name]  # tested apart
    plain: dict[str, Any] = json.loads(json.dumps(values, default=datetime.isoformat))
    return plain


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_document_says_what_its_neighbour_expects(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    assert said(parse(path.read_bytes(), url=URL)) == expected


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"<!DOCTYPE html><html><head><title>Not found</title></head></html>", "an HTML page"),
        (b"<HTML><item>x</item></HTML>", "an HTML page"),
        (b"<!-- a --><?b c?><urlset/>", None),
        (b"---\nfront: matter\n---\n<sitemapindex>", None),
        (b"<opml version='2.0'></opml>", "an OPML list"),
        (b"just words", "plain text"),
        (b"\0\1\2\3", "binary data"),
        (b"PK\3\4", "a ZIP archive"),
        (b"<foo/>", "<foo>"),
        (b"<rss/>", None),
        (b"{", "begins like JSON and is none"),
        (b"[" * 100_000, "begins like JSON and is none"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "JSON, not a JSON Feed"),
        (b"{ no name}", "plain text"),
        (b"[no feed behind it]", "begins like JSON and is none"),
        (b"[1]", "a JSON array"),
        (b'{"items": 1}', "JSON, not a JSON Feed"),
        (b'{"items": [{"name": "x"}, 3]}', "JSON, not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "JSON, not a JSON Feed"),
        (
            b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"{}," * 20_000 + b"{}]}",
            "more than 20,000 items",
        ),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"/>', "declarations of its own"),
        (b"<!DOCTYPE rss SYSTEM '[>' [ ]><rss version='2.0'/>", "declarations of its own"),
        (b"<rss version='2.0'>" + b"<item/>" * 20_001 + b"</rss>", "more than 20,000 items"),
        (b"<rss version='2.0'>" + b"<item>" * 20_001, "more than 20,000 items"),
        (b"<rss version='2.0'>" + b"<" * 500_000, "more than 500,000 tags"),
        (b"<rss version='2.0'>" + b"<x>" * 300 + b"</x>" * 300 + b"</rss>", "more than 256 deep"),
        (
            b"<rss version='2.0'>" + b"".join(b"<x xmlns:a%d='u:%d'/>" % (n, n) for n in range(300)) + b"</rss>",
            "more than 200 namespaces",
        ),
        (
            b"<rss version='2.0'>" + b"".join(b"<x xmlns:a%d='u:%d'>" % (n, n) for n in range(300)) + b"</rss>",
            "more than 200 namespaces",
        ),
        (b"<rss version='2.0'><item a" + b" b=''" * 250 + b"/></rss>", "more than 200 attributes"),
        (b"<rss version='2.0'><item a='>'" + b" b=''" * 250 + b"/></rss>", "more than 200 attributes"),
        (b"<rss version='2.0'><item a='>'" + b' b = "\'>"' * 250 + b"/></rss>", "more than 200 attributes"),
    ],
)
def test_what_is_no_feed_is_refused_in_one_clear_line(body: bytes, says: str | None) -> None:
    if says is None:
        assert parse(body).items is not None
        return
    with pytest.raises(ParseError) as error:
        parse(body)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_words_behind_a_less_than_sign_are_no_attributes() -> None:
    text = b"if a <b then " + b'"many" words ' * 500
    body = (
        b"<rss version='2.0'><channel><item><title>t</title><description><![CDATA["
        + text
        + b"]]></description></item></channel></rss>"
    )
    assert parse(body).items[0].title == "t"


def test_a_long_attribute_is_no_attack() -> None:
    body = (
        b"<rss version='2.0'><channel><item><enclosure url='"
        + b"x y " * 5_000
        + b"'/><title>t</title></item></channel></rss>"
    )
    assert parse(body).items[0].title == "t"


def test_a_prolog_of_white_space_and_declarations_costs_no_time() -> None:
    feed = b"<rss version='2.0'><channel><item><title>t</title></item></channel></rss>"
    for prolog in (b"\n" * 300_000, b"\n<!ENTITY" * 30_000, b'<?xml encoding="' * 20_000):
        assert parse(prolog + feed).items[0].title == "t"


def test_items_may_declare_any_number_of_namespaces_in_all() -> None:
    items = b"".join(b"<item xmlns:a%d='u:%d'><title>t</title></item>" % (n, n) for n in range(1_000))
    assert len(parse(b"<rss version='2.0'><channel>" + items + b"</channel></rss>").slices) == 1_000


@pytest.mark.unmeasured
def test_thousands_of_categories_cost_no_time() -> None:
    terms = b"".join(b"<category>c%d</category>" % (n // 2) for n in range(50_000))
    (item,) = parse(b"<rss version='2.0'><channel><item>" + terms + b"</item></channel></rss>").items
    assert item.categories == tuple(f"c{n}" for n in range(100))


def test_an_author_of_half_a_megabyte_costs_no_time() -> None:
    body = b"<rss version='2.0'><channel><item><author>" + b"a" * 500_000 + b"</author></item></channel></rss>"
    assert parse(body).items[0].authors == ("a" * 200,)


def test_what_feedparser_trips_over_is_a_parse_error() -> None:
    with pytest.raises(ParseError, match="cannot be read"):
        parse(b"<rss version='2.0'><channel><source><textinput></source><link>x</link></channel></rss>")


@pytest.mark.parametrize("tail", [b"</channel></rss>", b"<open></channel></rss>"])
def test_what_feedparser_trips_over_in_an_item_costs_only_itself(tail: bytes) -> None:
    items = (
        b"<item><title>One</title><textinput><link>x</link></textinput></item>"
        b"<item><title>Two</title><media:thumbnail/><links a='b'/><link>/two</link></item>"
        b"<item><media:rating><media:player/></media:rating><title>Three</title></item>"
    )
    document = parse(
        b"<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel>" + items + tail, url=URL
    )
    assert [item.title for item in document.items] == ["One", "Two", "Three"]
    assert document.items[1].link == "https://served.example/two"


def test_an_item_that_cannot_be_converted_is_left_out() -> None:
    assert entries.tried(int, "no number") is None


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><head><title>Not found</title></head></html>",
        b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"\n\n junk <br> <b>Warning</b>\n<HTML><body>",
        b"<!doctype HTML><title>Gone</title><p>nothing",
        b"<!doctype html><my-page/>",
        b"<h1>Bad gateway</h1>",
        b"<head><title>x</title></head><body>y</body>",
        b"<h:html xmlns:h='http://www.w3.org/1999/xhtml'/>",
    ],
)
def test_a_web_page_is_told_from_other_things_that_are_no_feed(body: bytes) -> None:
    with pytest.raises(HtmlPage, match="the document is an HTML page"):
        parse(body)


def test_a_feed_behind_the_beginning_of_a_page_is_a_feed() -> None:
    assert parse(b"<br />\n<b>Warning</b>: deprecated<rss version='2.0'><channel></channel></rss>").format == "rss20"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("#top", None),
        (" ", None),
        ("", None),
        ("?p=1", "https://served.example/dir/feed.xml?p=1"),
        (".", "https://served.example/dir/"),
    ],
)
def test_an_address_that_names_no_page_is_no_link(link: str, expected: str | None) -> None:
    feeds = (
        f"<rss version='2.0'><channel><item><link>{link}</link></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='{link}'/></entry></feed>",
        json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"url": link}]}),
    )
    for feed in feeds:
        assert parse(feed.encode(), url=f"{URL}?token=x").items[0].link == expected


def test_another_link_of_the_item_stands_in_for_one_that_names_no_page() -> None:
    entry = b"<entry><link href='#top'/><link href='/real' rel='alternate' type='text/plain'/></entry>"
    assert (
        parse(b"<feed xmlns='http://www.w3.org/2005/Atom'>" + entry + b"</feed>", url=URL).items[0].link
        == "https://served.example/real"
    )


@pytest.mark.parametrize(
    ("links", "previous"),
    [
        ("<{a}link rel='next' href='/2'/>", "https://served.example/2"),
        ("<{a}link rel='next' href='/2'/><{a}link rel='prev-archive' href='old/'/>", "https://served.example/dir/old/"),
        ("<{a}link rel='prev-archive' href='mailto:x'/><{a}link rel='NEXT' href='/2'/>", "https://served.example/2"),
        (f"<{{a}}link rel='next' href='{URL}'/>", None),
        ("<{a}link rel='previous' href='/newer'/><{a}link rel='self' href='/3'/>", None),
    ],
)
def test_the_document_before_this_one_is_its_archive_else_its_next_page(links: str, previous: str | None) -> None:
    for frame, prefix in (
        ("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", ""),
        ("<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{}</channel></rss>", "atom:"),
    ):
        assert parse(frame.format(links.format(a=prefix)).encode(), url=URL).previous == previous


def test_json_pages_lead_to_the_next() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": []}
    assert parse(json.dumps(feed | {"next_url": "?page=2"}).encode(), url=URL).previous == f"{URL}?page=2"
    assert parse(json.dumps(feed | {"next_url": URL}).encode(), url=URL).previous is None
    assert parse(json.dumps(feed).encode(), url=URL).previous is None


def test_an_element_of_the_item_itself_counts_before_one_deeper_in_it() -> None:
    text = b"<rss version='2.0'><channel><item><guid>its own</guid><part><guid>another's</guid></part></item></channel></rss>"
    (item,) = parse(text, url=URL).items
    assert item.id == "its own"


def test_lengths_are_held() -> None:
    item = {
        "id": "i" * 8_193,
        "url": "https://a.example/" + "u" * 8_192,
        "title": "t" * 1_001,
        "content_text": "c" * 200_001,
        "summary": "s" * 200_001,
        "tags": ["g" * 300],
    }
    (read,) = parse(json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]}).encode()).items
    assert (read.id, read.link, len(read.title), len(read.text), len(read.summary)) == (
        None,
        None,
        1_000,
        200_000,
        200_000,
    )
    assert read.categories == ("g" * 200,)
    long_id = (
        b"<rss version='2.0'><channel><item><guid isPermaLink='false'>"
        + b"i" * 9_000
        + b"</guid></item></channel></rss>"
    )
    assert parse(long_id).items[0].id is None


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel><link>/</link><item><link>/a</link></item></channel></rss>",
        b"<rss version='2.0'><channel><item><link>/a</link></item></channel></rss>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><entry><link href='/a'/></entry></feed>",
        b'{"version": "https://jsonfeed.org/version/1", "home_page_url": "/", "items": [{"url": "/a", "image": "b@c"}]}',
    ],
)
def test_a_reader_s_credentials_stand_in_no_link(body: bytes) -> None:
    document = parse(body, url="https://reader:pa@ss@served.example/dir/feed.xml?to=a@b")
    assert document.link in {"https://served.example/", None}
    assert document.items[0].link == "https://served.example/a"
    assert document.items[0].image in {"https://served.example/dir/b@c", None}


@pytest.mark.parametrize("space", ["", "\n", "<?xml version='1.0'?>\n"])
@pytest.mark.parametrize(
    "warning",
    [
        "[28-Feb-2022 10:00:00 UTC] PHP Warning: too few in <b>x.php</b> on line 1\n",
        "[1] done\n",
        "[[[ [error]",
        "{main} thrown in x.php\n",
    ],
)
def test_a_warning_before_the_feed_is_no_json(warning: str, space: str) -> None:
    feed = "<rss version='2.0'><channel><item><title>One</title></item></channel></rss>"
    assert [item.title for item in parse(f"{space}{warning}{feed}".encode()).items] == ["One"]


def test_words_of_json_may_hold_the_beginning_of_a_feed() -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": "<rss> <feed>"}]}
    assert parse(b" \n" * 400 + json.dumps(feed, indent=1).encode()).items[0].text == "<rss> <feed>"


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_without_end_costs_only_itself(sign: str) -> None:
    number = f"{sign}{'1' * 5_000}"
    items = f'{{"id": {number}, "title": "One", "x": [{number}]}}, {{"id": 2, "title": "Two"}}'
    document = parse(f'{{"version": "https://jsonfeed.org/version/1", "items": [{items}]}}'.encode())
    assert [(item.id, item.title) for item in document.items] == [(None, "One"), ("2", "Two")]
    assert len(document.slices) == 2


def test_numbers_serve_as_ids_whatever_their_size() -> None:
    ids = ["7", "1.5", "1e400", "-1e400", "1" + "0" * 400, "NaN", "true", "null"]
    items = ", ".join(f'{{"id": {number}}}' for number in ids)
    document = parse(f'{{"version": "https://jsonfeed.org/version/1", "items": [{items}]}}'.encode())
    assert [item.id for item in document.items] == ["7", "1.5", None, None, "1" + "0" * 400, None, None, None]


@pytest.mark.parametrize("kind", ["rss", "json"])
def test_of_too_many_items_the_newest_stay_in_document_order(kind: str) -> None:
    years = [str(2000 + n % 3) for n in range(3_000)]
    if kind == "rss":
        items = "".join(
            f"<item><guid isPermaLink='false'>{n}</guid><pubDate>{year}-01-01T00:00:00Z</pubDate></item>"
            for n, year in enumerate(years)
        )
        body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    else:
        body = json.dumps(
            {
                "version": "https://jsonfeed.org/version/1",
                "items": [{"id": str(n), "date_published": f"{year}-01-01"} for n, year in enumerate(years)],
            }
        ).encode()
    assert [item.id for item in parse(body).items] == [str(n) for n in range(3_000) if n % 3]


@given(
    st.binary(max_size=300) | st.text(alphabet="<>/&;#!?[]=\"' abrsitemfdlnkCDAT\n-x:{}", max_size=300).map(str.encode)
)
def test_no_bytes_raise_anything_but_a_parse_error(body: bytes) -> None:
    for document in (
        body,
        b"<rss version='2.0'><channel><item>" + body,
        b'{"version": "https://jsonfeed.org/version/1", ' + body,
    ):
        with contextlib.suppress(ParseError):
            parse(document, content_type="text/xml; charset=x", url=URL)
