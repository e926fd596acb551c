from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.errors import ParseError
from worker.feeds.bounds import refuse_crowded
from worker.feeds.limits import MAX_ITEMS
from worker.feeds.model import Document, Known
from worker.feeds.parse import parse
from worker.feeds.skim import digest, pieces

URL = "https://served.example/dir/feed.xml"
RSS = "<rss version='2.0'><channel><title>A feed</title><link>https://a.example/</link>{}</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>A feed</title>{}</feed>"
TWO = "<item><title>One</title></item><item><title>Two</title></item>"


def read(text: str, known: Known | None = None) -> Document:
    return parse(text.encode(), url=URL, known=known)


def known_of(document: Document, *but: bytes) -> Known:
    assert document.frame is not None
    return Known(document.frame, frozenset(document.slices).difference(but))


def facts(document: Document) -> Document:
    """All that the document says besides its items."""
    return dataclasses.replace(document, items=(), skimmed=False)


def assert_as_whole(text: str, known: Known) -> Document:
    """What is read beside `known` is what reading all of it gives."""
    return assert_as(read(text), text, known)


def assert_as(whole: Document, text: str, known: Known) -> Document:
    skimmed = read(text, known)
    assert facts(skimmed) == facts(whole)
    expected = [item for item in whole.items if not skimmed.skimmed or item.slice not in known.slices]
    assert list(skimmed.items) == expected
    return skimmed


@pytest.mark.parametrize("frame", [RSS, ATOM])
@pytest.mark.parametrize("element", ["item", "entry", "Item"])
def test_an_unknown_item_alone_is_read(frame: str, element: str) -> None:
    items = [f"<{element}><title>{n}</title></{element}>" for n in range(4)]
    first = read(frame.format("\n".join(items[1:])))
    assert [item.slice for item in first.items] == list(first.slices) == [digest(item) for item in items[1:]]
    second = assert_as_whole(frame.format("\n".join(items[:3])), known_of(first))
    assert second.skimmed
    assert [item.title for item in second.items] == ["0"]


def test_a_document_without_anything_new_still_says_what_it_says_of_itself() -> None:
    first = read(RSS.format(TWO))
    second = assert_as_whole(RSS.format(f"{TWO}<ttl>60</ttl>").replace("A feed", "Renamed"), known_of(first))
    assert second.skimmed
    assert second.items == ()
    assert second.title == "Renamed"
    assert second.hints != first.hints


def test_repeats_of_an_unknown_slice_are_each_read() -> None:
    first = read(RSS.format(TWO))
    again = assert_as_whole(RSS.format(TWO + "<item><title>New</title></item>" * 2), known_of(first))
    assert again.skimmed
    assert [item.title for item in again.items] == ["New", "New"]
    assert len(again.slices) == 4


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<rss version='2.0'>", "<rss version='2.0' xml:lang='uk'>"),
        ("<rss version='2.0'>", "<rss version='2.0' xml:base='https://b.example/'>"),
        ("<rss version='2.0'>", "<rss version='0.91'>"),
        ("<rss version='2.0'>", "<rss version='2.0' xmlns:x='urn:x'>"),
        ("https://a.example/", "https://b.example/"),
        ("</title>", "</title><language>uk</language>"),
        ("</title>", "</title><image><url>x</url></image>"),
        ("<channel>", "<channel><part>"),
    ],
)
def test_what_items_inherit_makes_the_document_be_read_whole_when_it_changes(before: str, after: str) -> None:
    text = RSS.format(TWO)
    first = read(text)
    changed = text.replace(before, after, 1).replace(
        "</channel>", "</part></channel>" if "<part>" in after else "</channel>"
    )
    assert changed != text
    second = assert_as_whole(changed, known_of(first))
    assert not second.skimmed
    assert len(second.items) == 2


def test_atom_authors_of_the_feed_are_inherited_too() -> None:
    items = TWO.replace("item", "entry")
    first = read(ATOM.format(items))
    second = read(ATOM.format(f"{items}<author><name>Desk</name></author>"), known_of(first))
    assert not second.skimmed
    assert {item.authors for item in second.items} == {("Desk",)}


def test_a_document_that_is_no_longer_well_formed_is_read_whole() -> None:
    first = read(RSS.format(TWO))
    second = assert_as_whole(RSS.format(f"{TWO}<item><title>A & B</title></item>"), known_of(first))
    assert not second.skimmed
    assert (second.frame, second.slices) == (None, ())
    assert [item.title for item in second.items] == ["One", "Two", "A & B"]


def test_items_that_moved_where_none_are_read_are_read_no_more() -> None:
    first = read(RSS.format(TWO))
    second = assert_as_whole(RSS.format(f"<!-- {TWO} -->"), known_of(first))
    assert second.items == second.slices == ()


@pytest.mark.parametrize("hidden", ["<item/>", "<item />", "<x:item xmlns:x='http://purl.org/rss/1.0/'/>", "<entry/>"])
def test_an_empty_item_among_known_ones_is_seen(hidden: str) -> None:
    first = read(RSS.format(TWO))
    places = {
        f"{hidden}<!-- {TWO} -->": 1,
        f"<category>{hidden}</category>{TWO}": 3,
        f"{TWO}{hidden}": 3,
        f"{TWO}<x>{hidden}</x>": 3,
    }
    for place, count in places.items():
        second = assert_as_whole(RSS.format(place), known_of(first))
        assert not second.skimmed
        assert len(second.items) == count


def test_nothing_known_or_another_document_is_read_whole() -> None:
    first = read(RSS.format(TWO))
    other = assert_as_whole(RSS.format(TWO.replace("T", "X").replace("O", "Y")), known_of(first))
    assert not other.skimmed


@pytest.mark.parametrize(
    "items",
    [
        "<item><title>One</title></item>",
        "<item><title>One</title></item><item/><item><title>Two</title></item>",
        "<item/><item><title>One</title></item><item><title>Two</title></item>",
        "<item><title>One</title></item><category>x</category><item><title>Two</title></item>",
        "<item><title>One</title></item>text<item><title>Two</title></item>",
        "<item><title><![CDATA[</item>]]></title></item><item><title>Two</title></item>",
        "<item><title>One<!-- </item><item> --></title></item><item><title>Two</title></item>",
        "<item><title>One<!--> </item><item> --></title></item><item><title>Two</title></item>",
        "<item><title>One</title><!-- a --><![CDATA[</item><item>]]></item>" + TWO,
        "<item><title>One<?a </item><item> ?></title></item><item><title>Two</title></item>",
        "<item><title>One</title><item><title>Inner</title></item></item><item><title>Two</title></item>",
        "<item><title>One</title></item ><item><title>Two</title></item>",
        "<item><title>One</title></item><items/><item><title>Two</title></item>",
        "<item><title>One</title></item><item><title>Two</title></Item>",
        "<item><title>One</title></item><!-- open <item><title>Two</title></item>",
        "<item><title>One</title></item><entry><title>Two</title></entry>",
        f"<description><![CDATA[<item>]]></description>{TWO}",
        f"<!-- {TWO} -->{TWO}",
    ],
)
def test_what_may_come_apart_wrongly_does_not_come_apart(items: str) -> None:
    document = read(RSS.format(items))
    assert (document.frame, document.slices, {item.slice for item in document.items}) in [
        (None, (), {None}),
        (None, (), set()),
    ]
    assert not read(RSS.format(items), Known(b"", frozenset([digest(TWO[:32])]))).skimmed


@pytest.mark.parametrize(
    "items",
    [
        "<item><title>One</title></item>\n<!-- between - -> --> <!----><item><title>Two</title></item><!-- last -->",
        "<item a='b'><title><![CDATA[<b>One</b> <!-- x -->]]></title></item><item\n><title>Two<!----></title></item>",
        "<item><title>One<?php x ?></title></item><item><title>]]&gt; --&gt; Two ?></title></item>",
        "<item><title>One</title><source url='x'>S</source></item><item><title>Two</title></item>",
    ],
)
def test_white_space_comments_and_what_is_closed_again_does_no_harm(items: str) -> None:
    document = read(RSS.format(items))
    assert len(document.slices) == len(document.items) == 2
    assert assert_as_whole(RSS.format(items), known_of(document, document.slices[0])).skimmed


def test_rdf_items_stand_outside_the_channel() -> None:
    text = (
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel>"
        "<title>A feed</title><items><r:Seq><r:li resource='1'/></r:Seq></items></channel>"
        "<item r:about='1'><title>One</title></item><item r:about='2'><title>Two</title></item></r:RDF>"
    )
    document = read(text)
    again = assert_as_whole(text, known_of(document, document.slices[1]))
    assert again.skimmed
    assert [item.id for item in again.items] == ["2"]


def test_a_document_of_more_items_than_are_kept_does_not_come_apart() -> None:
    item = "<item><title>t</title></item>"
    assert pieces(item * MAX_ITEMS, MAX_ITEMS) is not None
    assert pieces(item * (MAX_ITEMS + 1), MAX_ITEMS + 1) is None
    assert pieces("<rss/>", 2) is None


def test_bounds_hold_for_what_is_read_and_for_the_whole() -> None:
    first = read(RSS.format(TWO))
    attributes = " ".join(f"a{n}=''" for n in range(250))
    with pytest.raises(ParseError, match="attributes"):
        read(RSS.format(f"{TWO}<item {attributes}></item>"), known_of(first))
    with pytest.raises(ParseError, match="items"):
        read(RSS.format(TWO * 10_001), known_of(first))
    with pytest.raises(ParseError, match="tags"):
        read(RSS.format(TWO + "<x/>" * 500_000), known_of(first))
    with pytest.raises(ParseError, match="deep"):
        read(RSS.format(TWO + "<item>" + "<x>" * 300 + "</x>" * 300 + "</item>"), known_of(first))
    assert refuse_crowded(RSS.format(TWO)) == 2


@pytest.mark.parametrize("seed", range(3))
def test_json_items_are_told_by_their_objects(seed: int) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en",
        "items": [{"id": str(n), "url": f"/{n}"} for n in range(5)],
        "next_url": "/older",
    }
    first = parse(json.dumps(feed).encode(), url=URL)
    assert first.previous == "https://served.example/older"
    feed["items"][seed] = {"id": "new"}
    changed = json.dumps(feed, indent=1).encode()
    second, whole = parse(changed, url=URL, known=known_of(first)), parse(changed, url=URL)
    assert second.skimmed
    assert facts(second) == facts(whole)
    assert second.items == (whole.items[seed],)
    assert not parse(changed, url="https://b.example/", known=known_of(first)).skimmed
    assert parse(json.dumps(feed | {"items": [{"id": "1"}]}).encode()).slices == ()


TEXTS = st.sampled_from(
    [
        "",
        "Words",
        " A &amp; B ",
        "&lt;b&gt;bold&lt;/b&gt; &amp;nbsp;",
        "<![CDATA[<p>Para</p> <img src='/x.png'> &amp;]]>",
        "Київ 🔥",
        "Ã©tÃ©",
        "a@b.example (Ann)",
        "#top",
        "/rel",
        "https://a.example/x?a=1&amp;b=2",
        "Sat, 12 Feb 2022 17:02:11 GMT",
        "2022-02-12T17:02:11Z",
        "<b>in</b> line",
        "<div xmlns='http://www.w3.org/1999/xhtml' xml:lang='fr'>div <title>t</title></div>",
        "<svg:svg xmlns:svg='http://www.w3.org/2000/svg'><svg:title>s</svg:title></svg:svg>",
    ]
)
NAMES = st.sampled_from(
    [
        "title",
        "link",
        "guid",
        "id",
        "description",
        "summary",
        "content",
        "content:encoded",
        "pubDate",
        "updated",
        "author",
        "name",
        "dc:creator",
        "dc:title",
        "dc:language",
        "language",
        "dc:date",
        "category",
        "source",
        "image",
        "url",
        "textinput",
        "media:group",
        "media:content",
        "media:thumbnail",
        "media:title",
        "itunes:summary",
        "itunes:image",
        "body",
        "info",
        "rss",
        "channel",
        "contributor",
        "x:title",
        "x:author",
        "published_parsed",
        "xhtml:body",
        "abstract",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        "",
        "",
        " type='html'",
        " type='xhtml'",
        " type='text'",
        " type='application/xml'",
        " mode='base64'",
        " xml:lang='uk'",
        " xml:base='https://base.example/d/'",
        " href='/h'",
        " url='/u.png' medium='image'",
        " rel='self' href='x'",
        " term='T'",
        " isPermaLink='false'",
        " xmlns='http://www.w3.org/1999/xhtml'",
        " xmlns:dc='urn:other'",
        " xmlns:x='http://purl.org/dc/elements/1.1/'",
        " xmlns:media='http://www.w3.org/2005/Atom'",
        " xmlns:new='urn:x'",
        " src='https://a.example/s'",
    ]
)


def element(name: str, attributes: str, inner: str) -> str:
    return f"<{name}{attributes}>{inner}</{name}>"


LEAVES = st.builds(element, NAMES, ATTRIBUTES, TEXTS)
BRANCHES = st.builds(element, NAMES, ATTRIBUTES, st.lists(LEAVES | TEXTS, max_size=3).map("".join))
TREES = st.builds(element, NAMES, ATTRIBUTES, st.lists(BRANCHES | LEAVES | TEXTS, max_size=3).map("".join))
ELEMENTS = LEAVES | BRANCHES | TREES
PARTS = st.lists(ELEMENTS, max_size=5).map("".join)
DECLARED = (
    " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'"
    " xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:x='urn:x' xmlns:xhtml='http://www.w3.org/1999/xhtml'"
    " xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
)
FRAMES = st.sampled_from(
    [
        (f"<rss version='2.0'{DECLARED}><channel>", "</channel></rss>"),
        (f"<feed xmlns='http://www.w3.org/2005/Atom'{DECLARED}>", "</feed>"),
        (f"<rdf:RDF xmlns='http://purl.org/rss/1.0/'{DECLARED}><channel/>", "</rdf:RDF>"),
        (f"<channel href='/site'{DECLARED}>", "</channel>"),
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    begin, end = draw(FRAMES)
    tag = draw(st.sampled_from(["item", "entry"]))
    items = [element(tag, draw(ATTRIBUTES), draw(PARTS)) for _ in range(draw(st.integers(1, 5)))]
    gap = draw(st.sampled_from(["", "\n", "<!-- c -->"]))
    return f"{begin}{draw(PARTS)}{gap.join(items)}{draw(PARTS)}{end}"


@given(documents(), st.data())
@example(RSS.format("<item><guid>1</guid><x/></item>" * 2), None)
def test_beside_known_slices_a_document_says_what_it_says_as_a_whole(text: str, data: st.DataObject | None) -> None:
    try:
        whole = read(text)
    except ParseError:
        return
    if whole.frame is not None:
        left = data.draw(st.sets(st.sampled_from(whole.slices))) if data else set()
        known = known_of(whole, *left)
        assert assert_as(whole, text, known).skimmed == bool(known.slices)


@given(documents(), documents())
def test_what_was_learned_of_one_document_never_misleads_in_another(one: str, other: str) -> None:
    try:
        known, whole = read(one), read(other)
    except ParseError:
        return
    if known.frame is not None:
        assert_as(whole, other, known_of(known))


TOKENS = st.sampled_from(["<item>", "</item>", "<item ", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", ">", " ", "x"])


@given(st.lists(TOKENS, max_size=20).map("".join))
@example("<x><item></item> <item>x</item></x>")
def test_taking_apart_never_fails_and_loses_no_slice(text: str) -> None:
    found = pieces(text, refuse_crowded(text))
    if found is not None:
        assert text.startswith(found.before)
        assert text.endswith(found.after)
        assert found.digests == tuple(map(digest, found.slices))
        assert all(piece in text for piece in found.slices)
        assert found.only(range(len(found.slices))) == found.before + "".join(found.slices) + found.after
