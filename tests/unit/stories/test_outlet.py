from __future__ import annotations

import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest
import tld.utils

from worker.stories import outlet as room
from worker.stories.outlet import country, outlet

if TYPE_CHECKING:
    from pathlib import Path

FEED = "https://rss.feed.example/news.xml"


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://news.bbc.co.uk/1", "bbc.co.uk"),
        ("HTTPS://WWW.Reuters.COM./x", "reuters.com"),
        ("https://user:pw@www.tass.com:8443/1", "tass.com"),
        ("https://timesofindia.indiatimes.com/1", "indiatimes.com"),
        ("https://www.abc.net.au/1", "abc.net.au"),
        ("https://one.blogspot.com/1", "one.blogspot.com"),
        ("https://two.blogspot.com/1", "two.blogspot.com"),
        ("https://a.b.github.io/", "b.github.io"),
        ("https://www.пошта.укр/", "xn--80a1acn3a.xn--j1amh"),
        ("https://www.gov.uk/1", "www.gov.uk"),
    ],
)
def test_an_outlet_is_the_links_registrable_domain(link: str, name: str) -> None:
    assert outlet(link, FEED, 7) == name


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "https://news.google.com/rss/articles/CBMi",
        "https://feedproxy.google.com/~r/x/y",
        "https://feeds.feedburner.com/~r/x/y",
        "https://feeds2.feedburner.com/~r/x/y",
        "https://t.co/abc",
        "https://apple.news/A",
        "http://127.0.0.1:8801/1",
        "http://localhost/1",
        "http://10.0.0.3/1",
        "http://[::1]/1",
        "http://8.8.8.8/1",
        "http://nas.lan/1",
        "http://intranet/1",
        "http://com/1",
        "http://[bad/1",
        "http:///1",
        "http://" + "a." * 200 + "com/",
        "http://" + "ű" * 70 + ".com/",
        "mailto:a@b.example",
    ],
)
def test_else_the_feeds(link: str | None) -> None:
    assert outlet(link, "https://rss.kyivpost.com/feed", 7) == "kyivpost.com"
    assert outlet(link, "http://127.0.0.1:8801/feed", 7) == "feed:7"
    assert outlet(link, "https://news.google.com/rss/search?q=x", 7) == "feed:7"


def test_a_redirectors_feed_credits_publishers() -> None:
    google, link = "https://news.google.com/rss/search?q=x", "https://news.google.com/rss/articles/C"
    assert outlet(link, google, 7, source=" The  Kyiv Independent") == "source:the kyiv independent"
    assert outlet(link, google, 7, source="THE KYIV INDEPENDENT") == "source:the kyiv independent"
    assert outlet(link, google, 7, source="www.unian.net") == "unian.net"
    assert outlet(link, google, 7, source="nowhere.example") == "source:nowhere.example"
    assert outlet(link, google, 7, source=" ") == "feed:7"
    assert len(outlet(link, google, 7, source="x" * 9_999)) < 300
    assert outlet("https://www.bbc.co.uk/1", google, 7, source="BBC") == "bbc.co.uk"
    assert outlet(link, "https://kyivpost.com/feed", 7, source="BBC") == "kyivpost.com"
    assert outlet("http://127.0.0.1/1", "http://127.0.0.1/feed", 7, source="BBC") == "feed:7"


@pytest.mark.parametrize(
    ("feed_url", "language", "code"),
    [
        ("https://a.example/", "en-IN", "IN"),
        ("https://a.example/", "en-in", "IN"),
        ("https://a.example/", "pt_BR", "BR"),
        ("https://a.example/", "zh-hant-tw", "TW"),
        ("https://a.example/", "de-at-1996", "AT"),
        ("https://a.ie/", "en-US", "US"),
        ("https://a.ie/", "en", "IE"),
        ("https://a.ie/", "zh-hans", "IE"),
        ("https://a.ie/", "es-419", "IE"),
        ("https://a.co.in/", None, "IN"),
        ("https://a.co.il/", None, "IL"),
        ("https://a.co.uk/", None, "GB"),
        ("https://a.su/", None, "RU"),
        ("https://a.xn--j1amh/", None, "UA"),
        ("https://a.рф/", None, "RU"),
        ("https://a.com/", None, None),
        ("https://a.io/", None, None),
        ("https://a.eu/", None, None),
        ("https://a.tv/", "", None),
        ("http://127.0.0.1/", None, None),
        ("http://localhost/", None, None),
        ("http://[bad/", None, None),
    ],
)
def test_country(feed_url: str, language: str | None, code: str | None) -> None:
    assert country(feed_url, language) == code


def test_the_list_is_the_wheels_own_and_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(socket, "socket", None)
    sys.addaudithook(lambda event, args: opened.append(str(args[:2])) if event == "open" else None)
    tld.utils.reset_tld_names()
    room._registrable.cache_clear()
    assert outlet("https://www.bbc.co.uk/1", FEED, 7) == "bbc.co.uk"
    assert [path for path in opened if "tld_names" in path and "'r'" not in path] == []
    assert any("effective_tld_names" in path for path in opened)


def test_a_list_that_cannot_be_read_is_an_error_and_no_download(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(room._bundled(), "local_path", str(tmp_path / "missing.dat"))
    with pytest.raises(FileNotFoundError):
        room._cut_by_list("www.bbc.co.uk")
    assert list(tmp_path.iterdir()) == []


def test_no_address_takes_long() -> None:
    began = time.process_time()
    for bit in ("a.", "a", "/", "@", "[", "%", "ű", "."):
        hostile = bit * (1_000_000 // len(bit))
        outlet(f"http://{hostile}", f"http://{hostile}", 1, source=hostile)
        country(f"http://{hostile}", hostile)
    assert time.process_time() - began < 5
