from __future__ import annotations

import pytest

from worker.feeds.host import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example/rss", "news.example"),
        ("https://user:pw@news.example:8443/rss", "news.example"),
        ("https://news.example./rss", "news.example"),
        ("https://bücher.example/rss", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/rss", "xn--bcher-kva.example"),
        (f"https://{'ü' * 70}.example/rss", f"{'ü' * 70}.example"),
        ("http://93.184.216.34/", "93.184.216.34"),
        ("http://10.1.2.3:99/a", "10.1.2.3"),
        ("http://127.example/a", "127.example"),
        ("http://127.0.0.1:8801/a", "127.0.0.1:8801"),
        ("http://127.8.0.1/a", "127.8.0.1:80"),
        ("https://localhost/a", "localhost:443"),
        ("http://[::1]:9/a", "::1:9"),
        ("/a/path", ""),
    ],
)
def test_a_host_however_it_is_written(url: str, host: str) -> None:
    assert host_of(url) == host


def test_what_is_no_url_has_no_host() -> None:
    with pytest.raises(ValueError, match="IPv6"):
        host_of("http://[::1/a")
