from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ParseError
from worker.feeds.model import ItemData, Known
from worker.feeds.parse import parse

URL = "https://news.example/maps/news.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<!-- <url><loc>https://news.example/hidden</loc></url> -->
<url>
  <loc>https://news.example/a?x=1&amp;y=2</loc>
  <news:news>
    <news:publication><news:name>The <![CDATA[Valley & Hill]]></news:name><news:language>uk</news:language></news:publication>
    <news:genres/>
    <news:publication_date>2022-02-12T19:02:11+02:00</news:publication_date>
    <news:title>Snow &amp;amp; ice &#x2014; again</news:title>
    <news:keywords>Weather, Kyiv,, Weather</news:keywords>
  </news:news>
  <image:image/><image:image><image:loc>/snow.jpg</image:loc><image:title>not the title</image:title></image:image>
  <lastmod>2022-02-13</lastmod>
</url>
<url><loc>mailto:nobody@news.example</loc></url>
<url><loc>not closed<url><loc><![CDATA[/b?copy=1&copy=2]]></loc><lastmod>whenever</lastmod></url>
</urlset>
"""


def test_a_news_sitemap_says_what_a_feed_says() -> None:
    document = parse(NEWS.encode(), url=URL)
    assert (document.format, document.title, document.language, document.link) == (
        "sitemap",
        "The Valley & Hill",
        "uk",
        None,
    )
    first, unclosed, last = document.items
    assert first == ItemData(
        id=None,
        link="https://news.example/a?x=1&y=2",
        title="Snow & ice — again",
        categories=("Weather", "Kyiv"),
        source="The Valley & Hill",
        language="uk",
        published=datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC),
        updated=datetime(2022, 2, 13, tzinfo=UTC),
        image="https://news.example/snow.jpg",
        slice=document.slices[0],
    )
    assert unclosed.link == "https://news.example/maps/not%20closed"
    assert (last.link, last.title, last.updated) == ("https://news.example/b?copy=1&copy=2", "", None)


def test_known_urls_are_not_read_again() -> None:
    whole = parse(NEWS.encode(), url=URL)
    assert whole.frame is not None
    assert len(whole.slices) == 4
    known = Known(whole.frame, frozenset(whole.slices[1:]))
    again = parse(NEWS.encode(), url=URL, known=known)
    assert again.skimmed
    assert again.items == whole.items[:1]
    assert (again.title, again.slices, again.frame) == (whole.title, whole.slices, whole.frame)
    moved = parse(NEWS.encode(), url="https://other.example/", known=known)
    assert not moved.skimmed
    assert len(moved.items) == 3


def test_prefixes_do_not_matter_and_others_urls_are_none() -> None:
    text = (
        "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>/a</s:loc>"
        "<video:video><video:loc>/v</video:loc><url>x</url></video:video></s:url ></s:urlset>"
    )
    document = parse(text.encode(), url=URL)
    assert [(item.link, item.image, item.slice) for item in document.items] == [("https://news.example/a", None, None)]
    assert (document.title, document.slices, document.frame) == ("", (), None)


def test_of_too_many_urls_the_newest_stay() -> None:
    urls = "".join(f"<url><loc>/{n}</loc><lastmod>{2000 + n % 3}-01-01</lastmod></url>" for n in range(3_000))
    document = parse(f"<urlset>{urls}</urlset>".encode(), url=URL)
    assert [item.link for item in document.items] == [f"https://news.example/{n}" for n in range(3_000) if n % 3]
    assert document.slices == ()


def test_an_index_names_its_parts_the_latest_and_those_of_news_first() -> None:
    dated = [("/old.xml", "2020-01-01"), ("/undated.xml", ""), ("/Pages.xml", "2022-02-12"), ("/NEWS.xml", "2022-02-12"), ("/NEWS.xml", "2023-01-01"), ("ftp://x/", "2024-01-01")]  # fmt: skip
    entries = "".join(f"<sitemap><loc>{path}</loc><lastmod>{date}</lastmod></sitemap>" for path, date in dated)
    document = parse(f"<?xml version='1.0'?><sitemapindex>{entries}</sitemapindex>".encode(), url=URL)
    assert document.format == "sitemapindex"
    assert document.items == document.slices == ()
    assert document.parts == tuple(f"https://news.example/{path}.xml" for path in ("NEWS", "Pages", "old", "undated"))


def test_an_index_names_fifty_parts_at_most() -> None:
    entries = "".join(f"<sitemap><loc>/{n}</loc></sitemap>" for n in range(60))
    parts = parse(f"<sitemapindex>{entries}</sitemapindex>".encode(), url=URL).parts
    assert parts == tuple(f"https://news.example/{n}" for n in range(50))


def test_an_empty_sitemap_is_a_document_too() -> None:
    document = parse(b"<urlset/>", url=URL)
    assert (document.format, document.title, document.items) == ("sitemap", "", ())


@given(st.text(alphabet='<>/!-[]?CDATA url loc"&#;', max_size=200))
def test_no_text_makes_a_sitemap_fail(text: str) -> None:
    try:
        document = parse(f"<urlset><url>{text}</urlset>".encode(), url=URL)
    except ParseError:
        return
    assert document.format == "sitemap"


@pytest.mark.unmeasured
def test_a_sitemap_of_half_written_tags_costs_no_time() -> None:
    for part in ("<url><loc", "<url><![CDATA[", "<loc><![CDATA[]", "<!--", "<url>" + "<loc>x"):
        assert parse(("<urlset>" + part * 60_000).encode(), url=URL).format == "sitemap"
