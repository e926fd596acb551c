"""What one item says colours no other, neither in well-formed documents nor in broken ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from worker.errors import ParseError
from worker.feeds.parse import parse

if TYPE_CHECKING:
    from worker.feeds.model import Document, ItemData

URL = "https://served.example/dir/feed.xml"
DECLARED = (
    " xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:psc='http://podlove.org/simple-chapters' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
)
FRAMES = {
    "rss": f"<rss version='2.0'{DECLARED}><channel><image><url>x</url></image>{{}}</channel></rss>",
    "atom": f"<feed xmlns='http://www.w3.org/2005/Atom'{DECLARED}>{{}}</feed>",
}
PLAIN = "<item><title>Plain</title><link>rel</link><summary>Words.</summary><author><name>Ann</name></author></item>"


def read(text: str) -> Document:
    return parse(text.encode(), url=URL)


def bare(item: ItemData) -> ItemData:
    return replace(item, slice=None)


ODD = [
    "<item xml:lang='fr' xml:base='https://b.example/'><title>x</title></item>",
    "<item><content type='html'><div xml:lang='fr'>x</div><div>y</div></content></item>",
    "<item><content type='xhtml'><div><title>t</title><summary>s</summary></div></content></item>",
    "<item><image><title>t</title><link>i</link><content>c</content></image></item>",
    "<item><textinput><name>n</name><link>x</link></textinput></item>",
    "<item><source><title>s</title><link>x</link><author><name>S</name></author></source></item>",
    "<item><author><name>x</name><author><contributor></contributor></author></author></item>",
    "<item><rss xml:lang='fr'/><channel/><feed xml:lang='fr'/></item>",
    "<item><psc:chapters version='1'><psc:chapter/></psc:chapters></item>",
    "<item><category>x</category><y><z>x</z></y><title><title>t</title></title></item>",
    "<item><item><title>x</title></item></item>",
    "<item xmlns:dc='http://search.yahoo.com/mrss/' xmlns:media='http://purl.org/dc/elements/1.1/'><dc:title>x</dc:title></item>",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("odd", ODD)
def test_an_item_reads_the_same_before_and_behind_any_other(frame: str, odd: str) -> None:
    (alone,) = read(FRAMES[frame].format(PLAIN)).items
    before, *_, behind = read(FRAMES[frame].format(f"{PLAIN}{odd}{PLAIN}")).items
    assert bare(before) == bare(behind) == bare(alone)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("odd", ODD)
def test_what_the_feed_says_of_itself_reads_the_same_behind_any_item(frame: str, odd: str) -> None:
    said = "<title>A feed</title><link>https://a.example/</link><language>uk</language><ttl>60</ttl>"
    plain, behind = (read(FRAMES[frame].format(f"{item}{said}")) for item in (PLAIN, odd))
    facts = ("format", "title", "link", "language", "hints")
    assert [getattr(behind, fact) for fact in facts] == [getattr(plain, fact) for fact in facts]


@pytest.mark.parametrize(
    "odd",
    [
        "<item><title>unclosed<item><title>next</title>",
        "<item><content type='html'><p xml:lang='fr'><br><b>open</content></item>",
        "<item><image><title>never closed</item>",
        "</item></item>",
    ],
)
def test_broken_markup_in_one_item_leaves_the_next_as_it_is(odd: str) -> None:
    (alone,) = read(FRAMES["rss"].format(PLAIN)).items
    *_, behind = read(FRAMES["rss"].format(f"{odd}{PLAIN}")).items
    assert replace(bare(behind), link=None) == replace(bare(alone), link=None)
    assert behind.link == alone.link


def test_what_the_channel_says_of_itself_does_not_colour_its_first_item() -> None:
    item = "<item><description>First</description><content:encoded>Then</content:encoded></item>"
    text = FRAMES["rss"].format(f"<summary>Short</summary><description>Long</description>{item}{item}")
    first, second = read(text).items
    assert first == second
    assert first.summary == "First"


TRIPS = {
    "at its beginning": "<psc:chapters version='1'><psc:chapter/></psc:chapters>",
    "at its end": "<source><media:thumbnail>u<source></source></media:thumbnail></source>",
}
WRECK = "<open>"


@pytest.mark.parametrize("trip", TRIPS)
@pytest.mark.parametrize("tail", ["", WRECK])
def test_an_element_that_feedparser_trips_over_outside_the_items_is_a_parse_error(trip: str, tail: str) -> None:
    with pytest.raises(ParseError, match="cannot be read"):
        read(FRAMES["rss"].format(TRIPS[trip] + tail))


@pytest.mark.parametrize("trip", TRIPS)
@pytest.mark.parametrize("tail", ["", WRECK])
def test_an_element_that_feedparser_trips_over_in_an_item_costs_the_rest_nothing(trip: str, tail: str) -> None:
    items = f"<item>{TRIPS[trip]}<title>One</title>{tail}</item><item><title>Two</title></item>"
    assert [item.title for item in read(FRAMES["rss"].format(items)).items] == ["One", "Two"]


def test_odd_elements_of_podcasts_and_tags_do_no_harm() -> None:
    odd = (
        "<i:block xmlns:i='http://www.itunes.com/dtds/podcast-1.0.dtd'>yes</i:block>"
        "<i:explicit xmlns:i='http://www.itunes.com/dtds/podcast-1.0.dtd'>no</i:explicit><tags><content>c</content></tags>"
    )
    document = read(FRAMES["rss"].format(f"{odd}<item>{odd}<title>One</title></item><item><title>Two</title></item>"))
    assert [item.title for item in document.items] == ["One", "Two"]
    assert len(document.slices) == 2


def text_of(content: str, frame: str = "atom") -> str:
    return read(FRAMES[frame].format(f"<item><title>t</title>{content}</item>")).items[0].text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <b>b</b> &lt; c</div></content>",
            "a b < c",
        ),
        (
            "<content type='xhtml'><div>a<svg xmlns='http://www.w3.org/2000/svg'><title>hidden</title></svg> b</div></content>",
            "a b",
        ),
        ("<content type='html'>a <b>b</b><div>c</div></content>", "a b\nc"),
        ("<content type='html'><div>a</div> b</content>", "a b"),
        ("<content type='text'>a &lt; b</content>", "a < b"),
        ("<content mode='base64' type='text/html'>PGI+Ymk8L2I+</content>", "bi"),
        ("<content mode='base64' type='text/html'>no base64</content>", "no base64"),
        ("<content type='application/octet-stream'>PGI+Ymk8L2I+</content>", ""),
        ("<summary>Ã©tÃ© \x80</summary>", "Ã©tÃ© €"),
        ("<summary>Ã©tÃ©</summary>", "été"),
        ("<summary mode='escaped'>a &amp;lt; b</summary>", "a < b"),
    ],
)
def test_text_constructs(content: str, text: str) -> None:
    assert text_of(content) == text


def test_text_of_rss_is_html_where_it_looks_so() -> None:
    assert text_of("<summary>a &lt;b&gt;b&lt;/b&gt; &amp;amp; c</summary>", "rss") == "a b & c"


@pytest.mark.parametrize(
    ("root", "item", "expected"),
    [
        ("<rss version='2.0' xmlns='http://backend.userland.com/rss2'>", "<title>T</title>", {"title": "T"}),
        (
            "<rss version='2.0' xmlns:u='http://x.example/u'>",
            "<u:title>U</u:title><title u:a='b'>T</title>",
            {"title": "T"},
        ),
        ("<rss version='2.0' xmlns='http://x.example/u'>", "<title>T</title>", {"title": "T"}),
        ("<rss version='2.0' xml:base='https://b.example/d/'>", "<link>x</link>", {"link": "https://b.example/d/x"}),
        (
            "<rss version='2.0' xml:base='https://b.example/d/'>",
            "<link xml:base='e/'>x</link>",
            {"link": "https://b.example/d/e/x"},
        ),
        ("<rss version='2.0' xml:lang='en_GB'>", "<title>T</title>", {"language": "en-gb"}),
        ("<rss version='2.0' xml:lang='en'>", "<title xml:lang='uk'>T</title>", {"language": "uk"}),
        ("<rss version='2.0' xml:lang='en'>", "<title xml:lang=''>T</title>", {"language": "en"}),
        (
            "<rss version='2.0' xmlns:l='http://www.w3.org/1999/xlink'>",
            "<x l:href='y'/><title>T</title>",
            {"title": "T"},
        ),
        (
            "<rss version='2.0' xmlns:m='http://search.yahoo.com/mrss/'>",
            "<m:content url='/p' TYPE='IMAGE/png' m:x='y'/>",
            {"image": "https://served.example/p"},
        ),
        ("<rss version='2.0'>", "<link>/x?a=1&amp;amp;b=2</link>", {"link": "https://served.example/x?a=1&b=2"}),
        ("<rss version='2.0'>", "<link/><guid>https://a.example/g</guid>", {"link": None}),
        ("<rss version='2.0'>", "<title>T</title><media><title>U</title></media>", {"title": "T"}),
    ],
)
def test_namespaces_bases_and_languages(root: str, item: str, expected: dict[str, object]) -> None:
    (found,) = read(f"{root}<channel><item>{item}</item></channel></rss>").items
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("end", ["", "&nosuch;"])
@pytest.mark.parametrize(
    ("channel", "item", "link"),
    [
        ("xml:base='https://b.example/d/'", "xml:base='e/'", "https://b.example/d/e/x"),
        ("xml:base='https://b.example/d/'", f"xml:base='{'e/' * 95}'", "https://b.example/d/" + "e/" * 95 + "x"),
        ("xml:base='https://b.example/d/'", f"xml:base='{'e/' * 97}'", "https://b.example/d/x"),
        ("xml:base='https://b.example/d/'", f"base='{'../' * 101}'", "https://b.example/d/x"),
        ("xml:base='https://b.example/d/'", f"xml:base='https://c.example/{'q' * 2_000}'", "https://b.example/d/x"),
        ("xml:base='https://b.example/d/'", "xml:base='strange:e' base='f/'", "https://b.example/d/x"),
        (f"XML:BASE='https://b.example/{'d/' * 98}'", "", "https://served.example/dir/x"),
        ("", f"><link>https://c.example/{'q' * 2_000}</link><hr", "https://served.example/dir/x"),
    ],
)
def test_a_base_that_is_too_long_counts_as_absent(channel: str, item: str, link: str, end: str) -> None:
    if item.startswith(">"):  # what the channel says, then
        channel, item = f"{channel}{item}/", ""
    text = f"<rss version='2.0'><channel {channel}><item {item}><link>x</link></item>{end}</channel></rss>"
    assert [found.link for found in read(text).items] == [link]


def test_text_outside_a_feed_goes_nowhere() -> None:
    document = read("<rss version='2.0'><language>uk</language><channel><title>A feed</title></channel></rss>")
    assert (document.title, document.language) == ("A feed", None)
