"""URLs taken apart, and redirects resolved."""

from __future__ import annotations

import pytest

from worker.errors import Refused
from worker.fetch.target import SHORT, Target, redirect_target, target_of


def redirected(location: bytes, base: str, configured: str | None = None) -> Target:
    return redirect_target(location, base=target_of(base), configured=target_of(configured or base))


def test_a_url_keeps_its_own_form_beside_what_goes_on_the_wire() -> None:
    url = " HTTPS://us%40er:p@Feeds.Example.:8443/a%2fb?q=1#top"
    target = target_of(url)
    assert target.url == url
    assert str(target.wire) == "https://feeds.example:8443/a%2fb?q=1"
    assert target.place == "feeds.example:8443"
    assert target.origin == ("https", "feeds.example", 8443)
    assert target.authorization == "Basic dXNAZXI6cA=="


def test_ports_default_to_the_scheme() -> None:
    assert target_of("http://h/").port == 80
    assert target_of("https://h/").port == 443
    assert target_of("http://[::1]/").place == "[::1]:80"
    assert target_of("http://h/").authorization is None


@pytest.mark.parametrize(
    "url",
    ["ftp://h/", "h/x", "http://", "http:///x", "http://h:0/", "http://h:99999/", "http://h:port/", "http://a\\@b/", "http:\\\\h/", "http://h\x00/", "http://[::1/", "javascript:x", "http://１２７.0.0.1/", "http://h/" + "x" * 70_000,
     "http://h:+80/", "http://h: 80/", "http://h:80 /x", "http://h:-80/", "http://h:0x50/", "http://h:٨٠/", "http://h:８０/", "http://[::1]:+80/",
     "http://u:p@h:x/", "http://h\t/", "http://h\n/", "http://h\r\n/x", "http://lo\tcal/", "ht\ntp://h/", "http://h/a\tb", "http://h\x7f/", "http:/h/", "http:h/",
     "http:////h/", "http:\\/h/", "http://h%00/", "http://h%09/", "http://h%2e/", "http://%68/", "http://h%E3%80%82/", "http://[::1%25lo]/", "http://[::1%lo]/",
     "http://[::1]x/", "http://[::1].h/", "http://[127.0.0.1]/", "http://[::ffff:127.1]/", "http://h../", "http://.h/", "http://a..h/", "http://ＬＯＣＡＬ/",
     "http://lo\u00adcal/", "http://a\u200bb/", "http://\u202eh/", "http://ⓗ/", "http://h／x/", "http://h＠g/", "http://h：80/", "http://١٢٧.0.0.1/", "http://𝟏.1.1.1/",
     "http://h,g/", "http://h'/", "http://*/", "wss://h/", "httpx://h/", "data:,x", "blob:http://h/"],
)  # fmt: skip
def test_what_we_do_not_follow_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(Refused) as caught:
        target_of(url)
    assert url not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "place", "wire"),
    [
        ("http://a@b@h/", "h:80", "http://h/"),
        ("http://g:80@h/", "h:80", "http://h/"),
        ("http://g%2f@h/", "h:80", "http://h/"),
        ("http://g;@h/", "h:80", "http://h/"),
        ("http://h#@g/", "h:80", "http://h"),
        ("http://h?@g/", "h:80", "http://h?@g/"),
        ("http://h/@g/", "h:80", "http://h/@g/"),
        ("http://h:/", "h:80", "http://h/"),
        ("http://h:0443/", "h:443", "http://h:443/"),
        ("http://[::1]:81/", "[::1]:81", "http://[::1]:81/"),
        ("http://h。example．org｡/", "h.example.org:80", "http://h.example.org/"),
        ("http://１２７。0.0.1", None, None),
        ("http://127。0．0｡1/", "127.0.0.1:80", "http://127.0.0.1/"),
        ("http://bücher.example/", "xn--bcher-kva.example:80", "http://xn--bcher-kva.example/"),
        ("http://BÜCHER.example/", "xn--bcher-kva.example:80", "http://xn--bcher-kva.example/"),
        ("http://[0:0:0:0:0:FFFF:7F00:0001]/", "[::ffff:7f00:1]:80", "http://[::ffff:7f00:1]/"),
    ],
)
def test_there_is_one_reading_of_where_a_url_leads(url: str, place: str | None, wire: str | None) -> None:
    if place is None:
        with pytest.raises(Refused):
            target_of(url)
        return
    target = target_of(url)
    assert target.place == place
    assert str(target.wire) == wire
    assert target.wire.userinfo == b""


def test_a_backslash_after_the_host_or_in_a_password_is_fine() -> None:
    assert target_of("http://h/a\\b//c\\d").wire.raw_path == b"/a\\b//c\\d"
    assert target_of("http://u:a%5Cb@h/").authorization == "Basic dTphXGI="


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (b"/b", "http://h:8080/b"),
        (b"b?x=1#y", "http://h:8080/a/b?x=1"),
        (b"../c", "http://h:8080/c"),
        (b"?only=query", "http://h:8080/a/x?only=query"),
        (b"//other/x", "http://other/x"),
        (b"https://Other.example.:443/x", "https://other.example/x"),
        (b" /spaced out ", "http://h:8080/spaced%20out"),
        ("/ü".encode(), "http://h:8080/%C3%BC"),
        (b"/\xfc", "http://h:8080/%C3%BC"),
        (b"http://bob:secret@h:8080/b", "http://h:8080/b"),
    ],
)
def test_a_location_is_resolved_against_its_hop(location: bytes, url: str) -> None:
    target = redirected(location, "http://h:8080/a/x?y=z")
    assert target.url == url
    assert str(target.wire) == url
    assert target.userinfo == b""


@pytest.mark.parametrize("location", [b"ftp://h/", b"file:///x", b"http://h:port/", b"http://a\\@b/", b"//[", b"\x00", b"http://127.1/", b"http://h:+80/", b"//h:\xd9\xa8/", b"http://h\t/", b"/a\tb", b"/a\nb", b"//h%00/", "//[fe80::1%25eth0]9-\u2488<]".encode()])  # fmt: skip
def test_a_location_we_do_not_follow_is_refused(location: bytes) -> None:
    with pytest.raises(Refused):
        redirected(location, "http://h/")


def test_credentials_follow_to_their_own_origin_only() -> None:
    configured = "https://u:p@h/feed"
    assert redirected(b"/b", configured).url == "https://u:p@h/b"
    assert redirected(b"https://x:y@h/b", configured).url == "https://u:p@h/b"
    for elsewhere in (b"https://h:8443/b", b"https://www.h/b"):
        assert redirected(elsewhere, configured).authorization is None
    assert redirected(b"https://h/b", "http://u:p@h/feed").authorization is None
    assert redirected(b"https://h/c", "https://www.h/b", configured).authorization == "Basic dTpw"


def test_from_https_to_http_not_with_credentials() -> None:
    assert redirected(b"http://h/b", "https://h/a").url == "http://h/b"
    with pytest.raises(Refused, match="from https to http") as caught:
        redirected(b"http://other/token", "https://h/secret", "https://u:p@h/secret")
    assert "secret" not in str(caught.value)
    assert "token" not in str(caught.value)


def test_short_addresses_are_remembered_and_long_ones_are_not() -> None:
    short, long = "https://h/feed", f"https://h/{'x' * SHORT}"
    assert target_of(short) is target_of(short)
    assert target_of(long) == target_of(long)
    assert target_of(long) is not target_of(long)


def test_the_connection_below_goes_where_the_address_leads() -> None:
    line = target_of("http://u:p@[::1]:8801/a%2Fb?c=d#e").line
    assert (line.raw_host, line.port, line.raw_path, line.raw_query_string) == ("::1", 8801, "/a%2Fb", "c=d")
    assert (line.raw_user, line.raw_fragment) == (None, "")
