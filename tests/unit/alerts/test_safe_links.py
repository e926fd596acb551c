"""Addresses as messages show them."""

from __future__ import annotations

import pytest

from worker.alerts.safe_links import LINK_LIMIT, safe_link


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://news.example.org/a?b=c&d=%20e#f", "https://news.example.org/a?b=c&d=%20e#f"),
        (" https://news.example.org ", "https://news.example.org"),
        ("https://NEWS.Example.org:8443/A", "https://news.example.org:8443/A"),
        ("https://reader:pass@news.example.org/a", "https://news.example.org/a"),
        ("https://bank.example@evil.example/a", "https://evil.example/a"),
        ("https://bank.example\\@evil.example/a", "https://evil.example/a"),
        ("https://новини.example/стаття", "https://xn--b1amarcd.example/%D1%81%D1%82%D0%B0%D1%82%D1%82%D1%8F"),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"),
        (
            "https://n.example/(a)[b]<c>*|\"'`{}\\ d",
            "https://n.example/%28a%29%5Bb%5D%3Cc%3E%2A%7C%22%27%60%7B%7D%5C%20d",
        ),
        ("https://n.example/\u202egnp\u200b", "https://n.example/%E2%80%AEgnp%E2%80%8B"),
        ("https://n.example/a?q=<x>#<y>", "https://n.example/a?q=%3Cx%3E#%3Cy%3E"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://n.example/a", None),
        ("//n.example/a", None),
        ("https://", None),
        ("https:///a", None),
        ("https://[broken", None),
        ("https://n.example:port/", None),
        ("https://a b.example/", None),
        ("https://a<b.example/", None),
        (f"https://{'ї' * 70}.example/", None),
        ("https://n.example/\ud800", None),
        (f"https://n.example/{'x' * LINK_LIMIT}", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_is_ascii_and_leads_where_it_seems_to(address: str | None, link: str | None) -> None:
    assert safe_link(address) == link
