from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stories.canonical import canonical_url, fold_id


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://A.Example", "https://a.example/"),
        (" https://a.example/x ", "https://a.example/x"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("http://a.example:80/x", "https://a.example/x"),
        ("http://a.example:8080/x", "https://a.example:8080/x"),
        ("http://a.example./x", "https://a.example/x"),
        ("https://www.a.example/X/", "https://www.a.example/X/"),
        ("https://u:P@a.example/", "https://u:P@a.example/"),
        ("http://[2001:DB8::1]:81/", "https://[2001:db8::1]:81/"),
        ("https://Пошта.укр/", "https://xn--80a1acn3a.xn--j1amh/"),
        ("https://ű" + "x" * 70 + ".example/", "https://ű" + "x" * 70 + ".example/"),
        ("https://a.example/x#part", "https://a.example/x"),
        ("https://a.example/x?", "https://a.example/x"),
        ("https://a.example/%7euser/%d0%b0/%2f", "https://a.example/~user/%D0%B0/%2F"),
        ("https://a.example/а b", "https://a.example/%D0%B0%20b"),
        ("https://a.example/а b%", "https://a.example/%D0%B0%20b%25"),
        ("https://a.example/?b=2&a=1&&b=1", "https://a.example/?b=2&a=1&b=1"),
        ("https://a.example/x?utm_source=rss&id=7&fbclid=z&UTM_Medium=y", "https://a.example/x?id=7"),
        ("https://a.example/x?at_medium=RSS&at_campaign=KARANGA", "https://a.example/x"),
        ("https://a.example/x?ns_mchannel=rss&cmp=rss&gclid=1", "https://a.example/x"),
        ("https://a.example/x?utmost=1&campaign=2&ref=3", "https://a.example/x?utmost=1&campaign=2&ref=3"),
        (
            "https://a.example/x?gad_source=1&srsltid=2&_ga=3&mibextid=4&ysclid=5&__hstc=6&id=7",
            "https://a.example/x?id=7",
        ),
        ("https://a.example/x?rss", "https://a.example/x"),
        ("https://a.example/x?rss=1&id=7", "https://a.example/x?id=7"),
        ("https://a.example/x#ref=rss", "https://a.example/x"),
        ("https://a.example/x?ref=rss&from=feed&mod=rss_markets&id=7", "https://a.example/x?id=7"),
        ("https://a.example/x?ref=home&from=me&mod=1", "https://a.example/x?ref=home&from=me&mod=1"),
        ("https://amp.a.example/x", "https://www.a.example/x"),
        ("https://amp.www.a.example/x", "https://www.a.example/x"),
        ("https://m.a.example/x", "https://www.a.example/x"),
        ("https://mobile.a.example:8080/x", "https://www.a.example:8080/x"),
        ("https://en.m.a.example/x", "https://en.a.example/x"),
        ("https://m.example/x", "https://m.example/x"),
        ("https://amp.example/x", "https://amp.example/x"),
        ("https://a.example/amp/x", "https://a.example/x"),
        ("https://a.example/x/amp", "https://a.example/x"),
        ("https://a.example/x/amp/", "https://a.example/x/"),
        ("https://a.example/x.amp", "https://a.example/x"),
        ("https://a.example/x.amp.html", "https://a.example/x.html"),
        ("https://a.example/x?amp=1", "https://a.example/x"),
        ("https://a.example/x?id=7&amp", "https://a.example/x?id=7"),
        ("https://a.example/x?outputType=amp", "https://a.example/x"),
        ("https://a.example/amp/", "https://a.example/amp/"),
        ("https://a.example/champ/amphora/x-amp", "https://a.example/champ/amphora/x-amp"),
        ("https://a-example.cdn.ampproject.org/c/s/a.example/x/amp", "https://a.example/x"),
        ("https://www.google.com/url?sa=t&url=http%3A%2F%2Fm.a.example%2Fx", "https://www.a.example/x"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fa.example%252Fx",
            "https://a.example/x",
        ),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("http://[bad", "http://[bad"),
        ("http://a.example:port/", "http://a.example:port/"),
        ("/x", "/x"),
        ("", ""),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("identifier", "folded"),
    [
        ("Item-7", "Item-7"),
        (" tag:a.example,2022:X ", "tag:a.example,2022:X"),
        ("HTTP://A.Example/X y?utm_source=1#2", "https://a.example/Xy?utm_source=1#2"),
        ("http://a.example/%7e%aF", "https://a.example/~%AF"),
        ("http://User@A.example", "https://User@a.example"),
        ("httpx://A", "httpx://A"),
    ],
)
def test_fold_id(identifier: str, folded: str) -> None:
    assert fold_id(identifier) == folded


@given(
    st.text()
    | st.text(alphabet="htps:/?#&=%aA0.x[]@ й", max_size=30).map("http://a.example".__add__)
    | st.lists(
        st.sampled_from(
            [
                "http://",
                "https%3A//",
                "m.",
                "amp.",
                "www.",
                "a.example",
                "/",
                "/amp",
                ".amp",
                "google.com",
                "/url?q=",
                "/amp/s/",
                "cdn.ampproject.org/c/s/",
                "?rss=1",
                "&id=7",
                "#x",
            ]
        ),
        max_size=8,
    ).map(lambda parts: "https://" + "".join(parts))
)
def test_folding_is_done_at_once(url: str) -> None:
    assert canonical_url(canonical_url(url)) == canonical_url(url)
    assert fold_id(fold_id(url)) == fold_id(url)


def test_a_wrapper_around_nothing_is_a_page_itself() -> None:
    assert canonical_url("http://cdn.ampproject.org") == "https://cdn.ampproject.org/"
    assert canonical_url("http://cdn.ampproject.org/c/s/cdn.ampproject.org") == "https://cdn.ampproject.org/"


def test_what_is_long_is_folded_and_not_remembered() -> None:
    tracemalloc.start()
    for number in range(1000):
        long = f"http://A.example/{number}?{'x' * 8000}"
        assert fold_id(long) == canonical_url(long) == f"https://a.example/{number}?{'x' * 8000}"
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 4_000_000  # the library keeps the last 128 that it took apart


def test_wrappers_around_wrappers_are_taken_off_a_few_times() -> None:
    page = "https://paper.example/one"
    assert canonical_url("https://www.google.com/url?q=" * 5 + page) == page
    deep = canonical_url("https://www.google.com/url?q=" * 300 + page)
    assert deep.count("google.com") == 300, "so deep in wrappers is no page"
    assert canonical_url(deep) == deep
