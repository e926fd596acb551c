import time

import pytest

from worker.feeds.attributes import attributes
from worker.feeds.discovery import MOST_DECLARED, MOST_LINKED, guesses, known_forms, named_by

PAGE = "https://news.example/world/"


def found(page, url=PAGE):
    return [(one.url, one.how, one.title) for one in named_by(page, url)]


def urls(page, url=PAGE):
    return [one.url for one in named_by(page, url)]


@pytest.mark.parametrize(
    ("element", "url"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', "https://news.example/rss"),
        ("<LINK REL='Alternate' TYPE='Application/Atom+XML' HREF='feed.xml'/>", "https://news.example/world/feed.xml"),
        ("<link rel=alternate type=application/feed+json href=feed.json>", "https://news.example/world/feed.json"),
        ('<link href="//cdn.example/f" type="application/rdf+xml" rel="home alternate">', "https://cdn.example/f"),
        ('<link rel="feed" href="/all">', "https://news.example/all"),
        ('<link rel="alternate" type="text/xml" href="/rss.php">', "https://news.example/rss.php"),
        ('<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/f">', "https://news.example/f"),
        (
            '<link rel="alternate" type="application/rss+xml" href="/f?a=1&amp;b=2&copy=3">',
            "https://news.example/f?a=1&b=2&copy=3",
        ),
        ('<link rel="alternate" type="application/rss+xml" href="feed://other.example/f">', "http://other.example/f"),
        (
            '<link rel="alternate" type="application/rss+xml" href="feed:https://other.example/f">',
            "https://other.example/f",
        ),
        ('<link data-x="a > b" rel="alternate" type="application/rss+xml" href="/rss">', "https://news.example/rss"),
        (
            '<noscript><link rel="alternate" type="application/rss+xml" href="/rss"></noscript>',
            "https://news.example/rss",
        ),
    ],
)
def test_a_page_declares_its_feeds(element, url):
    assert found(f"<!DOCTYPE html><html><head><title>x</title>{element}</head>") == [(url, "declared", "")]


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" hreflang="de" href="/de/feed">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?url=x&format=rss">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/x">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="mailto:desk@news.example">',
        '<link rel="alternate" type="application/rss+xml" href="http://[::1">',
        f'<link rel="alternate" type="application/rss+xml" href="/{"x" * 9000}">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/rss"> -->',
        '<script>\'<link rel="alternate" type="application/rss+xml" href="/rss">\'</script>',
        '<textarea><link rel="alternate" type="application/rss+xml" href="/rss"></textarea>',
        "<linkage rel=feed href=/rss>",
        "<a href=#feed>RSS</a>",
        "<a>RSS</a>",
    ],
)
def test_other_elements_name_no_feed(element):
    assert found(f"<html><body>{element}</body></html>") == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('</feed>; rel="alternate"; type="application/rss+xml"; title="A, \\"b\\""', [("/feed", 'A, "b"')]),
        ("<feed.xml>;REL=Alternate;type=application/atom+xml", [("/world/feed.xml", "")]),
        ('<a>; rel="next", < /b > ; rel="home feed" ; rel="x", <c>; rel=alternate; type=text/html', [("/b", "")]),
        ('</websub>; rel="hub", </feed>; rel="self"', []),
        ('</f>; rel="feed', [("/f", "")]),
        ("</f>; rel", []),
        ("no link at all", []),
    ],
)
def test_headers_declare_feeds_as_elements_do(header, expected):
    candidates = named_by("<base href=/deep/>", PAGE, [header])
    assert [(one.url.removeprefix("https://news.example"), one.title) for one in candidates] == expected


@pytest.mark.parametrize("piece", ["<", "<a>;", '<a>;"', '<a>;a="\\', ";", "<a>; a = "])
def test_hostile_headers_take_linear_time(piece):
    start = time.process_time()
    named_by("", PAGE, [piece * (65_536 // len(piece))] * 4)
    assert time.process_time() - start < 5.0


def test_feeds_come_in_the_page_s_order_and_comments_last():
    page = """
      <link rel=alternate type=application/rss+xml title="Story: Comments" href=/a/comments/feed>
      <link rel=alternate type=application/rss+xml title="World &amp; all" href=/a/feed>
      <link rel=alternate type=application/atom+xml title="Kommentare" href=/b>
      <link rel=alternate type=application/atom+xml href=/c>
      <link rel=alternate type=application/rss+xml title="again" href=/a/feed>
    """
    candidates = named_by(page, PAGE)
    assert [(one.url.rpartition("example")[2], one.title, one.comments) for one in candidates] == [
        ("/a/feed", "World & all", False),
        ("/c", "", False),
        ("/a/comments/feed", "Story: Comments", True),
        ("/b", "Kommentare", True),
    ]


def test_addresses_count_from_the_first_base():
    page = '<base href="/deep/"><base href="/other/"><link rel=feed href=rss>'
    assert urls(page) == ["https://news.example/deep/rss"]
    assert urls('<base target="_top"><link rel=feed href=rss>') == ["https://news.example/world/rss"]


@pytest.mark.parametrize(
    ("anchor", "url"),
    [
        ('<a href="/rss.xml">x</a>', "https://news.example/rss.xml"),
        ('<a href="https://feeds.news.example/world.atom">x</a>', "https://feeds.news.example/world.atom"),
        ('<a href="/feed/">x</a>', "https://news.example/feed/"),
        ('<a href="feed:news.example/f">x</a>', "http://news.example/f"),
        ('<a href="/x?format=rss" title="RSS">x</a>', "https://news.example/x?format=rss"),
        ('<a href="/feeds/all" aria-label="News feed">x</a>', "https://news.example/feeds/all"),
        ('<a href="/x" type="application/rss+xml">x</a>', "https://news.example/x"),
    ],
)
def test_where_nothing_is_declared_anchors_that_plainly_lead_to_feeds_count(anchor, url):
    assert [(one.url, one.how) for one in named_by(f"<p>{anchor}</p>", PAGE)] == [(url, "linked")]
    assert urls(f"<link rel=feed href=/f><p>{anchor}</p>") == ["https://news.example/f"]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="https://reader.example/subscribe?url=https://news.example/rss.xml">x</a>',
        '<a href="https://othernews.example/rss.xml">x</a>',
        '<a href="/feedback">Feedback</a>',
        '<a href="/explained" title="What is RSS?">x</a>',
        '<a href="/world/">Feed the world</a>',
    ],
)
def test_other_anchors_do_not(anchor):
    assert found(anchor) == []


def test_no_page_makes_us_ask_for_more_than_a_few():
    many = "".join(f"<link rel=feed href=/{n}>" for n in range(1000))
    assert len(urls(many)) == MOST_DECLARED
    many = "".join(f"<a href=/{n}/feed/>x</a>" for n in range(1000))
    assert len(urls(many)) == MOST_LINKED
    assert len(guesses("https://news.example/a/b")) <= 25


CHANNEL = "UC0123456789abcdefghijkl"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            f"https://www.youtube.com/channel/{CHANNEL}/videos",
            [f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"],
        ),
        ("https://youtube.com/user/newsdesk", ["https://www.youtube.com/feeds/videos.xml?user=newsdesk"]),
        ("https://m.youtube.com/playlist?list=PL1", ["https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"]),
        ("https://www.youtube.com/playlist", []),
        ("https://www.youtube.com/@newsdesk", []),
        (
            "https://github.com/owner/tool",
            [f"https://github.com/owner/tool/{kind}.atom" for kind in ("releases", "tags", "commits")],
        ),
        (
            "https://github.com/owner/tool.git",
            [f"https://github.com/owner/tool/{kind}.atom" for kind in ("releases", "tags", "commits")],
        ),
        (
            "https://github.com/owner/tool/releases",
            [f"https://github.com/owner/tool/{kind}.atom" for kind in ("releases", "tags", "commits")],
        ),
        ("https://github.com/owner/tool/tags", ["https://github.com/owner/tool/tags.atom"]),
        ("https://github.com/owner/tool/commits", ["https://github.com/owner/tool/commits.atom"]),
        ("https://github.com/owner/tool/tree/main/docs", ["https://github.com/owner/tool/commits/main.atom"]),
        ("https://github.com/owner", ["https://github.com/owner.atom"]),
        ("https://github.com/topics/rss", []),
        ("https://github.com/", []),
        ("https://old.reddit.com/r/worldnews/", ["https://www.reddit.com/r/worldnews/.rss"]),
        ("https://www.reddit.com/r/worldnews/top", ["https://www.reddit.com/r/worldnews/top/.rss"]),
        ("https://reddit.com/u/somebody", ["https://www.reddit.com/user/somebody/.rss"]),
        ("https://www.reddit.com", ["https://www.reddit.com/.rss"]),
        ("https://www.reddit.com/wiki", []),
        ("https://social.example/@desk", ["https://social.example/@desk.rss"]),
        ("https://social.example/@desk@other.example", []),
        ("https://bsky.app/profile/desk.example", ["https://bsky.app/profile/desk.example/rss"]),
        ("https://bsky.app/search", []),
        ("https://medium.com/@desk", ["https://medium.com/feed/@desk"]),
        ("https://medium.com/", []),
        ("https://desk.medium.com/some-text", ["https://desk.medium.com/feed"]),
        ("https://desk.substack.com/p/some-text", ["https://desk.substack.com/feed"]),
        ("https://desk.wordpress.com", ["https://desk.wordpress.com/feed/"]),
        ("https://desk.tumblr.com/tagged/x", ["https://desk.tumblr.com/rss"]),
        ("https://desk.blogspot.co.uk/2022/02/x.html", ["https://desk.blogspot.co.uk/feeds/posts/default"]),
        ("https://vimeo.com/newsdesk", ["https://vimeo.com/newsdesk/videos/rss"]),
        ("https://vimeo.com/76979871", []),
        ("https://news.example/world", []),
        ("https://www.reddit.com/r/worldnews/.rss", []),
        ("https://medium.com/feed/@desk", []),
        ("http://[::1", []),
    ],
)
def test_some_sites_are_known(url, expected):
    assert [one.url for one in known_forms(url)] == expected
    assert {one.how for one in known_forms(url)} <= {"site"}


def test_a_handle_s_page_says_which_channel_it_is():
    feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
    handle = "https://www.youtube.com/@newsdesk"
    assert urls(f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">', handle) == [feed]
    assert urls(f'<meta itemprop="identifier" content="{CHANNEL}">', handle) == [feed]
    assert urls('<meta itemprop="identifier" content="none"><link rel="canonical">', handle) == []


def test_the_site_s_usual_places_are_tried_and_the_section_s_first():
    assert [one.url for one in guesses("https://news.example/world/?page=2#top")][:4] == [
        "https://news.example/world/feed/",
        "https://news.example/world/rss",
        "https://news.example/feed/",
        "https://news.example/rss.xml",
    ]
    assert [one.url for one in guesses("https://news.example")][:2] == [
        "https://news.example/feed/",
        "https://news.example/rss.xml",
    ]
    assert {one.how for one in guesses("https://news.example")} == {"guessed"}


def test_attributes_are_read_as_browsers_read_them():
    given = """ A=1 b = 'x "y"' c="&lt;&amp;lt;" d e=/x/ a=2 g="&#99999999999;" h='never closed """
    assert attributes(given) == {
        "a": "1",
        "b": 'x "y"',
        "c": "<&lt;",
        "d": "",
        "e": "/x/",
        "g": "&#99999999999;",
        "h": "'never",
        "closed": "",
    }


@pytest.mark.parametrize(
    "piece",
    [
        "<a href=x>",
        "<a href=https://other.example/rss.xml>",
        "<link rel=feed href=x>",
        "<link rel=canonical href=x>",
        "<meta itemprop=identifier content=UC0123456789abcdefghijkl>",
        "<link ",
        "<link rel=",
        '<link a="',
        "<link a='",
        "<a b=\"'>",
        "<!--",
        "<script>",
        "<script",
        '<a href="&#9',
        "< ",
        "<a a=a ",
        "</",
        "<link\t",
        "=\"'",
        "<title><style>",
    ],
)
def test_hostile_pages_take_linear_time(piece):
    def cost(length):
        page = piece * (length // len(piece))
        start = time.process_time()
        named_by(page, PAGE)
        return time.process_time() - start

    cost(10_000)
    assert cost(max(300_000, 15_000 * len(piece))) < 2.0  # billions of steps, if each piece looked at all after it
