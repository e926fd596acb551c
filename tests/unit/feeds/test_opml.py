import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import HtmlPage, ParseError
from worker.feeds.opml import MAX_FEEDS, MAX_NESTING, MAX_OUTLINES, OpmlFeed, parse, write

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


def opml(body, head="<head><title>Ours &amp; theirs</title></head>"):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">{head}<body>{body}</body></opml>'.encode()


def feeds(body, **given):
    return [(one.url, one.title, one.tags) for one in parse(opml(body, **given)).feeds]


def test_a_nested_list_folders_become_tags():
    found = parse(
        opml("""
        <outline text="News" title="News">
          <outline text="World">
            <outline type="rss" text="One" title="First" xmlUrl="https://one.example/f" htmlUrl="https://one.example/"/>
          </outline>
          <outline type="rss" text="Two" xmlUrl="https://two.example/f?a=1&amp;b=2" category="/Politics/Europe, en,,News"></outline>
        </outline>
        <outline xmlUrl="https://three.example/f"/>
        """)
    )
    assert found.title == "Ours & theirs"
    assert [(one.url, one.title, one.tags) for one in found.feeds] == [
        ("https://one.example/f", "First", ("News", "World")),
        ("https://two.example/f?a=1&b=2", "Two", ("News", "Politics/Europe", "en")),
        ("https://three.example/f", "", ()),
    ]
    assert (found.left_out, found.whole) == (0, True)


@pytest.mark.parametrize(
    ("outline", "url"),
    [
        ("<outline xmlurl='https://a.example/'/>", "https://a.example/"),
        ("<OUTLINE XMLURL='https://a.example/' >", "https://a.example/"),
        ("<outline type='rss' url='https://a.example/'/>", "https://a.example/"),
        ("<x:outline xmlUrl='https://a.example/'/>", "https://a.example/"),
        ("<outline text='a > b' xmlUrl=' https://a.example/ '/>", "https://a.example/"),
        ("<outline xmlUrl='https://a.example/?a=1&b=2'/>", "https://a.example/?a=1&b=2"),
        ("<outline xmlUrl='https://u:p@a.example/'/>", "https://u:p@a.example/"),
    ],
)
def test_outlines_are_written_in_many_ways(outline, url):
    assert [one[0] for one in feeds(outline)] == [url]


def test_what_is_no_feed_is_none():
    found = parse(
        opml("""
        <outline text="a page" type="link" url="https://a.example/"/>
        <outline text="an include" type="include" url="https://a.example/more.opml"/>
        <outline text="a file" type="rss" xmlUrl="file:///etc/passwd"/>
        <outline text="relative" type="rss" xmlUrl="/feed"/>
        <outline text="off" isComment="true"><outline xmlUrl="https://a.example/off"/><outline text="x"/></outline>
        <!-- <outline xmlUrl="https://a.example/comment"/> -->
        <![CDATA[<outline xmlUrl="https://a.example/cdata"/>]]>
        """)
    )
    assert (found.feeds, found.left_out) == ((), 2)


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("[&quot;en, uk&quot;, &quot;/x/&quot;]", ("Folder", "en, uk", "/x/")),
        ("[1, &quot; y &quot;, &quot;&quot;]", ("Folder", "y")),
        ("{}", ("Folder", "a", "b")),
        ("[" * 5000, ("Folder", "a", "b")),
        ("9" * 5000, ("Folder", "a", "b")),
        ("", ("Folder", "a", "b")),
    ],
)
def test_tags_of_our_own_attribute_stand_for_the_categories(said, tags):
    outline = f'<outline xmlUrl="https://a.example/" category="a,b" tocsin:tags="{said}"/>'
    assert feeds(f'<outline text="Folder">{outline}</outline>') == [("https://a.example/", "", tags)]


@pytest.mark.parametrize(
    ("said", "every"),
    [("90m", timedelta(minutes=90)), ("1s", timedelta(seconds=1)), ("0s", None), ("soon", None), ("9999d", None)],
)
def test_how_a_feed_is_polled_is_read(said, every):
    outline = (
        f'<outline xmlUrl="https://a.example/" tocsin:every="{said}" tocsin:fullText="true" tocsin:ignoreHints="no"/>'
    )
    (found,) = parse(opml(outline)).feeds
    assert (found.every, found.full_text, found.ignore_hints) == (every, True, False)


def test_an_address_twice_is_one_feed_with_the_tags_of_both():
    assert feeds("""
        <outline text="A"><outline xmlUrl="https://a.example/"/></outline>
        <outline text="B"><outline text="One" xmlUrl="https://a.example/" category="A,C"/></outline>
    """) == [("https://a.example/", "One", ("A", "B", "C"))]


def test_names_are_one_clean_line_of_at_most_200_characters():
    ((_, title, tags),) = feeds(
        f'<outline text="{"t" * 300}"><outline title="a&#10; b\u202ec&#0;" xmlUrl="https://a.example/"/></outline>'
    )
    assert (title, tags) == ("a bc\ufffd", ("t" * 200,))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "utf-8-sig"])
def test_encodings_declared_or_not(encoding):
    said = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{said}"?><opml><body><outline text="Київ" xmlUrl="https://a.example/"/></body></opml>'
    assert [one.title for one in parse(text.encode(encoding)).feeds] == ["Київ"]
    (mistaken,) = parse(text.replace(said, "utf-8").encode("windows-1251")).feeds
    assert len(mistaken.title) == len("Київ")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "the document is empty"),
        (b"  \n", "the document is empty"),
        (b"plain text", "not an OPML list"),
        (b"<!DOCTYPE html><html><body>", "an HTML page"),
        (b"<rss version='2.0'><channel/></rss>", "a feed, not a list"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "a feed, not a list"),
        (b"<html><opml><outline xmlUrl='https://a.example/'/></opml>", "an HTML page"),
        (
            b'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml/>',
            "declarations of its own",
        ),
        (b'<!-- a --><!doctype opml SYSTEM "x" [ ]><opml/>', "declarations of its own"),
        (opml("<outline>" * (MAX_NESTING + 1)), "100 outlines one in another"),
        (opml("<outline/>" * (MAX_OUTLINES + 1)), "more than 100,000 outlines"),
        (
            opml("".join(f"<outline xmlUrl='https://a.example/{n}'/>" for n in range(MAX_FEEDS + 1))),
            "more than 20,000 feeds",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_documents_and_hostile_ones_are_refused(document, said):
    with pytest.raises(ParseError, match=said) as caught:
        parse(document)
    assert isinstance(caught.value, HtmlPage) == ("HTML" in said)


def test_declarations_elsewhere_are_never_followed():
    document = b'<!DOCTYPE opml SYSTEM "http://a.example/opml.dtd"><opml><outline text="&x;" xmlUrl="https://a.example/&x;"/></opml>'
    assert [(one.url, one.title) for one in parse(document).feeds] == [("https://a.example/&x;", "&x;")]


@pytest.mark.parametrize(
    "cut", ["<opml><body><outline xmlUrl='https://a.example/'/>", "<opml><body><outline xmlUrl='https://a.example/"]
)
def test_a_list_that_was_cut_off_says_so(cut):
    found = parse(cut.encode())
    assert not found.whole


def test_ten_thousand_outlines_are_read_at_once():
    body = "".join(
        f'<outline text="Folder {n}"><outline type="rss" text="Feed {n} &amp; more" xmlUrl="https://a.example/{n}"/></outline>'
        for n in range(5_000)
    )
    start = time.process_time()
    assert len(parse(opml(body)).feeds) == 5_000
    assert time.process_time() - start < 5.0


@pytest.mark.parametrize(
    "piece",
    [
        "<outline ",
        "<outline a=",
        '<outline a="',
        "<outline a='\"",
        "<!--",
        "<![CDATA[",
        "<title>",
        "<a",
        "</opml",
        "&#",
        "<?",
        "<!DOCTYPE ",
        "<!DOCTYPE a>",
    ],
)
def test_hostile_lists_take_linear_time(piece):
    start = time.process_time()
    for document in (
        b"<opml>" + piece.encode() * (300_000 // len(piece)),
        piece.encode() * (300_000 // len(piece)),
    ):
        try:
            parse(document)
        except ParseError:
            continue
    assert time.process_time() - start < 2.0


def test_what_is_written_is_opml_2():
    document = write(
        [
            OpmlFeed("https://a.example/f?a=1&b=2", "A \"b\" <c> 'd'", ("en, uk", "Politics/Europe")),
            OpmlFeed("https://b.example/?token=abc"),
            OpmlFeed("https://c.example/", "C", ("x",), timedelta(minutes=5), full_text=True, ignore_hints=True),
        ],
        title="Tocsin",
        created=NOW,
    )
    name = "A &quot;b&quot; &lt;c&gt; &#x27;d&#x27;"
    assert document.decode().splitlines() == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0" xmlns:tocsin="https://example.org/tocsin/opml">',
        "  <head>",
        "    <title>Tocsin</title>",
        "    <dateCreated>Sat, 12 Feb 2022 17:00:00 +0000</dateCreated>",
        "  </head>",
        "  <body>",
        f'    <outline type="rss" text="{name}" title="{name}" xmlUrl="https://a.example/f?a=1&amp;b=2" category="en uk,Politics/Europe" tocsin:tags="[&quot;en, uk&quot;, &quot;Politics/Europe&quot;]"/>',
        '    <outline type="rss" text="https://b.example/?token=***" xmlUrl="https://b.example/?token=abc"/>',
        '    <outline type="rss" text="C" title="C" xmlUrl="https://c.example/" category="x" tocsin:every="5m" tocsin:fullText="true" tocsin:ignoreHints="true"/>',
        "  </body>",
        "</opml>",
    ]


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Z")), min_size=1, max_size=20
)


@pytest.mark.unmeasured
@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3, unique_by=lambda tag: normalize("NFC", tag))), max_size=5))
def test_what_is_written_reads_back_the_same(named):
    listed = [OpmlFeed(f"https://a.example/{n}?x=&amp;y", name, tuple(tags)) for n, (name, tags) in enumerate(named)]
    again = parse(write(listed, title="x", created=NOW)).feeds
    assert [(one.url, one.tags) for one in again] == [
        (one.url, tuple(normalize("NFC", tag) for tag in one.tags)) for one in listed
    ]
    assert [one.title for one in again] == [normalize("NFC", one.title) for one in listed]


@pytest.mark.corpus
def test_every_list_of_the_corpus_is_read():
    lists = sorted((Path(os.environ["TOCSIN_CORPUS"]) / "opml").iterdir())
    empty = []
    for path in lists:
        found = parse(path.read_bytes())
        again = parse(write(found.feeds, title="x", created=NOW))
        assert [one.url for one in again.feeds] == [one.url for one in found.feeds], path.name
        assert found.whole, path.name
        if not found.feeds:
            empty.append(path.stem.rpartition("_")[2])
    assert len(lists) > 100
    assert empty == ["body-element-missing", "links"]
