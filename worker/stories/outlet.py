"""Whose text an item is, and where a feed is at home, as far as addresses tell. PURE."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tld.utils import MozillaTLDSourceParser

_REDIRECTING = """
apple.news bit.ly buff.ly dlvr.it feedburner.com feedproxy.google.com feedsportal.com flip.it goo.gl ift.tt lnkd.in
news.google.com ow.ly r.search.yahoo.com rss.app t.co tinyurl.com trib.al
"""
_REDIRECTORS = frozenset(_REDIRECTING.split())
"""Hosts that only lead to other outlets' pages."""
_REGION = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})(?:-|$)", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}")
_NATIONAL = re.compile(r"[a-z]{2}")
_OTHER_CODES = {"uk": "GB", "su": "RU", "рф": "RU", "xn--p1ai": "RU", "укр": "UA", "xn--j1amh": "UA"}
_NO_NATION = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "ly", "me", "nu", "sh", "st", "tk", "to", "tv", "ws"})
"""Country domains that are sold as words; whoever is under them may be anywhere."""
_REMEMBERED = 4_096
_LONGEST = 253
"""Characters of a host name (RFC 1035, 2.3.4)."""


def outlet(link: str | None, feed_url: str, feed: int, *, source: str | None = None) -> str:
    """Return a name for whose text an item is: equal for two items of one outlet.

    That is the registrable domain of the item's link ("bbc.co.uk"), else of the feed, as the public suffix list cuts
    it; each blog of a shared host is an outlet of its own. A host without one (loopback, a private network, a bare
    address) gives "feed:<id>".

    A link through a redirector says nothing of whose text it is, and falls back to the feed. Where the feed is the
    redirector's too (Google News above all), the outlet is never the redirector: it is the publisher that `source`
    credits, "source:<name>" with white space and case folded, or its domain where the name is one. Without a source
    it is "feed:<id>": such a feed then counts as one outlet, which may be too few, never too many.
    """
    if link and (domain := _registrable(_host(link))):
        return domain
    host = _host(feed_url)
    if domain := _registrable(host):
        return domain
    if source and _is_redirector(host) and (name := " ".join(source.casefold().split())):
        return (_DOMAIN.fullmatch(name) and _registrable(name)) or f"source:{name[:_LONGEST]}"
    return f"feed:{feed}"


def country(feed_url: str, language: str | None) -> str | None:
    """Return the feed's country as ISO 3166 alpha-2, or None where nothing tells.

    The language's region tells first ("en-IN"), then the national domain (".co.in", ".uk" is GB), save those that are
    sold as words to the whole world (".io", ".tv").
    """
    if language and (region := _REGION.match(language.replace("_", "-"))):
        return region[1].upper()
    last = _host(feed_url).rpartition(".")[2]
    if last in _OTHER_CODES:
        return _OTHER_CODES[last]
    return last.upper() if _NATIONAL.fullmatch(last) and last not in _NO_NATION else None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=_REMEMBERED)
def _registrable(host: str) -> str | None:
    """The host's registrable domain in ASCII, or None where it has none or only leads to others."""
    if not host or len(host) > _LONGEST or _is_redirector(host) or _is_address(host):
        return None
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return _cut_by_list(name)


def _is_redirector(host: str) -> bool:
    return host in _REDIRECTORS or ".".join(host.split(".")[-2:]) in _REDIRECTORS


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _cut_by_list(name: str) -> str | None:
    """The only use of `tld`: it reads the public suffix list that its wheel carries, once, when first asked."""
    from tld import get_fld  # noqa: PLC0415 - it loads the standard library's HTTP client, 0.1 s

    found: str | None = get_fld(f"https://{name}", fail_silently=True, parser_class=_bundled())
    return found if found and found != name.rpartition(".")[2] else None


@lru_cache(maxsize=1)
def _bundled() -> type[MozillaTLDSourceParser]:
    """The list of the wheel; where that cannot be read, `tld` would fetch and write another, so that is turned off."""
    from tld.utils import MozillaTLDSourceParser  # noqa: PLC0415 - as above

    class Bundled(MozillaTLDSourceParser):
        uid = "tocsin"

        @classmethod
        def update_tld_names(cls, fail_silently: bool = False) -> bool:  # noqa: ARG003, FBT001, FBT002 - as inherited
            raise FileNotFoundError(cls.local_path)

    return Bundled
