from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.feeds import apart
from worker.feeds.apart import read_apart
from worker.feeds.bounds import refuse_crowded
from worker.feeds.plain import leaves, prefixes
from worker.feeds.reader import read
from worker.feeds.skim import pieces

if TYPE_CHECKING:
    from worker.feeds.reader import Reading
    from worker.feeds.skim import Pieces

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:a10 = \"http://www.w3.org/2005/Atom\" xmlns:own='urn:own' "
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
RSS = (
    f"<rss version='2.0' {NAMESPACES}><channel><title>A feed</title><link>https://a.example/</link>{{}}</channel></rss>"
)
USUAL = (
    "<title>Storm &amp; flood</title><link>https://a.example/1?a=1&amp;b=2</link>"
    '<guid isPermaLink="false">tag:1</guid><pubDate>Sat, 28 Nov 2026 08:00:00 GMT</pubDate>'
    "<dc:creator><![CDATA[Ann]]></dc:creator><category domain='x'>Weather</category><category>Coast</category>"
    "<description>&lt;p&gt;High water&lt;/p&gt;</description><content:encoded><![CDATA[<p>High & dry</p>]]></content:encoded>"
)


def taken_apart(text: str) -> Pieces:
    found = pieces(text, refuse_crowded(text))
    assert found is not None
    return found


def assert_as_feedparser(text: str) -> Reading | None:
    """Where it is not left to it, all is as feedparser reads it."""
    document = taken_apart(text)
    found = read_apart(document, range(len(document.slices)))
    if found is not None:
        assert found == read(text)
    return found


def is_plain(item: str) -> bool:
    return leaves(f"<item>{item}</item>", "item", prefixes(RSS)) is not None


def parsed(monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[Reading | None, int]:
    """The reading, and how many items the parser saw for it."""
    seen: list[int] = []

    def counted(rest: str) -> Reading | None:
        seen.append(refuse_crowded(rest))
        return strictly(rest)

    strictly = apart.read_strictly
    with monkeypatch.context() as patch:
        patch.setattr(apart, "read_strictly", counted)
        found = assert_as_feedparser(text)
    return found, seen[0]


def test_of_plain_items_feedparser_reads_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [f"<item>{USUAL.replace('tag:1', f'tag:{number}')}</item>" for number in range(5)]
    found, seen = parsed(monkeypatch, RSS.format("\n".join(items)))
    assert found is not None
    assert [entry["id"] for entry in found.entries] == [f"tag:{number}" for number in range(5)]
    assert seen == 1


def test_an_element_is_believed_once_feedparser_has_read_one(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [f"<item><title>{number}</title></item>" for number in range(3)]
    dated = [f"<item><title>{number}</title><pubDate>no date</pubDate></item>" for number in range(3)]
    found, seen = parsed(monkeypatch, RSS.format("".join(titles + dated)))
    assert found is not None
    assert seen == 2


def test_what_is_not_plain_is_parsed_between_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [f"<item><title>{number}</title></item>" for number in range(4)]
    items[2] = "<item><title>2</title><description><b>bold</b></description></item>"
    found, seen = parsed(monkeypatch, RSS.format("".join(items)))
    assert found is not None
    assert [entry["title"] for entry in found.entries] == ["0", "1", "2", "3"]
    assert seen == 2


ELEMENTS = [
    "<title>&lt;b&gt;Bold&lt;/b&gt; &amp;amp; brave</title>",
    "<title></title>",
    "<title/>",
    "<title\n>\n Ukraine \n</title\n>",
    "<TITLE>Loud</TITLE>",
    "<title>Ð\x9aÐ¸Ñ\x97Ð² \x93so\x94</title>",
    "<title>\xfc \u0456</title>",
    "<description/>",
    "<description><![CDATA[a <b>bold</b> & brave]] > word]]></description>",
    "<description> before <![CDATA[ within ]]> &amp;after </description>",
    "<link/>",
    "<link> https://a.example/1?a=1&amp;amp;b=2&amp;copy=1;x=&amp;lt; </link>",
    "<link>/relative path</link>",
    "<link>http:////a.example/x</link>",
    "<guid>https://a.example/2</guid>",
    "<guid>relative/2</guid>",
    "<guid isPermaLink='false'>relative/2</guid>",
    "<guid ISPERMALINK='true'> x y </guid>",
    "<guid/>",
    "<pubDate>Sat, 28 Nov 2026 08:00:00 +0200</pubDate>",
    "<pubDate/>",
    "<pubDate a='b'>2026-11-28</pubDate><pubDate>yesterday</pubDate>",
    "<dc:date>2026-11-28T08:00:00Z</dc:date>",
    "<a10:updated>2026-11-28T08:00:00Z</a10:updated>",
    "<author>desk@a.example (The Desk)</author>",
    "<dc:creator>Ann</dc:creator><dc:creator> </dc:creator><author>Bob</author>",
    "<category/>",
    "<category domain='urn:x' label='Y'/>",
    "<category term='T' domain='urn:x'>text</category>",
    "<category scheme='s'/><category>text</category><category>text</category>",
    "<dc:subject>Coast</dc:subject>",
    "<source url='https://b.example/rss'>Agency</source>",
    "<source/>",
    "<enclosure url='https://a.example/a.mp3' length='1' TYPE='AUDIO/MPEG'/>",
    "<enclosure uri='x' href='y'></enclosure>",
    "<enclosure/>",
    "<enclosure href='y' rel='Self'/>",
    "<media:content url='https://a.example/a.jpg?a=1&amp;b=2' medium='image'/>",
    "<media:thumbnail url='https://a.example/t.jpg' width='1'></media:thumbnail><media:thumbnail/>",
    "<content:encoded>&#60;p&#x3E;one &#38;amp; two&lt;/p></content:encoded><content:encoded/>",
    "<comments>../talk</comments>",
    "<wfw:commentRss>talk</wfw:commentRss>",
    "<own:thing>text</own:thing><own:thing>again</own:thing>",
    "<own:thing a='b' C='&quot;d&apos;'>text</own:thing>",
    "<slash>12</slash>",
]


@pytest.mark.parametrize("element", ELEMENTS)
def test_each_plain_element_is_as_feedparser_has_it(monkeypatch: pytest.MonkeyPatch, element: str) -> None:
    assert is_plain(element)
    item = f"<item>{element}<own:last>1</own:last></item>"
    found, seen = parsed(monkeypatch, RSS.format(item * 3))
    assert found is not None
    assert seen == 1


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(line: str) -> None:
    text = RSS.format(f"<item>\n{USUAL}\n<own:x>one\ntwo</own:x></item>\n" * 3).replace("\n", line)
    found = assert_as_feedparser(text)
    assert found is not None
    assert found.entries[2]["own_x"] == "one\ntwo"


ITEMS = st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=6).map("\n\t".join)
ATTRIBUTES = st.sampled_from(["", " xml:lang='uk'", " xml:base='https://b.example/dir/'", " lang='en_US'"])


@given(st.lists(ITEMS, min_size=3, max_size=6), ATTRIBUTES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_in_any_order_and_surroundings(items: list[str], attributes: str, line: str) -> None:
    text = RSS.replace("<channel>", f"<channel{attributes}>").format("".join(f"<item>{item}</item>" for item in items))
    found = assert_as_feedparser(text.replace("\n", line))
    plain = all(map(is_plain, items))
    assert found is not None or not plain


MARKS = st.sampled_from(
    ["&", "&amp;", "&lt;", "&#", "&#38;", "&#x26;", ";", "<![CDATA[", "]]>", "<b>", "</b>", "\ufffe"]
)
NAMES = st.sampled_from(["title", "description", "link", "guid", "category", "own:x", "dc:creator", "content:encoded"])


@given(st.lists(st.tuples(NAMES, st.lists(MARKS | st.text(max_size=4), max_size=4)), min_size=2, max_size=8))
@example([("title", ["&amp;"]), ("title", ["&#38;", "lt;"])])
def test_whatever_stands_in_it(elements: list[tuple[str, list[str]]]) -> None:
    items = (f"<item><{name}>{''.join(parts)}</{name}></item>" for name, parts in elements)
    text = RSS.format("".join(items))
    document = pieces(text, refuse_crowded(text))
    if document is not None:
        found = read_apart(document, range(len(document.slices)))
        assert found is None or found == read(text)


@pytest.mark.parametrize(
    "item",
    [
        "<title>One</title><title>Two</title>",
        "<link>x</link><link>y</link>",
        "<guid>x</guid><guid>y</guid>",
        "<description>x</description><description>y</description>",
        "<title type='html'>One</title>",
        "<description type='text'>One</description>",
        "<content:encoded mode='base64'>One</content:encoded>",
        "<link href='x'/>",
        "<own:x xml:lang='uk'>x</own:x>",
        "<own:x lang='uk'>x</own:x>",
        "<own:x base='x'>x</own:x>",
        "<own:x xmlns='urn:x'>x</own:x>",
        "<own:x a='1' A='2'>x</own:x>",
        "<own:x a='1\t'>x</own:x>",
        "<own:x a='&nbsp;'>x</own:x>",
        "<own:x a=1>x</own:x>",
        "<enclosure>text</enclosure>",
        "<media:content>text</media:content>",
        "<media:thumbnail>text</media:thumbnail>",
        "<media:content><media:credit>x</media:credit></media:content>",
        "<media:title>x</media:title>",
        "<image>x</image>",
        "<summary>x</summary>",
        "<links>x</links>",
        "<own:authors>x</own:authors>",
        "<unknown:x>x</unknown:x>",
        "<title>A & B</title>",
        "<title>A &nbsp; B</title>",
        "<title>&#0; &lt;</title>",
        "<title>&#1114112;</title>",
        "<title>&#38; & &lt;</title>",
        "<title>a ]]> b</title>",
        "<title><![CDATA[a]]>]]></title>",
        "<title><![CDATA[a]]> & b</title>",
        "<title>& <![CDATA[a]]></title>",
        "<title><![CDATA[a]]><![CDATA[b]]></title>",
        "<title><![CDATA[a</title>",
        "<title>\x01</title>",
        "<title>\ud800</title>",
        "<title>One</Title>",
        "<title>One",
        "<title>One</title>text",
        "<!-- a comment --><title>One</title>",
        "<own:x>x</own:x>" * 101,
        f"<title>{'x' * 65_536}</title>",
        ("<own:x " + " ".join(f"a{number}='1'" for number in range(20)) + "/>") * 11,
        "<own:x " + " ".join(f"a{number}='1'" for number in range(21)) + "/>",
    ],
)
def test_what_is_in_doubt_is_not_plain(item: str) -> None:
    assert not is_plain(item)


def test_items_of_another_name_are_left_to_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    found, seen = parsed(monkeypatch, RSS.format("<Item><title>One</title></Item>" * 3))
    assert found is not None
    assert seen == 3


def test_an_item_with_attributes_or_without_anything_is_not_plain() -> None:
    assert leaves("<item about='x'><title>One</title></item>", "item", {}) is None
    assert not leaves("<item></item>", "item", {})


UPDATED = "<{}:updated>2026-11-28</{}:updated>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<channel>", '<channel><!-- xmlns:x="http://www.w3.org/2005/Atom" -->'),
        ("<channel>", '<channel><y xmlns:x="http://www.w3.org/2005/Atom"/>'),
        ("<channel>", '<channel xmlns:x="urn:x"><!-- xmlns:x="http://www.w3.org/2005/Atom" -->'),
        ("<channel>", '<channel xmlns:x="urn:x"><y xmlns:x="http://www.w3.org/2005/Atom"/>'),
        ("<channel>", '<channel xmlns:x="urn:own">'),
        ("<rss", '<!-- xmlns:x="http://www.w3.org/2005/Atom" --><rss xmlns:x="urn:x"'),
    ],
)
@pytest.mark.parametrize("element", [UPDATED, "<{}:link>https://b.example/</{}:link>", "<{}:creator>Ann</{}:creator>"])
def test_prefixes_that_are_not_what_they_seem_are_found_out(before: str, after: str, element: str) -> None:
    others = "<link>https://a.example/</link><a10:updated>2026-11-27</a10:updated><dc:creator>Bob</dc:creator>"
    items = [f"<item><title>{number}</title>{others}<own:link>1</own:link></item>" for number in range(2)]
    items += [f"<item><title>{number}</title>{element.format('x', 'x')}</item>" for number in range(2)]
    assert_as_feedparser(RSS.format("".join(items)).replace(before, after, 1))


@pytest.mark.parametrize("comment", ["<!-- a -- b -->", "<!-- a --->", "<!-- \x01 -->", "<!-- \uffff -->"])
def test_a_document_with_a_malformed_comment_does_not_come_apart(comment: str) -> None:
    text = RSS.format(comment.join("<item><title>A</title></item>" for _ in range(3)))
    assert pieces(text, refuse_crowded(text)) is None


def test_another_reading_of_the_sample_leaves_all_to_feedparser() -> None:
    text = RSS.replace("xmlns:own='urn:own'", "xmlns:own='http://backend.userland.com/rss2'")
    assert assert_as_feedparser(text.format("<item><own:title>One</own:title></item>" * 3)) is None


def test_what_is_not_well_formed_around_the_items_leaves_all_to_feedparser() -> None:
    assert assert_as_feedparser(RSS.replace("A feed", "A & B").format(f"<item>{USUAL}</item>" * 3)) is None


def test_other_formats_are_left_to_feedparser(monkeypatch: pytest.MonkeyPatch) -> None:
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>"
    found, seen = parsed(monkeypatch, atom.format("<entry><title>One</title></entry>" * 3))
    assert found is not None
    assert seen == 3
    items = "<item><title>One</title></item>" * 3
    for frame in (atom, "<thing>{}</thing>"):
        found, seen = parsed(monkeypatch, frame.format(items))
        assert found is None
        assert seen == 1


def test_items_that_appear_only_to_the_parser_leave_all_to_feedparser() -> None:
    text = RSS.format("<item><title>One</title></item><item><title>Two</title></item>")
    text = text.replace("</channel>", "<x><![CDATA[<item]]></x></channel>")
    document = pieces(text, 2)
    assert document is not None
    more = text.replace("</channel>", "<Item><title>Three</title></Item></channel>")
    document = pieces(more, 2)
    assert document is not None
    assert read_apart(document, range(2)) is None
