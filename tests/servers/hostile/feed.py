"""The plain document that hostile endpoints wrap, break and cut: three items of RSS, no dates."""

from __future__ import annotations

RSS = "application/rss+xml"
COUNT = 3
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Harbour news</title>'
TAIL = "</channel></rss>\n"


def item(number: int | str, more: str = "") -> str:
    """One item; `more` stands among its elements."""
    return (
        f"<item><title>Ferry {number} leaves the harbour</title><link>http://127.0.0.1/ferry/{number}</link>"
        f'<guid isPermaLink="false">ferry-{number}</guid><description>Report of ferry {number}.</description>{more}</item>'
    )


def text(*inside: str) -> str:
    """A document of these items."""
    return HEAD + "\n".join(inside) + TAIL


def feed(count: int = COUNT) -> bytes:
    """A good document of `count` items."""
    return text(*map(item, range(count))).encode()


GOOD = feed()
