from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from worker.stories.wrappers import unwrapped

PAGE = "https://a.example/x?id=7"
QUOTED = "https%3A%2F%2Fa.example%2Fx%3Fid%3D7"


@pytest.mark.parametrize(
    ("place", "query"),
    [
        ("www.google.com/url", f"sa=t&url={QUOTED}&usg=1"),
        ("google.co.uk/url", f"q={QUOTED}"),
        ("l.facebook.com/l.php", f"u={QUOTED}&h=1"),
        ("www.facebook.com/l.php", f"u={QUOTED}"),
        ("l.instagram.com/", f"u={QUOTED}"),
        ("eur01.safelinks.protection.outlook.com/", f"url={QUOTED}&data=1"),
        ("t.umblr.com/redirect", f"z={QUOTED}&t=1"),
        ("www.bing.com/news/apiclick.aspx", f"ref=FexRss&url={QUOTED}"),
        ("www.youtube.com/redirect", f"q={QUOTED}"),
        ("www.linkedin.com/redir/redirect", f"url={QUOTED}"),
        ("vk.com/away.php", f"to={QUOTED}"),
        ("out.reddit.com/t3_x", f"url={QUOTED}"),
        ("slack-redir.net/link", f"url={QUOTED}"),
        ("go.redirectingat.com/", f"id=1&url={QUOTED}"),
        ("duckduckgo.com/l/", f"uddg={QUOTED}"),
        ("www.google.com/url", f"url={QUOTED.replace('%', '%25')}"),
        ("www.google.com/url", f"url=%20{QUOTED}%20"),
        ("www.google.com/url", f"url=/local&q={QUOTED}"),
        ("cdn.ampproject.org/c/s/a.example/x", "id=7"),
        ("a-example.cdn.ampproject.org/v/s/a.example/x", "id=7"),
        ("www.google.com/amp/s/a.example/x", "id=7"),
    ],
)
def test_the_page_is_in_there(place: str, query: str) -> None:
    assert unwrapped(place, query) == PAGE


@pytest.mark.parametrize(
    ("place", "query"),
    [
        ("a.example/url", f"url={QUOTED}"),
        ("www.google.com/url", ""),
        ("www.google.com/url", "url=javascript%3Aalert"),
        ("www.google.com/search", f"q={QUOTED}"),
        ("www.facebook.com/page", f"u={QUOTED}"),
        ("feedproxy.google.com/~r/feed/~3/abc/", ""),
        ("news.google.com/topics/abcdefghijklm", ""),
    ],
)
def test_it_is_not(place: str, query: str) -> None:
    assert unwrapped(place, query) is None


def test_an_amp_cache_says_whether_the_page_is_safe() -> None:
    assert unwrapped("cdn.ampproject.org/c/a.example/x", "") == "http://a.example/x"


def news(message: bytes) -> str | None:
    return unwrapped(f"news.google.com/rss/articles/{urlsafe_b64encode(message).decode().rstrip('=')}", "oc=5")


def test_old_google_news_links_hold_the_page_by_its_length() -> None:
    page = PAGE.encode()
    assert news(b'\x08\x13"' + bytes([len(page)]) + page + b"\xd2\x01\x05other") == PAGE
    long = page + b"&" + b"y" * 200
    assert (
        news(b'\x08\x13"' + bytes([len(long) & 0x7F | 0x80, len(long) >> 7]) + long + b"\xd2\x01\x00") == long.decode()
    )


@pytest.mark.parametrize(
    "message",
    [
        b'\x08\x13"\x20AU_yqLOpaque0123456789abcdefghijk',
        b'\x08\x14"\x10https://a.example',
        b'\x08\x13"\x11https://a.example\n'.replace(b"example", b"exam\x00le"),
        b'\x08\x13"\x11https://a.exampl\xe9',
        b"\x08\x13",
    ],
)
def test_new_ones_stay_what_they_are(message: bytes) -> None:
    assert news(message + b"          ") is None


def test_what_is_no_base64_stays_too() -> None:
    assert unwrapped("news.google.com/rss/articles/CBMiabcdefghi", "") is None
