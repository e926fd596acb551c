"""What comes with an item: recordings, films, documents; bounded, absolute, each once."""

from __future__ import annotations

import dataclasses
import json

import pytest

from worker.feeds.model import Enclosure
from worker.feeds.parse import parse
from worker.stories.identity import identify

URL = "https://served.example/dir/feed.xml"
RSS = (
    "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel>"
    "<item><guid isPermaLink='false'>1</guid><title>One</title>{}</item></channel></rss>"
)
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://b.example/d/'><entry><id>1</id>{}</entry></feed>"
MP3 = "https://a.example/1.mp3"


def rss(inner: str) -> tuple[Enclosure, ...]:
    (item,) = parse(RSS.format(inner).encode(), url=URL).items
    return item.enclosures


def attached(*attachments: object) -> tuple[Enclosure, ...]:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "attachments": list(attachments)}]}
    (item,) = parse(json.dumps(feed).encode(), url=URL).items
    return item.enclosures


@pytest.mark.parametrize("end", ["", "&nosuch;"])
@pytest.mark.parametrize(
    ("inner", "found"),
    [
        (f"<enclosure url='{MP3}' type='audio/mpeg' length='1024'/>", [(MP3, "audio/mpeg", 1024)]),
        ("<enclosure url='/x y.mp3' type='Audio/MPEG; codecs=mp3' length=' 007 '/>",
         [("https://served.example/x%20y.mp3", "audio/mpeg", 7)]),
        (f"<enclosure url='{MP3}' type='mp3' length='0'/>", [(MP3, None, None)]),
        (f"<enclosure url='{MP3}' length='many'/><enclosure url='{MP3}' length='5'/>", [(MP3, None, None)]),
        (f"<enclosure url='{MP3}' length='{'9' * 5_000}'/>", [(MP3, None, None)]),
        (f"<enclosure url='{MP3}' length='\u0663'/>", [(MP3, None, None)]),
        ("<enclosure/><enclosure url=''/><enclosure url='mailto:a@b.example'/>", []),
        ("<enclosure url='/p.png' type='image/png'/>", []),
        ("<media:content url='/p' medium='image'/><media:content url='/p.JPG?w=1'/>", []),
        ("<media:content medium='video'><media:player url='/p'/></media:content>", []),
        ("<media:group><media:content url='/a.mp4' type='video/mp4' fileSize='9'/><media:thumbnail url='/t.png'/>\
          <media:content url='/b.mp4' medium='video'/><media:content url='/c.jpg' type='video/x'/></media:group>",
         [("https://served.example/a.mp4", "video/mp4", 9), ("https://served.example/b.mp4", None, None),
          ("https://served.example/c.jpg", "video/x", None)]),
        (f"<media:content url='{MP3}' type='audio/x'/><enclosure url='{MP3}' type='audio/mpeg'/>",
         [(MP3, "audio/mpeg", None)]),
    ],
)  # fmt: skip
def test_enclosures_and_media_of_rss(inner: str, found: list[tuple[str, str | None, int | None]], end: str) -> None:
    assert rss(inner + end) == tuple(Enclosure(*one) for one in found)


def test_enclosures_of_atom_count_from_the_base_that_stands_around_them() -> None:
    inner = "<link rel='enclosure' type='audio/mpeg' length='3' href='1.mp3'/><link rel='alternate' href='1'/>"
    (item,) = parse(ATOM.format(inner).encode(), url=URL).items
    assert item.enclosures == (Enclosure("https://b.example/d/1.mp3", "audio/mpeg", 3),)
    assert item.link == "https://b.example/d/1"


@pytest.mark.parametrize(
    ("attachment", "found"),
    [
        ({"url": MP3, "mime_type": "audio/mpeg", "size_in_bytes": 7}, [(MP3, "audio/mpeg", 7)]),
        ({"url": "1.mp3", "size_in_bytes": 7.0}, [("https://served.example/dir/1.mp3", None, 7)]),
        ({"url": MP3, "size_in_bytes": True, "mime_type": 3}, [(MP3, None, None)]),
        ({"url": MP3, "size_in_bytes": 1e300}, [(MP3, None, None)]),
        ({"url": MP3, "size_in_bytes": float("nan")}, [(MP3, None, None)]),
        ({"url": MP3, "size_in_bytes": -1}, [(MP3, None, None)]),
        ({"url": MP3, "size_in_bytes": "12"}, [(MP3, None, 12)]),
        ({"url": "p.png", "mime_type": "image/png"}, []),
        ({"url": 3}, []),
        ("odd", []),
    ],
)
def test_attachments_of_json_feed(attachment: object, found: list[tuple[str, str | None, int | None]]) -> None:
    assert attached(attachment) == tuple(Enclosure(*one) for one in found)


def test_an_item_keeps_the_first_of_too_many() -> None:
    many = "".join(f"<enclosure url='/{n}.mp3'/>" for n in range(3_000))
    assert [one.url for one in rss(many)] == [f"https://served.example/{n}.mp3" for n in range(20)]


def test_they_change_neither_identity_nor_content() -> None:
    bare, full = (
        identify(parse(RSS.format(inner).encode(), url=URL).items)
        for inner in ("", f"<enclosure url='{MP3}'/>")
    )  # fmt: skip
    assert [(item.identity, item.content) for item in bare] == [(item.identity, item.content) for item in full]
    assert dataclasses.replace(full[0].item, enclosures=()) == bare[0].item
