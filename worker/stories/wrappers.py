"""Addresses that lead to a page by way of somebody else: what they hold of the page's own address. PURE.

Nothing is asked for: where the address is not in there in plain sight (t.co, new Google News links, Feedburner's
`~r`), the wrapper stands for the page.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error
from urllib.parse import parse_qs, unquote

_HTTP = ("https://", "http://")
_QUERIES = (
    (re.compile(r"(?:www\.|news\.)?google\.[a-z.]{2,6}/url"), ("url", "q")),
    (re.compile(r"(?:l|lm|www)\.facebook\.com/(?:l|flx/warn/?)(?:\.php)?"), ("u",)),
    (re.compile(r"l\.(?:instagram|messenger|threads)\.com/?"), ("u",)),
    (re.compile(r"[a-z0-9.]+\.safelinks\.protection\.outlook\.com/?"), ("url",)),
    (re.compile(r"t\.umblr\.com/redirect"), ("z",)),
    (re.compile(r"(?:www\.)?bing\.com/news/apiclick\.aspx"), ("url",)),
    (re.compile(r"(?:www\.)?youtube\.com/redirect"), ("q",)),
    (re.compile(r"(?:www\.)?linkedin\.com/redir/redirect"), ("url",)),
    (re.compile(r"(?:www\.)?vk\.com/away(?:\.php)?"), ("to",)),
    (re.compile(r"out\.reddit\.com/[a-z0-9_]*"), ("url",)),
    (re.compile(r"slack-redir\.net/link"), ("url",)),
    (re.compile(r"go\.redirectingat\.com/?"), ("url",)),
    (re.compile(r"duckduckgo\.com/l/?"), ("uddg",)),
)
"""Places, and the names under which their query holds the page."""
_AMP_CACHE = re.compile(
    r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/(?:[a-z]/)?(?:wp/)?(s/)?|(?:www\.)?google\.[a-z.]{2,6}/amp/(s/)?"
)
_GOOGLE_NEWS = re.compile(r"news\.google\.com/(?:__i/)?(?:rss/)?(?:rd/)?articles/([\w-]{12,})")
_MESSAGE = re.compile(rb'\x08\x13"([\x00-\x7f]|[\x80-\xff][\x00-\x7f])')
"""A Google News link of the old kind: a protocol buffer with the number 19 and the page's address, by its length."""


def unwrapped(place: str, query: str) -> str | None:
    """Return the address that another one holds, or None.

    Args:
        place: Host, in lower case, and path.
        query: What follows the "?".
    """
    if (amp := _AMP_CACHE.match(place)) and amp.end() < len(place):  # the cache's own front page holds no other
        return f"http{'s' if amp[1] or amp[2] else ''}://{place[amp.end() :]}{query and '?'}{query}"
    if news := _GOOGLE_NEWS.match(place):
        return _in_google_news(news[1])
    for pattern, names in _QUERIES:
        if query and pattern.fullmatch(place):
            values = parse_qs(query)
            found = (value for name in names for value in values.get(name, ()))
            return next((target for value in found if (target := _plain(value)).startswith(_HTTP)), None)
    return None


def _plain(value: str) -> str:
    """An address as it stands; some encode it twice."""
    value = value.strip()
    return unquote(value) if value.lower().startswith(("https%3a", "http%3a")) else value


def _in_google_news(code: str) -> str | None:
    try:
        message = urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except Error:
        return None
    begun = _MESSAGE.match(message)
    if begun is None:
        return None
    low, high = begun[1][0], begun[1][1:]
    length = (low & 0x7F) + (high[0] << 7 if high else 0)
    address = message[begun.end() : begun.end() + length].decode("ascii", "replace")
    return address if address.startswith(_HTTP) and address.isprintable() and "�" not in address else None
