"""URLs taken apart, and redirects resolved."""

from __future__ import annotations

import pytest

from worker.errors import Refused
from worker.fetch.target import Target, redirect_target, target_of


def redirected(location: bytes, base: str, configured: str | None = None) -> Target:
    return redirect_target(location, base=target_of(base), configured=target_of(configured or base))


def test_a_url_keeps_its_own_form_beside_what_goes_on_the_wire() -> None:
    url = " HTTPS://us%40er:p@Feeds.Example.:8443/a%2fb?q=1#top"
    target = target_of(url)
    assert target.url == url
    assert str(target.wire) == "https://feeds.example:8443/a%2fb?q=1"
    assert target.place == "feeds.example:8443"
    assert target.origin == ("https", "feeds.example", 8443)
    assert target.authorization == b"Basic dXNAZXI6cA=="


def test_ports_default_to_the_scheme() -> None:
    assert target_of("http://h/").port == 80
    assert target_of("https://h/").port == 443
    assert target_of("http://[::1]/").place == "[::1]:80"
    assert target_of("http://h/").authorization is None


@pytest.mark.parametrize(
    "url",
    ["ftp://h/", "h/x", "http://", "http:///x", "http://h:0/", "http://h:99999/", "http://h:port/", "http://a\\@b/", "http:\\\\h/", "http://h\x00/", "http://[::1/", "javascript:x", "http://１２７.0.0.1/", "http://h/" + "x" * 70_000],
)  # fmt: skip
def test_what_we_do_not_follow_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(Refused) as caught:
        target_of(url)
    assert url not in str(caught.value)


def test_a_backslash_after_the_host_or_in_a_password_is_fine() -> None:
    assert target_of("http://h/a\\b//c\\d").wire.raw_path == b"/a\\b//c\\d"
    assert target_of("http://u:a%5Cb@h/").authorization == b"Basic dTphXGI="


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


@pytest.mark.parametrize("location", [b"ftp://h/", b"file:///x", b"http://h:port/", b"http://a\\@b/", b"//[", b"\x00", b"http://127.1/"])  # fmt: skip
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
    assert redirected(b"https://h/c", "https://www.h/b", configured).authorization == b"Basic dTpw"


def test_from_https_to_http_not_with_credentials() -> None:
    assert redirected(b"http://h/b", "https://h/a").url == "http://h/b"
    with pytest.raises(Refused, match="from https to http") as caught:
        redirected(b"http://other/token", "https://h/secret", "https://u:p@h/secret")
    assert "secret" not in str(caught.value)
    assert "token" not in str(caught.value)
